//! Exemplars, what is unusual and why two images are alike, through the engine's front door.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use half::f16;
use tempfile::TempDir;
use tiramisu::domain::{Exemplar, ImageId, LayerExemplars, LayerStatistics, Metric, Pooling, StoredLayer};
use tiramisu::engine::{
    ChannelLook, Collection, Event, ExemplarList, Look, NetworkFile, OpenWish, Request, UnusualList, WhySimilar,
    WhySimilarWish, describe, no_vector,
};
use tiramisu::gpu;
use tiramisu::images;
use tiramisu::network::{NetworkChoice, Runner, load};
use tiramisu::store::{FeatureTable, LayerRecords, Workspace};

use super::changes::overwrite;
use crate::support::collection;
use crate::support::listener::{Listener, options};

/// The layers stored: after a convolution, a sum, a pool, and the classes, which have no space.
pub const LAYERS: [&str; 4] = ["conv1", "sum", "pool", "fc2"];

/// A network so small that the tests are about the lists.
fn network() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/residual.prototxt")
}

pub fn open(listener: &Listener, folder: &Path, workspace: &Path, layers: &[&str], extract: bool) {
    listener.engine.send(Request::Open(OpenWish {
        folder: folder.to_owned(),
        workspace: Some(workspace.to_owned()),
        network: NetworkFile::File(network()),
        layers: Some(layers.iter().map(|name| (*name).to_owned()).collect()),
        extract,
    }));
}

pub fn extract(listener: &mut Listener, folder: &Path, workspace: &Path) -> Arc<Collection> {
    open(listener, folder, workspace, &LAYERS, true);
    let collection = listener.until_opened();
    assert!(!listener.until_extracted(), "nobody cancelled");
    assert_eq!(listener.problems, []);
    collection
}

/// A folder of small pictures, each with edges in other directions and patches of other colours.
pub fn sample(count: usize) -> (TempDir, PathBuf, PathBuf) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (folder, workspace) = (dir.path().join("pictures"), dir.path().join("workspace"));
    fs::create_dir(&folder).expect("a folder");
    let mut random = fastrand::Rng::with_seed(2016);
    for index in 0..count {
        let (angle, period) = (random.f32() * 3.2, 3.0 + random.f32() * 12.0);
        let (x0, y0, size) = (random.u32(0..40), random.u32(0..30), random.u32(4..20));
        let colours = [[random.u8(..), random.u8(..), random.u8(..)], [random.u8(..), random.u8(..), random.u8(..)]];
        let pixel = |x: u32, y: u32| {
            let wave = ((x as f32 * angle.cos() + y as f32 * angle.sin()) / period * 6.3).sin() > 0.0;
            let is_patch = (x0..x0 + size).contains(&x) && (y0..y0 + size).contains(&y);
            image::Rgb(if is_patch { [255 - colours[0][0]; 3] } else { colours[usize::from(wave)] })
        };
        let picture = image::RgbImage::from_fn(56, 44, pixel);
        picture.save(folder.join(format!("{index:03}.png"))).expect("a picture");
    }
    (dir, folder, workspace)
}

fn extracted(count: usize) -> (TempDir, PathBuf, Listener, Arc<Collection>) {
    let (dir, folder, workspace) = sample(count);
    let mut listener = Listener::start(options(dir.path()));
    let collection = extract(&mut listener, &folder, &workspace);
    (dir, workspace, listener, collection)
}

/// The only table of a workspace with its name.
pub fn table(workspace: &Path) -> (String, FeatureTable) {
    let name = describe(workspace).expect("a workspace").tables.remove(0).name;
    let table = Workspace::open(workspace).and_then(|w| w.read_features(&name)).expect("a table");
    (name, table)
}

pub fn kept(workspace: &Path) -> (LayerRecords<LayerExemplars>, LayerRecords<LayerStatistics>) {
    let (name, _) = table(workspace);
    let workspace = Workspace::open(workspace).expect("a workspace");
    let exemplars = workspace.exemplars(&name, None).expect("a table that can be read").expect("exemplars are kept");
    let statistics = workspace.statistics(&name, None).expect("a table that can be read").expect("they are kept");
    (exemplars, statistics)
}

/// The best 32 of every channel, from all stored vectors.
fn best(table: &FeatureTable, layer: &str) -> Vec<Vec<(ImageId, f32)>> {
    let source = StoredLayer { layer: layer.to_owned(), pooling: Pooling::Maximum };
    let vectors = table.vectors(&source).expect("vectors");
    let of_channel = |channel: usize| {
        let value = |row: usize| vectors.matrix.row(row).get(channel);
        let mut all: Vec<(ImageId, f32)> = vectors.ids.iter().enumerate().map(|(row, id)| (*id, value(row))).collect();
        all.retain(|(_, value)| *value > 0.0);
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        all.truncate(32);
        all
    };
    (0..vectors.matrix.columns()).map(of_channel).collect()
}

fn without_places(lists: &[Vec<Exemplar>]) -> Vec<Vec<(ImageId, f32)>> {
    lists.iter().map(|list| list.iter().map(|exemplar| (exemplar.image, exemplar.value)).collect()).collect()
}

/// That what is kept is what a search through all vectors finds.
pub fn assert_right(workspace: &Path) {
    let (exemplars, statistics) = kept(workspace);
    let (_, table) = table(workspace);
    assert_eq!(exemplars.covers, Some(table.stamp()), "they are of the present state");
    assert_eq!(statistics.covers, Some(table.stamp()));
    let columns: BTreeMap<StoredLayer, usize> = table.columns().into_iter().collect();
    assert_eq!(exemplars.layers.len() * 2, columns.len());
    assert_eq!(statistics.layers.len(), columns.len());
    for LayerExemplars { layer, lists } in &exemplars.layers {
        assert_eq!(without_places(lists), best(&table, layer), "{layer}");
    }
    for known in &statistics.layers {
        let vectors = table.vectors(&known.source).expect("vectors");
        let count = vectors.ids.len() as f64;
        for channel in 0..columns[&known.source] {
            let values = || (0..vectors.ids.len()).map(|row| f64::from(vectors.matrix.row(row).get(channel)));
            let mean = values().sum::<f64>() / count;
            let m2 = values().map(|value| (value - mean).powi(2)).sum::<f64>();
            assert_eq!((known.counts[channel], known.skipped[channel]), (vectors.ids.len() as u64, 0));
            assert!((known.means[channel] - mean).abs() <= 1e-9 * mean.abs().max(1.0), "{:?} {channel}", known.source);
            assert!((known.m2s[channel] - m2).abs() <= 1e-9 * m2.max(1.0), "{:?} {channel}", known.source);
        }
    }
}

/// That each place is one where the activation has the value, for all exemplars or those whose place is known.
fn assert_places(workspace: &Path, folder: &Path, collection: &Collection, all: bool) -> usize {
    let graph = Arc::new(load(&NetworkChoice::from_file(&network()).expect("a network")).expect("a network"));
    let device = gpu::open(gpu::Compute::Cpu).expect("the processor").device;
    let runner = Runner::new(graph.clone(), &device).expect("it runs");
    let records = Workspace::open(workspace).and_then(|w| w.images()).expect("records");
    let (exemplars, _) = kept(workspace);
    let mut known = 0;
    for record in records {
        let decoded = images::decode(&record.path.below(folder)).expect("a picture");
        let rgb = images::for_network(&decoded.rgb, &graph.preprocessing.resizing());
        let input = graph.preprocessing.batch(&rgb, 1, &device);
        let index = |layer: &str| collection.layers.iter().position(|l| l.name == layer).expect("a layer");
        let mut wanted: Vec<usize> = exemplars.layers.iter().map(|layer| index(&layer.layer)).collect();
        wanted.sort_unstable();
        runner.forward(input, &wanted, |layer, activation| {
            let [_, _, h, w] = activation.dims();
            let values: Vec<f32> = activation.try_into_vec_as().expect("values");
            let name = &collection.layers[layer].name;
            let lists = &exemplars.layers.iter().find(|kept| kept.layer == *name).expect("it is kept").lists;
            for (channel, list) in lists.iter().enumerate() {
                let map = &values[channel * h * w..(channel + 1) * h * w];
                let largest = map.iter().copied().fold(f32::NEG_INFINITY, f32::max);
                for exemplar in list.iter().filter(|exemplar| exemplar.image == record.id) {
                    // One image alone may be rounded otherwise than among others.
                    let is_near = |value: f32| (value - exemplar.value).abs() <= 2e-3 * exemplar.value + 1e-5;
                    assert!(is_near(largest), "{name} {channel}: {largest} {exemplar:?}");
                    let Some([row, column]) = exemplar.place else {
                        assert!(!all, "the place of {record:?} at {name} {channel} is not known");
                        continue;
                    };
                    known += 1;
                    assert!((row as usize) < h && (column as usize) < w);
                    let there = map[row as usize * w + column as usize];
                    assert!(is_near(there), "{name} {channel}: {there} {exemplar:?}");
                }
            }
        });
    }
    known
}

#[test]
fn exemplars_gathered_during_an_extraction_are_those_of_a_search_through_all_images_with_their_places() {
    let (_dir, workspace, listener, collection) = extracted(70);
    assert_eq!(listener.problems, []);
    drop(listener);
    assert_right(&workspace);
    let known = assert_places(&workspace, &collection.folder, &collection, true);
    assert!(known > 300, "{known} places");
}

#[test]
fn an_extraction_that_was_stopped_and_went_on_gathers_what_one_in_one_go_does() {
    let (dir, folder, workspace) = sample(120);
    let at_once = dir.path().join("at once");
    let mut listener = Listener::start(options(dir.path()));
    extract(&mut listener, &folder, &at_once);
    open(&listener, &folder, &workspace, &LAYERS, true);
    listener.until("a first commit", |event| matches!(event, Event::Committed { .. }).then_some(()));
    listener.engine.send(Request::Cancel);
    listener.until_extracted();
    listener.engine.send(Request::Extract);
    assert!(!listener.until_extracted());
    assert_eq!(listener.problems, []);
    assert_right(&workspace);
    assert_eq!(kept(&workspace).0.layers, kept(&at_once).0.layers, "places and all");
}

#[test]
fn a_picture_that_is_another_now_leaves_the_lists_and_who_was_behind_it_comes_back() {
    let (dir, folder, workspace) = sample(50);
    let mut listener = Listener::start(options(dir.path()));
    extract(&mut listener, &folder, &workspace);
    let (changed, model) = (listener.images[3].clone(), listener.images[40].clone());
    let before = kept(&workspace).0;
    overwrite(&changed.path.below(&folder), &fs::read(model.path.below(&folder)).expect("a picture"));
    let collection = extract(&mut listener, &folder, &workspace);
    assert_ne!(kept(&workspace).0.layers, before.layers);
    assert_right(&workspace);
    // Who came back from behind is known by its value alone.
    assert!(assert_places(&workspace, &folder, &collection, false) > 300);
}

#[test]
fn layers_added_later_have_exemplars_like_those_asked_for_at_first() {
    let (dir, folder, workspace) = sample(30);
    let at_once = dir.path().join("at once");
    let mut listener = Listener::start(options(dir.path()));
    for (place, layers) in [(&at_once, ["conv1", "sum"].as_slice()), (&workspace, &["conv1"]), (&workspace, &["sum"])] {
        open(&listener, &folder, place, layers, true);
        assert!(!listener.until_extracted());
        assert_eq!(listener.problems, []);
    }
    assert_right(&workspace);
    assert_eq!(kept(&workspace).0.layers, kept(&at_once).0.layers, "places and all");
    let tables = fs::read_dir(&workspace).expect("a folder").flatten();
    let names: Vec<String> = tables.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    assert!(!names.iter().any(|name| name.contains("supplement")), "{names:?}");
}

fn ask<T>(listener: &mut Listener, look: Look, pick: impl Fn(&Event) -> Option<T>) -> T {
    listener.engine.send(Request::Look(look));
    listener.until("an answer", |event| match event {
        Event::Problem { problem, .. } => panic!("{problem}"),
        event => pick(event),
    })
}

pub fn exemplars(listener: &mut Listener, layer: usize, channel: Option<usize>, count: usize) -> Arc<ExemplarList> {
    ask(listener, Look::Channels(ChannelLook::Exemplars { layer, channel, count }), |event| match event {
        Event::Exemplars(list) => Some(list.clone()),
        _ => None,
    })
}

fn unusual(listener: &mut Listener, image: ImageId, source: Option<StoredLayer>, count: usize) -> Arc<UnusualList> {
    ask(listener, Look::Channels(ChannelLook::Unusual { image, source, count }), |event| match event {
        Event::Unusual(list) => Some(list.clone()),
        _ => None,
    })
}

fn similarity(listener: &mut Listener, wish: WhySimilarWish) -> Arc<WhySimilar> {
    ask(listener, Look::Channels(ChannelLook::WhySimilar(wish)), |event| match event {
        Event::WhySimilar(similarity) => Some(similarity.clone()),
        _ => None,
    })
}

#[test]
fn a_workspace_without_exemplars_gets_them_from_its_vectors_when_they_are_asked_for() {
    let (dir, workspace, listener, collection) = extracted(40);
    drop(listener);
    let (name, table) = table(&workspace);
    let whole = kept(&workspace).0;
    for kind in ["exemplars", "statistics"] {
        fs::remove_dir_all(workspace.join(format!("{kind}_{name}.lance"))).expect("a table");
    }
    let mut listener = Listener::start(options(dir.path()));
    open(&listener, &collection.folder, &workspace, &LAYERS, false);
    listener.until("all images", |event| matches!(event, Event::Walked { .. }).then_some(()));
    let layer = collection.layers.iter().position(|layer| layer.name == "sum").expect("a layer");
    let list = exemplars(&mut listener, layer, Some(2), 5);
    assert!(list.is_current);
    let expected = best(&table, &collection.layers[layer].name);
    let found = &list.lists[0];
    assert_eq!((list.lists.len(), found.0), (1, 2));
    assert_eq!(without_places(std::slice::from_ref(&found.1))[0], expected[2][..5]);
    assert!(found.1.iter().all(|exemplar| exemplar.place.is_none()), "only an extraction knows the places");
    assert_right(&workspace);
    // All channels at once, from what was kept.
    let all = exemplars(&mut listener, layer, None, 1);
    assert_eq!(all.lists.len(), expected.len());
    for (channel, list) in &all.lists {
        assert_eq!(
            without_places(std::slice::from_ref(list))[0],
            expected[*channel][..expected[*channel].len().min(1)]
        );
    }
    // Extracting anew finds the lists whole and leaves them.
    drop(listener);
    let mut listener = Listener::start(options(dir.path()));
    extract(&mut listener, &collection.folder, &workspace);
    assert_right(&workspace);
    for (ours, theirs) in kept(&workspace).0.layers.iter().zip(&whole.layers) {
        assert_eq!(without_places(&ours.lists), without_places(&theirs.lists));
    }
}

#[test]
fn what_is_unusual_in_an_image_is_told_in_deviations_at_one_layer_or_at_all() {
    let (_dir, workspace, mut listener, collection) = extracted(40);
    let (_, table) = table(&workspace);
    let image = ImageId(7);
    let z_of = |source: &StoredLayer| -> Vec<f64> {
        let vectors = table.vectors(source).expect("vectors");
        let column = |channel: usize| -> Vec<f64> {
            (0..40).map(|row| f64::from(vectors.matrix.row(row).get(channel))).collect()
        };
        let z = |channel: usize| {
            let values = column(channel);
            let mean = values.iter().sum::<f64>() / 40.0;
            let std = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 40.0).sqrt();
            if std == 0.0 { 0.0 } else { (values[7] - mean) / std }
        };
        (0..vectors.matrix.columns()).map(z).collect()
    };
    for source in &collection.stored {
        let list = unusual(&mut listener, image, Some(source.clone()), 10);
        let expected = z_of(source);
        let mut largest: Vec<f64> = expected.iter().map(|z| z.abs()).filter(|z| *z > 0.0).collect();
        largest.sort_by(|a, b| b.total_cmp(a));
        assert_eq!(list.channels.len(), largest.len().min(10), "{source:?}");
        for (found, largest) in list.channels.iter().zip(&largest) {
            assert_eq!(found.source, *source);
            let z = f64::from(found.z);
            assert!((z - expected[found.channel]).abs() < 1e-4 * z.abs().max(1.0), "{source:?} {found:?}");
            assert!((z.abs() - largest).abs() < 1e-4 * largest.max(1.0), "{source:?} {found:?} {largest}");
        }
    }
    let all = unusual(&mut listener, image, None, 20);
    let averages = collection.stored.iter().filter(|stored| stored.pooling == Pooling::Average);
    let largest = averages.flat_map(z_of).map(f64::abs).fold(0.0, f64::max);
    assert_eq!(all.channels.len(), 20);
    assert!((f64::from(all.channels[0].z.abs()) - largest).abs() < 1e-4 * largest);
    assert!(all.channels.is_sorted_by(|a, b| a.z.abs() >= b.z.abs()));
    assert!(all.channels.iter().all(|found| found.source.pooling == Pooling::Average));
}

#[test]
fn why_two_images_are_alike_adds_up_to_their_score_and_both_activations_can_be_seen() {
    let (_dir, workspace, mut listener, collection) = extracted(24);
    let (_, table) = table(&workspace);
    let layer = collection.default_layer();
    let source = StoredLayer { layer: collection.layers[layer].name.clone(), pooling: Pooling::Average };
    let (a, b) = (ImageId(3), ImageId(11));
    let vector = |id| table.vector(&source, id).expect("a table").expect("a vector");
    let (of_a, of_b) = (vector(a), vector(b));
    let sum =
        |f: fn(f64, f64) -> f64| -> f64 { of_a.iter().zip(&of_b).map(|(a, b)| f(f64::from(*a), f64::from(*b))).sum() };
    let lengths = (sum(|a, _| a * a) * sum(|_, b| b * b)).sqrt();
    for (metric, score) in [
        (Metric::Cosine, sum(|a, b| a * b) / lengths),
        (Metric::Dot, sum(|a, b| a * b)),
        (Metric::Euclidean, sum(|a, b| (a - b).powi(2)).sqrt()),
    ] {
        for is_difference in [false, true] {
            let wish = WhySimilarWish {
                a,
                b,
                parts: [None; 2],
                source: source.clone(),
                metric,
                is_difference,
                count: usize::MAX,
            };
            let found = similarity(&mut listener, wish.clone());
            assert_eq!(found.wish, wish);
            assert!((found.score - score).abs() < 1e-9 * score.abs().max(1.0), "{metric:?}");
            assert_eq!(found.channels.len(), of_a.len());
            let added: f64 = found.channels.iter().map(|channel| channel.amount).sum();
            assert!((added - found.total).abs() < 1e-9 * added.abs().max(1.0));
            assert!(found.channels.is_sorted_by(|a, b| a.amount >= b.amount));
            let few = similarity(&mut listener, WhySimilarWish { count: 12, ..wish });
            assert_eq!(few.channels, found.channels[..found.channels.len().min(12)]);
        }
    }
    let pair = ask(&mut listener, Look::Pair { images: [a, b], layer }, |event| match event {
        Event::Pair(pair) => Some(pair.clone()),
        _ => None,
    });
    let largest = StoredLayer { pooling: Pooling::Maximum, ..source };
    for (view, id) in pair.iter().zip([a, b]) {
        assert_eq!((view.image, view.layer, view.values.shape()), (id, layer, collection.layers[layer].shape));
        let stored = table.vector(&largest, id).expect("a table").expect("a vector");
        let halves: Vec<f32> = view.maxima.iter().map(|value| f16::from_f32(*value).to_f32()).collect();
        assert_eq!(halves, stored);
    }
}

#[test]
fn an_image_without_vectors_is_not_compared_and_nothing_is_unusual_in_it() {
    let (dir, folder, workspace) = sample(12);
    fs::write(folder.join("zzz.png"), b"nonsense").expect("a file");
    let mut listener = Listener::start(options(dir.path()));
    let collection = extract(&mut listener, &folder, &workspace);
    let broken = listener.id("zzz.png");
    assert!(unusual(&mut listener, broken, None, 5).channels.is_empty());
    let source = collection.stored[0].clone();
    let wish = WhySimilarWish {
        a: ImageId(0),
        b: broken,
        parts: [None; 2],
        source,
        metric: Metric::Cosine,
        is_difference: false,
        count: 3,
    };
    listener.engine.send(Request::Look(Look::Channels(ChannelLook::WhySimilar(wish))));
    let problem = listener.until_problem();
    assert!(problem.to_string().contains("zzz.png"), "{problem}");
    assert!(problem.why.contains("could not be read") && problem.remedy.contains("extract again"), "{problem}");
}

#[test]
fn an_image_that_was_not_extracted_yet_says_how_to_do_that() {
    let image = collection::image(3, 5);
    let problem = no_vector("It cannot be explained", &image, Some("conv3"));
    assert!(problem.why.contains("conv3") && problem.why.contains(&image.path.text), "{problem}");
    assert!(problem.remedy.contains("tiramisu extract"), "{problem}");
}

#[test]
fn what_every_image_has_of_a_channel_is_what_the_table_holds() {
    let (_dir, workspace, mut listener, collection) = extracted(40);
    let (_, table) = table(&workspace);
    for source in &collection.stored {
        let vectors = table.vectors(source).expect("vectors");
        let channel = vectors.matrix.columns() - 1;
        let look = Look::Channels(ChannelLook::Values { source: source.clone(), channel });
        let found = ask(&mut listener, look, |event| match event {
            Event::ChannelValues(values) => Some(values.clone()),
            _ => None,
        });
        assert_eq!((&found.source, found.channel, found.values.len()), (source, channel, 40));
        let expected: Vec<Option<f32>> = (0..40).map(|row| Some(vectors.matrix.row(row).get(channel))).collect();
        assert_eq!((0..40).map(|id| found.of(ImageId(id))).collect::<Vec<_>>(), expected, "{source:?}");
        assert_eq!(found.of(ImageId(40)), None);
    }
    let look = Look::Channels(ChannelLook::Values { source: collection.stored[0].clone(), channel: 1_000_000 });
    let found = ask(&mut listener, look, |event| match event {
        Event::ChannelValues(values) => Some(values.clone()),
        _ => None,
    });
    assert!(found.values.is_empty(), "there is no such channel");
}

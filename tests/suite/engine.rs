//! The main job through the engine's front door, on pictures the program makes itself.

mod activations;
mod ahead;
mod analyses;
mod brief;
mod centrality;
mod changes;
mod channels;
mod checking;
mod classes;
mod columns;
mod cut_outs;
mod damaged;
mod depths;
mod ending;
mod exports;
mod findings;
mod first_pictures;
mod folder;
mod free_memory;
mod glance;
mod graphs;
mod groups;
#[cfg(target_os = "linux")]
mod hanging;
mod import;
mod indices;
mod inside;
mod layers;
mod long_looks;
mod lost_device;
mod maintenance;
mod memory;
mod moved;
mod moving;
mod neighbours;
mod photographs;
mod pictures;
mod placing;
mod precision;
mod queries;
mod reads;
mod refused;
mod relabel;
mod representative;
mod selecting;
#[cfg(target_os = "linux")]
mod unstarted;
mod very_many;

use std::fs;
use std::path::Path;
use std::time::Instant;

use tempfile::TempDir;
use tiramisu::domain::DatasetOptions;
use tiramisu::domain::{ImageId, Metric, NeighbourWish};
use tiramisu::engine::{
    AnalysisAnswer, Collection, EngineOptions, Event, ExportFormat, ExportWish, Look, NetworkFile, OpenWish, Progress,
    Request, describe, make_sample,
};
use tiramisu::store::Workspace;

use crate::support::collection::border;
use crate::support::listener::{Listener, options};

/// A folder of sample pictures and a place for what is learned of them.
fn sample(count: usize) -> (TempDir, std::path::PathBuf, std::path::PathBuf) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let (folder, workspace) = (dir.path().join("pictures"), dir.path().join("workspace"));
    make_sample(&folder, count, 7, &Progress::new("sample")).expect("sample pictures");
    (dir, folder, workspace)
}

fn extracted(count: usize) -> (TempDir, std::path::PathBuf, Listener, std::sync::Arc<Collection>) {
    let (dir, folder, workspace) = sample(count);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    let collection = listener.until_opened();
    assert!(!listener.until_extracted(), "nobody cancelled");
    (dir, workspace, listener, collection)
}

#[test]
fn the_sample_collection_is_looked_at_while_it_is_made() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut listener = Listener::start(options(dir.path()));
    listener.engine.send(Request::OpenSample { network: NetworkFile::Analytic });
    let progress = listener.until("the job", |event| match event {
        Event::JobStarted(progress) => Some(progress.clone()),
        _ => None,
    });
    let first = listener.until("the first pictures", |event| match event {
        Event::Images(images) => Some(images.len()),
        _ => None,
    });
    assert_eq!(progress.total(), options(dir.path()).sample_images, "those to come are counted from the first on");
    assert!((1..options(dir.path()).sample_images).contains(&first), "{first} pictures are waited for");
    assert!(!listener.until_extracted(), "nobody cancelled");
    assert_eq!(listener.problems, []);
    assert_eq!(listener.images.len(), options(dir.path()).sample_images);
    assert!(listener.images.iter().all(|image| image.width > 0 && image.problem.is_none()));
    // And none is made or found twice.
    listener.engine.send(Request::OpenSample { network: NetworkFile::Analytic });
    assert!(!listener.until_extracted(), "nobody cancelled");
    assert_eq!((listener.images.len(), &listener.problems[..]), (options(dir.path()).sample_images, &[][..]));
}

#[test]
fn a_sample_that_was_stopped_is_made_by_the_next_run_and_never_in_another_folder() {
    let (dir, folder, workspace) = sample(3);
    let count = 440;
    let mut listener = Listener::start(EngineOptions { sample_images: count, ..options(dir.path()) });
    let stop_early = |listener: &mut Listener| {
        listener.engine.send(Request::OpenSample { network: NetworkFile::Analytic });
        listener.until("the first pictures", |event| matches!(event, Event::Images(_)).then_some(()));
        listener.engine.send(Request::Cancel);
        assert!(listener.until_extracted(), "it was stopped");
        assert!(listener.images.len() < count, "all {count} were made before it could be stopped");
    };
    stop_early(&mut listener);
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    assert!(!listener.until_extracted(), "nobody cancelled");
    assert_eq!(listener.images.len(), 3, "pictures were made in a folder of the person's own");
    stop_early(&mut listener);
    listener.engine.send(Request::Extract);
    assert!(!listener.until_extracted(), "nobody cancelled");
    assert_eq!((listener.images.len(), &listener.problems[..]), (count, &[][..]));
}

#[test]
fn features_are_the_same_to_the_bit_whatever_the_size_of_a_batch() {
    let (dir, folder, _) = sample(23);
    let bits = |images: usize| -> Vec<Vec<u32>> {
        let workspace = dir.path().join(format!("by {images}"));
        let batch_images = Some(images);
        let mut listener = Listener::start(EngineOptions { batch_images, ..options(dir.path()) });
        listener.open(&folder, &workspace, NetworkFile::Builtin, true);
        assert!(!listener.until_extracted(), "nobody cancelled");
        drop(listener);
        let description = describe(&workspace).expect("a workspace");
        let table = Workspace::open(&workspace).and_then(|w| w.read_features(&description.tables[0].name));
        let table = table.expect("a table");
        let vectors = table.columns().into_iter().map(|(stored, _)| table.vectors(&stored).expect("vectors"));
        vectors.map(|vectors| vectors.matrix.values().iter().map(f32::to_bits).collect()).collect()
    };
    // One at a time all threads share a picture's pass; of more, each thread has its own.
    let alone = bits(1);
    assert!(alone.len() > 10 && alone.iter().all(|numbers| !numbers.is_empty()));
    for images in [2, 7, 23] {
        assert!(bits(images) == alone, "{images} at a time");
    }
}

#[test]
fn every_image_of_a_folder_gets_a_vector_at_every_stored_layer() {
    let (_dir, workspace, listener, collection) = extracted(45);
    assert_eq!(listener.problems, []);
    assert_eq!(listener.images.len(), 45);
    assert!(listener.images.iter().all(|image| image.width > 0 && image.label.is_some()));
    drop(listener);

    let description = describe(&workspace).expect("a workspace");
    assert_eq!((description.images, description.problems), (45, 0));
    assert_eq!(description.tables[0].rows, 45);
    assert_eq!(description.tables[0].layers.len(), collection.stored.len());
    let table =
        Workspace::open(&workspace).and_then(|w| w.read_features(&description.tables[0].name)).expect("a table");
    for stored in &collection.stored {
        let vectors = table.vectors(stored).expect("vectors");
        assert_eq!(vectors.ids, (0..45).map(ImageId).collect::<Vec<_>>(), "{stored:?}");
        let distinct = (1..45).filter(|&row| vectors.matrix.row(row) != vectors.matrix.row(0)).count();
        assert!(distinct > 40, "different pictures look different at {stored:?}");
    }
}

#[test]
fn a_second_run_finds_everything_done_and_a_new_picture_is_added() {
    let (dir, folder, workspace) = sample(30);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    let before = describe(&workspace).expect("a workspace");

    listener.images.clear();
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    let again = describe(&workspace).expect("a workspace");
    assert_eq!((again.images, again.tables[0].rows), (30, 30));
    assert_eq!(again.tables[0].version, before.tables[0].version, "nothing was written");

    let original = listener.images[3].path.below(&folder);
    fs::copy(&original, folder.join("aaa_first_by_name.png")).expect("a copy");
    listener.images.clear();
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    let grown = describe(&workspace).expect("a workspace");
    assert_eq!((grown.images, grown.tables[0].rows), (31, 31));
    assert_eq!(listener.id("aaa_first_by_name.png"), ImageId(30), "known images keep their ids");
}

#[test]
fn cancel_is_answered_at_once_and_what_was_done_is_kept() {
    let (dir, folder, workspace) = sample(400);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until("a first commit", |event| matches!(event, Event::Committed { .. }).then_some(()));
    let asked = Instant::now();
    listener.engine.send(Request::Cancel);
    assert!(listener.until_extracted(), "it was cancelled");
    // Printed, not asserted: how long it takes depends on what else the machine does.
    println!("cancelled after {:?}", asked.elapsed());
    let kept = describe(&workspace).expect("a workspace").tables[0].rows;
    assert!(kept > 0 && kept < 400, "{kept} rows kept");

    listener.engine.send(Request::Extract);
    assert!(!listener.until_extracted());
    let table = describe(&workspace).expect("a workspace");
    assert_eq!((table.images, table.tables[0].rows), (400, 400), "nothing twice, nothing lost");
}

#[test]
fn a_copy_of_a_picture_is_its_nearest_neighbour_at_every_layer() {
    let (dir, folder, workspace) = sample(40);
    let twin_of = folder.join("twin.png");
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    let original = listener.images[17].clone();
    fs::copy(original.path.below(&folder), twin_of).expect("a copy");
    listener.images.clear();
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    let collection = listener.until_opened();
    listener.until_extracted();
    let twin = listener.id("twin.png");
    for source in &collection.stored {
        for metric in [Metric::Cosine, Metric::Euclidean] {
            let look = Look::Neighbours(NeighbourWish::of(twin, source.clone(), metric, 5));
            listener.engine.send(Request::Look(look));
            let list = listener.until("neighbours", |event| match event {
                Event::Neighbours(list) => Some(list.clone()),
                _ => None,
            });
            assert_eq!(list.neighbours.len(), 5);
            assert_eq!(list.searched, 41);
            assert_eq!(list.neighbours[0].image, original.id, "at {source:?} by {metric:?}");
            assert!(list.neighbours.iter().all(|n| n.image != twin), "the probe is not its own neighbour");
        }
    }
}

#[test]
fn activations_of_every_layer_have_the_shape_the_layer_says() {
    let (_dir, _workspace, mut listener, collection) = extracted(12);
    for (layer, known) in collection.layers.iter().enumerate() {
        listener.engine.send(Request::Look(Look::Activations { image: ImageId(5), layer }));
        let view = listener.until("activations", |event| match event {
            Event::Activations(view) => Some(view.clone()),
            _ => None,
        });
        assert_eq!(view.values.shape(), known.shape, "{}", known.name);
        assert_eq!(view.means.len(), known.shape[0]);
        for channel in 0..known.shape[0] {
            let (low, mean, high) = (view.minima[channel], view.means[channel], view.maxima[channel]);
            assert!(
                low <= mean + 1e-4 && mean <= high + 1e-4,
                "channel {channel} of {}: {low} {mean} {high}",
                known.name
            );
        }
        let [c, h, w] = known.shape;
        for channel in (0..c).filter(|_| h * w <= 32 * 32) {
            let places = (0..h * w).map(|cell| view.values.value(channel, cell / w, cell % w));
            // Where only the graphics device has them nobody here can add them up.
            let Some(plane) = places.map(|value| value.map(|value| value.max(0.0))).collect::<Option<Vec<f32>>>()
            else {
                break;
            };
            let (told, share) = (view.borders[channel], border([h, w], &plane));
            assert!((told - share).abs() < 1e-3, "channel {channel} of {}: {told}, not {share}", known.name);
        }
    }
}

#[test]
fn every_layer_is_timed_when_asked() {
    let (_dir, _workspace, mut listener, collection) = extracted(12);
    listener.engine.send(Request::Look(Look::LayerTimes));
    let secs = listener.until("times", |event| match event {
        Event::LayerTimes(secs) => Some(secs.clone()),
        _ => None,
    });
    assert_eq!(secs.len(), collection.layers.len());
    assert!(secs.iter().all(|secs| *secs > 0.0), "{secs:?}");
}

#[test]
fn the_map_has_a_point_for_every_image_and_spreads_them() {
    let (_dir, _workspace, mut listener, collection) = extracted(60);
    let source = collection.stored[collection.stored.len() - 2].clone();
    listener.engine.send(Request::Look(Look::PcaMap { source: source.clone() }));
    let map = listener.until("a map", |event| match event {
        Event::Answered(AnalysisAnswer::Map(map)) => Some(map.clone()),
        _ => None,
    });
    assert_eq!(map.wish.source, source);
    assert_eq!(map.ids.len(), 60);
    let explained = map.explained.unwrap();
    assert!(explained[0] >= explained[1] && explained[1] > 0.0, "{explained:?}");
    let mean: f32 = map.points.iter().map(|p| p[0]).sum::<f32>() / 60.0;
    let spread: f32 = map.points.iter().map(|p| (p[0] - mean).powi(2)).sum::<f32>();
    assert!(spread > 0.0);
}

#[test]
fn thumbnails_are_there_before_and_after_the_images_are_recorded() {
    let (dir, folder, workspace) = sample(24);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until("found images", |event| matches!(event, Event::Images(_)).then_some(()));
    let ask = |listener: &mut Listener| {
        let ids = vec![ImageId(0), ImageId(1)];
        listener.engine.send(Request::Look(Look::Thumbnails(ids)));
        // Those that are made of the pictures come one by one.
        let mut found = Vec::new();
        listener.until("thumbnails", |event| match event {
            Event::Thumbnails(pictures) => {
                found.extend(pictures.iter().cloned());
                (found.len() == 2).then_some(())
            }
            _ => None,
        });
        found.sort_by_key(|picture| picture.id);
        found
    };
    let early = ask(&mut listener);
    listener.until_extracted();
    let late = ask(&mut listener);
    for pictures in [&early, &late] {
        assert_eq!(pictures.iter().map(|p| p.id).collect::<Vec<_>>(), [ImageId(0), ImageId(1)]);
        assert!(pictures.iter().all(|p| p.rgba.len() == (p.width * p.height * 4) as usize && p.width > 0));
    }
    assert_eq!(early[0].width, late[0].width);
}

#[test]
fn a_workspace_that_is_open_elsewhere_is_refused_in_words() {
    let (_dir, workspace, listener, collection) = extracted(8);
    let other = tempfile::tempdir().expect("a temporary folder");
    let mut second = Listener::start(options(other.path()));
    second.open(&collection.folder, &workspace, NetworkFile::Analytic, true);
    let problem = second.until_problem();
    assert!(problem.why.contains("already open"), "{problem}");
    drop(second);
    drop(listener);
}

#[test]
fn a_folder_that_is_not_there_is_refused_in_words() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&dir.path().join("nowhere"), &dir.path().join("workspace"), NetworkFile::Analytic, true);
    let problem = listener.until_problem();
    assert!(problem.what.contains("could not be opened") && problem.why.contains("nowhere"), "{problem}");
    listener.until("the welcome view", |event| matches!(event, Event::Closed).then_some(()));
}

#[test]
fn pictures_that_cannot_be_read_are_recorded_and_the_rest_is_kept() {
    let (dir, folder, workspace) = sample(20);
    fs::write(folder.join("empty.jpg"), b"").expect("a file");
    fs::write(folder.join("letter.jpg"), b"Dear sir, this is not a picture at all.").expect("a file");
    let whole = fs::read(first_picture(&folder)).expect("a picture");
    fs::write(folder.join("cut.png"), &whole[..whole.len() / 3]).expect("a file");
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    for name in ["empty.jpg", "letter.jpg", "cut.png"] {
        let record = listener.image(name);
        let reason = record.problem.as_deref().unwrap_or_else(|| panic!("{name} has a problem"));
        assert!(reason.len() > 10 && !reason.contains(dir.path().to_str().expect("UTF-8")), "{name}: {reason}");
    }
    let description = describe(&workspace).expect("a workspace");
    assert_eq!((description.images, description.problems, description.tables[0].rows), (23, 3, 20));
}

#[test]
fn another_network_can_be_chosen_while_an_extraction_runs() {
    let (dir, folder, workspace) = sample(300);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until("a first commit", |event| matches!(event, Event::Committed { .. }).then_some(()));
    // The same folder again, at once: the lock on the workspace must have come back.
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe/residual.prototxt");
    listener.open(&folder, &workspace, NetworkFile::File(golden.clone()), true);
    let collection = listener.until_opened();
    assert_eq!(collection.network_file, NetworkFile::File(golden));
    listener.until("a commit of the other network", |event| matches!(event, Event::Committed { .. }).then_some(()));
    listener.engine.send(Request::Cancel);
    listener.until_extracted();
    assert_eq!(listener.problems, []);
    let tables = describe(&workspace).expect("a workspace").tables;
    assert_eq!(tables.len(), 2);
    assert!(tables.iter().all(|table| table.rows > 0));
}

#[cfg(unix)]
#[test]
fn a_disk_that_refuses_is_told_of_whatever_else_went_wrong() {
    let (dir, folder, workspace) = sample(400);
    std::os::unix::fs::symlink("/nowhere/at/all.jpg", folder.join("lost.jpg")).expect("a link");
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until("a first commit", |event| matches!(event, Event::Committed { .. }).then_some(()));
    // A file where the table was; a commit under way may make the table's folder once more.
    let images = workspace.join("images.lance");
    for attempt in 0.. {
        fs::rename(&images, dir.path().join(format!("away{attempt}"))).expect("the table is moved away");
        if fs::write(&images, "in the way").is_ok() {
            break;
        }
    }
    listener.until_extracted();
    let told: Vec<&str> = listener.problems.iter().map(|problem| problem.what.as_str()).collect();
    assert_eq!(told, ["Results could not be saved", "Part of the folder could not be read"]);
}

#[test]
fn a_network_that_cannot_be_loaded_leaves_what_is_open() {
    let (dir, _workspace, mut listener, collection) = extracted(10);
    let lonely = dir.path().join("lonely.prototxt");
    fs::write(&lonely, "name: \"lonely\"").expect("a file");
    listener.open(&collection.folder, &collection.workspace, NetworkFile::File(lonely), true);
    let problem = listener.until_problem();
    assert!(problem.why.contains("other half"), "{problem}");
    let wish = NeighbourWish::of(ImageId(1), collection.stored[0].clone(), Metric::Cosine, 3);
    let look = Look::Neighbours(wish);
    listener.engine.send(Request::Look(look));
    listener.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(list.neighbours.len()),
        Event::Closed => panic!("the collection was closed"),
        _ => None,
    });
}

#[test]
fn a_picture_that_was_broken_once_is_read_when_it_is_whole_again() {
    let (dir, folder, workspace) = sample(12);
    let whole = fs::read(first_picture(&folder)).expect("a picture");
    fs::write(folder.join("cut.jpg"), &whole[..whole.len() / 3]).expect("a file");
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    assert!(listener.image("cut.jpg").problem.is_some());
    fs::write(folder.join("cut.jpg"), &whole).expect("a file");
    for _ in 0..2 {
        listener.images.clear();
        listener.open(&folder, &workspace, NetworkFile::Analytic, true);
        listener.until_extracted();
        assert_eq!(listener.image("cut.jpg").problem, None);
        assert_eq!(describe(&workspace).expect("a workspace").tables[0].rows, 13);
    }
}

#[test]
fn an_export_never_replaces_a_file_without_being_told() {
    let (dir, _workspace, mut listener, _collection) = extracted(10);
    let target = dir.path().join("out.csv");
    fs::write(&target, "precious").expect("a file");
    let mut request = ExportWish {
        images: vec![ImageId(2), ImageId(4)].into(),
        scores: vec![(ImageId(2), 0.5)],
        format: ExportFormat::Csv,
        vectors: Vec::new(),
        target: target.clone(),
        map: None,
        dataset: DatasetOptions::default(),
        overwrite: false,
    };
    listener.engine.send(Request::Export(request.clone()));
    listener.until("a question", |event| matches!(event, Event::ExportExists(_)).then_some(()));
    assert_eq!(fs::read_to_string(&target).expect("a file"), "precious");
    request.overwrite = true;
    listener.engine.send(Request::Export(request));
    let summary = listener.until("the export", |event| match event {
        Event::Exported(summary) => Some(summary.clone()),
        _ => None,
    });
    assert_eq!((summary.written, summary.failed), (2, vec![]));
    let text = fs::read_to_string(&target).expect("a file");
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(text.contains("0.5"), "{text}");
}

fn first_picture(folder: &Path) -> std::path::PathBuf {
    let class =
        fs::read_dir(folder).expect("a folder").flatten().map(|e| e.path()).find(|p| p.is_dir()).expect("a class");
    fs::read_dir(class).expect("a folder").flatten().map(|e| e.path()).next().expect("a picture")
}

#[test]
fn a_collection_says_whether_its_workspace_lies_where_it_usually_does() {
    let (dir, folder, elsewhere) = sample(6);
    let mut listener = Listener::start(options(dir.path()));
    let mut opened = |workspace: Option<&Path>| {
        let open = OpenWish {
            folder: folder.clone(),
            workspace: workspace.map(Path::to_owned),
            network: NetworkFile::Analytic,
            layers: None,
            extract: true,
        };
        listener.engine.send(Request::Open(open));
        let collection = listener.until_opened();
        listener.until_extracted();
        collection
    };
    let usual = opened(None);
    assert!(usual.workspace_is_usual);
    let chosen = opened(Some(&elsewhere));
    assert_eq!((&chosen.workspace, chosen.workspace_is_usual), (&elsewhere, false));
    // Named by the person, it is the usual one all the same.
    assert!(opened(Some(&usual.workspace)).workspace_is_usual);
}

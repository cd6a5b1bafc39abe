//! Questions for neighbours of every kind, against what they are defined to be.

use std::ops::ControlFlow;

use tiramisu::analysis::embedding::ternary;
use tiramisu::domain::{
    ClassChange, ClassOrigin, Example, ImageId, Metric, NeighbourWish, Pooling, Region, Representation, StoredLayer,
    Vectors,
};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, ChannelLook, ClassWish, Collection, EmbeddingSummary, Event, Look, NeighbourList,
    NetworkFile, Problem, Request, Thresholds, WhySimilarWish,
};
use tiramisu::store::{StoredEmbedding, Workspace};

use super::extracted;
use crate::support::listener::{Listener, options};

fn ask(listener: &mut Listener, wish: NeighbourWish) -> Result<NeighbourList, Problem> {
    listener.problems.clear();
    listener.engine.send(Request::Look(Look::Neighbours(wish)));
    listener.until("an answer", |event| match event {
        Event::Neighbours(list) => Some(Ok(list.clone())),
        Event::Problem { problem, .. } => Some(Err(problem.clone())),
        _ => None,
    })
}

fn embed(listener: &mut Listener, thresholds: Thresholds) -> EmbeddingSummary {
    listener.engine.send(Request::Analyse(AnalysisWish::Embed(thresholds)));
    let summary = listener.until("the embedding", |event| match event {
        Event::Answered(AnalysisAnswer::Embedding(summary)) => Some(summary.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    summary
}

fn vectors(workspace: &std::path::Path, source: &StoredLayer) -> Vectors {
    let workspace = Workspace::open(workspace).unwrap();
    let table = workspace.feature_tables().unwrap()[0].table.clone();
    workspace.read_features(&table).unwrap().vectors(source).unwrap()
}

/// A layer with space left, averaged.
fn middle(collection: &Collection) -> StoredLayer {
    let is_wide = |stored: &&StoredLayer| {
        stored.pooling == Pooling::Average
            && collection.layers.iter().any(|layer| layer.name == stored.layer && layer.shape[1] > 4)
    };
    collection.stored.iter().find(is_wide).expect("a layer with space").clone()
}

fn ids(list: &NeighbourList) -> Vec<ImageId> {
    list.neighbours.iter().map(|neighbour| neighbour.image).collect()
}

#[test]
fn a_probe_may_be_images_for_and_against_a_class_or_numbers() {
    let (_dir, workspace, mut listener, collection) = extracted(44);
    let source = middle(&collection);
    let of = |examples: Vec<(Example, f32)>, metric: Metric| NeighbourWish {
        examples,
        ..NeighbourWish::of(ImageId(0), source.clone(), metric, 44)
    };
    let known = vectors(&workspace, &source);
    let row = |id: u32| -> Vec<f64> { known.matrix.row(id as usize).iter().map(f64::from).collect() };
    let unit = |row: Vec<f64>| {
        let length = row.iter().map(|value| value * value).sum::<f64>().sqrt();
        row.into_iter().map(|value| value / length).collect::<Vec<_>>()
    };
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    // Rocchio: directions for, less directions against.
    let wish = of(
        vec![(Example::Image(ImageId(3)), 1.0), (Example::Image(ImageId(8)), 1.0), (Example::Image(ImageId(20)), -1.0)],
        Metric::Cosine,
    );
    let list = ask(&mut listener, wish).unwrap();
    let [a, b, c] = [3, 8, 20].map(|id| unit(row(id)));
    let probe = unit((0..a.len()).map(|i| (a[i] + b[i]) / 2.0 - c[i]).collect());
    assert_eq!(list.neighbours.len(), 41, "what the probe is made of is no answer");
    for neighbour in &list.neighbours {
        let expected = dot(&probe, &unit(row(neighbour.image.0)));
        assert!((neighbour.score - expected).abs() < 1e-4, "{neighbour:?} for {expected}");
    }
    assert!(list.is_exact && list.neighbours.is_sorted_by(|a, b| a.score >= b.score));

    // The mean of a class, and the same numbers from outside.
    let label = listener.images[5].label.clone().unwrap();
    let members: Vec<u32> =
        listener.images.iter().filter(|image| image.label.as_ref() == Some(&label)).map(|image| image.id.0).collect();
    let mean: Vec<f32> = (0..a.len())
        .map(|i| (members.iter().map(|id| row(*id)[i]).sum::<f64>() / members.len() as f64) as f32)
        .collect();
    let by_label = ask(&mut listener, of(vec![(Example::Label(label), 1.0)], Metric::Euclidean)).unwrap();
    let by_vector = ask(&mut listener, of(vec![(Example::Vector(mean), 1.0)], Metric::Euclidean)).unwrap();
    assert_eq!(ids(&by_label), ids(&by_vector));
    assert_eq!(by_label.neighbours.len(), 44);

    // The same images as a tag, a cluster and a class of that name.
    let tagged = listener.images.iter().filter(|image| members.contains(&image.id.0)).map(|image| image.id).collect();
    listener.engine.send(Request::Tag { images: tagged, tag: "mine".to_owned(), is_on: true });
    listener.until("the tag", |event| matches!(event, Event::Tagged { .. }).then_some(()));
    let by_tag = ask(&mut listener, of(vec![(Example::Tag("mine".to_owned()), 1.0)], Metric::Euclidean)).unwrap();
    assert_eq!(ids(&by_tag), ids(&by_label));
    let unknown = ask(&mut listener, of(vec![(Example::Tag("other".to_owned()), 1.0)], Metric::Cosine)).unwrap_err();
    assert!(unknown.why.contains("the tag other has no images"), "{unknown}");
    let no_class = ask(&mut listener, of(vec![(Example::Class("mine".to_owned()), 1.0)], Metric::Cosine));
    assert!(no_class.unwrap_err().why.contains("no class mine"));
    let add = ClassChange::Add { name: "own".to_owned(), origin: ClassOrigin::Where("tag('mine')".to_owned()) };
    let classes = ClassWish { by: Vec::new(), change: Some(add), ..ClassWish::default() };
    listener.engine.send(Request::Analyse(AnalysisWish::Classes(classes)));
    listener.until("the classes", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    let by_class = ask(&mut listener, of(vec![(Example::Class("own".to_owned()), 1.0)], Metric::Euclidean)).unwrap();
    assert_eq!(ids(&by_class), ids(&by_label));

    // What makes no sense is said, and nothing breaks.
    let wrong = ask(&mut listener, of(vec![(Example::Vector(vec![1.0; 3]), 1.0)], Metric::Cosine)).unwrap_err();
    assert!(wrong.why.contains("3 numbers"), "{wrong}");
    let known_label = listener.images[5].label.clone().unwrap();
    let wrong = ask(&mut listener, of(vec![(Example::Label(format!("{known_label}x")), 1.0)], Metric::Cosine));
    assert!(wrong.unwrap_err().remedy.contains(&known_label));
    let wrong = ask(&mut listener, of(Vec::new(), Metric::Cosine)).unwrap_err();
    assert!(wrong.why.contains("nothing to ask with"), "{wrong}");
}

#[test]
fn only_images_that_are_wanted_are_neighbours() {
    let (_dir, _workspace, mut listener, collection) = extracted(33);
    let all = NeighbourWish::of(ImageId(1), middle(&collection), Metric::Cosine, 33);
    let among: Vec<ImageId> = (0..33).step_by(3).map(ImageId).collect();
    let some = NeighbourWish { among: Some(among.iter().copied().collect()), ..all.clone() };
    let (all, some) = (ask(&mut listener, all).unwrap(), ask(&mut listener, some).unwrap());
    let expected: Vec<ImageId> = ids(&all).into_iter().filter(|id| among.contains(id)).collect();
    assert_eq!(ids(&some), expected);
    assert_eq!((all.searched, some.searched), (33, 11));
}

#[test]
fn a_mix_of_one_layer_is_that_layer_and_a_layer_without_weight_says_nothing() {
    let (_dir, _workspace, mut listener, collection) = extracted(33);
    let (shallow, deep) = (middle(&collection), collection.stored[collection.stored.len() - 2].clone());
    let alone = NeighbourWish::of(ImageId(4), deep.clone(), Metric::Cosine, 10);
    let mix =
        NeighbourWish { at: Representation::Mix(vec![(shallow.clone(), 0.0), (deep.clone(), 2.0)]), ..alone.clone() };
    let both = NeighbourWish { at: Representation::Mix(vec![(shallow.clone(), 1.0), (deep, 1.0)]), ..alone.clone() };
    let [alone, mix, both] = [alone, mix, both].map(|wish| ask(&mut listener, wish).unwrap());
    assert_eq!(ids(&alone), ids(&mix));
    let of_shallow = ask(&mut listener, NeighbourWish::of(ImageId(4), shallow, Metric::Cosine, 33)).unwrap();
    for neighbour in both.neighbours.iter().filter(|neighbour| ids(&alone).contains(&neighbour.image)) {
        let score = |list: &NeighbourList| list.neighbours.iter().find(|n| n.image == neighbour.image).unwrap().score;
        assert!((neighbour.score - (score(&alone) + score(&of_shallow)) / 2.0).abs() < 1e-5);
    }
}

#[test]
fn the_whole_of_a_picture_as_a_region_is_the_picture_and_a_part_is_not() {
    let (_dir, _workspace, mut listener, collection) = extracted(22);
    let source = middle(&collection);
    let of = |region: Region| NeighbourWish {
        examples: vec![(Example::Region { image: ImageId(2), region }, 1.0)],
        ..NeighbourWish::of(ImageId(2), source.clone(), Metric::Cosine, 21)
    };
    let whole = ask(&mut listener, of(Region::between((0.0, 0.0), (1.0, 1.0)))).unwrap();
    let image = ask(&mut listener, NeighbourWish::of(ImageId(2), source.clone(), Metric::Cosine, 21)).unwrap();
    assert_eq!(whole.neighbours.len(), 21);
    for (a, b) in whole.neighbours.iter().zip(&image.neighbours) {
        assert!((a.score - b.score).abs() < 1e-3, "{a:?} {b:?}");
    }
    let part = ask(&mut listener, of(Region::between((0.0, 0.0), (0.2, 0.2)))).unwrap();
    assert!(part.neighbours.iter().zip(&whole.neighbours).any(|(a, b)| (a.score - b.score).abs() > 1e-3));
}

#[test]
fn why_a_neighbour_of_a_box_is_one_is_explained_by_the_box() {
    let (_dir, _workspace, mut listener, collection) = extracted(22);
    let source = middle(&collection);
    let region = Region::between((0.0, 0.0), (0.3, 0.4));
    for metric in [Metric::Cosine, Metric::Euclidean] {
        let wish = NeighbourWish {
            examples: vec![(Example::Region { image: ImageId(2), region }, 1.0)],
            ..NeighbourWish::of(ImageId(2), source.clone(), metric, 5)
        };
        let near = ask(&mut listener, wish).unwrap().neighbours[3];
        let mut why = |parts: [Option<Region>; 2]| {
            let (a, b, source) = (ImageId(2), near.image, source.clone());
            let wish = WhySimilarWish { a, b, parts, source, metric, is_difference: false, count: 3 };
            listener.engine.send(Request::Look(Look::Channels(ChannelLook::WhySimilar(wish.clone()))));
            let found = listener.until("why", |event| match event {
                Event::WhySimilar(found) => Some(found.clone()),
                Event::Problem { problem, .. } => panic!("{problem}"),
                _ => None,
            });
            assert_eq!(found.wish, wish);
            found.score
        };
        let by_box = why([Some(region), None]);
        assert!((by_box - near.score).abs() < 1e-3 * near.score.abs().max(1.0), "{metric:?}: {by_box} of {near:?}");
        assert!((why([None, None]) - near.score).abs() > 1e-3, "{metric:?}: the whole picture is another question");
        let all = Region::between((0.0, 0.0), (1.0, 1.0));
        assert!((why([Some(region), Some(all)]) - by_box).abs() < 1e-2 * by_box.abs().max(1.0), "{metric:?}");
    }
}

#[test]
fn the_embedding_is_what_the_paper_says_and_compares_the_whole_network() {
    let (dir, workspace, mut listener, collection) = extracted(44);
    let wish = NeighbourWish {
        at: Representation::Embedding,
        ..NeighbourWish::of(ImageId(7), middle(&collection), Metric::Cosine, 43)
    };
    let none = ask(&mut listener, wish.clone()).unwrap_err();
    assert!(none.remedy.contains("tiramisu embed"), "{none}");

    let summary = embed(&mut listener, Thresholds::default());
    let sources: Vec<&StoredLayer> =
        collection.stored.iter().filter(|stored| stored.pooling == Pooling::Average).collect();
    // In double precision, two passes, layer after layer.
    let mut codes = vec![Vec::new(); 44];
    for source in &sources {
        let known = vectors(&workspace, source);
        for channel in 0..known.matrix.columns() {
            let values: Vec<f64> = (0..44).map(|row| f64::from(known.matrix.row(row).get(channel))).collect();
            let mean = values.iter().sum::<f64>() / 44.0;
            let std = (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 44.0).sqrt();
            for (code, value) in codes.iter_mut().zip(&values) {
                let z = if std > 0.0 { (value - mean) / std } else { 0.0 };
                code.push(ternary(z, Some(-0.25), Some(0.15)));
            }
        }
    }
    assert_eq!((summary.images, summary.layers, summary.features), (44, sources.len(), codes[0].len()));
    let list = ask(&mut listener, wish.clone()).unwrap();
    assert_eq!((list.neighbours.len(), list.searched, list.is_exact), (43, 44, true));
    let differing = |a: usize, b: usize| codes[a].iter().zip(&codes[b]).filter(|(a, b)| a != b).count();
    let mut near = 0;
    for neighbour in &list.neighbours {
        // A value that lies exactly on a threshold may fall either way by the last digit of a mean.
        let expected = differing(7, neighbour.image.index()) as f64;
        near += usize::from(neighbour.score == expected);
        assert!((neighbour.score - expected).abs() <= 2.0, "{neighbour:?} for {expected}");
    }
    assert!(near >= 40, "{near} of 43");
    assert!(list.neighbours.is_sorted_by(|a, b| a.score <= b.score));

    // It is there again when the folder is opened again, and a class can be the probe.
    let folder = collection.folder.clone();
    drop(listener);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    let has_it = listener.until("what is kept", |event| match event {
        Event::Results { has_embedding, .. } => Some(*has_embedding),
        _ => None,
    });
    assert!(has_it);
    assert_eq!(ids(&ask(&mut listener, wish.clone()).unwrap()), ids(&list));
    let label = listener.images[7].label.clone().unwrap();
    let class = NeighbourWish { examples: vec![(Example::Label(label), 1.0)], ..wish };
    assert_eq!(ask(&mut listener, class).unwrap().neighbours.len(), 43);
}

#[test]
fn images_that_come_later_or_change_are_measured_by_the_reference_that_is_kept() {
    let (dir, workspace, mut listener, collection) = extracted(33);
    let before = embed(&mut listener, Thresholds::Quantiles { low: 0.3, high: 0.7 });
    let kept = |workspace: &std::path::Path| {
        let workspace = Workspace::open(workspace).unwrap();
        let table = workspace.feature_tables().unwrap()[0].table.clone();
        let (about, codes) = workspace.embedding(&table).unwrap().expect("it was kept");
        let mut said = Vec::new();
        codes
            .read(|id, [strong, weak]| {
                said.push((id, strong.to_vec(), weak.to_vec()));
                ControlFlow::Continue(())
            })
            .unwrap();
        (about, said)
    };
    let (first, said_first) = kept(&workspace);
    assert_eq!((first.ids.len(), first.features(), said_first.len()), (33, before.features, 33));
    let folder = collection.folder.clone();
    let path = |number: usize| folder.join(&listener.images[number].path.text);
    std::fs::copy(path(0), folder.join("later.png")).unwrap();
    std::fs::copy(path(0), path(5)).unwrap();
    drop(listener);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    let later = listener.id("later.png");
    let wish = NeighbourWish {
        at: Representation::Embedding,
        ..NeighbourWish::of(later, middle(&collection), Metric::Cosine, 2)
    };
    let list = ask(&mut listener, wish).unwrap();
    // The same picture has the same code, by the same reference.
    let same: Vec<_> = list.neighbours.iter().map(|neighbour| (neighbour.image, neighbour.score)).collect();
    assert_eq!((same, list.searched), (vec![(ImageId(0), 0.0), (ImageId(5), 0.0)], 34));
    let (now, said_now) = kept(&workspace);
    assert_eq!(now.changed, [ImageId(5)], "its code is that of another picture");
    let unchanged = StoredEmbedding { changed: Vec::new(), ..now };
    assert_eq!((unchanged, said_now), (first, said_first), "the reference stays until the embedding is made again");
}

#[test]
fn a_file_that_is_in_the_collection_is_recognised_and_does_not_find_itself() {
    let (dir, _workspace, mut listener, collection) = extracted(22);
    let image = ImageId(6);
    let direct = collection.folder.join(&listener.images[image.index()].path.text);
    let roundabout = dir.path().join(".").join("..").join(dir.path().file_name().unwrap());
    let roundabout = roundabout.join(direct.strip_prefix(dir.path()).unwrap());
    let of_image = NeighbourWish::of(image, middle(&collection), Metric::Cosine, 22);
    let by_image = ask(&mut listener, of_image.clone()).unwrap();
    for path in [direct.clone(), roundabout] {
        let examples = vec![(Example::File { path: path.clone(), region: None }, 1.0)];
        let wish = NeighbourWish { examples, ..of_image.clone() };
        listener.engine.send(Request::Look(Look::Neighbours(wish.clone())));
        let told = listener.until("the image", |event| match event {
            Event::Recognised { file, image } => Some((file.clone(), *image)),
            Event::Neighbours(_) | Event::Problem { .. } => panic!("{event:?}"),
            _ => None,
        });
        assert_eq!(told, (path, image));
        let list = listener.until("an answer", |event| match event {
            Event::Neighbours(list) => Some(list.clone()),
            _ => None,
        });
        assert_eq!((&list.wish, &list.neighbours), (&wish, &by_image.neighbours));
    }
    // The same picture elsewhere is another one.
    let elsewhere = tempfile::tempdir().unwrap();
    let copy = elsewhere.path().join("copy.png");
    std::fs::copy(&direct, &copy).unwrap();
    let examples = vec![(Example::File { path: copy, region: None }, 1.0)];
    let list = ask(&mut listener, NeighbourWish { examples, ..of_image }).unwrap();
    assert_eq!(ids(&list)[0], image);
}

//! Whole activations: kept, used, brought up to date, removed.

use std::path::Path;

use tiramisu::domain::{
    Example, ImageId, Metric, NeighbourWish, Pooling, Region, StoredActivations, StoredLayer, activation_bytes,
};
use tiramisu::engine::{
    ActivationsWish, AnalysisAnswer, AnalysisWish, Collection, Event, Look, NeighbourList, NetworkFile, Problem,
    Request,
};
use tiramisu::store::Workspace;

use super::extracted;
use crate::support::listener::{Listener, options};

fn change(listener: &mut Listener, wish: ActivationsWish) -> Result<Vec<StoredActivations>, Problem> {
    listener.engine.send(Request::Analyse(AnalysisWish::Activations(wish)));
    let mut kept = None;
    listener.until("the end of the analysis", |event| match event {
        Event::Answered(AnalysisAnswer::Activations(now)) => {
            kept = Some(Ok(now.clone()));
            None
        }
        Event::Problem { problem, .. } => {
            kept = Some(Err(problem.clone()));
            None
        }
        Event::AnalysisEnded { .. } => kept.take(),
        _ => None,
    })
}

fn ask(listener: &mut Listener, wish: NeighbourWish) -> Result<NeighbourList, Problem> {
    listener.engine.send(Request::Look(Look::Neighbours(wish)));
    listener.until("an answer", |event| match event {
        Event::Neighbours(list) => Some(Ok(list.clone())),
        Event::Problem { problem, .. } => Some(Err(problem.clone())),
        _ => None,
    })
}

/// A stored layer with space left: its index and what is stored of it.
fn wide(collection: &Collection) -> (usize, StoredLayer) {
    let is_wide = |layer: &usize| {
        let layer = &collection.layers[*layer];
        layer.shape[1] > 4 && collection.stored.iter().any(|stored| stored.layer == layer.name)
    };
    let layer = (0..collection.layers.len()).filter(is_wide).min_by_key(|layer| collection.layers[*layer].shape[1]);
    let layer = layer.expect("a layer with space");
    (layer, StoredLayer { layer: collection.layers[layer].name.clone(), pooling: Pooling::Average })
}

fn features(workspace: &Path) -> String {
    Workspace::open(workspace).unwrap().feature_tables().unwrap()[0].table.clone()
}

#[test]
fn what_cannot_be_done_says_whose_problem_it_is() {
    let (_dir, _workspace, mut listener, collection) = extracted(6);
    let (layer, source) = wide(&collection);
    let image = ImageId(2);
    std::fs::remove_file(collection.folder.join(&listener.images[2].path.text)).expect("a picture is taken away");
    let nowhere = vec!["no such layer".to_owned()];
    let nothing = Example::Label("no such label".to_owned());
    let like_nothing =
        NeighbourWish { examples: vec![(nothing, 1.0)], ..NeighbourWish::of(image, source, Metric::Cosine, 3) };
    let wishes = [
        Request::Look(Look::Activations { image, layer }),
        Request::Look(Look::Pair { images: [ImageId(1), image], layer }),
        Request::Look(Look::Neighbours(like_nothing)),
        Request::Analyse(AnalysisWish::Activations(ActivationsWish::Store(nowhere))),
        Request::OpenClustering("no such clustering".to_owned()),
        Request::Tag { images: [image].into_iter().collect(), tag: "  ".to_owned(), is_on: true },
        Request::RemoveNetwork("no such network".to_owned()),
    ];
    for wish in wishes {
        let expected = wish.asked();
        listener.engine.send(wish);
        let of = listener.until("a problem", |event| match event {
            Event::Problem { of, .. } => Some(of.clone()),
            _ => None,
        });
        assert_eq!(of, expected);
    }
}

#[test]
fn whole_activations_are_what_the_network_says_and_pool_to_the_stored_vectors() {
    let (_dir, workspace, mut listener, collection) = extracted(12);
    let (layer, source) = wide(&collection);
    assert_eq!(change(&mut listener, ActivationsWish::List), Ok(Vec::new()));
    let kept = change(&mut listener, ActivationsWish::Store(vec![source.layer.clone()])).unwrap();
    let shape = collection.layers[layer].shape;
    assert_eq!((kept.len(), &kept[0].layer, kept[0].shape, kept[0].images), (1, &source.layer, shape, 12));
    assert!(kept[0].bytes > 0 && kept[0].bytes < activation_bytes(12, shape), "{kept:?}");
    assert_eq!(activation_bytes(12, shape), 12 * 2 * shape.iter().product::<usize>() as u64);

    let opened = Workspace::open(&workspace).unwrap();
    let table = opened.activations(&features(&workspace), &source.layer).unwrap().expect("they are kept");
    let vectors = opened.read_features(&features(&workspace)).unwrap().vectors(&source).unwrap();
    let [c, h, w] = shape;
    for (row, image) in opened.images().unwrap().iter().enumerate() {
        let activation = table.get(image).unwrap().expect("every image has one");
        assert_eq!(activation.len(), c * h * w);
        for (plane, mean) in activation.as_ref().chunks(h * w).zip(vectors.matrix.row(row).iter()) {
            let sum: f64 = plane.iter().map(f64::from).sum();
            let (pooled, mean) = (sum / (h * w) as f64, f64::from(mean));
            assert!((pooled - mean).abs() <= 2e-3 * mean.abs().max(0.05), "{pooled} {mean}");
        }
    }
}

#[test]
fn a_part_is_found_in_every_part_of_the_others_once_activations_are_kept() {
    let (_dir, _workspace, mut listener, collection) = extracted(12);
    let (_, source) = wide(&collection);
    let region = Region::between((0.1, 0.1), (0.5, 0.5));
    let wish = NeighbourWish {
        examples: vec![(Example::Region { image: ImageId(2), region }, 1.0)],
        anywhere: true,
        ..NeighbourWish::of(ImageId(2), source.clone(), Metric::Cosine, 11)
    };
    let refused = ask(&mut listener, wish.clone()).unwrap_err();
    assert!(refused.remedy.contains("tiramisu activations"), "{refused}");

    change(&mut listener, ActivationsWish::Store(vec![source.layer.clone()])).unwrap();
    listener.engine.send(Request::Look(Look::Neighbours(wish.clone())));
    let mut comparison = None;
    let list = listener.until("an answer", |event| match event {
        Event::ComparisonStarted(progress) => {
            comparison = Some(progress.clone());
            None
        }
        Event::Neighbours(list) => Some(list.clone()),
        _ => None,
    });
    let comparison = comparison.expect("it is told of before the answer");
    assert_eq!((comparison.has_ended(), comparison.done(), comparison.total()), (true, 12, 12));
    assert_eq!((list.neighbours.len(), list.parts.len(), list.searched, list.is_exact), (11, 11, 11, true));
    assert!(list.neighbours.is_sorted_by(|a, b| a.score >= b.score), "{list:?}");
    for part in &list.parts {
        let sides = [part.right - part.left, part.bottom - part.top];
        assert!(sides.iter().all(|side| (0.3..0.7).contains(side)), "as large as what was drawn: {part:?}");
    }
    // The whole of each image is one of its parts, but not the best: a part is never less alike than the whole.
    let whole = NeighbourWish {
        examples: vec![(Example::Region { image: ImageId(2), region: Region::between((0.0, 0.0), (1.0, 1.0)) }, 1.0)],
        ..wish.clone()
    };
    let by_window = ask(&mut listener, whole.clone()).unwrap();
    let by_vector = ask(&mut listener, NeighbourWish { anywhere: false, ..whole }).unwrap();
    for (a, b) in by_window.neighbours.iter().zip(&by_vector.neighbours) {
        assert!((a.score - b.score).abs() < 2e-3, "the largest window is the image: {a:?} {b:?}");
    }
    let mix = NeighbourWish { at: tiramisu::domain::Representation::Mix(vec![(source, 1.0)]), ..wish.clone() };
    assert_eq!(ask(&mut listener, mix).unwrap_err().remedy, "Choose a layer.");
    let boxless = NeighbourWish { examples: vec![(Example::Image(ImageId(2)), 1.0)], ..wish };
    assert!(ask(&mut listener, boxless).unwrap_err().remedy.contains("Draw a region"));
}

#[test]
fn only_what_is_missing_is_made_and_what_has_changed_is_made_again() {
    let (dir, workspace, mut listener, collection) = extracted(12);
    let (_, source) = wide(&collection);
    let keep = || ActivationsWish::Store(vec![source.layer.clone()]);
    change(&mut listener, keep()).unwrap();
    let version = |workspace: &Path| {
        let opened = Workspace::open(workspace).unwrap();
        let tables = opened.histories().unwrap();
        let table = tables.into_iter().find(|table| table.table.starts_with("activations_")).expect("it is a table");
        table.versions.iter().map(|version| version.number).max()
    };
    let first = version(&workspace);
    assert_eq!(change(&mut listener, keep()).unwrap()[0].images, 12);
    assert_eq!(version(&workspace), first, "nothing was missing, so nothing was written");

    // Another picture in the place of one.
    let folder = collection.folder.clone();
    let (changed, other) = (listener.images[3].clone(), listener.images[9].clone());
    let before = {
        let opened = Workspace::open(&workspace).unwrap();
        let table = opened.activations(&features(&workspace), &source.layer).unwrap().unwrap();
        table.get(&changed).unwrap().unwrap()
    };
    drop(listener);
    let bytes = std::fs::read(other.path.below(&folder)).unwrap();
    std::fs::write(changed.path.below(&folder), bytes).unwrap();
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, true);
    listener.until_extracted();
    let now = listener.images[3].clone();
    let opened = Workspace::open(&workspace).unwrap();
    let table = opened.activations(&features(&workspace), &source.layer).unwrap().unwrap();
    assert!(!table.holds(&now) && table.holds(&listener.images[4]), "of a changed picture it is not there any more");
    assert_eq!(table.get(&now).unwrap(), None);
    let kept = change(&mut listener, keep()).unwrap();
    assert_eq!(kept[0].images, 12, "in the place of the old one");
    let table =
        Workspace::open(&workspace).unwrap().activations(&features(&workspace), &source.layer).unwrap().unwrap();
    let after = table.get(&now).unwrap().expect("made again");
    assert_ne!(after, before);
    assert_eq!(
        after,
        table.get(&listener.images[9].clone()).unwrap().unwrap(),
        "the same picture, the same activation"
    );

    assert_eq!(change(&mut listener, ActivationsWish::Remove(source.layer.clone())), Ok(Vec::new()));
    assert!(Workspace::open(&workspace).unwrap().activations(&features(&workspace), &source.layer).unwrap().is_none());
    let unknown = change(&mut listener, ActivationsWish::Store(vec!["nonsense".to_owned()])).unwrap_err();
    assert!(unknown.why.contains("no layer nonsense"), "{unknown}");
}

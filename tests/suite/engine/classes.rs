//! Class vectors through the engine's front door.

use std::path::Path;
use std::sync::Arc;

use tiramisu::analysis::class_vectors::{ClassVectors, score};
use tiramisu::domain::{
    ClassChange, ClassOrigin, ClassesBy, ClusterMethod, ClusterWish, Example, Handwork, ImageId, Metric, NeighbourWish,
    OwnClass, Pooling, SplitBy, StoredLayer, Strategy,
};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, ClassMeans, ClassWish, Event, Finding, Look, MoveWish, NetworkFile, Request,
    arithmetic, class_files,
};
use tiramisu::store::Workspace;

use super::extracted;
use crate::support::listener::{Listener, options};

fn compare(listener: &mut Listener, wish: ClassWish) -> Arc<ClassMeans> {
    listener.engine.send(Request::Analyse(AnalysisWish::Classes(wish)));
    let classes = listener.until("classes", |event| match event {
        Event::Answered(AnalysisAnswer::Found(Finding::Classes(classes))) => Some(classes.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    });
    listener.until("the end of the analysis", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    classes
}

#[test]
fn a_class_is_the_mean_of_its_images_layer_by_layer() {
    let (_dir, workspace, mut listener, collection) = extracted(44);
    let found = compare(&mut listener, ClassWish { normalise: false, ..ClassWish::default() });
    let layers: Vec<_> = collection.stored.iter().filter(|stored| stored.pooling == Pooling::Average).collect();
    assert_eq!(found.vectors.layers.len(), layers.len());
    assert_eq!(found.sizes.iter().sum::<usize>(), 44);
    let kept = Workspace::open(&workspace).unwrap();
    let features = kept.feature_tables().unwrap()[0].table.clone();
    let table = kept.read_features(&features).unwrap();
    for (class, name) in found.vectors.classes.iter().enumerate() {
        let members: Vec<usize> =
            listener.images.iter().filter(|image| image.label.as_ref() == Some(name)).map(|i| i.id.index()).collect();
        assert_eq!(members.len(), found.sizes[class]);
        let mut first = 0;
        for source in &layers {
            let vectors = table.vectors(source).unwrap();
            for channel in 0..vectors.matrix.columns() {
                let sum: f64 = members.iter().map(|row| f64::from(vectors.matrix.row(*row).get(channel))).sum();
                let (mean, value) = (sum / members.len() as f64, f64::from(found.vectors.row(class)[first + channel]));
                assert!((mean - value).abs() <= 1e-6 * mean.abs().max(1e-3), "{value} for {mean}");
            }
            first += vectors.matrix.columns();
        }
    }
    let stored = kept.classes(&features).unwrap().expect("they were kept");
    assert_eq!((stored.classes, stored.values), (found.vectors.classes.clone(), found.vectors.values.clone()));
    assert_eq!((stored.layers, stored.images), (found.vectors.layers.clone(), found.sizes.clone()));
    assert_eq!(listener.problems, []);
}

#[test]
fn each_layer_of_a_class_has_length_one_unless_raw_and_some_layers_may_be_left_out() {
    let (_dir, _workspace, mut listener, collection) = extracted(33);
    let layer = collection.stored[0].layer.clone();
    let found = compare(&mut listener, ClassWish { layers: Some(vec![layer.clone()]), ..ClassWish::default() });
    assert_eq!(found.vectors.layers.iter().map(|(name, _)| name).collect::<Vec<_>>(), [&layer]);
    for class in 0..found.sizes.len() {
        let length = found.vectors.row(class).iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        assert!((length - 1.0).abs() < 1e-5, "{length}");
    }
    listener.engine.send(Request::Analyse(AnalysisWish::Classes(ClassWish {
        layers: Some(vec!["nonsense".to_owned()]),
        ..ClassWish::default()
    })));
    let problem = listener.until_problem();
    assert!(problem.what.contains("nonsense") && problem.why.contains(&layer), "{problem}");
}

/// The mean of the vectors of some images at a layer, by plain addition.
fn mean(workspace: &Path, source: &StoredLayer, members: &[usize]) -> Vec<f64> {
    let kept = Workspace::open(workspace).unwrap();
    let features = kept.feature_tables().unwrap()[0].table.clone();
    let vectors = kept.read_features(&features).unwrap().vectors(source).unwrap();
    let sum = |channel: usize| members.iter().map(|row| f64::from(vectors.matrix.row(*row).get(channel))).sum::<f64>();
    (0..vectors.matrix.columns()).map(|channel| sum(channel) / members.len() as f64).collect()
}

fn assert_near(found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((f64::from(*found) - expected).abs() <= 1e-6 * expected.abs().max(1e-3), "{found} for {expected}");
    }
}

#[test]
fn tags_clusters_predicates_and_selections_are_classes_beside_the_labels() {
    let (_dir, workspace, mut listener, collection) = extracted(12);
    let source = collection.stored.iter().find(|stored| stored.pooling == Pooling::Average).unwrap().clone();
    let wish = |by: Vec<ClassesBy>| ClassWish {
        by,
        layers: Some(vec![source.layer.clone()]),
        normalise: false,
        ..ClassWish::default()
    };
    let label = listener.images[0].label.clone().unwrap();
    let tag = |tag: &str, ids: &[u32]| Request::Tag {
        images: ids.iter().map(|id| ImageId(*id)).collect(),
        tag: tag.to_owned(),
        is_on: true,
    };
    // One image bears both, and one tag is called like a label.
    for request in [tag("blurred", &[1, 4, 5]), tag(&label, &[5, 7])] {
        listener.engine.send(request);
        listener.until("a tag", |event| matches!(event, Event::Tagged { .. }).then_some(()));
    }
    let clusters = ClusterWish { count: 3, ..ClusterWish::new(ClusterMethod::KMeans, source.clone()) };
    listener.engine.send(Request::Analyse(AnalysisWish::Cluster(clusters.clone())));
    let clustering = listener.until("clusters", |event| match event {
        Event::Answered(AnalysisAnswer::Clusters(clustering)) => Some(clustering.clone()),
        _ => None,
    });
    listener.until("the end of clustering", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));

    let by = vec![ClassesBy::Label, ClassesBy::Tag, ClassesBy::Cluster(None)];
    let found = compare(&mut listener, wish(by.clone()));
    assert_eq!(found.choice.strategy, Strategy::LayerByLayer);
    let class = |found: &ClassMeans, name: &str| {
        let place = found.vectors.classes.iter().position(|class| class == name);
        place.unwrap_or_else(|| panic!("{name} is not in {:?}", found.vectors.classes))
    };
    let blurred = class(&found, "blurred");
    assert_eq!((found.sizes[blurred], &found.origins[blurred]), (3, &ClassOrigin::Tag));
    assert_near(found.vectors.row(blurred), &mean(&workspace, &source, &[1, 4, 5]));
    let like_a_label = class(&found, &format!("{label} (tag)"));
    assert_near(found.vectors.row(like_a_label), &mean(&workspace, &source, &[5, 7]));
    let of_first: Vec<usize> = clustering.members(0).map(|id| id.index()).collect();
    let first = class(&found, "cluster 0");
    assert_eq!(found.origins[first], ClassOrigin::Cluster(clusters.name()));
    assert_near(found.vectors.row(first), &mean(&workspace, &source, &of_first));
    let (sum, operands) = arithmetic(&found.vectors, &format!("blurred + {label} (tag)")).unwrap();
    assert_eq!(operands.len(), 2);
    assert!((sum[0] - found.vectors.row(blurred)[0] - found.vectors.row(like_a_label)[0]).abs() < 1e-6);

    // What a person makes stays, whatever the others are.
    let paths = [2, 3, 9].map(|id: usize| listener.images[id].path.text.clone()).to_vec();
    let selected = ClassOrigin::Selection(paths);
    let add =
        |name: &str, origin: &ClassOrigin| Some(ClassChange::Add { name: name.to_owned(), origin: origin.clone() });
    compare(&mut listener, ClassWish { change: add("mine", &selected), ..wish(vec![ClassesBy::Tag]) });
    let predicate = ClassOrigin::Where("id < 4".to_owned());
    let found = compare(&mut listener, ClassWish { change: add("early", &predicate), ..wish(vec![]) });
    assert_eq!(found.vectors.classes, ["mine", "early"]);
    assert_eq!(found.sizes, [3, 4]);
    assert_near(found.vectors.row(0), &mean(&workspace, &source, &[2, 3, 9]));
    assert_near(found.vectors.row(1), &mean(&workspace, &source, &[0, 1, 2, 3]));
    let kept = Workspace::open(&workspace).unwrap();
    let features = kept.feature_tables().unwrap()[0].table.clone();
    let stored = kept.classes(&features).unwrap().expect("they were kept");
    assert_eq!(stored.origins, [selected, predicate]);
    let found = compare(&mut listener, ClassWish { change: Some(ClassChange::Remove("mine".into())), ..wish(by) });
    assert!(found.vectors.classes.contains(&"early".to_owned()) && !found.vectors.classes.contains(&"mine".to_owned()));
    assert_eq!(listener.problems, []);
}

#[test]
fn the_last_class_of_ones_own_can_be_forgotten_too() {
    let (_dir, workspace, mut listener, _collection) = extracted(12);
    let wish = |change| ClassWish { by: Vec::new(), change, ..ClassWish::default() };
    let origin = ClassOrigin::Where("id < 4".to_owned());
    let added = compare(&mut listener, wish(Some(ClassChange::Add { name: "mine".to_owned(), origin })));
    assert_eq!(added.vectors.classes, ["mine"]);
    let none = compare(&mut listener, wish(Some(ClassChange::Remove("mine".to_owned()))));
    assert!(none.vectors.classes.is_empty(), "{:?}", none.vectors.classes);
    let kept = Workspace::open(&workspace).unwrap();
    let features = kept.feature_tables().unwrap()[0].table.clone();
    assert_eq!(kept.classes(&features).unwrap().map(|stored| stored.classes), Some(Vec::new()));
    assert_eq!(listener.problems, []);
}

#[test]
fn clusters_called_the_same_are_classes_of_their_own_that_can_be_asked_for() {
    let (_dir, _workspace, mut listener, collection) = extracted(12);
    let source = collection.stored.iter().find(|stored| stored.pooling == Pooling::Average).unwrap().clone();
    let clusters = ClusterWish { count: 3, ..ClusterWish::new(ClusterMethod::KMeans, source.clone()) };
    listener.engine.send(Request::Analyse(AnalysisWish::Cluster(clusters.clone())));
    listener.until("the end of clustering", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
    let mut clustering = None;
    for cluster in 0..3 {
        let (name, new) = (clusters.name(), Some("birds".to_owned()));
        listener.engine.send(Request::NameCluster { clustering: name, cluster, name: new });
        clustering = Some(listener.until("the name", |event| match event {
            Event::Answered(AnalysisAnswer::Clusters(clustering)) => Some(clustering.clone()),
            _ => None,
        }));
    }
    let clustering = clustering.expect("three were named");
    let by = vec![ClassesBy::Cluster(None)];
    let found = compare(&mut listener, ClassWish { by, ..ClassWish::default() });
    assert_eq!(found.vectors.classes, ["birds", "birds (cluster)", "birds (cluster 2)"]);
    for (cluster, name) in found.vectors.classes.iter().enumerate() {
        let members: Vec<ImageId> = clustering.members(cluster as u32).collect();
        assert_eq!(*found.members[cluster], *members);
        let wish = NeighbourWish {
            examples: vec![(Example::Class(name.clone()), 1.0)],
            ..NeighbourWish::of(ImageId(0), source.clone(), Metric::Euclidean, 12)
        };
        listener.engine.send(Request::Look(Look::Neighbours(wish)));
        let list = listener.until("an answer", |event| match event {
            Event::Neighbours(list) => Some(list.clone()),
            Event::Problem { problem, .. } => panic!("{name}: {problem}"),
            _ => None,
        });
        // The mean of a cluster is nearest to its own.
        assert!(members.contains(&list.neighbours[0].image), "{name}: {:?} of {members:?}", list.neighbours[0]);
    }
}

#[test]
fn a_class_that_cannot_be_made_says_why() {
    let (_dir, _workspace, mut listener, _collection) = extracted(12);
    let mut refused = |by: Vec<ClassesBy>, change: Option<ClassChange>| {
        listener.engine.send(Request::Analyse(AnalysisWish::Classes(ClassWish { by, change, ..ClassWish::default() })));
        let problem = listener.until_problem();
        listener.until("the end", |event| matches!(event, Event::AnalysisEnded { .. }).then_some(()));
        problem.to_string()
    };
    let add = |name: &str, predicate: &str| {
        Some(ClassChange::Add { name: name.to_owned(), origin: ClassOrigin::Where(predicate.to_owned()) })
    };
    let problem = refused(vec![ClassesBy::Tag], None);
    assert!(problem.contains("no image has a tag") && problem.contains("tiramisu tag"), "{problem}");
    let problem = refused(vec![ClassesBy::Cluster(None)], None);
    assert!(problem.contains("tiramisu cluster"), "{problem}");
    let problem = refused(vec![], add("none", "id > 1000"));
    assert!(problem.contains("no image in the class none"), "{problem}");
    let problem = refused(vec![], add("odd", "colour = 3"));
    assert!(problem.contains("colour"), "{problem}");
    let problem = refused(vec![], add("  ", "id < 3"));
    assert!(problem.contains("needs a name"), "{problem}");
    let problem = refused(vec![], Some(ClassChange::Remove("nobody".to_owned())));
    assert!(problem.contains("nobody"), "{problem}");
}

fn three() -> ClassVectors {
    ClassVectors {
        layers: vec![("a".to_owned(), 2), ("b".to_owned(), 1)],
        classes: ["cat", "dog", "t-rex - small"].map(str::to_owned).to_vec(),
        values: vec![1.0, 0.0, 3.0, 0.5, 2.0, 1.0, 0.0, 1.0, 0.0],
    }
}

#[test]
fn sums_and_differences_of_classes_are_read_from_left_to_right() {
    let vectors = three();
    let of = |expression: &str| arithmetic(&vectors, expression).map_err(|problem| problem.to_string());
    assert_eq!(of("dog"), Ok((vec![0.5, 2.0, 1.0], vec![1])));
    // What would be below zero is nothing.
    assert_eq!(of("cat - dog"), Ok((vec![0.5, 0.0, 2.0], vec![0, 1])));
    assert_eq!(of(" cat - dog + dog "), Ok((vec![1.0, 2.0, 3.0], vec![0, 1])));
    assert_eq!(of("t-rex - small"), Ok((vec![0.0, 1.0, 0.0], vec![2])));
    assert!(of("cta").unwrap_err().contains("cat"));
    assert!(of("cat - ").unwrap_err().contains("missing"));
    assert!(of("").unwrap_err().contains("missing"));
    assert!(of("cat - - dog").is_err());
    assert!((score(Metric::Cosine, vectors.row(0), vectors.row(0)) - 1.0).abs() < 1e-6);
}

#[test]
fn class_vectors_go_out_and_come_in_as_files() {
    let dir = tempfile::tempdir().unwrap();
    let mut vectors = three();
    vectors.classes = ["cat", "../cat", "CAT"].map(str::to_owned).to_vec();
    let written = class_files::write(&vectors, &dir.path().join("out"), false).unwrap();
    assert_eq!(written.files, ["layers.cfg", "cat.ivf", "_cat.ivf", "CAT_2.ivf"]);
    let cfg = written.folder.join("layers.cfg");
    for (class, file) in written.files[1..].iter().enumerate() {
        let back = class_files::read(&vectors, &written.folder.join(file), &cfg).unwrap();
        assert_eq!(back, vectors.row(class));
    }
    let again = class_files::write(&vectors, &written.folder, false).unwrap_err();
    assert!(again.remedy.contains("--overwrite"), "{again}");
    assert!(class_files::write(&vectors, &written.folder, true).is_ok());
    let other = ClassVectors { layers: vec![("a".to_owned(), 3)], ..vectors };
    let refused = class_files::read(&other, &written.folder.join("cat.ivf"), &cfg).unwrap_err();
    assert!(refused.why.contains("other layers"), "{refused}");
}

#[test]
fn classes_of_ones_own_go_with_the_handwork_and_wait_for_their_vectors_elsewhere() {
    let (dir, folder, workspace) = super::sample(12);
    let other = dir.path().join("other workspace");
    let extract = |workspace: &Path| {
        let mut listener = Listener::start(options(dir.path()));
        listener.open(&folder, workspace, NetworkFile::Analytic, true);
        assert!(!listener.until_extracted(), "nobody cancelled");
        listener
    };
    let mut listener = extract(&workspace);
    let path = |listener: &Listener, id: usize| listener.images[id].path.text.clone();
    let selected = ClassOrigin::Selection([2, 3, 9].map(|id| path(&listener, id)).to_vec());
    let predicate = ClassOrigin::Where("id < 4".to_owned());
    for (name, origin) in [("mine", &selected), ("early", &predicate)] {
        let change = Some(ClassChange::Add { name: name.to_owned(), origin: origin.clone() });
        compare(&mut listener, ClassWish { change, ..ClassWish::default() });
    }
    let own = [("mine", &selected), ("early", &predicate)]
        .map(|(name, origin)| OwnClass { name: name.to_owned(), origin: origin.clone() });
    let written = |workspace: &Path| {
        Workspace::open(workspace).and_then(|workspace| workspace.handwork()).expect("handwork").classes
    };
    assert_eq!(written(&workspace), own);
    drop(listener);

    drop(extract(&other));
    let handwork = Handwork { format: 1, classes: own.to_vec(), ..Handwork::default() };
    let writer = Workspace::open_to_write(&other).expect("a workspace");
    let taken = writer.take_handwork(&handwork).expect("it is taken");
    assert_eq!((taken.classes_added, taken.classes_left.len()), (2, 0));
    let taken = writer.take_handwork(&handwork).expect("it is taken");
    assert_eq!((taken.classes_added, taken.classes_left.len()), (0, 0), "twice is once");
    let another = OwnClass { origin: ClassOrigin::Where("id > 4".to_owned()), ..own[1].clone() };
    let taken = writer.take_handwork(&Handwork { classes: vec![another], ..handwork }).expect("it is taken");
    assert_eq!((taken.classes_added, taken.classes_left.len()), (0, 1), "what is there stays");
    drop(writer);
    assert_eq!(written(&other), own, "what waits is handwork, too");

    let mut listener = extract(&other);
    let found = compare(&mut listener, ClassWish { by: Vec::new(), ..ClassWish::default() });
    assert_eq!(
        (&found.vectors.classes[..], &found.sizes[..]),
        (&["mine".to_owned(), "early".to_owned()][..], &[3, 4][..])
    );
    let kept = Workspace::open(&other).expect("a workspace");
    assert_eq!(kept.awaited_classes().expect("none"), [], "they have vectors now");
    assert_eq!(written(&other), own);

    // Examples are the pictures, wherever they lie.
    let wish = MoveWish {
        images: vec![ImageId(3)].into(),
        by: ClassesBy::Label,
        splits: SplitBy::Imported,
        target: folder.join("sorted"),
        is_agreed: true,
    };
    assert_eq!(super::moving::carry_out(&mut listener, wish).moved, 1);
    let found = compare(&mut listener, ClassWish { by: Vec::new(), ..ClassWish::default() });
    assert_eq!(found.members[0].to_vec(), [2, 3, 9].map(ImageId));
    let ClassOrigin::Selection(paths) = &written(&other)[0].origin else { panic!("it is of examples") };
    assert!(paths.iter().any(|path| path.starts_with("sorted/")), "{paths:?}");
}

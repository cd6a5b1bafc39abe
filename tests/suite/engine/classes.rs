//! Class vectors through the engine's front door.

use std::sync::Arc;

use tiramisu::analysis::class_vectors::{ClassVectors, score};
use tiramisu::domain::{Metric, Pooling};
use tiramisu::engine::{AnalysisWish, ClassMeans, ClassWish, Event, Request, arithmetic, class_files};
use tiramisu::store::Workspace;

use super::extracted;
use crate::support::listener::Listener;

fn compare(listener: &mut Listener, wish: ClassWish) -> Arc<ClassMeans> {
    listener.engine.send(Request::Analyse(AnalysisWish::Classes(wish)));
    let classes = listener.until("classes", |event| match event {
        Event::Classes(classes) => Some(classes.clone()),
        Event::Problem(problem) => panic!("{problem}"),
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
                let sum: f64 = members.iter().map(|row| vectors.matrix.row(*row)[channel].to_f64()).sum();
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

//! The labels by what their images have in common.

use std::sync::Arc;

use egui_kittest::kittest::Queryable;
use tiramisu::analysis::class_vectors::ClassVectors;
use tiramisu::engine::{AnalysisWish, ClassMeans, ClassWish, Event, Request};

use crate::support::window::{Setup, Window};

fn compared() -> Window {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Classes");
    window.forget_sent();
    window.click("Compare");
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Classes(ClassWish::default()))));
    let vectors = ClassVectors {
        layers: vec![("conv2".to_owned(), 3)],
        classes: ["blobs", "checks", "dots", "stripes"].map(str::to_owned).to_vec(),
        values: vec![1.0, 0.1, 0.0, 0.9, 0.3, 0.0, 0.0, 1.0, 0.2, 0.1, 0.0, 1.0],
    };
    let means = ClassMeans {
        wish: ClassWish::default(),
        vectors,
        sizes: vec![15, 15, 15, 15],
        table: "classes_net".to_owned(),
        elapsed_secs: 0.1,
    };
    window.tell([Event::Classes(Arc::new(means))]);
    window.settle();
    window
}

#[test]
fn a_label_shows_the_labels_most_like_it_and_selects_its_images() {
    let mut window = compared();
    window.harness.get_by_label("Choose a label");
    window.picture("open");
    window.click("blobs   15");
    window.picture("nearest");
    // In the list of labels and in that of the nearest.
    let names = window.names();
    let place = |name: &str| names.iter().rposition(|known| known == name);
    assert!(place("checks") < place("stripes"), "{names:?}");
    assert!(place("checks").is_some());
    window.click("Select its images");
    let of_blobs = |id| window.session().image(id).unwrap().label.as_deref() == Some("blobs");
    assert!(window.session().chosen.selection.len() > 1);
    assert!(window.session().chosen.selection.iter().all(of_blobs));
}

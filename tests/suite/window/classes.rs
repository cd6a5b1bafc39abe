//! The labels by what their images have in common.

use std::sync::Arc;

use egui_kittest::kittest::Queryable;
use tiramisu::analysis::class_vectors::ClassVectors;
use tiramisu::domain::{ClassChange, ClassOrigin, ClassesBy, Filter, ImageId, Tags, Workload, choose};
use tiramisu::engine::{AnalysisAnswer, AnalysisWish, ClassMeans, ClassWish, Event, Finding, Request};
use tiramisu::session::{Choose, Pick};

use crate::support::window::{Setup, Window};

fn compared() -> Window {
    compared_in(Setup::default())
}

/// The classes of sixty images, compared.
pub fn compared_in(setup: Setup) -> Window {
    let mut window = Window::with_images(60, setup);
    window.click("Classes");
    window.forget_sent();
    window.click("Compare");
    assert!(window.sent().contains(&Request::Analyse(AnalysisWish::Classes(ClassWish::default()))));
    let vectors = ClassVectors {
        layers: vec![("conv2".to_owned(), 3)],
        classes: ["blobs", "checks", "dots", "stripes"].map(str::to_owned).to_vec(),
        values: vec![1.0, 0.1, 0.0, 0.9, 0.3, 0.0, 0.0, 1.0, 0.2, 0.1, 0.0, 1.0],
    };
    let members = |label: &str| window.session().opened.images.with_label(Some(label)).collect();
    let means = ClassMeans {
        wish: ClassWish::default(),
        origins: vec![ClassOrigin::Label; 4],
        members: vectors.classes.iter().map(|label| members(label)).collect(),
        choice: choose(Workload::Sums { rows: 60, channels: 3, layers: 1 }),
        vectors,
        sizes: vec![15, 15, 15, 15],
        table: "classes_net".to_owned(),
        elapsed_secs: 0.1,
    };
    window.tell([Event::Answered(AnalysisAnswer::Found(Finding::Classes(Arc::new(means))))]);
    window.settle();
    window
}

#[test]
fn a_label_shows_the_labels_most_like_it_and_selects_its_images() {
    let mut window = compared();
    window.harness.get_by_label("Choose a class");
    window.picture("open");
    window.click("blobs   15");
    window.picture("nearest");
    // In the list of labels and in that of the nearest.
    let names = window.names();
    let place = |name: &str| names.iter().rposition(|known| known == name);
    assert!(place("checks") < place("stripes"), "{names:?}");
    assert!(place("checks").is_some());
    window.click("Select its images");
    let of_blobs = |id| window.session().image(id).unwrap().label == Some("blobs");
    assert!(window.session().opened.chosen.selection.len() > 1);
    assert!(window.session().opened.chosen.selection.iter().all(of_blobs));
}

fn asked(window: &Window) -> ClassWish {
    let sent = window.sent();
    let last = sent.iter().rev().find_map(|request| match request {
        Request::Analyse(AnalysisWish::Classes(wish)) => Some(wish.clone()),
        _ => None,
    });
    last.expect("class vectors were asked for")
}

#[test]
fn tags_are_compared_beside_labels_and_a_selection_becomes_a_class() {
    let mut window = compared();
    let id = ImageId(3);
    let tags = Tags { images: [("blurred".to_owned(), vec![id])].into() };
    window.tell([Event::Tags(Arc::new(tags))]);
    window.settle();
    window.click("Classes by tag");
    assert_eq!(asked(&window).by, [ClassesBy::Label, ClassesBy::Tag]);
    window.click("Classes by label");
    assert_eq!(asked(&window).by, [ClassesBy::Tag]);

    window.act(Choose::PickMany(vec![id], Pick::Replace));
    window.harness.get_by_label("Name of a class of the selection").focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Name of a class of the selection").type_text("odd ones");
    window.settle();
    window.click("Make a class of the selection");
    let path = window.session().image(ImageId(3)).expect("an image").path.text.to_owned();
    let change = ClassChange::Add { name: "odd ones".to_owned(), origin: ClassOrigin::Selection(vec![path]) };
    assert_eq!(asked(&window), ClassWish { by: vec![ClassesBy::Tag], change: Some(change), ..ClassWish::default() });

    assert!(!window.has("… of the query"), "there is none");
    let filter = Filter { predicate: "id < 5".to_owned(), ..Filter::default() };
    window.act(Choose::Filter(filter));
    window.harness.get_by_label("Name of a class of the selection").focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Name of a class of the selection").type_text("early");
    window.settle();
    window.click("… of the query");
    let change = ClassChange::Add { name: "early".to_owned(), origin: ClassOrigin::Where("id < 5".to_owned()) };
    assert_eq!(asked(&window).change, Some(change));
}

#[test]
fn with_every_source_switched_off_nothing_is_asked_and_the_view_says_what_to_do() {
    let mut window = compared();
    window.forget_sent();
    window.click("Classes by label");
    let asks = |request: &Request| matches!(request, Request::Analyse(AnalysisWish::Classes(_)));
    assert!(!window.sent().iter().any(asks), "there would be no classes: {:?}", window.sent());
    window.harness.get_by_label("No classes are chosen");
    window.picture("none_chosen");
    assert!(window.session().notices().is_empty());
    window.click("Classes by label");
    assert_eq!(asked(&window).by, [ClassesBy::Label]);
    window.harness.get_by_label("Choose a class");
}

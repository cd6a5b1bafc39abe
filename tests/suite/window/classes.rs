//! The labels by what their images have in common.

use std::sync::Arc;

use eframe::egui::{Key, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::analysis::class_vectors::ClassVectors;
use tiramisu::domain::{ClassChange, ClassOrigin, ClassesBy, Filter, ImageId, Tags, Workload, choose};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, ClassMeans, ClassWish, Event, Finding, Look, Request, StoredResult,
};
use tiramisu::session::{Choose, Pick};

use crate::support::window::{Setup, Window};

pub fn compared() -> Window {
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
fn classes_are_cards_like_clusters_and_one_selects_its_images() {
    let mut window = compared();
    window.picture("open");
    assert!(window.has("Class blobs: blobs/000000.png"), "{:?}", window.names());
    assert!(window.has("Class blobs: all blobs"), "its labels in words: {:?}", window.names());
    window.press("Select class blobs");
    let of_blobs = |id| window.session().image(id).unwrap().label == Some("blobs");
    assert!(window.session().opened.chosen.selection.len() > 1);
    assert!(window.session().opened.chosen.selection.iter().all(of_blobs));
    let asked = window.sent().into_iter().filter(|request| matches!(request, Request::Look(Look::Groups(_)))).count();
    assert_eq!(asked, 1, "what they have in common is asked once");
}

#[test]
fn a_difference_that_is_written_is_answered_in_pictures() {
    let mut window = compared_in(Setup { size: vec2(1280.0, 1400.0), ..Setup::default() });
    window.click("Show a difference of groups");
    window.harness.get_by_label("What without what?");
    window.harness.get_by_label("Classes to calculate with").focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Classes to calculate with").type_text("blobs - dots");
    window.settle();
    window.picture("nearest");
    let first = window.names().into_iter().find(|name| name.starts_with("Nearest 1: ")).expect("a picture");
    assert!(!first.contains("blobs") && !first.contains("dots"), "their own are left out: {first}");
    window.click("Their own pictures, too");
    assert!(window.has("Nearest 1: blobs/000000.png"), "{:?}", window.names());
    // A near class is a way on.
    window.click("Nearest: checks");
    assert!(window.names().iter().any(|name| name.starts_with("Nearest 1: ")));
    assert!(!window.has("Nearest: checks"), "it is what is asked about");
}

#[test]
fn only_a_class_of_ones_own_is_renamed_or_forgotten() {
    let mut window = compared();
    window.press("More for class blobs");
    assert!(!window.has("Forget this class"));
    window.harness.key_press(Key::Escape);
    window.settle();
    let mut means = (**window.session().opened.findings.get(Finding::classes).expect("they are compared")).clone();
    means.origins[1] = ClassOrigin::Where("id < 5".to_owned());
    window.tell([Event::Answered(AnalysisAnswer::Found(Finding::Classes(Arc::new(means))))]);
    window.settle();
    window.press("Name class checks");
    window.harness.get_by_label("Name of the class").type_text(" and more");
    window.harness.key_press(Key::Enter);
    window.settle();
    let change = ClassChange::Rename { from: "checks".to_owned(), to: "checks and more".to_owned() };
    assert_eq!(asked(&window).change, Some(change));
    window.press("More for class checks");
    window.press("Forget this class");
    assert_eq!(asked(&window).change, Some(ClassChange::Remove("checks".to_owned())));
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
    let tags = Tags::from([("blurred".to_owned(), vec![id])]);
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
    let change = ClassChange::AddSelected { name: "odd ones".to_owned(), images: vec![id].into() };
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
    assert!(window.has("Select class blobs"));
}

#[test]
fn labels_are_compared_unasked_but_only_once_what_is_kept_has_been_told() {
    let mut window = Window::with_images(120, Setup::default());
    window.tell([Event::Results { clusterings: Vec::new(), maps: Vec::new(), has_embedding: false }]);
    window.click("Classes");
    let is_asked = |window: &Window| {
        let is_it = |request: &Request| matches!(request, Request::Analyse(AnalysisWish::Classes(_)));
        window.sent().iter().filter(|request| is_it(request)).count()
    };
    assert_eq!(is_asked(&window), 0, "what was found before may still come");
    window.tell([Event::StoredResult(StoredResult::All)]);
    window.settle();
    assert_eq!(is_asked(&window), 1, "there is nothing, so it is found");
}

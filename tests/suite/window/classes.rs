//! The labels by what their images have in common.

use std::sync::Arc;

use eframe::egui::{Key, MouseWheelSource, Rect, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::analysis::class_vectors::ClassVectors;
use tiramisu::domain::{ClassChange, ClassOrigin, ClassesBy, Filter, ImageId, ImageRecord, Tags, Workload, choose};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisWish, ClassMeans, ClassWish, Event, Finding, Look, Progress, Request, StoredResult,
};
use tiramisu::session::{Choose, Pick};

use crate::support::input::wheel;
use crate::support::window::{Setup, Window};

pub fn compared() -> Window {
    compared_in(Setup::default())
}

/// The classes of sixty images, compared.
pub fn compared_in(setup: Setup) -> Window {
    let mut window = Window::with_images(60, setup);
    window.click("Classes");
    window.forget_sent();
    window.click("One class per label");
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
        by_labels: None,
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
fn of_many_classes_too_it_is_told_how_many_of_each_are_to_be_removed() {
    let mut window = Window::with_images(600, Setup { size: vec2(1280.0, 1400.0), ..Setup::default() });
    window.click("Classes");
    let names: Vec<String> = (0..200).map(|class| format!("kind {class:03}")).collect();
    let members = |class: u32| (3 * class..3 * class + 3).map(ImageId).collect();
    let means = ClassMeans {
        wish: ClassWish::default(),
        origins: vec![ClassOrigin::Tag; 200],
        members: (0..200).map(members).collect(),
        choice: choose(Workload::Sums { rows: 600, channels: 1, layers: 1 }),
        vectors: ClassVectors { layers: vec![("conv2".to_owned(), 1)], classes: names, values: vec![1.0; 200] },
        sizes: vec![3; 200],
        by_labels: None,
        table: "classes_net".to_owned(),
        elapsed_secs: 0.1,
    };
    window.tell([Event::Answered(AnalysisAnswer::Found(Finding::Classes(Arc::new(means))))]);
    window.settle();
    assert!(window.has("Mark class kind 000") && !window.says(" to remove"), "{:?}", window.names());
    // Together they take a hundred thousand look-ups.
    let to_remove: Vec<ImageId> = (1..502).map(ImageId).collect();
    window.tell([Event::Tags(Arc::new(Tags::from([("to remove".to_owned(), to_remove)])))]);
    window.wait_until("the counts", |window| {
        window.says("Class kind 000: 2 to remove") && window.says("Class kind 001: 3 to remove")
    });
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
fn a_difference_begins_with_one_click_and_shows_both_sides_in_pictures() {
    let mut window = compared_in(Setup { size: vec2(1280.0, 1400.0), ..Setup::default() });
    window.click("Maximise Classes");
    window.click("Show a difference of groups");
    window.picture("difference_empty");
    // The class of which most look like another.
    window.press("Show stripes without dots");
    window.picture("difference_sides");
    for words in ["A: stripes", "B: dots", "Most like what stripes has and dots lacks, nearest first"] {
        assert!(window.has(words), "{words}: {:?}", window.names());
    }
    assert!(window.says("A, stripes 1: stripes/"), "{:?}", window.names());
    let beside = window.harness.get_by_label("A: stripes").rect();
    let result = window.harness.get_by_label_contains("Nearest 1: ").rect();
    assert!(beside.bottom() < result.top(), "what it is of, then what comes of it");
    window.click("Show cards");
    window.press("Mark class blobs");
    window.press("Mark class checks");
    window.click("Difference of the marked");
    for picture in ["A, blobs 1: blobs/000000.png", "B, checks 1: checks/000005.png"] {
        assert!(window.has(picture), "{picture}: {:?}", window.names());
    }
    window.press("B, checks 1: checks/000005.png");
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(5)));
    // Two that are compared begin so as well.
    let mut window = compared_in(Setup { size: vec2(1280.0, 1400.0), ..Setup::default() });
    window.click("Show two groups");
    window.press("Compare stripes with dots");
    assert!(!window.has("Which two?") && window.has("First group"), "{:?}", window.names());
}

#[test]
fn the_way_to_a_class_of_ones_own_is_said_where_it_is_made() {
    let mut window = compared();
    window.click("What classes are made of");
    assert!(window.harness.get_by_label("Name of a class of the selection").accesskit_node().is_disabled());
    assert!(!window.has("Make a class of the selection"), "there is nothing to make one of");
    window.act(Choose::PickMany(vec![ImageId(3), ImageId(4)], Pick::Replace));
    assert!(!window.harness.get_by_label("Name of a class of the selection").accesskit_node().is_disabled());
    assert!(
        window.harness.get_by_label("Make a class of the selection").accesskit_node().is_disabled(),
        "it has no name"
    );
}

#[test]
fn names_of_a_matrix_have_the_room_that_they_need_and_stay_in_sight_when_it_is_scrolled() {
    let mut window = Window::with_images(600, Setup { size: vec2(1280.0, 700.0), ..Setup::default() });
    window.click("Classes");
    let names: Vec<String> = (0..30).map(|class| format!("a_rather_long_name_of_a_kind_{class:02}")).collect();
    let means = ClassMeans {
        wish: ClassWish::default(),
        origins: vec![ClassOrigin::Tag; 30],
        members: (0..30).map(|class| (class * 20..class * 20 + 20).map(ImageId).collect()).collect(),
        choice: choose(Workload::Sums { rows: 600, channels: 1, layers: 1 }),
        vectors: ClassVectors { layers: vec![("conv2".to_owned(), 1)], classes: names, values: vec![1.0; 30] },
        sizes: vec![20; 30],
        by_labels: None,
        table: "classes_net".to_owned(),
        elapsed_secs: 0.1,
    };
    window.tell([Event::Answered(AnalysisAnswer::Found(Finding::Classes(Arc::new(means))))]);
    window.settle();
    window.click("Maximise Classes");
    window.click("Show similarity of groups");
    window.picture("matrix_long_names");
    let rows = |window: &Window| -> Vec<Rect> {
        let nodes = window.harness.query_all_by_label_contains("Similarity of groups: row ");
        nodes.map(|node| node.rect()).collect()
    };
    let before = rows(&window);
    assert!(before.iter().all(|row| row.width() > 170.0), "a name has room: {before:?}");
    let left = before[0].left();
    // Scrolled down, names of columns stand where they did, and those of rows beneath them.
    window.harness.hover_at(window.harness.get_by_label("Similarity of groups").rect().min + vec2(40.0, 40.0));
    window.harness.run_steps(2);
    window.harness.event(wheel(vec2(0.0, -200.0), MouseWheelSource::Wheel));
    window.harness.run_steps(20);
    window.picture("matrix_scrolled");
    let column = window.harness.get_by_label("Similarity of groups: column a_rather_long_name_of_a_kind_29").rect();
    let first = rows(&window)[0];
    assert!(first.left() == left && first.top() >= column.bottom() - 3.0, "{first:?} beneath {column:?}");
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
    window.harness.key_press(Key::End);
    window.harness.run_steps(2);
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
    window.click("What classes are made of");
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
    window.click("What classes are made of");
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

#[test]
fn while_something_else_is_analysed_the_ways_to_classes_stay() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Classes");
    window.tell([Event::AnalysisStarted(Arc::new(Progress::new("Suspicious labels at conv3")))]);
    window.settle();
    assert!(window.has("One class per label") && !window.has("Comparing classes"), "{:?}", window.names());
    let wish = AnalysisWish::Classes(ClassWish::default());
    window.tell([Event::AnalysisStarted(Arc::new(Progress::of(&wish)))]);
    window.settle();
    assert!(window.has("Comparing classes") && !window.has("One class per label"), "{:?}", window.names());
}

#[test]
fn the_view_says_what_classes_are_where_they_are_seen_and_how_well_each_is_told_apart() {
    let mut window = compared_in(Setup { size: vec2(800.0, 1400.0), ..Setup::default() });
    window.click("Maximise Classes");
    window.picture("narrow");
    let first = window.harness.get_by_label_contains("A class is a set of pictures that people put together").rect();
    let facts = window.harness.get_by_label_contains("4 classes, compared over one layer").rect();
    assert!(facts.height() < 24.0, "one line, whatever the width: {facts:?}");
    assert!(first.height() < 24.0 && first.bottom() <= facts.top() + 1.0, "{first:?} and {facts:?}");
    let layer = window.session().opened.layer_titles.of_name("conv3").to_owned();
    assert!(window.says(&format!("how well each is told apart, at {layer}")), "{:?}", window.names());
    assert!(window.has("Class blobs: told apart very well"), "{:?}", window.names());
    let checks = "Class checks: told apart well, some look like blobs";
    window.harness.get_by_label(checks).hover();
    window.harness.run_steps(60);
    let hint = format!("At {layer}, 80 % of its 15 pictures are more like the mean of the others in checks");
    assert!(window.says(&hint) && window.says("Of the rest most, 3, are like blobs."), "{:?}", window.names());
}

#[test]
fn all_controls_of_classes_stand_in_one_row_and_what_is_rare_in_a_menu() {
    for size in [vec2(1440.0, 900.0), vec2(800.0, 600.0)] {
        let mut window = compared_in(Setup { size, ..Setup::default() });
        window.click("Maximise Classes");
        window.picture(&format!("one_row_{}", size.x));
        let ways = ["Show cards", "Show similarity of groups", "Show two groups", "Show a difference of groups"];
        let row = ways.into_iter().chain(["What classes are made of"]);
        let row: Vec<Rect> = row.map(|name| window.harness.get_by_label(name).rect()).collect();
        let middle = row[0].center().y;
        assert!(row.iter().all(|rect| (rect.center().y - middle).abs() < 4.0 && rect.right() <= size.x), "{row:?}");
        let cards = window.harness.get_by_label("Class blobs: blobs/000000.png").rect();
        assert!(cards.top() - row[0].bottom() < 80.0, "{size:?}: cards begin near them: {row:?} and {cards:?}");
        let rare = ["Classes by label", "Compare again", "Name of a class of the selection"];
        assert!(rare.iter().all(|name| !window.has(name)), "{:?}", window.names());
        window.click("What classes are made of");
        for name in rare {
            let rect = window.harness.get_by_label(name).rect();
            assert!(rect.left() >= 0.0 && rect.right() <= size.x && rect.bottom() <= size.y, "{name}: {rect:?}");
        }
        // It stays open while one chooses.
        window.click("Classes by label");
        assert!(window.has("No classes are chosen"), "{:?}", window.names());
    }
}

#[test]
fn where_there_is_nothing_to_make_classes_of_the_view_says_how_to_get_some() {
    let mut window = Window::with_images(12, Setup::default());
    let without = window.session().opened.images.to_vec();
    let without: Vec<_> = without.into_iter().map(|image| ImageRecord { label: None, ..image }).collect();
    window.describe(&without);
    window.click("Classes");
    assert!(window.has("No classes yet") && !window.has("One class per label"), "{:?}", window.names());
    for way in ["Labels: ", "Tags: ", "Clusters: "] {
        assert!(window.names().iter().any(|name| name.starts_with(way)), "{way}: {:?}", window.names());
    }
    window.press("Import labels and boxes…");
    assert!(window.has("See what is in it"), "{:?}", window.names());
}

#[test]
fn classes_say_that_labels_or_tags_changed_since_they_were_compared() {
    let mut window = compared();
    let old = "Labels or tags changed since: these are the classes of before.";
    assert!(!window.has(old), "{:?}", window.names());
    let image = window.session().opened.images.get(ImageId(0)).expect("an image").to_record();
    window.describe(&[ImageRecord { label: Some("zebra".to_owned()), ..image }]);
    window.settle();
    assert!(window.has(old), "{:?}", window.names());
    window.forget_sent();
    window.press("Compare them anew");
    assert_eq!(asked(&window), ClassWish::default());
    let means = window.session().opened.findings.get(Finding::classes).expect("they are compared").clone();
    window.tell([Event::Answered(AnalysisAnswer::Found(Finding::Classes(means.clone())))]);
    window.settle();
    assert!(!window.has(old), "{:?}", window.names());

    // Of tags it counts who bears them.
    let three = || [("old", 4), ("dim", 5), ("red", 6)].map(|(tag, id)| (tag.to_owned(), vec![ImageId(id)]));
    let of_tags = ClassMeans {
        origins: vec![ClassOrigin::Tag; 4],
        members: [3, 4, 5, 6].map(|id| [ImageId(id)].into()).to_vec(),
        ..(*means).clone()
    };
    window.tell([
        Event::Tags(Arc::new(Tags::from(three()))),
        Event::Answered(AnalysisAnswer::Found(Finding::Classes(Arc::new(of_tags)))),
    ]);
    window.settle();
    assert!(window.has(old), "nobody bears it any more: {:?}", window.names());
    let odd = ("odd".to_owned(), vec![ImageId(3)]);
    window.tell([Event::Tags(Arc::new(three().into_iter().chain([odd]).collect::<Tags>()))]);
    window.settle();
    assert!(!window.has(old), "{:?}", window.names());
}

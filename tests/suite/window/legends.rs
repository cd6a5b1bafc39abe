//! The legend of a map: what it brings out, and how high it is.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::epaint::Shape;
use eframe::egui::{Key, Modifiers, Rect, TextureId, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{
    Cluster, ClusterMethod, ClusterWish, Clustering, Filter, ImageId, ImageRecord, Projection, Tags,
};
use tiramisu::engine::{AnalysisAnswer, Event};
use tiramisu::session::{Choose, Colouring};

use crate::support::collection;
use crate::support::window::{Setup, Window};

/// A map of three images for each of twenty labels, in six rows of ten. It is so high that there is room for more than a few lines
/// of its legend.
fn window() -> Window {
    let mut window = Window::with_images(60, Setup { size: vec2(1280.0, 1100.0), ..Setup::default() });
    let record =
        |index: usize| ImageRecord { label: Some(format!("kind {:02}", index / 3)), ..collection::image(index, 5) };
    window.describe(&(0..60).map(record).collect::<Vec<_>>());
    window.click("Map");
    window.wait_until("the legend", |window| window.has("Select all of kind 00"));
    let known = window.session().opened.projection().expect("a map");
    let points: Vec<_> = (0..60_u8).map(|index| [f32::from(index % 10), f32::from(index / 10)]).collect();
    let rows = Projection { points: points.into(), ..(**known).clone() };
    window.tell([Event::Answered(AnalysisAnswer::Map(Arc::new(rows)))]);
    window.settle();
    window
}

/// How high what lies beneath the field to search in is, on the map: the ground of the legend.
fn height(window: &Window) -> usize {
    let map = window.harness.get_by_role_and_label(Role::Canvas, "Map").rect();
    let field = window.harness.get_by_label("Search the legend").rect();
    // The ground of the map lies beneath all of it.
    let is_beneath = |rect: &Rect| rect.contains_rect(field) && rect.width() < map.width() - 1.0;
    let heights = painted(window).1.into_iter().filter(is_beneath).map(|rect| rect.height() as usize);
    heights.max().unwrap_or(0)
}

/// How opaque each picture on the map is, and what else is filled there.
fn painted(window: &Window) -> (Vec<u8>, Vec<Rect>) {
    let map = window.harness.get_by_role_and_label(Role::Canvas, "Map").rect();
    let (mut pictures, mut filled) = (Vec::new(), Vec::new());
    for clipped in
        window.harness.output().shapes.iter().filter(|clipped| map.contains_rect(clipped.shape.visual_bounding_rect()))
    {
        match &clipped.shape {
            Shape::Mesh(mesh) if mesh.texture_id != TextureId::default() => pictures.push(mesh.vertices[0].color.a()),
            Shape::Rect(rect) if rect.brush.is_some() => pictures.push(rect.fill.a()),
            Shape::Rect(rect) => filled.push(rect.rect),
            _ => {}
        }
    }
    (pictures, filled)
}

#[test]
fn pictures_of_other_classes_than_the_one_that_is_pointed_at_step_back() {
    let mut window = window();
    let (pictures, _) = painted(&window);
    assert!(pictures.len() > 10 && pictures.iter().all(|alpha| *alpha == 255), "{pictures:?}");
    window.harness.get_by_label("Select all of kind 01").hover();
    window.harness.run_steps(8);
    let (pictures, _) = painted(&window);
    let bright = pictures.iter().filter(|alpha| **alpha == 255).count();
    assert!((1..=3).contains(&bright), "of three pictures {bright} stand out: {pictures:?}");
    assert!(pictures.len() > bright + 8, "{pictures:?}");
}

#[test]
fn while_a_name_is_looked_for_the_legend_is_as_high_as_what_was_found() {
    let mut window = window();
    assert!(window.says("Show all 20 in the legend"), "{:?}", window.names());
    let all = height(&window);
    window.harness.get_by_label("Search the legend").focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Search the legend").type_text("kind 1");
    window.settle();
    let ten = height(&window);
    window.harness.get_by_label("Search the legend").type_text("7");
    window.settle();
    let one = height(&window);
    assert!(window.has("Select all of kind 17") && !window.has("Select all of kind 16"), "{:?}", window.names());
    assert!(one + 60 < ten && one + 60 < all, "{one} points for one name, {ten} for ten, {all} for twenty");
    assert!(!window.says("Show all"), "{:?}", window.names());
    // All that was written is taken away at once.
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.key_press(Key::Backspace);
    window.settle();
    assert!(window.has("Select all of kind 00"), "{:?}", window.names());
    assert!(window.session().opened.chosen.selection.is_empty(), "the keys were the field's");
    assert_eq!(height(&window), all);
}

/// What the legend says of how many a class has.
fn of(window: &Window, kind: &str) -> String {
    let name = format!("Select all of {kind}");
    let node = window.harness.get_by_label(&name);
    node.accesskit_node().value().unwrap_or_default()
}

#[test]
fn while_a_filter_narrows_the_legend_says_of_each_class_how_many_are_shown() {
    let mut window = window();
    assert_eq!(of(&window, "kind 00"), "3");
    let only = Filter { only: Some((0..4).map(ImageId).collect()), ..Filter::default() };
    window.act(Choose::Filter(only));
    window.wait_until("the counts", |window| of(window, "kind 00") == "3 of 3 shown");
    assert_eq!(of(&window, "kind 01"), "1 of 3 shown");
    assert_eq!(of(&window, "kind 02"), "0 of 3 shown");
    window.act(Choose::Filter(Filter::default()));
    window.wait_until("all again", |window| of(window, "kind 01") == "3");
}

#[test]
fn coloured_by_tag_all_who_bear_a_tag_are_counted_also_those_that_have_the_colour_of_another() {
    let mut window = window();
    let tag = |tag: &str, ids: std::ops::Range<u32>| (tag.to_owned(), ids.map(ImageId).collect::<Vec<_>>());
    window.tell([Event::Tags(Arc::new(Tags::from([tag("first", 0..6), tag("second", 3..9)])))]);
    window.act(Choose::Colouring(Colouring::Tag));
    window.wait_until("the tags", |window| window.has("Select all of second"));
    assert_eq!([of(&window, "first"), of(&window, "second")], ["6", "6"]);
    let only = Filter { only: Some((0..5).map(ImageId).collect()), ..Filter::default() };
    window.act(Choose::Filter(only));
    window.wait_until("the counts", |window| of(window, "first") == "5 of 6 shown");
    assert_eq!(of(&window, "second"), "2 of 6 shown", "two of them have the colour of the first");
}

#[test]
fn numbers_of_other_colours_are_never_said_of_the_names_of_these() {
    const IMAGES: u32 = 9000;
    let mut window = Window::with_images(IMAGES as usize, Setup { size: vec2(1280.0, 1100.0), ..Setup::default() });
    let bearers: Vec<ImageId> = (0..5000).map(ImageId).collect();
    window.tell([Event::Tags(Arc::new(Tags::from([("odd".to_owned(), bearers)])))]);
    window.click("Map");
    window.act(Choose::Colouring(Colouring::Tag));
    window.wait_until("the tag", |window| window.has("Select all of odd"));
    let all = of(&window, "odd");
    let right = format!("{all} of {all} shown");
    window.act(Choose::Colouring(Colouring::Label));
    window.wait_until("the labels", |window| window.has("Select all of blobs"));
    let only = Filter { only: Some((0..IMAGES - 1).map(ImageId).collect()), ..Filter::default() };
    window.act(Choose::Filter(only));
    window.wait_until("the counts of labels", |window| of(window, "blobs").ends_with(" shown"));
    // They are all found on other threads: whenever there is a number, it is of the tag.
    window.harness.state_mut().act(Choose::Colouring(Colouring::Tag));
    window.wait_until("the count of the tag", |window| {
        if !window.has("Select all of odd") {
            return false;
        }
        let said = of(window, "odd");
        assert!(said == all || said == right, "{said}");
        said == right
    });
}

#[test]
fn names_of_other_clusters_do_not_stand_beside_the_colours_of_these() {
    let mut window = window();
    let source = window.session().source().expect("the layer is stored");
    // So many that their names are listed by another thread where there is time for that.
    let clusters = |word: &str| {
        let cluster =
            |index: usize| Cluster { name: Some(format!("{word} {index:04}")), size: 1, ..Cluster::default() };
        Clustering {
            features: "net_12345678".to_owned(),
            wish: ClusterWish::new(ClusterMethod::KMeans, source.clone()),
            ids: (0..60).map(ImageId).collect::<Vec<_>>().into(),
            of: (0..60).map(Some).collect::<Vec<_>>().into(),
            clusters: (0..1200).map(cluster).collect(),
            agreement: None,
            quality: None,
            elapsed_secs: 0.1,
        }
    };
    window.tell([Event::Answered(AnalysisAnswer::Clusters(Arc::new(clusters("old"))))]);
    window.act(Choose::Colouring(Colouring::Cluster));
    window.wait_until("the clusters", |window| window.has("Select all of old 0000"));
    window.tell([Event::Answered(AnalysisAnswer::Clusters(Arc::new(clusters("new"))))]);
    window.harness.run_steps(1);
    let names = window.names();
    assert!(!names.iter().any(|name| name.starts_with("Select all of old")), "{names:?}");
    window.wait_until("the others", |window| window.has("Select all of new 0000"));
}

//! What neighbours are asked with, and what is near at every depth.

use std::sync::Arc;

use eframe::egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{Example, ImageId, NeighbourWish, Region, Tags};
use tiramisu::engine::{DepthsWish, Event, Look};
use tiramisu::session::{Ask, Choose, Pick};

use crate::support::window::{Setup, Window};

use super::{FIRST, looks};

/// The last question for neighbours that the window sent.
fn last_wish(window: &Window) -> NeighbourWish {
    let wish = |look: &Look| match look {
        Look::Neighbours(wish) => Some(wish.clone()),
        _ => None,
    };
    looks(window).iter().rev().find_map(wish).expect("neighbours were asked for")
}

fn last_depths(window: &Window) -> Option<DepthsWish> {
    let wish = |look: &Look| match look {
        Look::Depths(wish) => Some(wish.clone()),
        _ => None,
    };
    looks(window).iter().rev().find_map(wish).expect("all depths were asked for, or nothing any more")
}

fn image(id: u32) -> Example {
    Example::Image(ImageId(id))
}

fn odd() -> Example {
    Example::Tag("odd".to_owned())
}

/// The first picture is looked at, and there is a tag.
fn looking() -> Window {
    // High enough that what is near is seen below what is asked with, beside all the other views.
    let setup = Setup { size: vec2(1280.0, 1200.0), ..Setup::default() };
    let mut window = Window::with_images(60, setup);
    window.tell([Event::Tags(Arc::new(Tags { images: [("odd".to_owned(), vec![ImageId(3), ImageId(9)])].into() }))]);
    window.click(FIRST);
    window
}

fn path(window: &Window, id: u32) -> String {
    window.session().image(ImageId(id)).expect("it is there").path.text.to_owned()
}

fn point_at(window: &mut Window, place: Rect) {
    window.harness.hover_at(place.center());
    window.settle();
}

#[test]
fn a_picture_under_the_pointer_says_more_or_less_like_it() {
    let mut window = looking();
    let (second, third) = (path(&window, 1), path(&window, 2));
    let place = window.harness.get_by_label(&second).rect();
    point_at(&mut window, place);
    window.picture("more_or_less");
    window.click(&format!("More like {second}"));
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (image(1), 1.0)]);
    let place = window.harness.get_by_label(&third).rect();
    point_at(&mut window, place);
    assert!(!window.has(&format!("More like {second}")), "the pointer is elsewhere");
    window.click(&format!("Less like {third}"));
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (image(1), 1.0), (image(2), -1.0)]);
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(0)), "nothing else is looked at");
    // The same of a neighbour.
    let near = path(&window, 7);
    let place = window.harness.get_by_label(&format!("Neighbour 1: {near}")).rect();
    point_at(&mut window, place);
    window.click(&format!("Less like {near}"));
    assert_eq!(last_wish(&window).examples.last(), Some(&(image(7), -1.0)));
}

#[test]
fn what_is_asked_is_said_in_words() {
    let mut window = looking();
    window.act(Choose::AddExample(odd(), 0.5));
    window.act(Choose::AddExample(image(2), -1.0));
    let (first, third) = (FIRST.rsplit('/').next().unwrap(), path(&window, 2));
    let third = third.rsplit('/').next().unwrap();
    window.harness.get_by_label(&format!("Like {first} and the tag odd × 0.5, less like {third}, at conv 3"));
    window.act(Choose::Layer(3));
    window.harness.get_by_label(&format!("Like {first} and the tag odd × 0.5, less like {third}, at conv 2"));
    window.click("Every depth");
    window.harness.get_by_label(&format!("Like {first} and the tag odd × 0.5, less like {third}, at every depth"));
    window.act(Choose::Weigh(image(0), 0.0));
    window.act(Choose::Weigh(odd(), 0.0));
    window.harness.get_by_label(&format!("Less like {third} at every depth"));
}

#[test]
fn weights_are_moved_by_keys_switched_off_and_taken_out() {
    let mut window = looking();
    window.click("Ask with");
    window.picture("ask_with_menu");
    window.click("odd");
    window.picture("two_in_the_tray");
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (odd(), 1.0)]);
    window.harness.get_by_label("Weight of the tag odd").focus();
    window.harness.run_steps(2);
    for _ in 0..4 {
        window.harness.key_press(Key::ArrowLeft);
        window.harness.run_steps(2);
    }
    window.settle();
    let weight = last_wish(&window).examples[1].1;
    assert!(weight < 0.95, "{weight}");
    // All of the way is one step.
    window.act(Choose::Undo);
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (odd(), 1.0)]);
    window.press("Switch the tag odd off");
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0)]);
    window.press("Switch the tag odd on");
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (odd(), 1.0)]);
    let first = FIRST.rsplit('/').next().unwrap();
    window.press(&format!("Leave out {first}"));
    assert_eq!(last_wish(&window).examples, [(odd(), 1.0)]);
    window.press("Switch the tag odd off");
    window.harness.get_by_label("Nothing counts");
    window.picture("nothing_counts");
    window.press("Leave out the tag odd");
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0)]);
}

#[test]
fn a_box_is_kept_while_a_box_is_drawn_on_another_picture() {
    let mut window = looking();
    let region = Region::between((0.1, 0.2), (0.5, 0.6));
    window.act(Choose::Region(Some(region)));
    let first = FIRST.rsplit('/').next().unwrap();
    window.press(&format!("Hold the box in {first}"));
    window.act(Choose::Click(ImageId(20), Pick::Replace));
    window.act(Choose::Region(Some(region)));
    let boxed = |id: u32| Example::Region { image: ImageId(id), region };
    assert_eq!(last_wish(&window).examples, [(boxed(20), 1.0), (boxed(0), 1.0)]);
    window.picture("two_boxes");
    window.press(&format!("Leave out the box in {first}"));
    assert_eq!(last_wish(&window).examples, [(boxed(20), 1.0)]);
}

#[test]
fn rows_are_shown_for_every_depth_and_a_title_leads_to_its_layer() {
    let mut window = looking();
    assert!(!looks(&window).iter().any(|look| matches!(look, Look::Depths(_))), "nobody looks at that");
    window.click("Every depth");
    let wish = last_depths(&window).expect("all depths are asked for");
    assert_eq!(wish.sources.len(), 4);
    let near = |window: &Window, layer: &str, rank: usize, id: u32| format!("At {layer}, {rank}: {}", path(window, id));
    for (layer, id) in [("ReLU 1", 1), ("conv 2", 2), ("conv 3", 3)] {
        window.harness.get_by_label(&near(&window, layer, 1, id));
    }
    window.picture("every_depth");
    window.forget_sent();
    window.click("Row: conv 2 · 64 channels");
    assert_eq!(window.session().opened.chosen.layer, 3);
    assert!(!looks(&window).iter().any(|look| matches!(look, Look::Depths(_))), "the rows are the same");
    // A click asks about another picture, a weight asks again.
    let there = near(&window, "conv 2", 1, 2);
    window.click(&there);
    assert_eq!(last_depths(&window).unwrap().of.examples, [(image(2), 1.0)]);
    window.act(Choose::AddExample(odd(), -0.5));
    assert_eq!(last_depths(&window).unwrap().of.examples, [(image(2), 1.0), (odd(), -0.5)]);
    window.click("All layers");
    assert_eq!(last_depths(&window).unwrap().sources.len(), 4);
    // Whoever looks at one depth again waits for nothing.
    window.click("Every depth");
    assert_eq!(last_depths(&window), None);
    window.harness.get_by_label("Layer");
}

#[test]
fn keys_alone_ask_with_the_selection_and_show_every_depth() {
    let mut window = looking();
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.settle();
    assert!(last_depths(&window).is_some());
    window.act(Choose::PickMany(vec![ImageId(4), ImageId(6)], Pick::Replace));
    // The pointer is nowhere.
    window.harness.hover_at(eframe::egui::pos2(-10.0, -10.0));
    window.settle();
    window.harness.key_press_modifiers(Modifiers::ALT, Key::Minus);
    window.settle();
    assert_eq!(last_depths(&window).unwrap().of.examples, [(image(0), 1.0), (image(4), -1.0), (image(6), -1.0)]);
    window.harness.key_press_modifiers(Modifiers::ALT, Key::Plus);
    window.settle();
    assert_eq!(last_depths(&window).unwrap().of.examples[1], (image(4), 1.0));
}

#[test]
fn a_neighbour_is_dragged_to_what_is_asked_with() {
    let mut window = looking();
    let near = path(&window, 7);
    let from = window.harness.get_by_label(&format!("Neighbour 1: {near}")).rect().center();
    let to = window.harness.get_by_label(&format!("Probe: {FIRST}")).rect().center();
    // Onto the tray, which is beside the picture and above what is near.
    let to = eframe::egui::pos2(from.x, window.harness.get_by_label("Every depth").rect().center().y.min(to.y));
    window.harness.hover_at(from);
    window.harness.run_steps(2);
    window.harness.drag_at(from);
    window.harness.run_steps(1);
    for share in [0.3, 0.6, 1.0] {
        window.harness.hover_at(from + (to - from) * share);
        window.harness.run_steps(1);
    }
    window.harness.drop_at(to);
    window.settle();
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (image(7), 1.0)]);
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(0)), "a drag is no click");
}

#[test]
fn why_lays_the_channel_over_both_pictures() {
    let mut window = looking();
    window.act(Ask::Why(ImageId(7)));
    for which in ["first", "second"] {
        window.harness.get_by_label(&format!("Why: #5 over the {which} picture"));
    }
    window.picture("why_two_pictures");
    // What is pointed at lies over them instead; the focus does the same.
    let place = window.harness.get_by_label("Why: channel 7").rect();
    point_at(&mut window, place);
    window.harness.get_by_label("Why: #7 over the first picture");
    window.harness.hover_at(eframe::egui::pos2(-10.0, -10.0));
    window.harness.get_by_label("Why: channel 6").focus();
    window.settle();
    window.harness.get_by_label("Why: #6 over the second picture");
    // All that are named are seen at once.
    let last = window.harness.get_by_label("Why: channel 10").rect();
    assert!(last.bottom() < 690.0, "{last:?}");
}

#[test]
fn classes_and_clusters_are_asked_with_from_where_they_are_listed() {
    let mut window = super::classes::compared_in(Setup::default());
    window.press("Less like class blobs");
    let class = Example::Class("blobs".to_owned());
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (class, -1.0)]);
    let mut window = super::clusters::grouped_in(Setup::default());
    window.press("More like cluster 0");
    let clustering = window.session().opened.clustering.as_ref().expect("groups").wish.name();
    let cluster = Example::Cluster { clustering, cluster: 0 };
    assert_eq!(last_wish(&window).examples, [(image(0), 1.0), (cluster, 1.0)]);
    window.click("Neighbours");
    window.harness.get_by_label("Weight of cluster 0");
}

//! Back and forward through places and questions.

use std::sync::Arc;

use tiramisu::domain::{ImageId, Region};
use tiramisu::engine::{Event, Look, Request};
use tiramisu::session::{Action, Choose, Comparison, Go, Open, Pick, Place};

use super::session;
use crate::support::collection;

fn part() -> Region {
    Region::between((0.1, 0.2), (0.5, 0.6))
}

#[test]
fn going_back_brings_the_question_its_box_and_the_depth_and_leaves_what_is_selected() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Choose::Layer(3));
    session.act(Choose::Region(Some(part())));
    session.act(Choose::AddExamples(vec![ImageId(9)], -1.0));
    let asked = session.opened.chosen.clone();
    // One misclick on a neighbour.
    session.act(Go::To(Place::LookInside));
    session.act(Choose::Click(ImageId(12), Pick::Replace));
    session.act(Choose::Comparison(Comparison::Network));
    assert_eq!(session.opened.chosen.region, None);
    assert!(session.can_go_back() && !session.can_go_forward());
    session.act(Go::Back);
    let requests = session.act(Go::Back);
    let chosen = &session.opened.chosen;
    assert_eq!((chosen.probe, chosen.layer, chosen.region), (Some(ImageId(5)), 3, Some(part())));
    assert_eq!((&chosen.examples, &chosen.comparison), (&asked.examples, &Comparison::Layer));
    assert_eq!(session.lasting.place, Place::LookInside, "this place was come to before");
    let is_selected: Vec<ImageId> = chosen.selection.iter().collect();
    assert_eq!(is_selected, [ImageId(12)], "what is selected is no question");
    let is_asked = |request: &Request| matches!(request, Request::Look(Look::Neighbours(wish)) if wish.image() == Some(ImageId(5)));
    assert!(requests.iter().any(is_asked), "it is asked again: {requests:?}");
    session.act(Go::Back);
    assert_eq!(session.lasting.place, Place::Explore);
    for _ in 0..3 {
        session.act(Go::Forward);
    }
    assert_eq!(session.opened.chosen.probe, Some(ImageId(12)));
    assert_eq!(session.opened.chosen.comparison, Comparison::Network);
    assert!(!session.can_go_forward());
}

#[test]
fn all_of_a_way_from_layer_to_layer_is_one_step_back_and_one_to_undo() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    for layer in [3, 2, 1] {
        session.act(Choose::Scrub(layer));
    }
    session.act(Go::Back);
    assert_eq!(session.opened.chosen.layer, 4);
    session.act(Go::Forward);
    assert_eq!(session.opened.chosen.layer, 1);
    for layer in [2, 3] {
        session.act(Choose::Scrub(layer));
    }
    session.act(Choose::Undo);
    assert_eq!(session.opened.chosen.layer, 1);
    session.act(Choose::Redo);
    assert_eq!(session.opened.chosen.layer, 3);
    // What lies between two ways parts them.
    session.act(Choose::Scrub(4));
    session.act(Choose::Channel(Some(2)));
    session.act(Choose::Scrub(3));
    session.act(Choose::Undo);
    assert_eq!((session.opened.chosen.layer, session.opened.chosen.channel), (4, Some(2)));
}

#[test]
fn out_of_a_place_leads_to_where_one_came_from_however_much_was_looked_at_there() {
    let mut session = session(24);
    session.act(Go::To(Place::Groups));
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Go::To(Place::LookInside));
    session.act(Choose::Click(ImageId(6), Pick::Replace));
    session.act(Choose::Layer(1));
    session.act(Go::Out);
    assert_eq!((session.lasting.place, session.opened.chosen.probe), (Place::Groups, Some(ImageId(5))));
    session.act(Go::Forward);
    assert_eq!((session.lasting.place, session.opened.chosen.probe), (Place::LookInside, Some(ImageId(5))));
    session.act(Go::Forward);
    session.act(Go::Forward);
    assert_eq!((session.opened.chosen.probe, session.opened.chosen.layer), (Some(ImageId(6)), 1));
    // Who came from nowhere comes to the first place.
    let mut session = super::session(24);
    session.lasting.place = Place::LookInside;
    session.act(Go::Out);
    assert_eq!(session.lasting.place, Place::Explore);
}

#[test]
fn the_way_back_outlasts_another_network_and_not_another_folder() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Choose::Click(ImageId(6), Pick::Replace));
    session.act(Open::Storing(Some(vec!["conv3".into()])));
    let folder = collection::collection().folder;
    session.apply(Event::Opening(folder));
    session.apply(Event::Opened(Arc::new(collection::collection())));
    session.apply(Event::Images(collection::images(24).into()));
    session.apply(Event::Walked { total: 24 });
    session.act(Go::Back);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(5)));
    session.apply(Event::Opening("/pictures/sea".into()));
    assert!(!session.can_go_back() && !session.can_go_forward());
}

#[test]
fn the_first_picture_that_can_be_read_is_looked_at_by_itself_and_nothing_is_to_be_undone() {
    let mut session = session(24);
    assert!(session.opened.wants_first());
    let mut images = session.opened.images.clone();
    let mut broken = collection::image(0, 2);
    broken.problem = Some("it ends early".into());
    images.replace([broken.borrowed()]);
    session.apply(Event::Images(images));
    let requests = session.act(Choose::First);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(1)));
    assert!(requests.iter().any(|request| matches!(request, Request::Look(Look::Activations { .. }))), "{requests:?}");
    assert!(!session.opened.history.can_undo() && !session.can_go_back());
    assert!(session.opened.chosen.selection.is_empty() && !session.opened.wants_first());
}

#[test]
fn back_passes_over_where_an_undone_choice_has_led_already() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Choose::Click(ImageId(6), Pick::Replace));
    session.act(Choose::Click(ImageId(7), Pick::Replace));
    session.act(Choose::Undo);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(6)));
    session.act(Go::Back);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(5)), "it was at 6 already");
    session.act(Go::Forward);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(6)));
}

#[test]
fn nothing_is_under_the_pointer_in_a_place_that_one_has_just_come_to() {
    let mut session = session(24);
    session.act(Action::Hover(Some(ImageId(3))));
    session.act(Go::To(Place::LookInside));
    assert_eq!(session.opened.hovered, None, "what it was over is not seen any more");
    session.act(Action::Hover(Some(ImageId(4))));
    session.act(Go::Back);
    assert_eq!(session.opened.hovered, None);
}

//! What is asked while somebody looks inside a picture: once, and of what is looked at now.

use std::sync::Arc;

use tiramisu::domain::ImageId;
use tiramisu::engine::{Asked, ChannelLook, Event, ImageBoxes, Look, LookKind, PointWish, Problem, Request, StripWish};
use tiramisu::session::{Ask, Choose, NoticeText, Open, Pick, Session, strip_layers};

use super::session;
use crate::support::collection;

const CONV3: usize = 4;

fn looking(count: usize) -> Session {
    let mut session = session(count);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session
}

fn problem() -> Problem {
    Problem::new("It failed", "the file is gone")
}

#[test]
fn what_is_seen_inside_is_asked_once_and_again_when_it_is_of_something_else() {
    let mut session = looking(24);
    let strip = |image: u32, beside: Option<u32>| {
        let layers = vec![1, 3, 4, 5];
        Request::Look(Look::Strip(StripWish { image: ImageId(image), beside: beside.map(ImageId), layers }))
    };
    let exemplars = |layer| Request::Look(Look::Channels(ChannelLook::Exemplars { layer, channel: None, count: 3 }));
    let boxes = |image: u32| Request::Look(Look::Boxes { image: ImageId(image) });
    assert_eq!(session.act(Ask::Inside), [boxes(5), strip(5, None), exemplars(CONV3)]);
    assert_eq!(session.act(Ask::Inside), []);
    session.act(Choose::Layer(3));
    assert_eq!(session.act(Ask::Inside), [exemplars(3)], "the strip is of all layers");
    session.act(Choose::Beside(Some(ImageId(7))));
    let beside = Request::Look(Look::Beside { image: ImageId(7), layer: 3 });
    assert_eq!(session.act(Ask::Inside), [strip(5, Some(7)), beside]);
    session.act(Choose::Click(ImageId(6), Pick::Replace));
    assert_eq!(session.act(Ask::Inside), [boxes(6), strip(6, Some(7))]);
    session.apply(Event::Committed { images: 24, version: 2 });
    assert_eq!(session.act(Ask::Inside), [exemplars(3)], "there are more vectors");
    // A layer that is not stored has no exemplars.
    session.act(Choose::Layer(2));
    assert_eq!(session.act(Ask::Inside), [Request::Look(Look::Beside { image: ImageId(7), layer: 2 })]);
    session.apply(Event::ImportForgotten { labels_kept: 0 });
    assert_eq!(session.act(Ask::Inside), [boxes(6)], "there are other boxes now");
}

#[test]
fn boxes_of_a_picture_that_is_not_looked_at_any_more_are_let_go() {
    let mut session = looking(24);
    session.act(Ask::Inside);
    let told = |image: u32| ImageBoxes { image: ImageId(image), boxes: Vec::new(), count: 3 };
    session.apply(Event::ImageBoxes(told(5)));
    assert_eq!(session.opened.inside.boxes.as_deref(), Some(&told(5)));
    session.act(Choose::Click(ImageId(6), Pick::Replace));
    session.act(Ask::Inside);
    assert_eq!(session.opened.inside.boxes, None);
    session.apply(Event::ImageBoxes(told(5)));
    assert_eq!(session.opened.inside.boxes, None);
}

#[test]
fn the_strip_leaves_out_what_is_only_a_part_of_the_next_block() {
    let mut collection = collection::collection();
    assert_eq!(strip_layers(&collection), [1, 3, 4, 5]);
    // relu1 and conv2 are put together in conv3.
    collection.layers[CONV3].kind = "Concat".into();
    collection.layers[CONV3].inputs = vec![Some(1), Some(3)];
    assert_eq!(strip_layers(&collection), [4, 5]);
    // Of a network without layers that are usually stored all are listed, and of very many not all.
    collection.layers.iter_mut().for_each(|layer| layer.stored_by_default = false);
    assert_eq!(strip_layers(&collection), [0, 1, 2, 3, 4, 5]);
    let layer = collection.layers[0].clone();
    collection.layers = vec![layer; 1000];
    let layers = strip_layers(&collection);
    assert!(layers.len() < 100 && layers.is_sorted(), "{layers:?}");
    assert_eq!((layers.first(), layers.last()), (Some(&0), Some(&999)));
}

#[test]
fn nothing_is_asked_where_nothing_is_looked_at() {
    assert_eq!(Session::default().act(Ask::Inside), []);
    assert_eq!(session(24).act(Ask::Inside), []);
}

#[test]
fn answers_to_what_was_asked_before_are_let_go() {
    let mut session = looking(24);
    session.act(Ask::Inside);
    let about = collection::collection();
    let strip = |image: u32| {
        let wish = StripWish { image: ImageId(image), beside: None, layers: strip_layers(&about) };
        Event::Strip(Arc::new(collection::strip(wish, &about)))
    };
    session.apply(strip(3));
    assert!(session.opened.inside.strip.is_none());
    session.apply(strip(5));
    assert_eq!(session.opened.inside.strip.as_ref().map(|strip| strip.wish.image), Some(ImageId(5)));
    session.act(Choose::Click(ImageId(6), Pick::Replace));
    session.act(Ask::Inside);
    assert!(session.opened.inside.strip.is_none(), "that of another picture is not shown over this one");
    // A place under the pointer.
    let wish = |row: usize| PointWish { image: ImageId(6), layer: CONV3, place: [row, 2] };
    assert_eq!(session.act(Ask::Point(wish(1))), [Request::Look(Look::Point(wish(1)))]);
    assert_eq!(session.act(Ask::Point(wish(1))), []);
    session.act(Ask::Point(wish(2)));
    session.apply(Event::Point(collection::point(wish(1), &about)));
    assert!(session.opened.inside.point.is_none(), "the pointer has moved on");
    session.apply(Event::Point(collection::point(wish(2), &about)));
    assert_eq!(session.opened.inside.point.as_ref().map(|point| point.wish), Some(wish(2)));
    // Exemplars of all channels are not those of the enlarged one.
    session.act(Choose::Channel(Some(3)));
    session.apply(Event::Exemplars(Arc::new(collection::exemplars(CONV3, None, 3, &about))));
    assert!(session.opened.exemplars.is_none());
    assert_eq!(session.opened.inside.exemplars.as_ref().map(|list| list.lists.len()), Some(128));
    session.apply(Event::Exemplars(Arc::new(collection::exemplars(CONV3, Some(3), 8, &about))));
    assert_eq!(session.opened.exemplars.as_ref().map(|list| list.channel), Some(Some(3)));
    assert_eq!(session.opened.inside.exemplars.as_ref().map(|list| list.lists.len()), Some(128));
}

#[test]
fn a_problem_stands_where_the_answer_would_and_is_over_with_the_next_question() {
    let mut session = looking(24);
    session.act(Choose::Beside(Some(ImageId(7))));
    session.act(Ask::Inside);
    let fail = |session: &mut Session, look: LookKind| {
        session.apply(Event::Problem { of: Asked::Look(look), problem: problem() });
    };
    fail(&mut session, LookKind::Strip { image: ImageId(4), beside: None });
    assert_eq!(session.opened.inside.strip_problem, None, "nobody waits for that one");
    fail(&mut session, LookKind::Strip { image: ImageId(5), beside: Some(ImageId(7)) });
    fail(&mut session, LookKind::Beside { image: ImageId(7), layer: CONV3 });
    let inside = &session.opened.inside;
    assert_eq!((&inside.strip_problem, &inside.beside_problem), (&Some(problem()), &Some(problem())));
    assert!(session.notices().is_empty());
    session.act(Choose::Click(ImageId(6), Pick::Replace));
    session.act(Choose::Beside(Some(ImageId(8))));
    session.act(Ask::Inside);
    assert_eq!((&session.opened.inside.strip_problem, &session.opened.inside.beside_problem), (&None, &None));
    // What is asked again and again is told once.
    for _ in 0..3 {
        fail(&mut session, LookKind::Point);
    }
    let told: Vec<_> = session.notices().iter().map(|notice| notice.text.clone()).collect();
    assert_eq!(told, [NoticeText::Problem(problem())]);
}

#[test]
fn an_image_is_compared_with_another_one_and_that_is_taken_back_and_followed() {
    let mut session = looking(24);
    session.act(Choose::Beside(Some(ImageId(5))));
    assert_eq!(session.opened.chosen.beside, None, "with itself it is not");
    session.act(Choose::Beside(Some(ImageId(99))));
    assert_eq!(session.opened.chosen.beside, None, "nor with one that does not exist");
    session.act(Choose::Beside(Some(ImageId(7))));
    session.act(Choose::Click(ImageId(7), Pick::Replace));
    assert_eq!((session.opened.chosen.probe, session.opened.chosen.beside), (Some(ImageId(7)), None));
    session.act(Choose::Undo);
    assert_eq!((session.opened.chosen.probe, session.opened.chosen.beside), (Some(ImageId(5)), Some(ImageId(7))));
    // The same pictures again, through the same network.
    session.act(Open::Storing(None));
    for event in collection::opened(24) {
        session.apply(event);
    }
    assert_eq!(session.opened.chosen.beside, Some(ImageId(7)));
}

//! The picture that is looked at before anybody chose one.

use std::sync::Arc;

use tiramisu::domain::{ImageId, ImageRecord};
use tiramisu::engine::{Event, Look, Progress, Request};
use tiramisu::session::{Choose, Go, Pick, Place, Session};

use crate::support::collection;

/// Opened, and the first picture looked at, as the window does.
fn looked_at_first() -> (Session, Vec<Request>) {
    let mut session = Session::default();
    let mut requests = Vec::new();
    for event in collection::opened(24) {
        requests.extend(session.apply(event));
        if session.opened.wants_first() {
            requests.extend(session.act(Choose::First));
        }
    }
    (session, requests)
}

fn times_asked(requests: &[Request]) -> usize {
    let is_it = |request: &&Request| matches!(request, Request::Look(Look::Representative { .. }));
    requests.iter().filter(is_it).count()
}

fn probe(session: &Session) -> Option<ImageId> {
    session.opened.chosen.probe
}

#[test]
fn the_first_one_makes_room_for_the_one_that_stands_for_the_collection() {
    let (mut session, requests) = looked_at_first();
    assert_eq!((probe(&session), times_asked(&requests)), (Some(ImageId(0)), 1));
    let requests = session.apply(Event::Representative(Some(ImageId(9))));
    assert_eq!(probe(&session), Some(ImageId(9)));
    assert!(
        requests.iter().any(|request| {
            matches!(request, Request::Look(Look::Activations { image, .. }) if *image == ImageId(9))
        })
    );
    assert!(!session.opened.history.can_undo() && !session.can_go_back(), "nobody chose it");
    assert!(session.opened.chosen.selection.is_empty());
    assert_eq!(times_asked(&session.apply(Event::Committed { images: 24, version: 2 })), 0, "it is asked once");
}

#[test]
fn where_it_is_known_before_the_images_it_is_looked_at_as_soon_as_they_are() {
    let (now, all) = (collection::collection(), collection::images(24));
    let mut session = Session::default();
    session.apply(Event::Opening(now.folder.clone()));
    session.apply(Event::Opened(Arc::new(now)));
    assert_eq!(times_asked(&session.apply(Event::Committed { images: 24, version: 1 })), 1);
    session.apply(Event::Representative(Some(ImageId(9))));
    assert_eq!(probe(&session), None);
    session.apply(Event::Images(all.into()));
    session.act(Choose::First);
    assert_eq!(probe(&session), Some(ImageId(9)));
}

#[test]
fn whoever_has_chosen_something_keeps_what_they_look_at() {
    let choices = [Choose::Click(ImageId(3), Pick::Replace), Choose::Layer(1), Choose::SelectAll];
    for choice in choices {
        let (mut session, _) = looked_at_first();
        session.act(choice.clone());
        let before = probe(&session);
        session.apply(Event::Representative(Some(ImageId(9))));
        assert_eq!(probe(&session), before, "{choice:?}");
    }
    let (mut session, _) = looked_at_first();
    session.act(Go::To(Place::LookInside));
    session.apply(Event::Representative(Some(ImageId(9))));
    assert_eq!(probe(&session), Some(ImageId(0)), "it is being looked into");
}

#[test]
fn it_is_asked_when_all_are_extracted_and_never_one_that_cannot_be_read() {
    let mut session = Session::default();
    let (now, all) = (collection::collection(), collection::images(24));
    let job = Arc::new(Progress::new("Extracting"));
    let events = [
        Event::Opening(now.folder.clone()),
        Event::Opened(Arc::new(now)),
        Event::JobStarted(job.clone()),
        Event::Images(all[..].into()),
        Event::Committed { images: 8, version: 1 },
    ];
    for event in events {
        assert_eq!(times_asked(&session.apply(event)), 0, "there are more to come");
    }
    session.act(Choose::First);
    job.end();
    assert_eq!(times_asked(&session.apply(Event::JobEnded { cancelled: false })), 1);
    let broken = ImageRecord { problem: Some("it ends too early".to_owned()), ..all[9].clone() };
    let mut images = session.opened.images.clone();
    images.replace([broken.borrowed()]);
    session.apply(Event::Images(images));
    session.apply(Event::Representative(Some(ImageId(9))));
    assert_eq!(probe(&session), Some(ImageId(0)));
    session.apply(Event::Representative(None));
    assert_eq!(probe(&session), Some(ImageId(0)));
}

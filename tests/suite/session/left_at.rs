//! What is opened again is taken up where the person was, as far as that is still there.

use std::sync::Arc;

use tiramisu::domain::{ImageId, ImageRecord};
use tiramisu::engine::{Asked, Collection, Event, NetworkFile, Problem, Request};
use tiramisu::session::{Choose, Go, LeftAt, LeftPicture, Open, Pick, Place, Session};

use crate::support::collection;

/// The seventh picture, at the second layer, in another place than the first.
fn left() -> LeftAt {
    LeftAt {
        network: NetworkFile::Builtin,
        place: Place::LookInside,
        layer: "relu1".into(),
        picture: Some(LeftPicture { id: ImageId(7), path: collection::images(24)[7].path.clone() }),
    }
}

fn again(left: LeftAt) -> Open {
    let folder = collection::collection().folder;
    Open::Again { folder, workspace: None, left: Some(left) }
}

/// The engine opens it and finds these images.
fn opened(session: &mut Session, images: Vec<ImageRecord>) {
    let total = images.len();
    let collection = Collection { network_file: session.lasting.network.clone(), ..collection::collection() };
    for event in [
        Event::Opening(collection.folder.clone()),
        Event::Opened(Arc::new(collection)),
        Event::Images(images.into()),
        Event::Committed { images: total, version: 1 },
        Event::Walked { total },
    ] {
        session.apply(event);
    }
}

/// Whether something was chosen of what is open: then, a step back is possible.
fn looked_at(session: &Session) -> (Option<ImageId>, usize, Place) {
    (session.opened.chosen.probe, session.opened.chosen.layer, session.lasting.place)
}

#[test]
fn place_depth_and_picture_come_back_and_are_no_step_to_be_undone() {
    let mut before = Session::default();
    before.act(Open::Folder(collection::collection().folder));
    opened(&mut before, collection::images(24));
    before.act(Choose::Click(ImageId(7), Pick::Replace));
    before.act(Choose::Layer(1));
    before.act(Go::To(Place::LookInside));
    assert_eq!(before.left_at(), Some(left()));
    // It is written down and read.
    let text = serde_json::to_string(&before.left_at()).expect("it can be written");
    let left: Option<LeftAt> = serde_json::from_str(&text).expect("it can be read");

    let mut session = Session::default();
    session.act(again(left.expect("something was open")));
    assert_eq!(session.left_at(), None, "nothing is open");
    opened(&mut session, collection::images(24));
    assert_eq!(looked_at(&session), (Some(ImageId(7)), 1, Place::LookInside));
    assert!(!session.opened.history.can_undo() && !session.can_go_back());
    assert!(session.opened.chosen.selection.is_empty());
}

/// A session that takes up a folder of which four images are known so far; and all that there are.
fn opened_up_to_the_fourth() -> (Session, Vec<ImageRecord>) {
    let mut session = Session::default();
    session.act(again(left()));
    let (all, now) = (collection::images(24), collection::collection());
    session.apply(Event::Opening(now.folder.clone()));
    session.apply(Event::Opened(Arc::new(now)));
    session.apply(Event::Images(all[..4].into()));
    (session, all)
}

#[test]
fn a_picture_that_is_not_known_yet_is_awaited_and_the_first_one_is_not_looked_at_instead() {
    let (mut session, all) = opened_up_to_the_fourth();
    assert!(!session.opened.wants_first());
    assert_eq!(session.left_at(), None, "what is remembered is not forgotten meanwhile");
    session.apply(Event::Images(all[..12].into()));
    assert_eq!(session.opened.chosen.probe, Some(ImageId(7)));
}

#[test]
fn whoever_has_chosen_another_picture_meanwhile_goes_on_with_that() {
    let (mut session, all) = opened_up_to_the_fourth();
    session.act(Choose::Click(ImageId(2), Pick::Replace));
    session.apply(Event::Images(all[..].into()));
    session.apply(Event::Walked { total: 24 });
    assert_eq!(session.opened.chosen.probe, Some(ImageId(2)));
}

#[test]
fn a_picture_of_another_number_is_known_by_its_path() {
    let mut images = collection::images(24);
    images.remove(0);
    images.iter_mut().enumerate().for_each(|(id, image)| image.id = ImageId(id as u32));
    let mut session = Session::default();
    session.act(again(left()));
    opened(&mut session, images);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(6)));
}

#[test]
fn what_is_not_there_any_more_is_let_go_without_a_word() {
    let mut images = collection::images(24);
    images.truncate(5);
    let mut session = Session::default();
    session.act(again(LeftAt { layer: "conv_gone".into(), ..left() }));
    opened(&mut session, images);
    assert_eq!(looked_at(&session), (None, collection::collection().default_layer(), Place::LookInside));
    assert!(session.opened.wants_first(), "the first one is looked at as in a folder that was never seen");
    assert!(session.notices().is_empty());
}

#[test]
fn a_picture_whose_file_turns_out_to_be_gone_is_not_looked_at_any_more() {
    let mut session = Session::default();
    session.act(again(left()));
    let (mut images, now) = (collection::images(24), collection::collection());
    session.apply(Event::Opening(now.folder.clone()));
    session.apply(Event::Opened(Arc::new(now)));
    session.apply(Event::Images(images.clone().into()));
    assert_eq!(session.opened.chosen.probe, Some(ImageId(7)));
    images[7].set_gone();
    let mut now = session.opened.images.clone();
    now.replace([images[7].borrowed()]);
    session.apply(Event::Images(now));
    session.apply(Event::Walked { total: 24 });
    assert!(session.opened.wants_first());
    // One that the person has chosen stays: they are told that it is gone.
    session.act(Choose::Click(ImageId(7), Pick::Replace));
    session.apply(Event::Walked { total: 24 });
    assert_eq!(session.opened.chosen.probe, Some(ImageId(7)));
}

fn network(requests: &[Request]) -> NetworkFile {
    match requests {
        [Request::Open(wish)] => wish.network.clone(),
        [Request::OpenSample { network }] => network.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_network_of_then_is_used_unless_the_person_has_chosen_another() {
    let left = LeftAt { network: NetworkFile::Analytic, ..left() };
    let mut session = Session::default();
    assert_eq!(network(&session.act(again(left.clone()))), NetworkFile::Analytic);
    let mut session = Session::default();
    assert_eq!(network(&session.act(Open::Sample(Some(left.clone())))), NetworkFile::Analytic);

    let chosen = NetworkFile::Known("squeezenet".into());
    let mut session = Session::default();
    session.act(Open::Through(chosen.clone()));
    assert_eq!(network(&session.act(again(left.clone()))), chosen);
    opened(&mut session, collection::images(24));
    // Depth is the other network's; all else is as it was.
    assert_eq!(looked_at(&session), (Some(ImageId(7)), 4, Place::LookInside));
    // That was for this folder.
    assert_eq!(network(&session.act(again(left))), NetworkFile::Analytic);
}

#[test]
fn a_network_that_cannot_be_loaded_any_more_gives_way_to_the_one_that_is_used_otherwise() {
    let of = NetworkFile::File("/models/deleted.onnx".into());
    let mut session = Session::default();
    session.act(again(LeftAt { network: of, ..left() }));
    session.apply(Event::Opening(collection::collection().folder));
    let problem = || Problem::new("The network could not be loaded", "no such file: /models/deleted.onnx");
    let of = || Asked::NetworkOf(Some(collection::collection().folder));
    let asked = session.apply(Event::Problem { of: of(), problem: problem() });
    assert_eq!(network(&asked), NetworkFile::Builtin);
    // Once is enough.
    let asked = session.apply(Event::Problem { of: of(), problem: problem() });
    assert_eq!(asked, []);
    assert!(matches!(session.opened.phase, tiramisu::session::Phase::Welcome));
    // The sample collection has no folder that the window knows.
    session.act(Open::Sample(Some(LeftAt { network: NetworkFile::File("/models/deleted.onnx".into()), ..left() })));
    let asked = session.apply(Event::Problem { of: Asked::NetworkOf(None), problem: problem() });
    assert_eq!(asked, [Request::OpenSample { network: NetworkFile::Builtin }]);
}

#[test]
fn a_folder_that_cannot_be_opened_for_another_reason_is_not_tried_through_another_network() {
    let mut session = Session::default();
    session.act(again(LeftAt { network: NetworkFile::Analytic, ..left() }));
    session.apply(Event::Opening(collection::collection().folder));
    let problem = Problem::new("The workspace could not be opened", "another program writes to it");
    assert_eq!(session.apply(Event::Problem { of: Asked::Open, problem }), []);
    assert_eq!(session.notices().len(), 1);
    assert!(matches!(session.opened.phase, tiramisu::session::Phase::Welcome));
}

#[test]
fn a_network_of_one_folder_that_fails_late_does_not_open_the_next_one_otherwise() {
    let mut session = Session::default();
    session.act(again(LeftAt { network: NetworkFile::Analytic, ..left() }));
    let of = Asked::NetworkOf(Some("/pictures/sea".into()));
    let problem = Problem::new("The network could not be loaded", "no such file: /models/deleted.onnx");
    assert_eq!(session.apply(Event::Problem { of, problem }), []);
    assert_eq!(session.lasting.network, NetworkFile::Analytic, "the one that is still being opened keeps its own");
    opened(&mut session, collection::images(24));
    assert_eq!(looked_at(&session), (Some(ImageId(7)), 1, Place::LookInside));
}

#[test]
fn what_nobody_has_seen_begins_in_the_first_place_and_what_is_open_stays_where_it_is() {
    let mut session = Session::default();
    session.lasting.place = Place::Check;
    let folder = collection::collection().folder;
    session.act(Open::Folder(folder.clone()));
    opened(&mut session, collection::images(24));
    assert_eq!(session.lasting.place, Place::Explore);
    session.act(Go::To(Place::Groups));
    session.act(Open::Folder(folder));
    opened(&mut session, collection::images(24));
    assert_eq!(session.lasting.place, Place::Groups);
    session.act(Open::Sample(None));
    assert_eq!(session.lasting.place, Place::Explore);
}

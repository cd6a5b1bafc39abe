//! The same pictures opened again through another network.

use std::path::PathBuf;
use std::sync::Arc;

use tiramisu::domain::{Example, ImageId, ImageRecord, Layer};
use tiramisu::engine::{Asked, Collection, Event, Look, NetworkFile, Request};
use tiramisu::session::{Choose, Comparison, Open, Pick, Session};

use super::session;
use crate::support::collection;

/// The same folder through a network with other layers.
fn elsewhere() -> Collection {
    let before = collection::collection();
    let layer = |name: &str| Layer { name: name.into(), ..before.layers[4].clone() };
    Collection {
        network_file: NetworkFile::Analytic,
        layers: vec![layer("first"), layer("last")],
        stored: before
            .stored
            .iter()
            .take(2)
            .map(|of| tiramisu::domain::StoredLayer { layer: "last".into(), ..of.clone() })
            .collect(),
        ..before
    }
}

/// The engine opens the folder again and finds these images; what that makes worth asking.
fn open_again(session: &mut Session, now: Collection, images: Vec<ImageRecord>) -> Vec<Request> {
    let total = images.len();
    let events = [
        Event::Opening(now.folder.clone()),
        Event::Opened(Arc::new(now)),
        Event::Images(images.into()),
        Event::Committed { images: total, version: 2 },
        Event::Walked { total },
    ];
    events.into_iter().flat_map(|event| session.apply(event)).collect()
}

#[test]
fn another_network_keeps_selection_picture_and_undo() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Choose::Click(ImageId(9), Pick::Toggle));
    session.act(Choose::Layer(1));
    let requests = session.act(Open::Through(NetworkFile::Analytic));
    assert!(matches!(&requests[..], [Request::Open(_)]), "{requests:?}");
    let requests = open_again(&mut session, elsewhere(), collection::images(24));

    assert_eq!(session.opened.chosen.selection.iter().collect::<Vec<_>>(), [ImageId(5), ImageId(9)]);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(5)), "who selects a further one looks at nothing else");
    // Layers are that network's own.
    assert_eq!(session.opened.chosen.layer, 1);
    assert!(requests.contains(&Request::Look(Look::Activations { image: ImageId(5), layer: 1 })), "{requests:?}");
    // The choice of a layer is no step any more; those of images are.
    assert!(session.opened.history.can_undo());
    session.act(Choose::Undo);
    assert_eq!(session.opened.chosen.selection.iter().collect::<Vec<_>>(), [ImageId(5)]);
    assert_eq!(session.opened.chosen.layer, 1);
    session.act(Choose::Undo);
    assert_eq!(session.opened.chosen.probe, None);
    assert!(!session.opened.history.can_undo());
    session.act(Choose::Redo);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(5)));
}

#[test]
fn images_with_other_ids_are_followed_by_their_paths() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(20), Pick::Replace));
    session.act(Choose::Click(ImageId(3), Pick::Add));
    session.act(Open::Through(NetworkFile::Analytic));
    // The first picture is gone, and the others have moved up.
    let mut images = collection::images(24);
    images.remove(0);
    images.iter_mut().enumerate().for_each(|(id, image)| image.id = ImageId(id as u32));
    open_again(&mut session, elsewhere(), images);
    assert_eq!(session.opened.chosen.selection.iter().collect::<Vec<_>>(), [ImageId(2), ImageId(19)]);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(2)));
}

#[test]
fn tags_given_before_are_not_given_again_and_can_still_be_taken_back() {
    let mut session = session(24);
    session.act(Choose::Tag { ids: vec![ImageId(4)], tag: "odd".into(), is_on: true });
    session.act(Open::Through(NetworkFile::Analytic));
    let requests = open_again(&mut session, elsewhere(), collection::images(24));
    assert!(!requests.iter().any(|request| matches!(request, Request::Tag { .. })), "{requests:?}");
    let undone = session.act(Choose::Undo);
    let taken = Request::Tag { images: [ImageId(4)].into_iter().collect(), tag: "odd".into(), is_on: false };
    assert!(undone.contains(&taken), "{undone:?}");
}

#[test]
fn what_means_nothing_to_the_other_network_is_let_go() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Choose::Channel(Some(100)));
    session.act(Choose::Comparison(Comparison::Mix(vec![(1, 1.0), (4, 0.5)])));
    session.act(Choose::Like(Some(Example::Cluster { clustering: "kmeans".into(), cluster: 1 })));
    session.act(Open::Through(NetworkFile::Analytic));
    open_again(&mut session, elsewhere(), collection::images(24));
    let chosen = &session.opened.chosen;
    assert_eq!((chosen.channel, &chosen.comparison, &chosen.like), (None, &Comparison::Layer, &None));
}

#[test]
fn other_layers_of_the_same_network_keep_the_layer_that_is_looked_at() {
    let mut session = session(24);
    session.act(Choose::Layer(1));
    session.act(Open::Storing(Some(vec!["relu1".into()])));
    open_again(&mut session, collection::collection(), collection::images(24));
    assert_eq!(session.opened.chosen.layer, 1);
    session.act(Choose::Undo);
    assert_eq!(session.opened.chosen.layer, collection::collection().default_layer());
}

#[test]
fn what_is_chosen_before_the_images_are_there_comes_on_top() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Open::Through(NetworkFile::Analytic));
    let now = elsewhere();
    session.apply(Event::Opening(now.folder.clone()));
    session.apply(Event::Opened(Arc::new(now)));
    let images = collection::images(24);
    session.apply(Event::Images(images[..12].into()));
    session.act(Choose::Click(ImageId(2), Pick::Replace));
    session.apply(Event::Images(images.into()));
    assert_eq!(session.opened.chosen.probe, Some(ImageId(2)));
    session.act(Choose::Undo);
    assert_eq!(session.opened.chosen.probe, None);
    session.act(Choose::Undo);
    assert_eq!(session.opened.chosen.probe, Some(ImageId(5)));
}

#[test]
fn a_network_that_is_changed_twice_in_a_row_keeps_what_was_chosen_before() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Choose::Tag { ids: vec![ImageId(4)], tag: "odd".into(), is_on: true });
    session.act(Open::Through(NetworkFile::Analytic));
    session.apply(Event::Opening(elsewhere().folder));
    session.act(Open::Through(NetworkFile::Builtin));
    session.apply(Event::Opened(Arc::new(elsewhere())));
    session.apply(Event::Images(collection::images(24)[..12].into()));
    // A tag given meanwhile is taken back by itself.
    session.act(Choose::Tag { ids: vec![ImageId(7)], tag: "odd".into(), is_on: true });
    session.apply(Event::Images(collection::images(24).into()));
    let undone = session.act(Choose::Undo);
    let taken = Request::Tag { images: [ImageId(7)].into_iter().collect(), tag: "odd".into(), is_on: false };
    let tags: Vec<&Request> = undone.iter().filter(|request| matches!(request, Request::Tag { .. })).collect();
    assert_eq!(tags, [&taken]);
    open_again(&mut session, collection::collection(), collection::images(24));
    assert_eq!(session.opened.chosen.probe, None, "nobody asked for the folder to be opened now");
}

#[test]
fn pictures_still_on_their_way_are_waited_for_once_more() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Open::Through(NetworkFile::Analytic));
    session.apply(Event::Opening(elsewhere().folder));
    session.apply(Event::Opened(Arc::new(elsewhere())));
    session.act(Open::Through(NetworkFile::Builtin));
    open_again(&mut session, collection::collection(), collection::images(24));
    assert_eq!(session.opened.chosen.probe, Some(ImageId(5)));
}

#[test]
fn another_folder_and_a_network_that_fails_keep_nothing_for_later() {
    let mut session = session(24);
    session.act(Choose::Click(ImageId(5), Pick::Replace));
    session.act(Open::Through(NetworkFile::File("/models/broken.onnx".into())));
    session.apply(Event::Problem {
        of: Asked::Open,
        problem: tiramisu::engine::Problem::new("The network could not be loaded", "it is broken"),
    });
    assert_eq!(session.opened.chosen.probe, Some(ImageId(5)), "nothing has changed");
    let other = Collection { folder: PathBuf::from("/pictures/sea"), ..collection::collection() };
    session.act(Open::Folder(other.folder.clone()));
    open_again(&mut session, other, collection::images(24));
    assert_eq!(session.opened.chosen.probe, None);
    assert!(!session.opened.history.can_undo());
}

#[test]
fn another_network_chosen_while_the_folder_is_still_being_opened_keeps_its_workspace() {
    let mut session = Session::default();
    let workspace = PathBuf::from("/stick/garden");
    session.act(Open::Again { folder: "/pictures/garden".into(), workspace: Some(workspace.clone()), left: None });
    session.apply(Event::Opening("/pictures/garden".into()));
    let requests = session.act(Open::Through(NetworkFile::Analytic));
    assert!(matches!(&requests[..], [Request::Open(open)] if open.workspace == Some(workspace)), "{requests:?}");
}

#[test]
fn opening_again_copies_no_set_of_images_however_many_steps_back_there_are() {
    let mut session = session(24);
    let mut sets = Vec::new();
    for layer in 0..60 {
        session.act(Choose::PickMany((0..=layer % 24).map(ImageId).collect(), Pick::Replace));
        sets.push(session.opened.chosen.selection.clone());
        // Steps that hold the same set, as most do.
        session.act(Choose::NeighbourCount(5 + layer as usize));
    }
    session.act(Open::Through(NetworkFile::Analytic));
    open_again(&mut session, elsewhere(), collection::images(24));
    for set in sets.iter().rev() {
        assert!(session.opened.chosen.selection.is_shared_with(set), "{set:?} was copied");
        session.act(Choose::Undo);
        assert!(session.opened.chosen.selection.is_shared_with(set), "{set:?} was copied by a step back");
        session.act(Choose::Undo);
    }
    assert!(!session.opened.history.can_undo());
}

#[test]
fn steps_back_are_followed_through_every_opening_since() {
    let mut session = session(24);
    let [first, last] = [3, 20].map(|id| collection::images(24)[id].path.clone());
    session.act(Choose::Click(ImageId(3), Pick::Replace));
    session.act(Choose::Click(ImageId(20), Pick::Add));
    session.act(Choose::Click(ImageId(0), Pick::Replace));
    session.act(Choose::Layer(2));
    let without = |gone: usize| {
        let mut images = collection::images(24);
        images.rotate_left(gone);
        images.truncate(24 - gone);
        images.iter_mut().enumerate().for_each(|(id, image)| image.id = ImageId(id as u32));
        images
    };
    session.act(Open::Through(NetworkFile::Analytic));
    open_again(&mut session, elsewhere(), without(1));
    session.act(Open::Through(NetworkFile::Builtin));
    // A picture more is gone, and one is back that has a place at the end now.
    let mut images = without(2);
    images.push(ImageRecord { id: ImageId(22), ..collection::images(24)[0].clone() });
    open_again(&mut session, collection::collection(), images);
    // The picture looked at was gone meanwhile: it is chosen no more, and choosing its layer is no step.
    assert_eq!((session.opened.chosen.probe, session.opened.chosen.selection.len()), (None, 0));
    session.act(Choose::Undo);
    let path = |id: ImageId| session.image(id).expect("an image").path.to_path();
    assert_eq!(session.opened.chosen.selection.iter().map(path).collect::<Vec<_>>(), [first.clone(), last]);
    session.act(Choose::Undo);
    let path = |id: ImageId| session.image(id).expect("an image").path.to_path();
    assert_eq!(session.opened.chosen.probe.map(path), Some(first));
    session.act(Choose::Undo);
    assert_eq!(session.opened.chosen.probe, None);
    assert!(!session.opened.history.can_undo());
    session.act(Choose::Redo);
    session.act(Choose::Redo);
    assert_eq!(session.opened.chosen.selection.len(), 2);
    session.act(Choose::Redo);
    assert!(session.opened.chosen.selection.is_empty() && !session.opened.history.can_redo());
}

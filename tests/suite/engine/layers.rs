//! Layers that are stored by choice, and added later.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tiramisu::domain::{ImageId, Metric, NeighbourWish, Numbers, Pooling, StoredLayer};
use tiramisu::engine::{Event, Look, NetworkFile, OpenWish, Progress, Request, describe};
use tiramisu::store::Workspace;

use super::{first_picture, sample};
use crate::support::listener::{Listener, options};

fn open(folder: &Path, workspace: &Path, layers: Option<&[&str]>, extract: bool) -> Request {
    Request::Open(OpenWish {
        folder: folder.to_path_buf(),
        workspace: Some(workspace.to_path_buf()),
        network: NetworkFile::Analytic,
        layers: layers.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        extract,
    })
}

/// Every vector of the workspace's only table, layer by layer.
fn vectors(workspace: &Path) -> Vec<(StoredLayer, Vec<ImageId>, Numbers)> {
    let description = describe(workspace).expect("a workspace");
    assert_eq!(description.tables.len(), 1, "one table");
    let table = Workspace::open(workspace).and_then(|w| w.read_features(&description.tables[0].name)).expect("a table");
    let mut columns: Vec<StoredLayer> = table.columns().into_iter().map(|(stored, _)| stored).collect();
    columns.sort();
    columns
        .into_iter()
        .map(|stored| {
            let vectors = table.vectors(&stored).expect("vectors");
            (stored, vectors.ids, vectors.matrix.into_values())
        })
        .collect()
}

#[test]
fn layers_stored_by_choice_can_be_read_without_naming_all_of_them() {
    let (dir, folder, workspace) = sample(8);
    let mut listener = Listener::start(options(dir.path()));
    listener.engine.send(open(&folder, &workspace, Some(&["edges/pool"]), true));
    listener.until_extracted();
    for layers in [None, Some(["edges/pool"].as_slice())] {
        listener.images.clear();
        listener.engine.send(open(&folder, &workspace, layers, false));
        let collection = listener.until("the collection", |event| match event {
            Event::Opened(collection) => Some(collection.clone()),
            Event::Problem { problem, .. } => panic!("{problem}"),
            _ => None,
        });
        assert!(collection.stored.iter().all(|stored| stored.layer == "edges/pool") && collection.stored.len() == 2);
    }
    listener.engine.send(open(&folder, &workspace, Some(&["textures/pool"]), false));
    let problem = listener.until_problem();
    assert!(problem.what.contains("not extracted") && !problem.to_string().contains("damaged"), "{problem}");
}

#[test]
fn layers_asked_for_later_are_added_to_the_table_and_equal_those_asked_for_at_first() {
    let (dir, folder, workspace) = sample(30);
    let at_once = dir.path().join("at once");
    let mut listener = Listener::start(options(dir.path()));
    for (place, layers) in [
        (&at_once, ["edges/pool", "textures/pool"].as_slice()),
        (&workspace, &["edges/pool"]),
        (&workspace, &["textures/pool"]),
    ] {
        listener.engine.send(open(&folder, place, Some(layers), true));
        assert!(!listener.until_extracted());
        assert_eq!(listener.problems, []);
    }
    assert_eq!(vectors(&workspace), vectors(&at_once));
    // A new picture gets vectors at all of them, whoever asks.
    std::fs::copy(first_picture(&folder), folder.join("new.png")).expect("a copy");
    listener.engine.send(open(&folder, &workspace, None, true));
    let collection = listener.until_opened();
    assert_eq!(collection.stored.len(), 4, "a choice is remembered by the workspace");
    listener.until_extracted();
    assert!(vectors(&workspace).iter().all(|(_, ids, _)| ids.len() == 31));
}

/// Opens the folder to add layers, and stops that in the middle. Says how many images have them then.
fn begin(listener: &mut Listener, request: Request, workspace: &Path) -> usize {
    listener.engine.send(request);
    let progress = job(listener);
    while progress.done_now() < 24 {
        std::thread::sleep(Duration::from_millis(2));
    }
    progress.cancel();
    assert!(listener.until_extracted(), "it was stopped in time");
    let half_way = describe(workspace).expect("a workspace").tables;
    let begun = half_way.iter().find(|table| table.supplements.is_some()).expect("a table in progress");
    assert!(begun.rows >= 24 && begun.rows < IMAGES && half_way.len() == 2, "{}", begun.rows);
    begun.rows
}

fn job(listener: &mut Listener) -> Arc<Progress> {
    listener.until("a job", |event| match event {
        Event::JobStarted(progress) => Some(progress.clone()),
        _ => None,
    })
}

/// Extracts to the end and says how many pictures went through the network for it.
fn finish(listener: &mut Listener, request: Request) -> usize {
    listener.engine.send(request);
    let progress = job(listener);
    assert!(!listener.until_extracted());
    assert_eq!(listener.problems, []);
    progress.done_now()
}

/// Enough for a job to be stopped in its middle.
const IMAGES: usize = 200;

#[test]
fn adding_layers_goes_on_where_it_was_stopped_without_naming_them_again() {
    let (dir, folder, workspace) = sample(IMAGES);
    let mut listener = Listener::start(options(dir.path()));
    finish(&mut listener, open(&folder, &workspace, Some(&["edges/pool"]), true));
    let begun = begin(&mut listener, open(&folder, &workspace, Some(&["textures/pool"]), true), &workspace);
    let done = finish(&mut listener, open(&folder, &workspace, None, true));
    assert_eq!(done, IMAGES - begun, "nothing is done again");
    let all = vectors(&workspace);
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|(_, ids, _)| ids.len() == IMAGES));
}

#[test]
fn layers_that_were_begun_are_kept_when_others_are_asked_for() {
    let (dir, folder, workspace) = sample(IMAGES);
    let at_once = dir.path().join("at once");
    let mut listener = Listener::start(options(dir.path()));
    finish(&mut listener, open(&folder, &at_once, Some(&["all"]), true));
    finish(&mut listener, open(&folder, &workspace, Some(&["edges/pool"]), true));
    let begun = begin(&mut listener, open(&folder, &workspace, Some(&["textures/pool"]), true), &workspace);
    // What the table has already needs nothing, and leaves what was begun alone.
    assert_eq!(finish(&mut listener, open(&folder, &workspace, Some(&["edges/pool"]), true)), 0);
    // All of them: first those that were begun, then the rest.
    let done = finish(&mut listener, open(&folder, &workspace, Some(&["all"]), true));
    assert_eq!(done, IMAGES - begun + IMAGES, "nothing is done again");
    assert_eq!(vectors(&workspace), vectors(&at_once));
}

#[test]
fn a_picture_that_changes_while_layers_are_half_added_gets_none_of_its_old_vectors() {
    let (dir, folder, workspace) = sample(IMAGES);
    let at_once = dir.path().join("at once");
    let mut listener = Listener::start(options(dir.path()));
    finish(&mut listener, open(&folder, &workspace, Some(&["default"]), true));
    let changed = listener.images[3].path.below(&folder);
    let model = listener.images[150].path.below(&folder);
    begin(&mut listener, open(&folder, &workspace, Some(&["all"]), true), &workspace);
    super::changes::overwrite(&changed, &std::fs::read(model).expect("a picture"));
    finish(&mut listener, open(&folder, &workspace, Some(&["default"]), true));
    finish(&mut listener, open(&folder, &workspace, Some(&["all"]), true));
    finish(&mut listener, open(&folder, &at_once, Some(&["all"]), true));
    assert!(vectors(&workspace) == vectors(&at_once), "some vectors are those of the old picture");
}

#[test]
fn neighbours_can_be_asked_at_a_layer_all_the_while_it_is_being_added() {
    let (dir, folder, workspace) = sample(64);
    let mut listener = Listener::start(options(dir.path()));
    finish(&mut listener, open(&folder, &workspace, Some(&["edges/pool"]), true));
    listener.engine.send(open(&folder, &workspace, Some(&["textures/pool"]), true));
    let source = StoredLayer { layer: "textures/pool".to_owned(), pooling: Pooling::Average };
    let ask = || Look::Neighbours(NeighbourWish::of(ImageId(1), source.clone(), Metric::Cosine, 3));
    let progress = job(&mut listener);
    loop {
        let is_over = progress.has_ended();
        listener.engine.send(Request::Look(ask()));
        let searched = listener.until("neighbours", |event| match event {
            Event::Neighbours(list) => Some(list.searched),
            Event::Problem { problem, .. } => panic!("{problem}"),
            _ => None,
        });
        if is_over {
            assert_eq!(searched, 64);
            return;
        }
    }
}

#[test]
fn a_picture_that_is_gone_keeps_its_vectors_and_lacks_those_of_layers_added_later() {
    let (dir, folder, workspace) = sample(20);
    let mut listener = Listener::start(options(dir.path()));
    listener.engine.send(open(&folder, &workspace, Some(&["edges/pool"]), true));
    listener.until_extracted();
    let picture = first_picture(&folder);
    let away = dir.path().join("away.png");
    std::fs::rename(&picture, &away).expect("the picture is moved away");
    listener.engine.send(open(&folder, &workspace, Some(&["textures/pool"]), true));
    listener.until_extracted();
    let count = |layer: &str| {
        let of_layer = StoredLayer { layer: layer.to_owned(), pooling: Pooling::Average };
        vectors(&workspace).into_iter().find(|(stored, ..)| *stored == of_layer).map(|(_, ids, _)| ids.len())
    };
    assert_eq!((count("edges/pool"), count("textures/pool")), (Some(20), Some(19)));
    assert_eq!(describe(&workspace).expect("a workspace").gone, 1);
    std::fs::rename(&away, &picture).expect("the picture is back");
    listener.engine.send(open(&folder, &workspace, None, true));
    listener.until_extracted();
    assert_eq!((count("edges/pool"), count("textures/pool")), (Some(20), Some(20)));
    assert_eq!(describe(&workspace).expect("a workspace").gone, 0);
}

#[test]
fn a_layer_that_does_not_exist_is_answered_with_those_there_are() {
    let (dir, folder, workspace) = sample(2);
    let mut listener = Listener::start(options(dir.path()));
    listener.engine.send(open(&folder, &workspace, Some(&["edge/pol"]), true));
    let problem = listener.until_problem();
    assert!(problem.what.contains("edge/pol") && problem.why.contains("edges/pool"), "{problem}");
}

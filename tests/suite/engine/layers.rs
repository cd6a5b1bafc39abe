//! Layers that are stored by choice, and added later.

use std::path::Path;

use tiramisu::domain::{ImageId, Pooling, StoredLayer};
use tiramisu::engine::{Event, NetworkFile, OpenRequest, Request, describe};
use tiramisu::store::Workspace;

use super::{first_picture, sample};
use crate::support::listener::{Listener, options};

fn open(folder: &Path, workspace: &Path, layers: Option<&[&str]>, extract: bool) -> Request {
    Request::Open(OpenRequest {
        folder: folder.to_path_buf(),
        workspace: Some(workspace.to_path_buf()),
        network: NetworkFile::Builtin,
        layers: layers.map(|names| names.iter().map(|name| (*name).to_owned()).collect()),
        extract,
    })
}

/// Every vector of the workspace's only table, layer by layer.
fn vectors(workspace: &Path) -> Vec<(StoredLayer, Vec<ImageId>, Vec<half::f16>)> {
    let description = describe(workspace).expect("a workspace");
    assert_eq!(description.tables.len(), 1, "one table");
    let table = Workspace::open(workspace).and_then(|w| w.read_features(&description.tables[0].name)).expect("a table");
    let mut columns: Vec<StoredLayer> = table.columns().into_iter().map(|(stored, _)| stored).collect();
    columns.sort();
    columns
        .into_iter()
        .map(|stored| {
            let vectors = table.vectors(&stored).expect("vectors");
            (stored, vectors.ids, vectors.matrix.values().to_vec())
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
            Event::Problem(problem) => panic!("{problem}"),
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
    let collection = listener.until("the collection", |event| match event {
        Event::Opened(collection) => Some(collection.clone()),
        _ => None,
    });
    assert_eq!(collection.stored.len(), 4, "a choice is remembered by the workspace");
    listener.until_extracted();
    assert!(vectors(&workspace).iter().all(|(_, ids, _)| ids.len() == 31));
}

#[test]
fn adding_layers_goes_on_where_it_was_stopped_without_naming_them_again() {
    let (dir, folder, workspace) = sample(200);
    let mut listener = Listener::start(options(dir.path()));
    listener.engine.send(open(&folder, &workspace, Some(&["edges/pool"]), true));
    listener.until_extracted();
    listener.engine.send(open(&folder, &workspace, Some(&["textures/pool"]), true));
    let progress = listener.until("a job", |event| match event {
        Event::JobStarted(progress) => Some(progress.clone()),
        _ => None,
    });
    while progress.done_now() < 24 {
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    listener.engine.send(Request::Cancel);
    let was_cancelled = listener.until_extracted();
    let half_way = describe(&workspace).expect("a workspace").tables;
    let begun = half_way.iter().find(|table| table.supplements.is_some());
    if was_cancelled && let Some(begun) = begun {
        assert!(begun.rows >= 24 && half_way.len() == 2, "{}", begun.rows);
    }
    listener.engine.send(open(&folder, &workspace, None, true));
    assert!(!listener.until_extracted());
    let all = vectors(&workspace);
    assert_eq!(all.len(), 4);
    assert!(all.iter().all(|(_, ids, _)| ids.len() == 200));
    assert_eq!(listener.problems, []);
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

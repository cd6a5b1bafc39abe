//! Which image stands for a collection.

use tiramisu::analysis::representative::representative;
use tiramisu::domain::{ImageId, Pooling, StoredLayer};
use tiramisu::engine::{Event, Look, Request};
use tiramisu::store::Workspace;

use super::extracted;
use crate::support::listener::Listener;

fn ask(listener: &mut Listener, source: &StoredLayer) -> Option<ImageId> {
    listener.engine.send(Request::Look(Look::Representative { source: source.clone() }));
    listener.until("an answer", |event| match event {
        Event::Representative(image) => Some(*image),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    })
}

#[test]
fn it_is_found_in_the_vectors_and_is_always_the_same() {
    let (_dir, workspace, mut listener, collection) = extracted(90);
    let is_average = |stored: &&StoredLayer| stored.pooling == Pooling::Average;
    let source = collection.stored.iter().rfind(is_average).expect("a stored layer").clone();
    let workspace = Workspace::open(&workspace).expect("a workspace");
    let table = workspace.feature_tables().expect("tables")[0].table.clone();
    let vectors = workspace.read_features(&table).expect("a table").vectors(&source).expect("vectors");
    // There are fewer than are looked at: all are.
    let rows: Vec<Vec<f32>> = (0..vectors.ids.len()).map(|row| vectors.matrix.row(row).iter().collect()).collect();
    let labels: Vec<Option<&str>> = vectors.ids.iter().map(|id| listener.images[id.index()].label.as_deref()).collect();
    let expected = representative(&labels, &rows).map(|row| vectors.ids[row]);
    assert!(expected.is_some());
    assert_eq!(ask(&mut listener, &source), expected);
    assert_eq!(ask(&mut listener, &source), expected);
    let unknown = StoredLayer { layer: "no such layer".to_owned(), ..source };
    assert_eq!(ask(&mut listener, &unknown), None);
}

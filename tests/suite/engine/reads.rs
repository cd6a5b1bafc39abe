//! What a question asks of the disk.

use tiramisu::domain::{ImageId, Metric, NeighbourWish};
use tiramisu::engine::{EngineOptions, Event, Look, NeighbourList, NetworkFile, Request};
use tiramisu::store::Workspace;

use super::extracted;
use super::indices::append;
use crate::support::listener::{Listener, options};

const IMAGES: u32 = 4800;
const QUESTIONS: u64 = 8;

/// What the third question reads when layers are asked in turn, of bytes of vectors; and the bytes of its layer.
fn read_again(vector_bytes: usize) -> [u64; 2] {
    let (dir, workspace, listener, collection) = extracted(12);
    let folder = collection.folder.clone();
    let mut of =
        Workspace::open(&workspace).expect("a workspace").feature_tables().expect("tables")[0].spec.columns.clone();
    of.sort_by_key(|(_, channels)| std::cmp::Reverse(*channels));
    drop(listener);
    append(&workspace, IMAGES - 12);
    let mut listener = Listener::start(EngineOptions { vector_bytes, ..options(dir.path()) });
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    listener.until("the collection", |event| matches!(event, Event::Tags(_)).then_some(()));
    let wish = |image: u32, layer: usize| NeighbourWish::of(ImageId(image), of[layer].0.clone(), Metric::Cosine, 10);
    neighbours(&mut listener, &wish(20, 0));
    neighbours(&mut listener, &wish(20, 1));
    let before = listener.engine.reads().expect("something is open");
    neighbours(&mut listener, &wish(40, 0));
    let after = listener.engine.reads().expect("something is open");
    [after.bytes - before.bytes, u64::from(IMAGES) * of[0].1 as u64 * 2]
}

#[test]
fn as_many_vectors_are_kept_as_was_wished_for() {
    let [read, column] = read_again(1);
    assert!(read > column / 2, "{read} of {column}: they were let go for those of the other layer");
    let [read, column] = read_again(256 << 20);
    assert!(read < column / 10, "{read} of {column}");
}

fn neighbours(listener: &mut Listener, wish: &NeighbourWish) -> NeighbourList {
    listener.engine.send(Request::Look(Look::Neighbours(wish.clone())));
    listener.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(list.clone()),
        Event::Problem { problem, .. } => panic!("{problem}"),
        _ => None,
    })
}

#[test]
fn questions_open_no_table_and_read_the_vectors_of_a_layer_once_for_all_of_them() {
    let (dir, workspace, listener, collection) = extracted(12);
    let folder = collection.folder.clone();
    // The widest vectors: what is read of them stands out from what is read beside them.
    let of =
        Workspace::open(&workspace).expect("a workspace").feature_tables().expect("tables")[0].spec.columns.clone();
    let (source, channels) = of.into_iter().max_by_key(|(_, channels)| *channels).expect("a stored layer");
    drop(listener);
    append(&workspace, IMAGES - 12);
    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    listener.until("the collection", |event| matches!(event, Event::Tags(_)).then_some(()));
    let whole_column = u64::from(IMAGES) * channels as u64 * 2;

    let wish = |image: u64| NeighbourWish::of(ImageId(40 * image as u32 + 20), source.clone(), Metric::Cosine, 10);
    assert!(neighbours(&mut listener, &wish(0)).is_exact);
    let before = listener.engine.reads().expect("something is open");
    for image in 1..=QUESTIONS {
        neighbours(&mut listener, &wish(image));
    }
    let after = listener.engine.reads().expect("something is open");
    println!("{before:?} to {after:?}; the column has {whole_column} bytes");
    assert_eq!(after.opens, before.opens, "a question opened a table");
    assert!(after.bytes - before.bytes < whole_column / 10, "{before:?} {after:?}");
}

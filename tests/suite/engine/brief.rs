//! An engine for who asks one question and goes.

use tiramisu::domain::{ImageId, ImagePath, ImageRecord, Metric, NeighbourWish};
use tiramisu::engine::{EngineOptions, Event, ImagesWish, Look, NetworkFile, Request};
use tiramisu::gpu::Compute;
use tiramisu::store::Reads;

use super::extracted;
use super::indices::append;
use crate::support::listener::{Listener, options};

const IMAGES: u32 = 9000;

#[test]
fn a_brief_engine_tells_nothing_unasked_and_answers_as_any_other_and_reads_little_the_second_time() {
    let (dir, workspace, listener, collection) = extracted(12);
    let (folder, source) = (collection.folder.clone(), collection.stored[0].clone());
    drop(listener);
    append(&workspace, IMAGES - 12);
    let path = "generated/06000.png";
    let wish = NeighbourWish::of(ImageId(6000), source, Metric::Cosine, 5);

    let mut others = Listener::start(options(dir.path()));
    others.open(&folder, &workspace, NetworkFile::Analytic, false);
    others.engine.send(Request::Look(Look::Neighbours(wish.clone())));
    let expected = others.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(list.neighbours.clone()),
        _ => None,
    });
    let expected_image = others.images[6000].clone();
    drop(others);

    let brief = || EngineOptions { is_brief: true, compute: Compute::Auto, ..options(dir.path()) };
    // What is read until one image is known by its path, and two by their numbers.
    let ask = || -> (Listener, Vec<ImageRecord>, Reads) {
        let mut listener = Listener::start(brief());
        listener.open(&folder, &workspace, NetworkFile::Analytic, false);
        let at = ImagesWish::At(ImagePath { text: path.to_owned(), raw: None });
        for wish in [at, ImagesWish::These(vec![ImageId(7), ImageId(6000)])] {
            listener.engine.send(Request::TellImages(wish));
        }
        let mut known = Vec::new();
        let device = listener.until("what is known", |event| {
            assert!(!matches!(event, Event::Found(_) | Event::Tags(_) | Event::Results { .. }), "{event:?}");
            match event {
                Event::Opened(collection) => known.push(Err(collection.device.clone())),
                Event::Known(images) => known.push(Ok(images.clone())),
                _ => {}
            }
            (known.len() == 3).then(|| known[0].clone().expect_err("the collection came first"))
        });
        assert_eq!(device, "", "a device was opened");
        let images = known.drain(1..).flat_map(|images| images.expect("images")).collect();
        let reads = listener.engine.reads().expect("something is open");
        (listener, images, reads)
    };
    let (listener, images, first) = ask();
    let ids: Vec<u32> = images.iter().map(|image| image.id.0).collect();
    assert_eq!((ids, &images[0], &images[2]), (vec![6000, 7, 6000], &expected_image, &expected_image));
    drop(listener);
    let (mut listener, again, second) = ask();
    println!("{first:?}, then {second:?}");
    assert_eq!(again, images);
    assert!(second.bytes < first.bytes, "{first:?}, then {second:?}");
    assert!(second.opens <= 2, "the images and the vectors: {second:?}");

    listener.engine.send(Request::Look(Look::Neighbours(wish)));
    let found = listener.until("neighbours", |event| match event {
        Event::Neighbours(list) => Some(list.neighbours.clone()),
        _ => None,
    });
    assert_eq!(found, expected);
    // All are told to who wants all.
    listener.engine.send(Request::TellImages(ImagesWish::All));
    let total = listener.until("all images", |event| match event {
        Event::Walked { total } => Some(*total),
        _ => None,
    });
    assert_eq!((total, listener.images.len()), (IMAGES as usize, IMAGES as usize));
    listener.engine.send(Request::TellTags);
    listener.until("the tags", |event| matches!(event, Event::Tags(_)).then_some(()));
    assert_eq!(listener.problems, []);
}

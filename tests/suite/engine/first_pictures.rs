//! What is told of many images while most of them are still to be read.

use tiramisu::domain::ImageId;
use tiramisu::engine::{Event, Look, NetworkFile, Request};

use super::extracted;
use super::indices::append;
use crate::support::listener::{Listener, options};

const PICTURES: u32 = 12;
const IMAGES: u32 = 9000;

#[test]
fn the_first_images_are_told_before_the_others_are_read_and_then_show_their_pictures() {
    let (dir, workspace, listener, collection) = extracted(PICTURES as usize);
    let folder = collection.folder.clone();
    drop(listener);
    append(&workspace, IMAGES - PICTURES);

    let mut listener = Listener::start(options(dir.path()));
    listener.open(&folder, &workspace, NetworkFile::Analytic, false);
    let first = listener.until("the first images", |event| match event {
        Event::Images(images) => Some(images.len()),
        _ => None,
    });
    assert!((PICTURES as usize..IMAGES as usize / 2).contains(&first), "{first} images are waited for");
    let asked: Vec<ImageId> = (0..PICTURES).map(ImageId).collect();
    listener.engine.send(Request::Look(Look::Thumbnails(asked.clone())));
    let (mut told, mut shown) = (vec![first], Vec::new());
    listener.until("all images, and pictures of the first", |event| {
        match event {
            Event::Images(images) => told.push(images.len()),
            Event::Thumbnails(pictures) => shown.extend(pictures.iter().map(|picture| picture.id)),
            _ => {}
        }
        (told.last() == Some(&(IMAGES as usize)) && shown.len() >= asked.len()).then_some(())
    });
    assert!(told.is_sorted() && told.len() > 2, "portion by portion: {told:?}");
    shown.sort_unstable();
    assert_eq!(shown, asked);
}

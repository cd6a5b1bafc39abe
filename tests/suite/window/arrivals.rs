//! What came into the folder, was changed there or went is seen before it is taken in.

use std::sync::Arc;

use egui_kittest::kittest::Queryable;
use tiramisu::domain::{ImageId, ImagePath};
use tiramisu::engine::{Asked, Collection, Event, FolderChange, FolderPictures, Problem, Request};

use crate::support::collection;
use crate::support::window::{Setup, Window};

use super::{FIRST, SECOND};

const EXTRACT: &str = "Extract what happened in the folder";
const HIDE: &str = "Hide what happened in the folder";

fn happened(added: &[&str], changed: &[u32], removed: &[u32]) -> [Event; 2] {
    let ids = |ids: &[u32]| ids.iter().copied().map(ImageId).collect();
    let change = FolderChange { added: added.len(), changed: changed.len(), removed: removed.len(), is_more: false };
    let added = added.iter().map(|path| ImagePath { text: (*path).to_owned(), raw: None }).collect();
    let pictures = FolderPictures { added, changed: ids(changed), removed: ids(removed) };
    [Event::FolderChanged(change), Event::FolderPictures(Arc::new(pictures))]
}

/// Whether a new picture has its place, whether it was read or not.
fn shows_new(window: &Window, path: &str) -> bool {
    window.has(&format!("New: {path}")) || window.has(&format!("New, cannot be read: {path}"))
}

#[test]
fn new_pictures_are_seen_at_once_and_extracted_when_that_is_wished() {
    let mut window = Window::with_images(24, Setup::default());
    assert!(!window.has(EXTRACT), "nothing happened");
    window.tell(happened(&["came/a.png", "came/b.png"], &[], &[]));
    window.settle();
    let said = window.names().iter().filter(|name| *name == "In the folder: 2 new").count();
    assert_eq!(said, 2, "above the gallery and at the foot of the window: {:?}", window.names());
    assert!(shows_new(&window, "came/a.png") && shows_new(&window, "came/b.png"), "{:?}", window.names());
    assert_eq!(window.session().opened.images.len(), 24, "none of it is taken in");
    window.forget_sent();
    window.click(EXTRACT);
    assert!(window.sent().iter().any(|request| matches!(request, Request::Extract)), "{:?}", window.sent());
    window.tell([Event::JobEnded { cancelled: false }]);
    window.settle();
    assert!(!window.has(EXTRACT) && !shows_new(&window, "came/a.png"), "it is taken in: {:?}", window.names());
}

#[test]
fn a_new_picture_is_read_from_the_folder_and_one_that_cannot_be_read_hides_no_other() {
    let dir = tempfile::tempdir().expect("a folder");
    image::RgbImage::from_pixel(30, 20, image::Rgb([200, 40, 40])).save(dir.path().join("a.png")).expect("a picture");
    std::fs::write(dir.path().join("b.png"), "no picture").expect("a file");
    let mut window = Window::with_images(24, Setup::default());
    window.tell(collection::opened(24).into_iter().map(|event| match event {
        Event::Opened(_) => {
            Event::Opened(Arc::new(Collection { folder: dir.path().to_owned(), ..collection::collection() }))
        }
        other => other,
    }));
    window.settle();
    window.tell(happened(&["a.png", "b.png"], &[], &[]));
    window.settle();
    let size = |window: &Window, name: &str| window.harness.get_by_label(name).rect().size();
    const BROKEN: &str = "New, cannot be read: b.png";
    // Until it is read its place is a square.
    window.wait_until("the pictures", |window| {
        window.has(BROKEN) && size(window, "New: a.png").x > size(window, "New: a.png").y
    });
    window.picture("arrivals");
    let read = size(&window, "New: a.png");
    assert!((read.x / read.y - 1.5).abs() < 0.05, "as wide and high as it is: {read:?}");
    // It was still on its way: it is read again.
    image::RgbImage::from_pixel(20, 30, image::Rgb([40, 40, 200])).save(dir.path().join("b.png")).expect("a picture");
    window.wait_until("the picture that is whole by now", |window| {
        window.has("New: b.png") && size(window, "New: b.png").y > size(window, "New: b.png").x
    });
}

#[test]
fn pictures_that_were_changed_or_removed_are_marked_wherever_they_are_shown() {
    let mut window = Window::with_images(24, Setup::default());
    window.tell(happened(&[], &[0], &[1]));
    window.settle();
    window.picture("arrivals_marked");
    for (name, word) in [(FIRST, "changed"), (SECOND, "removed")] {
        assert!(window.has(&format!("{name} ({word})")), "{word}: {:?}", window.names());
    }
    window.harness.get_by_label(&format!("{SECOND} (removed)")).hover();
    window.settle();
    window.harness.get_by_label("Its file is no longer in the folder. What is known of it is still here.");
    // The tooltip names it, too.
    window.harness.hover_at(eframe::egui::pos2(-10.0, -10.0));
    window.tell(happened(&[], &[], &[]));
    window.settle();
    assert!(window.has(FIRST) && window.has(SECOND), "put back as they were: {:?}", window.names());
}

#[test]
fn what_was_read_is_hidden_until_something_else_happens() {
    let mut window = Window::with_images(24, Setup::default());
    window.tell(happened(&[], &[], &[1]));
    window.settle();
    assert!(window.has("Mark as gone what happened in the folder"), "{:?}", window.names());
    window.click(HIDE);
    assert!(!window.has(HIDE), "{:?}", window.names());
    window.tell(happened(&["a.png"], &[], &[1]));
    window.settle();
    assert!(window.has(HIDE) && shows_new(&window, "a.png"), "{:?}", window.names());
}

#[test]
fn what_a_failed_extraction_did_not_take_in_is_still_told() {
    let mut window = Window::with_images(24, Setup::default());
    window.tell(happened(&["came/a.png"], &[], &[1]));
    window.settle();
    window.tell([
        Event::Problem {
            of: Asked::Extract,
            problem: Problem::new("The features could not be stored", "no space is left"),
        },
        Event::JobEnded { cancelled: false },
    ]);
    window.settle();
    assert!(window.has(EXTRACT) && shows_new(&window, "came/a.png"), "{:?}", window.names());
    assert!(window.has(&format!("{SECOND} (removed)")), "{:?}", window.names());
}

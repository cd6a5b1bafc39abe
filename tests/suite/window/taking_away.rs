//! What the window asks before something is taken away.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::Key;
use tiramisu::domain::{ClassesBy, ImageId, MapPicture, Tags};
use tiramisu::engine::{Event, ExportFormat, MoveCounts, MoveWish, Request};
use tiramisu::session::{Choose, Pick};
use tiramisu::ui::Question;

use super::FIRST;
use crate::support::window::{Setup, Window};

#[test]
fn the_map_as_a_picture_is_drawn_as_the_person_says() {
    let target = PathBuf::from("/home/ada/map.png");
    let mut window = Window::with_images(60, Setup { answer: Some(target.clone()), ..Setup::default() });
    window.click(FIRST);
    window.click("Export");
    window.click("Export the map as a picture…");
    assert_eq!(*window.questions.borrow(), [], "first it is asked how");
    window.click("small pictures");
    window.click("to print");
    window.click("Choose where…");
    assert_eq!(*window.questions.borrow(), [Question::Export(ExportFormat::Png)]);
    let sent = window.sent();
    let Some(Request::Export(export)) = sent.last() else { panic!("{sent:?}") };
    assert_eq!(export.dataset.map, MapPicture { width_px: 4096, with_pictures: true, ..MapPicture::default() });
    assert_eq!((&export.target, export.images.len(), export.map.is_some()), (&target, 1, true));

    window.click("Export");
    window.click("Export the map as a picture…");
    window.click("Cancel");
    assert_eq!(window.questions.borrow().len(), 1, "nothing is asked any more");
    assert!(!window.has("Choose where…"));
}

#[test]
fn files_are_moved_only_after_the_person_saw_what_that_does() {
    let target = PathBuf::from("/home/ada/sorted");
    let mut window = Window::with_images(60, Setup { answer: Some(target.clone()), ..Setup::default() });
    window.tell([Event::Tags(Arc::new(Tags { images: [("odd".to_owned(), vec![ImageId(0)])].into() }))]);
    window.settle();
    window.act(Choose::PickMany(vec![ImageId(0), ImageId(1)], Pick::Replace));
    window.click("File");
    window.click("Move files into folders…");
    assert!(window.has("The files of 2 pictures are moved, each into a folder for its"), "{:?}", window.names());
    window.click("tag");
    window.click("Choose the folder…");
    assert_eq!(*window.questions.borrow(), [Question::MoveInto]);
    let wish = MoveWish { images: vec![ImageId(0), ImageId(1)], by: ClassesBy::Tag, target, is_agreed: false };
    assert_eq!(window.sent().last(), Some(&Request::MoveFiles(wish.clone())));

    let counts = MoveCounts {
        wish: wish.clone(),
        files: 3,
        folders: 1,
        renamed: 0,
        in_place: 0,
        leaving: 1,
        relabelled: 2,
        left: vec![("/home/ada/b.jpg".to_owned(), "it is in no class, and so in no folder".to_owned())],
    };
    let ask = |window: &mut Window| {
        window.tell([Event::MoveToConfirm(Arc::new(counts.clone()))]);
        window.settle();
        for said in ["1 would leave the folder", "2 would have the name of the new folder as label"] {
            assert!(window.names().iter().any(|name| name.contains(said)), "{said}: {:?}", window.names());
        }
    };
    window.forget_sent();
    ask(&mut window);
    window.click("Leave them where they are");
    assert_eq!(window.session().opened.move_to_confirm, None);
    ask(&mut window);
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(!window.sent().iter().any(|sent| matches!(sent, Request::MoveFiles(_))), "no is no");
    ask(&mut window);
    window.click("Move 3 files");
    assert_eq!(window.sent().last(), Some(&Request::MoveFiles(MoveWish { is_agreed: true, ..wish })));
}

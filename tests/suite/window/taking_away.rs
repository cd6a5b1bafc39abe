//! What the window asks before something is taken away.

use std::path::PathBuf;

use tiramisu::domain::MapPicture;
use tiramisu::engine::{ExportFormat, Request};
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
    assert_eq!(export.dataset.map, MapPicture { width_px: 4096, with_pictures: true });
    assert_eq!((&export.target, export.images.len(), export.map.is_some()), (&target, 1, true));

    window.click("Export");
    window.click("Export the map as a picture…");
    window.click("Cancel");
    assert_eq!(window.questions.borrow().len(), 1, "nothing is asked any more");
    assert!(!window.has("Choose where…"));
}

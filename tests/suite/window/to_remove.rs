//! What a person decided to remove is hidden, and can be seen again.

use std::sync::Arc;

use egui_kittest::kittest::Queryable;
use tiramisu::domain::{Filter, ImageId, ImageRecord, Tags};
use tiramisu::engine::{Event, Request};
use tiramisu::session::Choose;

use crate::support::collection;
use crate::support::window::{Setup, Window};

use super::{FIRST, SECOND};

fn to_remove(images: &[u32]) -> Event {
    let images = images.iter().copied().map(ImageId).collect();
    Event::Tags(Arc::new(Tags::from([("to remove".to_owned(), images)])))
}

#[test]
fn what_is_to_be_removed_is_hidden_until_it_is_wished_to_be_seen() {
    let mut window = Window::with_images(60, Setup::default());
    assert!(window.has(FIRST) && window.has(SECOND));
    let mentions =
        |window: &Window| window.names().iter().any(|name| name.starts_with("Show ") && name.ends_with("to remove"));
    assert!(!mentions(&window), "nothing is: {:?}", window.names());
    window.tell([to_remove(&[0, 3])]);
    window.settle();
    assert!(!window.has(FIRST) && window.has(SECOND), "{:?}", window.names());
    window.act(Choose::SelectAll);
    assert_eq!(window.session().opened.chosen.selection.len(), 58, "who selects all selects what is shown");
    window.harness.get_by_label("Show 2 pictures to remove").hover();
    window.settle();
    window.harness.get_by_label("You decided to remove 2 pictures: click to see them again. No file is touched");
    window.click("Show 2 pictures to remove");
    assert!(window.has(FIRST));
    window.click("Hide 2 pictures to remove");
    assert!(!window.has(FIRST));
    window.act(Choose::Undo);
    assert!(window.has(FIRST) && window.has("Hide 2 pictures to remove"), "the last choice is taken back");
    assert!(window.session().opened.history_in_words(1)[0].contains("Showed what is to be removed"));
    window.act(Choose::Undo);
    // Pictures that come later are shown.
    let mut images = window.session().opened.images.clone();
    let last = ImageRecord { id: ImageId(60), ..collection::image(59, 5) };
    images.extend([last.borrowed()]);
    window.tell([Event::Images(images), Event::Walked { total: 61 }]);
    window.settle();
    assert_eq!(window.session().opened.shown.len(), 59);
}

#[test]
fn a_decision_that_is_taken_back_brings_the_picture_back() {
    let mut window = Window::with_images(60, Setup::default());
    window.forget_sent();
    window.act(Choose::Tag { ids: vec![ImageId(0)], tag: "to remove".to_owned(), is_on: true });
    window.tell([to_remove(&[0])]);
    window.settle();
    assert!(!window.has(FIRST));
    window.act(Choose::Undo);
    let images = [ImageId(0)].into_iter().collect();
    let taken = Request::Tag { images, tag: "to remove".to_owned(), is_on: false };
    assert!(window.sent().contains(&taken), "{:?}", window.sent());
    window.tell([Event::Tags(Arc::default())]);
    window.settle();
    assert!(window.has(FIRST) && !window.has("Show 1 picture to remove"));
}

#[test]
fn whoever_asks_for_what_is_to_be_removed_sees_it() {
    let mut window = Window::with_images(60, Setup::default());
    window.tell([to_remove(&[0, 3])]);
    window.settle();
    assert_eq!(window.session().opened.hidden().map(|hidden| hidden.len()), Some(2));
    let predicate = "tag('to remove')".to_owned();
    window.act(Choose::Filter(Filter { predicate, ..Filter::default() }));
    assert!(window.session().opened.hidden().is_none());
    assert!(!window.has("Show 2 pictures to remove"), "they are asked for");
    // Not whoever only says the same words.
    for predicate in ["label = 'to remove'", "path like '%to remove%'", "not tag('to remove')"] {
        window.act(Choose::Filter(Filter { predicate: predicate.to_owned(), ..Filter::default() }));
        assert_eq!(window.session().opened.hidden().map(|hidden| hidden.len()), Some(2), "{predicate}");
        window.act(Choose::Undo);
        assert!(window.session().opened.hidden().is_none(), "taken back, they are asked for again");
    }
    window.act(Choose::Filter(Filter::default()));
    assert!(window.has("Show 2 pictures to remove"));
    assert!(!window.has(FIRST));
}

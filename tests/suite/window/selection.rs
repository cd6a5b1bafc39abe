//! What the tray of the selection does with all views: nothing but what is selected, and selections saved by a name.

use std::sync::Arc;

use eframe::egui::{Event as Input, Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{Filter, ImageId, Tags};
use tiramisu::engine::{Event, Request};
use tiramisu::session::{Choose, Pick};
use tiramisu::ui::Settings;

use crate::support::window::{Setup, Window};

use super::{FIRST, THIRD};

fn selected(window: &Window) -> Vec<u32> {
    window.session().opened.chosen.selection.iter().map(|id| id.0).collect()
}

fn pick(ids: &[u32]) -> Choose {
    Choose::PickMany(ids.iter().copied().map(ImageId).collect(), Pick::Replace)
}

fn shown(window: &Window) -> Vec<u32> {
    let mut shown: Vec<u32> = window.session().opened.shown.iter().map(|id| id.0).collect();
    shown.sort_unstable();
    shown
}

#[test]
fn only_what_is_selected_is_shown_everywhere_until_its_chip_is_clicked() {
    let size = vec2(1600.0, 900.0);
    let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
    window.harness.key_press_modifiers(Modifiers::ALT, Key::T);
    window.settle();
    window.act(Choose::ClearSelection);
    assert!(window.harness.get_by_label("Show only the selected").accesskit_node().is_disabled());
    window.act(pick(&[2, 3, 30]));
    window.click("Show only the selected");
    assert_eq!((shown(&window), selected(&window)), (vec![2, 3, 30], vec![2, 3, 30]));
    assert!(window.has(THIRD) && !window.has(FIRST), "{:?}", window.names());
    let rows = window.names().iter().filter(|name| name.starts_with("Row ")).count();
    assert_eq!(rows, 3, "in the table, too: {:?}", window.names());
    window.harness.get_by_label("3 of 60 shown");
    // It is a filter beside others: what else is selected or looked for leaves it as it is.
    window.act(pick(&[3]));
    assert_eq!(shown(&window), [2, 3, 30]);
    window.act(Choose::Filter(Filter { text: "blobs".into(), ..window.session().opened.chosen.filter.clone() }));
    assert_eq!(shown(&window), [2, 3]);
    window.click("Show more than 3 pictures");
    assert_eq!(shown(&window), [0, 1, 2, 3, 4], "the name is still looked for");
    assert_eq!(window.session().opened.history_in_words(1), ["Showed all again, not only the selected"]);
    window.act(Choose::Undo);
    assert_eq!(shown(&window), [2, 3]);
    assert_eq!(
        window.session().opened.history_in_words(2),
        ["Searched for “blobs”", "Took 2 pictures out of the selection, now 1 picture"]
    );
    // Keys take it back, too, and the table's way to all rows.
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    window.settle();
    assert_eq!(shown(&window), [0, 1, 2, 3, 4]);
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::F);
    window.settle();
    assert_eq!(shown(&window), [3]);
    window.click("Take the filter away");
    assert_eq!(window.session().opened.shown.len(), 60);
}

#[test]
fn the_name_of_a_selection_is_written_at_once_and_what_is_wrong_with_it_stands_beneath_the_field() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    window.act(pick(&[1, 2, 3]));
    window.forget_sent();
    window.click("Saved selections");
    let name = "Save the selection as";
    assert!(window.harness.get_by_label(name).is_focused());
    window.harness.event(Input::Text(" ".to_owned()));
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    let (field, why) = (window.harness.get_by_label(name).rect(), "a selection needs a name");
    let why = window.harness.get_by_label(why).rect();
    assert!(why.top() >= field.bottom() - 1.0 && why.top() < field.bottom() + 16.0, "{why:?} beneath {field:?}");
    window.harness.event(Input::Text("good".to_owned()));
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    let saved = |request: &Request| matches!(request, Request::Tag { tag, is_on: true, .. } if tag == "selection:good");
    assert!(window.sent().iter().any(saved), "{:?}", window.sent());
}

#[test]
fn what_is_wrong_with_a_name_is_not_said_of_another_field_or_of_another_name() {
    let mut window = Window::with_images(60, Setup { size: vec2(1800.0, 1100.0), ..Setup::default() });
    let images = [("selection:good".to_owned(), [ImageId(4)].into_iter().collect())];
    window.tell([Event::Tags(Arc::new(images.into_iter().collect::<Tags>()))]);
    window.act(pick(&[1, 2, 3]));
    window.click("Saved selections");
    let why = "a selection needs a name";
    let enter_nothing = |window: &mut Window| {
        window.harness.event(Input::Text(" ".to_owned()));
        window.settle();
        window.harness.key_press(Key::Enter);
        window.settle();
        assert!(window.has(why), "{:?}", window.names());
    };
    enter_nothing(&mut window);
    window.press("Rename saved good");
    assert!(window.has("New name") && !window.has(why), "{:?}", window.names());
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.settle();
    enter_nothing(&mut window);
    window.harness.event(Input::Text("better".to_owned()));
    window.settle();
    assert!(window.has("New name") && !window.has(why), "{:?}", window.names());
}

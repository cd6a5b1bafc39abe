//! While the system's dialog is waited for, which takes a moment to come.

use eframe::egui::{Event as Input, Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::engine::Request;
use tiramisu::session::{Choose, Place};
use tiramisu::ui::Question;

use crate::support::window::{Setup, Window};

const WAITING: &str = "Waiting for the system's dialog";

/// On the sheet that F1 shows.
const SHORTCUT: &str =
    "Select with a rubber band; with Shift add, with Alt take out, with both narrow: only what is in both stays";

/// A window that has asked for a folder, and no dialog has come yet.
fn asked() -> Window {
    let mut window = Window::with_images(60, Setup { answers_later: true, ..Setup::default() });
    window.act(Choose::ClearSelection);
    assert!(!window.has(WAITING), "{:?}", window.names());
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.settle();
    assert_eq!(*window.questions.borrow(), [Question::Folder]);
    window
}

/// What somebody types who believes that the dialog is there.
fn type_ahead(window: &mut Window) {
    for (modifiers, key) in [(Modifiers::COMMAND, Key::A), (Modifiers::COMMAND, Key::Num4), (Modifiers::NONE, Key::F1)]
    {
        window.harness.key_press_modifiers(modifiers, key);
        window.settle();
    }
}

fn selected(window: &Window) -> usize {
    window.session().opened.chosen.selection.len()
}

#[test]
fn keys_do_nothing_until_the_systems_dialog_has_answered_and_the_window_says_so() {
    let mut window = asked();
    window.picture("waiting_for_a_dialog");
    assert!(window.has(WAITING) && window.has("Open a folder of pictures"), "{:?}", window.names());
    // The keys themselves are the window's where nothing is waited for.
    let mut other = Window::with_images(60, Setup::default());
    other.act(Choose::ClearSelection);
    type_ahead(&mut other);
    assert_eq!(selected(&other), 60);
    assert!(other.session().lasting.place != Place::Explore && other.has(SHORTCUT), "{:?}", other.names());
    type_ahead(&mut window);
    assert_eq!((selected(&window), window.session().lasting.place), (0, Place::Explore));
    assert!(!window.has(SHORTCUT), "{:?}", window.names());
    window.harness.get_by_label("Filter by name").focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Filter by name").type_text("/home/ada/pictures");
    window.harness.run_steps(30);
    type_ahead(&mut window);
    assert_eq!(window.session().lasting.place, Place::Explore);
    assert_eq!(window.session().opened.chosen.filter.text, "", "nor is it written anywhere");
    window.decline_dialog();
    assert!(!window.has(WAITING), "{:?}", window.names());
    assert_eq!(
        (selected(&window), window.session().opened.chosen.filter.text.as_str()),
        (0, ""),
        "nor is it made up for"
    );
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::I);
    window.settle();
    assert_eq!(selected(&window), 60, "from now on the keys are the window's");
}

#[test]
fn what_is_typed_in_the_frame_that_asks_for_a_folder_is_not_the_windows() {
    let mut window = Window::with_images(60, Setup { answers_later: true, ..Setup::default() });
    window.act(Choose::ClearSelection);
    let pressed =
        |key| Input::Key { key, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::COMMAND };
    window.harness.input_mut().events.extend([pressed(Key::O), pressed(Key::I)]);
    window.settle();
    assert_eq!((window.questions.borrow().len(), selected(&window)), (1, 0));
}

/// The keys that ask for a folder.
fn ask() -> Input {
    Input::Key { key: Key::O, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::COMMAND }
}

/// Those, and what is typed behind them in the same frame.
fn ask_and_type(window: &mut Window, typed: &[&str]) {
    let typed = typed.iter().map(|text| Input::Text((*text).to_owned()));
    window.harness.input_mut().events.extend(std::iter::once(ask()).chain(typed));
    window.settle();
}

#[test]
fn what_was_typed_for_a_dialog_that_the_desktop_lacks_is_written_where_the_path_is_asked_for() {
    let written = |window: &Window| {
        let field = window.harness.get_by_label("Path");
        field.accesskit_node().value().unwrap_or_default()
    };
    // It is known at once that there is none, while more is typed, or after a while in which more is.
    let mut window = Window::with_images(60, Setup { no_dialogs: true, ..Setup::default() });
    ask_and_type(&mut window, &["ro", "ses"]);
    assert!(written(&window).ends_with("roses"), "{}", written(&window));
    let mut window = Window::with_images(60, Setup { no_dialogs: true, ..Setup::default() });
    for events in [vec![ask(), Input::Text("ro".to_owned())], vec![Input::Text("ses".to_owned())]] {
        window.harness.input_mut().events.extend(events);
        window.harness.step();
    }
    window.settle();
    assert!(written(&window).ends_with("roses"), "{}", written(&window));
    let mut window = Window::with_images(60, Setup { answers_later: true, ..Setup::default() });
    ask_and_type(&mut window, &["ro"]);
    window.harness.input_mut().events.push(Input::Text("ses".to_owned()));
    window.settle();
    assert!(window.has(WAITING) && !window.has("Path"), "{:?}", window.names());
    window.lack_dialog();
    assert!(written(&window).ends_with("roses"), "{}", written(&window));
    assert_eq!(window.session().opened.chosen.filter.text, "");
    // Asked for once more, nothing is asked: the letters belong to the field that is there.
    ask_and_type(&mut window, &["/red"]);
    assert!(written(&window).ends_with("roses/red"), "{}", written(&window));
    assert_eq!(window.questions.borrow().len(), 1);
}

#[test]
fn what_is_picked_in_a_dialog_that_nobody_waits_for_is_told_and_what_is_declined_there_is_not() {
    let late = "The system's dialog answered too late";
    let mut window = asked();
    window.click("Stop waiting");
    window.decline_dialog();
    assert!(!window.has(late), "{:?}", window.names());
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.settle();
    window.click("Stop waiting");
    window.answer_dialog("/home/ada/too-late");
    assert!(window.has(late) && window.says("/home/ada/too-late"), "{:?}", window.names());
}

#[test]
fn who_stops_waiting_has_the_keys_again_and_what_the_dialog_says_later_opens_nothing() {
    for is_by_key in [false, true] {
        let mut window = asked();
        match is_by_key {
            true => window.harness.key_press(Key::Escape),
            false => window.harness.get_by_label("Stop waiting").click(),
        }
        window.settle();
        assert!(!window.has(WAITING), "{is_by_key}: {:?}", window.names());
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::I);
        window.settle();
        assert_eq!(selected(&window), 60, "{is_by_key}");
        window.forget_sent();
        window.answer_dialog("/home/ada/too-late");
        assert!(!window.sent().iter().any(|sent| matches!(sent, Request::Open(_))), "{:?}", window.sent());
        // One can ask again, and that answer counts.
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
        window.settle();
        window.answer_dialog("/home/ada/in-time");
        let is_it = |sent: &Request| matches!(sent, Request::Open(open) if open.folder.ends_with("in-time"));
        assert!(window.sent().iter().any(is_it), "{:?}", window.sent());
    }
}

//! Everything that the window can do, done without a pointer: each command is found by its name in the palette, and chosen there.

use std::collections::BTreeMap;
use std::sync::Arc;

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable as _;
use tiramisu::domain::ImageId;
use tiramisu::engine::{Event, Progress};
use tiramisu::session::{Choose, Pick, Place};
use tiramisu::ui::Settings;
use tiramisu::ui::command::Command;
use tiramisu::ui::views::Pane;

use crate::support::window::{Setup, Window};

/// A window in which nearly every command can be chosen: pictures are selected, something can be undone and done again, and there
/// is a way back and one forward.
fn ready() -> Window {
    let mut window = Window::with_images(12, Setup { settings: Settings::default(), ..Setup::default() });
    window.act(Choose::Click(ImageId(3), Pick::Replace));
    window.act(Choose::PickMany(vec![ImageId(1), ImageId(2)], Pick::Replace));
    window.act(Choose::Layer(2));
    window.act(Choose::Layer(3));
    window.act(Choose::Undo);
    for keys in [(Modifiers::COMMAND, Key::Num3), (Modifiers::COMMAND, Key::Num1), (Modifiers::ALT, Key::ArrowLeft)] {
        press(&mut window, keys.0, keys.1);
    }
    press(&mut window, Modifiers::ALT, Key::ArrowLeft);
    window
}

fn press(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.settle();
}

/// Finds a command by its whole name, and leaves it for Enter.
fn find(window: &mut Window, name: &str) {
    press(window, Modifiers::COMMAND, Key::P);
    window.harness.get_by_label("Find a command or a layer").type_text(name);
    window.settle();
}

/// Chooses a command.
pub fn call(window: &mut Window, command: Command) {
    find(window, command.name());
    press(window, Modifiers::NONE, Key::Enter);
}

/// All of the window that a command could change.
fn seen(window: &Window) -> (BTreeMap<String, usize>, Vec<String>) {
    let mut names = BTreeMap::new();
    for name in window.names() {
        *names.entry(name).or_default() += 1;
    }
    let opened = &window.session().opened;
    let ctx = &window.harness.ctx;
    let rest = vec![
        format!("{:?}", opened.chosen),
        format!("{:?}", window.session().lasting.place),
        format!("{:?}", window.harness.state().settings()),
        format!("{:?}", ctx.memory(|memory| memory.focused())),
        ctx.zoom_factor().to_string(),
        window.requests.borrow().len().to_string(),
        window.questions.borrow().len().to_string(),
    ];
    (names, rest)
}

/// What must be so before a command has something to do.
fn prepare(window: &mut Window, command: Command) {
    match command {
        Command::Cancel => {
            window.tell([Event::JobStarted(Arc::new(Progress::new("Extracting")))]);
            window.settle();
        }
        Command::ZoomReset => call(window, Command::ZoomIn),
        Command::ResetLayout => call(window, Command::AllViews),
        // From where none of it is to be seen.
        Command::GoTo(Place::Explore) | Command::Show(_) => press(window, Modifiers::COMMAND, Key::Num4),
        _ => {}
    }
}

/// Whether it has nothing to do here, because what it leads to is what there is.
fn is_there_already(command: Command, window: &Window) -> bool {
    match command {
        Command::Show(Pane::Selection | Pane::Findings) => true,
        Command::Theme(choice) => window.harness.state().settings().theme == choice,
        // What closes the window is not in it.
        Command::Quit => true,
        _ => command.is_used(window.session()) == Some(true),
    }
}

#[test]
fn every_command_is_found_by_its_name_and_done_by_keys_alone() {
    let mut done = 0;
    for command in Command::all().into_iter().filter(|command| *command != Command::Palette) {
        let mut window = ready();
        prepare(&mut window, command);
        assert!(command.is_enabled(window.session()), "{command:?} cannot be chosen: nothing of it would be tried");
        // What opening and leaving the palette changes by itself is no doing of the command.
        find(&mut window, command.name());
        press(&mut window, Modifiers::NONE, Key::Escape);
        let before = seen(&window);
        find(&mut window, command.name());
        // Its keys stand behind its name.
        let is_listed = window.names().iter().any(|name| name.starts_with(command.name()));
        assert!(is_listed, "{command:?} is not found by its name: {:?}", window.names());
        window.harness.key_press(Key::Enter);
        window.settle();
        assert!(
            !window.has("Find a command or a layer"),
            "{command:?} was not chosen: the palette is still there: {:?}",
            window.names()
        );
        if !is_there_already(command, &window) {
            assert!(seen(&window) != before, "{command:?} changes nothing that can be told");
        }
        done += 1;
    }
    assert!(done > 50, "{done}");
}

#[test]
fn keys_of_a_command_do_what_its_entry_in_the_palette_does() {
    for (command, keys) in Command::with_shortcut().filter(|(command, _)| *command != Command::Palette) {
        let [mut by_name, mut by_keys] = [ready(), ready()];
        for window in [&mut by_name, &mut by_keys] {
            prepare(window, command);
        }
        if command == Command::Quit {
            continue;
        }
        find(&mut by_name, command.name());
        press(&mut by_name, Modifiers::NONE, Key::Enter);
        press(&mut by_keys, keys.modifiers, keys.logical_key);
        let ([names, by_name], [of_keys, by_keys]) = {
            let both = |window: &Window| {
                let opened = &window.session().opened;
                let chosen = format!("{:?} {:?}", opened.chosen, window.session().lasting.place);
                let asked = format!("{:?} {}", window.questions.borrow().len(), window.harness.ctx.zoom_factor());
                [chosen, asked]
            };
            (both(&by_name), both(&by_keys))
        };
        assert_eq!((names, by_name), (of_keys, by_keys), "{command:?}");
    }
}

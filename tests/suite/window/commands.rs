//! The commands: one list, from which menus, keys and what texts say of keys are made.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::accesskit::Toggled;
use eframe::egui::{Event as Input, Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::engine::{AnalysisWish, Event, Problem, Progress, Request};
use tiramisu::session::{Choose, Session};
use tiramisu::ui::command::{Command, keys_in_words};
use tiramisu::ui::theme::ThemeChoice;
use tiramisu::ui::views::Pane;

use crate::support::window::{Setup, Window};

#[test]
fn every_command_has_a_name_of_its_own_and_says_in_a_sentence_what_it_does() {
    let commands = Command::all();
    for (at, command) in commands.iter().enumerate() {
        let (name, about) = (command.name(), command.about());
        assert!(!name.is_empty() && commands[..at].iter().all(|other| other.name() != name), "{command:?}: {name}");
        assert!(about.starts_with(char::is_uppercase) && about.ends_with('.'), "{command:?}: {about}");
        assert!(!about.contains(['[', '`']), "{command:?}: a person reads this: {about}");
    }
}

#[test]
fn no_two_commands_have_the_same_keys() {
    let known: Vec<_> = Command::with_shortcut().collect();
    assert!(known.len() > 20);
    for (at, (command, keys)) in known.iter().enumerate() {
        let other = known[..at].iter().find(|(_, other)| other == keys);
        assert!(other.is_none(), "{} calls {command:?} and {other:?}", keys_in_words(keys));
    }
}

#[test]
fn every_view_has_a_command_that_goes_to_it() {
    for pane in Pane::ALL {
        assert!(Command::all().contains(&Command::Show(pane)), "{pane:?}");
    }
}

#[test]
fn the_sheet_tells_the_keys_of_every_command() {
    let mut window = Window::with_images(12, Setup::default());
    window.harness.key_press(Key::F1);
    window.settle();
    let names = window.names();
    for (command, keys) in Command::with_shortcut() {
        for text in [keys_in_words(&keys), command.name().trim_end_matches('…').to_owned()] {
            assert!(names.contains(&text), "{text} is not among {names:?}");
        }
    }
}

#[test]
fn the_menus_list_what_stands_in_them_and_nothing_needs_a_folder_that_opens_one() {
    let mut window = Window::with_images(12, Setup::default());
    let mut listed = Vec::new();
    for menu in ["File", "Edit", "View", "Go", "Network", "Help"] {
        window.click(menu);
        if menu == "File" {
            window.click("Export as");
        }
        listed.extend(window.names());
        window.harness.key_press(Key::Escape);
        window.settle();
    }
    for command in Command::all().into_iter().filter(|command| command.section().is_some()) {
        // A button's keys stand behind its name.
        let is_listed = listed.iter().any(|name| name.starts_with(command.name()));
        assert!(is_listed, "{} is in no menu: {listed:?}", command.name());
    }
    let nothing = Session::default();
    assert!(Command::OpenFolder.is_enabled(&nothing) && Command::Quit.is_enabled(&nothing));
    assert!(!Command::Find.is_enabled(&nothing) && !Command::CloseFolder.is_enabled(&nothing));
    assert_eq!(Command::BuiltinNetwork.is_used(&nothing), Some(true));
    assert_eq!(Command::AnalyticNetwork.is_used(&nothing), Some(false));
}

#[test]
fn no_text_of_the_window_has_keys_of_its_own() {
    fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("src is readable").flatten() {
            match entry.path() {
                path if path.is_dir() => sources(&path, into),
                path => into.push(path),
            }
        }
    }
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui"), &mut files);
    assert!(files.len() > 50, "{files:?}");
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a source is readable");
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
        for line in code {
            let found = ["Ctrl+", "Cmd+", "⌘", "Shift+"].into_iter().find(|keys| line.contains(keys));
            assert_eq!(found, None, "ask the list with Command::with_keys: {line}: {}", file.display());
        }
    }
}

/// Opens the palette and writes what is wanted.
fn find(window: &mut Window, wanted: &str) {
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.settle();
    window.harness.get_by_label("Find a command or a layer").type_text(wanted);
    window.settle();
}

#[test]
fn the_palette_finds_commands_and_layers_by_some_letters_and_the_keyboard_alone_chooses() {
    let mut window = Window::with_images(12, Setup::default());
    // Not beside each other, and not as large.
    find(&mut window, "invsel");
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(window.session().opened.chosen.selection.len(), 12);
    let last = window.session().collection().expect("a collection").layers.len() - 1;
    let name = window.session().collection().expect("a collection").layers[last].name.clone();
    find(&mut window, &format!("layer {name}"));
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(window.session().opened.chosen.layer, last);
    // The second of what is found; nothing is done by Escape.
    find(&mut window, "select ");
    window.harness.key_press(Key::ArrowDown);
    window.harness.key_press(Key::Enter);
    window.settle();
    assert!(window.session().opened.chosen.selection.is_empty(), "after Select all comes Select none");
    find(&mut window, "select all");
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(window.session().opened.chosen.selection.is_empty());
    find(&mut window, "xyzzy");
    assert!(window.names().contains(&"No command or layer is called that.".to_owned()));
}

#[test]
fn what_runs_can_be_stopped_from_the_list_of_jobs_and_dismissed_problems_stay_in_it() {
    let mut window = Window::with_images(12, Setup::default());
    let progress = Arc::new(Progress::new("Looking for the same picture"));
    progress.set_total(10, true);
    let odd = Arc::new(Progress::of(&AnalysisWish::OddPictures));
    window.tell([
        Event::AnalysisStarted(odd.clone()),
        Event::AnalysisStarted(progress.clone()),
        Event::Remark(Problem::new("An index could not be read", "it is empty")),
    ]);
    window.settle();
    window.click("Dismiss notice");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    window.settle();
    assert!(window.has("An index could not be read"), "{:?}", window.names());
    window.click("Stop: Looking for the same picture");
    assert!(progress.is_cancelled());
    assert!(
        window.has("Stop: Odd pictures") && !odd.is_cancelled(),
        "what runs beside it goes on: {:?}",
        window.names()
    );
    window.click("Stop: Odd pictures");
    assert!(odd.is_cancelled());
    [&progress, &odd].into_iter().for_each(|job| job.end());
    window.settle();
    assert!(window.has("Nothing runs."), "{:?}", window.names());
    // The keys that open it close it again.
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    window.settle();
    assert!(!window.has("Nothing runs."), "{:?}", window.names());
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    window.settle();
    assert!(window.has("Nothing runs."), "{:?}", window.names());
}

#[test]
fn a_comparison_of_every_part_is_told_as_other_work_is_and_can_be_stopped() {
    let mut window = Window::with_images(12, Setup { size: vec2(1600.0, 900.0), ..Setup::default() });
    let title = "Comparing the region with every part of other pictures";
    window.act(Choose::Anywhere(true));
    let since = std::time::Instant::now().checked_sub(std::time::Duration::from_secs(3)).expect("a while ago");
    let begin = |window: &mut Window| {
        let progress = Arc::new(Progress::since(since, title));
        progress.set_total(400, true);
        progress.add(100, 0);
        window.tell([Event::ComparisonStarted(progress.clone())]);
        window.settle();
        progress
    };
    let progress = begin(&mut window);
    assert!(window.says(&format!("{title}: 100 of 400")), "at the bottom: {:?}", window.names());
    window.click("Stop comparing parts");
    assert!(!window.session().opened.chosen.anywhere);
    progress.end();
    window.settle();
    assert!(!window.says(title), "{:?}", window.names());
    window.act(Choose::Anywhere(true));
    let progress = begin(&mut window);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    window.settle();
    assert!(window.says("100 of 400 · 25 %"), "{:?}", window.names());
    window.click(&format!("Stop: {title}"));
    assert!(!window.session().opened.chosen.anywhere);
    progress.end();
    window.settle();
    assert!(window.has("Nothing runs."), "{:?}", window.names());
}

#[test]
fn what_cannot_be_chosen_says_what_to_do_first_and_settings_are_found_by_what_they_set() {
    let mut window = Window::with_images(12, Setup::default());
    find(&mut window, "move files");
    let says = |window: &Window, words: &str| window.names().iter().any(|name| name.contains(words));
    assert!(says(&window, "Select pictures first"), "{:?}", window.names());
    window.harness.key_press(Key::Escape);
    window.settle();
    window.act(Choose::SelectAll);
    find(&mut window, "move files");
    assert!(!says(&window, "Select pictures first"), "{:?}", window.names());
    window.harness.key_press(Key::Escape);
    window.settle();

    find(&mut window, "precision");
    assert!(says(&window, "Settings…"), "{:?}", window.names());
    window.harness.key_press(Key::Escape);
    window.settle();
    find(&mut window, "light");
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(window.harness.state().settings().theme, ThemeChoice::Light);
}

#[test]
fn what_is_typed_right_behind_the_keys_of_the_palette_is_written_in_it_and_enter_alone_runs_nothing() {
    let open =
        Input::Key { key: Key::P, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::COMMAND };
    let typed = |text: &str| Input::Text(text.to_owned());
    let enter =
        Input::Key { key: Key::Enter, physical_key: None, pressed: true, repeat: false, modifiers: Modifiers::NONE };
    // All of it in one frame, and with the rest in the frame in which the palette opens.
    for frames in [
        vec![vec![open.clone(), typed("invert "), typed("sel"), enter.clone()]],
        vec![vec![open.clone(), typed("inv")], vec![typed("ert sel"), enter.clone()]],
        vec![vec![open.clone()], vec![typed("invert sel")], vec![enter.clone()]],
    ] {
        let mut window = Window::with_images(12, Setup::default());
        window.act(Choose::ClearSelection);
        for events in frames.clone() {
            for event in events {
                window.harness.input_mut().events.push(event);
            }
            window.harness.step();
        }
        window.settle();
        assert!(!window.has("Find a command or a layer"), "{frames:?}: {:?}", window.names());
        assert_eq!(window.session().opened.chosen.selection.len(), 12, "{frames:?}");
    }
    // Who only opened it means none of them.
    let mut window = Window::with_images(12, Setup::default());
    window.harness.input_mut().events.extend([open, enter.clone()]);
    window.harness.step();
    window.settle();
    assert!(window.has("Find a command or a layer") && window.questions.borrow().is_empty(), "{:?}", window.names());
    let is_marked = |window: &Window, name: &str| {
        let node = window.harness.get_by_label_contains(name);
        node.accesskit_node().toggled() == Some(Toggled::True)
    };
    let first = "Open the sample collection";
    assert!(!is_marked(&window, first));
    // By the arrows one is chosen: the first, then the next.
    for _ in 0..2 {
        window.harness.key_press(Key::ArrowDown);
        window.settle();
    }
    assert!(is_marked(&window, first), "{:?}", window.names());
    window.forget_sent();
    window.harness.key_press(Key::Enter);
    window.settle();
    assert!(window.sent().iter().any(|sent| matches!(sent, Request::OpenSample { .. })), "{:?}", window.sent());
}

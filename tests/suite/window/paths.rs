//! Where the desktop has no dialogs for files.

use std::path::Path;

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::ImageId;
use tiramisu::engine::{ExportFormat, NetworkFile, Request};
use tiramisu::ui::Question;

use crate::support::window::{Setup, Window};

fn without_dialogs() -> Setup {
    Setup { no_dialogs: true, ..Setup::default() }
}

/// Writes `path` into the field in place of what is there, and waits until the disk was looked at.
fn write(window: &mut Window, path: &Path) {
    window.harness.get_by_label("Path").focus();
    window.harness.run_steps(2);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.run_steps(2);
    window.harness.get_by_label("Path").type_text(&path.display().to_string());
    wait(window);
}

/// The disk is looked at on another thread.
fn wait(window: &mut Window) {
    for _ in 0..40 {
        window.harness.run_steps(1);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[test]
fn a_folder_can_be_written_where_no_dialog_opens_and_what_is_wrong_with_it_is_said() {
    let home = tempfile::tempdir().expect("a folder");
    let garden = home.path().join("garden");
    std::fs::create_dir(&garden).expect("writable");
    std::fs::write(garden.join("rose.jpe"), "no picture").expect("writable");
    let mut window = Window::open(without_dialogs());
    window.harness.run_steps(2);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.harness.run_steps(3);
    assert_eq!(*window.questions.borrow(), [Question::Folder]);
    assert!(window.says("This desktop has no file dialog"), "{:?}", window.names());
    window.picture("path");
    let is_home = |name: &String| name.ends_with(std::path::MAIN_SEPARATOR) && !name.contains("//");
    assert!(window.names().iter().any(is_home), "the field begins with the folder that is home: {:?}", window.names());

    write(&mut window, &home.path().join("gardne/roses"));
    assert!(
        window.says(&format!("There is nothing called gardne in {}.", home.path().display())),
        "{:?}",
        window.names()
    );
    window.picture("path_wrong");
    window.harness.key_press(Key::Enter);
    wait(&mut window);
    assert_eq!(window.sent(), [], "what is wrong is not opened");

    write(&mut window, &garden.join("rose.jpe"));
    let hint = format!("This is a picture. Write the folder that it lies in: {}", garden.display());
    assert!(window.says(&hint), "{:?}", window.names());

    write(&mut window, Path::new("garden"));
    assert!(window.says("Write the whole path"), "{:?}", window.names());

    write(&mut window, &garden);
    window.click("Open");
    wait(&mut window);
    let sent = window.sent();
    assert!(matches!(&sent[..], [Request::Open(open)] if open.folder == garden), "{sent:?}");
    assert!(!window.has("Path"), "it is done");
}

#[test]
fn a_network_and_a_table_can_be_written_where_no_dialog_opens() {
    let home = tempfile::tempdir().expect("a folder");
    let (network, text) = (home.path().join("net.onnx"), home.path().join("notes.txt"));
    std::fs::write(&network, "none").expect("writable");
    std::fs::write(&text, "none").expect("writable");
    let mut window = Window::with_images(12, without_dialogs());
    window.click("blobs/000000.png");
    window.forget_sent();
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    window.harness.run_steps(3);
    window.click("Choose where…");
    write(&mut window, home.path());
    assert!(window.says("This is a folder. Write the file's name too"), "{:?}", window.names());
    write(&mut window, &home.path().join("new/selection.csv"));
    let hint = format!("Make the folder {} first", home.path().join("new").display());
    assert!(window.says(&hint), "{:?}", window.names());
    let target = home.path().join("selection.csv");
    write(&mut window, &target);
    window.harness.key_press(Key::Enter);
    wait(&mut window);
    let sent = window.sent();
    let export = sent.iter().find_map(|request| match request {
        Request::Export(export) => Some(export),
        _ => None,
    });
    let export = export.unwrap_or_else(|| panic!("{sent:?}"));
    assert_eq!((export.format, &export.target, export.images.len()), (ExportFormat::Csv, &target, 1));

    window.click("Network");
    window.click("Load a network file…");
    write(&mut window, &text);
    assert!(window.says("This is not a network's file: those end in .prototxt"), "{:?}", window.names());
    write(&mut window, &network);
    window.click("Use");
    wait(&mut window);
    assert_eq!(window.session().lasting.network, NetworkFile::File(network));
}

#[test]
fn turning_away_from_the_path_asks_for_nothing() {
    let mut window = Window::open(without_dialogs());
    window.harness.run_steps(2);
    window.click("Open a folder…");
    window.harness.get_by_label("Path");
    window.click("Cancel");
    assert!(!window.has("Path"));
    window.click("Open a folder…");
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(!window.has("Path"));
    assert_eq!(window.sent(), []);
}

#[test]
fn a_dialog_that_could_not_be_opened_is_told_from_one_that_was_declined() {
    use tiramisu::ui::dialog_failures;
    use tracing_subscriber::prelude::*;
    let before = dialog_failures::count();
    let listening = tracing_subscriber::registry().with(dialog_failures::listener());
    tracing::subscriber::with_default(listening, || {
        tracing::error!(target: "log", { log.target = "other" }, "Failed to pick folder with zenity: lost");
        let rfd = "rfd::backend::xdg_desktop_portal";
        tracing::warn!(target: "log", { log.target = rfd }, "Using zenity fallback");
        assert_eq!(dialog_failures::count(), before);
        // As rfd says it when both of its ways are closed.
        let why = "No such file or directory (os error 2)";
        tracing::error!(target: "log", { log.target = rfd }, "Failed to pick folder with zenity: {why}");
    });
    assert_eq!(dialog_failures::count(), before + 1);
}

#[test]
fn nothing_lies_over_the_path_and_asking_again_keeps_what_is_written() {
    let mut window = Window::with_images(60, without_dialogs());
    // In the middle of the window, where dialogs lie.
    window.harness.get_by_label("blobs/000001.png").hover();
    window.harness.run_steps(12);
    let image = window.session().image(ImageId(1)).expect("an image");
    let size = format!("{} × {}", image.width, image.height);
    let told = |window: &Window| window.names().iter().any(|name| name.starts_with(&size));
    assert!(told(&window), "{:?}", window.names());
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.harness.run_steps(6);
    assert!(window.has("Path"));
    assert!(!told(&window), "the tooltip lies over the dialog");
    write(&mut window, Path::new("/half a path"));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.harness.run_steps(6);
    assert!(window.says("/half a path"), "{:?}", window.names());
    assert_eq!(*window.questions.borrow(), [Question::Folder]);
}

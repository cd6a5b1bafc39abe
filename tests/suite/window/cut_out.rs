//! Boxes that become pictures of their own, from the window.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{Pooling, Remarks};
use tiramisu::engine::{
    AnalysisAnswer, AnalysisKind, AnalysisWish, Asked, BoxCounts, CutOutReport, CutOutWish, Event, NetworkFile,
    OpenWish, Problem, Progress, Request, WhichBoxes,
};
use tiramisu::ui::Question;

use crate::support::window::{Setup, Window};

/// Boxes with two labels and without one, and one that cannot be cut out.
pub fn counts() -> Event {
    let label = |label: &str, boxes| (Some(label.to_owned()), boxes);
    let first = vec!["box 7 in blobs/000003.png: it does not lie in the picture".to_owned()];
    Event::BoxCounts(Arc::new(BoxCounts {
        labels: vec![(None, 3), label("door", 1_200), label("wheel", 40)],
        left_out: Remarks { first, count: 1 },
    }))
}

/// What came of them.
pub fn report(folder: &Path) -> CutOutReport {
    CutOutReport {
        folder: folder.to_owned(),
        workspace: "/data/tiramisu/boxes-1".into(),
        network: "boxes of Invented net".to_owned(),
        layers: vec!["conv3".to_owned()],
        boxes: 1_203,
        already: 3,
        left_out: Remarks::default(),
    }
}

/// The dialog, before anything was counted.
pub fn opened(setup: Setup) -> Window {
    let mut window = Window::with_images(24, setup);
    window.click("File");
    window.click("Cut boxes out as pictures…");
    window
}

/// Waits until the disk was looked at, on another thread.
pub fn wait_until_enabled(window: &mut Window, button: &str) {
    window.wait_until(button, |window| !window.harness.get_by_label(button).accesskit_node().is_disabled());
}

fn wish(sent: &[Request]) -> Option<&CutOutWish> {
    sent.iter().find_map(|request| match request {
        Request::Analyse(AnalysisWish::CutOut(wish)) => Some(wish),
        _ => None,
    })
}

/// Chooses a folder that is there, and begins with all boxes.
fn begun(folder: &Path) -> (Window, Arc<Progress>) {
    let mut window = opened(Setup { answer: Some(folder.to_owned()), ..Setup::default() });
    window.tell([counts()]);
    window.settle();
    window.click("Choose…");
    wait_until_enabled(&mut window, "Cut out 1,243 boxes");
    window.click("Cut out 1,243 boxes");
    let progress = Arc::new(Progress::of(&AnalysisWish::CutOut(wish(&window.sent()).expect("it is wished").clone())));
    progress.set_total(1_243, true);
    progress.set_done(310);
    window.tell([Event::AnalysisStarted(progress.clone())]);
    window.settle();
    (window, progress)
}

#[test]
fn boxes_are_chosen_by_label_counted_cut_out_and_opened() {
    let home = tempfile::tempdir().expect("a folder");
    let folder = home.path().to_owned();
    let mut window = opened(Setup { answer: Some(folder.clone()), ..Setup::default() });
    assert_eq!(window.sent().last(), Some(&Request::CountBoxes));
    assert!(window.has("Counting the boxes…"), "{:?}", window.names());
    window.tell([counts()]);
    window.settle();
    assert!(window.has("1,243 boxes become pictures, in a folder for each of 2 labels."), "{:?}", window.names());
    assert!(window.says("1 box is left out:") && window.says("it does not lie in the picture"));
    window.picture("cut_out");

    window.click("No label of boxes");
    assert!(window.has("No box is chosen."), "{:?}", window.names());
    window.click("door");
    assert!(window.has("1,200 boxes become pictures, in a folder for the label."), "{:?}", window.names());
    window.click("without a label");
    window.click("Choose…");
    assert_eq!(*window.questions.borrow(), [Question::CutOutInto]);
    wait_until_enabled(&mut window, "Cut out 1,203 boxes");
    window.click("Cut out 1,203 boxes");
    let expected = CutOutWish {
        boxes: WhichBoxes::Labelled([None, Some("door".to_owned())].into()),
        layers: vec!["conv3".to_owned()],
        pooling: Pooling::Average,
        folder: folder.clone(),
        workspace: None,
        name: None,
    };
    assert_eq!(wish(&window.sent()), Some(&expected));

    // Another job of the same name is not this one.
    let other = Arc::new(Progress::new("Boxes as pictures"));
    window.tell([Event::AnalysisStarted(other)]);
    window.settle();
    assert!(window.has("Beginning…"), "{:?}", window.names());
    let progress = Arc::new(Progress::of(&AnalysisWish::CutOut(expected)));
    progress.set_total(1_203, true);
    progress.set_done(401);
    window.tell([Event::AnalysisStarted(progress.clone())]);
    window.settle();
    assert!(window.has("401 of 1,203 boxes"), "{:?}", window.names());
    window.tell([Event::Answered(AnalysisAnswer::CutOut(Arc::new(report(&folder))))]);
    progress.end();
    window.tell([Event::AnalysisEnded { cancelled: false }]);
    window.settle();
    window.picture("cut_out_done");
    assert!(window.has("1,203 boxes are pictures now.") && window.has("3 of them were made before."));
    window.forget_sent();
    window.click("Open them");
    let network = NetworkFile::Vectors("boxes of Invented net".to_owned());
    let open = OpenWish { folder, workspace: None, network, layers: None, extract: true };
    assert!(window.sent().contains(&Request::Open(open)), "{:?}", window.sent());
    assert!(!window.has("Open them"), "the dialog is closed");
}

#[test]
fn what_is_being_cut_out_can_be_stopped_and_goes_on_while_nobody_looks() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut window, progress) = begun(home.path());
    window.click("Close");
    assert!(!window.has("310 of 1,243 boxes") && !progress.is_cancelled(), "it goes on");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.settle();
    window.harness.get_by_label("Find a command or a layer").type_text("cut boxes");
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    window.tell([counts()]);
    window.settle();
    assert!(window.has("310 of 1,243 boxes"), "{:?}", window.names());
    // The end of something else is not its own.
    window.tell([Event::AnalysisEnded { cancelled: true }]);
    window.settle();
    assert!(window.has("310 of 1,243 boxes"), "{:?}", window.names());
    window.click("Stop cutting out");
    assert!(progress.is_cancelled() && window.has("Stopping…"));
    progress.end();
    window.tell([Event::AnalysisEnded { cancelled: true }]);
    window.settle();
    assert!(window.says("Stopped. What was cut out stays") && window.has("Cut out 1,243 boxes"));
}

#[test]
fn what_failed_is_said_in_the_dialog_and_can_be_tried_again() {
    let home = tempfile::tempdir().expect("a folder");
    let (mut window, progress) = begun(home.path());
    let problem = Problem::new("The boxes could not be cut out", "the disk is full");
    progress.end();
    window.tell([
        Event::Problem { of: Asked::Analysis(AnalysisKind::CutOuts), problem },
        Event::AnalysisEnded { cancelled: false },
    ]);
    window.settle();
    assert!(window.says("the disk is full"), "{:?}", window.names());
    window.forget_sent();
    wait_until_enabled(&mut window, "Cut out 1,243 boxes");
    window.click("Cut out 1,243 boxes");
    assert!(wish(&window.sent()).is_some() && !window.says("the disk is full"), "{:?}", window.names());

    let mut window = opened(Setup::default());
    let problem = Problem::new("The boxes could not be read", "the file is damaged");
    window.tell([Event::Problem { of: Asked::Boxes, problem }]);
    window.settle();
    assert!(window.says("the file is damaged") && !window.has("Counting the boxes…"), "{:?}", window.names());
}

#[test]
fn without_boxes_their_import_is_a_click_away_and_without_a_file_dialog_the_folder_is_written() {
    let mut window = opened(Setup::default());
    window.tell([Event::BoxCounts(Arc::default())]);
    window.settle();
    assert!(window.has("No boxes were imported."));
    window.click("Import labels and boxes…");
    assert!(window.has("See what is in it"), "the way to them: {:?}", window.names());
    window.click("Close");
    assert!(!window.has("See what is in it") && !window.has("No boxes were imported."));

    let home = tempfile::tempdir().expect("a folder");
    let mut window = opened(Setup { no_dialogs: true, ..Setup::default() });
    window.tell([counts()]);
    window.settle();
    window.click("Choose…");
    assert!(!window.says("This desktop has no file dialog"), "there is a field already");
    let write = |window: &mut Window, path: PathBuf| {
        window.harness.get_by_label("Path").focus();
        window.harness.run_steps(2);
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.harness.run_steps(2);
        window.harness.get_by_label("Path").type_text(&path.display().to_string());
        window.harness.run_steps(2);
    };
    std::fs::write(home.path().join("file"), "mine").expect("writable");
    write(&mut window, home.path().join("file"));
    window.wait_until("that it is a file", |window| window.says("This is a file. Write a folder"));
    assert!(window.harness.get_by_label("Cut out 1,243 boxes").accesskit_node().is_disabled());
    write(&mut window, home.path().join("new"));
    wait_until_enabled(&mut window, "Cut out 1,243 boxes");
    window.click("Cut out 1,243 boxes");
    assert_eq!(wish(&window.sent()).map(|wish| wish.folder.clone()), Some(home.path().join("new")));
}

//! Labels and boxes from files of other programs, from the window.

use std::path::Path;
use std::sync::Arc;

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{AnnotationFormat, Remarks};
use tiramisu::engine::{
    Asked, BoxCount, BoxCounts, Event, ImportParts, ImportReport, ImportWish, Problem, Progress, Request,
};
use tiramisu::session::Import;
use tiramisu::ui::Question;

use super::cut_out::wait_until_enabled;
use crate::support::window::{Setup, Window};

/// What a file of COCO says of the pictures.
pub fn report() -> ImportReport {
    let remarks = |first: &str, count| Remarks { first: vec![first.to_owned()], count };
    ImportReport {
        format: AnnotationFormat::Coco,
        pictures: 26,
        matched: 24,
        by_name: 3,
        labelled: 20,
        with_several: 4,
        in_splits: 24,
        boxes: BoxCount { boxes: 1_200, images: 18 },
        labels: vec![("door".to_owned(), 12), ("wheel".to_owned(), 8)],
        labels_among_others: vec![("door".to_owned(), 4), ("wheel".to_owned(), 4)],
        splits: vec![("train".to_owned(), 24)],
        box_labels: vec![("door".to_owned(), 1_000), ("wheel".to_owned(), 200)],
        replaces_earlier: true,
        labels_by_hand: 0,
        over_hand: false,
        parts: ImportParts::All,
        unmatched: remarks("far.png (image 25): no image of the collection is called so", 2),
        without_boxes: Remarks::default(),
        remarks: Remarks::default(),
    }
}

/// Of the same file, no picture is here, whatever else was counted in it.
fn of_none() -> ImportReport {
    ImportReport { matched: 0, by_name: 0, ..report() }
}

/// The dialog, before a file was chosen.
pub fn opened(setup: Setup) -> Window {
    let mut window = Window::with_images(24, setup);
    window.click("File");
    window.click("Import labels and boxes…");
    window
}

/// The same, once the disk was looked at for the folder that nobody has.
pub fn empty(setup: Setup) -> Window {
    let mut window = opened(setup);
    for _ in 0..400 {
        if says(&window, "There is nothing called ") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
        window.harness.run_steps(1);
    }
    window
}

/// What was recognised in a file that nobody has.
pub fn told(setup: Setup, report: ImportReport) -> Window {
    let mut window = opened(setup);
    window.act(Import::Look(ImportWish { path: "/home/ada/birds/instances.json".into(), ..ImportWish::default() }));
    let progress = Arc::new(Progress::new("Reading labels and boxes"));
    progress.end();
    window.tell([Event::ImportStarted(progress), Event::ImportPlanned(Arc::new(report))]);
    window.settle();
    window
}

/// A file that is none of a data set.
pub fn refused(setup: Setup) -> Window {
    let mut window = empty(setup);
    window.act(Import::Look(ImportWish { path: "/home/ada/birds/notes.bin".into(), ..ImportWish::default() }));
    let problem =
        Problem::new("Nothing was imported", "it is neither JSON, XML nor a table: /home/ada/birds/notes.bin")
            .with_remedy("Say which format it is (on the command line: --format).");
    window.tell([Event::Problem { of: Asked::Import, problem }]);
    window.settle();
    window
}

fn says(window: &Window, words: &str) -> bool {
    window.names().iter().any(|name| name.contains(words))
}

/// Waits until the disk was looked at, on another thread, and what was chosen is asked about.
fn wait_until_asked(window: &mut Window) -> ImportWish {
    for _ in 0..400 {
        window.harness.run_steps(1);
        let asked = window.sent().into_iter().rev().find_map(|request| match request {
            Request::PlanImport(wish) => Some(wish),
            _ => None,
        });
        if let Some(wish) = asked {
            return wish;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    panic!("nothing was asked: {:?}", window.names());
}

/// A file was chosen, and is being read.
fn reading(file: &Path) -> (Window, Arc<Progress>) {
    let mut window = opened(Setup { answer: Some(file.to_owned()), ..Setup::default() });
    window.click("Choose a file…");
    assert_eq!(*window.questions.borrow(), [Question::ImportFile]);
    assert_eq!(wait_until_asked(&mut window), ImportWish { path: file.to_owned(), ..ImportWish::default() });
    let progress = Arc::new(Progress::new("Reading labels and boxes"));
    progress.set_done(1_300);
    window.tell([Event::ImportStarted(progress.clone())]);
    window.settle();
    (window, progress)
}

/// What was recognised is told.
pub fn recognised(file: &Path, report: ImportReport) -> Window {
    let (mut window, progress) = reading(file);
    progress.end();
    window.tell([Event::ImportPlanned(Arc::new(report))]);
    window.settle();
    window
}

/// What could be clicked to import, by name.
fn importing_buttons(window: &Window) -> Vec<String> {
    let is_one = |name: &String| name.starts_with("Import ") && !name.starts_with("Import labels and boxes");
    window.names().into_iter().filter(is_one).collect()
}

fn a_file() -> (tempfile::TempDir, std::path::PathBuf) {
    let home = tempfile::tempdir().expect("a folder");
    let file = home.path().join("instances.json");
    std::fs::write(&file, "{}").expect("writable");
    (home, file)
}

#[test]
fn what_a_file_holds_is_said_before_it_is_imported_and_its_boxes_can_be_cut_out_at_once() {
    let (_home, file) = a_file();
    let (window, _) = reading(&file);
    assert!(window.has("1,300 pictures read so far"), "{:?}", window.names());
    let mut window = recognised(&file, report());
    window.picture("import_recognised");
    for words in [
        "24 pictures of 26 matched (COCO)",
        "3 of them by the name of the file alone",
        "20 pictures with a label: door 12, wheel 8",
        "4 pictures with several labels: all labels become tags, such as label:NAME",
        "24 pictures in a split: train 24",
        "1,200 boxes in 18 pictures: door 1,000, wheel 200",
        "2 not in the collection:",
        "far.png (image 25): no image of the collection is called so",
    ] {
        assert!(window.has(words), "{words}: {:?}", window.names());
    }
    assert!(!window.sent().iter().any(|request| matches!(request, Request::Import(_))), "nothing is written yet");
    window.click("Import labels, splits and 1,200 boxes");
    let wish = ImportWish { path: file, ..ImportWish::default() };
    assert_eq!(window.sent().last(), Some(&Request::Import(wish)));

    let progress = Arc::new(Progress::new("Importing labels and boxes"));
    window.tell([Event::ImportStarted(progress.clone())]);
    window.settle();
    assert!(!window.harness.get_by_label("Stop importing").accesskit_node().is_disabled());
    progress.set_total(24, true);
    window.settle();
    assert!(window.harness.get_by_label("Stop importing").accesskit_node().is_disabled(), "it is being written");
    progress.end();
    window.tell([Event::Imported(Arc::new(report()))]);
    window.settle();
    assert!(window.has("Imported.") && window.has("1,200 boxes in 18 pictures: door 1,000, wheel 200"));
    window.forget_sent();
    window.click("Cut boxes out as pictures…");
    assert_eq!(window.sent().last(), Some(&Request::CountBoxes));
    let labels = vec![(Some("door".to_owned()), 1_000), (Some("wheel".to_owned()), 200)];
    window.tell([Event::BoxCounts(Arc::new(BoxCounts { labels, left_out: Remarks::default() }))]);
    window.settle();
    assert!(window.has("1,200 boxes become pictures, in a folder for each of 2 labels."), "{:?}", window.names());
}

#[test]
fn how_many_labels_given_by_hand_are_kept_is_said_and_they_give_way_if_the_person_wants_it() {
    let (_home, file) = a_file();
    let mut window = recognised(&file, ImportReport { labels_by_hand: 3, ..report() });
    assert!(window.has("3 labels given by hand kept"), "{:?}", window.names());
    window.click("Replace 3 labels that were given by hand, too");
    assert!(window.has("3 labels given by hand replaced"), "{:?}", window.names());
    window.click("Import labels, splits and 1,200 boxes");
    let wish = ImportWish { path: file.clone(), over_hand: true, ..ImportWish::default() };
    assert_eq!(window.sent().last(), Some(&Request::Import(wish)));
    let window = recognised(&file, report());
    assert!(!says(&window, "given by hand"), "there is none: {:?}", window.names());
}

#[test]
fn where_every_picture_has_several_labels_their_names_are_said_of_these() {
    let (_home, file) = a_file();
    let window = recognised(&file, ImportReport { labelled: 0, labels: Vec::new(), ..report() });
    let words = "4 pictures with several labels: door 4, wheel 4; all labels become tags, such as label:NAME";
    assert!(window.has(words) && !says(&window, "with a label"), "{:?}", window.names());
}

#[test]
fn reading_can_be_stopped_and_then_nothing_is_imported() {
    let (_home, file) = a_file();
    let (mut window, progress) = reading(&file);
    window.click("Stop importing");
    assert_eq!(window.sent().last(), Some(&Request::StopImport));
    progress.cancel();
    window.settle();
    assert!(window.has("Stopping…"));
    progress.end();
    window.tell([Event::ImportStopped]);
    window.settle();
    assert!(window.has("Choose a file…") && window.has("See what is in it"), "{:?}", window.names());
}

#[test]
fn an_import_is_among_the_jobs_and_goes_on_while_nobody_looks() {
    let (_home, file) = a_file();
    let (mut window, _progress) = reading(&file);
    window.click("Close");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    window.settle();
    assert!(window.has("1,300 so far"), "{:?}", window.names());
    window.click("Stop: Reading labels and boxes");
    assert_eq!(window.sent().last(), Some(&Request::StopImport));
    window.click("Close");
    window.click("File");
    window.click("Import labels and boxes…");
    assert!(window.has("1,300 pictures read so far"), "{:?}", window.names());
}

#[test]
fn what_was_recognised_while_nobody_looked_is_told_and_waits_for_the_persons_word() {
    let (_home, file) = a_file();
    let (mut window, progress) = reading(&file);
    window.click("Close");
    progress.end();
    window.tell([Event::ImportPlanned(Arc::new(report()))]);
    window.settle();
    assert!(says(&window, "COCO was read: 24 pictures of 26 matched."), "{:?}", window.names());
    window.click("File");
    window.click("Import labels and boxes…");
    window.click("Import labels, splits and 1,200 boxes");
    let wish = ImportWish { path: file.clone(), ..ImportWish::default() };
    assert_eq!(window.sent().last(), Some(&Request::Import(wish)));
    // What came of it was told when it came.
    window.click("Close");
    window.tell([Event::Imported(Arc::new(report()))]);
    window.settle();
    window.click("File");
    window.click("Import labels and boxes…");
    assert!(window.has("Choose a file…"), "{:?}", window.names());

    let window = recognised(&file, report());
    assert!(!says(&window, "COCO was read"), "who looks sees it: {:?}", window.names());
    assert_eq!(window.session().lasting.notices.all().len(), 0);
}

#[test]
fn what_is_no_data_set_is_refused_with_its_reason_and_the_format_can_be_said() {
    let (_home, file) = a_file();
    let (mut window, progress) = reading(&file);
    progress.end();
    let problem = Problem::new("Nothing was imported", "it is neither JSON, XML nor a table")
        .with_remedy("Say which format it is (on the command line: --format).");
    window.tell([Event::Problem { of: Asked::Import, problem }]);
    window.settle();
    window.picture("import_refused");
    let told = window.names().into_iter().filter(|name| name == "it is neither JSON, XML nor a table").count();
    assert_eq!(told, 1, "in the dialog, and not as a notice, too: {:?}", window.names());
    window.click("How to read it");
    window.harness.run_steps(20);
    window.click("Format");
    window.click("YOLO");
    window.harness.get_by_label("Split").focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Split").type_text("val");
    window.settle();
    window.harness.get_by_label("Column of labels").focus();
    window.harness.run_steps(2);
    window.harness.get_by_label("Column of labels").type_text("species");
    window.settle();
    window.forget_sent();
    window.click("Choose a folder…");
    let wish = wait_until_asked(&mut window);
    assert_eq!((wish.format, wish.split.as_deref()), (Some(AnnotationFormat::Yolo), Some("val")));
    assert_eq!(wish.columns.label.as_deref(), Some("species"));
}

#[test]
fn a_file_that_was_chosen_beside_a_wrong_split_is_not_read_unasked_once_that_is_right() {
    let (_home, file) = a_file();
    let mut window = opened(Setup { answer: Some(file), ..Setup::default() });
    window.click("How to read it");
    window.harness.run_steps(20);
    let write = |window: &mut Window, split: &str| {
        window.harness.get_by_label("Split").focus();
        window.harness.run_steps(2);
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.harness.run_steps(2);
        window.harness.get_by_label("Split").type_text(split);
        window.settle();
    };
    write(&mut window, &"very ".repeat(80));
    assert!(says(&window, "a split has at most"), "{:?}", window.names());
    window.click("Choose a file…");
    assert_eq!(*window.questions.borrow(), [Question::ImportFile]);
    write(&mut window, "val");
    wait_until_enabled(&mut window, "See what is in it");
    let is_asked = |window: &Window| window.sent().iter().any(|request| matches!(request, Request::PlanImport(_)));
    assert!(!is_asked(&window), "{:?}", window.sent());
    window.click("See what is in it");
    assert_eq!(wait_until_asked(&mut window).split.as_deref(), Some("val"));
}

#[test]
fn a_file_that_speaks_of_other_pictures_is_not_imported() {
    let (_home, file) = a_file();
    let mut window = recognised(&file, of_none());
    assert!(
        window.has("This is COCO, but none of its pictures is an image of the collection."),
        "{:?}",
        window.names()
    );
    assert_eq!(importing_buttons(&window), Vec::<String>::new());
    window.click("Choose another file");
    assert!(window.has("Choose a file…"));
    assert!(!window.sent().iter().any(|request| matches!(request, Request::Import(_))), "{:?}", window.sent());
}

#[test]
fn what_says_nothing_of_the_pictures_cannot_be_imported_and_deletes_nothing() {
    let (_home, file) = a_file();
    let silent = ImportReport { labelled: 0, with_several: 0, in_splits: 0, boxes: BoxCount::default(), ..report() };
    let window = recognised(&file, silent);
    assert!(window.has("What was recognised says nothing of these pictures."), "{:?}", window.names());
    assert_eq!(importing_buttons(&window), Vec::<String>::new());
    assert!(!says(&window, "before is replaced"), "{:?}", window.names());
}

#[test]
fn a_file_that_says_nothing_any_more_when_it_is_imported_is_said_to() {
    let (_home, file) = a_file();
    let mut window = recognised(&file, report());
    window.click("Import labels, splits and 1,200 boxes");
    let silent = ImportReport { labelled: 0, with_several: 0, in_splits: 0, boxes: BoxCount::default(), ..report() };
    window.tell([Event::Imported(Arc::new(silent))]);
    window.settle();
    assert!(window.has("What was recognised says nothing of these pictures."), "{:?}", window.names());
    assert!(!says(&window, "imported:") && !window.has("Imported."), "{:?}", window.names());
}

#[test]
fn that_earlier_imports_are_replaced_is_said_wherever_it_is_so() {
    let (_home, file) = a_file();
    let several = ImportReport { labelled: 0, in_splits: 0, boxes: BoxCount::default(), ..report() };
    let boxes = ImportReport { labelled: 0, with_several: 0, in_splits: 0, ..report() };
    for report in [report(), several, boxes] {
        let window = recognised(&file, report.clone());
        let (names, folders) = (window.names(), "the label takes the place of the folder's name");
        assert!(says(&window, "What was imported for the same pictures before is replaced"), "{names:?}");
        assert_eq!(says(&window, folders), report.labelled > 0, "{names:?}");
        assert_eq!(importing_buttons(&window).len(), 1, "{names:?}");
    }
    let splits =
        ImportReport { labelled: 0, with_several: 0, boxes: BoxCount::default(), replaces_earlier: false, ..report() };
    let window = recognised(&file, splits);
    assert!(window.has("Import splits") && !says(&window, "before is replaced"), "{:?}", window.names());
}

#[test]
fn a_file_is_imported_by_the_keyboard_alone() {
    let (home, file) = a_file();
    let mut window = opened(Setup::default());
    let has_focus = |window: &Window| window.harness.get_by_label("Path").is_focused();
    assert!(has_focus(&window), "one can write at once");
    let write = |window: &mut Window, path: &Path| {
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.harness.run_steps(2);
        window.harness.get_by_label("Path").type_text(&path.display().to_string());
        window.harness.run_steps(2);
    };
    // What is wrong keeps the cursor where it is put right.
    write(&mut window, &home.path().join("none.json"));
    window.wait_until("what is wrong", |window| window.says("There is nothing called none.json in "));
    window.harness.key_press(Key::Enter);
    window.harness.run_steps(3);
    assert!(has_focus(&window) && !window.sent().iter().any(|sent| matches!(sent, Request::PlanImport(_))));
    write(&mut window, &file);
    window.harness.key_press(Key::Enter);
    assert_eq!(wait_until_asked(&mut window).path, file);
    let progress = Arc::new(Progress::new("Reading labels and boxes"));
    window.tell([Event::ImportStarted(progress.clone())]);
    window.settle();
    progress.end();
    window.tell([Event::ImportPlanned(Arc::new(report()))]);
    window.harness.run_steps(1);
    window.harness.key_press(Key::Enter);
    window.harness.run_steps(1);
    let is_imported = |window: &Window| window.sent().iter().any(|sent| matches!(sent, Request::Import(_)));
    assert!(window.says("24 pictures of 26 matched") && !is_imported(&window), "nobody can have read it");
    window.harness.run_steps(8);
    window.harness.key_press(Key::Enter);
    window.harness.run_steps(2);
    assert!(is_imported(&window), "{:?}", window.sent());

    let mut window = opened(Setup::default());
    assert!(has_focus(&window));
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(!window.has("Path"), "{:?}", window.names());
}

#[test]
fn without_a_file_dialog_the_path_is_written_and_checked() {
    let (home, file) = a_file();
    let mut window = opened(Setup { no_dialogs: true, ..Setup::default() });
    window.click("Choose a file…");
    assert!(!says(&window, "This desktop has no file dialog"), "there is a field already");
    let write = |window: &mut Window, path: &Path| {
        window.harness.get_by_label("Path").focus();
        window.harness.run_steps(2);
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.harness.run_steps(2);
        window.harness.get_by_label("Path").type_text(&path.display().to_string());
        window.harness.run_steps(2);
    };
    write(&mut window, &home.path().join("none.json"));
    for _ in 0..400 {
        if says(&window, "There is nothing called none.json in ") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
        window.harness.run_steps(1);
    }
    assert!(says(&window, "There is nothing called none.json in "), "{:?}", window.names());
    write(&mut window, &file);
    wait_until_enabled(&mut window, "See what is in it");
    window.click("See what is in it");
    assert_eq!(wait_until_asked(&mut window).path, file);
}

#[test]
fn of_a_file_with_labels_and_boxes_one_comes_in_without_the_other_and_it_is_said_what_becomes_of_labels() {
    let (_home, file) = a_file();
    let mut window = recognised(&file, report());
    window.picture("import_parts");
    let loss =
        "4 pictures: several labels become tags, and the folder's name is no longer the label: they have none then.";
    window.harness.get_by_label("20 pictures: the label takes the place of the folder's name.");
    window.harness.get_by_label(loss);
    window.click("Boxes only");
    assert!(!window.has(loss) && !says(&window, "with a label"), "{:?}", window.names());
    window.harness.get_by_label("Labels stay as they are: the names of folders, or what they were made since.");
    assert!(says(&window, "Boxes that were imported for the same pictures before are replaced"));
    window.click("Import 1,200 boxes");
    let wish = |parts| Request::Import(ImportWish { path: file.clone(), parts, ..ImportWish::default() });
    assert_eq!(window.sent().last(), Some(&wish(ImportParts::Boxes)));

    let mut window = recognised(&file, report());
    window.click("Labels only");
    assert!(window.has(loss) && !says(&window, "1,200 boxes"), "{:?}", window.names());
    window.click("Import labels and splits");
    assert_eq!(window.sent().last(), Some(&wish(ImportParts::Labels)));

    // Where there is only one of both nothing is to be chosen.
    let without = ImportReport { boxes: BoxCount::default(), box_labels: Vec::new(), ..report() };
    let window = recognised(&file, without);
    assert!(!window.has("Boxes only") && window.has("Import labels and splits"), "{:?}", window.names());
}

#[test]
fn what_goes_wrong_elsewhere_is_no_matter_of_the_dialogs_of_boxes_and_imports() {
    let problem = || Problem::new("An index could not be read", "it is empty");
    for open in [opened, super::cut_out::opened] {
        let mut window = open(Setup::default());
        window.tell([Event::Remark(problem())]);
        window.settle();
        assert!(!window.has("An index could not be read"), "{:?}", window.names());
        window.harness.key_press(Key::Escape);
        window.settle();
        assert!(window.has("An index could not be read"), "it waited: {:?}", window.names());
    }
    // Its own failure is said once.
    let mut window = super::cut_out::opened(Setup::default());
    window.tell([Event::Problem { of: Asked::Boxes, problem: Problem::new("The boxes could not be read", "damaged") }]);
    window.settle();
    assert_eq!(window.names().into_iter().filter(|name| name == "damaged").count(), 1);
    // Nor is a failed import one of the networks'; that nothing goes on any more is said in every dialog.
    let mut window = opened(Setup::default());
    window.harness.key_press(Key::Escape);
    window.settle();
    window.tell([Event::Problem { of: Asked::Import, problem: problem() }]);
    window
        .tell([Event::Problem { of: Asked::Export, problem: Problem::new("The export stopped", "the disk is full") }]);
    window.settle();
    assert!(window.has("The export stopped"));
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    window.settle();
    assert!(window.has("Search networks"), "{:?}", window.names());
    assert!(!window.has("The export stopped") && !window.has("An index could not be read"), "{:?}", window.names());
    window.tell([Event::Problem {
        of: Asked::Network("resnet50".into()),
        problem: Problem::new("The download failed", "there is no connection"),
    }]);
    window.settle();
    assert!(window.has("The download failed"), "{:?}", window.names());
    window.end_engine();
    assert!(window.has("Tiramisu can do nothing more"), "{:?}", window.names());
}

#[test]
fn the_dialog_stays_as_large_as_it_was_when_it_says_less() {
    let (_home, file) = a_file();
    let mut window = recognised(&file, report());
    let title = |window: &Window| window.harness.get_by_label("Import labels and boxes").rect().min;
    let largest = title(&window);
    window.click("Import labels, splits and 1,200 boxes");
    window.tell([Event::ImportStarted(Arc::new(Progress::new("Importing labels and boxes")))]);
    window.settle();
    assert!(window.has("Stop importing"));
    assert_eq!(title(&window), largest, "it says less, and stays where it is");
    // Opened anew it is as large as it has to be.
    window.click("Close");
    window.settle();
    window.click("File");
    window.click("Import labels and boxes…");
    assert!(title(&window).y > largest.y + 20.0, "{:?} below {largest:?}", title(&window));
}

#[test]
fn who_presses_enter_or_the_button_twice_imports_nothing_unseen() {
    let (_home, file) = a_file();
    let mut window = opened(Setup::default());
    window.harness.get_by_label("Path").focus();
    window.harness.run_steps(2);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.run_steps(2);
    window.harness.get_by_label("Path").type_text(&file.display().to_string());
    wait_until_enabled(&mut window, "See what is in it");
    let button = window.harness.get_by_label("See what is in it").rect();
    window.harness.key_press(Key::Enter);
    assert_eq!(wait_until_asked(&mut window).path, file);
    let progress = Arc::new(Progress::new("Reading labels and boxes"));
    progress.end();
    window.tell([Event::ImportStarted(progress), Event::ImportPlanned(Arc::new(report()))]);
    window.harness.run_steps(1);
    let imports = window.harness.get_by_label("Import labels, splits and 1,200 boxes").rect();
    assert!(button.right() < imports.left(), "one is not under the other: {button:?} and {imports:?}");
    // Within half a second, which is two frames here.
    window.harness.key_press(Key::Enter);
    window.harness.run_steps(1);
    assert!(!window.sent().iter().any(|request| matches!(request, Request::Import(_))), "{:?}", window.sent());
    assert!(window.has("Import labels, splits and 1,200 boxes"), "it is still asked: {:?}", window.names());
}

//! What the window asks before something is taken away.

use std::cell::RefCell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{ClassesBy, FilePlacing, Filter, FolderCounts, ImageId, MapPicture, SplitBy, SplitShares, Tags};
use tiramisu::engine::{
    Event, ExportFormat, ExportSummary, FilesToMove, FoldersToWrite, MoveWish, RecipeSaved, Request,
};
use tiramisu::session::{Choose, Pick};
use tiramisu::ui::{Chooser, Question, Settings};

use super::FIRST;
use crate::support::painted::texts;
use crate::support::window::{Setup, Window};

/// Whether a menu or a dialog says that it takes so many: the status bar says it always.
fn takes(window: &Window, words: &str) -> bool {
    window.harness.query_all_by_label(words).count() > 1
}

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
fn what_an_export_writes_and_what_it_leaves_alone_is_said_before_it_is_chosen() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.click("Export");
    assert!(takes(&window, "1 selected"), "{:?}", window.names());
    assert!(
        window.has("Which others instead, and where to, is asked next; nothing is replaced unasked"),
        "{:?}",
        window.names()
    );
    window.harness.get_by_label("Export CSV…").hover();
    window.harness.run_steps(8);
    assert!(window.has(ExportFormat::Csv.outcome()), "{:?}", window.names());
    for format in ExportFormat::ALL {
        let words = format.outcome();
        let says_how_many = ["One ", "Two files", "A copy of each file"].iter().any(|begin| words.starts_with(begin));
        let says_what_stays =
            ["asked before", "What lies there stays", "a new or empty folder"].iter().any(|it| words.contains(it));
        assert!(says_how_many && says_what_stays, "{format:?}: {words}");
    }
}

#[test]
fn beside_each_export_stands_in_few_words_what_it_is() {
    let setup = Setup { size: vec2(800.0, 800.0), settings: Settings::default(), ..Setup::default() };
    let mut window = Window::with_images(60, setup);
    for menus in [&["Export"][..], &["File", "Export as"]] {
        menus.iter().for_each(|menu| window.click(menu));
        window.picture(&format!("exports_{}", menus.len()));
        let seen: Vec<String> = texts(window.harness.output()).into_iter().map(|text| text.text).collect();
        for format in ExportFormat::ALL {
            let (name, words) = (format.description().command, format.in_short());
            let node = window.harness.get_by_label(name);
            assert_eq!(node.accesskit_node().description().as_deref(), Some(words), "{name}");
            assert!(node.rect().left() >= 0.0 && node.rect().right() <= 800.0, "{name}: {:?}", node.rect());
            assert!(seen.iter().any(|text| text == words), "{words}: {seen:?}");
        }
        window.harness.key_press(Key::Escape);
        window.settle();
        window.harness.key_press(Key::Escape);
        window.settle();
    }
    window.click("File");
    window.harness.get_by_label("Save the recipe…").hover();
    window.harness.run_steps(60);
    assert!(window.says("with every seed, so that they can be made again"), "{:?}", window.names());
}

#[test]
fn where_a_path_is_written_it_says_what_comes_there() {
    let mut window = Window::with_images(60, Setup { no_dialogs: true, ..Setup::default() });
    window.click(FIRST);
    window.click("Export");
    window.click("Copy files…");
    window.click("Choose the folder…");
    window.harness.run_steps(4);
    assert!(takes(&window, "1 selected") && window.has(ExportFormat::Files.outcome()), "{:?}", window.names());
}

#[test]
fn behind_a_dialog_nothing_is_selected_by_keys_and_enter_presses_its_main_button() {
    let answer = Some(PathBuf::from("/home/ada/map.png"));
    let mut window = Window::with_images(60, Setup { answer, ..Setup::default() });
    window.click(FIRST);
    window.click("Export");
    window.click("Export the map as a picture…");
    for (modifiers, key) in [(Modifiers::COMMAND, Key::A), (Modifiers::COMMAND, Key::I), (Modifiers::COMMAND, Key::Z)] {
        window.harness.key_press_modifiers(modifiers, key);
        window.settle();
        assert_eq!(window.session().opened.chosen.selection.iter().collect::<Vec<_>>(), [ImageId(0)], "{key:?}");
    }
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(*window.questions.borrow(), [Question::Export(ExportFormat::Png)]);
    assert!(!window.has("Choose where…"));
}

#[test]
fn files_are_moved_only_after_the_person_saw_what_that_does() {
    let target = PathBuf::from("/home/ada/sorted");
    let mut window = Window::with_images(60, Setup { answer: Some(target.clone()), ..Setup::default() });
    window.tell([Event::Tags(Arc::new(Tags::from([("odd".to_owned(), vec![ImageId(0)])])))]);
    window.settle();
    window.act(Choose::PickMany(vec![ImageId(0), ImageId(1)], Pick::Replace));
    window.click("File");
    window.click("Move files into folders…");
    assert!(takes(&window, "2 selected") && window.has("Each goes into a folder for its"), "{:?}", window.names());
    assert!(window.says("The files leave the folders that they lie in, and Undo does not bring them back."));
    window.click("tag");
    window.click("Choose the folder…");
    assert_eq!(*window.questions.borrow(), [Question::MoveInto]);
    let wish = MoveWish {
        images: vec![ImageId(0), ImageId(1)].into(),
        by: ClassesBy::Tag,
        splits: SplitBy::Imported,
        target,
        is_agreed: false,
    };
    assert_eq!(window.sent().last(), Some(&Request::MoveFiles(wish.clone())));

    let counts = FilesToMove {
        wish: wish.clone(),
        counts: FolderCounts {
            pictures: 3,
            files: 3,
            folders: 1,
            splits: Vec::new(),
            unclassed: 1,
            left: vec![("/home/ada/b.jpg".to_owned(), "it is in no class, and so in no folder".to_owned())],
        },
        renamed: 0,
        in_place: 0,
        leaving: 1,
        relabelled: 2,
    };
    let ask = |window: &mut Window| {
        window.tell([Event::MoveToConfirm(Arc::new(counts.clone()))]);
        window.settle();
        for said in [
            "3 pictures into 1 folder; 1 without a tag stays.",
            "they leave the folders that they lie in",
            "moved.csv there says of each where it came from",
            "1 would leave the folder",
            "2 would have the name of the new folder as label",
        ] {
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

#[test]
fn that_files_are_moved_away_is_said_at_every_step_and_last_right_above_the_button_that_does_it() {
    let mut window = Window::with_images(60, Setup { no_dialogs: true, ..Setup::default() });
    window.act(Choose::PickMany(vec![ImageId(0), ImageId(1)], Pick::Replace));
    window.click("File");
    window.click("Move files into folders…");
    window.click("Choose the folder…");
    window.harness.run_steps(4);
    assert!(window.says("This desktop has no file dialog"), "{:?}", window.names());
    assert!(window.says("Undo does not bring them back"), "{:?}", window.names());
    window.picture("move_into");
    window.click("Cancel");
    let wish = MoveWish {
        images: vec![ImageId(0), ImageId(1)].into(),
        by: ClassesBy::Label,
        splits: SplitBy::Nothing,
        target: PathBuf::from("/home/ada/sorted"),
        is_agreed: false,
    };
    let left = vec![("/home/ada/b.jpg".to_owned(), "it is in no class, and so in no folder".to_owned())];
    let (pictures, files, folders, unclassed) = (2, 2, 1, 1);
    let counts = FolderCounts { pictures, files, folders, splits: Vec::new(), unclassed, left };
    let to_move = FilesToMove { wish, counts, renamed: 1, in_place: 1, leaving: 1, relabelled: 1 };
    window.tell([Event::MoveToConfirm(Arc::new(to_move))]);
    window.settle();
    window.picture("move_confirmed");
    let rect = |words: &str| window.harness.get_by_label_contains(words).rect();
    let said = rect("moved and not copied: they leave the folders that they lie in, and Undo does not bring them back");
    for before in ["2 pictures into 1 folder", "1 would leave the folder", "it is in no class, and so in no folder"] {
        assert!(rect(before).bottom() <= said.top(), "{before}: {:?}", window.names());
    }
    let button = rect("Move 2 files");
    assert!((0.0..80.0).contains(&(button.top() - said.bottom())), "{said:?} above {button:?}");
}

#[test]
fn a_data_set_is_laid_out_as_the_person_says_and_written_after_its_counts_were_seen() {
    let target = PathBuf::from("/home/ada/to-train");
    let mut window = Window::with_images(60, Setup { answer: Some(target.clone()), ..Setup::default() });
    let names = vec!["kmeans_5_conv2_average".to_owned(), "kmeans_9_conv2_average".to_owned()];
    window.tell([
        Event::Tags(Arc::new(Tags::from([("odd".to_owned(), vec![ImageId(0)])]))),
        Event::Results { maps: Vec::new(), clusterings: names.clone(), has_embedding: false },
    ]);
    window.settle();
    window.act(Choose::PickMany(vec![ImageId(0), ImageId(1)], Pick::Replace));
    window.click("Export");
    window.click("Export image folders…");
    assert_eq!(*window.questions.borrow(), [], "first it is asked how");
    window.click("cluster");
    assert!(window.has("Clustering"), "which of the two: {:?}", window.names());
    window.click("symbolic links");
    window.click("train, validation, test");
    assert!(window.has("Share to validate with") && window.has("Share to test with") && window.has("train 80 %,"));
    window.click("Choose the folder…");
    assert_eq!(*window.questions.borrow(), [Question::Export(ExportFormat::Folders)]);
    let sent = window.sent();
    let Some(Request::PlanFolders(wish)) = sent.last() else { panic!("{sent:?}") };
    let shares = SplitShares { validation: 10, test: 10, seed: 0 };
    assert_eq!(wish.dataset.by, ClassesBy::Cluster(names.last().cloned()));
    assert_eq!((wish.dataset.placing, wish.dataset.splits), (FilePlacing::Symbolic, SplitBy::Shares(shares)));
    assert_eq!((&wish.images, &wish.target), (&vec![ImageId(0), ImageId(1)].into(), &target));

    let counts = FoldersToWrite {
        wish: wish.clone(),
        counts: FolderCounts {
            pictures: 132,
            files: 132,
            folders: 15,
            splits: [("test", 13), ("train", 106), ("val", 13)]
                .map(|(split, count)| (split.to_owned(), count))
                .to_vec(),
            unclassed: 4,
            left: Vec::new(),
        },
    };
    let ask = |window: &mut Window| {
        window.tell([Event::FoldersToConfirm(Arc::new(counts.clone()))]);
        window.settle();
        let said = "132 pictures into 15 folders (train 106, val 13, test 13); 4 in no cluster are left out.";
        assert!(window.has(said), "{:?}", window.names());
    };
    window.forget_sent();
    ask(&mut window);
    window.click("Cancel");
    assert_eq!(window.session().opened.folders_to_confirm, None);
    assert!(!window.sent().iter().any(|sent| matches!(sent, Request::Export(_))), "no is no");
    ask(&mut window);
    window.click("Link 132 files");
    assert_eq!(window.sent().last(), Some(&Request::Export(counts.wish.clone())));

    // As it was chosen the last time; what has no tags is not offered by them.
    window.tell([Event::Tags(Arc::new(Tags::default()))]);
    window.settle();
    window.click("Export");
    window.click("Export image folders…");
    assert!(window.has("Clustering") && window.has("Share to test with"));
    window.click("tag");
    assert!(window.has("Clustering"), "there are no tags");
    assert!(!window.says("Undo does not bring them back"), "they are linked, as the last ones were");
    window.click("moved away from where they lie");
    assert!(window.says("Undo does not bring them back"), "{:?}", window.names());
    window.click("none");
    window.click("Choose the folder…");
    let sent = window.sent();
    let Some(Request::MoveFiles(wish)) = sent.last() else { panic!("{sent:?}") };
    assert_eq!(
        (&wish.by, wish.splits, wish.is_agreed),
        (&ClassesBy::Cluster(names.last().cloned()), SplitBy::Nothing, false)
    );
}

#[test]
fn boxes_for_other_programs_leave_with_splits_and_links() {
    let target = PathBuf::from("/home/ada/yolo");
    let mut window = Window::with_images(60, Setup { answer: Some(target), ..Setup::default() });
    window.click(FIRST);
    window.click("Export");
    window.click("Export for YOLO…");
    assert!(!window.says("moved away") && !window.has("cluster"), "boxes have their own classes: {:?}", window.names());
    window.click("hard links");
    window.click("train, validation, test");
    window.click("Choose the folder…");
    let sent = window.sent();
    let Some(Request::Export(wish)) = sent.last() else { panic!("{sent:?}") };
    assert_eq!((wish.format, wish.dataset.placing), (ExportFormat::Yolo, FilePlacing::Hard));
    assert_eq!(wish.dataset.splits, SplitBy::Shares(SplitShares::default()));
}

#[test]
fn the_recipe_is_saved_from_the_menu_and_replaces_a_file_only_after_a_yes() {
    let target = PathBuf::from("/home/ada/recipe.toml");
    let mut window = Window::with_images(60, Setup { answer: Some(target.clone()), ..Setup::default() });
    window.click("File");
    window.click("Save the recipe…");
    assert_eq!(*window.questions.borrow(), [Question::Recipe]);
    let wish = |overwrite| Request::SaveRecipe { target: target.clone(), overwrite };
    assert_eq!(window.sent().last(), Some(&wish(false)));
    window.forget_sent();
    let exists = |window: &mut Window| {
        window.tell([Event::RecipeExists(target.clone())]);
        window.settle();
        assert!(window.has("recipe.toml exists already. Replacing it cannot be undone."), "{:?}", window.names());
    };
    exists(&mut window);
    window.click("Keep it");
    assert_eq!(window.session().opened.recipe_exists, None);
    assert!(!window.sent().contains(&wish(true)), "no is no");
    exists(&mut window);
    window.click("Replace");
    assert_eq!(window.sent().last(), Some(&wish(true)));
    let saved = RecipeSaved { target: target.clone(), layers: 5, maps: 1, clusterings: 2 };
    window.tell([Event::RecipeSaved(saved)]);
    window.settle();
    let said = "Recipe of 5 layers, 1 map and 2 clusterings saved to /home/ada/recipe.toml; `tiramisu run` repeats it";
    assert!(window.has(said), "{:?}", window.names());
}

#[test]
fn menus_and_dialogs_of_exports_say_how_many_pictures_they_take_and_which() {
    let mut window =
        Window::with_images(60, Setup { size: vec2(1400.0, 1100.0), no_dialogs: true, ..Setup::default() });
    window.act(Choose::PickMany((0..12).map(ImageId).collect(), Pick::Replace));
    let says_it = |window: &Window| assert!(takes(window, "12 selected"), "{:?}", window.names());
    window.click("Export");
    says_it(&window);
    window.click("Export the map as a picture…");
    says_it(&window);
    window.click("Cancel");
    window.click("File");
    window.click("Export as");
    says_it(&window);
    window.click("Export JSON…");
    says_it(&window);
    window.click("Choose where…");
    window.harness.run_steps(4);
    says_it(&window);
    window.click("Cancel");
    window.click("Export");
    window.click("Export image folders…");
    says_it(&window);
    window.click("Cancel");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.settle();
    window.harness.get_by_label("Find a command or a layer").type_text("move files");
    window.settle();
    let found = window.names().iter().any(|name| name.contains("Move files") && name.contains("12 selected"));
    assert!(found, "{:?}", window.names());
}

#[test]
fn with_nothing_selected_an_export_takes_what_is_shown_unless_the_person_says_otherwise() {
    let target = PathBuf::from("/home/ada/pictures.csv");
    let mut window = Window::with_images(60, Setup { answer: Some(target), ..Setup::default() });
    window.act(Choose::LookAt(ImageId(0)));
    let neighbours = window.session().opened.neighbours.as_ref().map_or(0, |list| list.neighbours.len());
    assert!(neighbours > 0 && window.session().opened.chosen.selection.is_empty());
    let exported = |window: &Window| {
        let sent = window.sent();
        let Some(Request::Export(export)) = sent.last() else { panic!("{sent:?}") };
        (export.images.len(), export.scores.len())
    };
    let ask = |window: &mut Window| {
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
        window.settle();
    };
    ask(&mut window);
    window.picture("export_dialog");
    window.harness.get_by_label("All 60 pictures");
    window.harness.get_by_label(&format!("The {neighbours} neighbours"));
    assert!(!window.says(" shown of 60 "), "all are shown: {:?}", window.names());
    window.click("Choose where…");
    assert_eq!(exported(&window), (60, 0));

    window.act(Choose::Filter(Filter { text: "blobs".into(), ..Filter::default() }));
    let shown = window.session().opened.shown.len();
    assert!(0 < shown && shown < 60);
    ask(&mut window);
    window.harness.get_by_label(&format!("The {shown} shown of 60"));
    window.click("Choose where…");
    assert_eq!(exported(&window), (shown, 0));
    ask(&mut window);
    window.click("All 60 pictures");
    window.click("Choose where…");
    assert_eq!(exported(&window), (60, 0));
    ask(&mut window);
    window.click(&format!("The {neighbours} neighbours"));
    window.click("Choose where…");
    assert_eq!(exported(&window), (neighbours, neighbours), "neighbours with how near they are");

    // Selected, it is the selection, and the others are still a click away.
    window.act(Choose::PickMany(vec![ImageId(1), ImageId(2)], Pick::Replace));
    ask(&mut window);
    assert!(takes(&window, "2 selected"), "{:?}", window.names());
    window.harness.get_by_label(&format!("The {shown} shown of 60"));
    window.click("Choose where…");
    assert_eq!(exported(&window).0, 2);

    // Where the filter hides everything it is the neighbours, and all is a click away.
    window.act(Choose::ClearSelection);
    window.act(Choose::Filter(Filter { text: "nothing is called so".into(), ..Filter::default() }));
    ask(&mut window);
    window.harness.get_by_label("All 60 pictures");
    window.click("Choose where…");
    assert_eq!(exported(&window), (neighbours, neighbours));
}

#[test]
fn files_that_were_to_be_moved_and_are_selected_no_more_are_never_replaced_by_others() {
    let target = PathBuf::from("/home/ada/sorted");
    let mut window = Window::with_images(60, Setup { answer: Some(target), ..Setup::default() });
    window.act(Choose::PickMany(vec![ImageId(0), ImageId(1)], Pick::Replace));
    window.click("File");
    window.click("Move files into folders…");
    assert!(takes(&window, "2 selected") && !window.has("All 60 pictures"), "{:?}", window.names());
    // As another program may have it.
    window.act(Choose::ClearSelection);
    assert!(window.has("Nothing is selected any more") && !window.has("All 60 pictures"), "{:?}", window.names());
    window.click("Choose the folder…");
    window.harness.key_press(Key::Enter);
    window.settle();
    assert!(window.questions.borrow().is_empty() && window.has("Choose the folder…"), "{:?}", window.names());
    window.act(Choose::PickMany(vec![ImageId(2)], Pick::Replace));
    assert!(takes(&window, "1 selected"), "{:?}", window.names());
    window.click("Choose the folder…");
    let Some(Request::MoveFiles(wish)) = window.sent().last().cloned() else { panic!("{:?}", window.sent()) };
    assert_eq!(wish.images.iter().map(|id| id.0).collect::<Vec<_>>(), [2]);
}

#[test]
fn an_export_takes_nothing_in_the_place_of_what_went_unless_the_person_says_so() {
    let target = PathBuf::from("/home/ada/pictures.csv");
    let mut window = Window::with_images(60, Setup { answer: Some(target), ..Setup::default() });
    window.act(Choose::PickMany(vec![ImageId(0), ImageId(1)], Pick::Replace));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    window.settle();
    window.act(Choose::ClearSelection);
    assert!(window.has("Nothing is selected any more"), "{:?}", window.names());
    window.click("Choose where…");
    assert!(window.questions.borrow().is_empty() && window.has("Choose where…"), "{:?}", window.names());
    window.click("All 60 pictures");
    assert!(!window.has("Nothing is selected any more"), "{:?}", window.names());
    window.click("Choose where…");
    let Some(Request::Export(wish)) = window.sent().last().cloned() else { panic!("{:?}", window.sent()) };
    assert_eq!(wish.images.len(), 60);
}

#[test]
fn an_export_that_was_stopped_never_counts_more_images_than_there_were_to_be() {
    let mut window = Window::with_images(60, Setup::default());
    let summary = |written, wanted| ExportSummary { written, wanted, cancelled: true, ..ExportSummary::default() };
    window.tell([Event::Exported(summary(12, 60)), Event::Exported(summary(61, 60))]);
    window.settle();
    assert!(window.says("12 of 60 images exported to"), "{:?}", window.names());
    assert!(window.says("61 files of 60 images exported to"), "{:?}", window.names());
}

#[test]
fn a_dialog_of_the_desktop_says_in_its_title_of_which_pictures_it_is() {
    let titles = Rc::new(RefCell::new(Vec::new()));
    let noted = titles.clone();
    let mut chooser = Chooser::new(move |_, reply| noted.borrow_mut().push(reply.title().to_owned()));
    chooser.ask(Question::Export(ExportFormat::Csv), Some("12 selected"));
    chooser.take_answer();
    chooser.ask(Question::Folder, None);
    assert_eq!(*titles.borrow(), ["Export a table: 12 selected", "Open a folder of pictures"]);
}

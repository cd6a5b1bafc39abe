//! The window, driven by accessible names as a person with a screen reader would.
//!
//! Names a test may rely on:
//! - welcome: `Open a folder…`, `Explore the sample collection`, `Networks…`, `Load a network file…`, `Open PATH` for
//!   a recent folder;
//! - menus: `File`, `Edit`, `View`, `Go`, `Network`, `Help`, and the commands' names in them (`Export CSV…`, `Undo` …);
//! - tabs: `Gallery`, `Table`, `Activations`, `Look inside`, `Map`, `Layers`, `Neighbours`, `Clusters`, `Selection`;
//! - pictures: the path in the gallery (`checks/000012.png`), `Probe: PATH`, `Neighbour 3: PATH`, `Selected: PATH`;
//! - around the views: `Place: Explore`, `Check: 3 odd pictures`, `Go back`, `Go forward`, `Depth`, `Network in use: …`, `Inspector`,
//!   `Maximise Map`, `Show the other views again`; inspector: `Current picture: PATH`, `Near 3: PATH`, `Why near 3?`, `Tag this picture`;
//! - gallery: `Gallery grid`, `Filter by name`, `Filter by label`, `Show 3 pictures to remove`, `Sort by`, `Tile size`,
//!   `Pictures in their own shapes`, `Filter by predicate`, `Predicate`, `Look for no name: NAME`, `Show more than 3 pictures`,
//!   `Ask it as a query`; what came into the folder: `New: PATH`, `Extract what happened in the folder`,
//!   `Mark as gone what happened in the folder`, `Hide what happened in the folder`, `PATH (changed)`, `PATH (removed)`;
//! - table: `Table of images`, `Row 3: PATH`, `Sort by LABEL` and `Width of LABEL` of each column, `Histogram of SIZE`,
//!   `Show all of SIZE`, `LABEL: NAME` and `More of LABEL: ...` of columns of names, `Choose columns`,
//!   `Column SHAPE`, `Histograms`, `Take the filter away`;
//! - layers: `Layers of the network`, `Fit`, `Find a layer`, and each layer's name;
//! - neighbours: `Layer`, `Pooling`, `Measure`, `Number of neighbours`; what is asked with: `More like PATH`, `Less like PATH`,
//!   `Ask with`, `Weight of NAME`, `Switch NAME off`, `Leave out NAME`, `Hold NAME`, `Ask with nothing else`,
//!   `Details of what is asked with`, `Show all that is asked with`, of many that count alike `Show them one by one: 20 pictures`;
//!   `Every depth`, `All layers`, `Row: conv 2 · 64 channels`, `At conv 2, 1: PATH`, `Why at conv 2, 1?`;
//! - clusters: `Cluster method`, `Number of clusters`, `Cluster`, and of each group, `cluster 0` or `class LABEL`: `Cluster 0: PATH`,
//!   `Name cluster 0`, `Name of the cluster`, `Select cluster 0`, `Tag cluster 0`, `Mark cluster 0`, `More for cluster 0`,
//!   `Channel of cluster 0: conv 2 #3`, `conv 2 #3: PATH` of its pictures; beside each other: `Show groups with labels`,
//!   `Show similarity of groups`, `Compare the marked`, `Merge the marked`, `Difference of the marked`,
//!   `Similarity of groups: row LABEL`, `Nearest 1: PATH`, `A, blobs 1: PATH` of what it is of;
//! - findings: `Near-duplicates`, `Suspicious labels`, `Outliers`, `Odd pictures`, `Unreadable files`, `Find`, `Outliers by`,
//!   `How much copies may differ`, `Suspicious label: PATH`, `Odd picture: PATH`, `Dismiss: PATH`, `Relabel as LABEL: PATH`,
//!   `Another label…: PATH`, `Label what is selected`, `Label to give`, `Label as LABEL`, `PATH is called NAME`, `PATH: stays`,
//!   `Tag "to remove": PATH`, `Near PATH 1: PATH, LABEL`, `+ 9 more near PATH`, `Why is PATH near PATH?`, `Dismiss: duplicates 0`,
//!   `Tag the copies "to remove": duplicates 0`, `Select them: to remove`;
//! - map: `Move`, `Lasso`, `Rectangle`, `Brush`, `Fit`, `Pictures`, `Lines`, `Map method`, `Map colouring`, `Another map beside`,
//!   `Place them`, `Make anew`; its legend: `Select all of LABEL`, `Search the legend`, `Sort the legend by count`, `Show the legend`,
//!   `Fold the legend away`; of several maps
//!   `Map 2`, `Map 2 layer`, `Map 2 method`, `Map 2 colouring`, `Fit map 2`, `Close map 2`;
//! - channels: `Channel 3`, `Channel 3, enlarged`, `Channel 3, overlay`, `Channel order`, `Look` (in little room), `Next channel`,
//!   `Exemplar 2: PATH`, `Why neighbour 3?`, `Why: channel 6`, `Why: the left picture, PATH`, `Close why similar`;
//! - look inside: `Looking inside PATH`, `Compared with PATH`, `Channel 3 laid over`, `Overlay strength`, `Order of the
//!   channels`, `Look at channel 3`, `Exemplar 1 of channel 3: PATH`, `Here: channel 3, 1.20`, `Depth: conv2`, `Deeper layer`,
//!   `Compare with…`, `Compare with PATH`, `Compare the two`, `Stop comparing`, `Draw a region`, `Boxes`, `Box 1: LABEL`;
//! - selection: `When you select: New selection`, `Add a tag`, `Tags of what is selected` (in little room), `Remove tag TAG`, `Clear`,
//!   `Show only the selected`, `Show the others again`, `Invert`, `Undo`, `Redo`, `Export`;
//! - viewer: `Picture: PATH`, `Close the picture`, `Previous picture`, `Next picture`, `Fit the picture`, `Actual pixels`,
//!   `Channel over the picture`, `Channel 3 over the picture`, `Boxes`, `Box 1: LABEL`;
//! - colours of tags: `Colours of tags…`, `Colour of TAG: teal`, `Colour of TAG: by its name`;
//! - data sets: `Export image folders…`, `label`, `tag`, `cluster`, `Clustering`, `copied`, `hard links`, `symbolic links`,
//!   `moved away from where they lie`, `none`, `as imported`, `train, validation, test`, `Share to validate with`, `Share to test with`,
//!   `Seed of the splits`, `Choose the folder…`, `Copy 2 files`, `Link 2 files`; moving files: `Move files into folders…`,
//!   `Move 2 files`, `Leave them where they are`;
//! - imports: `Import labels and boxes…`, `Choose a file…`, `Choose a folder…`, `See what is in it`, `How to read it`, `Format`, `Split`,
//!   `Column of labels`, `Import labels and 12 boxes`, `Choose another file`, `Stop importing`;
//! - the recipe: `Save the recipe…`;
//! - exports: what is taken (`12 selected`, `The 48 shown of 700`, `All 700 pictures`, `The 24 neighbours`), `Choose where…`, of files
//!   `Choose the folder…`; the map as a picture: `dots`, `small pictures`, `Width`, `to print`;
//! - status: `Extract`, `Cancel`, `Stop comparing parts`, `3 unreadable`; notices: `Dismiss notice`; dialogs: `Replace`, `Keep it`,
//!   `Store these`;
//! - networks: `Search networks`, `Network: TITLE`, `Use`, `Download (5.0 MB)`, `Cancel`, `Change…`, `Save as my own`,
//!   `Forget…`, `Copy the path`, `Look again`, `Close`;
//! - settings: `Theme`, `Size of everything`, `Colours of labels`, `Network for new folders`, `Device`, `Graphics adapter`, `Precision`,
//!   `Memory for thumbnails`, `Memory for vectors`, and `Reset NAME` of each; `Free thumbnails`, `Disk for this folder…`,
//!   `Disk for networks…`;
//! - tour: `Tour`, `Start the tour`, `Not now`, `Tour, 1 of 5`, `Next step`, `Finish the tour`, `Leave the tour`;
//! - while the desktop's dialog is waited for: `Stop waiting`; where the desktop has none: `Path`, `Open`, `Use`, `Copy`, `Export`,
//!   `Go on`, `Save`, `Cancel`.

mod arrangement;
mod arrivals;
mod asking;
mod centrality;
mod channels;
mod choosing;
mod classes;
mod clusters;
mod commands;
mod cut_names;
mod cut_out;
mod draws;
mod findings;
mod frames;
mod gallery;
mod groups;
mod icons;
mod import;
mod inside;
mod kept;
mod keyboard;
mod left_at;
mod legends;
mod maps;
mod million;
mod neighbours;
mod network;
mod networks;
mod paths;
pub mod performance;
mod picture_menus;
mod places;
mod placing;
mod queries;
mod scrolling;
mod selection;
pub mod settings;
mod sizes;
mod snapshots;
mod table;
mod taking_away;
mod theme;
mod thumbnails;
mod to_remove;
mod told;
pub mod tour;
mod usual_shape;
mod viewer;
mod waiting;
mod welcome;
mod workspace;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use eframe::egui::{Id, Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::DatasetOptions;
use tiramisu::domain::ImageId;
use tiramisu::engine::{
    AnalysisWish, Asked, Event, ExportExists, ExportFormat, ExportWish, Look, MovedFolder, Problem, RecipeSaved,
    Request,
};
use tiramisu::session::{Choose, Go, Pick, Place};
use tiramisu::ui::toasts::seen::Seen;
use tiramisu::ui::{Question, Settings};

use crate::support::window::{Setup, Window};

const FIRST: &str = "blobs/000000.png";
const SECOND: &str = "blobs/000001.png";
const THIRD: &str = "blobs/000002.png";

fn looks(window: &Window) -> Vec<Look> {
    let look = |request| match request {
        Request::Look(look) => Some(look),
        _ => None,
    };
    window.sent().into_iter().filter_map(look).collect()
}

#[test]
fn undo_and_redo_restore_what_was_chosen() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.click(SECOND);
    window.click("Undo");
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(0)));
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    window.settle();
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(1)));
}

#[test]
fn exporting_asks_where_and_sends_the_selection() {
    let target = PathBuf::from("/home/ada/selection.csv");
    let mut window = Window::with_images(60, Setup { answer: Some(target.clone()), ..Setup::default() });
    window.click(SECOND);
    window.click("Export");
    window.picture("export_menu");
    window.click("Export CSV…");
    assert_eq!(*window.questions.borrow(), [], "first it is said what is taken");
    window.click("Choose where…");
    assert_eq!(*window.questions.borrow(), [Question::Export(ExportFormat::Csv)]);
    let expected = ExportWish {
        images: vec![ImageId(1)].into(),
        scores: Vec::new(),
        format: ExportFormat::Csv,
        vectors: Vec::new(),
        target,
        map: None,
        dataset: DatasetOptions::default(),
        overwrite: false,
    };
    assert_eq!(window.sent().last(), Some(&Request::Export(expected)));
}

#[test]
fn an_export_writes_what_was_chosen_when_it_was_asked_for() {
    let mut window = Window::with_images(60, Setup { answers_later: true, ..Setup::default() });
    window.click(SECOND);
    window.click("Export");
    window.click("Export CSV…");
    window.click("Choose where…");
    // The dialog is open, and the window lives on.
    window.click(THIRD);
    window.answer_dialog("/home/ada/selection.csv");
    let sent = window.sent();
    let Some(Request::Export(export)) = sent.last() else { panic!("{sent:?}") };
    assert_eq!(export.images, vec![ImageId(1)].into());
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(2)));
}

#[test]
fn an_export_whose_folder_was_closed_meanwhile_writes_nothing() {
    let mut window = Window::with_images(60, Setup { answers_later: true, ..Setup::default() });
    window.click(SECOND);
    window.click("Export");
    window.click("Export CSV…");
    window.click("Choose where…");
    window.tell([Event::Closed]);
    window.settle();
    window.answer_dialog("/home/ada/selection.csv");
    window.harness.get_by_label("Nothing was exported");
    assert!(!window.sent().iter().any(|sent| matches!(sent, Request::Export(_))));
}

#[test]
fn an_existing_file_is_replaced_only_after_a_yes() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    // What is chosen has changed since the export was asked for.
    let request = ExportWish {
        images: vec![ImageId(7)].into(),
        scores: Vec::new(),
        format: ExportFormat::Json,
        vectors: Vec::new(),
        target: "/home/ada/selection.json".into(),
        map: None,
        dataset: DatasetOptions::default(),
        overwrite: false,
    };
    let exists = |request: &ExportWish| ExportExists { request: request.clone(), taken: vec![request.target.clone()] };
    window.tell([Event::ExportExists(exists(&request))]);
    window.settle();
    window.picture("replace");
    window.click("Keep it");
    assert!(window.session().opened.pending_export.is_none());
    assert!(!window.sent().iter().any(|sent| matches!(sent, Request::Export(_))));
    window.tell([Event::ExportExists(exists(&request))]);
    window.settle();
    window.click("Replace");
    assert_eq!(window.sent().last(), Some(&Request::Export(ExportWish { overwrite: true, ..request })));
}

#[test]
fn a_folder_that_looks_moved_is_opened_as_the_person_says() {
    let mut window = Window::with_images(60, Setup::default());
    let moved = MovedFolder {
        workspace: "/data/workspaces/birds-1".into(),
        from: "/home/ada/birds".into(),
        folder: "/home/ada/archive/birds".into(),
        looked_for: 64,
        found: 62,
    };
    for (button, is_right) in [
        ("Take its workspace along", (|sent| matches!(sent, Request::OpenMoved { .. })) as fn(&Request) -> bool),
        ("Start anew", |sent| matches!(sent, Request::OpenAnew(_))),
    ] {
        window.tell([Event::LooksMoved(moved.clone())]);
        window.settle();
        window.click(button);
        assert!(window.sent().last().is_some_and(is_right), "{button}: {:?}", window.sent().last());
        assert_eq!(window.session().opened.moved_folder, None);
    }
}

#[test]
fn every_file_that_would_be_replaced_is_named_before_it_is() {
    let mut window = Window::with_images(60, Setup::default());
    let request = ExportWish {
        images: vec![ImageId(7)].into(),
        scores: Vec::new(),
        format: ExportFormat::Npy,
        vectors: Vec::new(),
        target: "/home/ada/vectors.npy".into(),
        map: None,
        dataset: DatasetOptions::default(),
        overwrite: false,
    };
    let taken = vec![request.target.clone(), request.list().expect("an array has one")];
    window.tell([Event::ExportExists(ExportExists { request: request.clone(), taken })]);
    window.settle();
    window.harness.get_by_label("vectors.npy and vectors.csv exist already. Replacing them cannot be undone.");
    window.click("Keep them");
    let taken = vec![request.list().expect("an array has one")];
    window.tell([Event::ExportExists(ExportExists { request: request.clone(), taken })]);
    window.settle();
    window.harness.get_by_label("vectors.csv exists already. Replacing it cannot be undone.");
    window.click("Replace");
    assert_eq!(window.sent().last(), Some(&Request::Export(ExportWish { overwrite: true, ..request })));
}

#[test]
fn a_problem_stays_until_it_is_dismissed() {
    let mut window = Window::with_images(60, Setup::default());
    let problem = Problem::new("Two images could not be copied", "the disk is full: /media/stick")
        .with_remedy("Make room and export again.");
    window.tell([Event::Problem { of: Asked::Export, problem }]);
    window.settle();
    window.picture("problem");
    window.harness.run_steps(60);
    window.harness.get_by_label("Two images could not be copied");
    window.click("Dismiss notice");
    assert!(window.harness.query_by_label("Two images could not be copied").is_none());
    assert!(window.session().notices().is_empty());
}

#[test]
fn a_notice_gets_older_only_while_it_is_seen() {
    let began = Instant::now();
    let at = |secs| began + Duration::from_secs(secs);
    let mut seen = Seen::default();
    let secs = |seen: &Seen, id, now| seen.time_of(id, at(now)).as_secs();
    assert_eq!(secs(&seen, 7, 50), 0, "nobody has seen it yet");
    seen.see(&[7], at(100));
    seen.see(&[7, 8], at(102));
    assert_eq!([secs(&seen, 7, 103), secs(&seen, 8, 103)], [3, 1]);
    // A dialog opens over them, and closes.
    seen.see(&[], at(104));
    seen.see(&[], at(200));
    assert_eq!([secs(&seen, 7, 300), secs(&seen, 8, 300)], [4, 2]);
    seen.see(&[8], at(300));
    assert_eq!([secs(&seen, 7, 301), secs(&seen, 8, 301)], [4, 3]);
    seen.keep(|id| id != 8);
    assert_eq!([secs(&seen, 7, 301), secs(&seen, 8, 301)], [4, 0]);
}

#[test]
fn a_notice_gets_no_older_in_a_window_that_is_minimised() {
    let began = Instant::now();
    let at = |secs| began + Duration::from_secs(secs);
    let mut seen = Seen::default();
    (0..=3).for_each(|secs| seen.see(&[7], at(secs)));
    // An hour without a frame: nobody saw anything.
    seen.see(&[7], at(3603));
    let secs = seen.time_of(7, at(3603)).as_secs();
    assert!((3..=5).contains(&secs), "{secs} seconds");
    seen.see(&[7], at(3604));
    assert_eq!(seen.time_of(7, at(3604)).as_secs(), secs + 1, "it goes on where it is seen again");
}

#[test]
fn good_news_asks_for_the_next_frame_before_its_time_would_stand_still() {
    let mut window = Window::with_images(12, Setup::default());
    let target = "/home/ada/recipe.toml".into();
    window.tell([Event::RecipeSaved(RecipeSaved { target, layers: 1, maps: 1, clusterings: 0 })]);
    window.settle();
    assert!(window.has("Dismiss notice"), "{:?}", window.names());
    window.harness.step();
    let output = window.harness.output();
    let root = &output.viewport_output[&eframe::egui::ViewportId::ROOT];
    assert!(root.repaint_delay <= tiramisu::ui::toasts::seen::LONGEST, "{:?}", root.repaint_delay);
}

#[test]
fn a_window_whose_engine_has_ended_says_so_and_says_it_again_to_whoever_asks_for_more() {
    const SAID: &str = "Tiramisu can do nothing more";
    let mut window = Window::with_images(12, Setup::default());
    assert!(!window.has(SAID));
    window.end_engine();
    assert_eq!(window.session().notices().len(), 1, "it is told once, however many frames are drawn");
    assert!(window.has(SAID), "{:?}", window.names());
    window.press("Dismiss notice");
    window.harness.run_steps(20);
    assert!(!window.has(SAID), "who knows is left alone");
    window.forget_sent();
    window.harness.state_mut().act(Choose::LookAt(ImageId(3)));
    window.harness.run_steps(3);
    assert!(!window.sent().is_empty(), "something was asked for");
    assert!(window.has(SAID), "it was asked for in vain: {:?}", window.names());
}

#[test]
fn a_notice_leaves_the_buttons_of_the_selection_free() {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.tell([Event::Problem {
        of: Asked::Extract,
        problem: Problem::new("A picture could not be read", "it ends early: rose.png"),
    }]);
    window.settle();
    let notice = window.harness.get_by_label("it ends early: rose.png").rect();
    let button = window.harness.get_by_label("Export").rect();
    assert!(!notice.expand(8.0).intersects(button), "the notice at {notice:?} covers the button at {button:?}");
}

#[test]
fn notices_lie_above_the_status_line_apart_from_the_buttons_of_the_tray_each_with_a_way_to_close_it() {
    for (size, place) in [
        (vec2(1440.0, 900.0), Place::Explore),
        (vec2(1440.0, 900.0), Place::LookInside),
        (vec2(1440.0, 900.0), Place::Check),
        (vec2(800.0, 600.0), Place::Explore),
    ] {
        let mut window = Window::with_images(60, Setup { size, settings: Settings::default(), ..Setup::default() });
        window.act(Go::To(place));
        window.act(Choose::PickMany((0..20).map(ImageId).collect(), Pick::Replace));
        let problem =
            |why: &str| Event::Problem { of: Asked::Extract, problem: Problem::new("A picture is broken", why) };
        window.tell([problem("it ends early: rose.png"), problem("it is empty: lily.png")]);
        window.settle();
        window.picture(&format!("notices_{}_{place:?}", size.x));
        let notices =
            ["it ends early: rose.png", "it is empty: lily.png"].map(|why| window.harness.get_by_label(why).rect());
        assert!(
            !notices[0].intersects(notices[1]) && notices[0].bottom() < notices[1].top(),
            "the newest is the lowest"
        );
        for notice in notices {
            assert!(notice.bottom() < size.y - 28.0, "{notice:?} lies over the status line");
            for name in ["Clear", "Invert", "Undo", "Export", "Saved selections", "Select"] {
                let button = window.harness.get_by_label(name).rect();
                assert!(!notice.expand(8.0).intersects(button), "{place:?}: {notice:?} covers {name} at {button:?}");
            }
        }
        // The newest is closed alone.
        let close = window.harness.get_all_by_label("Dismiss notice").map(|node| node.rect()).max_by(by_height);
        let close = close.expect("each has one");
        let at = window.harness.get_all_by_label("Dismiss notice").find(|node| node.rect() == close);
        at.expect("it is there").click();
        window.settle();
        assert!(window.has("it ends early: rose.png") && !window.has("it is empty: lily.png"), "{:?}", window.names());
    }
}

#[test]
fn where_groups_are_looked_at_or_checked_a_notice_takes_its_room_from_the_views_and_not_from_pictures() {
    // What stands in the middle of a view tells how high that is: 45 of 100 points of its height are above it.
    for (place, title) in [(Place::Groups, "No clusters yet"), (Place::Check, "Is anything here twice?")] {
        let mut window = Window::with_images(60, Setup { settings: Settings::default(), ..Setup::default() });
        window.act(Go::To(place));
        window.act(Choose::PickMany((0..20).map(ImageId).collect(), Pick::Replace));
        let title_top = |window: &Window| window.harness.get_by_label(title).rect().top();
        let whole = title_top(&window);
        // Higher than the tray has room for.
        let why = "it ends early: a file with a name of many words that lies in a folder of which the name has many words too.png";
        let problem = Problem::new("A picture is broken", why).with_remedy("Copy it again from where it came from.");
        window.tell([Event::Problem { of: Asked::Extract, problem }]);
        window.settle();
        window.picture(&format!("room_of_a_notice_{place:?}"));
        let notice = window.harness.ctx.memory(|memory| memory.area_rect(Id::unique("newest notice")));
        let notice = notice.expect("it is shown");
        let left = (whole - title_top(&window)) / 0.45;
        assert!(left >= notice.height(), "{place:?}: the view leaves {left} points to the notice at {notice:?}");
        window.click("Dismiss notice");
        assert!((title_top(&window) - whole).abs() < 1.0, "{place:?}: the view has its room again");
    }
}

fn by_height(one: &Rect, other: &Rect) -> std::cmp::Ordering {
    one.top().total_cmp(&other.top())
}

#[test]
fn what_cannot_be_pressed_says_why_not_wherever_it_is() {
    fn sources(folder: &std::path::Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("src is readable").flatten() {
            match entry.path() {
                path if path.is_dir() => sources(&path, into),
                path => into.push(path),
            }
        }
    }
    let mut files = Vec::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ui"), &mut files);
    // What disables several at once, each of which says it, and whose reason is seen.
    let elsewhere = ["dialogs/networks/form.rs", "dialogs/settings.rs", "dialogs/workspace/storage.rs"];
    let mut found = 0;
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let name = file.to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(file).expect("a source is readable");
        let lines: Vec<&str> = text.lines().collect();
        for (place, line) in lines.iter().enumerate() {
            let disables = ["add_enabled(", "add_enabled_ui(", ".button_if(ui"].iter().any(|call| line.contains(call));
            if !disables || elsewhere.iter().any(|ending| name.ends_with(ending)) || name.ends_with("ui/icons.rs") {
                continue;
            }
            found += 1;
            let near = lines[place..lines.len().min(place + 26)].join("\n");
            assert!(near.contains("on_disabled_hover"), "{name}:{}: say why it cannot be pressed", place + 1);
        }
    }
    assert!(found > 40, "{found} are found");
}

#[test]
fn a_running_extraction_shows_how_far_it_is_and_can_be_cancelled() {
    let mut window = Window::with_images(60, Setup::default());
    let progress = std::sync::Arc::new(tiramisu::engine::Progress::new("Extracting features"));
    progress.set_total(60, true);
    progress.add(21, 1);
    window.tell([Event::JobStarted(progress.clone())]);
    window.harness.run_steps(3);
    window.picture("extracting");
    assert!(
        window.names().iter().any(|name| name.starts_with("Extracting features: 21 of 60")),
        "{:?}",
        window.names()
    );
    window.harness.get_by_label("Cancel").click();
    window.harness.run_steps(3);
    assert!(progress.is_cancelled(), "the job is told at once");
    assert_eq!(window.sent().last(), Some(&Request::Cancel));
}

#[test]
fn a_view_can_be_closed_and_opened_again() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("View");
    window.picture("view_menu");
    window.harness.get_by_role_and_label(Role::CheckBox, "Neighbours").click();
    window.settle();
    assert!(window.harness.query_by_label("Metric").is_none());
    window.click("View");
    window.harness.get_by_role_and_label(Role::CheckBox, "Neighbours").click();
    window.settle();
    window.harness.get_by_label("Metric");
}

#[test]
fn layers_to_store_are_chosen_in_a_dialog() {
    let mut window = Window::with_images(60, Setup::default());
    window.click("Network");
    window.click("Stored layers…");
    window.picture("layers");
    window.harness.get_by_role_and_label(Role::CheckBox, "pool 1").click();
    window.settle();
    window.click("Store these");
    let sent = window.sent();
    let Some(Request::Open(open)) = sent.last() else { panic!("{sent:?}") };
    let names = ["relu1", "pool1", "conv2", "conv3", "scores"].map(String::from).to_vec();
    assert_eq!(open.layers, Some(names));
}

#[test]
fn settings_are_kept_and_a_broken_file_is_no_obstacle() {
    let dir = tempfile::tempdir().expect("a folder");
    let setup = || Setup { settings_dir: Some(dir.path().to_owned()), ..Setup::default() };
    let mut window = Window::with_images(12, setup());
    window.click("View");
    window.click("Theme");
    window.click("Light");
    window.settle();
    window.click(FIRST);
    window.picture("light");
    let deadline = Instant::now() + Duration::from_secs(20);
    let saved = loop {
        let saved = Settings::load(dir.path());
        if saved.theme == tiramisu::ui::theme::ThemeChoice::Light || Instant::now() > deadline {
            break saved;
        }
        // It is written by a frame after the last change.
        window.harness.step();
        std::thread::sleep(Duration::from_millis(10));
    };
    assert_eq!(saved.theme, tiramisu::ui::theme::ThemeChoice::Light);
    assert_eq!(saved.recent[0].folder, PathBuf::from("/pictures/garden"));
    assert_eq!(saved.layout, Some("all views".into()), "an arrangement nobody touched goes on following the window");
    std::fs::write(dir.path().join("settings.json"), "{\"theme\": \"mauve\", \"gallery_tile\": 64.0")
        .expect("writable");
    assert_eq!(Settings::load(dir.path()), Settings::default());
    let half_right = "{\"theme\": \"mauve\", \"gallery_tile\": 64.0, \"layout\": {\"root\": 5}}";
    std::fs::write(dir.path().join("settings.json"), half_right).expect("writable");
    let settings = Settings::load(dir.path());
    assert_eq!(settings.gallery_tile.0, 64.0, "one broken field does not cost the others");
    let window = Window::with_images(12, Setup { settings, ..Setup::default() });
    window.harness.get_by_label("Gallery");
}

#[test]
fn a_changed_layout_is_remembered() {
    let mut window = Window::with_images(12, Setup::default());
    window.click("View");
    window.harness.get_by_role_and_label(Role::CheckBox, "Neighbours").click();
    window.settle();
    let settings = window.harness.state().settings().clone();
    let again = Window::with_images(12, Setup { settings, ..Setup::default() });
    assert!(again.harness.query_by_label("Metric").is_none(), "the neighbours are still closed");
    again.harness.get_by_label("Gallery grid");
}

#[test]
fn nothing_is_off_screen_in_the_smallest_window() {
    let size = vec2(800.0, 600.0);
    let mut window = Window::with_images(240, Setup { size, ..Setup::default() });
    window.click(FIRST);
    window.harness.remove_cursor();
    window.settle();
    window.picture("small");
    let is_on_screen = |window: &Window, name: &str| {
        let rect = window.harness.get_by_label(name).rect();
        assert!(rect.min.x >= 0.0 && rect.min.y >= 0.0, "{name} at {rect:?}");
        assert!(rect.max.x <= size.x && rect.max.y <= size.y, "{name} at {rect:?}");
    };
    for name in ["File", "Filter by name", "Filter by label", "Sort by", "Tile size", "Layer", "Metric", FIRST] {
        is_on_screen(&window, name);
    }
    window.click("Selection");
    window.picture("small_selection");
    for name in ["Clear", "Invert", "Undo", "Redo", "Export"] {
        is_on_screen(&window, name);
    }
}

#[test]
fn every_control_of_the_gallery_the_map_and_the_layers_stays_apart_in_a_small_window_that_is_magnified() {
    // 800 x 600 with everything shown larger twice.
    for is_busy in [false, true] {
        let size = vec2(800.0, 600.0) / 1.2;
        let mut window = Window::with_images(60, Setup { size, ..Setup::default() });
        let gallery = ["Sort by", "Tile size", FIRST];
        let rects = gallery.map(|name| window.harness.get_by_label(name).rect());
        for (place, rect) in rects.iter().enumerate() {
            assert!(rect.min.x >= 6.0 && rect.max.x <= size.x / 2.0, "{} at {rect:?}", gallery[place]);
            assert!(rects[place + 1..].iter().all(|other| !rect.shrink(0.5).intersects(*other)), "{rects:?}");
        }
        let mut names = vec!["Move", "Lasso", "Fit", "Map method", "Map colouring"];
        if is_busy {
            let wish = window.session().opened.projection_wish().expect("its layer is stored");
            let making = tiramisu::engine::Progress::of(&AnalysisWish::Show(wish));
            window.tell([Event::AnalysisStarted(std::sync::Arc::new(making))]);
            names.push("Stop");
        }
        window.harness.get_by_label("Map").click();
        for _ in 0..6 {
            window.harness.run_steps(3);
            window.answer();
        }
        let rects: Vec<_> = names.iter().map(|name| window.harness.get_by_label(name).rect()).collect();
        for (place, (name, rect)) in names.iter().zip(&rects).enumerate() {
            assert!(rect.min.x >= 0.0 && rect.max.x <= size.x, "{name} at {rect:?}");
            for (other, over) in names.iter().zip(&rects).skip(place + 1) {
                assert!(!rect.shrink(0.5).intersects(*over), "{name} at {rect:?} lies over {other} at {over:?}");
            }
        }
        window.harness.get_by_label("Layers").click();
        window.harness.run_steps(6);
        let names = ["Fit", "Find a layer", "Measure time"];
        let rects = names.map(|name| window.harness.get_by_label(name).rect());
        for (place, rect) in rects.iter().enumerate() {
            assert!(rect.min.x >= 0.0 && rect.max.x <= size.x, "{} at {rect:?}", names[place]);
            assert!(rects[place + 1..].iter().all(|other| !rect.shrink(0.5).intersects(*other)), "{rects:?}");
        }
    }
}

#[test]
fn the_window_is_drawn_at_a_high_resolution() {
    let setup = Setup { size: vec2(1920.0, 1080.0), pixels_per_point: 2.0, ..Setup::default() };
    let mut window = Window::with_images(600, setup);
    window.click("blobs/000007.png");
    window.harness.get_by_label("blobs/000009.png").hover();
    window.settle();
    window.picture("large");
    assert_eq!(window.session().opened.hovered, Some(ImageId(9)));
    window.click("Map");
    window.harness.remove_cursor();
    window.settle();
    window.picture("large_map");
    assert_eq!(window.session().opened.hovered, None, "the pointer has left");
}

#[test]
fn shortcuts_are_written_as_they_stand_on_the_keys() {
    let mut window = Window::with_images(12, Setup::default());
    window.harness.key_press(Key::F1);
    window.settle();
    let names = window.names();
    let command = if cfg!(target_os = "macos") { "Cmd" } else { "Ctrl" };
    for keys in ["[", "]", "Shift+Z", "Plus", "1"] {
        let keys = format!("{command}+{keys}");
        assert!(names.contains(&keys), "no {keys} among {names:?}");
    }
    for word in ["Bracket", "COMMAND"] {
        assert!(!names.iter().any(|name| name.contains(word)), "{names:?}");
    }
}

#[test]
fn no_sentence_ends_in_an_ellipsis_and_a_stop() {
    fn sources(folder: &std::path::Path, into: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("src is readable").flatten() {
            match entry.path() {
                path if path.is_dir() => sources(&path, into),
                path => into.push(path),
            }
        }
    }
    let mut files = Vec::new();
    sources(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "rs")) {
        let text = std::fs::read_to_string(file).expect("a source is readable");
        assert!(!text.contains("….\""), "{}", file.display());
    }
}

#[test]
fn keys_with_shift_do_not_mean_what_they_mean_without() {
    let mut window = Window::with_images(12, Setup::default());
    window.click(FIRST);
    assert!(!window.session().opened.chosen.exactly);
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::E);
    window.harness.run_steps(3);
    assert!(window.session().opened.chosen.exactly, "Ctrl+Shift+E asks exactly");
    assert_eq!(*window.questions.borrow(), [], "and exports nothing");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::E);
    window.harness.run_steps(3);
    window.click("Choose where…");
    assert_eq!(*window.questions.borrow(), [Question::Export(ExportFormat::Csv)]);
}

#[test]
fn in_little_room_the_channels_keep_most_of_it_and_every_control_is_behind_a_button() {
    let mut window = Window::with_images(60, Setup { size: vec2(800.0, 600.0), ..Setup::default() });
    window.click(FIRST);
    let below = |window: &Window, name: &str| window.harness.get_by_label(name).rect().bottom();
    let (row, controls) = (below(&window, "Channel order"), below(&window, "Look"));
    assert!((row - controls).abs() < 4.0, "one row: {row} and {controls}");
    assert!(!window.has("Contrast"));
    window.click("Look");
    for name in ["Contrast", "Channel size", "Smooth"] {
        assert!(window.harness.get_all_by_label(name).next().is_some(), "{name}");
    }
    window.picture("small_look");
}

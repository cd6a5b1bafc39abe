//! What is asked or told in the middle of the window.

use std::path::Path;
use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{ClassesBy, DatasetOptions, FolderCounts, SplitBy};
use tiramisu::domain::{ImageId, IndexKind, IndexRecord, Metric, Tags, VersionComparison};
use tiramisu::engine::{
    AnalysisAnswer, Asked, Event, ExportExists, ExportFormat, ExportWish, FilesToMove, FoldersToWrite, KnownNetwork,
    LookKind, MaintenanceReport, MoveWish, MovedFolder, Problem,
};
use tiramisu::session::{Choose, Pick};

use super::super::cut_out::{counts, report, wait_until_enabled};
use super::super::networks::{begin_download, without_connection};
use super::super::workspace::{news, version};
use super::scene::Scene;
use crate::support::networks::{AWAY, HERE, OWN, list, told};
use crate::support::window::{Setup, Window};

pub const SCENES: &[Scene] = &[
    Scene::over("about", about),
    Scene::over("shortcuts", shortcuts),
    Scene::over("settings", settings),
    Scene::over("jobs_filled", jobs),
    Scene::over("jobs_empty", |setup| {
        let mut window = open(setup);
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
        window.settle();
        window
    }),
    Scene::over("commands_filled", |setup| commands(setup, "lay")),
    Scene::over("commands_empty", |setup| commands(setup, "xyzzy")),
    Scene::over("history_filled", history),
    Scene::over("history_empty", |setup| listing_history(open(setup))),
    Scene::over("stored_layers", stored_layers),
    Scene::over("replace", replace),
    Scene::over("moved", moved),
    Scene::over("map_picture", map_picture),
    Scene::over("data_set", data_set),
    Scene::over("data_set_question", data_set_question),
    Scene::over("move_files", move_files),
    Scene::over("move_files_question", move_question),
    Scene::over("cut_out_filled", cut_out),
    Scene::over("cut_out_empty", |setup| cut_out_told(setup, Event::BoxCounts(Arc::default()))),
    Scene::over("cut_out_problem", |setup| {
        let problem = Problem::new("The boxes could not be read", "boxes.lance is damaged");
        cut_out_told(setup, Event::Problem { of: Asked::Boxes, problem })
    }),
    Scene::over("cut_out_done", |setup| {
        let report = Arc::new(report(Path::new("/home/ada/birds-boxes")));
        let mut window = cut_out(setup);
        window.tell([Event::Answered(AnalysisAnswer::CutOut(report))]);
        window.settle();
        window
    }),
    Scene::over("import_empty", super::super::import::empty),
    Scene::over("import_filled", |setup| super::super::import::told(setup, super::super::import::report())),
    Scene::over("import_problem", super::super::import::refused),
    Scene::over("tag_colours_filled", |setup| tag_colours(setup, &["blurred", "keep", "to be labelled"])),
    Scene::over("tag_colours_empty", |setup| tag_colours(setup, &[])),
    Scene::over("path_filled", path),
    Scene::over("path_problem", path_wrong),
    Scene::over("networks_filled", network_away),
    Scene::over("networks_empty", networks_awaited),
    Scene::over("networks_problem", download_failed),
    Scene::over("networks_form", network_form),
    Scene::over("performance", performance),
    Scene::over("viewer_filled", |setup| viewer(setup, false)),
    Scene::over("viewer_channel", |setup| viewer(setup, true)),
    Scene::over("viewer_problem", viewer_problem),
    Scene::over("workspace_storage_filled", storage),
    Scene::over("workspace_empty", workspace_awaited),
    Scene::over("workspace_problem", workspace_refused),
    Scene::over("workspace_question", workspace_question),
    Scene::over("workspace_versions_filled", versions),
    Scene::over("workspace_versions_compared", versions_compared),
];

fn open(setup: Setup) -> Window {
    Window::with_images(24, setup)
}

fn performance(setup: Setup) -> Window {
    super::super::performance::opened(setup)
}

/// An analysis that runs, and something that went wrong before.
fn jobs(setup: Setup) -> Window {
    let mut window = open(setup);
    let progress = Arc::new(tiramisu::engine::Progress::new("Looking for the same picture"));
    progress.set_total(24, true);
    progress.set_done(9);
    window.tell([
        Event::AnalysisStarted(progress),
        Event::Remark(Problem::new("An index could not be read", "it is empty").with_remedy("Build it again.")),
    ]);
    window.settle();
    window.click("Dismiss notice");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::J);
    window.settle();
    window
}

/// Some choices that can be taken back.
fn history(setup: Setup) -> Window {
    let mut window = open(setup);
    window.act(Choose::Click(ImageId(4), Pick::Replace));
    window.act(Choose::PickMany((4..9).map(ImageId).collect(), Pick::Replace));
    window.act(Choose::Layer(1));
    window.act(Choose::Tag { ids: vec![ImageId(4)], tag: "keep".to_owned(), is_on: true });
    listing_history(window)
}

fn listing_history(mut window: Window) -> Window {
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::H);
    window.settle();
    window
}

/// The palette of commands, with something written in it.
fn commands(setup: Setup, wanted: &str) -> Window {
    let mut window = open(setup);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.settle();
    window.harness.get_by_label("Find a command or a layer").type_text(wanted);
    window.settle();
    window
}

/// A picture in the place of the views, with or without a channel over it.
fn viewer(setup: Setup, has_channel: bool) -> Window {
    let mut window = open(setup);
    window.act(Choose::Click(ImageId(4), Pick::Replace));
    window.act(Choose::Channel(has_channel.then_some(3)));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.settle();
    window
}

fn viewer_problem(setup: Setup) -> Window {
    let mut window = viewer(setup, false);
    let of = Asked::Look(LookKind::Picture { image: Some(ImageId(4)) });
    window.tell([Event::Problem {
        of,
        problem: Problem::new("The picture could not be read", "it ends early: rose.png"),
    }]);
    window.settle();
    window
}

fn about(setup: Setup) -> Window {
    let mut window = open(setup);
    window.click("Help");
    window.click("About Tiramisu");
    window
}

fn settings(setup: Setup) -> Window {
    super::super::settings::opened(setup)
}

fn shortcuts(setup: Setup) -> Window {
    let mut window = open(setup);
    window.harness.key_press(Key::F1);
    window.settle();
    window
}

fn stored_layers(setup: Setup) -> Window {
    let mut window = open(setup);
    window.click("Network");
    window.click("Stored layers…");
    window.harness.get_by_role_and_label(Role::CheckBox, "pool 1").click();
    window.settle();
    window
}

fn replace(setup: Setup) -> Window {
    let mut window = open(setup);
    let request = ExportWish {
        images: Vec::new().into(),
        scores: Vec::new(),
        format: ExportFormat::Json,
        vectors: Vec::new(),
        target: "/home/ada/selection.json".into(),
        map: None,
        dataset: DatasetOptions::default(),
        overwrite: false,
    };
    let taken = vec![request.target.clone()];
    window.tell([Event::ExportExists(ExportExists { request, taken })]);
    window.settle();
    window
}

fn moved(setup: Setup) -> Window {
    let mut window = open(setup);
    window.tell([Event::LooksMoved(MovedFolder {
        workspace: "/data/workspaces/birds-1".into(),
        from: "/home/ada/birds".into(),
        folder: "/home/ada/archive/birds".into(),
        looked_for: 64,
        found: 62,
    })]);
    window.settle();
    window
}

fn tag_colours(setup: Setup, tags: &[&str]) -> Window {
    let mut window = open(setup);
    let images = tags.iter().zip(1..).map(|(tag, count)| ((*tag).to_owned(), (0..count * 3).map(ImageId).collect()));
    window.tell([Event::Tags(Arc::new(images.collect::<Tags>()))]);
    window.settle();
    window.click("Edit");
    window.click("Colours of tags…");
    window
}

fn data_set(setup: Setup) -> Window {
    let mut window = open(setup);
    window.act(Choose::Click(ImageId(1), Pick::Replace));
    window.click("Export");
    window.click("Export image folders…");
    window.click("train, validation, test");
    window
}

fn data_set_question(setup: Setup) -> Window {
    let mut window = open(setup);
    let dataset = DatasetOptions { by: ClassesBy::Tag, ..DatasetOptions::default() };
    let wish = ExportWish {
        images: vec![ImageId(1)].into(),
        scores: Vec::new(),
        format: ExportFormat::Folders,
        vectors: Vec::new(),
        target: "/home/ada/to-train".into(),
        map: None,
        dataset,
        overwrite: false,
    };
    window.tell([Event::FoldersToConfirm(Arc::new(FoldersToWrite {
        wish,
        counts: FolderCounts {
            pictures: 132,
            files: 135,
            folders: 15,
            splits: [("test", 13), ("train", 106), ("val", 13)]
                .map(|(split, count)| (split.to_owned(), count))
                .to_vec(),
            unclassed: 4,
            left: vec![("/home/ada/birds/emu.jpg".to_owned(), "it is in no class, and so in no folder".to_owned())],
        },
    }))]);
    window.settle();
    window
}

fn move_files(setup: Setup) -> Window {
    let mut window = open(setup);
    window.act(Choose::Click(ImageId(1), Pick::Replace));
    window.click("File");
    window.click("Move files into folders…");
    window
}

fn move_question(setup: Setup) -> Window {
    let mut window = open(setup);
    let target = "/home/ada/sorted".into();
    window.tell([Event::MoveToConfirm(Arc::new(FilesToMove {
        wish: MoveWish {
            images: vec![ImageId(1)].into(),
            by: ClassesBy::Label,
            splits: SplitBy::Imported,
            target,
            is_agreed: false,
        },
        counts: FolderCounts {
            pictures: 1_204,
            files: 1_204,
            folders: 12,
            splits: Vec::new(),
            unclassed: 0,
            left: vec![("/home/ada/birds/emu.jpg".to_owned(), "it is in no class, and so in no folder".to_owned())],
        },
        renamed: 3,
        in_place: 40,
        leaving: 204,
        relabelled: 1_000,
    }))]);
    window.settle();
    window
}

/// With a folder that is there wherever this runs.
fn cut_out(setup: Setup) -> Window {
    let mut window = cut_out_told(Setup { answer: Some("/".into()), ..setup }, counts());
    window.click("wheel");
    window.click("Choose…");
    wait_until_enabled(&mut window, "Cut out 1,203 boxes");
    window
}

fn cut_out_told(setup: Setup, event: Event) -> Window {
    let mut window = super::super::cut_out::opened(setup);
    window.tell([event]);
    window.settle();
    window
}

fn map_picture(setup: Setup) -> Window {
    let mut window = open(setup);
    window.act(Choose::Click(ImageId(1), Pick::Replace));
    window.click("Export");
    window.click("Export the map as a picture…");
    window
}

/// Asks for a folder where the desktop has no dialogs, with this path in the field.
fn path_written(setup: Setup, path: &str) -> Window {
    let mut window = open(Setup { no_dialogs: true, ..setup });
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.harness.run_steps(3);
    window.harness.get_by_label("Path").focus();
    window.harness.run_steps(2);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.run_steps(2);
    window.harness.get_by_label("Path").type_text(path);
    window.harness.run_steps(2);
    window
}

/// Whether it was looked at on the disk already makes no difference: there is nothing wrong with it.
fn path(setup: Setup) -> Window {
    path_written(setup, "/")
}

fn path_wrong(setup: Setup) -> Window {
    let path = "/no such folder/garden";
    assert!(!Path::new("/no such folder").exists());
    let mut window = path_written(setup, path);
    let verdict = "There is nothing called no such folder in /.";
    // The disk is looked at on another thread.
    window.wait_until("what is said of the path", |window| window.has(verdict));
    window
}

/// Few enough that a network that joins the program changes no picture.
fn some_networks() -> Vec<KnownNetwork> {
    list().into_iter().filter(|known| [HERE, AWAY, OWN].contains(&&*known.name)).collect()
}

fn networks_awaited(setup: Setup) -> Window {
    let mut window = open(setup);
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    window.settle();
    window
}

fn networks(setup: Setup) -> Window {
    let mut window = networks_awaited(setup);
    window.tell([told(some_networks())]);
    window.settle();
    window
}

fn network_away(setup: Setup) -> Window {
    let mut window = networks(setup);
    window.press("Network: ResNet-50 (torchvision, second weights)");
    begin_download(&mut window);
    window
}

fn download_failed(setup: Setup) -> Window {
    let mut window = networks(setup);
    window.press("Network: ResNet-50 (torchvision, second weights)");
    window.tell([Event::Problem { of: Asked::Network(AWAY.into()), problem: without_connection() }]);
    window.settle();
    window
}

fn network_form(setup: Setup) -> Window {
    let mut window = networks(setup);
    window.press("Network: SqueezeNet 1.1 (torchvision)");
    window.press("Change…");
    // The pictures of this collection are nowhere; the current one is missed on another thread.
    window.wait_until("what the network gets", |window| window.says("cannot be shown: "));
    window
}

fn workspace_awaited(setup: Setup) -> Window {
    let mut window = open(setup);
    window.click("File");
    window.click("Workspace…");
    window
}

fn workspace(setup: Setup, news: MaintenanceReport) -> Window {
    let mut window = workspace_awaited(setup);
    window.tell([Event::MaintenanceEnded(Arc::new(news))]);
    window.settle();
    window
}

fn storage(setup: Setup) -> Window {
    let mut window = workspace(setup, news(true));
    let record = IndexRecord {
        source: window.session().source().expect("the layer is stored"),
        kind: IndexKind::IvfRq,
        metric: Metric::Cosine,
        rows: 60,
        built_rows: 60,
        probes: 8,
        refine: 4,
        recall: 0.987,
        least_recall: 0.8,
        measured_k: 10,
        measured_probes: 60,
        median_ms: 0.5,
        p99_ms: 0.9,
        exact_median_ms: 3.0,
        built_secs: 1.0,
        measured_unix_secs: 1_795_446_960,
        extended: None,
    };
    window.tell([Event::Answered(AnalysisAnswer::Indices(vec![record]))]);
    window.settle();
    window
}

fn workspace_refused(setup: Setup) -> Window {
    let mut window = workspace(setup, news(false));
    let problem = Problem::new("The workspace cannot be changed now", "features are being extracted into it.");
    window.tell([Event::Problem { of: Asked::Maintenance, problem }]);
    window.settle();
    window
}

fn workspace_question(setup: Setup) -> Window {
    let mut window = workspace(setup, news(false));
    window.click("Delete old versions…");
    window
}

fn versions(setup: Setup) -> Window {
    let mut window = workspace(setup, news(false));
    window.press("Advanced");
    window.press("Versions");
    window
}

fn versions_compared(setup: Setup) -> Window {
    let compared = VersionComparison {
        table: "images".to_owned(),
        before: version(2, 30, &[]),
        after: version(3, 60, &[]),
        rows_added: 31,
        rows_removed: 1,
        columns_added: vec!["sharpness".to_owned()],
        columns_removed: Vec::new(),
    };
    let mut window = workspace(setup, MaintenanceReport { compared: Some(compared), ..news(false) });
    window.press("Advanced");
    window.press("Versions");
    window
}

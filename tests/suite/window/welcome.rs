//! The ways in.

use std::path::{Path, PathBuf};

use egui_kittest::kittest::Queryable;
use tiramisu::engine::{Asked, Collection, Event, NetworkFile, Problem, Request};
use tiramisu::session::{Phase, Place};
use tiramisu::ui::settings::RecentFolder;
use tiramisu::ui::{Question, Settings};

use crate::support::collection;
use crate::support::window::{Setup, Window};

#[test]
fn the_welcome_view_offers_a_folder_the_sample_and_a_network() {
    let mut window = Window::open(Setup::default());
    window.harness.run();
    window.picture("welcome");
    assert!(matches!(window.session().opened.phase, Phase::Welcome));
    window.harness.get_by_label("Open a folder…");
    window.harness.get_by_label("Load a network file…");
    for place in Place::ALL {
        window.harness.get_by_label(&format!("{}: {}", place.name(), place.about()));
    }
    window.click("Explore the sample collection");
    assert_eq!(window.sent(), [Request::OpenSample { network: NetworkFile::Builtin }]);
}

#[test]
fn a_folder_chosen_in_the_dialog_is_opened() {
    let folder = PathBuf::from("/pictures/garden");
    let mut window = Window::open(Setup { answer: Some(folder.clone()), ..Setup::default() });
    window.harness.run();
    window.click("Open a folder…");
    assert_eq!(*window.questions.borrow(), [Question::Folder]);
    assert!(matches!(&window.sent()[..], [Request::Open(open)] if open.folder == folder && open.extract));
}

fn recent(folder: &Path, workspace: Option<&Path>) -> RecentFolder {
    let (folder, workspace) = (folder.to_owned(), workspace.map(Path::to_owned));
    let prepared = "227 × 227, stretched".into();
    RecentFolder { folder, network: "Invented net".into(), prepared, workspace, left: None }
}

#[test]
fn a_recent_folder_is_opened_with_the_workspace_it_had() {
    let (folder, workspace) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let mut window = Window::open(Setup::default());
    let opened = Collection {
        folder: folder.path().to_owned(),
        workspace: workspace.path().to_owned(),
        workspace_is_usual: false,
        ..collection::collection()
    };
    window.tell([Event::Opened(std::sync::Arc::new(opened)), Event::Closed]);
    window.settle();
    let settings = window.harness.state().settings().clone();
    assert_eq!(settings.recent, [recent(folder.path(), Some(workspace.path()))]);
    // The same pictures with the usual workspace are another entry.
    let mut again = settings.clone();
    again.remember(recent(folder.path(), None));
    assert_eq!(again.recent.len(), 2);

    let text = serde_json::to_string(&settings).expect("settings are written");
    let settings: Settings = serde_json::from_str(&text).expect("and read");
    let mut window = Window::open(Setup { settings, ..Setup::default() });
    window.harness.run_steps(2);
    window.click(&format!("Open {}, workspace {}", folder.path().display(), workspace.path().display()));
    let sent = window.sent();
    let [Request::Open(open)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((open.folder.as_path(), open.workspace.as_deref()), (folder.path(), Some(workspace.path())));

    window.forget_sent();
    window.click("File");
    window.click("Open recent");
    window.harness.get_by_label(&settings_title(&window)).click();
    window.settle();
    let sent = window.sent();
    assert!(
        matches!(&sent[..], [Request::Open(open)] if open.workspace.as_deref() == Some(workspace.path())),
        "{sent:?}"
    );
}

fn settings_title(window: &Window) -> String {
    window.harness.state().settings().recent[0].title()
}

#[test]
fn recent_folders_of_an_older_settings_file_are_kept() {
    let old = r#"{"recent": [{"folder": "/pictures/garden", "network": "Ladyfinger"}]}"#;
    let settings: Settings = serde_json::from_str(old).expect("it is readable");
    assert_eq!(settings.recent[0].folder, Path::new("/pictures/garden"));
    assert_eq!(settings.recent[0].workspace, None);
}

#[test]
fn a_recent_folder_that_is_gone_is_marked_and_cannot_be_opened() {
    let there = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::default();
    settings.remember(recent("/no/such/folder".as_ref(), None));
    settings.remember(recent(there.path(), None));
    let mut window = Window::open(Setup { settings, ..Setup::default() });
    // The look at the disk happens on another thread.
    for _ in 0..200 {
        window.harness.run_steps(1);
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    window.picture("welcome_recent");
    window.click("Open /no/such/folder");
    assert_eq!(window.sent(), []);
    window.click(&format!("Open {}", there.path().display()));
    assert!(matches!(&window.sent()[..], [Request::Open(open)] if open.folder == there.path()));
}

#[test]
fn what_went_wrong_on_opening_is_said_on_the_welcome_view() {
    let mut window = Window::open(Setup::default());
    window.tell([
        Event::Opening("/pictures/garden".into()),
        Event::Problem {
            of: Asked::Open,
            problem: Problem::new("The folder could not be opened", "permission denied: /pictures/garden"),
        },
    ]);
    window.settle();
    window.picture("welcome_problem");
    window.harness.get_by_label("The folder could not be opened");
    window.click("Dismiss");
    assert!(window.harness.query_by_label("The folder could not be opened").is_none());
}

#[test]
fn a_network_is_remembered_once_a_folder_was_opened_with_it() {
    let network = NetworkFile::File("/models/squeezenet.caffemodel".into());
    let mut window = Window::open(Setup { answer: Some("/models/squeezenet.caffemodel".into()), ..Setup::default() });
    window.harness.run();
    window.click("Load a network file…");
    assert_eq!(window.session().lasting.network, network);
    assert_eq!(window.harness.state().settings().network, NetworkFile::Builtin, "it may be broken");
    let opened = Collection { network_file: network.clone(), ..collection::collection() };
    window.tell([Event::Opened(std::sync::Arc::new(opened))]);
    window.settle();
    assert_eq!(window.harness.state().settings().network, network);
}

/// A path that is dropped on the window.
#[derive(Debug)]
struct Dropped(PathBuf);

impl eframe::egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("no view reads what is dropped".into())
    }
}

#[test]
fn what_is_dropped_on_the_window_is_opened_for_what_it_is() {
    let mut window = Window::open(Setup::default());
    window.harness.run();
    let mut drop = |path: &str| {
        window.forget_sent();
        window.harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped(path.into())));
        window.harness.run_steps(2);
        window.sent()
    };
    assert!(
        matches!(&drop("/pictures/garden")[..], [Request::Open(open)] if open.folder.as_os_str() == "/pictures/garden")
    );
    // Every ending that the walk takes for a picture's, in whatever case.
    for ending in tiramisu::domain::file_ending::PICTURE_ENDINGS.iter().chain(&["JPG", "Jpe"]) {
        let sent = drop(&format!("/pictures/garden/rose.{ending}"));
        let [Request::Open(open)] = &sent[..] else { panic!("{ending}: {sent:?}") };
        assert_eq!(open.folder.as_os_str(), "/pictures/garden", "a .{ending} stands for its folder");
    }
    for ending in tiramisu::domain::file_ending::NETWORK_ENDINGS.iter().chain(&["PTH"]) {
        assert_eq!(drop(&format!("/models/net.{ending}")), [], "a .{ending} is a network");
    }
    assert_eq!(drop("/models/squeezenet.caffemodel"), [], "nothing is open that could be looked at with it");
    assert_eq!(window.session().lasting.network, NetworkFile::File("/models/squeezenet.caffemodel".into()));
}

#[test]
fn what_cannot_be_opened_offers_the_folder_that_can_be() {
    for is_open in [false, true] {
        let mut window =
            if is_open { Window::with_images(12, Setup::default()) } else { Window::open(Setup::default()) };
        let problem =
            Problem::new("IMG_1.CR2 is a camera raw file", "it cannot be read").with_folder("/pictures/garden");
        window.tell([Event::Problem { of: Asked::Open, problem }]);
        window.settle();
        window.forget_sent();
        window.click("Open its folder");
        let is_it =
            |sent: &Request| matches!(sent, Request::Open(open) if open.folder.as_os_str() == "/pictures/garden");
        assert!(window.sent().iter().any(is_it), "{:?}", window.sent());
        assert!(!window.has("Open its folder"), "it was told and is done: {:?}", window.names());
    }
}

#[test]
fn a_network_that_is_dropped_is_looked_through() {
    let mut window = Window::with_images(12, Setup::default());
    window.forget_sent();
    window.harness.input_mut().dropped_files.push(std::sync::Arc::new(Dropped("/models/resnet18.onnx".into())));
    window.harness.run_steps(2);
    let network = NetworkFile::File("/models/resnet18.onnx".into());
    let opened = |sent: &Request| matches!(sent, Request::Open(open) if open.network == network);
    assert!(window.sent().iter().any(opened), "{:?}", window.sent());
}

#[test]
fn many_folders_keep_what_they_were_looked_at_through_and_a_dozen_are_listed() {
    let mut settings = Settings::default();
    for number in 0..20 {
        settings.remember(recent(&PathBuf::from(format!("/pictures/{number}")), None));
    }
    assert!(settings.known(Path::new("/pictures/0"), None).is_some());
    assert_eq!(settings.listed().len(), 12);
    assert_eq!(settings.listed()[0].folder, Path::new("/pictures/19"));
    let mut window = Window::open(Setup { settings, ..Setup::default() });
    window.click("File");
    window.click("Open recent");
    let listed = window.names().iter().filter(|name| name.starts_with("/pictures/")).count();
    assert!((12..=24).contains(&listed), "{:?}", window.names());
    assert!(!window.has("/pictures/7"), "{:?}", window.names());
}

#[test]
fn recent_folders_show_pictures_of_themselves() {
    let folder = tempfile::tempdir().expect("a folder");
    let images = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/images");
    for name in ["grey.jpg", "exif_1.jpg", "coarse.jpg"] {
        std::fs::copy(images.join(name), folder.path().join(name)).expect("a picture");
    }
    let mut settings = Settings::default();
    settings.remember(recent(folder.path(), None));
    let mut window = Window::open(Setup { settings, ..Setup::default() });
    let pictures = |window: &Window| {
        let is_picture = |shape: &&eframe::egui::epaint::ClippedShape| match &shape.shape {
            eframe::egui::Shape::Rect(rect) => rect.brush.is_some(),
            _ => false,
        };
        window.harness.output().shapes.iter().filter(is_picture).count()
    };
    // They are read on a thread of its own.
    window.wait_until("three pictures", |window| pictures(window) == 3);
    let texts = crate::support::painted::texts(window.harness.output());
    let says = |text: &str| texts.iter().any(|shown| shown.text == text);
    assert!(says("Invented net, pictures 227 × 227, stretched"), "how it is looked at is said");
}

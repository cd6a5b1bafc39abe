//! The ways in.

use std::path::PathBuf;

use egui_kittest::kittest::Queryable;
use tiramisu::engine::{Collection, Event, NetworkFile, Problem, Request};
use tiramisu::session::Phase;
use tiramisu::ui::{Question, Settings};

use crate::support::collection;
use crate::support::window::{Setup, Window};

#[test]
fn the_welcome_view_offers_a_folder_the_sample_and_a_network() {
    let mut window = Window::open(Setup::default());
    window.harness.run();
    window.picture("welcome");
    assert!(matches!(window.session().phase, Phase::Welcome));
    window.harness.get_by_label("Open a folder…");
    window.harness.get_by_label("Load a network file…");
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

#[test]
fn a_recent_folder_that_is_gone_is_marked_and_cannot_be_opened() {
    let there = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::default();
    settings.remember(PathBuf::from("/no/such/folder"), "Invented net".into());
    settings.remember(there.path().to_owned(), "Invented net".into());
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
        Event::Problem(Problem::new("The folder could not be opened", "permission denied: /pictures/garden")),
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
    assert_eq!(window.session().network, network);
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
    fn path(&self) -> &std::path::Path {
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
    assert!(
        matches!(&drop("/pictures/garden/rose.JPG")[..], [Request::Open(open)] if open.folder.as_os_str() == "/pictures/garden")
    );
    for file in ["net.onnx", "net.PTH", "net.pt", "net.safetensors", "net.prototxt"] {
        assert_eq!(drop(&format!("/models/{file}")), [], "{file} is a network");
    }
    assert_eq!(drop("/models/squeezenet.caffemodel"), [], "nothing is open that could be looked at with it");
    assert_eq!(window.session().network, NetworkFile::File("/models/squeezenet.caffemodel".into()));
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

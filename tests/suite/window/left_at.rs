//! Where the person was is remembered for each folder, and gone back to.

use std::path::Path;

use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use tiramisu::cli::Args;
use tiramisu::domain::ImageId;
use tiramisu::engine::{Collection, Event, NetworkFile, OpenWish, Request};
use tiramisu::gpu::Compute;
use tiramisu::session::{Choose, Go, Open, Pick, Place, Session};
use tiramisu::ui::again::{self, Lost};
use tiramisu::ui::settings::Given;
use tiramisu::ui::{Launch, Settings};

use crate::support::collection;
use crate::support::window::{Setup, Window};

/// A person looks inside the seventh picture, at the second layer, and closes the window.
fn settings_of_last_time(dir: &Path) -> Settings {
    let setup = Setup { settings: Settings::default(), settings_dir: Some(dir.to_owned()), ..Setup::default() };
    let mut window = Window::with_images(24, setup);
    window.act(Choose::Click(ImageId(7), Pick::Replace));
    window.harness.get_by_label("Depth").focus();
    window.settle();
    for _ in 0..2 {
        window.harness.key_press(Key::ArrowLeft);
        window.settle();
    }
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num2);
    window.settle();
    assert_eq!(window.session().opened.chosen.layer, 1);
    eframe::App::on_exit(window.harness.state_mut());
    Settings::load(dir)
}

/// Whether the window is where the person left it.
fn is_as_left(window: &Window) -> bool {
    let chosen = &window.session().opened.chosen;
    (chosen.probe, chosen.layer, window.session().lasting.place) == (Some(ImageId(7)), 1, Place::LookInside)
}

#[test]
fn a_recent_folder_is_opened_where_the_person_was() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = settings_of_last_time(dir.path());
    // Since then they were elsewhere in another folder.
    let settings = Settings { place: Place::Check, network: NetworkFile::Analytic, ..settings };
    let mut window = Window::open(Setup { settings, ..Setup::default() });
    window.harness.run_steps(2);
    window.click("File");
    window.click("Open recent");
    window.click("/pictures/garden");
    let sent = window.sent();
    let [Request::Open(open)] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!(open.network, NetworkFile::Builtin, "the network of then");
    window.tell(collection::opened(24));
    window.settle();
    assert!(is_as_left(&window), "{:?}", window.session().opened.chosen);
    assert!(!window.session().opened.history.can_undo());
}

#[test]
fn a_folder_named_on_the_command_line_is_opened_where_the_person_was() {
    let dir = tempfile::tempdir().expect("a folder");
    let settings = settings_of_last_time(dir.path());
    let begin = |network: Option<NetworkFile>| {
        let mut session = Session::default();
        let settings = Settings { network: NetworkFile::Analytic, ..settings.clone() };
        let (folder, given) = (Some("/pictures/garden".into()), Given { network, ..Given::default() });
        let launch = Launch { settings, folder, given, ..Launch::default() };
        let first = launch.begin(&mut session);
        let Some(Request::Open(open)) = first else { panic!("{first:?}") };
        collection::opened(24).into_iter().for_each(|event| drop(session.apply(event)));
        (open.network, session)
    };
    let (network, session) = begin(None);
    assert_eq!(network, NetworkFile::Builtin);
    assert_eq!((session.opened.chosen.probe, session.opened.chosen.layer), (Some(ImageId(7)), 1));
    assert_eq!(session.lasting.place, Place::LookInside);
    // A network that is named stands above what is remembered.
    let named = NetworkFile::Known("squeezenet".into());
    assert_eq!(begin(Some(named.clone())).0, named);
}

#[test]
fn a_window_that_only_looks_asks_for_no_extraction() {
    for only_look in [false, true] {
        let mut session = Session::default();
        let given = Given { only_look, ..Given::default() };
        let launch = Launch { folder: Some("/pictures/garden".into()), given, ..Launch::default() };
        let first = launch.begin(&mut session);
        let Some(Request::Open(open)) = first else { panic!("{first:?}") };
        assert_eq!(open.extract, !only_look);
    }
}

#[test]
fn the_sample_is_opened_where_the_person_was() {
    let mut window = Window::open(Setup { settings: Settings::default(), ..Setup::default() });
    let opened = || {
        collection::opened(24).into_iter().map(|event| match event {
            Event::Opened(_) => {
                Event::Opened(std::sync::Arc::new(Collection { is_sample: true, ..collection::collection() }))
            }
            other => other,
        })
    };
    window.tell(opened());
    window.settle();
    window.act(Choose::Click(ImageId(5), Pick::Replace));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    window.settle();
    window.tell([Event::Closed]);
    window.settle();
    assert!(window.harness.state().settings().recent.is_empty(), "the sample is no folder of the person's");
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num1);
    window.settle();
    window.click("Explore the sample collection");
    window.tell(opened());
    window.settle();
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(5)));
    assert_eq!(window.session().lasting.place, Place::Groups);
}

#[test]
fn a_folder_that_nobody_was_in_begins_in_the_first_place_and_the_one_that_is_left_keeps_its_own() {
    // The program is started with a new folder; the last one was left in Check.
    let settings = Settings { place: Place::Check, ..Settings::default() };
    let start = OpenWish {
        folder: "/pictures/garden".into(),
        workspace: None,
        network: NetworkFile::Builtin,
        layers: None,
        extract: true,
    };
    let start = Some(Request::Open(start));
    let mut window = Window::open(Setup { settings, start, ..Setup::default() });
    window.tell(collection::opened(24));
    window.settle();
    assert_eq!(window.session().lasting.place, Place::Explore);

    // A new one is opened while one is in Check: the old one is shown for a while yet.
    window.act(Go::To(Place::Check));
    let left = |window: &Window| window.harness.state().settings().recent[0].left.clone().map(|left| left.place);
    assert_eq!(left(&window), Some(Place::Check));
    window.act(Open::Folder("/pictures/sea".into()));
    window.harness.run_steps(4);
    assert_eq!(left(&window), Some(Place::Check), "where the person was in the old one is remembered");
    window.tell([Event::Opening("/pictures/sea".into())]);
    let sea = Collection { folder: "/pictures/sea".into(), ..collection::collection() };
    window.tell([Event::Opened(std::sync::Arc::new(sea))]);
    window.settle();
    assert_eq!(window.session().lasting.place, Place::Explore);
    // And the old one is opened again where it was left.
    window.click("File");
    window.click("Open recent");
    window.click("/pictures/garden");
    window.tell(collection::opened(24));
    window.settle();
    assert_eq!(window.session().lasting.place, Place::Check);
}

#[test]
fn a_damaged_memory_costs_nothing_else() {
    let text = r#"{"recent": [
        {"folder": "/pictures/garden", "network": "Ladyfinger", "left": {"network": 7, "layer": "conv1"}},
        {"folder": 3},
        {"folder": "/pictures/sea", "network": "Ladyfinger", "left": {"network": "builtin"}},
        {"folder": "/pictures/lake", "network": "Ladyfinger"}
    ], "sample": [], "hides_inspector": true}"#;
    let settings: Settings = serde_json::from_str(text).expect("it is readable");
    let folders: Vec<&Path> = settings.recent.iter().map(|recent| recent.folder.as_path()).collect();
    assert_eq!(folders, ["/pictures/garden", "/pictures/sea", "/pictures/lake"].map(Path::new));
    assert_eq!(settings.recent[0].left, None);
    assert!(settings.sample.is_none() && settings.hides_inspector);
    let mut window = Window::open(Setup { settings, ..Setup::default() });
    window.harness.run_steps(2);
    window.click("File");
    window.click("Open recent");
    window.click("/pictures/garden");
    window.tell(collection::opened(24));
    window.settle();
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(0)));
    assert!(window.session().notices().is_empty());
}

#[test]
fn the_program_that_takes_the_place_of_one_whose_device_was_lost_opens_what_was_open() {
    use clap::Parser;
    let given = Given { compute: Some(Compute::Gpu), adapter: Some("Card 7".to_owned()), ..Given::default() };
    let open = collection::collection();
    let parsed = |open: &Collection| {
        let line = std::iter::once("tiramisu".into()).chain(again::line(&given, Some(open)));
        Args::try_parse_from(line).expect("the command line understands it")
    };
    let args = parsed(&open);
    assert_eq!(args.folder.as_deref(), Some(&*open.folder));
    assert_eq!((args.opening.compute, args.opening.adapter.as_deref()), (Some(Compute::Gpu), Some("Card 7")));
    assert!(args.opening.workspace.is_none() && args.opening.network.is_none() && args.opening.precision.is_none());
    let elsewhere = Collection { workspace_is_usual: false, workspace: "/else where".into(), ..open };
    assert_eq!(parsed(&elsewhere).opening.workspace.as_deref(), Some(Path::new("/else where")));
    // Whoever only looked does so again, and of a folder that was closed nothing is opened.
    let line = again::line(&Given { only_look: true, ..Given::default() }, None);
    let args = Args::try_parse_from(std::iter::once("tiramisu".into()).chain(line)).expect("it is understood");
    assert!(args.opening.only_look && args.folder.is_none());
}

#[test]
fn a_device_that_is_lost_again_and_again_opens_no_window_for_ever() {
    let first = Lost::again(None, 1000).expect("once is no reason to give up");
    assert_eq!(first, Lost { count: 1, at_unix_secs: 1000 });
    assert_eq!(Lost::again(Some(first), 1005), None, "at once");
    let second = Lost::again(Some(first), 1030).expect("it lived a while");
    let third = Lost::again(Some(second), 1060).expect("it lived a while");
    assert_eq!((second.count, third.count), (2, 3));
    assert_eq!(Lost::again(Some(third), 1090), None, "every half a minute");
    assert_eq!(Lost::again(Some(third), 4000).map(|lost| lost.count), Some(1), "an hour later it is another matter");
}

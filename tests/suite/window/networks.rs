//! The dialog with all networks.

use std::sync::Arc;

use eframe::egui::{Key, Modifiers, OutputCommand, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{Fit, ImageId};
use tiramisu::engine::networks::ColourOrder;
use tiramisu::engine::{Asked, Collection, Event, KnownNetwork, NetworkFile, Problem, Progress, Request};

use tiramisu::session::{Choose, Pick};

use crate::support::collection;
use crate::support::networks::{AWAY, HERE, OWN, list, make_here, own, told};
use crate::support::window::{Setup, Window};

const ALL_NETWORKS: &str = "Networks…";
const SQUEEZENET: &str = "Network: SqueezeNet 1.1 (torchvision)";
const RESNET: &str = "Network: ResNet-50 (torchvision, second weights)";
const DOWNLOAD: &str = "Download (103 MB)";

/// A window on pictures with the dialog open and the list there.
fn open(setup: Setup) -> Window {
    let mut window = Window::with_images(60, setup);
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    window.settle();
    window.tell([told(list())]);
    window.settle();
    window.forget_sent();
    window
}

pub fn begin_download(window: &mut Window) -> Arc<Progress> {
    let progress = Arc::new(Progress::new(format!("Downloading {AWAY}")));
    progress.set_total(102_500_000, true);
    progress.set_already(20_000_000);
    window.tell([Event::DownloadStarted { name: AWAY.into(), progress: progress.clone() }]);
    window.settle();
    progress
}

pub fn without_connection() -> Problem {
    Problem::new(
        "resnet50 could not be downloaded",
        "resnet50-11ad3fa6.pth: no connection (dns error: failed to lookup address information): \
         https://download.pytorch.org/models/resnet50-11ad3fa6.pth.",
    )
    .with_remedy(
        "Without a connection: download resnet50-11ad3fa6.pth (sha256 that begins with 11ad3fa6) on another machine, \
         from \
         https://download.pytorch.org/models/resnet50-11ad3fa6.pth, and put it into \
         /home/ada/.local/share/tiramisu/networks/resnet50; or say where it lies with `tiramisu networks download \
         resnet50 \
         --from FOLDER`.",
    )
}

#[test]
fn all_networks_are_listed_when_they_are_asked_for() {
    let mut window = Window::open(Setup::default());
    window.harness.run();
    window.click(ALL_NETWORKS);
    assert_eq!(window.sent(), [Request::ListNetworks]);
    window.harness.get_by_label("Looking for networks…");
    window.picture("networks_waiting");
    window.tell([told(list())]);
    window.settle();
    window.picture("networks");
    for name in ["Network: Ladyfinger", "Network: Analytic filters", SQUEEZENET, RESNET, "Network: The network birds"] {
        assert!(window.has(name), "nothing of {name}: {:?}", window.names());
    }
    assert!(window.has("In use"), "the built-in one");
    window.click("Close");
    assert!(!window.has(RESNET));
}

#[test]
fn a_list_that_cannot_be_made_says_why_and_can_be_asked_for_again() {
    let mut window = Window::open(Setup::default());
    window.harness.run();
    window.click(ALL_NETWORKS);
    let why = "HOME is not set, and there is no other place for a person's data";
    window.tell([Event::Problem {
        of: Asked::Networks,
        problem: Problem::new("There is no place for the workspace", why),
    }]);
    window.settle();
    window.picture("networks_error");
    assert!(window.names().iter().filter(|name| *name == why).count() > 0, "{:?}", window.names());
    window.forget_sent();
    window.press("Look again");
    assert_eq!(window.sent(), [Request::ListNetworks]);
}

#[test]
fn what_comes_of_using_another_network_is_said_beside_the_button() {
    let mut window = open(Setup::default());
    assert!(
        window.has("In use") && window.has("Choose another one in the list to look through it"),
        "{:?}",
        window.names()
    );
    window.click("Network: Analytic filters");
    assert!(window.has("Use"), "{:?}", window.names());
    assert!(
        window.has("Your pictures go through it once; what was found through others stays"),
        "{:?}",
        window.names()
    );
}

#[test]
fn the_search_shows_only_what_fits() {
    let mut window = open(Setup::default());
    assert!(window.harness.get_by_label("Search networks").is_focused(), "one can type at once");
    window.harness.get_by_label("Search networks").type_text("onnx squeeze");
    window.settle();
    window.picture("networks_search");
    assert!(window.has("Network: SqueezeNet 1.1 (ONNX)") && !window.has(RESNET) && !window.has(SQUEEZENET));
    assert!(window.has("Download (5.0 MB)"), "the first one that fits is shown");
    window.harness.get_by_label("Search networks").type_text(" mauve");
    window.settle();
    window.picture("networks_nothing_found");
    assert!(window.has("No network is called like that."));
}

#[test]
fn a_network_that_is_here_is_used_and_the_dialog_closes() {
    let mut window = open(Setup::default());
    window.press(SQUEEZENET);
    window.picture("networks_here");
    window.click("Use");
    let sent = window.sent();
    let Some(Request::Open(open)) = sent.iter().find(|sent| matches!(sent, Request::Open(_))) else {
        panic!("{sent:?}")
    };
    assert_eq!(open.network, NetworkFile::Known(HERE.into()));
    assert!(!window.has(SQUEEZENET), "the dialog is closed");
}

#[test]
fn vectors_of_ones_own_are_listed_and_used_like_a_network() {
    let mut window = open(Setup::default());
    let vectors = vec!["clip of mine".to_owned()];
    window.tell([Event::Opened(Arc::new(Collection { vectors, ..collection::collection() }))]);
    window.settle();
    window.forget_sent();
    window.harness.get_by_label("Search networks").type_text("clip of mine");
    window.settle();
    assert!(window.has("Network: clip of mine"), "{:?}", window.names());
    window.click("Use");
    let sent = window.sent();
    let Some(Request::Open(open)) = sent.iter().find(|sent| matches!(sent, Request::Open(_))) else {
        panic!("{sent:?}")
    };
    assert_eq!(open.network, NetworkFile::Vectors("clip of mine".into()));
}

#[test]
fn everything_that_is_known_of_a_network_is_shown() {
    let mut window = open(Setup::default());
    window.press(RESNET);
    window.picture("networks_away");
    let names = window.names();
    for part in [
        "The workhorse of computer vision",
        "BSD-3-Clause (torchvision)",
        "80.9 % top-1 accuracy",
        "Shorter side 232, of that the middle 224 x 224",
        "resnet50-11ad3fa6.pth",
        "sha256 that begins with 11ad3fa6",
        "https://download.pytorch.org/models/resnet50-11ad3fa6.pth",
        "/home/ada/.local/share/tiramisu/networks/resnet50",
        "missing, but optional",
    ] {
        assert!(names.iter().any(|name| name.contains(part)), "nothing of {part}: {names:?}");
    }
    window.press("https://docs.pytorch.org/vision/stable/models.html");
    assert_eq!(*window.pages.borrow(), ["https://docs.pytorch.org/vision/stable/models.html"]);
}

#[test]
fn a_network_that_is_not_here_is_downloaded_and_shows_how_far_it_is() {
    let mut window = open(Setup::default());
    window.press(RESNET);
    assert!(!window.has("Use"));
    window.click(DOWNLOAD);
    assert_eq!(window.sent(), [Request::DownloadNetwork(AWAY.into())]);
    let progress = begin_download(&mut window);
    progress.set_done(31_000_000);
    window.settle();
    window.picture("networks_downloading");
    assert!(window.names().iter().any(|name| name.starts_with("51 MB of 102 MB")), "{:?}", window.names());
    assert!(!window.has(DOWNLOAD));

    let mut networks = list();
    networks.iter_mut().filter(|known| known.name == AWAY).for_each(make_here);
    progress.end();
    window.tell([told(networks), Event::DownloadEnded { name: AWAY.into(), cancelled: false }]);
    window.settle();
    window.picture("networks_arrived");
    assert!(window.names().iter().any(|name| name.contains("is here now")), "{:?}", window.names());
    window.click("Use");
    assert_eq!(window.session().lasting.network, NetworkFile::Known(AWAY.into()));
}

#[test]
fn cancelling_a_download_stops_its_counters_at_once() {
    let mut window = open(Setup::default());
    window.press(RESNET);
    let progress = begin_download(&mut window);
    window.click("Cancel");
    assert!(progress.is_cancelled());
    assert_eq!(window.sent(), [], "the counters say it all");
    window.tell([Event::DownloadEnded { name: AWAY.into(), cancelled: true }]);
    window.settle();
    assert!(window.has(DOWNLOAD), "it goes on from there");
}

#[test]
fn a_download_is_seen_and_cancelled_without_the_dialog() {
    let mut window = Window::with_images(60, Setup::default());
    let progress = begin_download(&mut window);
    window.picture("networks_status");
    window.click("Cancel download");
    assert!(progress.is_cancelled());

    let mut window = Window::open(Setup::default());
    let progress = begin_download(&mut window);
    window.picture("networks_welcome");
    window.click("Cancel");
    assert!(progress.is_cancelled());
}

#[test]
fn a_download_that_fails_shows_what_to_do() {
    let mut window = open(Setup::default());
    window.press(RESNET);
    begin_download(&mut window);
    let problem = without_connection();
    window.tell([Event::Problem { of: Asked::Network(AWAY.into()), problem: problem.clone() }, told(list())]);
    window.tell([Event::DownloadEnded { name: AWAY.into(), cancelled: false }]);
    window.settle();
    window.picture("networks_offline");
    for said in [&problem.what, &problem.why, &problem.remedy] {
        // Once: notices do not lie over the dialog that shows them.
        window.harness.get_by_label(said);
    }
    assert_eq!(window.session().lasting.network, NetworkFile::Builtin);
    assert!(window.has(DOWNLOAD), "it can be tried again");
}

#[test]
fn without_a_connection_the_folder_for_the_files_can_be_copied() {
    let mut window = open(Setup::default());
    window.press(RESNET);
    let copied = |window: &Window| {
        let commands = &window.harness.output().platform_output.commands;
        let text = |command: &OutputCommand| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        };
        commands.iter().find_map(text)
    };
    let mut press = |name: &str| {
        window.harness.get_by_label(name).click_accesskit();
        window.harness.step();
        copied(&window)
    };
    assert_eq!(press("Copy the path").as_deref(), Some("/home/ada/.local/share/tiramisu/networks/resnet50"));
    let list = press("Copy the list").expect("a text");
    for part in ["resnet50-11ad3fa6.pth", "https://download.pytorch.org", "11ad3fa6", "into /home/ada"] {
        assert!(list.contains(part), "nothing of {part}: {list}");
    }
}

#[test]
fn changed_preprocessing_becomes_a_network_of_ones_own() {
    let mut window = open(Setup::default());
    window.press(SQUEEZENET);
    window.press("Change…");
    window.picture("networks_form");
    assert!(window.harness.get_by_label("Shorter side").value().is_some_and(|value| value.contains("256")));
    window.harness.get_by_label("Shorter side").set_value_accesskit(240.0);
    window.settle();
    window.press("blue first");
    let names = window.names();
    let words = "Shorter side 240, of that the middle 224 x 224, bilinear-antialiased; blue first, less 103.53 116.28 123.675, \
                 divided by 57.375 57.12 58.395.";
    assert!(names.iter().any(|name| name == words), "the words follow, and numbers go with their colours: {names:?}");
    window.press("Save as my own");
    let sent = window.sent();
    let [Request::AddNetwork { file, name, wish }] = &sent[..] else { panic!("{sent:?}") };
    assert!(file.ends_with("networks/squeezenet-1.1/squeezenet1_1-b8a52dc0.pth"), "{}", file.display());
    assert_eq!(name, "squeezenet-1.1-own");
    assert_eq!((wish.fit, wish.blue_first), (Some(Fit::Crop { shorter_px: 240 }), Some(true)));
    assert_eq!(wish.mean, Some([103.53, 116.28, 123.675]));
    window.picture("networks_form_sent");

    let mut networks = list();
    let mut saved = own("squeezenet-1.1-own", "/home/ada/net.pth");
    saved.preprocessing.as_mut().expect("it has one").channels = ColourOrder::Bgr;
    networks.push(saved);
    window.tell([told(networks)]);
    window.settle();
    window.picture("networks_saved");
    assert!(window.has("Change…") && !window.has("Save as my own"), "its details are shown");
    window.click("Use");
    assert_eq!(window.session().lasting.network, NetworkFile::Known("squeezenet-1.1-own".into()));
}

#[test]
fn a_preparation_is_shown_on_the_current_picture() {
    let mut window = open(Setup::default());
    window.act(Choose::Click(ImageId(4), Pick::Replace));
    window.press(SQUEEZENET);
    window.press("Change…");
    // The pictures of this collection are nowhere; it is read on a thread of its own.
    window.wait_until("why it is not", |window| window.says("000004.png cannot be shown: "));
    let mut window = Window::open(Setup::default());
    window.harness.run();
    window.click(ALL_NETWORKS);
    window.tell([told(list())]);
    window.settle();
    window.press(SQUEEZENET);
    window.press("Change…");
    let hint = "With a folder open, the current picture is shown here as the network is given it.";
    assert!(window.has(hint), "{:?}", window.names());
}

#[test]
fn what_makes_no_sense_cannot_be_saved() {
    let mut window = open(Setup::default());
    window.press(SQUEEZENET);
    window.press("Change…");
    window.press("Save as my own");
    assert_eq!(window.sent(), [], "nothing was changed");
    window.harness.get_by_label("Deviation of red").set_value_accesskit(0.0);
    window.settle();
    window.picture("networks_form_refused");
    window.press("Save as my own");
    assert_eq!(window.sent(), [], "nothing can be divided by 0");
    window.press("Leave as it is");
    assert!(window.has("Change…"));
}

#[test]
fn a_network_of_ones_own_is_forgotten_after_a_yes() {
    let mut window = open(Setup::default());
    window.press("Network: The network birds");
    window.click("Forget…");
    window.picture("networks_forget");
    window.click("Keep");
    window.click("Forget…");
    assert_eq!(window.sent(), []);
    window.click("Forget it");
    assert_eq!(window.sent(), [Request::RemoveNetwork(OWN.into())]);
    window.tell([told(list().into_iter().filter(|known| known.name != OWN).collect())]);
    window.settle();
    assert!(!window.has("Network: The network birds"));
}

#[test]
fn a_file_in_use_can_get_a_name() {
    let setup = Setup { answer: Some("/models/my cats.onnx".into()), ..Setup::default() };
    let mut window = Window::open(setup);
    window.harness.run();
    window.click("Load a network file…");
    window.click(ALL_NETWORKS);
    window.tell([told(list())]);
    window.settle();
    window.picture("networks_file");
    window.forget_sent();
    window.press("Remember it");
    let sent = window.sent();
    let [Request::AddNetwork { file, name, .. }] = &sent[..] else { panic!("{sent:?}") };
    assert_eq!((file.display().to_string().as_str(), name.as_str()), ("/models/my cats.onnx", "my-cats"));
    assert!(!window.has("Change…"), "a file without a name: {:?}", window.names());
    let mut networks = list();
    let (name, path) = ("my-cats".to_owned(), "/models/my cats.onnx".into());
    networks.push(KnownNetwork { title: name.clone(), name, path, ..networks[0].clone() });
    window.tell([told(networks)]);
    window.settle();
    assert!(window.has("Change…"), "it is looked at under its name: {:?}", window.names());
}

#[test]
fn the_details_of_a_file_without_a_name_tell_how_pictures_are_prepared_for_it() {
    let setup = Setup { answer: Some("/models/my cats.onnx".into()), ..Setup::default() };
    let mut window = Window::with_images(12, setup);
    let open = window.session().collection().expect("a collection").as_ref().clone();
    let file = NetworkFile::File("/models/my cats.onnx".into());
    let prepared = "shorter side 256, of that the middle 224 x 224, bilinear; red first, less 123 116 103";
    let open = Collection { network_file: file, prepared: prepared.to_owned(), ..open };
    window.tell(collection::opened(12).into_iter().map(|event| match event {
        Event::Opened(_) => Event::Opened(Arc::new(open.clone())),
        event => event,
    }));
    window.settle();
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    window.settle();
    window.tell([told(list())]);
    window.settle();
    window.press("Network: my cats.onnx");
    let said = "Shorter side 256, of that the middle 224 x 224, bilinear; red first, less 123 116 103.";
    assert!(window.has("How pictures are prepared") && window.has(said), "{:?}", window.names());
}

#[test]
fn the_keyboard_leads_from_the_search_to_a_network_in_use() {
    let mut window = open(Setup::default());
    window.harness.get_by_label("Search networks").type_text("here");
    window.settle();
    for _ in 0..2 {
        window.harness.key_press(Key::ArrowDown);
        window.settle();
    }
    assert!(window.has("Use"), "{:?}", window.names());
    window.harness.key_press(Key::Enter);
    window.settle();
    assert!(window.harness.get_by_label("Use").is_focused());
    window.harness.key_press(Key::Enter);
    window.settle();
    assert_eq!(window.session().lasting.network, NetworkFile::Known(HERE.into()));
}

#[test]
fn the_arrows_lead_from_one_row_to_the_next() {
    let mut window = open(Setup::default());
    window.harness.get_by_label("Network: Ladyfinger").focus();
    window.settle();
    window.harness.key_press(Key::ArrowDown);
    window.settle();
    assert!(window.harness.get_by_label("Network: Analytic filters").is_focused());
    assert!(window.names().iter().any(|name| name.starts_with("Filters computed from formulas")));
    window.harness.key_press(Key::ArrowUp);
    window.settle();
    assert!(window.harness.get_by_label("Network: Ladyfinger").is_focused());
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(!window.has("Network: Ladyfinger"), "escape closes the dialog");
}

#[test]
fn the_dialog_fits_the_smallest_window() {
    let size = vec2(800.0, 600.0);
    let mut window = open(Setup { size, ..Setup::default() });
    window.press(RESNET);
    window.picture("networks_small");
    let is_on_screen = |window: &Window, name: &str| {
        // Tabs have a `Close`, too.
        for node in window.harness.get_all_by_label(name) {
            let rect = node.rect();
            let is_inside = rect.min.x >= 0.0 && rect.min.y >= 0.0 && rect.max.x <= size.x && rect.max.y <= size.y;
            assert!(is_inside, "{name} at {rect:?}");
        }
    };
    for name in ["Networks", "Search networks", RESNET, DOWNLOAD, "Load a file…", "Close"] {
        is_on_screen(&window, name);
    }
    let progress = begin_download(&mut window);
    progress.set_done(31_000_000);
    window.tell([Event::Problem { of: Asked::Network(AWAY.into()), problem: without_connection() }]);
    window.settle();
    window.picture("networks_small_full");
    for name in ["Networks", "Search networks", "Cancel", "Load a file…", "Close"] {
        is_on_screen(&window, name);
    }
    window.press(SQUEEZENET);
    window.press("Change…");
    window.picture("networks_small_form");
}

#[test]
fn the_dialog_follows_the_light_theme() {
    let mut window = Window::with_images(60, Setup::default());
    ["View", "Theme", "Light"].into_iter().for_each(|name| window.click(name));
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::N);
    window.settle();
    window.tell([told(list())]);
    window.settle();
    window.press(SQUEEZENET);
    window.press("Change…");
    begin_download(&mut window);
    window.tell([Event::Problem { of: Asked::Network(AWAY.into()), problem: without_connection() }]);
    window.settle();
    window.picture("networks_light");
    window.press("Dismiss");
    assert!(!window.has("resnet50 could not be downloaded"));
}

#[test]
fn the_dialog_is_drawn_at_a_high_resolution() {
    let mut window = open(Setup { size: vec2(1920.0, 1080.0), pixels_per_point: 2.0, ..Setup::default() });
    window.press(RESNET);
    window.picture("networks_large");
    let dialog = window.harness.get_by_label("Networks").rect();
    assert!(dialog.min.x > 400.0, "it stays a dialog: {dialog:?}");
}

#[test]
fn networks_stand_with_the_smallest_or_the_most_accurate_first() {
    let mut window = open(Setup::default());
    let is_before = |window: &Window, one: &str, other: &str| {
        window.harness.get_by_label(one).rect().top() < window.harness.get_by_label(other).rect().top()
    };
    window.press("Order of networks: smallest");
    assert!(is_before(&window, SQUEEZENET, RESNET), "{:?}", window.names());
    window.press("Order of networks: most accurate");
    assert!(is_before(&window, RESNET, SQUEEZENET), "{:?}", window.names());
    assert!(is_before(&window, "Network: Ladyfinger", RESNET), "what is part of the program stays first");
}

//! The settings: each says what it does, takes effect at once or says when, and goes back to its default.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::epaint::{ClippedShape, Shape};
use eframe::egui::{Color32, Event, Key, Modifiers, PointerButton, Rect, Theme, Vec2, ViewportId, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::Precision;
use tiramisu::engine::{NetworkFile, Request};
use tiramisu::gpu::Compute;
use tiramisu::ui::Settings;
use tiramisu::ui::settings::{Computing, Given, Memory, Zoom};
use tiramisu::ui::theme::{LabelPalette, label_colour};

use crate::support::networks::{HERE, list, told};
use crate::support::window::{Setup, Window};

/// Everything that is set.
const NAMES: [&str; 9] = [
    "Theme",
    "Size of everything",
    "Colours of labels",
    "Network for new folders",
    "Device",
    "Graphics adapter",
    "Precision",
    "Memory for thumbnails",
    "Memory for vectors",
];

const WAITS: &str = "Changed: takes effect when Tiramisu is started again.";

pub fn opened(setup: Setup) -> Window {
    let mut window = Window::with_images(24, setup);
    open(&mut window);
    window
}

fn open(window: &mut Window) {
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    window.settle();
    // The adapters are found out on another thread.
    window.wait_until("which adapters there are", |window| !window.has("Looking which ones there are…"));
}

#[test]
fn what_is_clicked_while_adapters_are_looked_for_is_what_was_aimed_at() {
    let (found, wait) = crossbeam_channel::bounded::<()>(1);
    let list = Arc::new(move || {
        wait.recv().ok();
        vec!["Adapter of two".to_owned(), "llvmpipe".to_owned()]
    });
    let setup = Setup { list_adapters: Some(list), size: vec2(1280.0, 1100.0), ..Setup::default() };
    let mut window = Window::with_images(24, setup);
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Comma);
    window.settle();
    assert!(window.has("Looking which ones there are…"), "nobody has said it yet");
    let place = |window: &Window| window.harness.get_by_role_and_label(Role::ComboBox, "Precision").rect();
    window.harness.run_steps(10);
    let aimed = place(&window);
    let button = |pressed: bool| Event::PointerButton {
        pos: aimed.center(),
        button: PointerButton::Primary,
        pressed,
        modifiers: Modifiers::NONE,
    };
    // The button goes down while they are looked for, and up when they are there.
    window.harness.event(Event::PointerMoved(aimed.center()));
    window.harness.event(button(true));
    window.harness.run_steps(1);
    found.send(()).expect("somebody waits");
    window.wait_until("which adapters there are", |window| !window.has("Looking which ones there are…"));
    assert!(window.has("2 adapters found"), "{:?}", window.names());
    assert_eq!(place(&window), aimed, "nothing moved");
    window.harness.event(button(false));
    window.settle();
    assert!(window.has("16 bits"), "the list of precisions is open: {:?}", window.names());
}

/// Sets what has this name to what is called so in its list.
fn set(window: &mut Window, name: &str, to: &str) {
    window.harness.get_by_role_and_label(Role::ComboBox, name).click_accesskit();
    window.settle();
    window.press(to);
}

fn reset(window: &mut Window, name: &str) {
    window.press(&format!("Reset {name}"));
}

fn settings(window: &Window) -> &Settings {
    window.harness.state().settings()
}

/// Whether something is drawn in this colour.
fn is_drawn(window: &Window, colour: Color32) -> bool {
    fn has(shape: &Shape, colour: Color32) -> bool {
        match shape {
            Shape::Vec(shapes) => shapes.iter().any(|shape| has(shape, colour)),
            Shape::Circle(circle) => circle.fill == colour,
            Shape::Rect(rect) => rect.fill == colour,
            _ => false,
        }
    }
    window.harness.output().shapes.iter().any(|ClippedShape { shape, .. }| has(shape, colour))
}

#[test]
fn they_are_opened_by_keys_by_the_menu_and_by_the_palette_and_left_by_escape() {
    let mut window = opened(Setup::default());
    let is_open = |window: &Window| window.has("Reset Theme");
    assert!(is_open(&window), "{:?}", window.names());
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(!is_open(&window));
    window.click("Edit");
    let item = window.names().into_iter().find(|name| name.starts_with("Settings…")).expect("it stands in the menu");
    window.click(&item);
    assert!(is_open(&window));
    window.click("Close");
    assert!(!is_open(&window));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::P);
    window.settle();
    window.harness.get_by_label("Find a command or a layer").type_text("settings");
    window.settle();
    window.harness.key_press(Key::Enter);
    window.settle();
    assert!(is_open(&window));
}

#[test]
fn every_line_can_be_reached_and_is_at_its_default_at_first() {
    let window = opened(Setup { size: vec2(800.0, 600.0), ..Setup::default() });
    for name in NAMES {
        let label = format!("Reset {name}");
        let reset = window.harness.get_by_label(&label);
        assert!(reset.accesskit_node().is_disabled(), "{name} is at its default");
    }
    assert!(!window.has(WAITS));
    let close: Rect = window.harness.get_by_label("Close").rect();
    assert!(Rect::from_min_size(Default::default(), vec2(800.0, 600.0)).contains_rect(close), "{close:?}");
    // What is at the right of a line is not cut off.
    let reset = window.harness.get_by_label("Reset Theme").rect();
    assert!(reset.right() < 770.0 && reset.left() > 400.0, "{reset:?}");
}

/// What stands in the field of the size of everything.
fn size_told(window: &Window) -> String {
    window.harness.get_by_role_and_label(Role::ComboBox, "Size of everything").value().unwrap_or_default()
}

#[test]
fn theme_and_size_are_followed_at_once_and_reset() {
    let mut window = opened(Setup::default());
    set(&mut window, "Theme", "Light");
    assert_eq!(window.harness.ctx.theme(), Theme::Light);
    reset(&mut window, "Theme");
    assert_eq!(window.harness.ctx.theme(), Theme::Dark);
    assert_eq!((settings(&window).size, size_told(&window)), (None, "Automatic (100 %)".to_owned()));
    set(&mut window, "Size of everything", "125 %");
    assert_eq!(window.harness.ctx.zoom_factor(), 1.25);
    assert_eq!(settings(&window).size, Some(Zoom(1.25)));
    assert_eq!(size_told(&window), "125 %");
    // Keys of the window's own set it, too.
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Minus);
    window.settle();
    assert_eq!(settings(&window).size, Some(Zoom(window.harness.ctx.zoom_factor())));
    assert!(window.harness.ctx.zoom_factor() < 1.25);
    reset(&mut window, "Size of everything");
    assert_eq!(window.harness.ctx.zoom_factor(), 1.0);
    assert_eq!((settings(&window).size, size_told(&window)), (None, "Automatic (100 %)".to_owned()));
}

#[test]
fn other_colours_of_labels_are_seen_at_once_wherever_labels_are() {
    let mut window = Window::with_images(24, Setup::default());
    let many = label_colour(0);
    assert!(is_drawn(&window, many));
    open(&mut window);
    set(&mut window, "Colours of labels", "Few, far apart");
    window.click("Close");
    assert_eq!(settings(&window).label_palette, LabelPalette::Few);
    let few = label_colour(0);
    assert_ne!(few, many);
    assert!(is_drawn(&window, few) && !is_drawn(&window, many));
    window.click("Filter by label");
    window.settle();
    assert!(is_drawn(&window, label_colour(3)) && !is_drawn(&window, many), "the list of labels has them, too");
    assert_eq!(label_colour(10), tiramisu::ui::theme::palette().weak, "what comes later is grey");
}

#[test]
fn what_computes_is_set_for_the_next_start_and_says_so() {
    let mut window = opened(Setup::default());
    set(&mut window, "Graphics adapter", "Adapter of two");
    set(&mut window, "Precision", "16 bits");
    let expected =
        Computing { compute: Compute::Auto, adapter: Some("Adapter of two".to_owned()), precision: Precision::Half };
    assert_eq!(settings(&window).computing, expected);
    assert_eq!(window.harness.query_all_by_label(WAITS).count(), 2);
    reset(&mut window, "Graphics adapter");
    reset(&mut window, "Precision");
    assert!(!window.has(WAITS));
    set(&mut window, "Device", "The processor");
    assert_eq!(settings(&window).computing.compute, Compute::Cpu);
    let adapter = window.harness.get_by_role_and_label(Role::ComboBox, "Graphics adapter");
    assert!(adapter.accesskit_node().is_disabled(), "a processor needs none");
    // The next window starts with it.
    let text = serde_json::to_string(settings(&window)).expect("settings can be written");
    let settings: Settings = serde_json::from_str(&text).expect("and read");
    assert_eq!(settings.computing.under(&Given::default()).compute, Compute::Cpu);
    let window = opened(Setup { settings, ..Setup::default() });
    assert!(!window.has(WAITS));
}

#[test]
fn what_the_command_line_said_is_shown_and_stands_above_what_is_remembered() {
    let given = Given { compute: Some(Compute::Cpu), network: Some(NetworkFile::Analytic), ..Given::default() };
    let window = opened(Setup { given: given.clone(), ..Setup::default() });
    for said in ["--compute cpu", "--network, Analytic filters"] {
        let line = format!("Set by the command line for now: {said}. What is chosen here counts without it.");
        assert!(window.has(&line), "{line}: {:?}", window.names());
    }
    let remembered = Computing { compute: Compute::Gpu, adapter: Some("strong".into()), precision: Precision::Half };
    // On the processor there is neither an adapter nor half precision.
    let on_processor = Computing { compute: Compute::Cpu, ..Computing::default() };
    assert_eq!(remembered.under(&given), on_processor);
    let adapter = Given { adapter: Some("other".into()), ..Given::default() };
    assert_eq!(on_processor.under(&adapter), Computing { adapter: Some("other".into()), ..Computing::default() });
    assert_eq!(remembered.under(&Given::default()), remembered);
}

#[test]
fn a_folder_that_was_never_open_gets_the_network_that_is_wanted_for_those() {
    let garden = "/pictures/garden";
    let mut window = opened(Setup { answer: Some("/pictures/sea".into()), ..Setup::default() });
    window.tell([told(list())]);
    window.settle();
    let title = list().iter().find(|known| known.name == HERE).expect("it is listed").title.clone();
    set(&mut window, "Network for new folders", &title);
    let here = NetworkFile::Known(HERE.into());
    assert_eq!(settings(&window).default_network, Some(here.clone()));
    assert!(window.names().iter().any(|name| name.starts_with("Pictures for it: ")), "{:?}", window.names());
    window.click("Close");
    assert_eq!(window.session().lasting.network, NetworkFile::Builtin, "what is open stays as it is");
    window.forget_sent();
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    window.settle();
    let network = |window: &Window| {
        let opened = window.sent().into_iter().find_map(|request| match request {
            Request::Open(open) => Some(open),
            _ => None,
        });
        opened.map(|open| open.network)
    };
    assert_eq!(network(&window), Some(here));
    // One that was open before has its own.
    window.forget_sent();
    window.click("File");
    window.click("Open recent");
    window.click(garden);
    assert_eq!(network(&window), Some(NetworkFile::Builtin));
}

#[test]
fn memory_is_set_by_numbers_within_bounds() {
    let mut window = opened(Setup::default());
    for (name, text) in [("Memory for thumbnails", "1"), ("Memory for vectors", "512")] {
        window.harness.get_by_role_and_label(Role::SpinButton, name).focus();
        window.settle();
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.harness.event(Event::Text(text.to_owned()));
        window.harness.key_press(Key::Enter);
        window.settle();
    }
    assert_eq!(settings(&window).memory, Memory { thumbnails_mib: 64, vectors_mib: 512 });
    assert!(window.has(WAITS), "vectors are held so from the next start on");
    reset(&mut window, "Memory for thumbnails");
    reset(&mut window, "Memory for vectors");
    assert_eq!(settings(&window).memory, Memory::default());
    // Whatever a file says.
    let wild = Memory { thumbnails_mib: 0, vectors_mib: u32::MAX };
    assert_eq!(wild.thumbnail_bytes(), 64 << 20);
    assert!(wild.vector_bytes() > 1 << 30);
}

/// Says how many points of its own the desktop's screen has across, and down.
fn on_a_screen(window: &mut Window, size: Vec2) {
    let points = size / window.harness.ctx.zoom_factor();
    let viewport = window.harness.input_mut().viewports.entry(ViewportId::ROOT).or_default();
    viewport.monitor_size = Some(points);
    viewport.inner_rect = Some(Rect::from_min_size(Default::default(), points * 0.6));
    window.harness.run_steps(1);
}

#[test]
fn the_size_of_everything_follows_the_screen_until_the_person_sets_it() {
    let [large, small] = [vec2(3840.0, 2160.0), vec2(1440.0, 900.0)];
    let mut window = Window::with_images(12, Setup { size: large, ..Setup::default() });
    let zoom = |window: &Window| window.harness.ctx.zoom_factor();
    // A window that is moved there tells so again and again.
    let stay = |window: &mut Window, size: Vec2| (0..4).for_each(|_| on_a_screen(window, size));
    assert_eq!(zoom(&window), 1.0, "nothing is known of the screen");
    stay(&mut window, large);
    assert_eq!(zoom(&window), 1.5);
    assert!(window.says("drawn larger"), "{:?}", window.names());
    assert_eq!(window.harness.state().settings().size, None, "nobody has set it");
    stay(&mut window, small);
    assert_eq!(zoom(&window), 1.0);
    // The next day, on the large one again.
    let settings = window.harness.state().settings().clone();
    let text = serde_json::to_string(&settings).expect("settings can be written");
    let settings: Settings = serde_json::from_str(&text).expect("and read");
    let mut again = Window::open(Setup { size: large, settings, ..Setup::default() });
    stay(&mut again, large);
    assert_eq!(zoom(&again), 1.5);
    assert!(!again.says("drawn larger"), "that was told once");
    open(&mut again);
    assert_eq!(size_told(&again), "Automatic (150 %)");
    // Who wants it otherwise has it so, also elsewhere and the next time.
    again.harness.ctx.set_zoom_factor(1.0);
    stay(&mut again, large);
    assert_eq!((zoom(&again), again.harness.state().settings().size), (1.0, Some(Zoom(1.0))));
    let settings = again.harness.state().settings().clone();
    let mut other = Window::open(Setup { size: large, settings, ..Setup::default() });
    stay(&mut other, large);
    assert_eq!(zoom(&other), 1.0);
}

#[test]
fn what_is_held_is_told_and_the_way_to_have_the_room_back_is_a_click() {
    let size = vec2(1280.0, 1500.0);
    let mut window = opened(Setup { size, ..Setup::default() });
    assert!(["Thumbnails held now", "Disk for this folder", "Disk for networks"].iter().all(|name| window.has(name)));
    window.picture("settings_held");
    window.press("Free thumbnails");
    assert!(window.has("Reset Theme"), "the settings stay");
    window.press("Disk for networks…");
    assert!(!window.has("Reset Theme") && window.has("Networks"), "{:?}", window.names());
    window.harness.key_press(Key::Escape);
    window.settle();
    open(&mut window);
    window.press("Disk for this folder…");
    assert!(!window.has("Reset Theme") && window.has("Workspace"), "{:?}", window.names());
}

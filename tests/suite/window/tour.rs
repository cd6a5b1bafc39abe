//! The tour: offered once on the sample, done by doing or passed by, left by Escape, and in nobody's way.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Rect, Vec2, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::ImageId;
use tiramisu::engine::{Collection, Event, Request};
use tiramisu::session::{Choose, Pick, Place};
use tiramisu::ui::Settings;

use crate::support::collection;
use crate::support::window::{Setup, Window};

const SMALL: Vec2 = vec2(800.0, 600.0);

/// Titles of the steps, and what each points at in the place where it can be done.
const STEPS: [(&str, &str); 5] = [
    ("How deep to look", "Depth"),
    ("What a channel sees", "Look at channel "),
    ("Alike, at every depth", "Every depth"),
    ("Groups of pictures", "Cluster"),
    ("Take it away", "No pictures are selected"),
];

fn first_day(size: Vec2) -> Setup {
    Setup { size, settings: Settings::default(), ..Setup::default() }
}

/// The sample is opened.
fn open_sample(window: &mut Window) {
    let opened = collection::opened(24).into_iter().map(|event| match event {
        Event::Opened(_) => {
            Event::Opened(std::sync::Arc::new(Collection { is_sample: true, ..collection::collection() }))
        }
        other => other,
    });
    window.tell(opened);
    window.settle();
}

/// At the first step.
pub fn begun(setup: Setup) -> Window {
    let mut window = Window::with_images(24, setup);
    window.click("Help");
    window.click("Tour");
    window
}

fn is_at(window: &Window, step: usize) -> bool {
    window.has(&format!("Tour, {} of 5", step + 1)) && window.has(STEPS[step].0)
}

/// The first of what is called so, or begins so.
fn named(window: &Window, begins: &str) -> String {
    let names = window.names();
    let first =
        names.iter().find(|name| *name == begins).or_else(|| names.iter().find(|name| name.starts_with(begins)));
    first.unwrap_or_else(|| panic!("{begins}: {names:?}")).clone()
}

/// The card of the step, as far as its words and buttons reach.
fn card(window: &Window, step: usize) -> Rect {
    let button = if step == 4 { "Finish the tour" } else { "Next step" };
    window.harness.get_by_label(STEPS[step].0).rect().union(window.harness.get_by_label(button).rect())
}

#[test]
fn it_is_offered_once_after_the_sample_was_opened_and_never_on_a_folder_of_the_persons() {
    let mut window = Window::with_images(24, first_day(SMALL));
    assert!(!window.has("Start the tour"));
    window.tell([Event::Closed]);
    open_sample(&mut window);
    assert!(window.has("Start the tour"), "{:?}", window.names());
    window.click("Not now");
    assert!(!window.has("Start the tour"));
    let settings = window.harness.state().settings().clone();
    let text = serde_json::to_string(&settings).expect("settings can be written");
    let settings: Settings = serde_json::from_str(&text).expect("and read");
    let mut window = Window::open(Setup { settings, ..first_day(SMALL) });
    open_sample(&mut window);
    assert!(!window.has("Start the tour"));
}

#[test]
fn every_step_points_at_something_that_is_there_and_covers_neither_it_nor_leaves_the_window() {
    for size in [SMALL, vec2(1400.0, 900.0)] {
        let mut window = begun(first_day(size));
        for (step, (_, name)) in STEPS.into_iter().enumerate() {
            assert!(is_at(&window, step), "{step}: {:?}", window.names());
            // What it points at first is the way to the place.
            match step {
                1 | 2 => window.click("Place: Look inside"),
                3 => window.click("Place: Groups"),
                _ => {}
            }
            if step == 2 && !window.has(name) {
                // In little room neighbours are behind another tab.
                window.harness.key_press_modifiers(Modifiers::ALT, Key::Num5);
                window.settle();
            }
            let name = named(&window, name);
            let target = window.harness.get_by_label(&name).rect();
            let card = card(&window, step);
            let room = Rect::from_min_size(Default::default(), size);
            assert!(room.contains_rect(card), "{step}, {size:?}: {card:?}");
            // Of a channel that reaches out of its view in little room only what is seen is left free.
            let is_cut = step == 1 && size == SMALL;
            assert!(is_cut || !card.intersects(target), "{step}, {size:?}: {card:?} covers {target:?}");
            window.picture(&format!("tour_{step}_{}", size.x));
            window.click(if step == 4 { "Finish the tour" } else { "Next step" });
        }
        assert!(!window.names().iter().any(|name| name.starts_with("Tour, ")));
    }
}

/// Whoever reads of pictures below a channel, or of rows of neighbours, wants to see them.
#[test]
fn a_card_covers_nothing_that_it_talks_about() {
    let size = vec2(1440.0, 900.0);
    // Enough images for every channel to have exemplars.
    let mut window = Window::with_images(240, first_day(size));
    window.click("Help");
    window.click("Tour");
    window.click("Next step");
    window.click("Place: Look inside");
    assert!(is_at(&window, 1), "{:?}", window.names());
    let strip = window.harness.get_by_label("From colours to things: the strongest channel of each layer").rect().top();
    let room = Rect::from_min_size(Default::default(), size);
    let covered = |window: &Window, begins: [&str; 2], step: usize, bottom: f32| {
        let card = card(window, step);
        assert!(room.contains_rect(card), "{card:?}");
        let mut names = window.names();
        names.retain(|name| begins.iter().any(|begins| name.starts_with(begins)));
        let seen = |name: &&String| window.harness.get_by_label(name).rect().bottom() <= bottom;
        let seen: Vec<&String> = names.iter().filter(seen).collect();
        assert!(begins.iter().all(|begins| seen.iter().any(|name| name.starts_with(begins))), "{names:?}");
        let covered = |name: &&&String| window.harness.get_by_label(name).rect().intersects(card);
        seen.iter().filter(covered).map(|name| (*name).clone()).collect::<Vec<_>>()
    };
    assert_eq!(covered(&window, ["Look at channel ", "Exemplar "], 1, strip), [""; 0]);
    window.picture("tour_exemplars");
    window.click("Next step");
    assert_eq!(covered(&window, ["Every depth", "Neighbour "], 2, size.y), [""; 0]);
    window.picture("tour_neighbours");
}

/// Whoever reads that the map follows wants to see it, and what handles it.
#[test]
fn the_first_card_covers_neither_the_slider_nor_the_map_nor_what_handles_it() {
    const TOOLS: [&str; 10] = [
        "Move",
        "Lasso",
        "Rectangle",
        "Brush",
        "Fit",
        "Pictures",
        "Lines",
        "Map method",
        "Map colouring",
        "Another map beside",
    ];
    for size in [SMALL, vec2(1024.0, 768.0), vec2(1440.0, 900.0)] {
        let mut window = begun(first_day(size));
        window.wait_until("the map", |window| window.has("Lasso"));
        window.settle();
        window.picture(&format!("tour_map_{}", size.x));
        assert!(is_at(&window, 0), "{:?}", window.names());
        // With what is around its words.
        let card = card(&window, 0).expand(12.0);
        for name in TOOLS.into_iter().chain(["Depth"]) {
            let all: Vec<Rect> = window.harness.get_all_by_label(name).map(|node| node.rect()).collect();
            assert!(all.iter().all(|rect| !card.intersects(*rect)), "{size:?}: {card:?} over {name} at {all:?}");
        }
        // In the smallest there is room beside the map for most of it.
        let map = window.harness.get_by_role_and_label(Role::Canvas, "Map").rect();
        let covered = card.intersect(map);
        let most = if size == SMALL { 0.1 } else { 0.0 };
        assert!(!covered.is_positive() || covered.area() <= most * map.area(), "{size:?}: {card:?} over {map:?}");
    }
}

#[test]
fn each_step_is_done_by_doing_it() {
    let mut window = begun(first_day(vec2(1400.0, 900.0)));
    assert!(is_at(&window, 0));
    window.harness.get_by_label("Depth").focus();
    window.settle();
    window.harness.key_press(Key::ArrowLeft);
    window.settle();
    assert!(is_at(&window, 1), "{:?}", window.names());
    window.click("Place: Look inside");
    assert!(is_at(&window, 1), "the channel is still to be chosen");
    let channel = named(&window, "Look at channel ");
    window.click(&channel);
    assert!(is_at(&window, 2), "{:?}", window.names());
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
    window.settle();
    assert!(is_at(&window, 3), "{:?}", window.names());
    window.act(Choose::PickMany(vec![ImageId(3), ImageId(4)], Pick::Replace));
    assert!(is_at(&window, 4), "{:?}", window.names());
    window.click("Finish the tour");
    assert!(!is_at(&window, 4));
}

#[test]
fn escape_leaves_it_and_nothing_else_at_once() {
    let mut window = begun(first_day(SMALL));
    window.click("Place: Look inside");
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(!is_at(&window, 0));
    assert_eq!(window.session().lasting.place, Place::LookInside, "the next Escape leads out");
    window.harness.key_press(Key::Escape);
    window.settle();
    assert_eq!(window.session().lasting.place, Place::Explore);
}

#[test]
fn the_window_is_used_as_always_meanwhile_and_dialogs_hide_it() {
    let mut window = begun(first_day(vec2(1400.0, 900.0)));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    window.settle();
    assert_eq!(window.session().lasting.place, Place::Check);
    assert!(is_at(&window, 0));
    window.harness.key_press(Key::F1);
    window.settle();
    assert!(!is_at(&window, 0));
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(is_at(&window, 0), "the dialog was left, not the tour");
    window.tell([Event::Closed]);
    window.settle();
    assert!(!is_at(&window, 0));
}

#[test]
fn without_a_folder_it_opens_the_sample_first() {
    let mut window = Window::open(first_day(SMALL));
    window.harness.run_steps(2);
    window.click("Help");
    window.click("Tour");
    assert!(matches!(window.sent()[..], [Request::OpenSample { .. }]), "{:?}", window.sent());
    open_sample(&mut window);
    assert!(is_at(&window, 0), "{:?}", window.names());
}

#[test]
fn return_leads_on_from_step_to_step_and_escape_leaves_it() {
    let mut window = begun(first_day(vec2(1400.0, 900.0)));
    for step in 0..STEPS.len() {
        assert!(is_at(&window, step), "{step}: {:?}", window.names());
        let next = if step == 4 { "Finish the tour" } else { "Next step" };
        assert!(window.harness.get_by_label(next).is_focused(), "{step}");
        window.harness.key_press(Key::Enter);
        window.settle();
    }
    assert!(!window.names().iter().any(|name| name.starts_with("Tour, ")), "{:?}", window.names());
    let mut window = begun(first_day(vec2(1400.0, 900.0)));
    window.harness.key_press(Key::Enter);
    window.settle();
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(!window.names().iter().any(|name| name.starts_with("Tour, ")), "{:?}", window.names());
}

#[test]
fn whoever_does_a_step_by_keys_keeps_them() {
    let mut window = begun(first_day(vec2(1400.0, 900.0)));
    window.harness.get_by_label("Depth").focus();
    window.settle();
    window.harness.key_press(Key::ArrowLeft);
    window.settle();
    assert!(is_at(&window, 1), "{:?}", window.names());
    assert!(window.harness.get_by_label("Depth").is_focused(), "another arrow goes on along the layers");
}

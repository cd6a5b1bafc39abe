//! What the panel says of frames, queues and memory.

use eframe::egui::Key;
use egui_kittest::kittest::Queryable;
use tiramisu::domain::ImageId;
use tiramisu::session::{Choose, Pick};
use tiramisu::ui::performance::Instruments;

use crate::support::window::{Setup, Window};

/// Instruments by which every look at the clock is a tenth of a millisecond after the one before.
pub fn steady() -> Instruments {
    let mut ticks = 0.0;
    let clock = move || {
        ticks += 1e-4;
        ticks
    };
    Instruments { clock: Box::new(clock), resident_bytes: Box::new(|| Some(210_000_000)), tells_causes: false }
}

/// The panel over a window that has drawn some frames.
pub fn opened(setup: Setup) -> Window {
    let mut window = Window::with_images(24, setup);
    window.harness.state_mut().measure_with(steady());
    window.act(Choose::Click(ImageId(0), Pick::Replace));
    window.harness.run_steps(40);
    window.harness.key_press(Key::F12);
    window.settle();
    window
}

#[test]
fn the_panel_tells_what_frames_took_what_waits_and_who_holds_memory() {
    let mut window = opened(Setup::default());
    window.picture("performance");
    let names = window.names();
    let tells = |start: &str| names.iter().any(|name| name.starts_with(start));
    for start in [
        "99 of 100 within ",
        "Gallery",
        "News of the engine",
        "Thumbnails to upload",
        "Images",
        "Steps back",
        "The whole process",
        "210 MB",
    ] {
        assert!(tells(start), "{start} is not told: {names:?}");
    }
    // A view takes one tick of the clock in every frame.
    assert!(names.iter().filter(|name| *name == "0.10 ms").count() > 3, "{names:?}");
    window.harness.key_press(Key::F12);
    window.settle();
    assert!(!window.has("The whole process"));
}

#[test]
fn the_help_menu_opens_it_and_its_cross_closes_it() {
    let mut window = Window::with_images(24, Setup::default());
    window.click("Help");
    window.harness.get_by_label_contains("Performance").click();
    window.settle();
    assert!(window.has("What frames did"), "{:?}", window.names());
    // It asks for frames by itself while it is open, and only then.
    window.harness.key_press(Key::F12);
    window.settle();
    assert!(!window.has("What frames did"));
}

#[test]
fn frames_are_told_apart_from_those_before_other_instruments() {
    let mut window = opened(Setup::default());
    window.harness.state_mut().measure_with(steady());
    window.harness.run_steps(1);
    let count = |window: &Window| {
        let names = window.names();
        let told =
            names.iter().find(|name| name.contains(" in 5 s: half within ")).expect("frames are counted").clone();
        told.split(' ').next().expect("a number").replace(',', "").parse::<usize>().expect("a number")
    };
    assert!(count(&window) <= 2, "{:?}", window.names());
}

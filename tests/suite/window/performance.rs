//! What the panel says of frames, queues and memory.

use eframe::egui::Key;
use egui_kittest::kittest::Queryable;
use tiramisu::domain::ImageId;
use tiramisu::session::{Choose, Pick};
use tiramisu::ui::performance::Instruments;

use crate::support::renderer::renderer;
use crate::support::window::{Setup, Window};

/// Instruments by which every look at the clock is a tenth of a millisecond after the one before.
pub fn steady() -> Instruments {
    let mut ticks = 0.0;
    let clock = move || {
        ticks += 1e-4;
        ticks
    };
    let resident_bytes = Box::new(|| Some(210_000_000));
    Instruments { clock: Box::new(clock), resident_bytes, tells_causes: false, times_drawing: false }
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
fn it_tells_how_long_the_graphics_device_takes_from_handing_a_frame_over_to_its_being_drawn() {
    let Some(renderer) = renderer() else { return };
    let mut window = Window::with_images(24, Setup { renderer: Some(renderer), ..Setup::default() });
    let told = |window: &Window| window.names().into_iter().find(|name| name.starts_with("By the GPU: half within "));
    for _ in 0..3 {
        window.harness.step();
        window.harness.render().expect("drawn");
    }
    window.harness.key_press(Key::F12);
    window.settle();
    assert_eq!(told(&window), None, "no frame was drawn while it was open");
    let begun = std::time::Instant::now();
    let words = loop {
        assert!(begun.elapsed().as_secs() < 60, "waited a minute: {:?}", window.names());
        window.harness.step();
        window.harness.render().expect("drawn");
        match told(&window) {
            Some(words) => break words,
            None => std::thread::sleep(std::time::Duration::from_millis(50)),
        }
    };
    let numbers: Vec<f64> = words.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [half, _, of_100, most] = numbers[..] else { panic!("{words}") };
    assert!(of_100 == 100.0 && (0.0..1000.0).contains(&half) && half <= most, "{words}");
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

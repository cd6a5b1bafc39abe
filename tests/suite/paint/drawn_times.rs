//! How long the device takes for frames.

use std::thread;
use std::time::{Duration, Instant};

use eframe::egui;
use egui_kittest::Harness;
use tiramisu::ui::paint::DrawnTimes;

use super::fixtures::renderer;

/// Longer than this test takes.
const LONG_SECS: f64 = 1e4;

#[test]
fn frames_that_are_timed_are_known_once_the_device_has_drawn_them_and_no_others() {
    let Some(renderer) = renderer() else { return };
    let times = DrawnTimes::default();
    assert_eq!(times.recent(LONG_SECS), None);
    let seen = times.clone();
    let draw = move |ui: &mut egui::Ui, is_timed: &mut bool| {
        if *is_timed {
            seen.time_this(ui.ctx());
        }
        ui.label("a frame");
    };
    let builder = Harness::builder().with_size([64.0, 64.0]).renderer(renderer);
    let mut window = builder.build_ui_state(draw, false);
    let frame = |window: &mut Harness<'_, bool>| {
        window.step();
        window.render().expect("drawn");
    };
    frame(&mut window);
    thread::sleep(Duration::from_millis(20));
    assert_eq!(times.recent(LONG_SECS), None, "nobody wanted to know");
    *window.state_mut() = true;
    let begun = Instant::now();
    let mut drawn = 0;
    let known = loop {
        assert!(begun.elapsed().as_secs() < 60, "waited a minute");
        frame(&mut window);
        drawn += 1;
        thread::sleep(Duration::from_millis(5));
        if let Some(known) = times.recent(LONG_SECS).filter(|known| known.frames >= 3) {
            break known;
        }
    };
    let most_ms = begun.elapsed().as_secs_f64() * 1e3;
    assert!(known.frames <= drawn, "{} of {drawn}", known.frames);
    assert!(0.0 < known.median_ms && known.median_ms <= known.worst_ms && known.worst_ms <= most_ms, "{known:?}");
    thread::sleep(Duration::from_millis(50));
    assert_eq!(times.recent(0.0), None, "they are not recent any more");
}

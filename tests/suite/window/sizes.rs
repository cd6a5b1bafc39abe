//! What one does in the gallery, in small windows, in large ones, and on screens with two pixels a point.

use eframe::egui::{self, Key, MouseWheelSource, vec2};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::ImageId;

use super::{FIRST, SECOND, THIRD};
use crate::support::input::wheel;
use crate::support::window::{Setup, Window};

/// Points across and down, and pixels for each of them: of 800 x 600 pixels, of 4k, and of each with two pixels a point. In the first
/// two there is room for the gallery alone.
const SIZES: [([f32; 2], f32); 4] =
    [([800.0, 600.0], 1.0), ([400.0, 300.0], 2.0), ([3840.0, 2160.0], 1.0), ([1920.0, 1080.0], 2.0)];

/// Does the same in a window of each size, which shows the gallery alone.
fn at_every_size(count: usize, mut does: impl FnMut(&mut Window, &str)) {
    for ([width, height], pixels_per_point) in SIZES {
        let setup = Setup { size: vec2(width, height), pixels_per_point, ..Setup::default() };
        let mut window = Window::with_images(count, setup);
        window.harness.key_press_modifiers(egui::Modifiers::ALT, Key::Num1);
        window.settle();
        window.harness.key_press_modifiers(egui::Modifiers::COMMAND | egui::Modifiers::SHIFT, Key::Enter);
        window.settle();
        does(&mut window, &format!("{width} x {height} at scale {pixels_per_point}"));
    }
}

#[test]
fn a_band_takes_in_what_it_touches_at_every_size() {
    at_every_size(60, |window, size| {
        let from = window.harness.get_by_label(FIRST).rect().center();
        let to = window.harness.get_by_label(SECOND).rect().center() + vec2(5.0, 20.0);
        window.harness.drag_at(from);
        window.harness.run_steps(2);
        window.harness.hover_at(from + (to - from) * 0.5);
        window.harness.run_steps(2);
        window.harness.hover_at(to);
        window.harness.run_steps(2);
        window.harness.drop_at(to);
        window.settle();
        let selected: Vec<ImageId> = window.session().opened.chosen.selection.iter().collect();
        assert_eq!(selected, [ImageId(0), ImageId(1)], "{size}");
    });
}

#[test]
fn wheel_keys_and_letters_lead_through_the_gallery_at_every_size() {
    at_every_size(6_000, |window, size| {
        assert!(window.has(FIRST), "{size}");
        let over = window.harness.get_by_label("Gallery grid").rect().center();
        window.harness.event(egui::Event::PointerMoved(over));
        window.harness.event(wheel(vec2(0.0, -6000.0), MouseWheelSource::Wheel));
        window.harness.run_steps(20);
        window.settle();
        assert!(!window.has(FIRST), "{size}: the wheel scrolls");
        window.harness.event(wheel(vec2(0.0, 6000.0), MouseWheelSource::Wheel));
        window.harness.run_steps(20);
        window.settle();
        window.click(FIRST);
        window.harness.key_press(Key::ArrowRight);
        window.settle();
        assert_eq!(window.session().opened.chosen.probe, Some(ImageId(1)), "{size}: an arrow leads on");
        window.harness.key_press(Key::End);
        window.settle();
        assert!(window.has("waves/005999.png"), "{size}: End leads to the end: {:?}", window.names());
        window.click("Go to");
        window.click("w");
        assert!(window.has("waves/005500.png"), "{size}: a letter is gone to: {:?}", window.names());
    });
}

#[test]
fn a_click_with_keys_adds_and_reaches_at_every_size() {
    at_every_size(60, |window, size| {
        window.click(FIRST);
        // Where three have no room beside each other.
        let (last, all) = if window.has(THIRD) { (THIRD, 3) } else { (SECOND, 2) };
        window.harness.get_by_label(last).click_modifiers(egui::Modifiers::COMMAND);
        window.settle();
        assert_eq!(window.session().opened.chosen.selection.len(), 2, "{size}: one is added");
        window.click(FIRST);
        window.harness.get_by_label(last).click_modifiers(egui::Modifiers::SHIFT);
        window.settle();
        assert_eq!(window.session().opened.chosen.selection.len(), all, "{size}: all between are taken in");
    });
}

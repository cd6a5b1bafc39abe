//! The whole window with a million pictures, for a person to look at: `tests/window/million.sh DIR`.

use std::path::PathBuf;

use eframe::egui::{Key, Modifiers, vec2};
use tiramisu::domain::ImageId;
use tiramisu::session::{Choose, Pick};
use tiramisu::ui::Settings;

use crate::support::renderer::{drawn_whole, renderer};
use crate::support::skipped;
use crate::support::window::{Setup, Window};

const COUNT: usize = 1_000_000;

/// Saves what is seen.
fn keep(window: &mut Window, folder: &std::path::Path, name: &str) {
    window.harness.run_steps(8);
    window.settle();
    let picture = drawn_whole(&mut window.harness);
    picture.save(folder.join(format!("{name}.png"))).expect("the picture can be written");
}

#[test]
fn a_million_pictures_in_every_view_to_be_looked_at() {
    let Some(folder) = std::env::var_os("TIRAMISU_PICTURES").map(PathBuf::from) else {
        skipped!("pictures are made where TIRAMISU_PICTURES says, and nothing else is tried here");
        return;
    };
    let Some(renderer) = renderer() else { return };
    let settings = Settings::default();
    let setup = Setup { size: vec2(1600.0, 1000.0), renderer: Some(renderer), settings, ..Setup::default() };
    let mut window = Window::with_images(COUNT, setup);
    window.act(Choose::Click(ImageId(500_000), Pick::Replace));
    keep(&mut window, &folder, "window_explore");
    window.harness.key_press_modifiers(Modifiers::ALT, Key::T);
    window.settle();
    keep(&mut window, &folder, "window_table");
    window.act(Choose::SelectAll);
    keep(&mut window, &folder, "window_all_selected");
    window.act(Choose::Click(ImageId(500_000), Pick::Replace));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.settle();
    keep(&mut window, &folder, "window_viewer");
}

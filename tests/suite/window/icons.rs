//! The signs on buttons: all are there, and none of them is read out.

use eframe::egui::{self, FontFamily, FontId};
use tiramisu::ui::icons::Icon;
use tiramisu::ui::theme;

use crate::support::window::{Setup, Window};

#[test]
fn every_icon_is_in_the_fonts() {
    let ctx = egui::Context::default();
    theme::install(&ctx);
    _ = ctx.run_ui(egui::RawInput::default(), |_| {});
    let is_there = |font: &str, icon: Icon| {
        let font = FontId::new(16.0, FontFamily::Name(font.into()));
        ctx.fonts_mut(|fonts| fonts.has_glyph(&font, icon.glyph()))
    };
    let missing: Vec<Icon> = Icon::ALL.into_iter().filter(|icon| !is_there("icons", *icon)).collect();
    assert_eq!(missing, [], "make the fonts anew: assets/icons/make.py");
    let missing: Vec<Icon> = Icon::FILLED.into_iter().filter(|icon| !is_there("icons, filled", *icon)).collect();
    assert_eq!(missing, [], "make the fonts anew: assets/icons/make.py");
    let glyphs: std::collections::BTreeSet<char> = Icon::ALL.into_iter().map(Icon::glyph).collect();
    assert_eq!(glyphs.len(), Icon::ALL.len(), "no two look the same");
}

#[test]
fn no_name_has_a_sign_in_it() {
    let mut window = Window::with_images(60, Setup { settings: tiramisu::ui::Settings::default(), ..Setup::default() });
    for place in ["Place: Look inside", "Place: Groups", "Place: Check", "Place: Explore"] {
        window.click(place);
        let signs = |name: &String| name.chars().any(|letter| ('\u{e000}'..='\u{f8ff}').contains(&letter));
        let with_signs: Vec<String> = window.names().into_iter().filter(signs).collect();
        assert_eq!(with_signs, Vec::<String>::new(), "in {place}");
    }
}

#[test]
fn jobs_and_settings_are_below_the_places() {
    let mut window = Window::with_images(24, Setup { settings: tiramisu::ui::Settings::default(), ..Setup::default() });
    window.click("Show the settings");
    assert!(window.names().iter().any(|name| name == "Size of everything"), "{:?}", window.names());
    let mut window = Window::with_images(24, Setup { settings: tiramisu::ui::Settings::default(), ..Setup::default() });
    window.click("Show the jobs");
    assert!(window.has("Nothing runs."), "{:?}", window.names());
}

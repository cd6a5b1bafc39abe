//! The legend of a map: what it brings out, and how high it is.

use eframe::egui::accesskit::Role;
use eframe::egui::epaint::Shape;
use eframe::egui::{Key, Modifiers, Rect, TextureId};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::ImageRecord;

use crate::support::collection;
use crate::support::window::{Setup, Window};

/// A map of three images for each of twenty labels.
fn window() -> Window {
    let mut window = Window::with_images(60, Setup::default());
    let record =
        |index: usize| ImageRecord { label: Some(format!("kind {:02}", index / 3)), ..collection::image(index, 5) };
    window.describe(&(0..60).map(record).collect::<Vec<_>>());
    window.click("Map");
    window.wait_until("the legend", |window| window.has("Select all of kind 00"));
    window.settle();
    window
}

/// How opaque each picture on the map is, and what else is filled there.
fn painted(window: &Window) -> (Vec<u8>, Vec<Rect>) {
    let map = window.harness.get_by_role_and_label(Role::Canvas, "Map").rect();
    let (mut pictures, mut filled) = (Vec::new(), Vec::new());
    for clipped in
        window.harness.output().shapes.iter().filter(|clipped| map.contains_rect(clipped.shape.visual_bounding_rect()))
    {
        match &clipped.shape {
            Shape::Mesh(mesh) if mesh.texture_id != TextureId::default() => pictures.push(mesh.vertices[0].color.a()),
            Shape::Rect(rect) if rect.brush.is_some() => pictures.push(rect.fill.a()),
            Shape::Rect(rect) => filled.push(rect.rect),
            _ => {}
        }
    }
    (pictures, filled)
}

#[test]
fn pictures_of_other_classes_than_the_one_that_is_pointed_at_step_back() {
    let mut window = window();
    let (pictures, _) = painted(&window);
    assert!(pictures.len() > 10 && pictures.iter().all(|alpha| *alpha == 255), "{pictures:?}");
    window.harness.get_by_label("Select all of kind 01").hover();
    window.harness.run_steps(8);
    let (pictures, _) = painted(&window);
    let bright = pictures.iter().filter(|alpha| **alpha == 255).count();
    assert!((1..=3).contains(&bright), "of three pictures {bright} stand out: {pictures:?}");
    assert!(pictures.len() > bright + 8, "{pictures:?}");
}

#[test]
fn while_a_name_is_looked_for_the_legend_is_as_high_as_what_was_found() {
    let mut window = window();
    assert!(window.says("Show all 20 in the legend"), "{:?}", window.names());
    let highest = |window: &Window| painted(window).1.iter().map(|rect| rect.height() as usize).max().unwrap_or(0);
    let all = highest(&window);
    window.harness.get_by_label("Search the legend").focus();
    window.harness.get_by_label("Search the legend").type_text("kind 1");
    window.settle();
    let ten = highest(&window);
    window.harness.get_by_label("Search the legend").type_text("7");
    window.settle();
    let one = highest(&window);
    assert!(window.has("Select all of kind 17") && !window.has("Select all of kind 16"), "{:?}", window.names());
    assert!(one + 60 < ten && one + 60 < all, "{one} points for one name, {ten} for ten, {all} for twenty");
    assert!(!window.says("Show all"), "{:?}", window.names());
    // All that was written is taken away at once.
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    window.harness.key_press(Key::Backspace);
    window.settle();
    assert!(window.has("Select all of kind 00"), "{:?}", window.names());
    assert!(window.session().opened.chosen.selection.is_empty(), "the keys were the field's");
    assert_eq!(highest(&window), all);
}

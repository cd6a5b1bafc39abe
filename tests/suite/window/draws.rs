//! How often the device is to begin anew in a frame, counted: at each change of texture, and of what bounds what is drawn.

use eframe::egui::epaint::{ClippedPrimitive, Primitive};
use eframe::egui::{Key, Modifiers, TextureId, vec2};
use tiramisu::domain::ImageRecord;
use tiramisu::session::Choose;

use crate::support::collection;
use crate::support::window::{Setup, Window};

/// What the window hands over, draw by draw.
fn draws(window: &Window) -> Vec<ClippedPrimitive> {
    let shapes = window.harness.output().shapes.clone();
    window.harness.ctx.tessellate(shapes, 1.0)
}

fn is_picture(draw: &ClippedPrimitive) -> bool {
    match &draw.primitive {
        Primitive::Mesh(mesh) => mesh.texture_id != TextureId::default(),
        Primitive::Callback(_) => false,
    }
}

/// One view has all the room, and all pictures are selected: each has an outline.
fn view_of_all(window: &mut Window, key: Option<Key>) {
    if let Some(key) = key {
        window.harness.key_press_modifiers(Modifiers::ALT, key);
        window.settle();
    }
    window.harness.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Enter);
    window.settle();
    window.act(Choose::SelectAll);
    window.settle();
}

#[test]
fn pictures_of_a_gallery_are_drawn_one_after_the_other_beneath_what_is_about_them() {
    let mut window = Window::with_images(60, Setup::default());
    view_of_all(&mut window, None);
    let draws = draws(&window);
    let pictures = draws.iter().filter(|draw| is_picture(draw)).count();
    let rows = draws.chunk_by(|a, b| is_picture(a) == is_picture(b)).filter(|row| is_picture(&row[0])).count();
    assert!(pictures > 40, "{pictures} pictures");
    // Those of the gallery, and those of the selection below it.
    assert!(rows <= 3, "{pictures} pictures in {rows} rows, and {} draws in all", draws.len());
}

#[test]
fn a_table_of_many_rows_is_drawn_column_by_column() {
    let mut window = Window::with_images(60, Setup { size: vec2(1280.0, 1600.0), ..Setup::default() });
    view_of_all(&mut window, Some(Key::T));
    let rows = window.names().iter().filter(|name| name.starts_with("Row ")).count();
    assert!(rows >= 25, "{rows} rows: {:?}", window.names());
    let draws = draws(&window);
    let others = draws.iter().filter(|draw| !is_picture(draw)).count();
    // Cell by cell there were some hundreds.
    assert!(others < 100, "{others} draws beside pictures, of {rows} rows");
}

#[test]
fn a_legend_is_drawn_at_once_however_many_and_long_its_names_are() {
    // So high that the legend has room for some names.
    let mut window = Window::with_images(60, Setup { size: vec2(1280.0, 1100.0), ..Setup::default() });
    let long = "a label of very many words, which is much longer than there is room for in the legend of a map";
    let records: Vec<ImageRecord> = (0..60)
        .map(|index| ImageRecord { label: Some(format!("{:02} {long}", index / 3)), ..collection::image(index, 5) })
        .collect();
    window.describe(&records);
    window.click("Map");
    let legend = |window: &Window| window.names().iter().filter(|name| name.starts_with("Select all of ")).count();
    window.wait_until("the legend", |window| legend(window) >= 6);
    window.settle();
    assert!(window.has(&format!("Select all of 00 {long}")), "{:?}", window.names());
    let others = |window: &Window| draws(window).iter().filter(|draw| !is_picture(draw)).count();
    let (open, names) = (others(&window), legend(&window));
    window.click("Fold the legend away");
    let folded = others(&window);
    // The field to search in has bounds of its own, and so has the list of all names.
    assert!(open <= folded + 6, "{open} draws with {names} names, {folded} without the legend");
}

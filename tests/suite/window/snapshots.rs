//! Every view and dialog as it is drawn, in both themes, beside the stored pictures in `tests/snapshots`.

mod analyses;
mod dialogs;
mod frame;
mod scene;
mod views;

use std::collections::BTreeSet;
use std::fs;

use image::{Rgb, RgbImage};
use serde_json::Value;
use tiramisu::domain::ImagePath;
use tiramisu::engine::Event;
use tiramisu::ui::views::Pane;

use crate::support::collection;
use crate::support::small_png;
use crate::support::snapshot::{difference, folder};
use crate::support::window::Setup;

use super::Window;
use scene::{Place, Scene, THEMES, check, draw};

/// Every scene there is.
fn scenes() -> impl Iterator<Item = &'static Scene> {
    [views::SCENES, analyses::SCENES, dialogs::SCENES, frame::SCENES].into_iter().flatten()
}

#[test]
fn the_views_of_images_look_as_they_did() {
    check(views::SCENES);
}

#[test]
fn the_views_of_analyses_look_as_they_did() {
    check(analyses::SCENES);
}

#[test]
fn the_dialogs_look_as_they_did() {
    check(dialogs::SCENES);
}

#[test]
fn the_frame_of_the_window_looks_as_it_did() {
    check(frame::SCENES);
}

#[test]
fn every_view_has_a_picture_of_itself_filled_empty_and_with_a_problem() {
    let names: BTreeSet<&str> = scenes().map(|scene| scene.name).collect();
    assert_eq!(names.len(), scenes().count(), "no two scenes have the same name");
    for view in Pane::ALL {
        for state in ["filled", "empty", "problem"] {
            let name = format!("{}_{state}", view.name().to_lowercase().replace(' ', "_"));
            assert!(names.contains(&*name), "there is no scene {name}");
        }
    }
}

#[test]
fn every_stored_picture_belongs_to_a_scene_and_all_are_small() {
    let expected: BTreeSet<String> =
        scenes().flat_map(|scene| THEMES.map(|(theme, _)| format!("{}_{theme}.png", scene.name))).collect();
    let mut bytes = 0;
    for file in fs::read_dir(folder()).expect("the pictures are there").flatten() {
        let name = file.file_name().to_string_lossy().into_owned();
        if !name.ends_with(".png") {
            continue;
        }
        assert!(expected.contains(&name), "no scene is called like tests/snapshots/{name}: delete it");
        let size = file.metadata().expect("it is a file").len();
        assert!(size < 64_000, "{name} takes {size} bytes; show less in it");
        bytes += size;
    }
    assert!(bytes < 2_600_000, "the pictures take {bytes} bytes; every clone carries them");
}

#[test]
fn a_few_levels_are_no_difference_and_a_few_pixels_are() {
    let grey = RgbImage::from_pixel(48, 32, Rgb([90, 90, 90]));
    let shaded = RgbImage::from_fn(48, 32, |x, _| Rgb([90 + (x % 8) as u8, 90, 90 - (x % 8) as u8]));
    assert_eq!(difference(&grey, &shaded), None);
    let mut dotted = grey.clone();
    (0..9).for_each(|index| dotted.put_pixel(20 + index % 3, 10 + index / 3, Rgb([90, 130, 90])));
    let found = difference(&grey, &dotted).expect("nine pixels differ").to_string();
    assert!(found.contains("9 pixels") && found.contains("40 at (20, 10)"), "{found}");
    assert!(difference(&grey, &RgbImage::new(48, 31)).is_some());
}

#[test]
fn a_picture_is_read_back_as_it_was_written_but_for_rounding() {
    let few = RgbImage::from_fn(40, 30, |x, y| Rgb([if x > y { 249 } else { 16 }, 91, (y * 8) as u8]));
    let many = RgbImage::from_fn(64, 64, |x, y| Rgb([(x * 4) as u8, (y * 4) as u8, (x + y) as u8]));
    for (picture, is_indexed) in [(few, true), (many, false)] {
        let png = small_png::encode(&picture);
        assert_eq!(png.windows(4).any(|name| name == b"PLTE"), is_indexed);
        let again = image::load_from_memory(&png).expect("it is a PNG").to_rgb8();
        assert_eq!(again.dimensions(), picture.dimensions());
        let levels = again.as_raw().iter().zip(picture.as_raw());
        assert!(levels.max_by_key(|(a, b)| a.abs_diff(**b)).is_some_and(|(a, b)| a.abs_diff(*b) <= 4));
        assert_eq!(difference(&picture, &again), None);
    }
}

/// The gallery with an image whose name ends so.
fn gallery(setup: Setup, end: &str) -> Window {
    let mut window = Window::with_images(12, setup);
    let mut image = collection::image(3, 1);
    image.path = ImagePath { text: format!("grids/00000{end}.png"), raw: None };
    let mut images = collection::images(12);
    images[3] = image;
    window.tell([Event::Images(images.into())]);
    window.settle();
    window
}

/// The whole window, its first border by this factor from where it usually is.
fn divided(mut setup: Setup, factor: f64) -> Window {
    /// The first number called a share is multiplied.
    fn widen(value: &mut Value, factor: f64) -> bool {
        if let Some(share) = value.get_mut("shares").and_then(|shares| shares.get_mut("shares")) {
            let first = share.as_object_mut().and_then(|shares| shares.values_mut().next()).expect("a share");
            *first = (first.as_f64().expect("a number") * factor).into();
            return true;
        }
        match value {
            Value::Object(fields) => fields.values_mut().any(|field| widen(field, factor)),
            Value::Array(items) => items.iter_mut().any(|item| widen(item, factor)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
        }
    }
    assert!(widen(setup.settings.layout.as_mut().expect("an arrangement"), factor));
    let mut window = Window::with_images(12, setup);
    window.settle();
    window
}

#[test]
fn the_same_window_drawn_twice_is_the_same_and_a_digit_or_a_border_moved_is_not() {
    let scene = |set: fn(Setup) -> Window, place: Place| Scene { name: "tried", place, set };
    let gallery_place = || Place::View(Pane::Gallery);
    let Some(once) = draw(&scene(|setup| gallery(setup, "1"), gallery_place())) else { return };
    let again = draw(&scene(|setup| gallery(setup, "1"), gallery_place())).expect("it was drawn before");
    let changed = draw(&scene(|setup| gallery(setup, "8"), gallery_place())).expect("it was drawn before");
    let whole = draw(&scene(|setup| divided(setup, 1.0), Place::Arranged)).expect("it was drawn before");
    let moved = draw(&scene(|setup| divided(setup, 1.02), Place::Arranged)).expect("it was drawn before");
    for (index, (theme, _)) in THEMES.iter().enumerate() {
        assert_eq!(difference(&once[index], &again[index]), None, "{theme}");
        assert!(difference(&once[index], &changed[index]).is_some(), "a digit is not seen in {theme}");
        assert!(difference(&whole[index], &moved[index]).is_some(), "a border moved is not seen in {theme}");
    }
}

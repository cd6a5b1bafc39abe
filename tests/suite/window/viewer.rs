//! One picture at its own resolution, in the place of the views.

use std::sync::Arc;

use eframe::egui::{
    Event as Input, Key, Modifiers, MouseWheelSource, MouseWheelUnit, Rect, TouchPhase, Vec2, pos2, vec2,
};
use egui_kittest::kittest::Queryable;
use tiramisu::domain::{Fit, Footprint, ImageId, PicturePiece, Resizing};
use tiramisu::engine::{Asked, Collection, Event, Look, LookKind, PictureWish, Problem};
use tiramisu::session::{Choose, Pick, Place};
use tiramisu::ui::Settings;

use crate::support::collection;
use crate::support::window::{Setup, Window};

use super::{FIRST, SECOND, looks};

const PICTURE: &str = "Picture: blobs/000000.png";

/// The viewer on the first image.
fn viewing() -> Window {
    let mut window = Window::with_images(60, Setup::default());
    window.click(FIRST);
    window.click("View");
    window.harness.get_by_label_contains("Picture at full size").click();
    window.settle();
    window
}

/// Windows that are small, large, and small on a fine screen: their size in points, and pixels a point.
const SIZES: [(Vec2, f32); 3] = [(vec2(800.0, 600.0), 1.0), (vec2(3840.0, 2160.0), 1.0), (vec2(800.0, 600.0), 2.0)];

#[test]
fn the_picture_and_all_that_is_done_with_it_are_whole_in_small_and_large_windows_and_on_fine_screens() {
    let mut pixels = Vec::new();
    for (size, pixels_per_point) in SIZES {
        let setup = Setup { size, pixels_per_point, settings: Settings::default(), ..Setup::default() };
        let mut window = Window::with_images(60, setup);
        window.act(Choose::Click(ImageId(0), Pick::Replace));
        window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
        window.settle();
        window.picture(&format!("viewer_{}_{pixels_per_point}", size.x as u32));
        let buttons = ["Close the picture", "Previous picture", "Next picture", "Actual pixels", "Fit the picture"];
        let rect = |name: &str| window.harness.get_by_label(name).rect();
        let room = Rect::from_min_size(pos2(0.0, 0.0), size).expand(0.5);
        let canvas = rect(PICTURE);
        assert!(room.contains_rect(canvas), "{canvas:?} of {size:?}");
        assert!(canvas.area() > 0.5 * room.area(), "the picture has most of the window: {canvas:?} of {size:?}");
        for (place, name) in buttons.iter().enumerate() {
            let button = rect(name);
            assert!(room.contains_rect(button) && button.width() >= 10.0, "{name} at {button:?} of {size:?}");
            assert!(!button.shrink(0.5).intersects(canvas), "{name} at {button:?} lies over the picture at {canvas:?}");
            for other in &buttons[place + 1..] {
                assert!(!button.shrink(0.5).intersects(rect(other)), "{name} and {other} of {size:?}");
            }
        }
        let finest = asked(&window).iter().map(|piece| piece.level).min().expect("pieces of it were asked for");
        pixels.push(finest);
    }
    // 960 x 960 pixels: all of them where there are as many on the screen, and no more than are seen where there are fewer.
    assert_eq!(pixels[1], 0, "a large window shows every pixel");
    assert!(pixels[0] >= pixels[2], "a fine screen shows at least as many as a coarse one: {pixels:?}");
}

/// Pieces that were asked for.
fn asked(window: &Window) -> Vec<PicturePiece> {
    let pieces = |look| match look {
        Look::Picture(Some(PictureWish { pieces, .. })) => pieces,
        _ => Vec::new(),
    };
    looks(window).into_iter().flat_map(pieces).collect()
}

fn wheel(window: &mut Window, notches: f32) {
    let over = window.harness.get_by_label(PICTURE).rect().center();
    window.harness.event(Input::PointerMoved(over));
    window.harness.event(Input::MouseWheel {
        unit: MouseWheelUnit::Line,
        delta: vec2(0.0, notches),
        phase: TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source: MouseWheelSource::Wheel,
    });
    window.harness.run_steps(30);
    window.settle();
}

#[test]
fn a_command_shows_the_picture_of_the_probe_in_the_place_of_the_views_and_escape_goes_back() {
    let mut window = viewing();
    window.picture("viewer");
    window.harness.get_by_label(PICTURE);
    assert!(!window.has("Gallery grid"), "the views are away");
    let first = looks(&window).into_iter().find(|look| matches!(look, Look::Picture(_)));
    assert_eq!(
        first,
        Some(Look::Picture(Some(PictureWish { image: ImageId(0), pieces: Vec::new() }))),
        "its size first"
    );
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(window.has("Gallery grid") && !window.has(PICTURE));
    assert_eq!(looks(&window).last(), Some(&Look::Picture(None)), "nothing of it is held");
}

#[test]
fn enter_opens_it_from_the_gallery_and_a_double_click_leads_to_look_inside() {
    let mut window = Window::with_images(60, Setup::default());
    // Frames of a test are far apart.
    window.harness.ctx.options_mut(|options| options.input_options.max_double_click_delay = 5.0);
    let at = window.harness.get_by_label(SECOND).rect().center();
    window.harness.event(Input::PointerMoved(at));
    window.harness.step();
    for _ in 0..2 {
        for pressed in [true, false] {
            let button = eframe::egui::PointerButton::Primary;
            window.harness.event(Input::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
        }
        window.harness.step();
    }
    window.settle();
    assert_eq!(window.session().lasting.place, Place::LookInside);
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(1)));
    window.harness.key_press(Key::Escape);
    window.settle();
    assert_eq!(window.session().lasting.place, Place::Explore);
    for key in [Key::Enter, Key::Space] {
        window.click(FIRST);
        window.harness.key_press(key);
        window.settle();
        window.harness.get_by_label(PICTURE);
        window.click("Close the picture");
        assert!(window.has("Gallery grid"));
    }
}

#[test]
fn the_next_and_the_previous_picture_follow_the_order_of_the_gallery() {
    let mut window = viewing();
    window.click("Next picture");
    window.harness.get_by_label("Picture: blobs/000001.png");
    window.harness.key_press(Key::ArrowRight);
    window.settle();
    assert_eq!(window.session().opened.chosen.probe, Some(ImageId(2)));
    window.click("Previous picture");
    window.harness.key_press(Key::ArrowLeft);
    window.settle();
    window.harness.get_by_label(PICTURE);
    // At an end it stays.
    window.harness.key_press(Key::ArrowLeft);
    window.settle();
    window.harness.get_by_label(PICTURE);
}

#[test]
fn no_more_pixels_are_asked_for_than_are_seen() {
    // 960 x 960 pixels, in less room than that.
    let mut window = viewing();
    let fitted = asked(&window);
    assert!(!fitted.is_empty() && fitted.iter().all(|piece| piece.level <= 1), "{fitted:?}");
    window.forget_sent();
    window.click("Actual pixels");
    let close = asked(&window);
    assert!(close.iter().all(|piece| piece.level == 0), "{close:?}");
    // Far in, one piece is all that is in sight.
    window.forget_sent();
    wheel(&mut window, 12.0);
    window.picture("viewer_close");
    assert!(asked(&window).is_empty(), "it is there already: {:?}", asked(&window));
    window.forget_sent();
    wheel(&mut window, -40.0);
    let far = asked(&window);
    assert!(!far.is_empty() && far.iter().all(|piece| piece.level >= 1), "{far:?}");
}

#[test]
fn what_lies_under_the_pointer_stays_there_while_the_wheel_is_turned() {
    let mut window = viewing();
    let percent = |window: &Window| {
        let names = window.names();
        let text = names.iter().find(|name| name.ends_with(" %")).expect("how large it is").clone();
        text.trim_end_matches(" %").parse::<f32>().expect("a number")
    };
    let before = percent(&window);
    wheel(&mut window, 5.0);
    assert!(percent(&window) > before * 1.5, "{before} and {}", percent(&window));
    window.harness.key_press(Key::Num0);
    window.settle();
    assert!((percent(&window) - before).abs() < 1.1);
    window.harness.key_press(Key::Num1);
    window.settle();
    assert_eq!(percent(&window), 100.0);
}

#[test]
fn a_picture_that_cannot_be_read_says_why() {
    let mut window = viewing();
    let of = Asked::Look(LookKind::Picture { image: Some(ImageId(0)) });
    window
        .tell([Event::Problem { of, problem: Problem::new("The picture could not be read", "it ends early: a.png") }]);
    window.settle();
    window.picture("viewer_problem");
    window.harness.get_by_label("This picture could not be read");
    window.harness.get_by_label_contains("it ends early");
    window.click("Next picture");
    assert!(!window.has("This picture could not be read"));
}

#[test]
fn keys_are_a_dialogs_while_one_lies_over_the_picture() {
    let mut window = viewing();
    window.harness.key_press(Key::F1);
    window.settle();
    // The window has this name, and its title.
    let is_open = |window: &Window| window.names().iter().any(|name| name == "Keyboard shortcuts");
    assert!(is_open(&window));
    window.harness.key_press(Key::Escape);
    window.settle();
    assert!(!is_open(&window) && window.has(PICTURE), "the dialog is closed, not the picture");
}

#[test]
fn a_channel_lies_over_the_part_of_the_picture_that_the_network_saw() {
    let mut window = Window::open(Setup::default());
    let resizing = Resizing { fit: Fit::Crop { shorter_px: 256 }, ..Resizing::stretch(224, 224) };
    let opened = collection::opened(60).into_iter().map(|event| match event {
        Event::Opened(open) => Event::Opened(Arc::new(Collection { resizing, ..Collection::clone(&open) })),
        other => other,
    });
    window.tell(opened);
    window.settle();
    // Answers of a window that was opened by hand go by what it shows.
    window.act(Choose::Click(ImageId(1), Pick::Replace));
    window.act(Choose::Channel(Some(3)));
    window.harness.key_press_modifiers(Modifiers::COMMAND, Key::Enter);
    window.settle();
    window.picture("viewer_channel");
    let record = collection::image(1, 1);
    let size = [record.width * 10, record.height * 10];
    let room = window.harness.get_by_label("Picture: blobs/000001.png").rect();
    let scale = (room.width() / size[0] as f32).min(room.height() / size[1] as f32);
    let picture = Rect::from_center_size(room.center(), vec2(size[0] as f32, size[1] as f32) * scale);
    let [min, max] = Footprint::new(&resizing, size).corners();
    let expected = Rect::from_min_max(
        picture.min + picture.size() * vec2(min[0], min[1]),
        picture.min + picture.size() * vec2(max[0], max[1]),
    );
    let found = window.harness.get_by_label("Channel 3 over the picture").rect();
    assert!(expected.width() < 0.95 * picture.width(), "the network saw less than all: {expected:?} of {picture:?}");
    assert!(
        (found.min - expected.min).length() < 1.5 && (found.max - expected.max).length() < 1.5,
        "{found:?} {expected:?}"
    );
    window.click("Channel over the picture");
    assert!(!window.has("Channel 3 over the picture"));
}

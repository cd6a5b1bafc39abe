//! What one does on a map with pointer and keys, in small windows, in large ones, and on screens with two pixels a point.

use eframe::egui::accesskit::Role;
use eframe::egui::{self, Key, Modifiers, MouseWheelSource, PointerButton, Pos2, Rect, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use tiramisu::domain::{ImageId, ImageSet};
use tiramisu::engine::Event;
use tiramisu::session::{Choose, Pick};
use tiramisu::ui::views::map::MapView;

use super::fixtures::{Stage, drawn_window, picture, session, window_at};
use crate::support::input::wheel;

/// Points across and down, and pixels for each of them: of 800 x 600 pixels, of 4k, and of each with two pixels a point.
const SIZES: [([f32; 2], f32); 4] =
    [([800.0, 600.0], 1.0), ([400.0, 300.0], 2.0), ([3840.0, 2160.0], 1.0), ([1920.0, 1080.0], 2.0)];

const COUNT: u32 = 240;

type Window = Harness<'static, Stage<MapView>>;

/// Does the same in a window of each size.
fn at_every_size(mut does: impl FnMut(&mut Window, &str)) {
    for (size, scale) in SIZES {
        let mut window = window_at(size, scale, Stage::new(MapView::default(), session(COUNT as usize)));
        window.run();
        does(&mut window, &format!("{size:?} at scale {scale}"));
    }
}

fn pos_of(window: &Window, id: u32) -> Pos2 {
    window.state().view.screen_pos_of(ImageId(id)).expect("the image is on the map")
}

/// A square about an image, so large that others lie in it, at any size of the map.
fn about(window: &Window, id: u32, share: f32) -> Rect {
    let size = window.get_by_role_and_label(Role::Canvas, "Map").rect().size();
    Rect::from_center_size(pos_of(window, id), vec2(1.0, 1.0) * size.min_elem() * share)
}

fn within(window: &Window, is_in: impl Fn(Pos2) -> bool) -> ImageSet {
    (0..COUNT).filter(|&id| is_in(pos_of(window, id))).map(ImageId).collect()
}

fn choose(window: &mut Window, tool: &str) {
    window.get_by_label(tool).click();
    window.run();
    window.state_mut().take_wishes();
}

fn drag(window: &mut Window, path: &[Pos2], modifiers: Modifiers) {
    let button = PointerButton::Primary;
    let press = |pos: Pos2, pressed: bool| egui::Event::PointerButton { pos, button, pressed, modifiers };
    window.event_modifiers(egui::Event::PointerMoved(path[0]), modifiers);
    window.step();
    window.event_modifiers(press(path[0], true), modifiers);
    window.step();
    for &pos in &path[1..] {
        window.event_modifiers(egui::Event::PointerMoved(pos), modifiers);
        window.step();
    }
    window.event_modifiers(press(path[path.len() - 1], false), modifiers);
    window.run();
}

#[test]
fn a_loop_a_rectangle_and_a_brush_take_in_what_they_enclose_at_every_size() {
    at_every_size(|window, size| {
        let square = about(window, 7, 0.2);
        let expected = within(window, |pos| square.contains(pos));
        assert!((2..200).contains(&expected.len()), "{size}: {} images", expected.len());
        let around = [square.left_top(), square.right_top(), square.right_bottom(), square.left_bottom()];
        choose(window, "Lasso");
        drag(window, &around, Modifiers::NONE);
        let picked = |pick| [Choose::PickSet(expected.clone(), pick).into()];
        assert_eq!(window.state_mut().take_wishes(), picked(Pick::Replace), "{size}: the loop");
        choose(window, "Rectangle");
        drag(window, &[square.left_top(), square.center(), square.right_bottom()], Modifiers::ALT);
        assert_eq!(window.state_mut().take_wishes(), picked(Pick::Remove), "{size}: the rectangle takes out");
        drag(window, &[square.left_top(), square.center(), square.right_bottom()], Modifiers::SHIFT);
        assert_eq!(window.state_mut().take_wishes(), picked(Pick::Add), "{size}: the rectangle adds");
        choose(window, "Brush");
        let (from, to) = (pos_of(window, 7), pos_of(window, 7) + vec2(square.width(), 0.0));
        let near = |pos: Pos2| (pos.x.clamp(from.x, to.x) - pos.x).hypot(from.y - pos.y) <= 24.0;
        let expected = within(window, near);
        drag(window, &[from, from + (to - from) * 0.5, to], Modifiers::NONE);
        let picked = [Choose::PickSet(expected, Pick::Replace).into()];
        assert_eq!(window.state_mut().take_wishes(), picked, "{size}: the brush");
    });
}

#[test]
fn wheel_drag_and_keys_move_the_map_at_every_size() {
    at_every_size(|window, size| {
        let (at, other) = (pos_of(window, 11), pos_of(window, 60));
        window.hover_at(at);
        window.run();
        for _ in 0..4 {
            window.event(wheel(vec2(0.0, 60.0), MouseWheelSource::Unknown));
            window.run_steps(6);
        }
        assert!(pos_of(window, 11).distance(at) < 1.0, "{size}: what is under the pointer stays");
        assert!((pos_of(window, 60) - at).length() > (other - at).length() * 1.5, "{size}: the rest moves away");
        let view = window.get_by_role_and_label(Role::Canvas, "Map").rect();
        let (before, by) = (pos_of(window, 11), view.size() * 0.08);
        drag(window, &[view.center(), view.center() + by * 0.5, view.center() + by], Modifiers::NONE);
        let moved = pos_of(window, 11) - before;
        assert!((moved - by).length() < 1.0, "{size}: dragged by {by:?}, moved by {moved:?}");
        window.get_by_role_and_label(Role::Canvas, "Map").focus();
        window.run();
        window.key_press(Key::Home);
        window.run();
        assert!(pos_of(window, 60).distance(other) < 0.5, "{size}: Home fits it again");
        window.key_press(Key::Plus);
        window.key_press(Key::ArrowRight);
        window.run();
        assert!(pos_of(window, 60).distance(other) > 1.0, "{size}: keys move it");
    });
}

#[test]
fn pictures_of_a_map_cover_neither_each_other_nor_what_lies_over_it_at_every_size() {
    for (size, scale) in SIZES {
        let mut session = session(1500);
        session.apply(Event::Thumbnails((0..1500).map(|id| picture(ImageId(id))).collect()));
        let mut window = window_at(size, scale, Stage::new(MapView::default(), session));
        window.run_steps(60);
        let shown: Vec<Rect> = window.state().view.pictures_shown().into_iter().map(|(_, rect)| rect).collect();
        assert!(shown.len() > 5, "{size:?}: {} pictures", shown.len());
        for (place, one) in shown.iter().enumerate() {
            let covers = |other: &&Rect| other.intersects(*one);
            assert_eq!(shown[place + 1..].iter().find(covers), None, "{size:?}: beside {one:?}");
        }
        let legend = window.query_all_by_role(Role::Button).filter_map(|node| {
            let name = node.accesskit_node().label().unwrap_or_default();
            (name.starts_with("Select all of") || name.contains("the legend")).then(|| node.rect())
        });
        for over in legend {
            let under = shown.iter().find(|picture| picture.intersects(over));
            assert_eq!(under, None, "{size:?}: a picture lies beneath the legend");
        }
    }
}

#[test]
fn a_map_of_many_images_shows_dozens_of_pictures_and_the_same_ones_when_it_is_moved() {
    let mut session = session(1500);
    session.apply(Event::Thumbnails((0..1500).map(|id| picture(ImageId(id))).collect()));
    let Some(mut window) = drawn_window([1000.0, 720.0], Stage::new(MapView::default(), session)) else { return };
    window.run_steps(60);
    let shown = |window: &Window| -> Vec<ImageId> {
        window.state().view.pictures_shown().into_iter().map(|(id, _)| id).collect()
    };
    let before = shown(&window);
    assert!((40..400).contains(&before.len()), "{} pictures", before.len());
    drag(&mut window, &[Pos2::new(500.0, 400.0), Pos2::new(510.0, 400.0), Pos2::new(524.0, 400.0)], Modifiers::NONE);
    let after = shown(&window);
    let same = after.iter().filter(|id| before.contains(id)).count();
    assert!(same * 10 >= before.len() * 9, "{same} of {} stayed", before.len());
}

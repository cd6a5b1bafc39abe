//! A million pictures on a map, which is also the picture of it in the README (`tests/window/million.sh`).

use std::time::Instant;

use eframe::egui::{self, Modifiers, vec2};
use egui_kittest::Harness;
use tiramisu::domain::ImageId;
use tiramisu::engine::Event;
use tiramisu::session::{Action, Ask};
use tiramisu::ui::views::map::MapView;

use super::fixtures::{Stage, drawn_window, keep_picture, picture, session};
use crate::support::painted::texts;

type Window = Harness<'static, Stage<MapView>>;

const COUNT: usize = 1_000_000;

/// Draws until the map and the pictures that it shows are there. Pictures are made up, as the engine would read them.
fn settle(window: &mut Window) {
    let begun = Instant::now();
    // Of a million images some get their class in each frame.
    let mut quiet_frames = 0;
    while quiet_frames < COUNT / 32_768 + 8 {
        assert!(begun.elapsed().as_secs() < 120, "waited two minutes for the map");
        window.step();
        let ctx = window.ctx.clone();
        let stage = window.state_mut();
        let is_there = stage.view.screen_pos_of(ImageId(0)).is_some();
        match stage.thumbs.end_frame(&ctx) {
            Some(Action::Ask(Ask::Thumbnails(ids))) => {
                stage.session.apply(Event::Thumbnails(ids.into_iter().map(picture).collect()));
                quiet_frames = 0;
            }
            _ if is_there => quiet_frames += 1,
            _ => std::thread::sleep(std::time::Duration::from_millis(2)),
        }
    }
}

fn pictures(window: &Window) -> usize {
    let is_picture = |shape: &&egui::epaint::ClippedShape| match &shape.shape {
        egui::Shape::Rect(rect) => rect.brush.is_some(),
        egui::Shape::Mesh(mesh) => mesh.texture_id != egui::TextureId::default(),
        _ => false,
    };
    window.output().shapes.iter().filter(is_picture).count()
}

#[test]
fn of_a_million_images_some_show_their_pictures_at_every_zoom() {
    let stage = Stage::new(MapView::default(), session(COUNT));
    let Some(mut window) = drawn_window([1224.0, 640.0], stage) else { return };
    settle(&mut window);
    assert!(texts(window.output()).iter().any(|text| text.text == "1,000,000 images"));
    keep_picture(&mut window, "map_million");
    let at = window.state().view.screen_pos_of(ImageId(11)).expect("it is on the map");
    window.hover_at(at);
    for zoom in 0..3 {
        let shown = pictures(&window);
        assert!((8..400).contains(&shown), "{shown} pictures at zoom {zoom}");
        for _ in 0..2 {
            window.event(egui::Event::MouseWheel {
                unit: egui::MouseWheelUnit::Point,
                delta: vec2(0.0, 160.0),
                phase: egui::TouchPhase::Move,
                source: egui::MouseWheelSource::Unknown,
                modifiers: Modifiers::NONE,
            });
            window.run_steps(8);
        }
        settle(&mut window);
    }
    keep_picture(&mut window, "map_million_near");
}

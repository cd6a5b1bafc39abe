//! Pictures on a map have about as many pixels as are seen of them.

use eframe::egui::{self, vec2};
use egui_kittest::Harness;
use tiramisu::engine::Event;
use tiramisu::session::{Action, Ask};
use tiramisu::ui::views::map::MapView;

use super::fixtures::{Stage, picture, session, window_at};

type Window = Harness<'static, Stage<MapView>>;

/// Draws until no picture is missing; how many were asked for.
fn settle(window: &mut Window) -> usize {
    let (mut asked, mut quiet_frames) = (0, 0);
    for _ in 0..10_000 {
        window.step();
        let ctx = window.ctx.clone();
        let stage = window.state_mut();
        match stage.thumbs.end_frame(&ctx) {
            Some(Action::Ask(Ask::Thumbnails(ids))) => {
                asked += ids.len();
                stage.session.apply(Event::Thumbnails(ids.into_iter().map(picture).collect()));
                quiet_frames = 0;
            }
            _ => quiet_frames += 1,
        }
        // What is drawn is planned beside the window.
        std::thread::sleep(std::time::Duration::from_millis(2));
        if drawn(window).is_empty() {
            quiet_frames = 0;
        }
        if quiet_frames > 20 {
            return asked;
        }
    }
    panic!("pictures are asked for again and again: {asked} of them")
}

/// A picture that is drawn: a rectangle with a texture of its own.
fn picture_of(clipped: &egui::epaint::ClippedShape) -> Option<&egui::Mesh> {
    match &clipped.shape {
        egui::Shape::Mesh(mesh) if mesh.vertices.len() == 4 && mesh.texture_id != egui::TextureId::default() => {
            Some(mesh)
        }
        _ => None,
    }
}

/// Of each picture that is drawn: the longer side of what is drawn there, and of its place on the screen, in pixels.
fn drawn(window: &Window) -> Vec<[f32; 2]> {
    let px = window.ctx.pixels_per_point();
    let manager = window.ctx.tex_manager();
    let of = |clipped: &egui::epaint::ClippedShape| {
        let mesh = picture_of(clipped)?;
        let [width, height] = manager.read().meta(mesh.texture_id)?.size.map(|side| side as f32);
        let uv = egui::Rect::from_two_pos(mesh.vertices[0].uv, mesh.vertices[3].uv);
        // A part of a page ends half a pixel within itself.
        let within = if uv.width() < 1.0 { 1.0 } else { 0.0 };
        let held = (uv.width() * width).max(uv.height() * height) + within;
        Some([held, mesh.calc_bounds().size().max_elem() * px])
    };
    window.output().shapes.iter().filter_map(of).collect()
}

/// The textures of the pictures, in the order in which they are drawn.
fn textures(window: &Window) -> Vec<egui::TextureId> {
    let of = |clipped: &egui::epaint::ClippedShape| Some(picture_of(clipped)?.texture_id);
    window.output().shapes.iter().filter_map(of).collect()
}

#[test]
fn pictures_of_a_map_have_as_many_pixels_as_are_seen_and_not_twice_as_many_more() {
    for scale in [1.0, 2.0] {
        let stage = Stage::new(MapView::default(), session(1500));
        let mut window = window_at([1000.0, 720.0], scale, stage);
        let asked = settle(&mut window);
        let pictures = drawn(&window);
        assert!(pictures.len() > 40, "{} pictures at {scale} pixels a point", pictures.len());
        for &[held, seen] in &pictures {
            // All of a picture has 120 pixels: where it is not enlarged it can be halved.
            assert!(held >= seen * 0.98 && held < seen * 2.02, "{held} pixels for {seen}");
        }
        // Those of one page are one draw.
        let mut textures = textures(&window);
        textures.dedup();
        let draws = textures.len();
        textures.sort_unstable();
        textures.dedup();
        assert_eq!(draws, textures.len(), "each is drawn at once");
        if scale == 1.0 {
            assert!(draws < pictures.len() / 3, "{draws} draws of {} pictures", pictures.len());
        }
        let whole = 120 * 120 * 4;
        let bytes = window.state().thumbs.bytes();
        match scale {
            1.0 => assert!(bytes <= asked * whole / 3, "{bytes} bytes for {asked} pictures"),
            _ => assert!(bytes > asked * whole / 3, "on a screen with twice the pixels they are not halved"),
        }
    }
}

#[test]
fn what_is_magnified_shows_what_there_is_until_more_of_it_comes() {
    let mut window = window_at([1000.0, 720.0], 1.0, Stage::new(MapView::default(), session(1500)));
    settle(&mut window);
    let least = |window: &Window| drawn(window).iter().map(|[held, _]| held.round() as usize).min();
    assert_eq!(least(&window), Some(60));
    let at = window.state().view.pictures_shown()[0].1.center();
    window.hover_at(at);
    // So near that every image shows itself, as large as it may.
    for _ in 0..30 {
        window.event(crate::support::input::wheel(vec2(0.0, 160.0), egui::MouseWheelSource::Unknown));
        window.run_steps(4);
    }
    assert!(!drawn(&window).is_empty(), "none waits for all of its pixels");
    assert_eq!(least(&window), Some(60));
    settle(&mut window);
    assert_eq!(least(&window), Some(120));
}

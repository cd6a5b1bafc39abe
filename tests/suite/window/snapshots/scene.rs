//! A scene: a view or dialog in a state, how it is set, and what of the window is looked at.

use eframe::egui::{Theme, ecolor, vec2};
use image::RgbImage;
use tiramisu::domain::ImageRecord;
use tiramisu::engine::ThumbnailPicture;
use tiramisu::session;
use tiramisu::ui::Settings;
use tiramisu::ui::dock::Dock;
use tiramisu::ui::views::Pane;

use crate::support::collection::LABELS;
use crate::support::renderer::software_renderer;
use crate::support::snapshot;
use crate::support::window::{Setup, Window};

/// Width and height of every window, in points and pixels.
const SIZE: [u32; 2] = [960, 640];
/// Height of the menus above all else.
const MENUS: u32 = 30;
/// Height of what is above the views: the menus, the search, the depth slider.
const ABOVE: u32 = 110;
/// Height of the status bar.
const BELOW: u32 = 28;
/// When a picture is taken, in seconds: what turns has turned equally far, and what glides has arrived.
const MOMENT: f64 = 3600.0;

/// The themes, and what they are called in the pictures' names.
pub const THEMES: [(&str, Theme); 2] = [("dark", Theme::Dark), ("light", Theme::Light)];

/// What of the window is looked at.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// This view, and no other is open.
    View(Pane),
    /// What lies over the views, of which an empty selection alone is open.
    Over,
    /// The whole window, over an empty selection.
    Window,
    /// The whole window, all views at once.
    Arranged,
    /// The whole window at one of its places, as on the first day.
    At(session::Place),
    /// The status bar.
    Status,
}

pub struct Scene {
    /// The view or dialog, and its state.
    pub name: &'static str,
    pub place: Place,
    /// Opens the window and brings it there.
    pub set: fn(Setup) -> Window,
}

impl Scene {
    pub const fn view(name: &'static str, pane: Pane, set: fn(Setup) -> Window) -> Self {
        Self { name, place: Place::View(pane), set }
    }

    pub const fn over(name: &'static str, set: fn(Setup) -> Window) -> Self {
        Self { name, place: Place::Over, set }
    }
}

/// An arrangement with some views closed.
fn without(is_closed: impl Fn(Pane) -> bool) -> Option<serde_json::Value> {
    let mut dock = Dock::default();
    // Closed and opened again, it is an arrangement of the person's own, which does not follow the size of the window.
    dock.set_open(Pane::Gallery, false);
    dock.set_open(Pane::Gallery, true);
    Pane::ALL.into_iter().filter(|pane| is_closed(*pane)).for_each(|pane| dock.set_open(pane, false));
    dock.take_change()
}

/// A picture of few colours, which takes few bytes: the label tells the ground, the number what is on it.
fn plain(image: &ImageRecord) -> ThumbnailPicture {
    let label = LABELS.iter().position(|label| Some(*label) == image.label.as_deref()).unwrap_or(0);
    let hue = label as f32 / LABELS.len() as f32;
    let [ground, figure] = [(0.55, 0.55), (0.25, 0.95)].map(|(s, v)| ecolor::Hsva::new(hue, s, v, 1.0).to_srgb());
    let (width, height) = (80, if image.id.0.is_multiple_of(3) { 80 } else { 60 });
    let (middle, half) = ([width as f32 / 2.0, height as f32 / 2.0], 10.0 + (image.id.0 % 5) as f32 * 3.0);
    let is_inside = |x: u32, y: u32| {
        let [dx, dy] = [x as f32 + 0.5 - middle[0], y as f32 + 0.5 - middle[1]];
        match image.id.0 % 3 {
            0 => dx.abs().max(dy.abs()) < half,
            1 => dx.hypot(dy) < half,
            _ => dx.abs() < half && dy.abs() < 6.0,
        }
    };
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let colour = |(x, y)| if is_inside(x, y) { figure } else { ground };
    let rgba = places.map(colour).flat_map(|[r, g, b]| [r, g, b, 255]).collect();
    ThumbnailPicture { id: image.id, width, height, rgba }
}

/// The scene in each theme; `None`, with a word about it, where there is no software renderer.
pub fn draw(scene: &Scene) -> Option<[RgbImage; 2]> {
    let layout = match scene.place {
        Place::View(pane) => without(|other| other != pane),
        Place::Over | Place::Window | Place::Status => without(|other| other != Pane::Selection),
        Place::Arranged => without(|_| false),
        Place::At(_) => None,
    };
    let place = match scene.place {
        Place::At(place) => place,
        Place::View(_) | Place::Over | Place::Window | Place::Arranged | Place::Status => session::Place::default(),
    };
    let [width, height] = SIZE;
    let setup = Setup {
        size: vec2(width as f32, height as f32),
        settings: Settings { layout, place, hides_inspector: true, ..Settings::default() },
        renderer: Some(software_renderer()?),
        thumbnail: plain,
        ..Setup::default()
    };
    let mut window = (scene.set)(setup);
    window.harness.remove_cursor();
    let (top, bottom) = match scene.place {
        Place::View(_) => (ABOVE, height - BELOW),
        Place::Over => (MENUS, height - BELOW),
        Place::Window | Place::Arranged | Place::At(_) => (0, height),
        Place::Status => (height - BELOW, height),
    };
    Some([0, 1].map(|index| {
        window.harness.ctx.set_theme(THEMES[index].1);
        window.harness.run_steps(2);
        window.harness.input_mut().time = Some(MOMENT * (1 + index) as f64);
        window.harness.run_steps(1);
        let drawn = window.harness.render().expect("there is something to draw with");
        snapshot::halved(&drawn, top, bottom)
    }))
}

/// Compares every scene with its stored pictures.
pub fn check(scenes: &[Scene]) {
    let mut wrong = Vec::new();
    for scene in scenes {
        let Some(pictures) = draw(scene) else { return };
        for ((theme, _), picture) in THEMES.iter().zip(&pictures) {
            wrong.extend(snapshot::check(&format!("{}_{theme}", scene.name), picture).err());
        }
    }
    assert!(wrong.is_empty(), "{} pictures are not as stored:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

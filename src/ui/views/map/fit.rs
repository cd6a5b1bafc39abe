//! How all of a map is laid into its view so that it fills it: around what lies over the view, not beside the whole length of that.

use std::sync::Arc;

use eframe::egui::{Rect, Vec2, pos2, vec2};

use super::camera::Camera;
use super::density::Density;
use super::plane::Plane;
use super::{OneMap, legend, pictures};
use crate::domain::ProjectionWish;
use crate::ui::paint::Tiles;

/// Magnifications that are tried between the least, at which nothing can lie beneath what covers the view, and the largest at which
/// the map is not wider or higher than the view.
const STEPS: u32 = 24;

/// Places that are tried at each, along one axis.
const PLACES: u16 = 9;

/// How many points may lie beneath what covers the view: one in so many. None of fewer, since whoever looks for what lies apart looks
/// there first.
const BENEATH: u32 = 1000;

/// A point is not beneath what covers the view if it, and what is about it, is so far beside that, in points.
const BESIDE: f32 = 4.0;

/// What the fit depends on.
#[derive(Clone, Debug, PartialEq)]
pub struct Room {
    /// The view on the screen.
    pub view: Rect,
    /// What lies over it.
    pub covers: Vec<Rect>,
    /// What is beside the points on the right and at the bottom if the map is laid beside all that covers it, in points.
    pub aside: Vec2,
    /// How far what is drawn about a point reaches from it, in points.
    pub about: f32,
}

/// The camera that shows all of a map, kept until something is otherwise.
#[derive(Default)]
pub struct Fit {
    known: Option<Known>,
}

/// A camera, and what it was laid out for.
struct Known {
    tiles: Arc<Tiles>,
    wish: ProjectionWish,
    /// Whether that map had settled.
    is_finished: bool,
    room: Room,
    camera: Camera,
}

impl OneMap {
    /// The camera that shows all of it in `view`, beside what lay over that in the last frame.
    pub(super) fn fitted(&mut self, plane: &Plane, view: Rect) -> Camera {
        let legend = self.legend_rect.filter(|_| self.legend.is_open);
        let beside = legend.map_or(0.0, |rect| view.right() - rect.left() + legend::BESIDE);
        // All of the strip that the captions stand in: what they say is another with every movement.
        let captions = view.with_min_y(view.bottom() - self.below);
        let covers = self.legend_covers.into_iter().flatten().chain([captions]).collect();
        let about = pictures::side_in(view, plane.len()) / 2.0;
        self.fit.refresh(plane, Room { view, covers, aside: vec2(beside, self.below), about })
    }
}

impl Fit {
    /// The camera for a map in this room.
    pub fn refresh(&mut self, plane: &Plane, room: Room) -> Camera {
        let is_finished = plane.projection.is_finished();
        if let Some(known) = self.known.as_mut().filter(|known| known.room == room) {
            // One that settles anew stays where it is, also beneath what one draws on it.
            let is_anew = known.is_finished && !is_finished && known.wish == plane.projection.wish;
            if is_anew || Arc::ptr_eq(&known.tiles, &plane.tiles) {
                known.tiles = plane.tiles.clone();
                return known.camera;
            }
        }
        let beside = Camera::fitted(plane.half_extent, room.view.size(), room.aside, room.about);
        // One that still moves would be thrown about: what lies beneath is another with every step.
        let larger = plane.density.as_ref().and_then(|density| around(plane.half_extent, density, &room, beside));
        let camera = larger.unwrap_or(beside);
        let (tiles, wish) = (plane.tiles.clone(), plane.projection.wish.clone());
        self.known = Some(Known { tiles, wish, is_finished, room, camera });
        camera
    }
}

/// The camera that shows a map, which reaches `half_extent` from its origin and whose points lie as `density` says, larger than
/// `beside` does and with hardly a point beneath what covers the view; `None` if there is none.
pub fn around(half_extent: [f32; 2], density: &Density, room: &Room, beside: Camera) -> Option<Camera> {
    let size = room.view.size();
    let whole = Camera::fitted(half_extent, size, Vec2::ZERO, room.about);
    let most = whole.zoom / beside.zoom;
    let is_one_place = !half_extent.iter().any(|extent| *extent > 1e-6);
    if is_one_place || !(most.is_finite() && most > 1.01) {
        return None;
    }
    let covers: Vec<Rect> = room.covers.iter().map(|cover| cover.expand(room.about.max(BESIDE))).collect();
    let beneath_most = density.points() / BENEATH;
    let inner = Camera::inner(size, Vec2::ZERO, room.about);
    (1..=STEPS).rev().find_map(|step| {
        let zoom = beside.zoom * most.powf(f64::from(step) / f64::from(STEPS));
        // How far the map can be moved from the middle of the view until what is about its points is cut.
        let slack = [0, 1].map(|axis| (f64::from(inner[axis]) / 2.0 - f64::from(half_extent[axis]) * zoom).max(0.0));
        let mut best: Option<(u32, f64, Camera)> = None;
        for (x, y) in places().flat_map(|x| places().map(move |y| (x, y))) {
            let camera = Camera { centre_on_map: [x * slack[0] / zoom, y * slack[1] / zoom], zoom };
            let beneath: u32 = covers.iter().map(|cover| points_in(density, &camera, room.view, *cover)).sum();
            // Of those alike the one nearest to the middle.
            let rank = (beneath, (x * slack[0]).hypot(y * slack[1]));
            if beneath <= beneath_most && best.is_none_or(|(least, aside, _)| rank < (least, aside)) {
                best = Some((rank.0, rank.1, camera));
            }
        }
        best.map(|(_, _, camera)| camera)
    })
}

/// Where the middle of the map may lie along one axis, as shares of what there is to either side.
fn places() -> impl Iterator<Item = f64> {
    (0..PLACES).map(|place| f64::from(place) / f64::from(PLACES - 1) * 2.0 - 1.0)
}

fn points_in(density: &Density, camera: &Camera, view: Rect, cover: Rect) -> u32 {
    let lower = camera.map_from_screen(view, pos2(cover.left(), cover.bottom()));
    let upper = camera.map_from_screen(view, pos2(cover.right(), cover.top()));
    density.points_in(lower, upper)
}

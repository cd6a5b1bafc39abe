//! Pictures among the points: of every image where there is room, else of one for each part of the screen.

use std::sync::Arc;

use eframe::egui::{Color32, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2, pos2};

use super::camera::Camera;
use super::colours::Colours;
use super::plane::Plane;
use crate::domain::{ImageId, ImageSet};
use crate::session::Session;
use crate::ui::paint::Tiles;
use crate::ui::paint::tiles::chance;
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;

/// With no more points than this in view each may show its picture.
const EACH_MAX: usize = 300;

/// Points that are looked at for those to show, at most.
const LOOKED_AT: usize = 16_000;

/// Selected images that are shown before others, at most.
const SELECTED_MAX: usize = 64;

/// Longer side of a picture where each has one, in points.
const SIDES: [f32; 2] = [30.0, 92.0];

/// Longer side of one that stands for many.
const SIDE_OF_MANY: f32 = 48.0;

/// The least side of the parts of the screen that have a picture each, in points; they are up to twice as large.
const PART: f64 = 96.0;

/// Which images show themselves, found anew when one looks elsewhere.
#[derive(Default)]
pub struct Pictures {
    key: Option<Key>,
    candidates: Vec<Candidate>,
    /// Longer side, in points.
    side: f32,
    /// Where they were drawn in the last frame, topmost last.
    drawn: Vec<(Rect, ImageId)>,
}

struct Key {
    tiles: Arc<Tiles>,
    camera: Camera,
    view: Rect,
    passing: Option<ImageSet>,
    selection: ImageSet,
    probe: Option<ImageId>,
}

/// An image that may show itself: the first come first.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Candidate {
    rank: u8,
    order: u32,
    id: ImageId,
    pos_on_map: [f32; 2],
}

impl Pictures {
    /// The image whose picture is under the pointer.
    pub fn under(&self, pointer: Pos2) -> Option<ImageId> {
        self.drawn.iter().rev().find(|(rect, _)| rect.contains(pointer)).map(|(_, id)| *id)
    }

    /// Shows none.
    pub fn hide(&mut self) {
        self.drawn.clear();
    }

    /// Draws what has room; what is not there yet is asked for and left out meanwhile.
    #[expect(clippy::too_many_arguments, reason = "what is drawn, where, in which state")]
    pub fn show(
        &mut self,
        painter: &Painter,
        camera: &Camera,
        view: Rect,
        plane: &Plane,
        session: &Session,
        colours: &Colours,
        has_frames: bool,
        thumbs: &mut Thumbnails,
    ) {
        let selection = &session.opened.chosen.selection;
        self.refresh(camera, view, plane, session, colours);
        self.drawn.clear();
        for candidate in &self.candidates {
            let id = candidate.id;
            let middle = camera.screen_from_map(view, candidate.pos_on_map);
            let room = Rect::from_center_size(middle, Vec2::splat(self.side));
            if self.drawn.iter().any(|(other, _)| other.intersects(room)) {
                continue;
            }
            let Some((texture, size_px)) = thumbs.get(id) else { continue };
            let scale = self.side / size_px.x.max(size_px.y).max(1.0);
            let rect = Rect::from_center_size(middle, size_px * scale);
            let is_selected = selection.contains(id);
            let is_grey = selection.len() > 1 && !is_selected;
            let tint = if is_grey { Color32::from_white_alpha(95) } else { Color32::WHITE };
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let frame = if has_frames && !is_grey { colours.colour_of(id) } else { None };
            painter.rect_filled(rect.expand(1.5), 2.0, frame.unwrap_or(theme::palette().ground));
            painter.rect_filled(rect, 0.0, theme::palette().ground);
            painter.image(texture, rect, whole, tint);
            if is_selected {
                painter.rect_stroke(rect, 2.0, Stroke::new(2.0, theme::selected()), StrokeKind::Outside);
            }
            self.drawn.push((rect, id));
        }
    }

    fn refresh(&mut self, camera: &Camera, view: Rect, plane: &Plane, session: &Session, colours: &Colours) {
        let chosen = &session.opened.chosen;
        let is_same = self.key.as_ref().is_some_and(|key| {
            let is_same_set = match (&key.passing, colours.passing()) {
                (Some(known), Some(passing)) => known.is_shared_with(passing),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            Arc::ptr_eq(&key.tiles, &plane.tiles)
                && key.camera == *camera
                && key.view == view
                && is_same_set
                && key.selection.is_shared_with(&chosen.selection)
                && key.probe == chosen.probe
        });
        if is_same {
            return;
        }
        self.key = Some(Key {
            tiles: plane.tiles.clone(),
            camera: *camera,
            view,
            passing: colours.passing().cloned(),
            selection: chosen.selection.clone(),
            probe: chosen.probe,
        });
        let seen = camera.seen_on_map(view.expand(SIDES[1] / 2.0));
        let (tiles, points) = plane
            .tiles
            .touched(seen.0, seen.1)
            .fold((0, 0), |(tiles, points), tile| (tiles + 1, points + tile.count as usize));
        // The first points of a tile stand for all of it, and those of each of its parts are among them.
        let of_each = if points <= LOOKED_AT { usize::MAX } else { (LOOKED_AT / tiles.max(1)).max(1) };
        let mut met = Met { seen, in_view: 0, passing: Vec::new() };
        for tile in plane.tiles.touched(seen.0, seen.1) {
            plane.tiles.points_of(tile).take(of_each).for_each(|(point, id)| met.take(point, id, session, colours));
        }
        if of_each == usize::MAX && met.in_view <= EACH_MAX {
            self.side = side_in(view, met.in_view);
            self.candidates = met.passing;
            self.candidates.sort_unstable_by_key(|candidate| (candidate.rank, candidate.id));
            return;
        }
        self.side = SIDE_OF_MANY;
        // What one asks for and what one has chosen, if it is not half of the map.
        if chosen.selection.len() <= SELECTED_MAX {
            let wanted = chosen.probe.into_iter().chain(chosen.selection.iter());
            let placed = wanted.filter_map(|id| Some((plane.position_of(id)?, id)));
            placed.for_each(|(point, id)| met.take(point, id, session, colours));
        }
        self.candidates = one_a_part(met.passing, camera, seen);
    }
}

/// Longer side of a picture where so many points are in view, in points.
pub fn side_in(view: Rect, points: usize) -> f32 {
    match points <= EACH_MAX {
        true => ((view.area() / points.max(1) as f32).sqrt() * 0.8).clamp(SIDES[0], SIDES[1]),
        false => SIDE_OF_MANY,
    }
}

/// Points that are looked at.
struct Met {
    /// The corners of what is seen.
    seen: ([f32; 2], [f32; 2]),
    /// How many of them are.
    in_view: usize,
    /// Those of them that the filter lets through.
    passing: Vec<Candidate>,
}

impl Met {
    fn take(&mut self, pos_on_map: [f32; 2], id: ImageId, session: &Session, colours: &Colours) {
        let (lower, upper) = self.seen;
        if !(0..2).all(|axis| (lower[axis]..=upper[axis]).contains(&pos_on_map[axis])) {
            return;
        }
        self.in_view += 1;
        if colours.passes(id) {
            let chosen = &session.opened.chosen;
            let rank = match () {
                () if chosen.probe == Some(id) => 0,
                () if chosen.selection.contains(id) => 1,
                () => 2,
            };
            self.passing.push(Candidate { rank, order: chance(id), id, pos_on_map });
        }
    }
}

/// The first of each part of the map. Parts are squares that stay where they are when the map is moved, and are halved when it is
/// magnified: the picture of one stays that of the quarter it lies in. All candidates lie between the corners of what is seen.
fn one_a_part(candidates: Vec<Candidate>, camera: &Camera, (lower, upper): ([f32; 2], [f32; 2])) -> Vec<Candidate> {
    let side = (PART / camera.zoom).log2().ceil().exp2();
    let part = |x: f32| (f64::from(x) / side).floor() as i64;
    let count = |axis: usize| (part(upper[axis]) - part(lower[axis])).max(0) as usize + 1;
    let place = |candidate: &Candidate, axis: usize| {
        let beyond = part(candidate.pos_on_map[axis]) - part(lower[axis]);
        (beyond.max(0) as usize).min(count(axis) - 1)
    };
    fn order(candidate: &Candidate) -> (u8, u32, ImageId) {
        (candidate.rank, candidate.order, candidate.id)
    }
    // As many parts as the screen has room for: a look-up of each point by a hash would take longer than all else here.
    let mut first: Vec<Option<Candidate>> = vec![None; count(0) * count(1)];
    for candidate in candidates {
        let known = &mut first[place(&candidate, 1) * count(0) + place(&candidate, 0)];
        if known.is_none_or(|known| order(&candidate) < order(&known)) {
            *known = Some(candidate);
        }
    }
    let mut first: Vec<Candidate> = first.into_iter().flatten().collect();
    first.sort_unstable_by_key(order);
    first
}

//! Pictures among the points: of every image where there is room, else of some for each part of the screen, as many as fit without
//! covering each other, and none beneath what lies over the map.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{Color32, Context, Painter, Pos2, Rect, Stroke, StrokeKind, Vec2};

use super::camera::Camera;
use super::colours::Colours;
use super::parts::{Candidate, Parts};
use super::plane::Plane;
use crate::domain::{ImageId, ImageSet};
use crate::session::Session;
use crate::ui::paint::Tiles;
use crate::ui::paint::effort::note_looked_at;
use crate::ui::paint::tiles::chance;
use crate::ui::theme;
use crate::ui::thumbnails::{SmallThumbnail, Thumbnails};

/// With no more points than this in view each may show its picture.
const EACH_MAX: usize = 300;

/// Points that are looked at for those to show, at most.
const LOOKED_AT: usize = 16_000;

/// Where more were looked at, another choice looks at them in a frame of its own.
const BESIDE_A_CHOICE: usize = 2_000;

/// Selected images that are shown before others, at most.
const SELECTED_MAX: usize = 64;

/// Longer side of a picture where each has one, in points.
const SIDES: [f32; 2] = [30.0, 92.0];

/// The least and the greatest longer side of one that stands for many, in points.
const SIDES_OF_MANY: [f32; 2] = [36.0, 64.0];

/// Of those that stand for many so many would fill the view.
const FILLING: f32 = 450.0;

/// Space between two pictures, in points.
const GAP: f32 = 3.0;

/// A picture that comes is there in full after so many seconds.
const APPEARING_SECS: f64 = 0.18;

/// Which images show themselves, found anew when one looks elsewhere.
#[derive(Default)]
pub struct Pictures {
    key: Option<Key>,
    /// How many points were looked at for them, and whether that is to be done anew in the next frame.
    looked_at: usize,
    is_late: bool,
    candidates: Vec<Candidate>,
    parts: Parts,
    /// Longer side, in points.
    side: f32,
    /// Where they were drawn in the last frame.
    drawn: Vec<(Rect, ImageId)>,
    /// Since when each of them has been there, by the clock of the window.
    since_secs: HashMap<ImageId, f64>,
}

struct Key {
    tiles: Arc<Tiles>,
    camera: Camera,
    view: Rect,
    passing: Option<ImageSet>,
    selection: ImageSet,
    probe: Option<ImageId>,
}

impl Pictures {
    /// The image whose picture is under the pointer.
    pub fn under(&self, pointer: Pos2) -> Option<ImageId> {
        self.drawn.iter().rev().find(|(rect, _)| rect.contains(pointer)).map(|(_, id)| *id)
    }

    /// Where the picture of an image is, if it shows itself.
    pub fn rect_of(&self, id: ImageId) -> Option<Rect> {
        self.drawn.iter().find(|(_, drawn)| *drawn == id).map(|(rect, _)| *rect)
    }

    /// Which images show themselves, and where.
    pub fn drawn(&self) -> &[(Rect, ImageId)] {
        &self.drawn
    }

    /// Shows none.
    pub fn hide(&mut self) {
        self.drawn.clear();
        self.since_secs.clear();
    }

    /// Draws what has room beside `covered`, which is what lies over the map, those of the class that is `highlighted` brighter than
    /// others. What is not there yet is asked for; its place is kept for it, so that nothing else comes and goes there meanwhile.
    #[expect(clippy::too_many_arguments, reason = "what is drawn, where, in which state")]
    pub fn show(
        &mut self,
        painter: &Painter,
        camera: &Camera,
        view: Rect,
        covered: &[Rect],
        plane: &Plane,
        session: &Session,
        colours: &Colours,
        has_frames: bool,
        highlighted: Option<u16>,
        thumbs: &mut Thumbnails,
    ) {
        let selection = &session.opened.chosen.selection;
        self.refresh(painter.ctx(), camera, view, plane, session, colours);
        self.drawn.clear();
        let now_secs = painter.ctx().input(|input| input.time);
        let mut since_secs = HashMap::with_capacity(self.since_secs.len());
        let mut taken = Taken::new(view, self.side);
        let (mut images, mut rims) = (Vec::new(), Vec::new());
        let side_px = self.side * painter.pixels_per_point();
        for candidate in &self.candidates {
            let id = candidate.id;
            let middle = camera.screen_from_map(view, candidate.pos_on_map);
            let most = Rect::from_center_size(middle, Vec2::splat(self.side));
            if covered.iter().any(|over| over.intersects(most)) || !taken.has_room(most) {
                continue;
            }
            let (texture, uv, size_px) = match thumbs.look_up_small(id, side_px) {
                SmallThumbnail::Ready { texture, uv, size_px } => (texture, uv, size_px),
                SmallThumbnail::Waiting => {
                    taken.take(most);
                    continue;
                }
                SmallThumbnail::Broken => continue,
            };
            let scale = self.side / size_px.x.max(size_px.y).max(1.0);
            let rect = Rect::from_center_size(middle, size_px * scale);
            taken.take(rect);
            let since = self.since_secs.get(&id).copied().unwrap_or(now_secs);
            since_secs.insert(id, since);
            let there = ((now_secs - since) / APPEARING_SECS).clamp(0.0, 1.0) as f32;
            if there < 1.0 {
                painter.ctx().request_repaint();
            }
            let is_selected = selection.contains(id);
            // As the points do, what is not meant steps back.
            let is_grey = match highlighted {
                Some(class) => colours.classes().of(id) != class,
                None => selection.len() > 1 && !is_selected,
            };
            let tint = if is_grey { Color32::from_white_alpha(95) } else { Color32::WHITE };
            let frame = if has_frames && !is_grey { colours.colour_of(id) } else { None };
            let ground = theme::palette().ground;
            painter.rect_filled(rect.expand(1.5), 2.0, frame.unwrap_or(ground).gamma_multiply(there));
            if frame.is_some() {
                painter.rect_filled(rect, 0.0, ground.gamma_multiply(there));
            }
            images.push((texture, rect, uv, tint.gamma_multiply(there)));
            if is_selected {
                rims.push(rect);
            }
            self.drawn.push((rect, id));
        }
        self.since_secs = since_secs;
        // None covers another: all of one texture are one draw, and so is all that lies beneath, and all that is about them.
        images.sort_by_key(|(texture, ..)| *texture);
        for (texture, rect, uv, tint) in images {
            painter.image(texture, rect, uv, tint);
        }
        for rect in rims {
            painter.rect_stroke(rect, 2.0, Stroke::new(2.0, theme::selected()), StrokeKind::Outside);
        }
    }

    fn refresh(
        &mut self,
        ctx: &Context,
        camera: &Camera,
        view: Rect,
        plane: &Plane,
        session: &Session,
        colours: &Colours,
    ) {
        let chosen = &session.opened.chosen;
        let is_same_view = self.key.as_ref().is_some_and(|key| {
            let is_same_set = match (&key.passing, colours.passing()) {
                (Some(known), Some(passing)) => known.is_shared_with(passing),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            Arc::ptr_eq(&key.tiles, &plane.tiles) && key.camera == *camera && key.view == view && is_same_set
        });
        let is_same_choice = self
            .key
            .as_ref()
            .is_some_and(|key| key.selection.is_shared_with(&chosen.selection) && key.probe == chosen.probe);
        if is_same_view && is_same_choice {
            return;
        }
        // The frame of a choice has enough to do: all views show it, and the points are drawn anew.
        if is_same_view && self.looked_at > BESIDE_A_CHOICE && !std::mem::replace(&mut self.is_late, true) {
            ctx.request_repaint();
            return;
        }
        self.is_late = false;
        self.key = Some(Key {
            tiles: plane.tiles.clone(),
            camera: *camera,
            view,
            passing: colours.passing().cloned(),
            selection: chosen.selection.clone(),
            probe: chosen.probe,
        });
        let seen = camera.seen_on_map(view.expand(SIDES[1] / 2.0));
        let tiles = || plane.tiles.touched(seen.0, seen.1);
        let (touched, on_them) =
            tiles().fold((0, 0), |(tiles, points), tile| (tiles + 1, points + tile.count as usize));
        let mut met = Met { seen, in_view: 0, session, colours };
        self.candidates.clear();
        // The first points of a tile stand for all of it, and those of each of its parts are among them.
        let of_each = if on_them <= LOOKED_AT { usize::MAX } else { (LOOKED_AT / touched.max(1)).max(1) };
        let points = || tiles().flat_map(move |tile| plane.tiles.points_of(tile).take(of_each));
        self.looked_at = if of_each == usize::MAX { on_them } else { LOOKED_AT.min(on_them) };
        note_looked_at(self.looked_at);
        if of_each == usize::MAX {
            self.candidates.extend(points().filter_map(|(point, id)| met.candidate(point, id)));
            if met.in_view <= EACH_MAX {
                self.side = side_in(view, met.in_view);
                self.candidates.sort_unstable_by_key(|candidate| (candidate.rank, candidate.id));
                return;
            }
        }
        self.side = side_of_many(view);
        self.parts.begin(camera, seen, self.side + GAP);
        match of_each {
            usize::MAX => self.candidates.drain(..).for_each(|candidate| self.parts.take(candidate)),
            // One after the other, and not listed first: while the map is moved each frame looks at as many.
            _ => points().filter_map(|(point, id)| met.candidate(point, id)).for_each(|one| self.parts.take(one)),
        }
        // What one asks for and what one has chosen, if it is not half of the map.
        if chosen.selection.len() <= SELECTED_MAX {
            let wanted = chosen.probe.into_iter().chain(chosen.selection.iter());
            let placed = wanted.filter_map(|id| met.candidate(plane.position_of(id)?, id));
            placed.for_each(|candidate| self.parts.take(candidate));
        }
        self.parts.end(&mut self.candidates);
    }
}

/// Longer side of a picture where so many points are in view, in points.
pub fn side_in(view: Rect, points: usize) -> f32 {
    match points <= EACH_MAX {
        true => ((view.area() / points.max(1) as f32).sqrt() * 0.8).clamp(SIDES[0], SIDES[1]),
        false => side_of_many(view),
    }
}

fn side_of_many(view: Rect) -> f32 {
    (view.area() / FILLING).sqrt().clamp(SIDES_OF_MANY[0], SIDES_OF_MANY[1])
}

/// The room that pictures take, found by where their middles lie.
struct Taken {
    min: Pos2,
    /// Side of a cell, which is no less than that of a picture: what reaches into one lies in a cell beside it.
    cell: f32,
    columns: usize,
    cells: Vec<Vec<Rect>>,
}

impl Taken {
    fn new(view: Rect, side: f32) -> Self {
        let cell = side + GAP;
        let (min, size) = (view.min - Vec2::splat(SIDES[1]), view.size() + Vec2::splat(2.0 * SIDES[1]));
        let [columns, rows] = [size.x, size.y].map(|side| (side / cell).ceil().max(1.0) as usize);
        Self { min, cell, columns, cells: vec![Vec::new(); columns * rows] }
    }

    /// Column and row of the cell that a picture's middle lies in.
    fn place(&self, rect: Rect) -> [usize; 2] {
        let from = (rect.center() - self.min) / self.cell;
        let rows = self.cells.len() / self.columns;
        [(from.x.max(0.0) as usize).min(self.columns - 1), (from.y.max(0.0) as usize).min(rows - 1)]
    }

    fn has_room(&self, rect: Rect) -> bool {
        let [column, row] = self.place(rect);
        let rows = self.cells.len() / self.columns;
        let wanted = rect.expand(GAP);
        let around = |at: usize, count: usize| at.saturating_sub(1)..=(at + 1).min(count - 1);
        around(row, rows).all(|row| {
            around(column, self.columns)
                .all(|column| self.cells[row * self.columns + column].iter().all(|other| !other.intersects(wanted)))
        })
    }

    fn take(&mut self, rect: Rect) {
        let [column, row] = self.place(rect);
        self.cells[row * self.columns + column].push(rect);
    }
}

/// Points that are looked at.
struct Met<'a> {
    /// The corners of what is seen.
    seen: ([f32; 2], [f32; 2]),
    /// How many of them are.
    in_view: usize,
    session: &'a Session,
    colours: &'a Colours,
}

impl Met<'_> {
    /// What it is as a picture, if it is seen and the filter lets it through.
    fn candidate(&mut self, pos_on_map: [f32; 2], id: ImageId) -> Option<Candidate> {
        let (lower, upper) = self.seen;
        if !(0..2).all(|axis| (lower[axis]..=upper[axis]).contains(&pos_on_map[axis])) {
            return None;
        }
        self.in_view += 1;
        if !self.colours.passes(id) {
            return None;
        }
        let chosen = &self.session.opened.chosen;
        let rank = match () {
            () if chosen.probe == Some(id) => 0,
            () if chosen.selection.contains(id) => 1,
            () => 2,
        };
        Some(Candidate { rank, order: chance(id), id, pos_on_map })
    }
}

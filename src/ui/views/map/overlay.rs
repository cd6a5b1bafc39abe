//! What egui draws over the points: lines, thumbnails, rings, captions.

use eframe::egui::{Align2, Color32, FontId, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

use super::camera::Camera;
use super::plane::Plane;
use super::states::nearness_colour;
use crate::domain::ImageId;
use crate::session::Session;
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::text::{counted, thousands};

/// With more points than this in view they stay points.
const THUMBNAILS_MAX: usize = 300;

/// Longer side of a thumbnail on the map, in points.
const THUMBNAIL_SIDES: [f32; 2] = [30.0, 92.0];

/// How far the veil behind a caption reaches beyond its text, in points.
const VEIL: Vec2 = vec2(6.0, 3.0);

/// The two axes through the mean.
pub fn axes(painter: &Painter, camera: &Camera, view: Rect) {
    let stroke = Stroke::new(1.0, theme::palette().line.gamma_multiply(0.7));
    let origin = camera.screen_from_map(view, [0.0; 2]);
    painter.hline(view.x_range(), origin.y.round() + 0.5, stroke);
    painter.vline(origin.x.round() + 0.5, view.y_range(), stroke);
}

/// From the probe to its neighbours, the nearest brightest.
pub fn neighbour_lines(painter: &Painter, camera: &Camera, view: Rect, plane: &Plane, session: &Session) {
    let Some(list) = &session.opened.neighbours else { return };
    let probe = list.wish.image().filter(|probe| Some(*probe) == session.opened.chosen.probe);
    let Some(from) = probe.and_then(|probe| plane.position_of(probe)).map(|p| camera.screen_from_map(view, p)) else {
        return;
    };
    let last = list.neighbours.len().saturating_sub(1).max(1) as f32;
    // The nearest is drawn last, on top.
    for (rank, neighbour) in list.neighbours.iter().enumerate().rev() {
        let Some(to) = plane.position_of(neighbour.image).map(|p| camera.screen_from_map(view, p)) else { continue };
        let nearness = 1.0 - rank as f32 / last;
        let colour = nearness_colour(nearness).gamma_multiply(0.25 + 0.5 * nearness);
        painter.line_segment([from, to], Stroke::new(0.8 + 0.8 * nearness, colour));
    }
}

/// Pictures instead of points where there is room; returns where they are.
pub fn thumbnails(
    painter: &Painter,
    camera: &Camera,
    view: Rect,
    plane: &Plane,
    session: &Session,
    frame_colour: impl Fn(ImageId) -> Option<Color32>,
    thumbs: &mut Thumbnails,
) -> Vec<(Rect, ImageId)> {
    let (lower, upper) = camera.seen_on_map(view.expand(THUMBNAIL_SIDES[1] / 2.0));
    let count = plane.grid.count_about(lower, upper);
    if count == 0 || count > THUMBNAILS_MAX {
        return Vec::new();
    }
    let side = ((view.area() / count as f32).sqrt() * 0.8).clamp(THUMBNAIL_SIDES[0], THUMBNAIL_SIDES[1]);
    let chosen = &session.opened.chosen;
    let mut candidates = Vec::with_capacity(count);
    plane.grid.each_in(&plane.positions, lower, upper, |row| {
        let id = plane.projection.ids[row];
        let passes = chosen.filter.is_empty() || session.image(id).is_some_and(|image| session.opened.passes(image));
        if passes {
            let rank = match () {
                () if chosen.probe == Some(id) => 0,
                () if chosen.selection.contains(id) => 1,
                () => 2,
            };
            candidates.push((rank, row, id));
        }
    });
    candidates.sort_unstable();
    let mut placed: Vec<(Rect, ImageId)> = Vec::new();
    for (_, row, id) in candidates {
        let middle = camera.screen_from_map(view, plane.positions[row]);
        let room = Rect::from_center_size(middle, Vec2::splat(side));
        if placed.iter().any(|(other, _)| other.intersects(room)) {
            continue;
        }
        if let Some((texture, size_px)) = thumbs.get(id) {
            let scale = side / size_px.x.max(size_px.y).max(1.0);
            let rect = Rect::from_center_size(middle, size_px * scale);
            let is_selected = chosen.selection.contains(id);
            let is_grey = chosen.selection.len() > 1 && !is_selected;
            let tint = if is_grey { Color32::from_white_alpha(95) } else { Color32::WHITE };
            let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            let frame = frame_colour(id).filter(|_| !is_grey).unwrap_or(theme::palette().ground);
            painter.rect_filled(rect.expand(1.5), 2.0, frame);
            painter.rect_filled(rect, 0.0, theme::palette().ground);
            painter.image(texture, rect, whole, tint);
            if is_selected {
                painter.rect_stroke(rect, 2.0, Stroke::new(2.0, theme::selected()), StrokeKind::Outside);
            }
            placed.push((rect, id));
        }
    }
    placed
}

/// Rings about the probe, and about what is under the pointer in whichever view.
pub fn rings(painter: &Painter, camera: &Camera, view: Rect, plane: &Plane, session: &Session, radius: f32) {
    let place = |id: ImageId| plane.position_of(id).map(|p| camera.screen_from_map(view, p));
    let dark = theme::palette().ground;
    let ring = |middle: Pos2, radius: f32, colour: Color32| {
        painter.circle_stroke(middle, radius, Stroke::new(4.0, dark.gamma_multiply(0.7)));
        painter.circle_stroke(middle, radius, Stroke::new(2.0, colour));
    };
    if let Some(middle) = session.opened.chosen.probe.and_then(place) {
        ring(middle, radius + 5.0, theme::probe());
    }
    if let Some(middle) = session.opened.hovered.and_then(place) {
        ring(middle, radius + 3.0, theme::hovered());
    }
}

/// The loop being drawn, closed by a dashed line.
pub fn lasso(painter: &Painter, camera: &Camera, view: Rect, loop_on_map: &[[f32; 2]]) {
    let corners: Vec<Pos2> = loop_on_map.iter().map(|&p| camera.screen_from_map(view, p)).collect();
    let (Some(&first), Some(&last)) = (corners.first(), corners.last()) else { return };
    let stroke = Stroke::new(1.5, theme::accent());
    painter.extend(Shape::dashed_line(&[last, first], Stroke::new(1.0, theme::accent()), 5.0, 4.0));
    painter.line(corners, stroke);
}

/// What the axes are and how many points are drawn, in the lower corners; says where the two stand, veils included.
pub fn captions(painter: &Painter, view: Rect, plane: &Plane, session: &Session, drawn: usize) -> [Rect; 2] {
    let projection = &plane.projection;
    let wish = &projection.wish;
    let mut what = format!("{} of {} ({})", wish.method.title(), wish.source.layer, wish.source.pooling.word());
    if let Some([x, y]) = projection.explained {
        what += &format!(": {:.0} % and {:.0} % of the variance", x * 100.0, y * 100.0);
    }
    if let Some(known) = &projection.faithfulness {
        what += &format!(": {}", known.in_words());
    } else if !projection.is_finished() {
        let state = if session.is_analysing() { "still moving" } else { "stopped" };
        what += &format!(": {state} at {:.0} %", projection.share_done * 100.0);
    }
    let total = session.opened.images.len().max(plane.positions.len());
    let count = match drawn == total {
        true => counted(total, "image", "images"),
        false => format!("{} of {} drawn", thousands(drawn), thousands(total)),
    };
    let bottom = view.bottom() - 10.0;
    let left = backed(painter, pos2(view.left() + 12.0, bottom), Align2::LEFT_BOTTOM, &what);
    // Side by side where there is room, one over the other where there is none.
    let right = pos2(view.right() - 12.0, bottom);
    let needed = count.len() as f32 * 7.0 + 24.0;
    let place = if left.right() + needed < right.x { right } else { pos2(right.x, left.top() - 6.0) };
    let count = backed(painter, place, Align2::RIGHT_BOTTOM, &count);
    [left, count].map(|text| text.expand2(VEIL))
}

/// Small text on a veil, so that it can be read over points.
fn backed(painter: &Painter, pos: Pos2, anchor: Align2, text: &str) -> Rect {
    let palette = theme::palette();
    let galley = painter.layout_no_wrap(text.to_owned(), FontId::proportional(11.5), palette.weak);
    let rect = anchor.anchor_size(pos, galley.size());
    painter.rect_filled(rect.expand2(VEIL), 4.0, palette.ground.gamma_multiply(0.8));
    painter.galley(rect.min, galley, palette.weak);
    rect
}

//! What egui draws over the points: lines, thumbnails, rings, captions.

use eframe::egui::{Align2, Color32, Painter, Pos2, Rect, Shape as Outline, Stroke, StrokeKind, Vec2, pos2, vec2};

use super::camera::Camera;
use super::plane::Plane;
use super::scale;
use super::shape::Shape;
use crate::domain::ImageId;
use crate::engine::NeighbourList;
use crate::session::Session;
use crate::ui::paint::Drawn;
use crate::ui::theme;
use crate::ui::widgets::text::{counted, single_line, thousands};

/// What the numbers below a map mean.
pub const ABOUT_TRUST: &str = "How far this map can be believed. Trustworthiness: whether neighbours on the map are neighbours among \
    the vectors, 1 if all are. Kept: the share of true neighbours that the map leaves beside each other.";

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
pub fn neighbour_lines(
    painter: &Painter,
    camera: &Camera,
    view: Rect,
    place_of: impl Fn(ImageId) -> Option<[f32; 2]>,
    session: &Session,
) {
    let Some(list) = &session.opened.neighbours else { return };
    let probe = list.wish.image().filter(|probe| Some(*probe) == session.opened.chosen.probe);
    let Some(from) = probe.and_then(&place_of).map(|p| camera.screen_from_map(view, p)) else {
        return;
    };
    lines(painter, camera, view, from, place_of, list);
}

/// The same from the image under the pointer, in whichever view it is.
pub fn hover_lines(
    painter: &Painter,
    camera: &Camera,
    view: Rect,
    place_of: impl Fn(ImageId) -> Option<[f32; 2]>,
    session: &Session,
) {
    let Some(list) = &session.opened.hover_neighbours else { return };
    let hovered = list.wish.image().filter(|image| Some(*image) == session.opened.hovered);
    if let Some(from) = hovered.and_then(&place_of).map(|p| camera.screen_from_map(view, p)) {
        lines(painter, camera, view, from, place_of, list);
    }
}

/// Why no lines lead from the image under the pointer, in the upper left corner, if there are none.
pub fn why_no_lines(painter: &Painter, view: Rect, place_of: impl Fn(ImageId) -> Option<[f32; 2]>, session: &Session) {
    let Some(image) = session.opened.hovered.and_then(|id| session.image(id)) else { return };
    let name = image.path.in_folder();
    let why = match &session.opened.hover_problem {
        _ if image.problem.is_some() => format!("{name} could not be read"),
        _ if place_of(image.id).is_none() => format!("{name} is not on this map"),
        Some(problem) => problem.why.clone(),
        None => return,
    };
    let why = format!("No lines: {why}");
    backed(painter, view.left_top() + vec2(12.0, 10.0), Align2::LEFT_TOP, &why, view.width() - 24.0);
}

fn lines(
    painter: &Painter,
    camera: &Camera,
    view: Rect,
    from: Pos2,
    place_of: impl Fn(ImageId) -> Option<[f32; 2]>,
    list: &NeighbourList,
) {
    let last = list.neighbours.len().saturating_sub(1).max(1) as f32;
    // The nearest is drawn last, on top.
    for (rank, neighbour) in list.neighbours.iter().enumerate().rev() {
        let Some(to) = place_of(neighbour.image).map(|p| camera.screen_from_map(view, p)) else { continue };
        let nearness = 1.0 - rank as f32 / last;
        let colour = scale::colour(nearness).gamma_multiply(0.25 + 0.5 * nearness);
        painter.line_segment([from, to], Stroke::new(0.8 + 0.8 * nearness, colour));
    }
}

/// Rings about the probe, and about what is under the pointer in whichever view; about the picture where one is shown.
pub fn rings(
    painter: &Painter,
    camera: &Camera,
    view: Rect,
    place_of: impl Fn(ImageId) -> Option<[f32; 2]>,
    picture_of: impl Fn(ImageId) -> Option<Rect>,
    session: &Session,
    radius: f32,
) {
    let place = |id: ImageId| place_of(id).map(|p| camera.screen_from_map(view, p));
    let dark = theme::palette().ground;
    let ring = |id: ImageId, beyond: f32, colour: Color32| {
        let [wide, narrow] = [(4.0, dark.gamma_multiply(0.7)), (2.0, colour)].map(Stroke::from);
        match (picture_of(id), place(id)) {
            (Some(picture), _) => {
                let about = picture.expand(beyond - 1.0);
                painter.rect_stroke(about, 3.0, wide, StrokeKind::Middle);
                painter.rect_stroke(about, 3.0, narrow, StrokeKind::Middle);
            }
            (None, Some(middle)) => {
                painter.circle_stroke(middle, radius + beyond, wide);
                painter.circle_stroke(middle, radius + beyond, narrow);
            }
            (None, None) => {}
        }
    };
    if let Some(probe) = session.opened.chosen.probe {
        ring(probe, 5.0, theme::probe());
    }
    if let Some(hovered) = session.opened.hovered {
        ring(hovered, 3.0, theme::hovered());
    }
}

/// What is being drawn around points: a loop is closed by a dashed line, a stroke is as wide as it reaches.
pub fn drawing(painter: &Painter, camera: &Camera, view: Rect, shape: &Shape) {
    let on_screen =
        |path: &[[f32; 2]]| -> Vec<Pos2> { path.iter().map(|&p| camera.screen_from_map(view, p)).collect() };
    match shape {
        Shape::Loop(corners) => {
            let corners = on_screen(corners);
            let (Some(&first), Some(&last)) = (corners.first(), corners.last()) else { return };
            let closing = Stroke::new(1.0, theme::accent());
            painter.extend(Outline::dashed_line(&[last, first], closing, 5.0, 4.0));
            painter.line(corners, Stroke::new(1.5, theme::accent()));
        }
        Shape::Stroke(path, radius) => {
            let width = radius * camera.zoom as f32 * 2.0;
            let colour = theme::accent().gamma_multiply(0.3);
            let path = on_screen(path);
            if let [only] = path.as_slice() {
                painter.circle_filled(*only, width / 2.0, colour);
            }
            painter.line(path, Stroke::new(width, colour));
        }
    }
}

/// What the axes are and how many points are drawn, in the lower corners; says where the two stand, veils included, and what the
/// first of them says in full.
pub fn captions(
    painter: &Painter,
    view: Rect,
    plane: &Plane,
    session: &Session,
    passing: usize,
    drawn: &Drawn,
) -> ([Rect; 2], String) {
    let projection = &plane.projection;
    let wish = &projection.wish;
    let layer = session.opened.layer_titles.of_name(&wish.source.layer);
    let mut what = format!("{} of {} ({})", wish.method.title(), layer, wish.source.pooling.word());
    if let Some([x, y]) = projection.explained {
        what += &format!(": {:.0} % and {:.0} % of the variance", x * 100.0, y * 100.0);
    }
    if let Some(known) = &projection.faithfulness {
        what += &format!(": {}", known.in_words());
    } else if !projection.is_finished() {
        let state = if session.opened.is_at_map() { "still moving" } else { "stopped" };
        what += &format!(": {state} at {:.0} %", projection.share_done * 100.0);
    }
    let total = session.opened.images.len().max(plane.len());
    let count = match (drawn.points < drawn.of, passing == total) {
        // Of what is in view; which of them pass the filter is known of the whole map only.
        (true, true) => format!("{} of {} in view drawn", thousands(drawn.points), thousands(drawn.of)),
        (true, false) => format!(
            "{:.0} % of those in view drawn; {} of {} pass",
            drawn.share() * 100.0,
            thousands(passing),
            thousands(total)
        ),
        (false, true) => counted(total, "image", "images"),
        (false, false) => {
            let so_far = if session.is_busy() { " so far" } else { "" };
            format!("{} of {}{so_far}", thousands(passing), counted(total, "image", "images"))
        }
    };
    let bottom = view.bottom() - 10.0;
    let room = view.width() - 24.0;
    let left = backed(painter, pos2(view.left() + 12.0, bottom), Align2::LEFT_BOTTOM, &what, room);
    // Side by side where there is room, one over the other where there is none.
    let right = pos2(view.right() - 12.0, bottom);
    let needed = count.len() as f32 * 7.0 + 24.0;
    let place = if left.right() + needed < right.x { right } else { pos2(right.x, left.top() - 6.0) };
    let count = backed(painter, place, Align2::RIGHT_BOTTOM, &count, room);
    ([left, count].map(|text| text.expand2(VEIL)), what)
}

/// Small text on a veil, so that it can be read over points.
fn backed(painter: &Painter, pos: Pos2, anchor: Align2, text: &str, width: f32) -> Rect {
    let palette = theme::palette();
    let galley = single_line(painter, text.to_owned(), 11.5, palette.weak, width);
    let rect = anchor.anchor_size(pos, galley.size());
    painter.rect_filled(rect.expand2(VEIL), 4.0, palette.ground.gamma_multiply(0.8));
    painter.galley(rect.min, galley, palette.weak);
    rect
}

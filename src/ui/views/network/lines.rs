//! Draws the lines.

use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, pos2};

use super::camera::Camera;
use super::layout::Wire;
use crate::ui::theme::palette;

/// Corners of lines are rounded by so much, in the drawing.
const ROUNDING: f32 = 12.0;

/// Draws every line that can be seen; those of the `marked` layers last, in their colours and their whole way.
pub fn draw(painter: &Painter, camera: &Camera, view: Rect, wires: &[Wire], marked: &[(usize, Color32)]) {
    let seen = camera.seen(view).expand(4.0 / camera.zoom);
    let quiet = palette().weak.lerp_to_gamma(palette().ground, 0.45);
    let stroke = Stroke::new((1.5 * camera.zoom).clamp(0.6, 1.6), quiet);
    for wire in wires {
        line(painter, camera, view, seen, &wire.corners, stroke);
    }
    for &(layer, colour) in marked {
        let stroke = Stroke::new((2.2 * camera.zoom).clamp(1.2, 2.4), colour);
        for wire in wires.iter().filter(|wire| wire.from == Some(layer) || wire.to == layer) {
            line(painter, camera, view, seen, &wire.shared, stroke);
            line(painter, camera, view, seen, &wire.corners, stroke);
        }
    }
}

fn line(painter: &Painter, camera: &Camera, view: Rect, seen: Rect, corners: &[[f32; 2]], stroke: Stroke) {
    if corners.len() < 2 {
        return;
    }
    let bounds = corners.iter().fold(Rect::NOTHING, |mut bounds, &[x, y]| {
        bounds.extend_with(pos2(x, y));
        bounds
    });
    if !bounds.intersects(seen) {
        return;
    }
    let way = way(corners, camera.zoom);
    let points: Vec<Pos2> = way.into_iter().map(|corner| camera.screen_from_drawing(view, corner)).collect();
    painter.add(Shape::line(points, stroke));
}

/// The line through `corners` in pieces short enough to look smooth.
fn way(corners: &[[f32; 2]], zoom: f32) -> Vec<[f32; 2]> {
    let steps = ((14.0 * zoom).ceil() as usize).clamp(1, 14);
    let mut way = vec![corners[0]];
    for (index, pair) in corners.windows(2).enumerate() {
        let (from, to) = (pair[0], pair[1]);
        if !is_straight(from, to) {
            way.extend((1..=steps).map(|step| swing(from, to, step as f32 / steps as f32)));
            continue;
        }
        match corners.get(index + 2) {
            Some(&next) if steps > 2 && is_turn(from, to, next) => round(from, to, next, &mut way),
            _ => way.push(to),
        }
    }
    way
}

fn is_straight(from: [f32; 2], to: [f32; 2]) -> bool {
    from[0] == to[0] || from[1] == to[1]
}

/// Whether two straight pieces meet at a right angle.
fn is_turn(from: [f32; 2], at: [f32; 2], to: [f32; 2]) -> bool {
    is_straight(at, to) && (from[0] == at[0]) != (at[0] == to[0])
}

/// A cubic that leaves and arrives upright.
fn swing(from: [f32; 2], to: [f32; 2], t: f32) -> [f32; 2] {
    let s = 1.0 - t;
    let middle = (from[1] + to[1]) / 2.0;
    let x = (s * s * s + 3.0 * s * s * t) * from[0] + (3.0 * s * t * t + t * t * t) * to[0];
    let y = s * s * s * from[1] + (3.0 * s * s * t + 3.0 * s * t * t) * middle + t * t * t * to[1];
    [x, y]
}

/// A right angle, rounded.
fn round(from: [f32; 2], at: [f32; 2], to: [f32; 2], way: &mut Vec<[f32; 2]>) {
    let towards = |end: [f32; 2]| {
        let (dx, dy) = (end[0] - at[0], end[1] - at[1]);
        let length = dx.abs() + dy.abs();
        let share = if length > 0.0 { ROUNDING.min(length / 2.0) / length } else { 0.0 };
        [at[0] + dx * share, at[1] + dy * share]
    };
    let (start, end) = (towards(from), towards(to));
    for step in 0..=4 {
        let t = step as f32 / 4.0;
        let s = 1.0 - t;
        let along = |axis: usize| s * s * start[axis] + 2.0 * s * t * at[axis] + t * t * end[axis];
        way.push([along(0), along(1)]);
    }
}

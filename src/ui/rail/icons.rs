//! The icons of the places, drawn: no font has them all.

use eframe::egui::epaint::{PathShape, PathStroke};
use eframe::egui::{Color32, Painter, Pos2, Rect, Shape, Stroke, StrokeKind, Vec2, pos2, vec2};

use crate::session::Place;

/// Draws the icon of a place around `centre`, 20 points wide; what it is about in `marked`, if given.
pub fn paint(painter: &Painter, place: Place, centre: Pos2, colour: Color32, marked: Option<Color32>) {
    let stroke = Stroke::new(1.6, colour);
    let about = marked.unwrap_or(colour);
    match place {
        Place::Explore => explore(painter, centre, stroke, about),
        Place::LookInside => look_inside(painter, centre, stroke, about),
        Place::Groups => groups(painter, centre, stroke, about),
        Place::Check => check(painter, centre, stroke, about),
    }
}

/// Pictures beside each other, one of them looked at.
fn explore(painter: &Painter, centre: Pos2, stroke: Stroke, about: Color32) {
    for (x, y) in [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)] {
        let square = Rect::from_center_size(centre + vec2(x, y) * 5.0, Vec2::splat(7.5));
        if (x, y) == (1.0, -1.0) {
            painter.rect_filled(square.expand(0.8), 2.0, about);
        } else {
            painter.rect_stroke(square, 2.0, stroke, StrokeKind::Middle);
        }
    }
}

/// An eye.
fn look_inside(painter: &Painter, centre: Pos2, stroke: Stroke, about: Color32) {
    let lid = |up: f32| {
        let at = |share: f32| {
            let x = (share * 2.0 - 1.0) * 10.0;
            pos2(centre.x + x, centre.y + up * 6.2 * (1.0 - (x / 10.0).powi(2)))
        };
        (0..=16).map(|step| at(step as f32 / 16.0)).collect::<Vec<Pos2>>()
    };
    for up in [-1.0, 1.0] {
        painter.add(Shape::Path(PathShape {
            points: lid(up),
            closed: false,
            fill: Color32::TRANSPARENT,
            stroke: PathStroke::new(stroke.width, stroke.color),
        }));
    }
    painter.circle_filled(centre, 3.0, about);
}

/// Points near each other, and others near each other.
fn groups(painter: &Painter, centre: Pos2, stroke: Stroke, about: Color32) {
    painter.circle_stroke(centre + vec2(-3.6, -3.2), 5.6, stroke);
    painter.circle_filled(centre + vec2(5.6, 5.0), 4.2, about);
    painter.circle_filled(centre + vec2(-5.4, -3.8), 1.3, stroke.color);
    painter.circle_filled(centre + vec2(-2.0, -2.0), 1.3, stroke.color);
    painter.circle_filled(centre + vec2(-4.4, 7.4), 1.3, stroke.color);
}

/// A list, ticked off.
fn check(painter: &Painter, centre: Pos2, stroke: Stroke, about: Color32) {
    painter.rect_stroke(Rect::from_center_size(centre, Vec2::splat(17.0)), 4.0, stroke, StrokeKind::Middle);
    let corners = [vec2(-4.4, 0.2), vec2(-1.3, 3.4), vec2(4.6, -3.6)].map(|offset| centre + offset);
    painter.line(corners.to_vec(), Stroke::new(2.0, about));
}

//! Where in the drawing one looks.

use eframe::egui::{Pos2, Rect, Vec2, pos2, vec2};

/// Room around the whole drawing, in points of the screen.
const MARGIN: f32 = 20.0;

/// A small network is not blown up beyond this.
const FITTED_MAX: f32 = 1.3;

/// Nearer than this one cannot go: all there is to read is read.
const ZOOM_MAX: f32 = 1.8;

/// Middle and magnification.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The middle of the view, in the drawing.
    pub centre: [f32; 2],
    /// Points of the screen to one of the drawing.
    pub zoom: f32,
}

impl Default for Camera {
    fn default() -> Self {
        Self { centre: [0.0; 2], zoom: 1.0 }
    }
}

impl Camera {
    /// The whole of a drawing of this size.
    pub fn fitted(size: [f32; 2], view: Vec2) -> Self {
        let free = (view - Vec2::splat(2.0 * MARGIN)).max(Vec2::splat(8.0));
        let zoom = (free.x / size[0].max(1.0)).min(free.y / size[1].max(1.0)).min(FITTED_MAX);
        Self { centre: [size[0] / 2.0, size[1] / 2.0], zoom }
    }

    /// From the drawing to the screen.
    pub fn screen_from_drawing(&self, view: Rect, [x, y]: [f32; 2]) -> Pos2 {
        view.center() + vec2(x - self.centre[0], y - self.centre[1]) * self.zoom
    }

    /// From the screen to the drawing.
    pub fn drawing_from_screen(&self, view: Rect, pos: Pos2) -> [f32; 2] {
        let from_middle = (pos - view.center()) / self.zoom;
        [self.centre[0] + from_middle.x, self.centre[1] + from_middle.y]
    }

    /// What the view shows of the drawing.
    pub fn seen(&self, view: Rect) -> Rect {
        let [left, top] = self.drawing_from_screen(view, view.min);
        let [right, bottom] = self.drawing_from_screen(view, view.max);
        Rect::from_min_max(pos2(left, top), pos2(right, bottom))
    }

    /// Moves the drawing with the pointer.
    pub fn pan(&mut self, by: Vec2) {
        self.centre[0] -= by.x / self.zoom;
        self.centre[1] -= by.y / self.zoom;
    }

    /// Magnifies so that what lies under `about` stays there.
    pub fn zoom_about(&mut self, view: Rect, about: Pos2, factor: f32, fitted_zoom: f32) {
        let before = self.drawing_from_screen(view, about);
        self.zoom = (self.zoom * factor).clamp(fitted_zoom * 0.5, ZOOM_MAX.max(fitted_zoom));
        let after = self.drawing_from_screen(view, about);
        self.centre[0] += before[0] - after[0];
        self.centre[1] += before[1] - after[1];
    }

    /// Takes back what leads off a drawing of this size.
    pub fn keep_over(&mut self, size: [f32; 2]) {
        for (centre, size) in self.centre.iter_mut().zip(size) {
            *centre = centre.clamp(0.0, size.max(0.0));
        }
    }
}

//! Where on the map one looks.

use eframe::egui::{Pos2, Rect, Vec2, pos2};

/// Share of the view a fitted map fills.
const FILL: f32 = 0.95;

/// The least share of it that is left where what is drawn about the points takes much.
const LEAST_FILL: f32 = 0.5;

/// How far in and out one can zoom, as factors of the fitted zoom.
const ZOOM_LIMITS: [f64; 2] = [0.2, 20_000.0];

/// Middle and magnification. The map's second axis points up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// The middle of the view, on the map.
    pub centre_on_map: [f64; 2],
    /// Points of the screen to one unit of the map.
    pub zoom: f64,
}

impl Default for Camera {
    fn default() -> Self {
        Self { centre_on_map: [0.0; 2], zoom: 1.0 }
    }
}

impl Camera {
    /// The whole of a map that reaches `half_extent` from its origin, in a view of this size, of which `covered` is taken
    /// on the right and at the bottom (both in points). What is drawn about each point reaches `about` points from it: there is
    /// room for that, too, as long as it is not half of the view. A map of one point, or of none, gets a view like any other.
    pub fn fitted(half_extent: [f32; 2], view: Vec2, covered: Vec2, about: f32) -> Self {
        let free = Self::free(view, covered);
        let zoom_of = |extent: f32, side: f32| {
            let extent = if extent.is_finite() && extent > 1e-6 { f64::from(extent) } else { 1e-6 };
            f64::from(side.max(1.0)) / 2.0 / extent
        };
        // Identical points need no magnification.
        let largest = f64::from(free.x.min(free.y).max(1.0)) * 2.0;
        let inner = Self::inner(view, covered, about);
        let zoom = zoom_of(half_extent[0], inner.x).min(zoom_of(half_extent[1], inner.y)).min(largest);
        // The middle of what is free lies to the left of the middle of the view, and above it.
        let aside = [f64::from(view.x - free.x), -f64::from(view.y - free.y)];
        Self { centre_on_map: aside.map(|points| points / 2.0 / zoom), zoom }
    }

    /// How wide and high the points may be drawn in a view of which so much is covered; what they leave is for what is about them.
    pub fn inner(view: Vec2, covered: Vec2, about: f32) -> Vec2 {
        let free = Self::free(view, covered);
        (free - Vec2::splat(2.0 * about)).max(free * LEAST_FILL).min(free * FILL)
    }

    fn free(view: Vec2, covered: Vec2) -> Vec2 {
        (view - covered).max(view * 0.4)
    }

    /// From the map to the screen.
    pub fn screen_from_map(&self, view: Rect, pos_on_map: [f32; 2]) -> Pos2 {
        let dx = (f64::from(pos_on_map[0]) - self.centre_on_map[0]) * self.zoom;
        let dy = (f64::from(pos_on_map[1]) - self.centre_on_map[1]) * self.zoom;
        pos2(view.center().x + dx as f32, view.center().y - dy as f32)
    }

    /// From the screen to the map.
    pub fn map_from_screen(&self, view: Rect, pos: Pos2) -> [f32; 2] {
        let [x, y] = self.map_from_screen_exact(view, pos);
        [x as f32, y as f32]
    }

    /// The lower and the upper corner of what the view shows of the map.
    pub fn seen_on_map(&self, view: Rect) -> ([f32; 2], [f32; 2]) {
        (self.map_from_screen(view, view.left_bottom()), self.map_from_screen(view, view.right_top()))
    }

    /// Moves the map with the pointer.
    pub fn pan(&mut self, by: Vec2) {
        self.centre_on_map[0] -= f64::from(by.x) / self.zoom;
        self.centre_on_map[1] += f64::from(by.y) / self.zoom;
    }

    /// Magnifies so that what lies under `about` stays there.
    pub fn zoom_about(&mut self, view: Rect, about: Pos2, factor: f64, fitted_zoom: f64) {
        let before = self.map_from_screen_exact(view, about);
        self.zoom = (self.zoom * factor).clamp(fitted_zoom * ZOOM_LIMITS[0], fitted_zoom * ZOOM_LIMITS[1]);
        let after = self.map_from_screen_exact(view, about);
        self.centre_on_map[0] += before[0] - after[0];
        self.centre_on_map[1] += before[1] - after[1];
    }

    /// Takes back what leads off the map, which reaches `half_extent` from its origin: the middle of the view that is
    /// free stays over it. `fitted` shows the whole map in the same view.
    pub fn keep_over(&mut self, half_extent: [f32; 2], fitted: Self) {
        for (axis, centre) in self.centre_on_map.iter_mut().enumerate() {
            let reach = f64::from(half_extent[axis]).max(0.0);
            // What covers a part of the view moves the middle of the rest by as many points at any zoom.
            let aside = fitted.centre_on_map[axis] * fitted.zoom / self.zoom;
            *centre = centre.clamp(aside - reach, aside + reach);
        }
    }

    fn map_from_screen_exact(&self, view: Rect, pos: Pos2) -> [f64; 2] {
        let from_middle = pos - view.center();
        [
            self.centre_on_map[0] + f64::from(from_middle.x) / self.zoom,
            self.centre_on_map[1] - f64::from(from_middle.y) / self.zoom,
        ]
    }
}

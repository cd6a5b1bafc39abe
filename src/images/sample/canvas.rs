//! A square of linear light to paint on. The plane reaches from -1 to 1, x to the right and y down.

use image::RgbImage;

use super::colour::{Colour, add, mix, scale, to_byte};
use super::quick::Quick;

/// Width and height of every sample picture in pixels.
pub const SIDE_PX: u32 = 192;

/// The width of a pixel on the plane.
pub const PIXEL: f32 = 2.0 / SIDE_PX as f32;

/// A picture being painted.
#[derive(Clone, Debug)]
pub struct Canvas {
    pixels: Vec<Colour>,
}

impl Canvas {
    /// One colour all over.
    pub fn filled(colour: Colour) -> Self {
        Self { pixels: vec![colour; (SIDE_PX * SIDE_PX) as usize] }
    }

    /// Asks `colour_at(x, y)` for `samples` x `samples` points in every pixel.
    pub fn shaded(samples: u32, colour_at: impl Fn(f32, f32) -> Colour) -> Self {
        let mut pixels = Vec::with_capacity((SIDE_PX * SIDE_PX) as usize);
        let step = PIXEL / samples as f32;
        let share = 1.0 / (samples * samples) as f32;
        for row in 0..SIDE_PX {
            for column in 0..SIDE_PX {
                let (left, top) = (column as f32 * PIXEL - 1.0, row as f32 * PIXEL - 1.0);
                let mut sum = [0.0; 3];
                for sub_row in 0..samples {
                    for sub_column in 0..samples {
                        let x = left + (sub_column as f32 + 0.5) * step;
                        let y = top + (sub_row as f32 + 0.5) * step;
                        sum = add(sum, colour_at(x, y));
                    }
                }
                pixels.push(scale(sum, share));
            }
        }
        Self { pixels }
    }

    /// Lays `colour` over a pixel; outside the square nothing happens.
    pub fn blend(&mut self, column: i32, row: i32, colour: Colour, alpha: f32) {
        let side = SIDE_PX as i32;
        if (0..side).contains(&column) && (0..side).contains(&row) {
            let pixel = &mut self.pixels[(row * side + column) as usize];
            *pixel = mix(*pixel, colour, alpha.clamp(0.0, 1.0));
        }
    }

    /// Adds light to the pixel at a point.
    pub fn glow(&mut self, x: f32, y: f32, light: Colour) {
        let side = SIDE_PX as i32;
        let (column, row) = (((x + 1.0) / PIXEL).quick_floor() as i32, ((y + 1.0) / PIXEL).quick_floor() as i32);
        if (0..side).contains(&column) && (0..side).contains(&row) {
            let pixel = &mut self.pixels[(row * side + column) as usize];
            *pixel = add(*pixel, light);
        }
    }

    /// What is there at a point of the square.
    pub fn colour_at(&self, x: f32, y: f32) -> Colour {
        self.pixels[column_of(y) * SIDE_PX as usize + column_of(x)]
    }

    /// Paints where `distance(x, y)` to a shape is negative, with a soft edge of one pixel, within a box of half side
    /// `reach` around a centre.
    pub fn shape(
        &mut self,
        (x, y): (f32, f32),
        reach: f32,
        distance: impl Fn(f32, f32) -> f32,
        colour_at: impl Fn(f32, f32) -> Colour,
    ) {
        let side = SIDE_PX as i32;
        let pixel_of = |at: f32| ((at + 1.0) / PIXEL) as i32;
        let reach = reach + PIXEL;
        for row in pixel_of(y - reach).max(0)..=pixel_of(y + reach).min(side - 1) {
            for column in pixel_of(x - reach).max(0)..=pixel_of(x + reach).min(side - 1) {
                let (px, py) = ((column as f32 + 0.5) * PIXEL - 1.0, (row as f32 + 0.5) * PIXEL - 1.0);
                let cover = 0.5 - distance(px, py) / PIXEL;
                if cover > 0.0 {
                    self.blend(column, row, colour_at(px, py), cover);
                }
            }
        }
    }

    /// A filled circle.
    pub fn disc(&mut self, (x, y): (f32, f32), radius: f32, colour: Colour) {
        self.shape((x, y), radius, |px, py| (px - x).quick_hypot(py - y) - radius, |_, _| colour);
    }

    /// A line with round ends.
    pub fn line(&mut self, from: (f32, f32), to: (f32, f32), width: f32, colour: Colour) {
        let middle = ((from.0 + to.0) / 2.0, (from.1 + to.1) / 2.0);
        let reach = ((to.0 - from.0).abs().max((to.1 - from.1).abs()) + width) / 2.0;
        self.shape(middle, reach, |x, y| distance_to_line((x, y), from, to) - width / 2.0, |_, _| colour);
    }

    /// Changes every pixel, knowing where it lies.
    pub fn adjust(&mut self, change: impl Fn(f32, f32, Colour) -> Colour) {
        for (index, pixel) in self.pixels.iter_mut().enumerate() {
            let (column, row) = (index as u32 % SIDE_PX, index as u32 / SIDE_PX);
            *pixel = change((column as f32 + 0.5) * PIXEL - 1.0, (row as f32 + 0.5) * PIXEL - 1.0, *pixel);
        }
    }

    /// `height_at(x)` for every column; look it up with [`column_of`].
    pub fn skyline(height_at: impl Fn(f32) -> f32) -> Vec<f32> {
        (0..SIDE_PX).map(|column| height_at((column as f32 + 0.5) * PIXEL - 1.0)).collect()
    }

    /// The picture in bytes.
    pub fn finish(self) -> RgbImage {
        let bytes = self.pixels.iter().flat_map(|pixel| pixel.map(to_byte)).collect();
        RgbImage::from_raw(SIDE_PX, SIDE_PX, bytes).expect("a canvas holds SIDE_PX x SIDE_PX pixels")
    }
}

/// The column of pixels that a point of the square lies in.
pub fn column_of(x: f32) -> usize {
    (((x + 1.0) / PIXEL) as usize).min(SIDE_PX as usize - 1)
}

/// From a point to the nearest point of a line between two others.
pub fn distance_to_line((x, y): (f32, f32), from: (f32, f32), to: (f32, f32)) -> f32 {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let length_squared = dx * dx + dy * dy;
    let along = if length_squared > 0.0 { ((x - from.0) * dx + (y - from.1) * dy) / length_squared } else { 0.0 };
    let along = along.clamp(0.0, 1.0);
    (x - from.0 - along * dx).quick_hypot(y - from.1 - along * dy)
}

/// A random turn, size and shift of the plane.
#[derive(Clone, Copy, Debug)]
pub struct View {
    sin: f32,
    cos: f32,
    zoom: f32,
    shift: (f32, f32),
}

impl View {
    /// `zoom` says how many units of the pattern the half picture shows.
    pub fn random(rng: &mut fastrand::Rng, zoom: f32) -> Self {
        let (sin, cos) = (rng.f32() * std::f32::consts::TAU).sin_cos();
        Self { sin, cos, zoom, shift: (rng.f32() * 100.0, rng.f32() * 100.0) }
    }

    /// As [`View::random`], turned by at most `turn` radians.
    pub fn nearly_upright(rng: &mut fastrand::Rng, zoom: f32, turn: f32) -> Self {
        let (sin, cos) = ((rng.f32() * 2.0 - 1.0) * turn).sin_cos();
        Self { sin, cos, ..Self::random(rng, zoom) }
    }

    /// Without the shift, so that the pattern's origin is the middle of the picture.
    pub fn centred(self) -> Self {
        Self { shift: (0.0, 0.0), ..self }
    }

    /// Where a point of the picture lies in the pattern.
    pub fn pattern(&self, x: f32, y: f32) -> (f32, f32) {
        let (x, y) = (x * self.zoom, y * self.zoom);
        (x * self.cos - y * self.sin + self.shift.0, x * self.sin + y * self.cos + self.shift.1)
    }
}

/// A number between `low` and `high`.
pub fn between(rng: &mut fastrand::Rng, low: f32, high: f32) -> f32 {
    low + (high - low) * rng.f32()
}

/// 0 below `low`, 1 above `high`, smooth in between.
pub fn smoothstep(low: f32, high: f32, x: f32) -> f32 {
    let t = ((x - low) / (high - low)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

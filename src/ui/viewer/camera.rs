//! Where on a picture one looks, and how closely.

use eframe::egui::{Pos2, Rect, Vec2, vec2};

use crate::domain::PicturePiece;

/// A pixel of the picture becomes so many of the screen at most.
const MOST_SCREEN_PX: f64 = 32.0;
/// A small picture is made so many times as large at most where it is to fit.
const MOST_FITTED: f64 = 4.0;
/// The same of one that is to fill its room.
const MOST_FILLED: f64 = 32.0;

/// Middle and magnification of what is seen of a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PictureCamera {
    /// The middle of the view, in pixels of the picture.
    centre_px: [f64; 2],
    /// Points of the screen to one pixel of the picture.
    scale: f64,
    /// Whether the whole picture is to be seen, whatever room there is.
    is_fitted: bool,
    /// How many times as large it is made at most for that.
    most_fitted: f64,
    /// What a button or a key wished, until it is known in which room.
    wish: Option<Wish>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Wish {
    /// A pixel of the picture for one of the screen.
    Pixels,
    /// Larger or smaller by this, about the middle.
    Zoom(f64),
}

impl Default for PictureCamera {
    fn default() -> Self {
        Self { centre_px: [0.0; 2], scale: 1.0, is_fitted: true, most_fitted: MOST_FITTED, wish: None }
    }
}

impl PictureCamera {
    /// One that makes also a small picture as large as its room, where the whole of it is to be seen.
    pub fn filling() -> Self {
        Self { most_fitted: MOST_FILLED, ..Self::default() }
    }

    /// Whether the whole picture is seen.
    pub fn is_fitted(&self) -> bool {
        self.is_fitted
    }

    /// Shows the whole picture.
    pub fn fit(&mut self) {
        (self.is_fitted, self.wish) = (true, None);
    }

    /// Shows a pixel of the picture for one of the screen, as soon as it is drawn.
    pub fn wish_pixels(&mut self) {
        self.wish = Some(Wish::Pixels);
    }

    /// Magnifies about the middle, as soon as it is drawn.
    pub fn wish_zoom(&mut self, factor: f64) {
        self.wish = Some(Wish::Zoom(factor));
    }

    /// Takes up the room there is now, and what was wished.
    pub fn follow(&mut self, room: Rect, size: [u32; 2], pixels_per_point: f32) {
        if self.is_fitted {
            self.scale = fitted(room, size, self.most_fitted / f64::from(pixels_per_point));
            self.centre_px = size.map(|side| f64::from(side) / 2.0);
        }
        match self.wish.take() {
            Some(Wish::Pixels) => self.show_pixels(room, size, room.center(), pixels_per_point),
            Some(Wish::Zoom(factor)) => self.zoom_about(room, size, room.center(), factor, pixels_per_point),
            None => {}
        }
    }

    /// Shows a pixel of the picture for one of the screen; what lies under `about` stays there.
    pub fn show_pixels(&mut self, room: Rect, size: [u32; 2], about: Pos2, pixels_per_point: f32) {
        let factor = 1.0 / f64::from(pixels_per_point) / self.scale;
        self.zoom_about(room, size, about, factor, pixels_per_point);
        self.is_fitted = false;
    }

    /// Magnifies so that what lies under `about` stays there.
    pub fn zoom_about(&mut self, room: Rect, size: [u32; 2], about: Pos2, factor: f64, pixels_per_point: f32) {
        let before = self.px_under(room, about);
        let pixel = 1.0 / f64::from(pixels_per_point);
        let least = fitted(room, size, self.most_fitted * pixel).min(pixel) / 2.0;
        self.scale = (self.scale * factor).clamp(least, (pixel * MOST_SCREEN_PX).max(least));
        self.is_fitted = false;
        let after = self.px_under(room, about);
        for axis in 0..2 {
            self.centre_px[axis] += before[axis] - after[axis];
        }
        self.keep_in_sight(room, size);
    }

    /// Moves the picture with the pointer.
    pub fn pan(&mut self, by: Vec2, room: Rect, size: [u32; 2]) {
        if by == Vec2::ZERO {
            return;
        }
        self.centre_px[0] -= f64::from(by.x) / self.scale;
        self.centre_px[1] -= f64::from(by.y) / self.scale;
        self.is_fitted = false;
        self.keep_in_sight(room, size);
    }

    /// Where the whole picture lies, much of it perhaps beyond what is seen.
    pub fn place(&self, room: Rect, size: [u32; 2]) -> Rect {
        let [left, top] = [0, 1].map(|axis| (-self.centre_px[axis] * self.scale) as f32);
        let [width, height] = size.map(|side| (f64::from(side) * self.scale) as f32);
        Rect::from_min_size(room.center() + vec2(left, top), vec2(width, height))
    }

    /// Pixels of the screen for one of the picture.
    pub fn screen_px(&self, pixels_per_point: f32) -> f64 {
        self.scale * f64::from(pixels_per_point)
    }

    /// How often the picture may be halved so that it still has a pixel for each of the screen.
    pub fn level(&self, pixels_per_point: f32, size: [u32; 2]) -> u8 {
        // A hair of rounding must not cost four times the pixels.
        let halvings = (1.0 / self.screen_px(pixels_per_point)).log2() + 1e-3;
        (halvings.max(0.0) as u8).min(PicturePiece::last_level(size))
    }

    fn px_under(&self, room: Rect, at: Pos2) -> [f64; 2] {
        let from_middle = at - room.center();
        [
            self.centre_px[0] + f64::from(from_middle.x) / self.scale,
            self.centre_px[1] + f64::from(from_middle.y) / self.scale,
        ]
    }

    /// What is smaller than the room lies in its middle; what is larger leaves no part of it empty.
    fn keep_in_sight(&mut self, room: Rect, size: [u32; 2]) {
        for (axis, side) in [room.width(), room.height()].into_iter().enumerate() {
            let (half, whole) = (f64::from(side) / 2.0 / self.scale, f64::from(size[axis]));
            self.centre_px[axis] = match 2.0 * half >= whole {
                true => whole / 2.0,
                false => self.centre_px[axis].clamp(half, whole - half),
            };
        }
    }
}

/// The scale at which the whole picture is seen, `most` at most.
fn fitted(room: Rect, size: [u32; 2], most: f64) -> f64 {
    let side = |room: f32, side: u32| f64::from(room.max(1.0)) / f64::from(side.max(1));
    side(room.width(), size[0]).min(side(room.height(), size[1])).min(most)
}

//! The nearest pixel.

use image::RgbImage;

use super::axis::{Axis, Sides, Tap};

/// Picks the pixel under the middle of each new one, as Pillow does.
pub fn resample(rgb: &RgbImage, sides: &Sides) -> RgbImage {
    let (columns, rows) = (picks(&sides.x), picks(&sides.y));
    RgbImage::from_fn(columns.len() as u32, rows.len() as u32, |x, y| {
        *rgb.get_pixel(columns[x as usize].0, rows[y as usize].0)
    })
}

struct Pick(u32);

impl Tap for Pick {
    fn mirrored(self, len: u32) -> Self {
        Self(len - 1 - self.0)
    }
}

fn picks(axis: &Axis) -> Vec<Pick> {
    let scale = axis.scale();
    axis.each(|index| Pick((((index as f64 + 0.5) * scale) as u32).min(axis.len - 1)))
}

//! A picture to be looked at closely: upright, at the scale at which it is looked at, in pieces.

use std::path::Path;

use image::RgbImage;

use super::decode::decode_unturned;
use super::turning::{turn, upright_size};
use super::{ImagesError, Rgba, jpeg, resize};
use crate::domain::{PicturePiece, Region};

/// A whole picture, upright, halved so many times.
pub struct PictureLevel {
    /// Width and height of the picture itself, upright.
    pub size: [u32; 2],
    /// How often it was halved.
    pub level: u8,
    rgb: RgbImage,
}

impl PictureLevel {
    /// Decodes a picture for this level. Of a JPEG no more is made than the level has, as far as that can be.
    ///
    /// # Errors
    /// As [`super::decode()`].
    pub fn decode(path: &Path, level: u8) -> Result<Self, ImagesError> {
        let eighths = (jpeg::WHOLE >> level.min(3)).max(1);
        let unturned = decode_unturned(path, &|_, _| eighths)?;
        let [width, height] = PicturePiece::level_size([unturned.whole.0, unturned.whole.1], level);
        let rgb = match unturned.rgb.dimensions() == (width, height) {
            true => unturned.rgb,
            false => resize::for_eyes(&unturned.rgb, width, height),
        };
        let (width, height) = upright_size(unturned.whole, unturned.orientation);
        Ok(Self { size: [width, height], level, rgb: turn(rgb, unturned.orientation) })
    }

    /// What it takes in memory.
    pub fn bytes(&self) -> usize {
        self.rgb.as_raw().len()
    }

    /// One piece; `None` if it is of another level or beyond the picture.
    pub fn piece(&self, piece: PicturePiece) -> Option<Rgba> {
        let [left, top, width, height] = piece.place(self.size).filter(|_| piece.level == self.level)?;
        if left + width > self.rgb.width() || top + height > self.rgb.height() {
            return None;
        }
        Some(self.cut([left, top, width, height]))
    }

    /// Any part of the picture, to whole pixels; `None` where nothing of it would be left.
    pub fn part(&self, part: Region) -> Option<Rgba> {
        let [width, height] = [self.rgb.width(), self.rgb.height()];
        let ends = |from: f32, to: f32, side: u32| {
            let at = |share: f32| ((share.clamp(0.0, 1.0) * side as f32).round() as u32).min(side);
            (at(from), at(to).max(at(from) + 1).min(side))
        };
        let ((left, right), (top, bottom)) = (ends(part.left, part.right, width), ends(part.top, part.bottom, height));
        (left < right && top < bottom).then(|| self.cut([left, top, right - left, bottom - top]))
    }

    /// Left, top, width and height lie within the picture.
    fn cut(&self, [left, top, width, height]: [u32; 4]) -> Rgba {
        let mut pixels = Vec::with_capacity((width * height * 4) as usize);
        let (stride, wide) = (self.rgb.width() as usize * 3, width as usize * 3);
        for row in top..top + height {
            let start = row as usize * stride + left as usize * 3;
            let line = &self.rgb.as_raw()[start..start + wide];
            line.chunks_exact(3).for_each(|rgb| pixels.extend_from_slice(&[rgb[0], rgb[1], rgb[2], 255]));
        }
        Rgba { width, height, pixels }
    }
}

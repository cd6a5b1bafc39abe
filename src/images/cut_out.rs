//! Parts of a picture, cut out of it as pictures of their own.

use std::path::Path;

use image::imageops::crop_imm;

use super::{ImagesError, Thumbnail, decode, jpeg, thumbnail};
use crate::domain::Region;

/// Looked at closely, and small: an eye sees no difference to the picture it was cut out of.
const JPEG_QUALITY: i32 = 92;

/// A part that was cut out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CutOut {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The pixels as a JPEG file.
    pub jpeg: Vec<u8>,
    /// The small copy.
    pub thumbnail: Thumbnail,
}

/// Cuts parts out of the upright picture at `path`, which is decoded once; their edges are taken outwards to whole pixels.
/// Thumbnails' longer sides have `thumb_px` pixels at most.
///
/// # Errors
/// As [`super::decode()`], and when a part has more pixels a side than a JPEG file can.
pub fn cut_out(path: &Path, regions: &[Region], thumb_px: u32) -> Result<Vec<CutOut>, ImagesError> {
    let picture = decode(path)?.rgb;
    let (width, height) = picture.dimensions();
    regions
        .iter()
        .map(|region| {
            let (left, wide) = whole_pixels(region.left, region.right, width);
            let (top, high) = whole_pixels(region.top, region.bottom, height);
            let part = crop_imm(&picture, left, top, wide, high).to_image();
            let jpeg = jpeg::encode(&part, JPEG_QUALITY).map_err(|error| ImagesError::NotWritten {
                path: path.to_owned(),
                reason: format!("no JPEG file holds a part of {wide} x {high} pixels: {error}"),
            })?;
            Ok(CutOut { width: wide, height: high, jpeg, thumbnail: thumbnail(&part, thumb_px) })
        })
        .collect()
}

/// The first pixel along a side, and how many.
fn whole_pixels(from: f32, to: f32, side: u32) -> (u32, u32) {
    // What is an edge between two pixels is one, whatever the shares of a side lost in single precision.
    let slack = 1e-3;
    let at = |share: f32| f64::from(share) * f64::from(side);
    let first = ((at(from) + slack).floor() as u32).min(side.saturating_sub(1));
    let end = ((at(to) - slack).ceil() as u32).clamp(first + 1, side.max(first + 1));
    (first, end - first)
}

//! One decode for everything a picture is needed for.

use std::path::Path;

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage};

use super::decode::{Unturned, decode_unturned};
use super::{ImagesError, Thumbnail, resize, thumbnail};

/// A picture ready for the network and for the gallery.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Width of the upright picture in pixels.
    pub width: u32,
    /// Height of the upright picture in pixels.
    pub height: u32,
    /// `input_h * input_w * 3` bytes, row by row, R G B: the whole picture, stretched.
    pub network_input: Vec<u8>,
    /// The small copy.
    pub thumbnail: Thumbnail,
}

/// Decodes `path` once and makes the network's input (`input_w` x `input_h`) and a thumbnail (`thumb_px`) of it.
///
/// The pixels are turned upright after they were shrunk: turning a photograph of 24 million pixels costs a second copy
/// and more time than the rest, turning what is left of it costs nothing.
///
/// # Errors
/// As [`super::decode()`].
pub fn prepare(path: &Path, input_w: u32, input_h: u32, thumb_px: u32) -> Result<Prepared, ImagesError> {
    // The claim is named first, so it is dropped last: after the pixels it stands for.
    let Unturned { claim: _claim, rgb, orientation } = decode_unturned(path)?;
    let swapped = swaps_sides(orientation);
    let across = |(width, height): (u32, u32)| if swapped { (height, width) } else { (width, height) };

    let (width, height) = across(rgb.dimensions());
    let (stretched_w, stretched_h) = across((input_w, input_h));
    let stretched = RgbImage::from_raw(stretched_w, stretched_h, resize::for_network(&rgb, stretched_w, stretched_h))
        .expect("the resizer fills the whole target");
    let (small_w, small_h) = thumbnail::fit(rgb.dimensions(), thumb_px);
    let small = resize::for_eyes(&rgb, small_w, small_h);

    Ok(Prepared {
        width,
        height,
        network_input: turn(stretched, orientation).into_raw(),
        thumbnail: thumbnail::encode(&turn(small, orientation)),
    })
}

fn swaps_sides(orientation: Orientation) -> bool {
    matches!(
        orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    )
}

fn turn(rgb: RgbImage, orientation: Orientation) -> RgbImage {
    let mut picture = DynamicImage::ImageRgb8(rgb);
    picture.apply_orientation(orientation);
    picture.into_rgb8()
}

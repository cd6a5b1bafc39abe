//! Pictures in the size a network takes, by the arithmetic of the program its makers used.
//!
//! `place` says which part of the scaled picture goes where, `axis` which original pixels make a new one along one
//! side, and one file an interpolation does the sums. A photograph lies in its file as the camera was held, so each
//! works on pixels that are not upright yet: the two sides change places and directions, and the sums stay those of the
//! upright picture, to the bit.

mod area;
mod axis;
mod bilinear;
mod convolution;
mod nearest;
mod place;

use image::metadata::Orientation;
use image::{Rgb, RgbImage, imageops};

use self::{axis::Sides, place::Place};
use super::decode::Unturned;
use super::jpeg::WHOLE;
use crate::domain::{Interpolation, Resizing};

/// No camera makes a longer side, but a small file can claim one, and the weights of its pixels would fill the memory.
/// Such a strip is not weighed but picked from.
const LONGEST_SIDE: u32 = 1 << 20;

/// What a network sees of a picture: `height * width * 3` bytes, row by row, R G B.
///
/// # Panics
/// When the picture or the target is empty.
pub fn for_network(rgb: &RgbImage, resizing: &Resizing) -> Vec<u8> {
    let extent = [rgb.width(), rgb.height()].map(f64::from);
    resample(rgb, rgb.dimensions(), extent, Orientation::NoTransforms, resizing)
}

/// The same of a picture that is still to be turned upright, and that may have been decoded scaled.
pub(super) fn for_network_turned(picture: &Unturned, resizing: &Resizing) -> Vec<u8> {
    let Unturned { rgb, orientation, whole, eighths, .. } = picture;
    let left = |side: u32| f64::from(side) * f64::from(*eighths) / f64::from(WHOLE);
    resample(rgb, *whole, [left(whole.0), left(whole.1)], *orientation, resizing)
}

/// Width and height, as they lie in the file, of what all of a picture is made before anything is cut off.
pub(super) fn scaled_size(whole: (u32, u32), orientation: Orientation, resizing: &Resizing) -> (u32, u32) {
    let place = Place::new(super::turning::upright_size(whole, orientation), resizing);
    let sides = Sides::new(whole, [whole.0, whole.1].map(f64::from), orientation, &place);
    let side = |axis: axis::Axis| u32::try_from(axis.span.scaled).unwrap_or(u32::MAX);
    (side(sides.x), side(sides.y))
}

/// `extent`: how many columns and rows of `rgb` the picture fills; the last of them perhaps in part.
fn resample(
    rgb: &RgbImage,
    whole: (u32, u32),
    extent: [f64; 2],
    orientation: Orientation,
    resizing: &Resizing,
) -> Vec<u8> {
    let Resizing { width, height, .. } = *resizing;
    assert!(width > 0 && height > 0, "a target of {width} x {height} has no pixels");
    assert!(rgb.width() > 0 && rgb.height() > 0, "a picture without pixels cannot be resized");
    let place = Place::new(super::turning::upright_size(whole, orientation), resizing);
    let sides = Sides::new(rgb.dimensions(), extent, orientation, &place);
    let scaled = match resizing.interpolation {
        _ if sides.is_identity() => rgb.clone(),
        _ if rgb.width().max(rgb.height()) > LONGEST_SIDE => nearest::resample(rgb, &sides),
        Interpolation::Nearest => nearest::resample(rgb, &sides),
        Interpolation::Bilinear => bilinear::resample(rgb, &sides, bilinear::Centres::Pixels),
        Interpolation::BilinearAntialiased => convolution::resample(rgb, &sides, &convolution::TRIANGLE),
        Interpolation::BicubicAntialiased => convolution::resample(rgb, &sides, &convolution::CUBIC),
        Interpolation::Area => area::resample(rgb, &sides),
    };
    let upright = super::turning::turn(scaled, orientation);
    if upright.dimensions() == (width, height) {
        return upright.into_raw();
    }
    let mut canvas = RgbImage::from_pixel(width, height, Rgb(place.fill));
    imageops::replace(&mut canvas, &upright, i64::from(place.x.at), i64::from(place.y.at));
    canvas.into_raw()
}

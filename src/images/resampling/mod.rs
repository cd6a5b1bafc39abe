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
use crate::domain::{Interpolation, Resizing};

/// No camera makes a longer side, but a small file can claim one, and the weights of its pixels would fill the memory.
/// Such a strip is not weighed but picked from.
const LONGEST_SIDE: u32 = 1 << 20;

/// What a network sees of a picture: `height * width * 3` bytes, row by row, R G B.
///
/// # Panics
/// When the picture or the target is empty.
pub fn for_network(rgb: &RgbImage, resizing: &Resizing) -> Vec<u8> {
    for_network_turned(rgb, Orientation::NoTransforms, resizing)
}

/// The same of a picture that is still to be turned upright.
pub(super) fn for_network_turned(rgb: &RgbImage, orientation: Orientation, resizing: &Resizing) -> Vec<u8> {
    let Resizing { width, height, .. } = *resizing;
    assert!(width > 0 && height > 0, "a target of {width} x {height} has no pixels");
    assert!(rgb.width() > 0 && rgb.height() > 0, "a picture without pixels cannot be resized");
    let place = Place::new(super::turning::upright_size(rgb, orientation), resizing);
    let sides = Sides::new(rgb.dimensions(), orientation, &place);
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

//! One decode for everything a picture is needed for.

use std::path::Path;

use image::metadata::Orientation;

use super::decode::{Unturned, decode_unturned};
use super::jpeg::{SCALES, WHOLE};
use super::turning::{turn, upright_size};
use super::{ImagesError, Thumbnail, resampling, resize, thumbnail};
use crate::domain::{Decoding, Resizing};

/// A picture that is decoded scaled keeps this many pixels for each one that resizing makes of it, along either side: what
/// the scaling blurs is then finer than what resizing leaves.
pub const MARGIN: f64 = 1.5;
/// And its longer side this many, whatever the network takes: enough for a thumbnail.
const LEAST_LONGER_PX: u32 = 288;

/// A picture ready for the network and for the gallery.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// Width of the upright picture in pixels.
    pub width: u32,
    /// Height of the upright picture in pixels.
    pub height: u32,
    /// `height * width * 3` bytes of the wanted size, row by row, R G B.
    pub network_input: Vec<u8>,
    /// The small copy.
    pub thumbnail: Thumbnail,
}

/// A picture ready for the network alone.
#[derive(Clone, Debug)]
pub struct NetworkInput {
    /// Width of the upright picture in pixels.
    pub width: u32,
    /// Height of the upright picture in pixels.
    pub height: u32,
    /// `height * width * 3` bytes of the wanted size, row by row, R G B.
    pub rgb: Vec<u8>,
}

/// Decodes `path` once and makes the network's input and a thumbnail (`thumb_px`) of it.
///
/// The pixels are turned upright after they were shrunk: turning a photograph of 24 million pixels costs a second copy
/// and more time than the rest, turning what is left of it costs nothing.
///
/// # Errors
/// As [`super::decode()`].
pub fn prepare(path: &Path, input: &Resizing, thumb_px: u32) -> Result<Prepared, ImagesError> {
    let unturned = decode_for(path, input)?;
    let NetworkInput { width, height, rgb: network_input } = seen(&unturned, input);
    Ok(Prepared { width, height, network_input, thumbnail: small(&unturned, thumb_px) })
}

/// The network's input alone, the same as [`prepare()`] makes.
///
/// # Errors
/// As [`super::decode()`].
pub fn network_input(path: &Path, input: &Resizing) -> Result<NetworkInput, ImagesError> {
    decode_for(path, input).map(|unturned| seen(&unturned, input))
}

/// The thumbnail alone, from no more pixels than it needs.
///
/// # Errors
/// As [`super::decode()`].
pub fn thumbnail_of(path: &Path, thumb_px: u32) -> Result<Thumbnail, ImagesError> {
    let least = |whole: (u32, u32), _| least_eighths(whole, thumbnail::fit(whole, thumb_px));
    decode_unturned(path, &least).map(|unturned| small(&unturned, thumb_px))
}

fn decode_for(path: &Path, input: &Resizing) -> Result<Unturned, ImagesError> {
    decode_unturned(path, &|whole, orientation| eighths_for(whole, orientation, input))
}

/// Nothing but the picture and `input` decides, so that whoever asks for the network's input gets the same.
fn eighths_for(whole: (u32, u32), orientation: Orientation, input: &Resizing) -> u32 {
    match input.decoding {
        Decoding::Whole => WHOLE,
        Decoding::Scaled => {
            let (width, height) = resampling::scaled_size(whole, orientation, input);
            let (thumb_width, thumb_height) = thumbnail::fit(whole, LEAST_LONGER_PX);
            least_eighths(whole, (width.max(thumb_width), height.max(thumb_height)))
        }
    }
}

/// The least scale at which each side keeps its margin over what is made of it.
fn least_eighths(whole: (u32, u32), made: (u32, u32)) -> u32 {
    let is_enough = |eighths: u32| {
        [(whole.0, made.0), (whole.1, made.1)]
            .iter()
            .all(|&(side, made)| f64::from(side) * f64::from(eighths) / f64::from(WHOLE) >= f64::from(made) * MARGIN)
    };
    SCALES.into_iter().find(|&eighths| is_enough(eighths)).unwrap_or(WHOLE)
}

fn seen(unturned: &Unturned, input: &Resizing) -> NetworkInput {
    let (width, height) = upright_size(unturned.whole, unturned.orientation);
    NetworkInput { width, height, rgb: resampling::for_network_turned(unturned, input) }
}

fn small(unturned: &Unturned, thumb_px: u32) -> Thumbnail {
    let (width, height) = thumbnail::fit(unturned.whole, thumb_px);
    thumbnail::encode(&turn(resize::for_eyes(&unturned.rgb, width, height), unturned.orientation))
}

//! One decode for everything a picture is needed for.

use std::path::Path;

use super::decode::{Unturned, decode_unturned};
use super::turning::{turn, upright_size};
use super::{ImagesError, Thumbnail, resampling, resize, thumbnail};
use crate::domain::Resizing;

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

/// Decodes `path` once and makes the network's input and a thumbnail (`thumb_px`) of it.
///
/// The pixels are turned upright after they were shrunk: turning a photograph of 24 million pixels costs a second copy
/// and more time than the rest, turning what is left of it costs nothing.
///
/// # Errors
/// As [`super::decode()`].
pub fn prepare(path: &Path, input: &Resizing, thumb_px: u32) -> Result<Prepared, ImagesError> {
    // The claim is named first, so it is dropped last: after the pixels it stands for.
    let Unturned { claim: _claim, rgb, orientation } = decode_unturned(path)?;
    let (width, height) = upright_size(&rgb, orientation);
    let network_input = resampling::for_network_turned(&rgb, orientation, input);
    let (small_w, small_h) = thumbnail::fit(rgb.dimensions(), thumb_px);
    let small = resize::for_eyes(&rgb, small_w, small_h);
    Ok(Prepared { width, height, network_input, thumbnail: thumbnail::encode(&turn(small, orientation)) })
}

//! One decode for everything a picture is needed for.

use std::path::Path;

use image::metadata::Orientation;

use super::decode::{Unturned, decode_unturned, decode_unturned_bytes, decode_unturned_hashed};
use super::jpeg::{SCALES, WHOLE};
use super::turning::{turn, upright_size};
use super::{ImagesError, Thumbnail, resampling, resize, thumbnail};
use crate::domain::{Decoding, Resizing};

/// A picture that is decoded scaled keeps this many pixels for each one that resizing makes of it, along either side.
///
/// Scaling blurs and falsifies what is nearly as fine as the pixels that it leaves; resizing to half their number then leaves
/// little of it. The accepted distance: features of the last layer have a cosine of at least .99 with those of the whole picture
/// (a test asserts it on letters and textures as fine as pixels, where .994 was the least). Of photographs of twelve million
/// pixels, with letters and small textures as well, .9997 is the least with the built-in network. With a margin of 1.5
/// EfficientNet-lite0's scores come down to .968 on textures; and a finer scale costs little, for what takes time is to read the
/// file's code and not to make pixels.
const MARGIN: f64 = 2.0;
/// People see less of it.
const THUMBNAIL_MARGIN: f64 = 1.5;
/// The longer side keeps enough for a thumbnail of as many pixels, whatever the network takes.
const LEAST_THUMBNAIL_PX: u32 = 192;

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
    decode_for(path, input).map(|unturned| prepared(&unturned, input, thumb_px))
}

/// As [`prepare()`], and the hash of the file's bytes as [`content_hash`](super::content_hash::content_hash) gives it, without
/// reading the file twice; `None` where the rest of the file cannot be read.
///
/// # Errors
/// As [`super::decode()`].
pub fn prepare_and_hash(
    path: &Path,
    input: &Resizing,
    thumb_px: u32,
) -> Result<(Prepared, Option<[u8; 32]>), ImagesError> {
    let need = |whole: (u32, u32), orientation: Orientation| eighths_for(whole, orientation, input);
    let (unturned, hash) = decode_unturned_hashed(path, &need)?;
    Ok((prepared(&unturned, input, thumb_px), hash))
}

/// As [`prepare()`], of a picture whose file's bytes are at hand.
///
/// # Errors
/// As [`super::decode()`]; what is said names no path.
pub fn prepare_content(content: &[u8], input: &Resizing, thumb_px: u32) -> Result<Prepared, ImagesError> {
    decode_content_for(content, input).map(|unturned| prepared(&unturned, input, thumb_px))
}

/// The network's input alone, the same as [`prepare()`] makes.
///
/// # Errors
/// As [`super::decode()`].
pub fn network_input(path: &Path, input: &Resizing) -> Result<NetworkInput, ImagesError> {
    decode_for(path, input).map(|unturned| seen(&unturned, input))
}

/// The network's input alone of a picture whose file's bytes are at hand.
///
/// # Errors
/// As [`prepare_content()`].
pub fn network_input_of(content: &[u8], input: &Resizing) -> Result<NetworkInput, ImagesError> {
    decode_content_for(content, input).map(|unturned| seen(&unturned, input))
}

/// The thumbnail alone, from no more pixels than it needs.
///
/// # Errors
/// As [`super::decode()`].
pub fn thumbnail_of(path: &Path, thumb_px: u32) -> Result<Thumbnail, ImagesError> {
    let least = |whole: (u32, u32), _: Orientation| least_eighths(whole, for_thumbnail(whole, thumb_px));
    decode_unturned(path, &least).map(|unturned| small(&unturned, thumb_px))
}

fn decode_for(path: &Path, input: &Resizing) -> Result<Unturned, ImagesError> {
    decode_unturned(path, &|whole, orientation| eighths_for(whole, orientation, input))
}

fn decode_content_for(content: &[u8], input: &Resizing) -> Result<Unturned, ImagesError> {
    decode_unturned_bytes(content, &|whole, orientation| eighths_for(whole, orientation, input))
}

/// Nothing but the picture and `input` decides, so that whoever asks for the network's input gets the same.
fn eighths_for(whole: (u32, u32), orientation: Orientation, input: &Resizing) -> u32 {
    match input.decoding {
        Decoding::Whole => WHOLE,
        Decoding::Scaled => {
            let (width, height) = resampling::scaled_size(whole, orientation, input);
            let [thumb_width, thumb_height] = for_thumbnail(whole, LEAST_THUMBNAIL_PX);
            let least = [(width, thumb_width), (height, thumb_height)];
            least_eighths(whole, least.map(|(side, thumb)| (f64::from(side) * MARGIN).max(thumb)))
        }
    }
}

fn for_thumbnail(whole: (u32, u32), thumb_px: u32) -> [f64; 2] {
    let (width, height) = thumbnail::fit(whole, thumb_px);
    [width, height].map(|side| f64::from(side) * THUMBNAIL_MARGIN)
}

/// The least scale that leaves each side as many pixels as `least` says.
fn least_eighths(whole: (u32, u32), least: [f64; 2]) -> u32 {
    let left = |side: u32, eighths: u32| f64::from(side) * f64::from(eighths) / f64::from(WHOLE);
    let is_enough = |eighths: u32| left(whole.0, eighths) >= least[0] && left(whole.1, eighths) >= least[1];
    SCALES.into_iter().find(|&eighths| is_enough(eighths)).unwrap_or(WHOLE)
}

fn prepared(unturned: &Unturned, input: &Resizing, thumb_px: u32) -> Prepared {
    let NetworkInput { width, height, rgb: network_input } = seen(unturned, input);
    Prepared { width, height, network_input, thumbnail: small(unturned, thumb_px) }
}

fn seen(unturned: &Unturned, input: &Resizing) -> NetworkInput {
    let (width, height) = upright_size(unturned.whole, unturned.orientation);
    NetworkInput { width, height, rgb: resampling::for_network_turned(unturned, input) }
}

fn small(unturned: &Unturned, thumb_px: u32) -> Thumbnail {
    let (width, height) = thumbnail::fit(unturned.whole, thumb_px);
    thumbnail::encode(&turn(resize::for_eyes(&unturned.rgb, width, height), unturned.orientation))
}

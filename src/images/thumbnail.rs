//! Small pictures to look at, kept as JPEG in the workspace.

use image::RgbImage;

use super::{ImagesError, jpeg, resize};

/// The longer side of a stored thumbnail in pixels.
pub const THUMBNAIL_PX: u32 = 192;
/// Good enough that blocks do not show, small enough for 100,000 of them: about 8 KB at 192 pixels.
const JPEG_QUALITY: i32 = 84;

/// A small copy of a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thumbnail {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The pixels as a JPEG file.
    pub jpeg: Vec<u8>,
}

/// Pixels that can be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rgba {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `height * width * 4` bytes, row by row, R G B A, opaque.
    pub pixels: Vec<u8>,
}

/// Makes a thumbnail whose longer side has `longest_px` pixels; a smaller picture keeps its size.
pub fn thumbnail(rgb: &RgbImage, longest_px: u32) -> Thumbnail {
    let (width, height) = fit(rgb.dimensions(), longest_px);
    encode(&resize::for_eyes(rgb, width, height))
}

/// The size of a thumbnail of a picture of `(width, height)`.
pub(super) fn fit((width, height): (u32, u32), longest_px: u32) -> (u32, u32) {
    let longest = width.max(height);
    if longest <= longest_px {
        return (width, height);
    }
    let scale = f64::from(longest_px) / f64::from(longest);
    let scaled = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    (scaled(width), scaled(height))
}

/// Compresses a picture that already has its final size.
pub(super) fn encode(rgb: &RgbImage) -> Thumbnail {
    let (width, height) = rgb.dimensions();
    let jpeg = jpeg::encode(rgb, JPEG_QUALITY).expect("a thumbnail has pixels, and at most JPEG's 65,535 a side");
    Thumbnail { width, height, jpeg }
}

impl Thumbnail {
    /// The pixels, for drawing.
    ///
    /// # Errors
    /// As [`rgba`].
    pub fn rgba(&self) -> Result<Rgba, ImagesError> {
        rgba(&self.jpeg)
    }
}

/// Decodes the JPEG of a thumbnail.
///
/// # Errors
/// When the bytes are not a JPEG: the workspace was damaged.
pub fn rgba(jpeg: &[u8]) -> Result<Rgba, ImagesError> {
    let picture = image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg)
        .map_err(|error| ImagesError::Damaged { path: "thumbnail".into(), reason: error.to_string() })?
        .into_rgba8();
    Ok(Rgba { width: picture.width(), height: picture.height(), pixels: picture.into_raw() })
}

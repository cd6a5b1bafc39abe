//! JPEGs by libjpeg-turbo, at the size that is needed.
//!
//! People's folders are photographs of 12 million pixels and more, networks take some hundred pixels a side, and decoding
//! is nearly all of the wait. Of a block's 64 frequencies libjpeg-turbo makes 16, 4 or 1 pixels instead of 64, which none
//! of the decoders written in Rust does at its pace: zune-jpeg does not scale at all; jpeg-decoder does, but `image` gave
//! it up because it is slow. And it is the decoder of Pillow, torchvision and OpenCV: what they see of a whole picture is
//! seen here, to the bit (zune-jpeg is off by up to 6 of 255, by .08 in the mean). So whole pictures are decoded by it, too,
//! which takes a fifth less time.
//!
//! An eighth is made here wherever that gives the same ([`jpeg_eighth`]), in little more than half the time.
//!
//! The price is C: some of the most used and most fuzzed there is, under the licences of the IJG, BSD and zlib. It is built
//! from the source that comes with `turbojpeg-sys` and linked statically, so that nothing has to be there on a person's
//! machine; building asks for cmake, and on x86 for nasm (without it the build warns, and decoding is slower).
//! Its own errors do not cross into Rust (they are caught in C), sizes are checked here before it is asked, and what it
//! does not like (a warning is enough) is left to the decoder in Rust, whose complaints people read.

use image::RgbImage;
use turbojpeg::{Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

use super::jpeg_eighth;
use super::jpeg_header::JpegHeader;

/// Pixels that are made of each eight, across and down. Others could be made as well, but not by vector instructions, and
/// take longer than the next larger one.
pub(super) const SCALES: [u32; 4] = [EIGHTH, 2, 4, WHOLE];
/// The scale at which a block becomes one pixel.
const EIGHTH: u32 = 1;
/// The scale at which nothing is lost.
pub(super) const WHOLE: u32 = 8;
/// A picture told in more passes than any program writes is there to keep a machine busy.
const LIMIT_SCANS: u32 = 500;

impl JpegHeader {
    /// Whether libjpeg-turbo is asked at all.
    pub(super) fn is_usual(&self) -> bool {
        self.precision == 8 && !self.is_lossless && matches!(self.components, 1 | 3 | 4)
    }

    /// Width and height of what is made of it.
    pub(super) fn scaled_size(&self, eighths: u32) -> (u32, u32) {
        let scaled = |side: u32| (side * eighths).div_ceil(WHOLE);
        (scaled(self.width), scaled(self.height))
    }

    /// The most that decoding holds when each side becomes `eighths` / 8 as long, the file's bytes left out: what it gives
    /// back, all frequencies where they are told in passes, and rows of blocks on their way (of two rows of blocks up to four
    /// times as tall, twice: as frequencies of two bytes and as pixels, for every colour) or, of an eighth, all of its colours.
    pub fn bytes_to_decode(&self, eighths: u32) -> u64 {
        let (width, height) = self.scaled_size(eighths);
        let output = u64::from(width) * u64::from(height) * self.bytes_a_pixel();
        let on_the_way = u64::from(self.width) * 32 * 2 * 3 * self.components as u64;
        output + self.coefficient_bytes + if eighths == EIGHTH { on_the_way.max(output) } else { on_the_way }
    }

    /// Four inks are held beside the three colours that are made of them.
    fn bytes_a_pixel(&self) -> u64 {
        if self.components == 4 { 7 } else { 3 }
    }
}

/// Decodes all of `bytes`, every side made `eighths` / 8 as long, rounded up; `None` if anything about it is not as it
/// should be.
pub(super) fn decode(bytes: &[u8], header: &JpegHeader, eighths: u32) -> Option<RgbImage> {
    if eighths == EIGHTH
        && let Some(rgb) = jpeg_eighth::decode(bytes, [header.width as usize, header.height as usize])
    {
        return Some(rgb);
    }
    let mut decompressor = Decompressor::new().ok()?;
    decompressor.set_scan_limit(LIMIT_SCANS).ok()?;
    decompressor.set_scaling_factor(ScalingFactor::new(eighths as usize, WHOLE as usize)).ok()?;
    let (width, height) = header.scaled_size(eighths);
    let read = decompressor.read_header(bytes).ok()?;
    if (read.width, read.height) != (header.width as usize, header.height as usize) {
        return None;
    }
    let mut into = |format: PixelFormat| {
        let pitch = width as usize * format.size();
        let mut pixels = vec![0; pitch * height as usize];
        let output = Image { pixels: &mut pixels[..], width: width as usize, pitch, height: height as usize, format };
        decompressor.decompress(bytes, output).ok()?;
        Some(pixels)
    };
    if header.components < 4 {
        return RgbImage::from_raw(width, height, into(PixelFormat::RGB)?);
    }
    let inks = into(PixelFormat::CMYK)?;
    let mut rgb = Vec::with_capacity(inks.len() / 4 * 3);
    inks.chunks_exact(4).for_each(|inks| rgb.extend(rgb_of_inks(inks)));
    RgbImage::from_raw(width, height, rgb)
}

/// As Adobe's programs write inks: 255 is none.
fn rgb_of_inks(inks: &[u8]) -> [u8; 3] {
    [0, 1, 2].map(|ink| ((u32::from(inks[ink]) * u32::from(inks[3]) + 127) / 255) as u8)
}

/// A JPEG file of `rgb`, colours as finely as brightness.
///
/// # Errors
/// In libjpeg-turbo's words, when a side has more than 65,535 pixels or none.
pub(super) fn encode(rgb: &RgbImage, quality: i32) -> Result<Vec<u8>, turbojpeg::Error> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(quality)?;
    compressor.set_subsamp(Subsamp::None)?;
    let (width, height) = (rgb.width() as usize, rgb.height() as usize);
    let pixels = rgb.as_raw().as_slice();
    compressor.compress_to_vec(Image { pixels, width, pitch: width * 3, height, format: PixelFormat::RGB })
}

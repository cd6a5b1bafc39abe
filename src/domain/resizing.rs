//! How a picture becomes one of the size a network takes.

use serde::{Deserialize, Serialize};

/// Geometry and arithmetic of making a picture `width` by `height`.
///
/// Pre-trained networks were fed in one way and no other, and their features shift when it changes, so each part of it is
/// named after the program whose result is reproduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resizing {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// What happens to the proportions.
    pub fit: Fit,
    /// How pixels are interpolated.
    pub interpolation: Interpolation,
    /// How many pixels there are to begin with.
    pub decoding: Decoding,
}

impl Resizing {
    /// The whole picture, stretched, bilinear: what Caffe's networks were fed.
    pub fn stretch(width: u32, height: u32) -> Self {
        Self { width, height, fit: Fit::Stretch, interpolation: Interpolation::Bilinear, decoding: Decoding::Whole }
    }
}

/// How much of a file becomes pixels before those are resized.
///
/// A JPEG holds frequencies of blocks of 8 x 8 pixels. From the lowest ones a picture of a half, a quarter or an eighth of
/// the width and height can be made at once, which takes a fraction of the time and the memory that the whole takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decoding {
    /// Every pixel, as the programs that networks were trained with do it: their numbers come out, to the bit.
    #[default]
    Whole,
    /// Of large JPEGs no more pixels than resizing needs. Features differ a little from those of the whole picture;
    /// those of smaller pictures and other formats do not.
    Scaled,
}

impl Decoding {
    /// All of them, for menus.
    pub const ALL: [Decoding; 2] = [Decoding::Whole, Decoding::Scaled];

    /// The word used in files and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Decoding::Whole => "whole",
            Decoding::Scaled => "scaled",
        }
    }
}

/// What happens to a picture whose proportions are not the network's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Fit {
    /// They are lost: the whole picture fills the whole input.
    #[default]
    Stretch,
    /// The shorter side is made `shorter_px` long, then the middle is cut out; what is missing is black. This is
    /// torchvision's `Resize(shorter_px)` and `CenterCrop`, with their rounding.
    Crop {
        /// In pixels; usually somewhat more than the input.
        shorter_px: u32,
    },
    /// The whole picture, as large as it fits, in the middle of a ground of one colour.
    Letterbox {
        /// Red, green, blue.
        fill: [u8; 3],
    },
}

/// How the pixels of the larger or smaller picture are made of those of the original.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Interpolation {
    /// The nearest pixel, as Pillow picks it.
    Nearest,
    /// The four pixels around, however much smaller the picture becomes: OpenCV's `INTER_LINEAR`, to the bit.
    #[default]
    Bilinear,
    /// All pixels that shrink into one, weighed by a triangle: Pillow's `BILINEAR` (and with it torchvision's), to the
    /// bit.
    BilinearAntialiased,
    /// All pixels that shrink into one, weighed by a cubic curve: Pillow's `BICUBIC`, to the bit.
    BicubicAntialiased,
    /// The mean of the area that shrinks into one pixel: OpenCV's `INTER_AREA`.
    Area,
}

impl Interpolation {
    /// All of them, for menus.
    pub const ALL: [Interpolation; 5] = [
        Interpolation::Nearest,
        Interpolation::Bilinear,
        Interpolation::BilinearAntialiased,
        Interpolation::BicubicAntialiased,
        Interpolation::Area,
    ];

    /// The word used in files and on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Interpolation::Nearest => "nearest",
            Interpolation::Bilinear => "bilinear",
            Interpolation::BilinearAntialiased => "bilinear-antialiased",
            Interpolation::BicubicAntialiased => "bicubic-antialiased",
            Interpolation::Area => "area",
        }
    }
}

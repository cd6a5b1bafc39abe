//! What is known of every image as a number: what maps are coloured by.

use serde::{Deserialize, Serialize};

use super::in_words::bytes;
use super::{ImageRef, moment_in_words, thousands};

/// One number of each image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageColumn {
    /// Pixels of the picture.
    Pixels,
    /// Its width in pixels.
    Width,
    /// Its height in pixels.
    Height,
    /// Its width by its height.
    Shape,
    /// The size of its file.
    FileBytes,
    /// When the file was changed last.
    Modified,
}

impl ImageColumn {
    /// The name shown to the person.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pixels => "size",
            Self::Width => "width",
            Self::Height => "height",
            Self::Shape => "shape",
            Self::FileBytes => "file size",
            Self::Modified => "date",
        }
    }

    /// Whether only decoding a picture tells it.
    pub fn is_of_pixels(self) -> bool {
        matches!(self, Self::Pixels | Self::Width | Self::Height | Self::Shape)
    }

    /// The number of an image, if it is known: in pixels, as a ratio, in bytes, in seconds since 1970.
    pub fn value(self, image: &ImageRef<'_>) -> Option<f64> {
        let is_decoded = image.width > 0 && image.height > 0;
        match self {
            Self::Pixels => is_decoded.then(|| f64::from(image.width) * f64::from(image.height)),
            Self::Width => is_decoded.then(|| f64::from(image.width)),
            Self::Height => is_decoded.then(|| f64::from(image.height)),
            Self::Shape => is_decoded.then(|| f64::from(image.width) / f64::from(image.height)),
            Self::FileBytes => Some(image.file_bytes as f64),
            Self::Modified => Some(image.modified_unix_secs as f64),
        }
    }

    /// A number as a person reads it.
    pub fn in_words(self, value: f64) -> String {
        match self {
            Self::Pixels if value >= 1e6 => format!("{:.1} MP", value / 1e6),
            Self::Pixels | Self::Width | Self::Height => format!("{} px", thousands(value.max(0.0) as usize)),
            Self::Shape => format!("{value:.2}"),
            Self::FileBytes => bytes(value.max(0.0) as u64),
            Self::Modified => moment_in_words(value as i64).chars().take(10).collect(),
        }
    }
}

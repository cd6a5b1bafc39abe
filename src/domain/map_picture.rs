//! How a map is drawn as a picture.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::label_palette::LabelPalette;

/// How a map is drawn as a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MapPicture {
    /// How wide it is, in pixels; its height follows.
    pub width_px: u32,
    /// Whether images are small pictures, not dots.
    pub with_pictures: bool,
    /// The colours of labels; also of a drawing and of a page.
    #[serde(default)]
    pub colours: LabelPalette,
}

impl MapPicture {
    /// How wide it can be: a legend is to be read, and the picture is held in memory, where the widest takes some 170 MB.
    pub const WIDTHS_PX: RangeInclusive<u32> = 400..=8192;
}

impl Default for MapPicture {
    fn default() -> Self {
        Self { width_px: 2048, with_pictures: false, colours: LabelPalette::default() }
    }
}

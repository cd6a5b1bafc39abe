//! A part of an image that somebody marked and said what it is.

use serde::Serialize;

use super::{ImageId, ImageRecord, Region};

/// A box in an image, in pixels of the picture as it is shown (upright).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImageBox {
    /// Its number: no other box of the workspace has it.
    pub id: u32,
    /// The image.
    pub image: ImageId,
    /// From the picture's left edge to its own.
    pub left: f64,
    /// From the picture's top to its own.
    pub top: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
    /// What is in it.
    pub label: Option<String>,
    /// Whether many things stand so close that they were not marked one by one.
    pub is_crowd: bool,
}

impl ImageBox {
    /// It as shares of the picture's sides, as far as it lies in the picture; `None` if the picture's size is not known or
    /// nothing of it lies inside.
    pub fn region(&self, image: &ImageRecord) -> Option<Region> {
        self.region_in([image.width, image.height])
    }

    /// The same of a picture of so many pixels across and down.
    pub fn region_in(&self, size: [u32; 2]) -> Option<Region> {
        if size.contains(&0) {
            return None;
        }
        let [width, height] = size.map(f64::from);
        let corner = |x: f64, y: f64| ((x / width) as f32, (y / height) as f32);
        let region =
            Region::between(corner(self.left, self.top), corner(self.left + self.width, self.top + self.height));
        (region.left < region.right && region.top < region.bottom).then_some(region)
    }
}

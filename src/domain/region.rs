//! A part of an image.

use serde::{Deserialize, Serialize};

/// A box in a picture: 0 is its left or upper edge, 1 its right or lower one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// From the left.
    pub left: f32,
    /// From the top.
    pub top: f32,
    /// From the left; not less than `left`.
    pub right: f32,
    /// From the top; not less than `top`.
    pub bottom: f32,
}

impl Region {
    /// The box between two opposite corners, in any order, as far as it lies in the picture.
    pub fn between((x0, y0): (f32, f32), (x1, y1): (f32, f32)) -> Self {
        let inside = |at: f32| if at.is_nan() { 0.0 } else { at.clamp(0.0, 1.0) };
        let (x0, y0, x1, y1) = (inside(x0), inside(y0), inside(x1), inside(y1));
        Self { left: x0.min(x1), top: y0.min(y1), right: x0.max(x1), bottom: y0.max(y1) }
    }
}

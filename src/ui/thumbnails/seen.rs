//! What there is to draw for an image.

use eframe::egui::{Rect, TextureId, Vec2};

/// What there is to draw for an image.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Thumbnail {
    /// Its picture, and the picture's size in pixels.
    Ready(TextureId, Vec2),
    /// Nothing yet; it has been noted as wanted.
    Waiting,
    /// There will never be one.
    Broken,
}

/// What there is to draw where an image is drawn small.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SmallThumbnail {
    /// Its picture.
    Ready {
        /// The texture that it lies in.
        texture: TextureId,
        /// Where, from 0 to 1 along both sides.
        uv: Rect,
        /// The size of all of it in pixels.
        size_px: Vec2,
    },
    /// Nothing yet; it has been noted as wanted.
    Waiting,
    /// There will never be one.
    Broken,
}

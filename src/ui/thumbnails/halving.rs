//! Pictures made smaller, so that what is drawn small looks smooth and takes little.

use eframe::egui::{Color32, ColorImage};
use tiramisu_kernels::Instructions;
use tiramisu_kernels::halving::{MOST, are_opaque, halve};

/// A picture is halved so often at most: of 192 pixels 24 are left.
pub(super) const MOST_HALVINGS: u8 = MOST;

/// The colours as egui has them. Most pictures are opaque, and theirs need only be copied.
pub(super) fn colours_of(size: [usize; 2], rgba: &[u8]) -> ColorImage {
    match are_opaque(rgba) {
        true => ColorImage::from_rgba_premultiplied(size, rgba),
        false => ColorImage::from_rgba_unmultiplied(size, rgba),
    }
}

/// How often a picture whose longer side has `longer_px` pixels can be halved and still has `drawn_px` of them.
pub(super) fn halvings_for(longer_px: usize, drawn_px: f32) -> u8 {
    let spare = longer_px as f32 / drawn_px.max(1.0);
    // What is not finite is not halved.
    (0..=MOST_HALVINGS).rev().find(|halvings| spare >= f32::from(1u8 << halvings)).unwrap_or(0)
}

/// The picture halved so often in each direction, rounded up: each pixel is the mean of those that become it.
pub(super) fn halved([width, height]: [usize; 2], rgba: &[u8], halvings: u8) -> ColorImage {
    if halvings == 0 {
        return colours_of([width, height], rgba);
    }
    let size = [width, height].map(|side| side.div_ceil(1 << halvings));
    let mut means = vec![0; size[0] * size[1] * 4];
    if !halve(Instructions::best(), rgba, width, halvings, &mut means) {
        // A colour that is not seen adds nothing to the mean.
        let whole = colours_of([width, height], rgba);
        let premultiplied: Vec<u8> = whole.pixels.iter().flat_map(Color32::to_array).collect();
        halve(Instructions::best(), &premultiplied, width, halvings, &mut means);
    }
    ColorImage::from_rgba_premultiplied(size, &means)
}

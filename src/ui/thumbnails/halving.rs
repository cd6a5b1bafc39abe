//! Pictures made smaller, so that what is drawn small looks smooth and takes little.

use eframe::egui::{Color32, ColorImage};

/// A picture is halved so often at most: of 192 pixels 24 are left.
pub(super) const MOST_HALVINGS: u8 = 3;

/// The colours as egui has them. Most pictures are opaque, and theirs need only be copied.
pub(super) fn colours_of(size: [usize; 2], rgba: &[u8]) -> ColorImage {
    match is_opaque(rgba) {
        true => ColorImage::from_rgba_premultiplied(size, rgba),
        false => ColorImage::from_rgba_unmultiplied(size, rgba),
    }
}

fn is_opaque(rgba: &[u8]) -> bool {
    let pixel = |bytes: &[u8]| u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    rgba.chunks_exact(4).fold(u32::MAX, |all, bytes| all & pixel(bytes)) >> 24 == 0xFF
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
    // A colour that is not seen adds nothing to the mean.
    let premultiplied: Vec<u8>;
    let rgba = match is_opaque(rgba) {
        true => rgba,
        false => {
            let whole = colours_of([width, height], rgba);
            premultiplied = whole.pixels.iter().flat_map(Color32::to_array).collect();
            &premultiplied
        }
    };
    let step = 1 << halvings;
    let [new_width, new_height] = [width.div_ceil(step), height.div_ceil(step)];
    let mut pixels = Vec::with_capacity(new_width * new_height);
    // Eight rows of bytes at most.
    let mut sums = vec![0_u16; width * 4];
    for rows in rgba.chunks(width * 4 * step) {
        sums.fill(0);
        for row in rows.chunks_exact(width * 4) {
            sums.iter_mut().zip(row).for_each(|(sum, byte)| *sum += u16::from(*byte));
        }
        let height_of_block = rows.len() / (width * 4);
        for block in sums.chunks(step * 4) {
            let count = (block.len() / 4 * height_of_block) as u32;
            let mut of = [0_u32; 4];
            for pixel in block.chunks_exact(4) {
                of.iter_mut().zip(pixel).for_each(|(sum, part)| *sum += u32::from(*part));
            }
            // Nearly all blocks are whole, and then nothing need be divided: four divisions a pixel were most of the work.
            let [r, g, b, a] = match count == 1 << (2 * halvings) {
                true => of.map(|sum| ((sum + count / 2) >> (2 * halvings)) as u8),
                false => of.map(|sum| ((sum + count / 2) / count) as u8),
            };
            pixels.push(Color32::from_rgba_premultiplied(r, g, b, a));
        }
    }
    ColorImage::new([new_width, new_height], pixels)
}

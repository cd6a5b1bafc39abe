//! Pictures of four bytes a pixel, halved some times.

use crate::Instructions;

/// How often a picture is halved at most.
pub const MOST: u8 = 3;

/// The picture halved so often in each direction, rounded up: each byte of `out` is the mean of those that become it, the nearest one. Says
/// whether the last byte of all pixels is full, so that they are opaque.
///
/// # Panics
/// When it is to be halved more often than [`MOST`] or not at all, or there are more or fewer bytes than pixels have.
pub fn halve(instructions: Instructions, rgba: &[u8], width: usize, halvings: u8, out: &mut [u8]) -> bool {
    assert!((1..=MOST).contains(&halvings), "halved {halvings} times");
    assert!(width > 0 && rgba.len().is_multiple_of(width * 4), "four bytes a pixel, and whole rows");
    let step = 1 << halvings;
    let height = rgba.len() / (width * 4);
    assert_eq!(out.len(), width.div_ceil(step) * height.div_ceil(step) * 4, "four bytes for each pixel there will be");
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { halve_wide(rgba, width, halvings, out) };
    }
    let _ = instructions;
    halve_each(rgba, width, halvings, out)
}

/// Whether the last byte of all pixels is full, so that they are opaque.
pub fn are_opaque(rgba: &[u8]) -> bool {
    common_bits(rgba) >> 24 == 0xFF
}

/// The same with the wider registers of newer processors.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn halve_wide(rgba: &[u8], width: usize, halvings: u8, out: &mut [u8]) -> bool {
    halve_each(rgba, width, halvings, out)
}

#[inline(always)]
fn halve_each(rgba: &[u8], width: usize, halvings: u8, out: &mut [u8]) -> bool {
    match halvings {
        1 => halve_by::<2>(rgba, width, out),
        2 => halve_by::<4>(rgba, width, out),
        _ => halve_by::<8>(rgba, width, out),
    }
}

/// Each block of `STEP` by `STEP` pixels becomes one. The picture is read once, a row at a time.
#[inline(always)]
fn halve_by<const STEP: usize>(rgba: &[u8], width: usize, out: &mut [u8]) -> bool {
    let mut common = u32::MAX;
    // The columns of a row of blocks, added up: of eight rows of bytes at most, so that all of a block have room.
    let mut columns = vec![0_u16; width * 4];
    let whole = width / STEP * STEP * 4;
    for (rows, out) in rgba.chunks(width * 4 * STEP).zip(out.chunks_exact_mut(width.div_ceil(STEP) * 4)) {
        columns.fill(0);
        for row in rows.chunks_exact(width * 4) {
            common &= common_bits(row);
            for (sum, byte) in columns.iter_mut().zip(row) {
                *sum += u16::from(*byte);
            }
        }
        let height = rows.len() / (width * 4);
        // Nearly all blocks are whole, and what divides those is known.
        let first = if height == STEP { whole } else { 0 };
        let (of_whole, of_others) = columns.split_at(first);
        let (whole_out, others_out) = out.split_at_mut(first / STEP);
        for (block, pixel) in of_whole.chunks_exact(STEP * 4).zip(whole_out.chunks_exact_mut(4)) {
            mean(block, (STEP * STEP) as u16, pixel);
        }
        for (block, pixel) in of_others.chunks(STEP * 4).zip(others_out.chunks_exact_mut(4)) {
            mean(block, (block.len() / 4 * height) as u16, pixel);
        }
    }
    common >> 24 == 0xFF
}

/// The mean of so many pixels, whose columns were added up.
#[inline(always)]
fn mean(columns: &[u16], count: u16, pixel: &mut [u8]) {
    let mut all = [count / 2; 4];
    for column in columns.chunks_exact(4) {
        for (sum, part) in all.iter_mut().zip(column) {
            *sum += part;
        }
    }
    for (byte, sum) in pixel.iter_mut().zip(all) {
        *byte = (sum / count) as u8;
    }
}

/// The bits that all pixels have, those of the first byte lowest.
#[inline(always)]
fn common_bits(rgba: &[u8]) -> u32 {
    let mut common = u32::MAX;
    for pixel in rgba.chunks_exact(4) {
        common &= u32::from_le_bytes([pixel[0], pixel[1], pixel[2], pixel[3]]);
    }
    common
}

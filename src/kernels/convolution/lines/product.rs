//! Sums over channels.

use super::super::memory::Line;
use super::{Asked, CHANNELS, PIXELS, Tiles};
use crate::lanes::Lanes;

/// Adds, for some taps, each pixel's number times the tap's weights. Pixels are `APART` from one another, taps a `step`.
///
/// # Safety
/// - The processor has what the lanes need.
/// - For each tap there is a line of weights, and a number of each pixel.
#[inline(always)]
pub(super) unsafe fn sum<L: Lanes, const PIXELS: usize, const HALVES: usize, const APART: usize>(
    sums: &mut [[L; HALVES]; PIXELS],
    mut from: *const f32,
    step: usize,
    mut weights: *const f32,
    taps: usize,
) {
    const { assert!(HALVES * L::COUNT <= CHANNELS && CHANNELS == 2 * L::COUNT) };
    for _ in 0..taps {
        // SAFETY: as the caller promises.
        unsafe {
            let mut factors = [L::splat(0.0); HALVES];
            for (half, factor) in factors.iter_mut().enumerate() {
                *factor = L::load(weights.add(half * L::COUNT));
            }
            for (pixel, sums) in sums.iter_mut().enumerate() {
                let number = L::splat(*from.add(pixel * APART));
                for (sum, factor) in sums.iter_mut().zip(&factors) {
                    *sum = number.mul_add(*factor, *sum);
                }
            }
        }
        from = from.wrapping_add(step);
        weights = weights.wrapping_add(CHANNELS);
    }
}

/// Adds to a line of each pixel, or to what all begin with, the sums of a line of output channels over some blocks of
/// channels. Where only the line's first half is wanted, the second is left as it is. `next` is what is read after it: it is
/// asked for bit by bit.
///
/// # Shapes
/// `from`: `[blocks, pixels]`, of whose last block as many channels count as there are weights; `lines`: `[pixels]`.
///
/// # Panics
/// When there are more or fewer blocks than the weights need.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
pub(in super::super) unsafe fn narrow<L: Lanes>(
    from: &[Line],
    weights: &[Line],
    next: &[Line],
    start: Option<&Line>,
    is_half: bool,
    lines: &mut [Line],
) {
    let pixels = lines.len();
    assert_eq!(from.len(), weights.len().div_ceil(CHANNELS) * pixels, "blocks for {} channels", weights.len());
    let tiles = Tiles::new(pixels, PIXELS);
    let mut asked = Asked::new(next, tiles.count);
    for tile in 0..tiles.count {
        let (first, count) = tiles.of(tile);
        asked.for_a_tile::<L>();
        // SAFETY: of each block the tile's pixels are there, and of the lines, as asserted; and as the caller promises.
        unsafe {
            let (from, to) = (from.as_ptr().add(first), lines.as_mut_ptr().add(first));
            match (is_half, count) {
                (false, 1) => narrow_tile::<L, 1, 2>(from, pixels, weights, start, to),
                (false, 2) => narrow_tile::<L, 2, 2>(from, pixels, weights, start, to),
                (false, 3) => narrow_tile::<L, 3, 2>(from, pixels, weights, start, to),
                (false, 4) => narrow_tile::<L, 4, 2>(from, pixels, weights, start, to),
                (false, 5) => narrow_tile::<L, 5, 2>(from, pixels, weights, start, to),
                (false, _) => narrow_tile::<L, PIXELS, 2>(from, pixels, weights, start, to),
                (true, 1) => narrow_tile::<L, 1, 1>(from, pixels, weights, start, to),
                (true, 2) => narrow_tile::<L, 2, 1>(from, pixels, weights, start, to),
                (true, 3) => narrow_tile::<L, 3, 1>(from, pixels, weights, start, to),
                (true, 4) => narrow_tile::<L, 4, 1>(from, pixels, weights, start, to),
                (true, 5) => narrow_tile::<L, 5, 1>(from, pixels, weights, start, to),
                (true, _) => narrow_tile::<L, PIXELS, 1>(from, pixels, weights, start, to),
            }
        }
    }
}

/// # Safety
/// - The processor has what the lanes need.
/// - From `from` on there are, in each block the weights need, `pitch` lines from one to the next, as many pixels as the tile
///   has; and as many lines from `to` on.
#[inline(always)]
unsafe fn narrow_tile<L: Lanes, const PIXELS: usize, const HALVES: usize>(
    from: *const Line,
    pitch: usize,
    weights: &[Line],
    start: Option<&Line>,
    to: *mut Line,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let to: *mut f32 = to.cast();
        let mut sums = [[L::splat(0.0); HALVES]; PIXELS];
        for (pixel, sums) in sums.iter_mut().enumerate() {
            let line = start.map_or(to.add(pixel * CHANNELS).cast_const(), |start| start.0.as_ptr());
            for (half, sum) in sums.iter_mut().enumerate() {
                *sum = L::load(line.add(half * L::COUNT));
            }
        }
        let (whole, rest) = weights.as_chunks::<CHANNELS>();
        let mut from = from;
        for weights in whole {
            sum::<L, PIXELS, HALVES, CHANNELS>(&mut sums, from.cast(), 1, weights.as_ptr().cast(), CHANNELS);
            from = from.wrapping_add(pitch);
        }
        if !rest.is_empty() {
            sum::<L, PIXELS, HALVES, CHANNELS>(&mut sums, from.cast(), 1, rest.as_ptr().cast(), rest.len());
        }
        for (pixel, sums) in sums.iter().enumerate() {
            for (half, sum) in sums.iter().enumerate() {
                sum.store(to.add(pixel * CHANNELS + half * L::COUNT));
            }
        }
    }
}

/// Adds the second ones to the first ones.
///
/// # Panics
/// When there are more of one.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
pub(in super::super) unsafe fn add<L: Lanes>(totals: &mut [Line], lines: &[Line]) {
    assert_eq!(totals.len(), lines.len(), "as many lines");
    for (total, line) in totals.iter_mut().zip(lines) {
        for lane in (0..CHANNELS).step_by(L::COUNT) {
            // SAFETY: a line has a whole number of registers; and as the caller promises.
            unsafe {
                let to = total.0.as_mut_ptr().add(lane);
                L::load(to).add(L::load(line.0.as_ptr().add(lane))).store(to);
            }
        }
    }
}

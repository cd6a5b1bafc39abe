//! Sums over channels.

use super::super::memory::Line;
use super::{Asked, CHANNELS, Tiles, pixels_at_once, with_pixels};
use crate::lanes::{Lanes, Numbers};

/// Adds, for some taps, each pixel's number times the tap's weights, of which there are a line. Pixels are `APART` from one
/// another, taps a `step`.
///
/// # Safety
/// - The processor has what the numbers need.
/// - For each tap there is a line of weights, and a number of each pixel.
#[inline(always)]
pub(super) unsafe fn sum<N: Numbers, const PIXELS: usize, const APART: usize>(
    sums: &mut [N; PIXELS],
    mut from: *const f32,
    step: usize,
    mut weights: *const f32,
    taps: usize,
) {
    const { assert!(N::COUNT <= CHANNELS) };
    for _ in 0..taps {
        // SAFETY: as the caller promises.
        unsafe {
            let factors = N::load(weights);
            for (pixel, sum) in sums.iter_mut().enumerate() {
                *sum = N::splat(*from.add(pixel * APART)).mul_add(factors, *sum);
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
    let count = lines.len();
    assert_eq!(from.len(), weights.len().div_ceil(CHANNELS) * count, "blocks for {} channels", weights.len());
    let tiles = Tiles::new(count, pixels_at_once::<L>());
    let mut asked = Asked::new(next, tiles.count);
    for tile in 0..tiles.count {
        let (first, of_tile) = tiles.of(tile);
        asked.for_a_tile::<L>();
        // SAFETY: of each block the tile's pixels are there, and of the lines, as asserted; and as the caller promises.
        unsafe {
            let (from, to) = (from.as_ptr().add(first), lines.as_mut_ptr().add(first));
            if is_half {
                with_pixels!(L, of_tile, narrow_tile::<L::Eight>(from, count, weights, start, to));
            } else {
                with_pixels!(L, of_tile, narrow_tile::<L::Line>(from, count, weights, start, to));
            }
        }
    }
}

/// # Safety
/// - The processor has what the lanes need.
/// - From `from` on there are, in each block the weights need, `pitch` lines from one to the next, as many pixels as the tile
///   has; and as many lines from `to` on.
#[inline(always)]
unsafe fn narrow_tile<N: Numbers, const PIXELS: usize>(
    from: *const Line,
    pitch: usize,
    weights: &[Line],
    start: Option<&Line>,
    to: *mut Line,
) {
    // SAFETY: as the caller promises.
    unsafe {
        let to: *mut f32 = to.cast();
        let mut sums = [N::splat(0.0); PIXELS];
        for (pixel, sum) in sums.iter_mut().enumerate() {
            *sum = N::load(start.map_or(to.add(pixel * CHANNELS).cast_const(), |start| start.0.as_ptr()));
        }
        let (whole, rest) = weights.as_chunks::<CHANNELS>();
        let mut from = from;
        for weights in whole {
            sum::<N, PIXELS, CHANNELS>(&mut sums, from.cast(), 1, weights.as_ptr().cast(), CHANNELS);
            from = from.wrapping_add(pitch);
        }
        if !rest.is_empty() {
            sum::<N, PIXELS, CHANNELS>(&mut sums, from.cast(), 1, rest.as_ptr().cast(), rest.len());
        }
        for (pixel, sum) in sums.into_iter().enumerate() {
            sum.store(to.add(pixel * CHANNELS));
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
    for (Line(total), Line(line)) in totals.iter_mut().zip(lines) {
        // SAFETY: both are lines; and as the caller promises.
        unsafe { <L::Line>::load(total.as_ptr()).add(<L::Line>::load(line.as_ptr())).store(total.as_mut_ptr()) };
    }
}

//! Sums of some pixels' lines for one or two lines of output channels.

use std::ops::Range;

use super::super::Bounds;
use super::super::lines::{CHANNELS, with_pixels};
use super::super::memory::Line;
use crate::lanes::{Lanes, Numbers};

/// Lines of output channels that are summed at once: where there are registers for two, each number of a pixel is read for both.
pub(in super::super) const fn blocks_at_once<L: Lanes>() -> usize {
    if L::LINES >= 2 * PIXELS { 2 } else { 1 }
}

/// Pixels that are summed at once, at most, where there are registers for two lines of each.
const PIXELS: usize = 12;

/// Pixels that are summed at once, at most.
pub(in super::super) const fn pixels_at_once<L: Lanes>() -> usize {
    if L::LINES < PIXELS { L::LINES } else { PIXELS }
}

/// Pixels that are summed at once for a single line of output channels, where there are registers for them, if they are all that there
/// are, as of a picture of 14 x 14: then each weight is read once, which is most of the time where they come from far away.
pub(in super::super) const ALL_PIXELS: usize = 16;

/// What some neighbouring pixels' sums are over, and where they go. All of it was asserted by whoever made it.
#[derive(Clone)]
pub(in super::super) struct Sums<'a> {
    /// The first pixel's line under a tap without an offset, of the first block of channels.
    pub from: *const Line,
    /// Where each tap sees it from there.
    pub offsets: &'a [u32],
    /// Lines from one pixel to the next.
    pub step: usize,
    /// Lines from one block of channels to the next.
    pub pitch: usize,
    /// Which channels; the first one is that of a block.
    pub channels: Range<usize>,
    /// For each tap and channel those of a line of output channels.
    pub weights: *const Line,
    /// Lines from one tap's weights to the next one's.
    pub weights_of_tap: usize,
    /// The same to those for the next line of output channels.
    pub weights_of_block: usize,
    /// The weights that are read after all of these, in the same order; nothing is read of them, they are only asked for.
    pub next: Option<*const Line>,
    /// For each line of output channels that with which the sums begin, unless they go on from where they are written.
    pub start: Option<*const Line>,
    pub bounds: Option<Bounds>,
    /// Where for each sum lies what is then added, in the same order, and between which numbers that is kept.
    pub added: Option<(*const f32, Bounds)>,
    pub to: *mut f32,
    /// Numbers from one line of output channels to the next.
    pub to_pitch: usize,
}

impl Sums<'_> {
    /// Of so many lines of output channels, at most [`blocks_at_once`], and pixels, at most [`pixels_at_once`]; or, where there are
    /// registers for them, of one line and [`ALL_PIXELS`].
    ///
    /// # Safety
    /// - The processor has what the lanes need.
    /// - All is there that is told of.
    #[inline(always)]
    pub unsafe fn add<L: Lanes>(&self, blocks: usize, pixels: usize) {
        // SAFETY: as the caller promises.
        unsafe {
            if L::LINES > ALL_PIXELS && pixels == ALL_PIXELS {
                add_one::<L::Line, ALL_PIXELS>(self);
            } else if blocks_at_once::<L>() > 1 && blocks == 2 {
                with_pixels!(L, pixels, add_two::<L::Line>(self));
            } else {
                with_pixels!(L, pixels, add_one::<L::Line>(self));
            }
        }
    }
}

/// # Safety
/// See [`Sums::add`].
#[inline(always)]
unsafe fn add_one<N: Numbers, const PIXELS: usize>(sums: &Sums<'_>) {
    // SAFETY: as the caller promises.
    unsafe { add::<N, PIXELS, 1>(sums) };
}

/// # Safety
/// See [`Sums::add`].
#[inline(always)]
unsafe fn add_two<N: Numbers, const PIXELS: usize>(sums: &Sums<'_>) {
    // SAFETY: as the caller promises.
    unsafe { add::<N, PIXELS, 2>(sums) };
}

/// # Safety
/// See [`Sums::add`]; of so many lines and pixels.
#[inline(always)]
#[allow(clippy::needless_range_loop, reason = "so each sum has a register: of iterators the compiler makes memory")]
unsafe fn add<N: Numbers, const PIXELS: usize, const BLOCKS: usize>(tile: &Sums<'_>) {
    const { assert!(N::COUNT == CHANNELS) };
    let Sums { from, step, pitch, weights_of_tap, weights_of_block, start, to, to_pitch, .. } = *tile;
    let (step, weights_of_block) = (step * CHANNELS, weights_of_block * CHANNELS);
    // SAFETY: as the caller promises.
    unsafe {
        let mut sums = [[N::splat(0.0); BLOCKS]; PIXELS];
        for pixel in 0..PIXELS {
            for block in 0..BLOCKS {
                sums[pixel][block] = match start {
                    Some(start) => N::load(start.add(block).cast()),
                    None => N::load(to.add(block * to_pitch + pixel * CHANNELS).cast_const()),
                };
            }
        }
        for (tap, offset) in tile.offsets.iter().enumerate() {
            for first in tile.channels.clone().step_by(CHANNELS) {
                let from = from.add(*offset as usize + first / CHANNELS * pitch).cast::<f32>();
                let weights = tile.weights.add(tap * weights_of_tap + first).cast::<f32>();
                for channel in 0..CHANNELS.min(tile.channels.end - first) {
                    if let Some(next) = tile.next {
                        for block in 0..BLOCKS {
                            let line = block * tile.weights_of_block + tap * weights_of_tap + first + channel;
                            N::ask_for(next.wrapping_add(line).cast());
                        }
                    }
                    let mut factors = [N::splat(0.0); BLOCKS];
                    for block in 0..BLOCKS {
                        factors[block] = N::load(weights.add(block * weights_of_block + channel * CHANNELS));
                    }
                    for pixel in 0..PIXELS {
                        let number = N::splat(*from.add(pixel * step + channel));
                        for block in 0..BLOCKS {
                            sums[pixel][block] = number.mul_add(factors[block], sums[pixel][block]);
                        }
                    }
                }
            }
        }
        if let Some(Bounds { least, most }) = tile.bounds {
            let (least, is_rectified, most) = (N::splat(least), most == f32::INFINITY, N::splat(most));
            for pixel in 0..PIXELS {
                for block in 0..BLOCKS {
                    let sum = sums[pixel][block];
                    // What rectifies has no upper bound, and after few channels asking for it would be a good part of all.
                    sums[pixel][block] = if is_rectified { least.larger(sum) } else { sum.keep(least, most) };
                }
            }
        }
        if let Some((others, Bounds { least, most })) = tile.added {
            let (least, most) = (N::splat(least), N::splat(most));
            for pixel in 0..PIXELS {
                for block in 0..BLOCKS {
                    let other = N::load(others.add(block * to_pitch + pixel * CHANNELS));
                    sums[pixel][block] = sums[pixel][block].add(other).keep(least, most);
                }
            }
        }
        for pixel in 0..PIXELS {
            for block in 0..BLOCKS {
                sums[pixel][block].store(to.add(block * to_pitch + pixel * CHANNELS));
            }
        }
    }
}

//! Kernels of single channels.

use super::super::memory::Line;
use super::{CHANNELS, Factors, Tiles};
use crate::lanes::Lanes;

/// Pixels that are summed at once, a register at a time. Sides of usual networks' planes are multiples.
const PIXELS: usize = 7;

/// What kernels of single channels are, for a line of channels.
pub(in super::super) struct Singles<'a> {
    pub factors: Factors<'a>,
    /// Where each tap of the first output pixel lies.
    pub offsets: &'a [u32],
    /// None of these is larger.
    pub reach: usize,
    /// From one row's line to the next one's.
    pub pitch: usize,
    /// Step down and across.
    pub stride: [usize; 2],
}

impl Singles<'_> {
    /// Writes all of `to`, rows one behind the other.
    ///
    /// # Panics
    /// When a tap reaches beyond the lines, or `to` has another size.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    pub unsafe fn convolve<L: Lanes>(&self, from: &[Line], to: &mut [Line], [height, width]: [usize; 2]) {
        let [down, across] = self.stride;
        assert_eq!(to.len(), height * width, "place for {height} x {width}");
        if to.is_empty() {
            return;
        }
        let furthest = self.reach + (height - 1) * down * self.pitch + (width - 1) * across;
        assert!(furthest < from.len(), "a tap reaches beyond the lines");
        assert!(self.offsets.iter().all(|offset| *offset as usize <= self.reach), "the furthest tap is known");
        assert_eq!(self.offsets.len(), self.factors.weights.len(), "weights for each tap");
        let tiles = Tiles::new(width, PIXELS);
        for y in 0..height {
            for tile in 0..tiles.count {
                let (x, pixels) = tiles.of(tile);
                for half in 0..CHANNELS / L::COUNT {
                    let lane = half * L::COUNT;
                    // SAFETY: rows are below `height` and columns below `width`, and what their taps see is among the lines,
                    // as asserted; and as the caller promises.
                    unsafe {
                        let from = from.as_ptr().add(y * down * self.pitch + x * across).cast::<f32>().add(lane);
                        let to = to.as_mut_ptr().add(y * width + x).cast::<f32>().add(lane);
                        match across {
                            1 => self.tile::<L, 1>(from, to, lane, pixels),
                            2 => self.tile::<L, 2>(from, to, lane, pixels),
                            _ => self.tile::<L, 0>(from, to, lane, pixels),
                        }
                    }
                }
            }
        }
    }

    /// Some pixels of a row, which are `STEP` lines apart, or as many as the stride says if that is none.
    ///
    /// # Safety
    /// - The processor has what the lanes need.
    /// - From `from` on there are lanes at each tap's offset for each of the pixels, and from `to` on for each of them.
    /// - There are weights from `lane` on.
    #[inline(always)]
    unsafe fn tile<L: Lanes, const STEP: usize>(&self, from: *const f32, to: *mut f32, lane: usize, pixels: usize) {
        // SAFETY: as the caller promises.
        unsafe {
            match pixels {
                1 => self.sum::<L, STEP, 1>(from, to, lane),
                2 => self.sum::<L, STEP, 2>(from, to, lane),
                3 => self.sum::<L, STEP, 3>(from, to, lane),
                4 => self.sum::<L, STEP, 4>(from, to, lane),
                5 => self.sum::<L, STEP, 5>(from, to, lane),
                6 => self.sum::<L, STEP, 6>(from, to, lane),
                _ => self.sum::<L, STEP, PIXELS>(from, to, lane),
            }
        }
    }

    /// # Safety
    /// See [`tile`](Self::tile).
    #[inline(always)]
    unsafe fn sum<L: Lanes, const STEP: usize, const TILE: usize>(&self, from: *const f32, to: *mut f32, lane: usize) {
        let step = if STEP > 0 { STEP } else { self.stride[1] } * CHANNELS;
        let Factors { weights, start, bounds } = self.factors;
        // SAFETY: as the caller promises.
        unsafe {
            let mut sums = [L::load(start.0.as_ptr().add(lane)); TILE];
            for (offset, weights) in self.offsets.iter().zip(weights) {
                let weight = L::load(weights.0.as_ptr().add(lane));
                let from = from.add(*offset as usize * CHANNELS);
                for (pixel, sum) in sums.iter_mut().enumerate() {
                    *sum = L::load(from.add(pixel * step)).mul_add(weight, *sum);
                }
            }
            let (least, most) = (L::splat(bounds.least), L::splat(bounds.most));
            for (pixel, sum) in sums.iter().enumerate() {
                sum.keep(least, most).store(to.add(pixel * CHANNELS));
            }
        }
    }
}

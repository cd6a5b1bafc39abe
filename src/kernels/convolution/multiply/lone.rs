//! The product of some blocks and one place: the last of 7 x 7, which is beside every panel.

use std::array::from_fn;

use super::super::{Bounds, COLUMNS, ROWS};
use super::{MOST_BLOCKS, Product};
use crate::lanes::{Lanes, Numbers, OnLanes};

/// Numbers of the registers; some more than a block has rows.
const LANES: usize = 8;

/// A product of which one place counts. It is work of its own: within that of panels those of few taps would take a twentieth
/// longer.
pub(super) struct Lone<'a>(pub &'a Product<'a>);

impl OnLanes for Lone<'_> {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        // SAFETY: as the caller promises; there are as many blocks.
        unsafe {
            match self.0.blocks.rows.div_ceil(ROWS) {
                1 => self.0.add_lone::<L::Eight, 1>(),
                2 => self.0.add_lone::<L::Eight, 2>(),
                3 => self.0.add_lone::<L::Eight, 3>(),
                _ => self.0.add_lone::<L::Eight, MOST_BLOCKS>(),
            }
        }
    }
}

impl Product<'_> {
    /// Registers hold the rows of a block, whose weights for a tap lie side by side, and take every second tap's share.
    ///
    /// # Safety
    /// - The processor has what the numbers need.
    /// - All is as [`multiply`](super::multiply) asserted it, and there are as many blocks.
    #[inline(always)]
    unsafe fn add_lone<N: Numbers, const BLOCKS: usize>(&self) {
        const { assert!(N::COUNT == LANES && ROWS <= LANES) };
        let Self { blocks, before, to, pitch } = *self;
        let rows = |block: usize| block * ROWS..blocks.rows.min((block + 1) * ROWS);
        // SAFETY: as the caller promises: for each row there is a start or a number before, and one to be written; for each tap a
        // number of the picture, and in each block a weight for each row; and behind those of all taps but the last one more
        // weights than a register reads beyond them.
        unsafe {
            let mut even = [N::splat(0.0); BLOCKS];
            let mut odd = even;
            for (block, sum) in even.iter_mut().enumerate() {
                let mut lanes = [0.0; LANES];
                for (lane, row) in lanes.iter_mut().zip(rows(block)) {
                    *lane = match blocks.start {
                        Some(start) => *start.get_unchecked(row),
                        None => *before.add(row * COLUMNS),
                    };
                }
                *sum = N::load(lanes.as_ptr());
            }
            let first = blocks.weights.as_ptr();
            let mut weights: [*const f32; BLOCKS] = from_fn(|block| first.wrapping_add(block * blocks.pitch));
            let from = blocks.from.as_ptr();
            macro_rules! tap {
                ($sums:ident, $offset:expr, $load:expr) => {
                    let pixel = N::splat(*from.add($offset as usize));
                    for (weight, sum) in weights.iter_mut().zip(&mut $sums) {
                        *sum = $load(*weight).mul_add(pixel, *sum);
                        *weight = weight.wrapping_add(ROWS);
                    }
                };
            }
            let load = |weight: *const f32| N::load(weight);
            let load_no_more = |weight: *const f32| {
                let mut lanes = [0.0; LANES];
                weight.copy_to_nonoverlapping(lanes.as_mut_ptr(), ROWS);
                N::load(lanes.as_ptr())
            };
            let offsets = &blocks.taps.offsets[..];
            let (pairs, last) = offsets.split_at(offsets.len().saturating_sub(1) / 2 * 2);
            for [one, other] in pairs.as_chunks::<2>().0 {
                tap!(even, *one, load);
                tap!(odd, *other, load);
            }
            if let Some(offset) = last.first() {
                tap!(even, *offset, load_no_more);
            }
            if let Some(offset) = last.get(1) {
                tap!(odd, *offset, load_no_more);
            }
            let Bounds { least, most } = blocks.bounds.unwrap_or(Bounds::NONE);
            let (least, most) = (N::splat(least), N::splat(most));
            for (block, (even, odd)) in even.into_iter().zip(odd).enumerate() {
                let mut lanes = [0.0; LANES];
                even.add(odd).keep(least, most).store(lanes.as_mut_ptr());
                rows(block).zip(lanes).for_each(|(row, sum)| *to.add(row * pitch) = sum);
            }
        }
    }
}

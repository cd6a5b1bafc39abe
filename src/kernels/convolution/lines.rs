//! Kernels over pixels whose channels lie side by side.
//!
//! What nobody looks at may lie as the next kernel likes it best: sixteen channels of a pixel in a line of the cache. No
//! register is then read from two lines, and a kernel of single channels finds the pixels beside one at the same place of
//! other lines: steps, dilations, and widths that are no multiple of a register, cost it nothing. A product's registers hold
//! channels, and its factors are single numbers of pixels, which may lie in any order.

mod looks;
mod pixels;
mod planes;
mod product;
mod singles;

use super::memory::Line;
use super::{Bounds, COLUMNS};
use crate::lanes::Lanes;

pub(super) use looks::Looks;
pub(super) use pixels::{Order, Pixels};
pub(super) use planes::spread;
pub(super) use product::{add, narrow};
pub(super) use singles::Singles;

/// Channels of a line.
pub(super) const CHANNELS: usize = COLUMNS;
/// Pixels of which a product sums a line at once, at most. Sides of usual networks' planes divide it or are multiples.
const MOST_PIXELS: usize = 14;

/// Pixels of which a product sums a line at once: as many as there are registers for.
pub(super) const fn pixels_at_once<L: Lanes>() -> usize {
    if L::LINES < MOST_PIXELS { L::LINES } else { MOST_PIXELS }
}

/// Calls a function that knows how many pixels there are when it is compiled: `function::<$type, PIXELS>`.
macro_rules! with_pixels {
    ($lanes:ty, $pixels:expr, $function:ident $(::<$type:ty>)?($($argument:expr),* $(,)?)) => {
        match $pixels {
            1 => $function::<$($type,)? 1>($($argument),*),
            2 => $function::<$($type,)? 2>($($argument),*),
            3 => $function::<$($type,)? 3>($($argument),*),
            4 => $function::<$($type,)? 4>($($argument),*),
            5 => $function::<$($type,)? 5>($($argument),*),
            6 => $function::<$($type,)? 6>($($argument),*),
            // Where there are registers for them.
            7 if pixels_at_once::<$lanes>() > 6 => $function::<$($type,)? 7>($($argument),*),
            8 if pixels_at_once::<$lanes>() > 6 => $function::<$($type,)? 8>($($argument),*),
            9 if pixels_at_once::<$lanes>() > 6 => $function::<$($type,)? 9>($($argument),*),
            10 if pixels_at_once::<$lanes>() > 6 => $function::<$($type,)? 10>($($argument),*),
            11 if pixels_at_once::<$lanes>() > 6 => $function::<$($type,)? 11>($($argument),*),
            12 if pixels_at_once::<$lanes>() > 6 => $function::<$($type,)? 12>($($argument),*),
            13 if pixels_at_once::<$lanes>() > 6 => $function::<$($type,)? 13>($($argument),*),
            14 if pixels_at_once::<$lanes>() > 6 => $function::<$($type,)? 14>($($argument),*),
            more => unreachable!("a tile of {more} pixels"),
        }
    };
}
pub(super) use with_pixels;

/// Pixels divided into tiles of nearly the same size.
#[derive(Clone, Copy)]
pub(super) struct Tiles {
    pub count: usize,
    /// Pixels of a tile, and how many tiles have one more.
    least: usize,
    larger: usize,
}

impl Tiles {
    pub fn new(pixels: usize, most: usize) -> Self {
        let count = pixels.div_ceil(most);
        Self { count, least: pixels.checked_div(count).unwrap_or(0), larger: pixels.checked_rem(count).unwrap_or(0) }
    }

    /// The first pixel of a tile, and how many there are.
    #[inline(always)]
    pub fn of(self, tile: usize) -> (usize, usize) {
        (tile * self.least + tile.min(self.larger), self.least + usize::from(tile < self.larger))
    }
}

/// Lines that are asked for while others are worked on, so that they are in the caches when they are read: a picture's weights
/// are read once, from far away, and a few tiles are not enough to hide it.
struct Asked<'a> {
    left: &'a [Line],
    /// For each tile.
    at_once: usize,
}

impl<'a> Asked<'a> {
    fn new(left: &'a [Line], tiles: usize) -> Self {
        Self { left, at_once: left.len().div_ceil(tiles.max(1)) }
    }

    #[inline(always)]
    fn for_a_tile<L: Lanes>(&mut self) {
        let (now, left) = self.left.split_at(self.at_once.min(self.left.len()));
        now.iter().for_each(|line| L::ask_for(line.0.as_ptr()));
        self.left = left;
    }
}

/// The weights for a line of output channels, and what comes after them.
#[derive(Clone, Copy)]
pub(super) struct Factors<'a> {
    /// One line for each tap.
    pub weights: &'a [Line],
    /// With what sums begin.
    pub start: &'a Line,
    pub bounds: Bounds,
}

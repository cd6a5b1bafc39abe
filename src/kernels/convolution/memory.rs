//! What the ways of convolving share: memory to work in, and how a range is divided.

use std::ops::Range;

use super::COLUMNS;
use super::places::Places;

/// Memory to work in.
#[derive(Default)]
pub struct Memory {
    /// Panels that are not read where they lie; what else is read in another order than it comes in.
    pub(super) copied: Vec<Line>,
    /// A plane with its borders.
    pub(super) padded: Vec<f32>,
    /// What is between a bottleneck's convolutions.
    pub(super) between: Between,
    /// Sums of panels whose taps are not all summed, or whose places are not all pixels: a line for each channel.
    pub(super) sums: Vec<Line>,
}

/// What is between a bottleneck's convolutions, of one strip: lines of sixteen channels for each pixel.
#[derive(Default)]
pub(super) struct Between {
    /// Which lines the pixels under the strip become.
    pub places: Places,
    /// Pixels under the strip, widened, with their borders: one block of channels.
    pub wide: Vec<Line>,
    /// What single channels' kernels make of them: some blocks.
    pub narrow: Vec<Line>,
    /// What these are summed to: each block of the output.
    pub sums: Vec<Line>,
    /// Sums over more than one group of channels.
    pub totals: Vec<Line>,
}

/// So many lines of some, of whose contents nothing is known.
pub(super) fn lines(lines: &mut Vec<Line>, count: usize) -> &mut [Line] {
    if lines.len() < count {
        lines.resize(count, Line::ZERO);
    }
    &mut lines[..count]
}

/// A panel's pixels under one tap, their sums for a channel, or a pixel's channels: a line of the cache, so that no register is read from two.
#[derive(Clone, Copy, bytemuck::Zeroable, bytemuck::Pod)]
#[repr(C, align(64))]
pub(super) struct Line(pub [f32; COLUMNS]);

impl Line {
    pub const ZERO: Self = Self([0.0; COLUMNS]);
}

/// Those of some pictures, each of which has so many.
pub(super) fn groups_of(pictures: &Range<usize>, of_each: usize) -> Range<usize> {
    pictures.start * of_each..pictures.end * of_each
}

/// The two halves of a range.
pub(super) fn halves(range: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let middle = range.start + range.len() / 2;
    (range.start..middle, middle..range.end)
}

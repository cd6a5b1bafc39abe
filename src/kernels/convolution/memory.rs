//! What the ways of convolving share: memory to work in, and how a range is divided.

use std::ops::Range;

use super::{COLUMNS, SUMS};

/// Memory to work in.
#[derive(Default)]
pub struct Memory {
    /// Panels that are not read where they lie; what else is read in another order than it comes in.
    pub(super) copied: Vec<Line>,
    /// A plane with its borders.
    pub(super) padded: Vec<f32>,
    /// What a strip of a bottleneck comes to between its depthwise convolution and its projection.
    pub(super) between: Vec<f32>,
    /// Sums of panels whose taps are not all summed, or whose places are not all pixels.
    pub(super) sums: Vec<[f32; SUMS]>,
}

/// A panel's pixels under one tap: a line of the cache, so that no register is read from two.
#[derive(Clone, Copy, bytemuck::Zeroable, bytemuck::Pod)]
#[repr(C, align(64))]
pub(super) struct Line(pub [f32; COLUMNS]);

impl Line {
    pub const ZERO: Self = Self([0.0; COLUMNS]);
}

/// The two halves of a range.
pub(super) fn halves(range: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let middle = range.start + range.len() / 2;
    (range.start..middle, middle..range.end)
}

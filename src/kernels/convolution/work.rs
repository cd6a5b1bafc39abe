//! What is to be done, divided.

use std::ops::Range;

use super::depthwise::DepthwiseWork;
use super::product_work::ProductWork;
use super::winograd::WinogradWork;
use super::{COLUMNS, SUMS};

/// A part of a convolution: some pictures, or some parts of one.
pub struct Work<'a>(pub(super) Part<'a>);

pub(super) enum Part<'a> {
    Product(ProductWork<'a>),
    Depthwise(DepthwiseWork<'a>),
    Winograd(WinogradWork<'a>),
}

/// Memory to work in.
#[derive(Default)]
pub struct Memory {
    /// Panels that are not read where they lie; what else is read in another order than it comes in.
    pub(super) copied: Vec<Line>,
    /// A plane with its borders.
    pub(super) padded: Vec<f32>,
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

impl Work<'_> {
    /// Two parts that can be done at once, where there is something to divide.
    pub fn split(self) -> (Self, Option<Self>) {
        match self.0 {
            Part::Product(work) => both(work.split(), Part::Product),
            Part::Depthwise(work) => both(work.split(), Part::Depthwise),
            Part::Winograd(work) => both(work.split(), Part::Winograd),
        }
    }

    /// Does it.
    pub fn apply(self, memory: &mut Memory) {
        match self.0 {
            Part::Product(work) => work.apply(memory),
            Part::Depthwise(work) => work.apply(memory),
            Part::Winograd(work) => work.apply(memory),
        }
    }
}

fn both<'a, W>((first, second): (W, Option<W>), part: fn(W) -> Part<'a>) -> (Work<'a>, Option<Work<'a>>) {
    (Work(part(first)), second.map(|second| Work(part(second))))
}

pub(super) fn halves(range: &Range<usize>) -> (Range<usize>, Range<usize>) {
    let middle = range.start + range.len() / 2;
    (range.start..middle, middle..range.end)
}

//! What is to be done, divided.

use super::depthwise::DepthwiseWork;
use super::memory::Memory;
use super::product_work::ProductWork;
use super::winograd::WinogradWork;

/// A part of a convolution: some pictures, or some parts of one.
pub struct Work<'a>(pub(super) Part<'a>);

pub(super) enum Part<'a> {
    Product(ProductWork<'a>),
    Depthwise(DepthwiseWork<'a>),
    Winograd(WinogradWork<'a>),
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

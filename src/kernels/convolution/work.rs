//! What is to be done, divided.

use super::depthwise::DepthwiseWork;
use super::memory::{Memory, halves};
use super::product_work::ProductWork;
use super::winograd::WinogradWork;

/// A part of a convolution: some pictures, or some parts of one.
pub struct Work<'a>(pub(super) Part<'a>);

pub(super) enum Part<'a> {
    Product(ProductWork<'a>),
    Depthwise(DepthwiseWork<'a>),
    Winograd(WinogradWork<'a>),
    /// Pictures whose outputs do not lie one behind the other.
    Several(Vec<Work<'a>>),
}

impl<'a> Work<'a> {
    /// The work for some pictures as one.
    pub(super) fn several(mut works: Vec<Self>) -> Self {
        match works.pop() {
            Some(only) if works.is_empty() => only,
            last => {
                works.extend(last);
                Self(Part::Several(works))
            }
        }
    }

    /// Two parts that can be done at once, where there is something to divide.
    pub fn split(self) -> (Self, Option<Self>) {
        match self.0 {
            Part::Product(work) => both(work.split(), Part::Product),
            Part::Depthwise(work) => both(work.split(), Part::Depthwise),
            Part::Winograd(work) => both(work.split(), Part::Winograd),
            Part::Several(works) if works.is_empty() => (Self::several(works), None),
            Part::Several(mut works) => {
                let (first, _) = halves(&(0..works.len()));
                let behind = works.split_off(first.end);
                (Self::several(works), Some(Self::several(behind)))
            }
        }
    }

    /// Does it.
    pub fn apply(self, memory: &mut Memory) {
        match self.0 {
            Part::Product(work) => work.apply(memory),
            Part::Depthwise(work) => work.apply(memory),
            Part::Winograd(work) => work.apply(memory),
            Part::Several(works) => works.into_iter().for_each(|work| work.apply(memory)),
        }
    }
}

fn both<'a, W>((first, second): (W, Option<W>), part: fn(W) -> Part<'a>) -> (Work<'a>, Option<Work<'a>>) {
    (Work(part(first)), second.map(|second| Work(part(second))))
}

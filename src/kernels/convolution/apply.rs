//! Convolutions of pictures, handed out and gathered.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Plan;
use super::depthwise::{self, DepthwiseWork};
use super::plan::Way;
use super::product_work::{self, ProductWork};
use super::sum::Sum;
use super::winograd::{self, WinogradWork};
use super::work::{Part, Work};

/// One of several convolutions whose outputs are joined.
#[derive(Clone, Copy)]
pub struct Joined<'a> {
    /// How it is done.
    pub plan: &'a Plan<'a>,
    /// The pictures, as for [`Plan::apply`].
    pub planes: &'a [f32],
}

impl Plan<'_> {
    /// Convolves pictures, and adds what a shortcut past the convolution brings, if there is one.
    ///
    /// `do_all` gets the work, whole: it may split it, and must see to it that all parts are applied. It is cut so small
    /// that this many threads are busy to the end.
    ///
    /// # Shapes
    /// `planes`: `[n, groups * channels, h, w]`, the planes sorted where [`reads_sorted`](Self::reads_sorted) says so;
    /// returns `[n, groups * out, h', w']`.
    ///
    /// # Panics
    /// When the planes are not those of whole pictures, other than as many numbers as come out are to be added, or a part was not
    /// applied.
    pub fn apply(
        &self,
        planes: &[f32],
        sum: Option<Sum<'_>>,
        threads: usize,
        do_all: impl FnOnce(Work<'_>),
    ) -> Vec<f32> {
        let pictures = self.pictures(planes);
        let size = self.numbers();
        assert!(sum.is_none_or(|sum| sum.addend.len() == pictures * size), "a number for each that is added to");
        gather(pictures * size, |target, written| {
            let run = Run::new(self, planes, sum, threads, written);
            do_all(run.work(0..pictures, target));
        })
    }

    /// How many pictures these are.
    fn pictures(&self, planes: &[f32]) -> usize {
        let groups = self.panels.shape.groups;
        let picture = groups * self.source_size();
        assert!(planes.len().is_multiple_of(picture), "{} numbers are no whole pictures", planes.len());
        planes.len() / picture
    }

    /// Numbers that a picture comes to.
    fn numbers(&self) -> usize {
        self.panels.shape.groups * self.panels.shape.out * self.output()[0] * self.output()[1]
    }
}

/// Convolves pictures in several ways, each of which writes its channels where they belong behind those of the one before: what is
/// joined anyway need not be written twice.
///
/// `do_all` gets the work of each convolution; else it is as for [`Plan::apply`].
///
/// # Shapes
/// Returns `[n, sum of groups * out, h', w']`.
///
/// # Panics
/// When there is no convolution, outputs are of more than one size, `planes` are not those of as many whole pictures each, or a part
/// was not applied.
pub fn apply_joined(joined: &[Joined<'_>], threads: usize, do_all: impl FnOnce(Vec<Work<'_>>)) -> Vec<f32> {
    let first = joined.first().expect("something is joined");
    let pictures = first.plan.pictures(first.planes);
    for Joined { plan, planes } in joined {
        assert_eq!(plan.output(), first.plan.output(), "planes of one size");
        assert_eq!(plan.pictures(planes), pictures, "as many pictures");
    }
    let of_picture: usize = joined.iter().map(|joined| joined.plan.numbers()).sum();
    gather(pictures * of_picture, |target, written| {
        let runs: Vec<Run<'_>> =
            joined.iter().map(|Joined { plan, planes }| Run::new(plan, planes, None, threads, written)).collect();
        let mut parts: Vec<Vec<Work<'_>>> = runs.iter().map(|_| Vec::with_capacity(pictures)).collect();
        let mut rest = target;
        for picture in 0..pictures {
            for ((run, joined), parts) in runs.iter().zip(joined).zip(&mut parts) {
                let (target, behind) = rest.split_at_mut(joined.plan.numbers());
                rest = behind;
                parts.push(run.work(picture..picture + 1, target));
            }
        }
        do_all(parts.into_iter().map(Work::several).collect());
    })
}

/// So many numbers that `write` writes, each once, and counts when they are there.
pub(super) fn gather(count: usize, write: impl FnOnce(&mut [MaybeUninit<f32>], &AtomicUsize)) -> Vec<f32> {
    let mut values: Vec<f32> = Vec::new();
    values.reserve_exact(count);
    let written = AtomicUsize::new(0);
    write(&mut values.spare_capacity_mut()[..count], &written);
    assert_eq!(written.load(Ordering::Acquire), count, "all of the work was done");
    // SAFETY: that many numbers are counted as written. A piece is counted when it has written its rectangle, no two
    // overlap, and none can be applied twice.
    unsafe { values.set_len(count) };
    values
}

/// What all parts of a convolution share.
enum Run<'a> {
    Product(product_work::Run<'a>),
    Depthwise(depthwise::Run<'a>),
    Winograd(winograd::Run<'a>),
}

impl<'a> Run<'a> {
    fn new(
        plan: &'a Plan<'a>,
        planes: &'a [f32],
        sum: Option<Sum<'a>>,
        threads: usize,
        written: &'a AtomicUsize,
    ) -> Self {
        // Groups are convolved as pictures are.
        let pictures = planes.len() / plan.source_size();
        match &plan.way {
            Way::Product(plan) => {
                let pieces = plan.pieces(pictures, threads);
                Self::Product(product_work::Run { plan, planes, sum, pieces, written })
            }
            Way::Depthwise(plan) => Self::Depthwise(depthwise::Run { plan, planes, sum, written }),
            Way::Winograd(plan) => {
                let (strips, parts) = plan.pieces(pictures, threads);
                Self::Winograd(winograd::Run { plan, planes, sum, strips, parts, written })
            }
        }
    }

    /// What is to be done for some pictures, which goes to the target.
    fn work(&'a self, pictures: Range<usize>, target: &'a mut [MaybeUninit<f32>]) -> Work<'a> {
        Work(match self {
            Self::Product(run) => Part::Product(ProductWork::new(run, pictures, target)),
            Self::Depthwise(run) => Part::Depthwise(DepthwiseWork::new(run, pictures, target)),
            Self::Winograd(run) => Part::Winograd(WinogradWork::new(run, pictures, target)),
        })
    }
}

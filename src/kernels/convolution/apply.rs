//! A convolution of pictures, handed out and gathered.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Plan;
use super::depthwise::{self, DepthwiseWork};
use super::plan::Way;
use super::product_work::{self, ProductWork};
use super::sum::Sum;
use super::winograd::{self, WinogradWork};
use super::work::{Part, Work};

impl Plan<'_> {
    /// Convolves pictures, and adds what a shortcut past the convolution brings, if there is one.
    ///
    /// `do_all` gets the work, whole: it may split it, and must see to it that all parts are applied. It is cut so small
    /// that this many threads are busy to the end.
    ///
    /// # Shapes
    /// `planes`: `[n, groups * channels, h, w]`, the planes sorted where [`sorted_plane`](Self::sorted_plane) says so;
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
        let (shape, output) = (&self.panels.shape, self.output());
        // Groups are convolved as pictures are.
        let pictures = planes.len() / self.source_size();
        let is_whole = pictures.is_multiple_of(shape.groups) && pictures * self.source_size() == planes.len();
        assert!(is_whole, "{} numbers are no whole pictures", planes.len());
        let mut values: Vec<f32> = Vec::new();
        let count = pictures * shape.out * output[0] * output[1];
        assert!(sum.is_none_or(|sum| sum.addend.len() == count), "a number for each that is added to");
        values.reserve_exact(count);
        let written = &AtomicUsize::new(0);
        let target: &mut [MaybeUninit<f32>] = &mut values.spare_capacity_mut()[..count];
        match &self.way {
            Way::Product(plan) => {
                let pieces = plan.pieces(pictures, threads);
                let run = product_work::Run { plan, planes, sum, pieces, written };
                do_all(Work(Part::Product(ProductWork::new(&run, pictures, target))));
            }
            Way::Depthwise(plan) => {
                let run = depthwise::Run { plan, planes, sum, written };
                do_all(Work(Part::Depthwise(DepthwiseWork::new(&run, target))));
            }
            Way::Winograd(plan) => {
                let (strips, parts) = plan.pieces(pictures, threads);
                let run = winograd::Run { plan, planes, sum, strips, parts, written };
                do_all(Work(Part::Winograd(WinogradWork::new(&run, pictures, target))));
            }
        }
        assert_eq!(written.load(Ordering::Acquire), count, "all of the work was done");
        // SAFETY: that many numbers are counted as written. A piece is counted when it has written its rectangle, no two
        // overlap, and none can be applied twice.
        unsafe { values.set_len(count) };
        values
    }
}

//! A convolution of pictures, handed out and gathered.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::Plan;
use super::work::{Run, Work};

impl Plan<'_> {
    /// Convolves pictures.
    ///
    /// `do_all` gets the work, whole: it may split it, and must see to it that all parts are applied. It is cut so small
    /// that this many threads are busy to the end.
    ///
    /// # Shapes
    /// `planes`: `[n, groups * channels, h, w]`, the planes sorted where [`sorted_plane`](Self::sorted_plane) says so;
    /// returns `[n, groups * out, h', w']`.
    ///
    /// # Panics
    /// When the planes are not those of whole pictures, or when a part was not applied.
    pub fn apply(&self, planes: &[f32], threads: usize, do_all: impl FnOnce(Work<'_>)) -> Vec<f32> {
        let shape = &self.panels.shape;
        let pictures = planes.len() / self.source_size();
        let is_whole = pictures.is_multiple_of(shape.groups) && pictures * self.source_size() == planes.len();
        assert!(is_whole, "{} numbers are no whole pictures", planes.len());
        let mut values: Vec<f32> = Vec::new();
        let count = pictures * shape.out * self.output[0] * self.output[1];
        values.reserve_exact(count);
        let written = AtomicUsize::new(0);
        let (tiles, parts) = self.pieces(pictures, threads);
        let run = Run { plan: self, planes, tiles, parts, written: &written };
        let target: &mut [MaybeUninit<f32>] = &mut values.spare_capacity_mut()[..count];
        do_all(Work::new(&run, pictures, target));
        assert_eq!(written.load(Ordering::Acquire), count, "all of the work was done");
        // SAFETY: that many numbers are counted as written. A piece is counted when it has written its rectangle, no two
        // overlap, and none can be applied twice.
        unsafe { values.set_len(count) };
        values
    }
}

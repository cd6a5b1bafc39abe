//! Planes sorted for a convolution, handed out.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::apply::gather;
use super::phases::Phases;
use super::plan::Way;
use super::{Panels, Plan};

/// Some rows of some planes that are to be sorted.
pub struct Sorting<'a> {
    panels: &'a Panels,
    phases: &'a Phases,
    /// Height and width of a plane.
    size: [usize; 2],
    planes: &'a [f32],
    /// Of each phase.
    rows: Range<usize>,
    /// For each plane and phase where they go.
    targets: Vec<&'a mut [MaybeUninit<f32>]>,
    sorted: &'a AtomicUsize,
}

impl Sorting<'_> {
    /// Does it.
    pub fn apply(self) {
        let Self { panels, phases, size, planes, rows, targets, sorted } = self;
        let count = targets.iter().map(|target| target.len()).sum();
        let mut targets = targets.into_iter();
        for plane in planes.chunks_exact(size[0] * size[1]) {
            // Borders stay zeros.
            let mut targets: Vec<&mut [f32]> = targets.by_ref().take(phases.count()).map(zeros).collect();
            phases.sort_rows(panels.instructions, plane, size, rows.clone(), &mut targets);
        }
        sorted.fetch_add(count, Ordering::Release);
    }
}

/// All places, zeros.
fn zeros(target: &mut [MaybeUninit<f32>]) -> &mut [f32] {
    target.fill(MaybeUninit::new(0.0));
    // SAFETY: all of them were written.
    unsafe { target.assume_init_mut() }
}

impl Plan<'_> {
    /// Whether [`apply`](Self::apply) reads planes that are sorted, and not as they come: borders are missing, or pixels lie otherwise.
    pub fn reads_sorted(&self) -> bool {
        if let Way::Product(product) = &self.way { product.reads_sorted() } else { false }
    }

    /// Sorts planes, as [`apply`](Self::apply) reads them where [`reads_sorted`](Self::reads_sorted) says so. They are divided in
    /// strips of rows, and each of these in pieces of so many planes: first all pieces of the first strip.
    ///
    /// `do_all` gets the pieces, and must see to it that all are sorted, by any thread.
    ///
    /// # Shapes
    /// `planes`: `[any, h, w]`; returns as many planes, each of as many numbers as there are places.
    ///
    /// # Panics
    /// When these are no whole planes, nothing is to be sorted, strips or pieces are empty, or a piece was not sorted.
    pub fn sort(
        &self,
        planes: &[f32],
        strips: usize,
        planes_at_a_time: usize,
        do_all: impl FnOnce(Vec<Sorting<'_>>),
    ) -> Vec<f32> {
        let Way::Product(product) = &self.way else { panic!("its planes are read as they come") };
        let (phases, size) = (product.phases(), self.input());
        let plane = size[0] * size[1];
        assert!(self.reads_sorted(), "its planes are read as they come");
        assert!(planes.len().is_multiple_of(plane), "planes of {size:?}");
        assert!(strips > 0 && planes_at_a_time > 0, "all rows are in a strip, and all planes in a piece");
        let [height, width] = phases.size();
        let row = |strip: usize| strip * height / strips;
        gather(planes.len() / plane * phases.plane(), |target, sorted| {
            let mut all: Vec<Vec<Sorting<'_>>> = (0..strips).map(|_| Vec::new()).collect();
            let pieces =
                planes.chunks(plane * planes_at_a_time).zip(target.chunks_mut(phases.plane() * planes_at_a_time));
            for (planes, target) in pieces {
                let (panels, count) = (self.panels, planes.len() / plane * phases.count());
                for (strip, pieces) in all.iter_mut().enumerate() {
                    let (rows, targets) = (row(strip)..row(strip + 1), Vec::with_capacity(count));
                    pieces.push(Sorting { panels, phases, size, planes, rows, targets, sorted });
                }
                for mut rest in target.chunks_exact_mut(height * width) {
                    for pieces in &mut all {
                        let Some(piece) = pieces.last_mut() else { continue };
                        let (rows, below) = rest.split_at_mut(piece.rows.len() * width);
                        piece.targets.push(rows);
                        rest = below;
                    }
                }
            }
            do_all(all.into_iter().flatten().collect());
        })
    }
}

//! Convolution of one channel a group, which is no product of matrices: each number of the picture serves no more than a
//! kernel's taps.
//!
//! One plane at a time is copied with its borders, its pixels sorted by their place in a step where there is one, which
//! leaves it in the caches; then some rows and two registers of columns are summed over all taps at once.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::memory::{Memory, halves};
use super::phases::Phases;
use super::{Bounds, Panels};
use crate::lanes::{Lanes, OnLanes};

/// Rows of an output plane that are summed at once, at most.
const MOST_ROWS: usize = 6;
/// The same where a row is no longer than a register.
const MOST_SHORT_ROWS: usize = 7;
/// Numbers behind a sorted plane, into which the last registers reach.
pub(super) const BEHIND: usize = 32;

/// How it is done for pictures of one size.
pub(super) struct Depthwise<'a> {
    panels: &'a Panels,
    /// `[groups * out, kernel height, kernel width]`.
    weights: &'a [f32],
    phases: Phases,
    input: [usize; 2],
    output: [usize; 2],
    /// Where each tap of the first output pixel lies in a sorted plane.
    offsets: Vec<usize>,
    /// The last of these.
    reach: usize,
}

/// What all parts share.
pub(super) struct Run<'a> {
    pub plan: &'a Depthwise<'a>,
    /// The pictures, plane by plane.
    pub planes: &'a [f32],
    /// Numbers of the output that are there.
    pub written: &'a AtomicUsize,
}

/// Some of the output planes of all pictures.
pub(super) struct DepthwiseWork<'a> {
    run: &'a Run<'a>,
    outputs: Range<usize>,
    /// These planes.
    target: &'a mut [MaybeUninit<f32>],
}

impl<'a> Depthwise<'a> {
    pub fn new(panels: &'a Panels, weights: &'a [f32], input: [usize; 2]) -> Self {
        let shape = &panels.shape;
        let padded = std::array::from_fn(|axis| input[axis] + shape.padding[axis].0 + shape.padding[axis].1);
        let phases = Phases::new(shape, padded);
        let across = 0..shape.kernel[1];
        let taps = (0..shape.kernel[0]).flat_map(|y| across.clone().map(move |x| [y, x]));
        let offsets = taps.map(|[y, x]| phases.place([y * shape.dilation[0], x * shape.dilation[1]]));
        let offsets: Vec<usize> = offsets.collect();
        let reach = offsets.iter().copied().max().unwrap_or(0);
        Self { panels, weights, input, output: shape.output(input), offsets, reach, phases }
    }
}

impl<'a> DepthwiseWork<'a> {
    pub fn new(run: &'a Run<'a>, target: &'a mut [MaybeUninit<f32>]) -> Self {
        let outputs = 0..target.len() / (run.plan.output[0] * run.plan.output[1]);
        Self { run, outputs, target }
    }

    /// Two parts that can be done at once, where there is something to divide.
    pub fn split(self) -> (Self, Option<Self>) {
        let Self { run, outputs, target } = self;
        if outputs.len() < 2 {
            return (Self { run, outputs, target }, None);
        }
        let (first, second) = halves(&outputs);
        let (before, behind) = target.split_at_mut(target.len() / outputs.len() * first.len());
        (Self { run, outputs: first, target: before }, Some(Self { run, outputs: second, target: behind }))
    }

    /// Does it.
    pub fn apply(self, memory: &mut Memory) {
        let instructions = self.run.plan.panels.instructions;
        (self, memory).on_widest(instructions);
    }
}

impl OnLanes for (DepthwiseWork<'_>, &mut Memory) {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let (work, memory) = self;
        let DepthwiseWork { run, outputs, target } = work;
        let Depthwise { panels, weights, phases, input, output, offsets, reach } = run.plan;
        let (from, to, taps) = (input[0] * input[1], output[0] * output[1], offsets.len());
        let (out, groups) = (panels.shape.out, panels.shape.groups);
        // Borders stay what they are now: every plane's pixels go to the same places.
        memory.padded.clear();
        memory.padded.resize(phases.plane() + BEHIND, 0.0);
        let mut sorted = None;
        let count = target.len();
        assert_eq!(count, outputs.len() * to, "place for whole planes");
        for (index, plane) in outputs.zip(target.chunks_exact_mut(to)) {
            if sorted != Some(index / out) {
                sorted = Some(index / out);
                let source = &run.planes[index / out * from..][..from];
                // SAFETY: as the caller promises.
                unsafe { phases.sort_with::<L>(source, *input, &mut memory.padded[..phases.plane()]) };
            }
            let channel = index % (groups * out);
            let kernel = Kernel {
                weights: &weights[channel * taps..][..taps],
                offsets,
                reach: *reach,
                start: panels.bias[channel],
                bounds: panels.bounds.unwrap_or(Bounds::NONE),
            };
            // SAFETY: as the caller promises.
            unsafe { kernel.convolve::<L>(&memory.padded, phases.row(), plane, *output) };
        }
        run.written.fetch_add(count, Ordering::Release);
    }
}

/// What is done to one plane.
pub(super) struct Kernel<'a> {
    pub weights: &'a [f32],
    /// Where each tap of the first output pixel lies in a sorted plane.
    pub offsets: &'a [usize],
    /// None of these is larger.
    pub reach: usize,
    /// With what sums begin.
    pub start: f32,
    pub bounds: Bounds,
}

/// Some rows and one or two registers of columns of an output plane.
struct Tile {
    /// What the first tap, if its offset were none, sees from the first place.
    from: *const f32,
    /// From there to the second register's place.
    next: usize,
    /// Where its first place is.
    to: *mut f32,
    /// Numbers from there to the plane's end.
    room: usize,
}

impl Kernel<'_> {
    /// Writes all of `out`, rows one behind the other, from a sorted plane whose rows are a `pitch` apart.
    ///
    /// # Panics
    /// When a tap reaches beyond the plane, or `out` has another size.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    pub unsafe fn convolve<L: Lanes>(
        &self,
        sorted: &[f32],
        pitch: usize,
        out: &mut [MaybeUninit<f32>],
        [height, width]: [usize; 2],
    ) {
        // The last place that any register looks at. One that reaches beyond a row looks at what is behind it.
        let furthest = self.reach + (height - 1) * pitch + width.max(L::COUNT);
        assert!(furthest <= sorted.len(), "a tap reaches beyond the plane");
        assert_eq!(out.len(), height * width, "place for {height} x {width}");
        assert_eq!(self.offsets.len(), self.weights.len(), "a weight for each tap");
        let end = out.len();
        let to = out.as_mut_ptr().cast::<f32>();
        let (columns, most) = if width > L::COUNT { (2, MOST_ROWS) } else { (1, MOST_SHORT_ROWS) };
        let pieces = height.div_ceil(most);
        for piece in 0..pieces {
            let (y, below) = (piece * height / pieces, (piece + 1) * height / pieces);
            let mut x = 0;
            loop {
                // The last registers lie over those before: what is written twice is written the same.
                let at = if columns == 2 { x.min(width.saturating_sub(2 * L::COUNT)) } else { 0 };
                let next = L::COUNT.min(width.saturating_sub(L::COUNT));
                // SAFETY: rows are below `height` and columns below `width`, or the only register of a short row: what it
                // reads is in the plane, as asserted.
                let tile = unsafe {
                    Tile {
                        from: sorted.as_ptr().add(y * pitch + at),
                        next,
                        to: to.add(y * width + at),
                        room: end - (y * width + at),
                    }
                };
                // SAFETY: as above; and what it writes is inside `room`.
                unsafe {
                    match (columns, below - y) {
                        (2, 1) => self.sum::<L, 1, 2>(tile, pitch, width),
                        (2, 2) => self.sum::<L, 2, 2>(tile, pitch, width),
                        (2, 3) => self.sum::<L, 3, 2>(tile, pitch, width),
                        (2, 4) => self.sum::<L, 4, 2>(tile, pitch, width),
                        (2, 5) => self.sum::<L, 5, 2>(tile, pitch, width),
                        (2, _) => self.sum::<L, MOST_ROWS, 2>(tile, pitch, width),
                        (_, 1) => self.sum::<L, 1, 1>(tile, pitch, width),
                        (_, 2) => self.sum::<L, 2, 1>(tile, pitch, width),
                        (_, 3) => self.sum::<L, 3, 1>(tile, pitch, width),
                        (_, 4) => self.sum::<L, 4, 1>(tile, pitch, width),
                        (_, 5) => self.sum::<L, 5, 1>(tile, pitch, width),
                        (_, 6) => self.sum::<L, 6, 1>(tile, pitch, width),
                        (_, _) => self.sum::<L, MOST_SHORT_ROWS, 1>(tile, pitch, width),
                    }
                }
                x += columns * L::COUNT;
                if x >= width {
                    break;
                }
            }
        }
    }

    /// # Safety
    /// - The processor has what the lanes need.
    /// - At each tap's offset from `from`, in each of `ROWS` rows a `pitch` apart, there are `COUNT` numbers, and as many
    ///   `next` further on if there are two columns.
    /// - The rows' first `width` places, a `width` apart from `to`, lie inside `room`, all of which may be written; if there
    ///   are two columns, both registers of each row are inside its `width`.
    #[inline(always)]
    unsafe fn sum<L: Lanes, const ROWS: usize, const COLUMNS: usize>(&self, tile: Tile, pitch: usize, width: usize) {
        // SAFETY: as the caller promises.
        unsafe {
            let mut sums = [[L::splat(self.start); COLUMNS]; ROWS];
            for (offset, weight) in self.offsets.iter().zip(self.weights) {
                let from = tile.from.add(*offset);
                let weight = L::splat(*weight);
                for (row, sums) in sums.iter_mut().enumerate() {
                    for (column, sum) in sums.iter_mut().enumerate() {
                        *sum = L::load(from.add(row * pitch + column * tile.next)).mul_add(weight, *sum);
                    }
                }
            }
            let (least, most) = (L::splat(self.bounds.least), L::splat(self.bounds.most));
            for (row, sums) in sums.into_iter().enumerate() {
                for (column, sum) in sums.into_iter().enumerate() {
                    let (sum, place) = (sum.keep(least, most), row * width + column * tile.next);
                    if place + L::COUNT <= tile.room {
                        // Beyond a short row it spills into the next one, which is written after it.
                        sum.store(tile.to.add(place));
                    } else {
                        let mut last = [0.0; 32];
                        assert!(L::COUNT <= last.len(), "a register of {}", L::COUNT);
                        sum.store(last.as_mut_ptr());
                        std::ptr::copy_nonoverlapping(last.as_ptr(), tile.to.add(place), tile.room - place);
                    }
                }
            }
        }
    }
}

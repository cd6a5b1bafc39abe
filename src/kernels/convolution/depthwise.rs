//! Convolution of one channel a group, which is no product of matrices: each number of the picture serves no more than a
//! kernel's taps.
//!
//! One plane at a time is copied with its borders, its pixels sorted by their place in a step where there is one, which
//! leaves it in the caches; then a register of columns of some rows is summed over all taps at once. Taps below one another
//! see the same pixels a row later, which are read once for all of them.

use std::collections::BTreeMap;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::memory::{Memory, groups_of, halves};
use super::phases::Phases;
use super::sum::Sum;
use super::{Bounds, Panels};
use crate::lanes::{Lanes, Numbers, OnLanes};

/// Rows of an output plane that are summed at once, at most. Sides of usual networks' planes are multiples.
const MOST_ROWS: usize = 7;
/// Taps below one another that are summed at once, at most: with the sums they leave a register for pixels.
const MOST_TAPS: usize = 5;
/// Numbers behind a sorted plane, into which the last registers reach.
const BEHIND: usize = 32;

/// How it is done for pictures of one size.
pub(super) struct Depthwise<'a> {
    panels: &'a Panels,
    /// `[groups * out, kernel height, kernel width]`.
    weights: &'a [f32],
    phases: Phases,
    input: [usize; 2],
    output: [usize; 2],
    columns: Vec<Column>,
    /// How far from the first output pixel the last tap lies in a sorted plane.
    reach: usize,
}

/// Taps that lie below one another in a sorted plane, each a row further down.
struct Column {
    /// Where the first one lies, seen from the first output pixel.
    offset: usize,
    /// Which weights are theirs.
    taps: Vec<usize>,
}

/// All taps in columns.
///
/// # Shapes
/// `offsets`: `[kernel height, kernel width]`, no two of them the same.
fn columns(offsets: &[usize], pitch: usize) -> Vec<Column> {
    let mut left: BTreeMap<usize, usize> = offsets.iter().enumerate().map(|(tap, offset)| (*offset, tap)).collect();
    let mut columns = Vec::new();
    while let Some((offset, first)) = left.pop_first() {
        let below = (1..MOST_TAPS).map_while(|row| left.remove(&(offset + row * pitch)));
        columns.push(Column { offset, taps: std::iter::once(first).chain(below).collect() });
    }
    columns
}

/// What all parts share.
pub(super) struct Run<'a> {
    pub plan: &'a Depthwise<'a>,
    /// The pictures, plane by plane.
    pub planes: &'a [f32],
    /// What is added to the output.
    pub sum: Option<Sum<'a>>,
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
        Self {
            panels,
            weights,
            input,
            output: shape.output(input),
            columns: columns(&offsets, phases.row()),
            reach: offsets.into_iter().max().unwrap_or(0),
            phases,
        }
    }
}

impl<'a> DepthwiseWork<'a> {
    /// For some pictures, all of whose planes go to the target.
    pub fn new(run: &'a Run<'a>, pictures: Range<usize>, target: &'a mut [MaybeUninit<f32>]) -> Self {
        let shape = &run.plan.panels.shape;
        let outputs = groups_of(&pictures, shape.groups * shape.out);
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
        let Depthwise { panels: Panels { instructions, .. }, output: [_, width], .. } = *self.run.plan;
        (self, memory).on_widest(if width <= 8 { instructions.of_eight() } else { *instructions });
    }
}

impl OnLanes for (DepthwiseWork<'_>, &mut Memory) {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let (work, memory) = self;
        let DepthwiseWork { run, outputs, target } = work;
        let Depthwise { panels, weights, phases, input, output, columns, reach } = run.plan;
        let (from, to) = (input[0] * input[1], output[0] * output[1]);
        let taps = panels.shape.kernel[0] * panels.shape.kernel[1];
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
                columns,
                reach: *reach,
                start: panels.bias[channel],
                bounds: panels.bounds.unwrap_or(Bounds::NONE),
            };
            // SAFETY: as the caller promises.
            unsafe { kernel.convolve::<L>(&memory.padded, phases.row(), plane, *output) };
            if let Some(sum) = run.sum {
                // SAFETY: all of the plane is written.
                sum.of_planes(index, to).add_to(0, 0, unsafe { plane.assume_init_mut() });
            }
        }
        run.written.fetch_add(count, Ordering::Release);
    }
}

/// What is done to one plane.
struct Kernel<'a> {
    weights: &'a [f32],
    columns: &'a [Column],
    /// No tap lies further from the first output pixel.
    reach: usize,
    /// With what sums begin.
    start: f32,
    bounds: Bounds,
}

/// Some rows of a register of columns of an output plane.
struct Tile {
    /// What a tap without an offset sees from the first place.
    from: *const f32,
    /// From one row to the next there.
    pitch: usize,
    /// Where its first place is.
    to: *mut f32,
    /// From one row to the next there.
    width: usize,
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
    /// The processor has what the numbers need.
    #[inline(always)]
    unsafe fn convolve<N: Numbers>(
        &self,
        sorted: &[f32],
        pitch: usize,
        out: &mut [MaybeUninit<f32>],
        [height, width]: [usize; 2],
    ) {
        // The last place that any register looks at. One that reaches beyond a row looks at what is behind it.
        let furthest = self.reach + (height - 1) * pitch + width.max(N::COUNT);
        // No call from outside can bring about less: planes are as large as the plan that the taps are of, and more lies behind them.
        assert!(furthest <= sorted.len(), "a tap reaches beyond the plane");
        assert_eq!(out.len(), height * width, "place for {height} x {width}");
        for Column { offset, taps } in self.columns {
            let last = offset + taps.len().saturating_sub(1) * pitch;
            assert!((1..=MOST_TAPS).contains(&taps.len()) && last <= self.reach, "the furthest tap is known");
            assert!(taps.iter().all(|tap| *tap < self.weights.len()), "a weight for each tap");
        }
        let end = out.len();
        let to = out.as_mut_ptr().cast::<f32>();
        let pieces = height.div_ceil(MOST_ROWS);
        for piece in 0..pieces {
            let (y, below) = (piece * height / pieces, (piece + 1) * height / pieces);
            for x in (0..width).step_by(N::COUNT) {
                // The last register lies over the one before: what is written twice is written the same.
                let x = x.min(width.saturating_sub(N::COUNT));
                let place = y * width + x;
                // SAFETY: rows are below `height` and columns below `width`, or the register is the only one of a short row:
                // what it reads is in the plane, as asserted, and what it writes is inside `room`.
                unsafe {
                    let from = sorted.as_ptr().add(y * pitch + x);
                    let tile = Tile { from, pitch, to: to.add(place), width, room: end - place };
                    match below - y {
                        1 => self.sum::<N, 1>(&tile),
                        2 => self.sum::<N, 2>(&tile),
                        3 => self.sum::<N, 3>(&tile),
                        4 => self.sum::<N, 4>(&tile),
                        5 => self.sum::<N, 5>(&tile),
                        6 => self.sum::<N, 6>(&tile),
                        _ => self.sum::<N, MOST_ROWS>(&tile),
                    }
                }
            }
        }
    }

    /// # Safety
    /// - The processor has what the numbers need, and there are weights for all taps of the columns, of which each has some,
    ///   but no more than `MOST_TAPS`.
    /// - At each tap's offset from `from`, in each of `ROWS` rows a `pitch` apart, there are `COUNT` numbers.
    /// - The rows' first `width` places, a `width` apart from `to`, lie inside `room`, all of which may be written; unless
    ///   they are shorter than a register, all of it is inside them.
    #[inline(always)]
    unsafe fn sum<N: Numbers, const ROWS: usize>(&self, tile: &Tile) {
        // SAFETY: as the caller promises.
        unsafe {
            let mut sums = [N::splat(self.start); ROWS];
            for column in self.columns {
                match column.taps.len() {
                    1 => self.add::<N, ROWS, 1>(&mut sums, column, tile),
                    2 => self.add::<N, ROWS, 2>(&mut sums, column, tile),
                    3 => self.add::<N, ROWS, 3>(&mut sums, column, tile),
                    4 => self.add::<N, ROWS, 4>(&mut sums, column, tile),
                    _ => self.add::<N, ROWS, MOST_TAPS>(&mut sums, column, tile),
                }
            }
            let (least, most) = (N::splat(self.bounds.least), N::splat(self.bounds.most));
            for (row, sum) in sums.iter().enumerate() {
                let (sum, place) = (sum.keep(least, most), row * tile.width);
                if place + N::COUNT <= tile.room {
                    // Beyond a short row it spills into the next one, which is written after it.
                    sum.store(tile.to.add(place));
                } else {
                    let mut last = [0.0; 32];
                    assert!(N::COUNT <= last.len(), "a register of {}", N::COUNT);
                    sum.store(last.as_mut_ptr());
                    std::ptr::copy_nonoverlapping(last.as_ptr(), tile.to.add(place), tile.room - place);
                }
            }
        }
    }

    /// Adds what the taps of a column see.
    ///
    /// # Safety
    /// As [`sum`](Self::sum) asks it; and the column has `TAPS` taps.
    #[inline(always)]
    unsafe fn add<N: Numbers, const ROWS: usize, const TAPS: usize>(
        &self,
        sums: &mut [N; ROWS],
        column: &Column,
        tile: &Tile,
    ) {
        // SAFETY: as the caller promises.
        unsafe {
            let mut weights = [N::splat(0.0); TAPS];
            for (weight, tap) in weights.iter_mut().zip(&column.taps) {
                *weight = N::splat(*self.weights.get_unchecked(*tap));
            }
            let from = tile.from.add(column.offset);
            // Written out, so that it is known of each row which sums it is for.
            macro_rules! tap {
                ($pixels:ident $row:literal: $($tap:literal)*) => {
                    $(if $tap < TAPS && $tap <= $row && $row < ROWS + $tap {
                        let sum = &mut sums[usize::wrapping_sub($row, $tap)];
                        *sum = $pixels.mul_add(weights[$tap], *sum);
                    })*
                };
            }
            macro_rules! rows {
                ($($row:literal)*) => {
                    $(if $row + 1 < ROWS + TAPS {
                        let pixels = N::load(from.add($row * tile.pitch));
                        tap!(pixels $row: 0 1 2 3 4);
                    })*
                };
            }
            const { assert!(ROWS <= MOST_ROWS && TAPS <= MOST_TAPS && MOST_ROWS == 7 && MOST_TAPS == 5) };
            rows!(0 1 2 3 4 5 6 7 8 9 10);
        }
    }
}

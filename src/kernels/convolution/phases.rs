//! Pictures over which a kernel that takes steps moves by single places.

use std::ops::Range;

use super::Shape;
use crate::Instructions;
use crate::lanes::{Lanes, Numbers, OnLanes};

/// The places of a step that a kernel sees, each with a picture of its own: of every `stride`-th pixel from there on.
pub(super) struct Phases {
    stride: [usize; 2],
    /// Zeros before the first line and column.
    before: [usize; 2],
    /// Which places of a step, down and across.
    seen: Vec<[usize; 2]>,
    /// Height and width of each picture.
    size: [usize; 2],
}

/// What [`Phases::sort_rows`] takes.
struct Sort<'a, 't> {
    phases: &'a Phases,
    plane: &'a [f32],
    size: [usize; 2],
    rows: Range<usize>,
    targets: &'a mut [&'t mut [f32]],
}

impl OnLanes for Sort<'_, '_> {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let targets = self.targets.iter_mut().map(|target| &mut **target);
        // SAFETY: as the caller promises.
        unsafe { self.phases.sort_rows_with::<L>(self.plane, self.size, self.rows, targets) };
    }
}

impl Phases {
    /// `padded`: height and width of an input plane with its borders.
    pub fn new(shape: &Shape, padded: [usize; 2]) -> Self {
        let along = |axis: usize| {
            let mut seen: Vec<usize> =
                (0..shape.kernel[axis]).map(|tap| tap * shape.dilation[axis] % shape.stride[axis]).collect();
            seen.sort_unstable();
            seen.dedup();
            seen
        };
        let across = along(1);
        let seen = along(0).into_iter().flat_map(|down| across.iter().map(move |across| [down, *across])).collect();
        let size = std::array::from_fn(|axis| padded[axis].div_ceil(shape.stride[axis]));
        Self { stride: shape.stride, before: shape.padding.map(|(before, _)| before), seen, size }
    }

    /// Places from one row of a picture to the next.
    pub fn row(&self) -> usize {
        self.size[1]
    }

    /// Numbers of a plane with all its phases.
    pub fn plane(&self) -> usize {
        self.seen.len() * self.size[0] * self.size[1]
    }

    /// Where a pixel of the padded plane lies.
    pub fn place(&self, [y, x]: [usize; 2]) -> usize {
        let wanted = [y % self.stride[0], x % self.stride[1]];
        let phase = self.seen.iter().position(|seen| *seen == wanted).expect("phases are those of the kernel's taps");
        (phase * self.size[0] + y / self.stride[0]) * self.size[1] + x / self.stride[1]
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.seen.len()
    }

    /// Height and width of each picture.
    pub fn size(&self) -> [usize; 2] {
        self.size
    }

    /// Writes some rows of each phase, of a plane's pixels where they belong; borders are left as they are.
    ///
    /// # Shapes
    /// `plane`: `[h, w]`; `targets`: for each phase `[rows, w']`.
    pub fn sort_rows(
        &self,
        instructions: Instructions,
        plane: &[f32],
        size: [usize; 2],
        rows: Range<usize>,
        targets: &mut [&mut [f32]],
    ) {
        Sort { phases: self, plane, size, rows, targets }.on_widest(instructions);
    }

    /// As [`sort_rows`](Self::sort_rows), all of them, for a caller that knows its lanes.
    ///
    /// # Shapes
    /// `sorted`: `[phases, h', w']`.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    pub unsafe fn sort_with<L: Lanes>(&self, plane: &[f32], size: [usize; 2], sorted: &mut [f32]) {
        let [height, width] = self.size;
        // SAFETY: as the caller promises.
        unsafe { self.sort_rows_with::<L>(plane, size, 0..height, sorted.chunks_exact_mut(height * width)) };
    }

    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    unsafe fn sort_rows_with<'t, L: Lanes>(
        &self,
        plane: &[f32],
        [h, w]: [usize; 2],
        rows: Range<usize>,
        targets: impl Iterator<Item = &'t mut [f32]>,
    ) {
        let ([_, phase_w], [top, left], [down_by, across_by]) = (self.size, self.before, self.stride);
        for (target, [down, across]) in targets.zip(&self.seen) {
            // The phase's first line and place that are not in the border.
            let first_row = top.saturating_sub(*down).div_ceil(down_by);
            let first = left.saturating_sub(*across).div_ceil(across_by);
            let from = (first * across_by + across - left).min(w);
            let rows = rows.clone().zip(target.chunks_exact_mut(phase_w));
            for (row, to) in rows.skip_while(|(row, _)| *row < first_row) {
                let y = row * down_by + down - top;
                if y >= h {
                    break;
                }
                let line = &plane[y * w..][..w];
                if across_by == 1 {
                    // SAFETY: as the caller promises.
                    unsafe { copy_line::<L>(line, &mut to[left..left + w]) };
                    continue;
                }
                let (line, to) = (&line[from..], &mut to[first.min(phase_w)..]);
                if across_by == 2 {
                    // SAFETY: as the caller promises.
                    unsafe { take_every_second::<L>(line, to) };
                    continue;
                }
                to.iter_mut().zip(line.iter().step_by(across_by)).for_each(|(to, pixel)| *to = *pixel);
            }
        }
    }
}

/// All pixels of a line, of which many are short: a call for each would take longer than they do.
///
/// # Panics
/// When there is place for more or fewer.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
unsafe fn copy_line<L: Lanes>(line: &[f32], to: &mut [f32]) {
    assert_eq!(line.len(), to.len(), "place for a line");
    // SAFETY: there are a register's numbers where they are copied by registers; and as the caller promises.
    unsafe {
        if line.len() >= L::COUNT {
            return copy_registers::<L>(line, to);
        }
        if line.len() >= <L::Eight as Numbers>::COUNT {
            return copy_registers::<L::Eight>(line, to);
        }
    }
    if let (Some(first), Some(last)) = (line.first_chunk::<4>(), line.last_chunk::<4>()) {
        to[..4].copy_from_slice(first);
        to[line.len() - 4..].copy_from_slice(last);
        return;
    }
    to.iter_mut().zip(line).for_each(|(to, from)| *to = *from);
}

/// # Safety
/// The processor has what the numbers need, there are as many as they are, and as much place.
#[inline(always)]
unsafe fn copy_registers<N: Numbers>(line: &[f32], to: &mut [f32]) {
    for x in (0..line.len()).step_by(N::COUNT) {
        // The last ones lie over those before.
        let x = x.min(line.len() - N::COUNT);
        // SAFETY: a register of numbers is there from any place up to the last, in both; and as the caller promises.
        unsafe { N::load(line.as_ptr().add(x)).store(to.as_mut_ptr().add(x)) };
    }
}

/// Every second pixel of a line, from the first on, as many as there are and there is room for.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
unsafe fn take_every_second<L: Lanes>(line: &[f32], to: &mut [f32]) {
    let count = to.len().min(line.len().div_ceil(2));
    // SAFETY: as the caller promises.
    let taken = unsafe {
        let taken = take_registers::<L>(line, to, 0);
        take_registers::<L::Eight>(line, to, taken)
    };
    for (to, pair) in to[taken..count].iter_mut().zip(line[(2 * taken).min(line.len())..].chunks(2)) {
        *to = pair[0];
    }
}

/// The same from a pixel on that is taken, by whole registers. Returns how many are taken now.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
unsafe fn take_registers<L: Lanes>(line: &[f32], to: &mut [f32], mut taken: usize) -> usize {
    while taken + L::COUNT <= to.len() && 2 * (taken + L::COUNT) <= line.len() {
        // SAFETY: there are twice as many numbers to read as lanes, and as many to write, as was asked.
        unsafe {
            let from = line.as_ptr().add(2 * taken);
            L::load(from).every_second(L::load(from.add(L::COUNT))).store(to.as_mut_ptr().add(taken));
        }
        taken += L::COUNT;
    }
    taken
}

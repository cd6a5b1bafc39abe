//! Pictures over which a kernel that takes steps moves by single places.

use super::Shape;
use crate::Instructions;
use crate::lanes::{Lanes, Plain};

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

    /// Writes a plane's pixels where they belong; borders are left as they are.
    ///
    /// # Shapes
    /// `plane`: `[h, w]`; `sorted`: `[phases, h', w']`.
    pub fn sort(&self, instructions: Instructions, plane: &[f32], [h, w]: [usize; 2], sorted: &mut [f32]) {
        let ([phase_h, phase_w], [top, left]) = (self.size, self.before);
        for (phase, [down, across]) in sorted.chunks_exact_mut(phase_h * phase_w).zip(&self.seen) {
            for (row, to) in phase.chunks_exact_mut(phase_w).enumerate() {
                let Some(y) = (row * self.stride[0] + down).checked_sub(top).filter(|y| *y < h) else {
                    continue;
                };
                let line = &plane[y * w..][..w];
                if self.stride[1] == 1 {
                    copy(line, &mut to[left..left + w]);
                    continue;
                }
                // The first place of the phase that is not in the border.
                let first = left.saturating_sub(*across).div_ceil(self.stride[1]);
                let from = (first * self.stride[1] + across - left).min(w);
                let (line, to) = (&line[from..], &mut to[first.min(phase_w)..]);
                if self.stride[1] == 2 {
                    take_every_second(instructions, line, to);
                    continue;
                }
                to.iter_mut().zip(line.iter().step_by(self.stride[1])).for_each(|(to, pixel)| *to = *pixel);
            }
        }
    }
}

/// Copies a line. Many are so short that asking for a copy takes longer than doing it.
#[inline]
fn copy(line: &[f32], to: &mut [f32]) {
    if let (Some(first), Some(last)) = (line.first_chunk::<4>(), line.last_chunk::<4>())
        && line.len() <= 8
        && line.len() == to.len()
    {
        // The two overlap.
        *to.first_chunk_mut().expect("as long as the line") = *first;
        *to.last_chunk_mut().expect("as long as the line") = *last;
        return;
    }
    to.copy_from_slice(line);
}

/// Every second pixel of a line, from the first on, as many as there are and there is room for.
fn take_every_second(instructions: Instructions, line: &[f32], to: &mut [f32]) {
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        #[target_feature(enable = "avx2,fma")]
        fn take(line: &[f32], to: &mut [f32]) {
            // SAFETY: the processor has what these lanes need, as this function asks for it.
            unsafe { take_with::<crate::lanes::Avx2>(line, to) };
        }
        // SAFETY: the processor has what the function asks for.
        unsafe { take(line, to) };
        return;
    }
    let _ = instructions;
    // SAFETY: plain lanes need nothing.
    unsafe { take_with::<Plain>(line, to) };
}

/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
unsafe fn take_with<L: Lanes>(line: &[f32], to: &mut [f32]) {
    let mut taken = 0;
    for (to, line) in to.chunks_exact_mut(L::COUNT).zip(line.chunks_exact(2 * L::COUNT)) {
        // SAFETY: there are twice as many numbers to read as lanes, and as many to write.
        unsafe { L::load_every_second(line.as_ptr()).store(to.as_mut_ptr()) };
        taken += L::COUNT;
    }
    to[taken..]
        .iter_mut()
        .zip(line[(2 * taken).min(line.len())..].iter().step_by(2))
        .for_each(|(to, pixel)| *to = *pixel);
}

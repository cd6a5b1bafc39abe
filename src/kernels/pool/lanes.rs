//! Planes folded a register of places at a time.

use super::{Kind, Pool};
use crate::lanes::{self, Numbers, OnLanes};

/// Numbers behind a line into which the last register of any processor reaches.
const BEHIND: usize = 32;

/// Memory to work in.
pub(super) struct Lanes {
    /// The lines under a window, joined, between what joined with anything changes nothing: as much of it as any
    /// window, or any register, reaches beyond them.
    line: Vec<f32>,
}

impl Lanes {
    /// `None` where no instructions may be used for it, or where windows are so far apart that most lanes would be in vain.
    pub fn new(pool: &Pool) -> Option<Self> {
        let shape = &pool.shape;
        let ([_, kernel], [_, stride]) = (shape.kernel, shape.stride);
        if stride > 2 || pool.instructions.are_plain() {
            return None;
        }
        let reach = stride * pool.across.len() + BEHIND + kernel;
        let neutral = if shape.kind == Kind::Maximum { Largest::NEUTRAL } else { Sum::NEUTRAL };
        Some(Self { line: vec![neutral; reach.max(shape.padding[1].0 + shape.input[1])] })
    }

    /// Pools one plane: lines under a window become one line, then the places of that line.
    pub fn fold(&mut self, pool: &Pool, plane: &[f32], out: &mut [f32]) {
        // Of a row that is shorter than a wide register, two narrower ones lie one over the other.
        let is_wide = !(8..16).contains(&pool.across.len());
        let instructions = if is_wide { pool.instructions } else { pool.instructions.of_eight() };
        Fold { lanes: self, pool, plane, out }.on_widest(instructions);
    }
}

/// What [`Lanes::fold`] takes.
struct Fold<'a> {
    lanes: &'a mut Lanes,
    pool: &'a Pool,
    plane: &'a [f32],
    out: &'a mut [f32],
}

impl OnLanes for Fold<'_> {
    #[inline(always)]
    unsafe fn on<L: lanes::Lanes>(self) {
        // SAFETY: as the caller promises.
        unsafe {
            match self.pool.shape.kind {
                Kind::Maximum => self.lines::<L, Largest>(),
                Kind::Average { .. } => self.lines::<L, Sum>(),
            }
        }
    }
}

/// What becomes of places under a window.
trait Join {
    /// What joined with anything changes nothing.
    const NEUTRAL: f32;
    const IS_MEAN: bool;

    /// # Safety
    /// The processor has what the numbers need.
    unsafe fn join<N: Numbers>(joined: N, value: N) -> N;

    fn join_one(joined: f32, value: f32) -> f32;
}

/// The larger, `joined` where `value` is no number.
struct Largest;

impl Join for Largest {
    const NEUTRAL: f32 = f32::NEG_INFINITY;
    const IS_MEAN: bool = false;

    #[inline(always)]
    unsafe fn join<N: Numbers>(joined: N, value: N) -> N {
        // SAFETY: as the caller promises.
        unsafe { value.larger(joined) }
    }

    #[inline(always)]
    fn join_one(joined: f32, value: f32) -> f32 {
        if value > joined { value } else { joined }
    }
}

struct Sum;

impl Join for Sum {
    const NEUTRAL: f32 = 0.0;
    const IS_MEAN: bool = true;

    #[inline(always)]
    unsafe fn join<N: Numbers>(joined: N, value: N) -> N {
        // SAFETY: as the caller promises.
        unsafe { joined.add(value) }
    }

    #[inline(always)]
    fn join_one(joined: f32, value: f32) -> f32 {
        joined + value
    }
}

impl Fold<'_> {
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    unsafe fn lines<L: lanes::Lanes, J: Join>(self) {
        let Self { lanes: Lanes { line: memory }, pool, plane, out } = self;
        let Pool { shape, down, across, .. } = pool;
        let (before, w) = (shape.padding[1].0, shape.input[1]);
        for (row, vertical) in out.chunks_exact_mut(across.len()).zip(down) {
            let line = &mut memory[before..before + w];
            let height = vertical.end - vertical.start;
            // SAFETY: as the caller promises.
            unsafe {
                join_lines::<L, J>(&plane[vertical.start * w..vertical.end * w], height, line);
                if shape.stride[1] == 1 {
                    join_windows::<L, J, 1>(memory, shape.kernel[1], row);
                } else {
                    join_windows::<L, J, 2>(memory, shape.kernel[1], row);
                }
            }
            if J::IS_MEAN {
                for (value, horizontal) in row.iter_mut().zip(across) {
                    *value /= (vertical.count * horizontal.count) as f32;
                }
            }
        }
    }
}

/// Joins `count` lines that lie behind one another into one. It begins with what changes nothing, so that a maximum
/// passes over what is no number wherever it stands.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
unsafe fn join_lines<L: lanes::Lanes, J: Join>(lines: &[f32], count: usize, out: &mut [f32]) {
    let width = out.len();
    assert_eq!(lines.len(), count * width, "{count} lines of {width} places");
    // SAFETY: there are as many places as a register's; and as the caller promises.
    unsafe {
        if width >= L::COUNT {
            return join_registers::<L, J>(lines, count, out);
        }
        if width >= <L::Eight as Numbers>::COUNT {
            return join_registers::<L::Eight, J>(lines, count, out);
        }
    }
    out.fill(J::NEUTRAL);
    for line in lines.chunks_exact(width.max(1)) {
        out.iter_mut().zip(line).for_each(|(joined, value)| *joined = J::join_one(*joined, *value));
    }
}

/// # Safety
/// The processor has what the numbers need, there are at least as many places as they are, and `count` lines of them.
#[inline(always)]
unsafe fn join_registers<N: Numbers, J: Join>(lines: &[f32], count: usize, out: &mut [f32]) {
    let width = out.len();
    for next in (0..width).step_by(N::COUNT) {
        // The last lanes lie over those before: what is written twice is written the same.
        let at = next.min(width - N::COUNT);
        // SAFETY: `at + COUNT` is at most the width, of which there are `count` in `lines` and one in `out`; and as the caller
        // promises.
        unsafe {
            let source = lines.as_ptr().add(at);
            let mut joined = N::splat(J::NEUTRAL);
            for line in 0..count {
                joined = J::join(joined, N::load(source.add(line * width)));
            }
            joined.store(out.as_mut_ptr().add(at));
        }
    }
}

/// Joins the places of the windows of `kernel` places that begin at every place of `line`, or at every second.
///
/// # Safety
/// The processor has what the lanes need.
#[inline(always)]
unsafe fn join_windows<L: lanes::Lanes, J: Join, const STRIDE: usize>(line: &[f32], kernel: usize, out: &mut [f32]) {
    let count = out.len();
    const { assert!(STRIDE <= 2 && L::COUNT * 2 <= BEHIND) };
    assert!(line.len() >= STRIDE * count + BEHIND + kernel, "the windows reach beyond the line");
    for next in (0..count).step_by(L::COUNT) {
        let at = next.min(count.saturating_sub(L::COUNT));
        // SAFETY: the last place read is before `STRIDE * at + STRIDE * COUNT + kernel`, where `at` is at most the larger of
        // `count - COUNT` and 0: inside the line, as asserted. What is written are `COUNT` places up to the last, or those that
        // there are; and as the caller promises.
        unsafe {
            let source = line.as_ptr().add(STRIDE * at);
            let joined = match STRIDE {
                2 => windows::<L, J>(source, kernel).every_second(windows::<L, J>(source.add(L::COUNT), kernel)),
                _ => windows::<L, J>(source, kernel),
            };
            if count >= L::COUNT {
                joined.store(out.as_mut_ptr().add(at));
            } else {
                let mut last = [0.0; BEHIND];
                joined.store(last.as_mut_ptr());
                out.copy_from_slice(&last[..count]);
            }
        }
    }
}

/// Joins the places of windows that begin one place after the other.
///
/// # Safety
/// The processor has what the numbers need, and `COUNT + kernel` numbers may be read from `source` on.
#[inline(always)]
unsafe fn windows<N: Numbers, J: Join>(source: *const f32, kernel: usize) -> N {
    // SAFETY: as the caller promises.
    unsafe {
        let mut joined = N::load(source);
        for place in 1..kernel {
            joined = J::join(joined, N::load(source.add(place)));
        }
        joined
    }
}

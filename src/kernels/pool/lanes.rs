//! Planes folded eight places at a time.

use std::arch::x86_64::*;

use super::{Kind, Pool};

/// Number of places a register holds.
const LANES: usize = 8;

/// Memory to work in.
pub(super) struct Lanes {
    /// The lines under a window, joined, between what joined with anything changes nothing: as much of it as any
    /// window, or any register, reaches beyond them.
    line: Vec<f32>,
}

impl Lanes {
    /// `None` where the instructions may not be used, or where windows are so far apart that most lanes would be in vain.
    pub fn new(pool: &Pool) -> Option<Self> {
        let shape = &pool.shape;
        let ([_, kernel], [_, stride]) = (shape.kernel, shape.stride);
        if stride > 2 || !pool.instructions.have_avx2() {
            return None;
        }
        let reach = stride * pool.across.len().max(LANES) + LANES + kernel;
        let neutral = neutral(shape.kind == Kind::Maximum);
        Some(Self { line: vec![neutral; reach.max(shape.padding[1].0 + shape.input[1])] })
    }

    /// Pools one plane: lines under a window become one line, then the places of that line.
    pub fn fold(&mut self, pool: &Pool, plane: &[f32], out: &mut [f32]) {
        // SAFETY: there is a `Lanes` only where the processor has AVX2.
        unsafe {
            if pool.shape.kind == Kind::Maximum {
                self.fold_lines::<true>(pool, plane, out);
            } else {
                self.fold_lines::<false>(pool, plane, out);
            }
        }
    }

    #[target_feature(enable = "avx2")]
    fn fold_lines<const MAXIMUM: bool>(&mut self, pool: &Pool, plane: &[f32], out: &mut [f32]) {
        let Pool { shape, down, across, .. } = pool;
        let (before, w) = (shape.padding[1].0, shape.input[1]);
        for (row, vertical) in out.chunks_exact_mut(across.len()).zip(down) {
            let line = &mut self.line[before..before + w];
            let height = vertical.end - vertical.start;
            join_lines::<MAXIMUM>(&plane[vertical.start * w..vertical.end * w], height, line);
            if shape.stride[1] == 1 {
                join_windows::<MAXIMUM, 1>(&self.line, shape.kernel[1], row);
            } else {
                join_windows::<MAXIMUM, 2>(&self.line, shape.kernel[1], row);
            }
            if !MAXIMUM {
                for (value, horizontal) in row.iter_mut().zip(across) {
                    *value /= (vertical.count * horizontal.count) as f32;
                }
            }
        }
    }
}

/// What joined with anything changes nothing.
const fn neutral(is_maximum: bool) -> f32 {
    if is_maximum { f32::NEG_INFINITY } else { 0.0 }
}

/// The larger, `joined` where `value` is no number; or the sum.
#[inline]
#[target_feature(enable = "avx2")]
fn join<const MAXIMUM: bool>(joined: __m256, value: __m256) -> __m256 {
    if MAXIMUM { _mm256_max_ps(value, joined) } else { _mm256_add_ps(joined, value) }
}

/// Joins `count` lines that lie behind one another into one. It begins with what changes nothing, so that a maximum
/// passes over what is no number wherever it stands.
#[inline]
#[target_feature(enable = "avx2")]
fn join_lines<const MAXIMUM: bool>(lines: &[f32], count: usize, out: &mut [f32]) {
    let width = out.len();
    assert_eq!(lines.len(), count * width, "{count} lines of {width} places");
    if width < LANES {
        out.fill(neutral(MAXIMUM));
        for line in lines.chunks_exact(width.max(1)) {
            for (joined, &value) in out.iter_mut().zip(line) {
                *joined = match MAXIMUM {
                    true if value > *joined => value,
                    true => *joined,
                    false => *joined + value,
                };
            }
        }
        return;
    }
    let mut next = 0;
    while next < width {
        // The last lanes lie over those before: what is written twice is written the same.
        let at = next.min(width - LANES);
        // SAFETY: `at + LANES` is at most the width, of which there are `count` in `lines`, as asserted, and one in `out`.
        unsafe {
            let source = lines.as_ptr().add(at);
            let mut joined = _mm256_set1_ps(neutral(MAXIMUM));
            for line in 0..count {
                joined = join::<MAXIMUM>(joined, _mm256_loadu_ps(source.add(line * width)));
            }
            _mm256_storeu_ps(out.as_mut_ptr().add(at), joined);
        }
        next += LANES;
    }
}

/// Joins the places of the windows of `kernel` places that begin at every place of `line`, or at every second.
#[inline]
#[target_feature(enable = "avx2")]
fn join_windows<const MAXIMUM: bool, const STRIDE: usize>(line: &[f32], kernel: usize, out: &mut [f32]) {
    let count = out.len();
    assert!(line.len() >= STRIDE * count.max(LANES) + LANES + kernel, "the windows reach beyond the line");
    let mut next = 0;
    while next < count {
        let at = if count < LANES { 0 } else { next.min(count - LANES) };
        // SAFETY: the last place read is `STRIDE * at + LANES + kernel` (with a second register, `LANES` more), where
        // `at + LANES` is at most the larger of `count` and `LANES`: inside the line, as asserted.
        let joined = unsafe {
            let source = line.as_ptr().add(STRIDE * at);
            let mut joined = _mm256_loadu_ps(source);
            for place in 1..kernel {
                joined = join::<MAXIMUM>(joined, _mm256_loadu_ps(source.add(place)));
            }
            if STRIDE == 2 {
                let mut further = _mm256_loadu_ps(source.add(LANES));
                for place in 1..kernel {
                    further = join::<MAXIMUM>(further, _mm256_loadu_ps(source.add(LANES + place)));
                }
                // Every second of sixteen: within the halves of the registers first, then the halves in order.
                let halves = _mm256_castps_pd(_mm256_shuffle_ps::<0b10_00_10_00>(joined, further));
                joined = _mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(halves));
            }
            joined
        };
        let lanes: [f32; LANES] = bytemuck::cast(joined);
        if count < LANES {
            out.copy_from_slice(&lanes[..count]);
        } else {
            out[at..at + LANES].copy_from_slice(&lanes);
        }
        next += LANES;
    }
}

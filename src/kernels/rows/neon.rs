//! Halves widened in the registers, in one pass, by 64-bit Arm.

use std::arch::aarch64::*;

use half::f16;

const LANES: usize = 4;
const REGISTERS: usize = 8;
const GROUP: usize = LANES * REGISTERS;

/// Four halves as singles.
#[inline]
#[target_feature(enable = "neon")]
fn widen_four(halves: &[f16; LANES]) -> float32x4_t {
    let bits: [u16; LANES] = bytemuck::cast(*halves);
    // SAFETY: there are four.
    vcvt_f32_f16(vreinterpret_f16_u16(unsafe { vld1_u16(bits.as_ptr()) }))
}

#[inline]
#[target_feature(enable = "neon")]
fn four(numbers: &[f32; LANES]) -> float32x4_t {
    // SAFETY: there are four.
    unsafe { vld1q_f32(numbers.as_ptr()) }
}

/// See [`super::widen`].
#[target_feature(enable = "neon")]
pub fn widen(row: &[f16], wide: &mut [f32]) {
    let ((narrow, rest), (wide, wide_rest)) = (row.as_chunks::<LANES>(), wide.as_chunks_mut::<LANES>());
    for (narrow, wide) in narrow.iter().zip(wide) {
        // SAFETY: there is room for four.
        unsafe { vst1q_f32(wide.as_mut_ptr(), widen_four(narrow)) };
    }
    if !rest.is_empty() {
        let mut halves = [f16::ZERO; LANES];
        halves[..rest.len()].copy_from_slice(rest);
        let mut last = [0.0; LANES];
        // SAFETY: there is room for four.
        unsafe { vst1q_f32(last.as_mut_ptr(), widen_four(&halves)) };
        wide_rest.copy_from_slice(&last[..rest.len()]);
    }
}

/// See [`super::dot_half`].
#[target_feature(enable = "neon")]
pub fn dot(a: &[f16], b: &[f32]) -> f32 {
    sum_over(a, b, |x, y| (x, y))
}

/// See [`super::squared_distance_half`].
#[target_feature(enable = "neon")]
pub fn squared_distance(a: &[f16], b: &[f32]) -> f32 {
    sum_over(a, b, |x, y| {
        let difference = vsubq_f32(x, y);
        (difference, difference)
    })
}

/// The sum of the products of what `factors` makes of the numbers; of two zeros it makes zeros.
#[inline]
#[target_feature(enable = "neon")]
fn sum_over(a: &[f16], b: &[f32], factors: impl Fn(float32x4_t, float32x4_t) -> (float32x4_t, float32x4_t)) -> f32 {
    let mut sums = [vdupq_n_f32(0.0); REGISTERS];
    // Several sums at a time, so that none waits for the one before.
    let mut add_group = |a: &[f16; GROUP], b: &[f32; GROUP]| {
        let ((a, _), (b, _)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
        for register in 0..REGISTERS {
            let (x, y) = factors(widen_four(&a[register]), four(&b[register]));
            sums[register] = vfmaq_f32(sums[register], x, y);
        }
    };
    let ((a_groups, a_rest), (b_groups, b_rest)) = (a.as_chunks::<GROUP>(), b.as_chunks::<GROUP>());
    for (a, b) in a_groups.iter().zip(b_groups) {
        add_group(a, b);
    }
    if !a_rest.is_empty() {
        let (mut a, mut b) = ([f16::ZERO; GROUP], [0.0f32; GROUP]);
        a[..a_rest.len()].copy_from_slice(a_rest);
        b[..b_rest.len()].copy_from_slice(b_rest);
        add_group(&a, &b);
    }
    let [a, b, c, d, e, f, g, h] = sums;
    let (ab, cd, ef, gh) = (vaddq_f32(a, b), vaddq_f32(c, d), vaddq_f32(e, f), vaddq_f32(g, h));
    vaddvq_f32(vaddq_f32(vaddq_f32(ab, cd), vaddq_f32(ef, gh)))
}

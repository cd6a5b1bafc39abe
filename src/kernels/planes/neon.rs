//! Thirty-two places at a time, by 64-bit Arm.

use std::arch::aarch64::*;

use super::{BLOCK, Blocks, LANES, total};

/// Number of places a register holds.
const REGISTER: usize = 4;
const REGISTERS: usize = LANES / REGISTER;

#[inline]
#[target_feature(enable = "neon")]
fn four(numbers: &[f32; REGISTER]) -> float32x4_t {
    // SAFETY: there are four.
    unsafe { vld1q_f32(numbers.as_ptr()) }
}

/// See [`super::reduce`].
#[target_feature(enable = "neon")]
pub(super) fn reduce(plane: &[f32]) -> (f32, Blocks) {
    let mut sums = [vdupq_n_f32(0.0); REGISTERS];
    let mut blocks = Blocks::default();
    let (whole, rest) = plane.as_chunks::<BLOCK>();
    for block in whole {
        let mut largest = [vdupq_n_f32(f32::NEG_INFINITY); REGISTERS];
        for group in block.as_chunks::<LANES>().0 {
            take(group, &mut sums, &mut largest);
        }
        blocks.next(largest_of(largest));
    }
    let (groups, rest) = rest.as_chunks::<LANES>();
    let mut largest = [vdupq_n_f32(f32::NEG_INFINITY); REGISTERS];
    for group in groups {
        take(group, &mut sums, &mut largest);
    }
    let mut stored = [0.0f32; LANES];
    for (stored, sum) in stored.as_chunks_mut::<REGISTER>().0.iter_mut().zip(sums) {
        // SAFETY: there is room for four.
        unsafe { vst1q_f32(stored.as_mut_ptr(), sum) };
    }
    stored.iter_mut().zip(rest).for_each(|(sum, value)| *sum += value);
    let last = rest.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    blocks.next(largest_of(largest).max(last));
    (total(&stored), blocks)
}

#[inline]
#[target_feature(enable = "neon")]
fn take(group: &[f32; LANES], sums: &mut [float32x4_t; REGISTERS], largest: &mut [float32x4_t; REGISTERS]) {
    for (register, values) in group.as_chunks::<REGISTER>().0.iter().enumerate() {
        let values = four(values);
        sums[register] = vaddq_f32(sums[register], values);
        // What is no number is passed over, as no comparison holds for it.
        largest[register] = vbslq_f32(vcgtq_f32(values, largest[register]), values, largest[register]);
    }
}

/// Of lanes that are numbers.
#[inline]
#[target_feature(enable = "neon")]
fn largest_of([first, others @ ..]: [float32x4_t; REGISTERS]) -> f32 {
    let mut all = first;
    for other in others {
        all = vmaxq_f32(all, other);
    }
    vmaxvq_f32(all)
}

/// The first place of `value`.
#[target_feature(enable = "neon")]
pub(super) fn position(block: &[f32], value: f32) -> Option<usize> {
    let wanted = vdupq_n_f32(value);
    let (registers, rest) = block.as_chunks::<REGISTER>();
    for (index, register) in registers.iter().enumerate() {
        if vmaxvq_u32(vceqq_f32(four(register), wanted)) != 0 {
            return Some(index * REGISTER + register.iter().position(|other| *other == value)?);
        }
    }
    Some(registers.len() * REGISTER + rest.iter().position(|other| *other == value)?)
}

//! Lanes of NEON: thirty-two registers of four numbers.

use std::arch::aarch64::*;

use super::pair::Pair;
use super::{Lanes, Numbers};

/// Eight in two registers, with NEON, which every 64-bit Arm has.
#[derive(Clone, Copy)]
pub(crate) struct Neon([float32x4_t; 2]);

/// The rows and columns of a 4 x 4 matrix, turned around.
///
/// # Safety
/// The processor has NEON.
#[inline(always)]
unsafe fn transpose([a, b, c, d]: [float32x4_t; 4]) -> [float32x4_t; 4] {
    // SAFETY: as the caller promises.
    unsafe {
        // Of each two numbers one first, then of each two pairs.
        let (ab_even, ab_odd) = (vtrn1q_f32(a, b), vtrn2q_f32(a, b));
        let (cd_even, cd_odd) = (vtrn1q_f32(c, d), vtrn2q_f32(c, d));
        let [ab_even, ab_odd, cd_even, cd_odd] =
            [ab_even, ab_odd, cd_even, cd_odd].map(|four| vreinterpretq_f64_f32(four));
        [
            vtrn1q_f64(ab_even, cd_even),
            vtrn1q_f64(ab_odd, cd_odd),
            vtrn2q_f64(ab_even, cd_even),
            vtrn2q_f64(ab_odd, cd_odd),
        ]
        .map(|pairs| vreinterpretq_f32_f64(pairs))
    }
}

impl Numbers for Neon {
    const COUNT: usize = 8;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { [vdupq_n_f32(value); 2] })
    }

    #[inline(always)]
    unsafe fn load(place: *const f32) -> Self {
        // SAFETY: as the caller promises; both registers' numbers are among those that may be read.
        Self(unsafe { [vld1q_f32(place), vld1q_f32(place.add(4))] })
    }

    #[inline(always)]
    unsafe fn store(self, place: *mut f32) {
        let [low, high] = self.0;
        // SAFETY: as the caller promises; both registers' numbers are among those that may be written.
        unsafe {
            vst1q_f32(place, low);
            vst1q_f32(place.add(4), high);
        }
    }

    #[inline(always)]
    fn ask_for(place: *const f32) {
        // SAFETY: every processor of this kind has it, and it reads nothing that the program sees, whatever lies there.
        unsafe {
            std::arch::asm!(
                "prfm pldl1keep, [{place}]",
                place = in(reg) place,
                options(nostack, readonly, preserves_flags)
            );
        }
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        let ([a, b], [c, d]) = (self.0, other.0);
        // SAFETY: as the caller promises.
        Self(unsafe { [vaddq_f32(a, c), vaddq_f32(b, d)] })
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, summand: Self) -> Self {
        let ([a, b], [c, d], [e, f]) = (self.0, factor.0, summand.0);
        // SAFETY: as the caller promises.
        Self(unsafe { [vfmaq_f32(e, a, c), vfmaq_f32(f, b, d)] })
    }

    #[inline(always)]
    unsafe fn keep(self, least: Self, most: Self) -> Self {
        // No comparison holds for what is no number, which so stays what it is.
        // SAFETY: as the caller promises.
        unsafe {
            let keep = |value: float32x4_t, least: float32x4_t, most: float32x4_t| {
                let value = vbslq_f32(vcltq_f32(value, least), least, value);
                vbslq_f32(vcgtq_f32(value, most), most, value)
            };
            let ([a, b], [c, d], [e, f]) = (self.0, least.0, most.0);
            Self([keep(a, c, e), keep(b, d, f)])
        }
    }

    #[inline(always)]
    unsafe fn larger(self, other: Self) -> Self {
        // The instruction for it would give what is no number.
        // SAFETY: as the caller promises.
        unsafe {
            let larger = |a: float32x4_t, b: float32x4_t| vbslq_f32(vcgtq_f32(a, b), a, b);
            let ([a, b], [c, d]) = (self.0, other.0);
            Self([larger(a, c), larger(b, d)])
        }
    }
}

impl Lanes for Neon {
    type Line = Pair<Self>;
    type Eight = Self;

    // Twenty-four of thirty-two registers; four are for what is multiplied, one for the factor.
    const LINES: usize = 6;

    #[inline(always)]
    unsafe fn every_second(self, behind: Self) -> Self {
        let ([a, b], [c, d]) = (self.0, behind.0);
        // SAFETY: as the caller promises.
        Self(unsafe { [vuzp1q_f32(a, b), vuzp1q_f32(c, d)] })
    }

    #[inline(always)]
    unsafe fn load_fours(place: impl Fn(usize) -> *const f32) -> [Self; 4] {
        // SAFETY: as the caller promises.
        unsafe {
            let four = |lane: usize| vld1q_f32(place(lane));
            let low = transpose([four(0), four(1), four(2), four(3)]);
            let high = transpose([four(4), four(5), four(6), four(7)]);
            std::array::from_fn(|column| Self([low[column], high[column]]))
        }
    }

    #[inline(always)]
    unsafe fn store_fours(fours: [Self; 4], place: impl Fn(usize) -> *mut f32) {
        // SAFETY: as the caller promises.
        unsafe {
            let (low, high) = (transpose(fours.map(|four| four.0[0])), transpose(fours.map(|four| four.0[1])));
            for (lane, four) in low.into_iter().chain(high).enumerate() {
                vst1q_f32(place(lane), four);
            }
        }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        let ([a, b], [c, d]) = (self.0, other.0);
        // SAFETY: as the caller promises.
        Self(unsafe { [vsubq_f32(a, c), vsubq_f32(b, d)] })
    }
}

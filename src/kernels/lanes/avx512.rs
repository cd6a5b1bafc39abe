//! Lanes of AVX-512: thirty-two registers of sixteen numbers.

use std::arch::x86_64::*;

use super::avx2::Avx2;
use super::{Lanes, Numbers};

/// Sixteen, with AVX-512 F, DQ, BW and VL; where there are these, there are AVX2 and FMA.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(__m512);

/// The rows and columns of four 4 x 4 matrices, turned around: in each quarter of the registers one.
///
/// # Safety
/// The processor has AVX-512 F.
#[inline(always)]
unsafe fn transpose([a, b, c, d]: [__m512; 4]) -> [__m512; 4] {
    // SAFETY: as the caller promises.
    unsafe {
        let (ab_low, ab_high) = (_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
        let (cd_low, cd_high) = (_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
        [
            _mm512_shuffle_ps::<0b01_00_01_00>(ab_low, cd_low),
            _mm512_shuffle_ps::<0b11_10_11_10>(ab_low, cd_low),
            _mm512_shuffle_ps::<0b01_00_01_00>(ab_high, cd_high),
            _mm512_shuffle_ps::<0b11_10_11_10>(ab_high, cd_high),
        ]
    }
}

impl Numbers for Avx512 {
    const COUNT: usize = 16;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { _mm512_set1_ps(value) })
    }

    #[inline(always)]
    unsafe fn load(place: *const f32) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { _mm512_loadu_ps(place) })
    }

    #[inline(always)]
    unsafe fn store(self, place: *mut f32) {
        // SAFETY: as the caller promises.
        unsafe { _mm512_storeu_ps(place, self.0) };
    }

    #[inline(always)]
    fn ask_for(place: *const f32) {
        // SAFETY: every processor of this kind has it, and it reads nothing that the program sees, whatever lies there.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(place.cast()) };
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { _mm512_add_ps(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, summand: Self) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { _mm512_fmadd_ps(self.0, factor.0, summand.0) })
    }

    #[inline(always)]
    unsafe fn keep(self, least: Self, most: Self) -> Self {
        // Of two the instructions give the second where there is one that is no number.
        // SAFETY: as the caller promises.
        Self(unsafe { _mm512_min_ps(most.0, _mm512_max_ps(least.0, self.0)) })
    }

    #[inline(always)]
    unsafe fn larger(self, other: Self) -> Self {
        // Of two it gives the second where there is one that is no number.
        // SAFETY: as the caller promises.
        Self(unsafe { _mm512_max_ps(self.0, other.0) })
    }
}

impl Lanes for Avx512 {
    type Line = Self;
    type Eight = Avx2;

    // Of thirty-two registers one is for what is multiplied; the factor is read as it is multiplied with.
    const LINES: usize = 24;

    #[inline(always)]
    unsafe fn every_second(self, behind: Self) -> Self {
        // SAFETY: as the caller promises.
        unsafe {
            let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            Self(_mm512_permutex2var_ps(self.0, even, behind.0))
        }
    }

    #[inline(always)]
    unsafe fn load_fours(place: impl Fn(usize) -> *const f32) -> [Self; 4] {
        // SAFETY: as the caller promises.
        unsafe {
            let four = |lane: usize| {
                let first = _mm512_castps128_ps512(_mm_loadu_ps(place(lane)));
                let two = _mm512_insertf32x4::<1>(first, _mm_loadu_ps(place(lane + 4)));
                let three = _mm512_insertf32x4::<2>(two, _mm_loadu_ps(place(lane + 8)));
                _mm512_insertf32x4::<3>(three, _mm_loadu_ps(place(lane + 12)))
            };
            transpose([four(0), four(1), four(2), four(3)]).map(Self)
        }
    }

    #[inline(always)]
    unsafe fn store_fours(fours: [Self; 4], place: impl Fn(usize) -> *mut f32) {
        // SAFETY: as the caller promises.
        unsafe {
            for (lane, four) in transpose(fours.map(|four| four.0)).into_iter().enumerate() {
                _mm_storeu_ps(place(lane), _mm512_castps512_ps128(four));
                _mm_storeu_ps(place(lane + 4), _mm512_extractf32x4_ps::<1>(four));
                _mm_storeu_ps(place(lane + 8), _mm512_extractf32x4_ps::<2>(four));
                _mm_storeu_ps(place(lane + 12), _mm512_extractf32x4_ps::<3>(four));
            }
        }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { _mm512_sub_ps(self.0, other.0) })
    }
}

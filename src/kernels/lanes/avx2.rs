//! Lanes of AVX2: sixteen registers of eight numbers.

use std::arch::x86_64::*;

use super::pair::Pair;
use super::{Lanes, Numbers};

/// Eight, with AVX2 and FMA.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(__m256);

/// The rows and columns of two 4 x 4 matrices, turned around: in each half of the registers one.
///
/// # Safety
/// The processor has AVX2.
#[inline(always)]
unsafe fn transpose([a, b, c, d]: [__m256; 4]) -> [__m256; 4] {
    // SAFETY: as the caller promises.
    unsafe {
        let (ab_low, ab_high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
        let (cd_low, cd_high) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
        [
            _mm256_shuffle_ps::<0b01_00_01_00>(ab_low, cd_low),
            _mm256_shuffle_ps::<0b11_10_11_10>(ab_low, cd_low),
            _mm256_shuffle_ps::<0b01_00_01_00>(ab_high, cd_high),
            _mm256_shuffle_ps::<0b11_10_11_10>(ab_high, cd_high),
        ]
    }
}

impl Numbers for Avx2 {
    const COUNT: usize = 8;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { _mm256_set1_ps(value) })
    }

    #[inline(always)]
    unsafe fn load(place: *const f32) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { _mm256_loadu_ps(place) })
    }

    #[inline(always)]
    unsafe fn store(self, place: *mut f32) {
        // SAFETY: as the caller promises.
        unsafe { _mm256_storeu_ps(place, self.0) };
    }

    #[inline(always)]
    fn ask_for(place: *const f32) {
        // SAFETY: every processor of this kind has it, and it reads nothing that the program sees, whatever lies there.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(place.cast()) };
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { _mm256_add_ps(self.0, other.0) })
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, summand: Self) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { _mm256_fmadd_ps(self.0, factor.0, summand.0) })
    }

    #[inline(always)]
    unsafe fn keep(self, least: Self, most: Self) -> Self {
        // Of two the instructions give the second where there is one that is no number.
        // SAFETY: as the caller promises.
        Self(unsafe { _mm256_min_ps(most.0, _mm256_max_ps(least.0, self.0)) })
    }

    #[inline(always)]
    unsafe fn larger(self, other: Self) -> Self {
        // Of two it gives the second where there is one that is no number.
        // SAFETY: as the caller promises.
        Self(unsafe { _mm256_max_ps(self.0, other.0) })
    }
}

impl Lanes for Avx2 {
    type Line = Pair<Self>;
    type Eight = Self;

    // Twelve of sixteen registers; two are for what is multiplied, one for the factor.
    const LINES: usize = 6;

    #[inline(always)]
    unsafe fn every_second(self, behind: Self) -> Self {
        // SAFETY: as the caller promises.
        unsafe {
            // Within the halves of the registers first, then the halves in order.
            let halves = _mm256_castps_pd(_mm256_shuffle_ps::<0b10_00_10_00>(self.0, behind.0));
            Self(_mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(halves)))
        }
    }

    #[inline(always)]
    unsafe fn load_fours(place: impl Fn(usize) -> *const f32) -> [Self; 4] {
        // SAFETY: as the caller promises.
        unsafe {
            let pair = |lane: usize| {
                let low = _mm256_castps128_ps256(_mm_loadu_ps(place(lane)));
                _mm256_insertf128_ps::<1>(low, _mm_loadu_ps(place(lane + 4)))
            };
            transpose([pair(0), pair(1), pair(2), pair(3)]).map(Self)
        }
    }

    #[inline(always)]
    unsafe fn store_fours(fours: [Self; 4], place: impl Fn(usize) -> *mut f32) {
        // SAFETY: as the caller promises.
        unsafe {
            for (lane, pair) in transpose(fours.map(|four| four.0)).into_iter().enumerate() {
                _mm_storeu_ps(place(lane), _mm256_castps256_ps128(pair));
                _mm_storeu_ps(place(lane + 4), _mm256_extractf128_ps::<1>(pair));
            }
        }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { _mm256_sub_ps(self.0, other.0) })
    }
}

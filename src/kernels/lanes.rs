//! As many numbers as a register holds, so that a kernel is written once for all processors.
//!
//! A kernel is a function that is generic over [`Lanes`] and always inlined; what the processor is asked for is enabled
//! on the function that names one of them, into which all the rest is inlined. Wider registers are one more `impl`.

use crate::Instructions;

/// Work that is written for lanes of any width.
pub(crate) trait OnLanes: Sized {
    /// Does it; always inlined.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    unsafe fn on<L: Lanes>(self);

    /// Does it with the widest lanes there are.
    fn on_widest(self, instructions: Instructions) {
        #[cfg(target_arch = "x86_64")]
        if instructions.have_avx2() {
            #[target_feature(enable = "avx2,fma")]
            fn on_avx2(work: impl OnLanes) {
                // SAFETY: the processor has what these lanes need, as this function asks for it.
                unsafe { work.on::<Avx2>() };
            }
            // SAFETY: the processor has what the function asks for.
            unsafe { on_avx2(self) };
            return;
        }
        let _ = instructions;
        // SAFETY: plain lanes need nothing.
        unsafe { self.on::<Plain>() };
    }
}

/// Numbers that are worked on at once.
///
/// # Safety of its functions
/// The processor has the instructions of the implementation: none for [`Plain`], AVX2 and FMA for [`Avx2`]. What else they
/// need stands there.
pub(crate) trait Lanes: Copy {
    /// How many numbers.
    const COUNT: usize;

    /// The same number in all.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn splat(value: f32) -> Self;

    /// Those from a place on.
    ///
    /// # Safety
    /// `COUNT` numbers may be read from there on.
    unsafe fn load(place: *const f32) -> Self;

    /// Every second from a place on.
    ///
    /// # Safety
    /// `2 * COUNT` numbers may be read from there on.
    unsafe fn load_every_second(place: *const f32) -> Self;

    /// Four from each of `COUNT` places on: the first ones, the second ones, and so on.
    ///
    /// # Safety
    /// Four numbers may be read from each of these places on.
    unsafe fn load_fours(place: impl Fn(usize) -> *const f32) -> [Self; 4];

    /// Writes them from a place on.
    ///
    /// # Safety
    /// `COUNT` numbers may be written from there on.
    unsafe fn store(self, place: *mut f32);

    /// The reverse of [`load_fours`](Self::load_fours).
    ///
    /// # Safety
    /// Four numbers may be written from each of these places on.
    unsafe fn store_fours(fours: [Self; 4], place: impl Fn(usize) -> *mut f32);

    /// Asks the caches for what lies at a place, which may be any.
    fn ask_for(place: *const f32);

    /// `self + other`.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn add(self, other: Self) -> Self;

    /// `self - other`.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn sub(self, other: Self) -> Self;

    /// `self * factor + summand`.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn mul_add(self, factor: Self, summand: Self) -> Self;

    /// Kept between two bounds. What is no number stays.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn keep(self, least: Self, most: Self) -> Self;
}

/// What every processor can, perhaps several at once.
#[derive(Clone, Copy)]
pub(crate) struct Plain([f32; 8]);

impl Plain {
    #[inline(always)]
    fn with(self, other: Self, join: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|lane| join(self.0[lane], other.0[lane])))
    }
}

// SAFETY (of all blocks): the places are those that the trait's functions ask for, and may be unaligned.
impl Lanes for Plain {
    const COUNT: usize = 8;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        Self([value; 8])
    }

    #[inline(always)]
    unsafe fn load(place: *const f32) -> Self {
        // SAFETY: as the caller promises.
        Self(unsafe { place.cast::<[f32; 8]>().read_unaligned() })
    }

    #[inline(always)]
    unsafe fn load_every_second(place: *const f32) -> Self {
        // SAFETY: as the caller promises: the last one is the fifteenth of sixteen.
        Self(std::array::from_fn(|lane| unsafe { place.add(2 * lane).read() }))
    }

    #[inline(always)]
    unsafe fn load_fours(place: impl Fn(usize) -> *const f32) -> [Self; 4] {
        // SAFETY: as the caller promises.
        let rows: [[f32; 4]; 8] =
            std::array::from_fn(|lane| unsafe { place(lane).cast::<[f32; 4]>().read_unaligned() });
        std::array::from_fn(|column| Self(rows.map(|row| row[column])))
    }

    #[inline(always)]
    unsafe fn store(self, place: *mut f32) {
        // SAFETY: as the caller promises.
        unsafe { place.cast::<[f32; 8]>().write_unaligned(self.0) };
    }

    #[inline(always)]
    unsafe fn store_fours(fours: [Self; 4], place: impl Fn(usize) -> *mut f32) {
        for lane in 0..8 {
            // SAFETY: as the caller promises.
            unsafe { place(lane).cast::<[f32; 4]>().write_unaligned(fours.map(|four| four.0[lane])) };
        }
    }

    #[inline(always)]
    fn ask_for(_: *const f32) {}

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        self.with(other, |a, b| a - b)
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, summand: Self) -> Self {
        self.with(factor, |a, b| a * b).with(summand, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn keep(self, least: Self, most: Self) -> Self {
        self.with(least, |a, b| if a < b { b } else { a }).with(most, |a, b| if a > b { b } else { a })
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) use x86::Avx2;

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::*;

    use super::Lanes;

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

    impl Lanes for Avx2 {
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
        unsafe fn load_every_second(place: *const f32) -> Self {
            // SAFETY: as the caller promises.
            unsafe {
                let (low, high) = (_mm256_loadu_ps(place), _mm256_loadu_ps(place.add(8)));
                // Within the halves of the registers first, then the halves in order.
                let halves = _mm256_castps_pd(_mm256_shuffle_ps::<0b10_00_10_00>(low, high));
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
        unsafe fn store(self, place: *mut f32) {
            // SAFETY: as the caller promises.
            unsafe { _mm256_storeu_ps(place, self.0) };
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
        unsafe fn sub(self, other: Self) -> Self {
            // SAFETY: as the caller promises.
            Self(unsafe { _mm256_sub_ps(self.0, other.0) })
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
    }
}

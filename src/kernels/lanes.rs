//! As many numbers as a register holds, so that a kernel is written once for all processors.
//!
//! A kernel is a function that is generic over [`Lanes`] and always inlined; what the processor is asked for is enabled
//! on the function that names one of them, into which all the rest is inlined. Wider registers are one more `impl`.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
#[cfg(target_arch = "aarch64")]
mod neon;
mod pair;
mod plain;

use plain::Plain;

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
        if instructions.have_avx512() {
            #[target_feature(enable = "avx512f,avx512dq,avx512bw,avx512vl,avx2,fma")]
            fn on_avx512(work: impl OnLanes) {
                // SAFETY: the processor has what these lanes need, as this function asks for it.
                unsafe { work.on::<avx512::Avx512>() };
            }
            // SAFETY: the processor has what the function asks for.
            unsafe { on_avx512(self) };
            return;
        }
        #[cfg(target_arch = "x86_64")]
        if instructions.have_avx2() {
            #[target_feature(enable = "avx2,fma")]
            fn on_avx2(work: impl OnLanes) {
                // SAFETY: the processor has what these lanes need, as this function asks for it.
                unsafe { work.on::<avx2::Avx2>() };
            }
            // SAFETY: the processor has what the function asks for.
            unsafe { on_avx2(self) };
            return;
        }
        #[cfg(target_arch = "aarch64")]
        if instructions.have_neon() {
            #[target_feature(enable = "neon")]
            fn on_neon(work: impl OnLanes) {
                // SAFETY: the processor has what these lanes need, as this function asks for it.
                unsafe { work.on::<neon::Neon>() };
            }
            // SAFETY: the processor has what the function asks for.
            unsafe { on_neon(self) };
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
/// The processor has the instructions of the implementation: none for [`Plain`], those of the file for the others. What
/// else they need stands there.
pub(crate) trait Numbers: Copy {
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

    /// Writes them from a place on.
    ///
    /// # Safety
    /// `COUNT` numbers may be written from there on.
    unsafe fn store(self, place: *mut f32);

    /// Asks the caches for what lies at a place, which may be any.
    fn ask_for(place: *const f32);

    /// `self + other`.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn add(self, other: Self) -> Self;

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

    /// The larger of two; `other` where `self` is no number.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn larger(self, other: Self) -> Self;
}

/// The numbers of one register.
///
/// Whatever the width is, each lane is summed by itself: the results of two implementations that add to products without
/// rounding these first are the same to the bit.
pub(crate) trait Lanes: Numbers {
    /// Sixteen, of one or more registers.
    type Line: Numbers;

    /// Eight, where the other half of wider ones would be in vain.
    type Eight: Lanes;

    /// Lines that can be summed at once: as many as leave registers for what is added to them.
    const LINES: usize;

    /// Every second of these and those behind them, from the first one on.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn every_second(self, behind: Self) -> Self;

    /// Four from each of `COUNT` places on: the first ones, the second ones, and so on.
    ///
    /// # Safety
    /// Four numbers may be read from each of these places on.
    unsafe fn load_fours(place: impl Fn(usize) -> *const f32) -> [Self; 4];

    /// The reverse of [`load_fours`](Self::load_fours).
    ///
    /// # Safety
    /// Four numbers may be written from each of these places on.
    unsafe fn store_fours(fours: [Self; 4], place: impl Fn(usize) -> *mut f32);

    /// `self - other`.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn sub(self, other: Self) -> Self;
}

//! Lanes of any processor.

use super::pair::Pair;
use super::{Lanes, Numbers};

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
impl Numbers for Plain {
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
    unsafe fn store(self, place: *mut f32) {
        // SAFETY: as the caller promises.
        unsafe { place.cast::<[f32; 8]>().write_unaligned(self.0) };
    }

    #[inline(always)]
    fn ask_for(_: *const f32) {}

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        self.with(other, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, summand: Self) -> Self {
        self.with(factor, |a, b| a * b).with(summand, |a, b| a + b)
    }

    #[inline(always)]
    unsafe fn keep(self, least: Self, most: Self) -> Self {
        self.with(least, |a, b| if a < b { b } else { a }).with(most, |a, b| if a > b { b } else { a })
    }

    #[inline(always)]
    unsafe fn larger(self, other: Self) -> Self {
        self.with(other, |a, b| if a > b { a } else { b })
    }
}

// SAFETY (of all blocks): as above.
impl Lanes for Plain {
    type Line = Pair<Self>;
    type Eight = Self;

    const LINES: usize = 6;

    #[inline(always)]
    unsafe fn every_second(self, behind: Self) -> Self {
        Self(std::array::from_fn(|lane| if lane < 4 { self.0[2 * lane] } else { behind.0[2 * lane - 8] }))
    }

    #[inline(always)]
    unsafe fn load_fours(place: impl Fn(usize) -> *const f32) -> [Self; 4] {
        // SAFETY: as the caller promises.
        let rows: [[f32; 4]; 8] =
            std::array::from_fn(|lane| unsafe { place(lane).cast::<[f32; 4]>().read_unaligned() });
        std::array::from_fn(|column| Self(rows.map(|row| row[column])))
    }

    #[inline(always)]
    unsafe fn store_fours(fours: [Self; 4], place: impl Fn(usize) -> *mut f32) {
        for lane in 0..8 {
            // SAFETY: as the caller promises.
            unsafe { place(lane).cast::<[f32; 4]>().write_unaligned(fours.map(|four| four.0[lane])) };
        }
    }

    #[inline(always)]
    unsafe fn sub(self, other: Self) -> Self {
        self.with(other, |a, b| a - b)
    }
}

//! Twice as many numbers as a register holds.

use super::Numbers;

/// Those of two registers, one behind the other.
#[derive(Clone, Copy)]
pub(crate) struct Pair<N>([N; 2]);

// SAFETY (of all blocks): as the caller promises; the places of both halves are those that the trait's functions ask for.
impl<N: Numbers> Numbers for Pair<N> {
    const COUNT: usize = 2 * N::COUNT;

    #[inline(always)]
    unsafe fn splat(value: f32) -> Self {
        // SAFETY: as above.
        Self(unsafe { [N::splat(value); 2] })
    }

    #[inline(always)]
    unsafe fn load(place: *const f32) -> Self {
        // SAFETY: as above.
        Self(unsafe { [N::load(place), N::load(place.add(N::COUNT))] })
    }

    #[inline(always)]
    unsafe fn store(self, place: *mut f32) {
        let [low, high] = self.0;
        // SAFETY: as above.
        unsafe {
            low.store(place);
            high.store(place.add(N::COUNT));
        }
    }

    #[inline(always)]
    fn ask_for(place: *const f32) {
        N::ask_for(place);
    }

    #[inline(always)]
    unsafe fn add(self, other: Self) -> Self {
        let ([a, b], [c, d]) = (self.0, other.0);
        // SAFETY: as above.
        Self(unsafe { [a.add(c), b.add(d)] })
    }

    #[inline(always)]
    unsafe fn mul_add(self, factor: Self, summand: Self) -> Self {
        let ([a, b], [c, d], [e, f]) = (self.0, factor.0, summand.0);
        // SAFETY: as above.
        Self(unsafe { [a.mul_add(c, e), b.mul_add(d, f)] })
    }

    #[inline(always)]
    unsafe fn keep(self, least: Self, most: Self) -> Self {
        let ([a, b], [c, d], [e, f]) = (self.0, least.0, most.0);
        // SAFETY: as above.
        Self(unsafe { [a.keep(c, e), b.keep(d, f)] })
    }

    #[inline(always)]
    unsafe fn larger(self, other: Self) -> Self {
        let ([a, b], [c, d]) = (self.0, other.0);
        // SAFETY: as above.
        Self(unsafe { [a.larger(c), b.larger(d)] })
    }
}

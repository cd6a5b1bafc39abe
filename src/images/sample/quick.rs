//! Rounding and lengths without the library calls that they are on processors older than SSE4.1, for which programs are
//! compiled unless told otherwise. They are called several times a point; the standard ones took half of all time.

/// For numbers of moderate size, and exactness to the last bit is not asked.
pub trait Quick {
    /// The largest whole number that is not greater.
    fn quick_floor(self) -> Self;
    /// The nearest whole number.
    fn quick_round(self) -> Self;
    /// What is left over after whole periods, in `0..period`.
    fn quick_modulo(self, period: Self) -> Self;
    /// The length of a vector with these two sides.
    fn quick_hypot(self, other: Self) -> Self;
}

impl Quick for f32 {
    #[inline]
    fn quick_floor(self) -> f32 {
        let towards_zero = self as i32 as f32;
        if self < towards_zero { towards_zero - 1.0 } else { towards_zero }
    }

    #[inline]
    fn quick_round(self) -> f32 {
        (self + 0.5).quick_floor()
    }

    #[inline]
    fn quick_modulo(self, period: f32) -> f32 {
        let left = self - (self / period).quick_floor() * period;
        // Rounding may leave a whole period.
        if left < period { left } else { 0.0 }
    }

    #[inline]
    fn quick_hypot(self, other: f32) -> f32 {
        (self * self + other * other).sqrt()
    }
}

//! Sums over rows of stored numbers, whichever they are: in f32 over halves, which cannot overflow it, in f64 over
//! singles, whose squares can.

use half::f16;
use tiramisu_kernels::{Instructions, rows};

use crate::domain::NumbersRef;

/// Widens `row` into `wide`, which has the same length.
pub fn widen<'a>(row: impl Into<NumbersRef<'a>>, wide: &mut [f32]) {
    match row.into() {
        NumbersRef::Half(row) => rows::widen(Instructions::best(), row, wide),
        NumbersRef::Single(row) => wide.copy_from_slice(row),
    }
}

/// `a·b`.
pub fn dot<'a>(a: impl Into<NumbersRef<'a>>, b: &[f32]) -> f32 {
    match a.into() {
        NumbersRef::Half(a) => dot_half(a, b),
        NumbersRef::Single(a) => rows::dot_in_f64(a, b) as f32,
    }
}

/// `|a - b|²`; infinite where that is beyond single precision, which [`distance`] seldom is. Not taken from the norms: for
/// near vectors the difference of large numbers would lose everything.
pub fn squared_distance<'a>(a: impl Into<NumbersRef<'a>>, b: &[f32]) -> f32 {
    match a.into() {
        NumbersRef::Half(a) => squared_distance_half(a, b),
        NumbersRef::Single(a) => rows::squared_distance_in_f64(a, b) as f32,
    }
}

/// `|a - b|`.
pub fn distance<'a>(a: impl Into<NumbersRef<'a>>, b: &[f32]) -> f32 {
    match a.into() {
        NumbersRef::Half(a) => squared_distance_half(a, b).sqrt(),
        NumbersRef::Single(a) => rows::squared_distance_in_f64(a, b).sqrt() as f32,
    }
}

/// The cosine of `a` and `b`, whose lengths are known; 0 where one has none: a vector of zeros has no direction and is
/// like nothing.
pub fn cosine<'a>(a: impl Into<NumbersRef<'a>>, b: &[f32], of_a: f32, of_b: f32) -> f32 {
    match a.into() {
        NumbersRef::Half(a) => {
            let lengths = of_a * of_b;
            if lengths == 0.0 { 0.0 } else { dot_half(a, b) / lengths }
        }
        NumbersRef::Single(a) => {
            let lengths = f64::from(of_a) * f64::from(of_b);
            if lengths == 0.0 { 0.0 } else { (rows::dot_in_f64(a, b) / lengths) as f32 }
        }
    }
}

/// The length of numbers in single precision; as those of halves are summed, unless that is too much for f32.
pub fn length(row: &[f32]) -> f32 {
    let square = dot_wide(row, row);
    if square.is_finite() { square.sqrt() } else { rows::dot_in_f64(row, row).sqrt() as f32 }
}

/// `a·b` of rows that were widened before.
pub fn dot_wide(a: &[f32], b: &[f32]) -> f32 {
    rows::dot(a, b)
}

fn dot_half(a: &[f16], b: &[f32]) -> f32 {
    rows::dot_half(Instructions::best(), a, b)
}

fn squared_distance_half(a: &[f16], b: &[f32]) -> f32 {
    rows::squared_distance_half(Instructions::best(), a, b)
}

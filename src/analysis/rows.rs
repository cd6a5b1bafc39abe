//! Sums over rows of stored numbers: in f32 over halves, whose squares cannot overflow it, in f64 over singles, whose
//! squares can. Halves are summed again in f64 where the other side is so large or so small that f32 is not enough.

use half::f16;
use tiramisu_kernels::{Instructions, rows};

use crate::domain::NumbersRef;

/// Products of halves with a vector shorter than this may be too small for f32.
const LEAST_LENGTH: f64 = 1e-20;

/// Widens `row` into `wide`, which has the same length.
pub fn widen<'a>(row: impl Into<NumbersRef<'a>>, wide: &mut [f32]) {
    match row.into() {
        NumbersRef::Half(row) => rows::widen(Instructions::best(), row, wide),
        NumbersRef::Single(row) => wide.copy_from_slice(row),
    }
}

/// `a·b`, as [`rounded`] has it. Not finite only if a number of either is not.
pub fn dot<'a>(a: impl Into<NumbersRef<'a>>, b: &[f32]) -> f64 {
    match a.into() {
        NumbersRef::Half(a) => {
            let product = dot_half(a, b);
            if product.is_normal() { f64::from(product) } else { rounded(in_f64(a, b, |x, y| x * y)) }
        }
        NumbersRef::Single(a) => rounded(rows::dot_in_f64(a, b)),
    }
}

/// `|a - b|²` in single precision; infinite where that is too much for it.
pub fn squared_distance<'a>(a: impl Into<NumbersRef<'a>>, b: &[f32]) -> f32 {
    match a.into() {
        NumbersRef::Half(a) => squared_distance_half(a, b),
        NumbersRef::Single(a) => rows::squared_distance_in_f64(a, b) as f32,
    }
}

/// `|a - b|`, as [`rounded`] has it; not finite only if a number of either is not. Not taken from the norms: for near
/// vectors the difference of large numbers would lose everything.
pub fn distance<'a>(a: impl Into<NumbersRef<'a>>, b: &[f32]) -> f64 {
    match a.into() {
        NumbersRef::Half(a) => {
            let square = squared_distance_half(a, b);
            match square == 0.0 || square.is_normal() {
                true => f64::from(square.sqrt()),
                false => rounded(in_f64(a, b, |x, y| (x - y) * (x - y)).sqrt()),
            }
        }
        NumbersRef::Single(a) => rounded(rows::squared_distance_in_f64(a, b).sqrt()),
    }
}

/// The cosine of `a` and `b`, in `-1..=1`; 0 where one has no length: a vector of zeros has no direction and is like
/// nothing. The lengths are those that [`length`] gives.
pub fn cosine<'a>(a: impl Into<NumbersRef<'a>>, b: &[f32], of_a: f64, of_b: f64) -> f32 {
    let lengths = of_a * of_b;
    if lengths == 0.0 {
        return 0.0;
    }
    let product = match a.into() {
        NumbersRef::Half(a) => match f64::from(dot_half(a, b)) {
            product if product.is_finite() && of_b > LEAST_LENGTH => product,
            _ => in_f64(a, b, |x, y| x * y),
        },
        NumbersRef::Single(a) => rows::dot_in_f64(a, b),
    };
    let cosine = product / lengths;
    // What is not a number stays none.
    cosine.clamp(-1.0, 1.0) as f32
}

/// `|row|`, as [`rounded`] has it, summed as halves are unless that is too much or too little for f32. Not finite only if a
/// number is not.
pub fn length(row: &[f32]) -> f64 {
    let square = dot_wide(row, row);
    match square.is_normal() {
        true => f64::from(square.sqrt()),
        false => rounded(rows::dot_in_f64(row, row).sqrt()),
    }
}

/// A number as single precision has it, and as it is where that is beyond single precision's reach: what is told is as
/// short and ties as it always did, and nothing is lost.
pub fn rounded(value: f64) -> f64 {
    let single = value as f32;
    if single.is_normal() { f64::from(single) } else { value }
}

/// The nearest that single precision has to a finite number: its largest, where the number is larger. What is not a number
/// stays none, and what is infinite stays so.
pub fn told(value: f64) -> f32 {
    if value.is_finite() { value.clamp(f64::from(f32::MIN), f64::from(f32::MAX)) as f32 } else { value as f32 }
}

/// `a·b` of rows that were widened before.
pub fn dot_wide(a: &[f32], b: &[f32]) -> f32 {
    rows::dot(a, b)
}

/// The same in double precision.
pub fn dot_in_f64(a: &[f32], b: &[f32]) -> f64 {
    rows::dot_in_f64(a, b)
}

/// Adds a row to sums in double precision.
pub fn add_to(row: &[f32], sums: &mut [f64]) {
    rows::add_to(Instructions::best(), row, sums);
}

fn dot_half(a: &[f16], b: &[f32]) -> f32 {
    rows::dot_half(Instructions::best(), a, b)
}

fn squared_distance_half(a: &[f16], b: &[f32]) -> f32 {
    rows::squared_distance_half(Instructions::best(), a, b)
}

/// Seldom needed, and so without haste.
fn in_f64(a: &[f16], b: &[f32], term: impl Fn(f64, f64) -> f64) -> f64 {
    a.iter().zip(b).map(|(x, y)| term(f64::from(*x), f64::from(*y))).sum()
}

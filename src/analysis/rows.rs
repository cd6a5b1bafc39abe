//! Sums over rows of stored numbers: in f32 over halves, whose squares cannot overflow it, in f64 over singles, whose
//! squares can. Halves are summed again in f64 where the other side is so large or so small that f32 is not enough.

use half::f16;
use half::slice::HalfFloatSliceExt;

use crate::domain::NumbersRef;

/// Sums run over this many lanes at once, so that the compiler can keep them in vector registers and the rounding
/// error of a long row stays that of a short one.
const LANES: usize = 16;
/// Products of halves with a vector shorter than this may be too small for f32.
const LEAST_LENGTH: f64 = 1e-20;

/// Widens `row` into `wide`, which has the same length.
pub fn widen<'a>(row: impl Into<NumbersRef<'a>>, wide: &mut [f32]) {
    match row.into() {
        NumbersRef::Half(row) => widen_half(row, wide),
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
        NumbersRef::Single(a) => rounded(sum_over_in_f64(a, b, |x, y| x * y)),
    }
}

/// `|a - b|²` in single precision; infinite where that is too much for it.
pub fn squared_distance<'a>(a: impl Into<NumbersRef<'a>>, b: &[f32]) -> f32 {
    match a.into() {
        NumbersRef::Half(a) => squared_distance_half(a, b),
        NumbersRef::Single(a) => sum_over_in_f64(a, b, |x, y| (x - y) * (x - y)) as f32,
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
        NumbersRef::Single(a) => rounded(sum_over_in_f64(a, b, |x, y| (x - y) * (x - y)).sqrt()),
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
        NumbersRef::Single(a) => sum_over_in_f64(a, b, |x, y| x * y),
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
        false => rounded(sum_over_in_f64(row, row, |x, y| x * y).sqrt()),
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

fn widen_half(row: &[f16], wide: &mut [f32]) {
    assert_eq!(row.len(), wide.len(), "as many numbers as there is place for");
    #[cfg(target_arch = "x86_64")]
    if x86::is_supported() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::widen(row, wide) };
    }
    row.convert_to_f32_slice(wide);
}

fn dot_half(a: &[f16], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "two vectors of one layer have the same number of channels");
    #[cfg(target_arch = "x86_64")]
    if x86::is_supported() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::dot(a, b) };
    }
    in_pieces(a, b, dot_wide)
}

fn squared_distance_half(a: &[f16], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len(), "two vectors of one layer have the same number of channels");
    #[cfg(target_arch = "x86_64")]
    if x86::is_supported() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::squared_distance(a, b) };
    }
    in_pieces(a, b, |a, b| sum_over(a, b, |x, y| (x - y) * (x - y)))
}

/// `a·b` of rows that were widened before.
pub fn dot_wide(a: &[f32], b: &[f32]) -> f32 {
    sum_over(a, b, |x, y| x * y)
}

/// The same in double precision.
pub fn dot_in_f64(a: &[f32], b: &[f32]) -> f64 {
    sum_over_in_f64(a, b, |x, y| x * y)
}

/// Widens a row piece by piece on the stack and adds up what `sum` makes of each.
fn in_pieces(a: &[f16], b: &[f32], sum: impl Fn(&[f32], &[f32]) -> f32) -> f32 {
    let mut wide = [0.0f32; 512];
    a.chunks(wide.len())
        .zip(b.chunks(wide.len()))
        .map(|(a, b)| {
            let wide = &mut wide[..a.len()];
            widen_half(a, wide);
            sum(wide, b)
        })
        .sum()
}

/// Seldom needed, and so without haste.
fn in_f64(a: &[f16], b: &[f32], term: impl Fn(f64, f64) -> f64) -> f64 {
    a.iter().zip(b).map(|(x, y)| term(f64::from(*x), f64::from(*y))).sum()
}

#[inline(always)]
fn sum_over_in_f64(a: &[f32], b: &[f32], term: impl Fn(f64, f64) -> f64) -> f64 {
    assert_eq!(a.len(), b.len(), "two vectors of one layer have the same number of channels");
    let mut lanes = [0.0f64; LANES];
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a_block, b_block) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            lanes[lane] += term(f64::from(a_block[lane]), f64::from(b_block[lane]));
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| term(f64::from(*x), f64::from(*y))).sum();
    lanes.iter().sum::<f64>() + rest
}

#[inline(always)]
fn sum_over(a: &[f32], b: &[f32], term: impl Fn(f32, f32) -> f32) -> f32 {
    let mut lanes = [0.0f32; LANES];
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a_block, b_block) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..LANES {
            lanes[lane] += term(a_block[lane], b_block[lane]);
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(x, y)| term(*x, *y)).sum();
    lanes.iter().sum::<f32>() + rest
}

/// The same in one pass, widening in the registers: 8.7 instead of 20.5 ms for 100,000 rows of 512 on two cores, which
/// is as fast as the memory is.
///
/// There are no closures in it. Where a crate is compiled in many pieces, as ours is, those of a `target_feature`
/// function may stay functions, and a call for every eight numbers makes it twenty times slower.
#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{
        __m256, _mm256_add_ps, _mm256_cvtph_ps, _mm256_fmadd_ps, _mm256_setzero_ps, _mm256_sub_ps,
    };

    use half::f16;

    const LANES: usize = 8;
    const REGISTERS: usize = 4;
    const GROUP: usize = LANES * REGISTERS;

    pub fn is_supported() -> bool {
        is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") && is_x86_feature_detected!("f16c")
    }

    /// Without calls for every eight numbers, as `half` makes.
    #[target_feature(enable = "avx2,fma,f16c")]
    pub fn widen(row: &[f16], wide: &mut [f32]) {
        let ((narrow, rest), (wide, wide_rest)) = (row.as_chunks::<LANES>(), wide.as_chunks_mut::<LANES>());
        for lanes in 0..narrow.len().min(wide.len()) {
            wide[lanes] = bytemuck::cast(_mm256_cvtph_ps(bytemuck::cast(narrow[lanes])));
        }
        if !rest.is_empty() {
            let mut last = [f16::ZERO; LANES];
            last[..rest.len()].copy_from_slice(rest);
            let last: [f32; LANES] = bytemuck::cast(_mm256_cvtph_ps(bytemuck::cast(last)));
            wide_rest.copy_from_slice(&last[..rest.len()]);
        }
    }

    #[target_feature(enable = "avx2,fma,f16c")]
    pub fn dot(a: &[f16], b: &[f32]) -> f32 {
        sum_over::<false>(a, b)
    }

    #[target_feature(enable = "avx2,fma,f16c")]
    pub fn squared_distance(a: &[f16], b: &[f32]) -> f32 {
        sum_over::<true>(a, b)
    }

    /// The sum of products, or of squared differences.
    #[inline]
    #[target_feature(enable = "avx2,fma,f16c")]
    fn sum_over<const SQUARED_DIFFERENCES: bool>(a: &[f16], b: &[f32]) -> f32 {
        let mut sums = [_mm256_setzero_ps(); REGISTERS];
        let ((a_groups, a_rest), (b_groups, b_rest)) = (a.as_chunks::<GROUP>(), b.as_chunks::<GROUP>());
        for group in 0..a_groups.len() {
            add_group::<SQUARED_DIFFERENCES>(&mut sums, &a_groups[group], &b_groups[group]);
        }
        if !a_rest.is_empty() {
            // Zeros add nothing to either sum.
            let (mut a_group, mut b_group) = ([f16::ZERO; GROUP], [0.0f32; GROUP]);
            a_group[..a_rest.len()].copy_from_slice(a_rest);
            b_group[..b_rest.len()].copy_from_slice(b_rest);
            add_group::<SQUARED_DIFFERENCES>(&mut sums, &a_group, &b_group);
        }
        let sum = _mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3]));
        let [a, b, c, d, e, f, g, h]: [f32; LANES] = bytemuck::cast(sum);
        ((a + b) + (c + d)) + ((e + f) + (g + h))
    }

    /// Adds the terms of one group, several sums at a time, so that none waits for the one before.
    #[inline]
    #[target_feature(enable = "avx2,fma,f16c")]
    fn add_group<const SQUARED_DIFFERENCES: bool>(
        sums: &mut [__m256; REGISTERS],
        a_group: &[f16; GROUP],
        b_group: &[f32; GROUP],
    ) {
        let ((a_parts, _), (b_parts, _)) = (a_group.as_chunks::<LANES>(), b_group.as_chunks::<LANES>());
        for register in 0..REGISTERS {
            let x = _mm256_cvtph_ps(bytemuck::cast(a_parts[register]));
            let y: __m256 = bytemuck::cast(b_parts[register]);
            let (x, y) = if SQUARED_DIFFERENCES {
                let difference = _mm256_sub_ps(x, y);
                (difference, difference)
            } else {
                (x, y)
            };
            sums[register] = _mm256_fmadd_ps(x, y, sums[register]);
        }
    }
}

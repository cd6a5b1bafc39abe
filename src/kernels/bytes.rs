//! Sums over bytes.

use crate::Instructions;

/// Adds to each sum a byte times a weight; what is beyond an integer's 32 bits is cut off.
///
/// # Panics
/// When there are more or fewer sums than bytes.
pub fn add_weighed(instructions: Instructions, bytes: &[u8], weight: i32, sums: &mut [i32]) {
    assert_eq!(bytes.len(), sums.len(), "a sum for each byte");
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        // SAFETY: the processor has what the function asks for.
        unsafe { add_weighed_wide(bytes, weight, sums) };
        return;
    }
    let _ = instructions;
    add_each(bytes, weight, sums);
}

/// The same with the instructions of newer processors, which the compiler may not use unasked: older ones cannot multiply
/// integers side by side.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn add_weighed_wide(bytes: &[u8], weight: i32, sums: &mut [i32]) {
    add_each(bytes, weight, sums);
}

#[inline(always)]
fn add_each(bytes: &[u8], weight: i32, sums: &mut [i32]) {
    for (sum, byte) in sums.iter_mut().zip(bytes) {
        *sum = sum.wrapping_add(i32::from(*byte).wrapping_mul(weight));
    }
}

/// The weighed sum of each window's pixels, of three bytes each: of a window its first pixel and a weight for each. Sums begin
/// at `first`; what is beyond an integer's 32 bits is cut off.
///
/// # Panics
/// When there are more or fewer sums than windows, or a window goes beyond the pixels.
pub fn sum_windows<'a>(
    instructions: Instructions,
    pixels: &[u8],
    windows: impl ExactSizeIterator<Item = (usize, &'a [i32])>,
    first: i32,
    sums: &mut [[i32; 3]],
) {
    assert_eq!(windows.len(), sums.len(), "a sum for each window");
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        // SAFETY: the processor has what the function asks for.
        unsafe { sum_windows_wide(pixels, windows, first, sums) };
        return;
    }
    let _ = instructions;
    sum_each_window(pixels, windows, first, sums);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn sum_windows_wide<'a>(
    pixels: &[u8],
    windows: impl Iterator<Item = (usize, &'a [i32])>,
    first: i32,
    sums: &mut [[i32; 3]],
) {
    sum_each_window(pixels, windows, first, sums);
}

/// A pixel's three bytes are multiplied together with the one behind them, since four numbers fill a register.
#[inline(always)]
fn sum_each_window<'a>(
    pixels: &[u8],
    windows: impl Iterator<Item = (usize, &'a [i32])>,
    first: i32,
    sums: &mut [[i32; 3]],
) {
    for (sum, (start, weights)) in sums.iter_mut().zip(windows) {
        let window = &pixels[start * 3..][..weights.len() * 3];
        let Some((last, others)) = weights.split_last() else {
            *sum = [first; 3];
            continue;
        };
        let mut wide = [first; 4];
        for (at, weight) in others.iter().enumerate() {
            let four: &[u8; 4] = window[at * 3..][..4].try_into().expect("it is four long");
            for lane in 0..4 {
                wide[lane] = wide[lane].wrapping_add(i32::from(four[lane]).wrapping_mul(*weight));
            }
        }
        for (lane, byte) in window[others.len() * 3..].iter().enumerate() {
            sum[lane] = wide[lane].wrapping_add(i32::from(*byte).wrapping_mul(*last));
        }
    }
}

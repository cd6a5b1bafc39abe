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

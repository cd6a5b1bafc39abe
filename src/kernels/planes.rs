//! Whole planes to three numbers: the mean, the largest number, and where it is. One pass, while the plane is in the cache.

#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(target_arch = "x86_64")]
mod x86;

use crate::Instructions;

/// Sums and maxima run over this many lanes at once: the compiler keeps them in vector registers, and the rounding error of
/// a large plane stays that of a small one.
const LANES: usize = 32;
/// The largest number is looked for in the first block that holds it, and nowhere else.
const BLOCK: usize = 8 * LANES;

/// What a plane comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Summary {
    /// The mean.
    pub mean: f32,
    /// The largest number; no number where the plane holds one that is none.
    pub largest: f32,
    /// The first place of the largest number, or of what is no number.
    pub place: usize,
}

/// What a plane comes to, the same to the bit whatever the instructions are.
///
/// # Panics
/// When the plane is empty.
pub fn summary(instructions: Instructions, plane: &[f32]) -> Summary {
    assert!(!plane.is_empty(), "a plane has a place");
    let (sum, Blocks { largest, best, .. }) = reduce(instructions, plane);
    // What is no number makes the sum none, too; so do infinities of both signs.
    let no_number = if sum.is_nan() { plane.iter().position(|value| value.is_nan()) } else { None };
    let place = no_number.unwrap_or_else(|| first_of(instructions, plane, best, largest));
    Summary { mean: sum / plane.len() as f32, largest: plane[place], place }
}

/// The sum, and where the largest number is, if no number is none.
fn reduce(instructions: Instructions, plane: &[f32]) -> (f32, Blocks) {
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::reduce(plane) };
    }
    #[cfg(target_arch = "aarch64")]
    if instructions.have_neon() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { neon::reduce(plane) };
    }
    let _ = instructions;
    let mut sums = [0.0; LANES];
    let mut blocks = Blocks::default();
    for block in plane.chunks(BLOCK) {
        let mut largest = [f32::NEG_INFINITY; LANES];
        for group in block.chunks(LANES) {
            for ((sum, largest), value) in sums.iter_mut().zip(&mut largest).zip(group) {
                *sum += value;
                *largest = if *value > *largest { *value } else { *largest };
            }
        }
        blocks.next(largest.into_iter().fold(f32::NEG_INFINITY, f32::max));
    }
    (total(&sums), blocks)
}

/// Which block is the first with the largest number.
struct Blocks {
    largest: f32,
    best: usize,
    count: usize,
}

impl Default for Blocks {
    fn default() -> Self {
        Self { largest: f32::NEG_INFINITY, best: 0, count: 0 }
    }
}

impl Blocks {
    fn next(&mut self, largest: f32) {
        if largest > self.largest {
            (self.largest, self.best) = (largest, self.count);
        }
        self.count += 1;
    }
}

/// The lanes' sum, halves first.
fn total(sums: &[f32; LANES]) -> f32 {
    let mut sums = *sums;
    let mut half = LANES / 2;
    while half > 0 {
        let (low, high) = sums.split_at_mut(half);
        low.iter_mut().zip(high).for_each(|(low, high)| *low += *high);
        half /= 2;
    }
    sums[0]
}

/// The first place of `largest`, which is in the block of that number, or, where all is as small as nothing, the first.
fn first_of(instructions: Instructions, plane: &[f32], block: usize, largest: f32) -> usize {
    let start = block * BLOCK;
    let block = &plane[start..plane.len().min(start + BLOCK)];
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        // SAFETY: the processor has what the function asks for.
        return start + unsafe { x86::position(block, largest) }.unwrap_or(0);
    }
    #[cfg(target_arch = "aarch64")]
    if instructions.have_neon() {
        // SAFETY: the processor has what the function asks for.
        return start + unsafe { neon::position(block, largest) }.unwrap_or(0);
    }
    let _ = instructions;
    start + block.iter().position(|value| *value == largest).unwrap_or(0)
}

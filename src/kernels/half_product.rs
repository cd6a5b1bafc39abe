//! `Xᵀ X`, of which half is enough.
//!
//! Libraries multiply any two matrices, and pack both before; here the two are one, and short. Sixteen channels of some
//! rows are laid side by side (a panel), and all products of two panels are summed in registers.

use crate::Instructions;

/// Channels of a panel.
const CHANNELS: usize = 16;
/// Rows of a panel: two of them stay in the first cache.
const ROWS: usize = 256;

/// The numbers of a panel's channels in one row, where the processor reads them at once: a line of its caches.
#[derive(Clone, Copy, Default)]
#[repr(align(64))]
struct Line([f32; CHANNELS]);

/// Sums of products of two channels, over some rows.
pub struct HalfProduct {
    instructions: Instructions,
    /// `[side, side]`, right where the second channel is no earlier than the first.
    sums: Vec<f32>,
    /// Channels, filled up to whole panels.
    side: usize,
    channels: usize,
    /// `[panels, rows]`: memory to work in.
    packed: Vec<Line>,
}

impl Default for HalfProduct {
    /// In the best instructions of this processor.
    fn default() -> Self {
        Self::new(Instructions::best())
    }
}

impl HalfProduct {
    /// Of no rows and no channels.
    pub fn new(instructions: Instructions) -> Self {
        Self { instructions, sums: Vec::new(), side: 0, channels: 0, packed: Vec::new() }
    }

    /// Becomes the sums over these rows.
    ///
    /// # Shapes
    /// - `rows`: `[rows, channels]`, row-major
    ///
    /// # Panics
    /// When there are no channels, or the numbers are no whole rows of them.
    pub fn set(&mut self, rows: &[f32], channels: usize) {
        assert!(channels > 0 && rows.len().is_multiple_of(channels), "whole rows of {channels} channels");
        let panels = channels.div_ceil(CHANNELS);
        (self.side, self.channels) = (panels * CHANNELS, channels);
        self.sums.clear();
        self.sums.resize(self.side * self.side, 0.0);
        for rows in rows.chunks(ROWS * channels) {
            let count = rows.len() / channels;
            self.packed.clear();
            self.packed.resize(panels * count, Line::default());
            pack(rows, channels, &mut self.packed);
            let panel = |panel: usize| &self.packed[panel * count..][..count];
            for first in 0..panels {
                for second in first..panels {
                    let corner = &mut self.sums[first * CHANNELS * self.side + second * CHANNELS..];
                    add_products(self.instructions, panel(first), panel(second), corner, self.side);
                }
            }
        }
    }

    /// The sums for a channel with itself and each later one.
    ///
    /// # Panics
    /// When there is no such channel.
    pub fn of_channel(&self, channel: usize) -> &[f32] {
        &self.sums[channel * self.side..][channel..self.channels]
    }
}

/// # Shapes
/// - `rows`: `[rows, channels]`, row-major
/// - `packed`: `[panels, rows]`; channels beyond the last stay 0
fn pack(rows: &[f32], channels: usize, packed: &mut [Line]) {
    let count = rows.len() / channels;
    for (place, row) in rows.chunks_exact(channels).enumerate() {
        let (whole, rest) = row.as_chunks::<CHANNELS>();
        for (panel, line) in whole.iter().enumerate() {
            packed[panel * count + place] = Line(*line);
        }
        if !rest.is_empty() {
            packed[whole.len() * count + place].0[..rest.len()].copy_from_slice(rest);
        }
    }
}

/// Adds to `sums[i * pitch + j]` the products of channel `i` of one panel with channel `j` of another.
fn add_products(instructions: Instructions, first: &[Line], second: &[Line], sums: &mut [f32], pitch: usize) {
    #[cfg(target_arch = "x86_64")]
    if instructions.have_avx2() {
        // SAFETY: the processor has what the function asks for.
        return unsafe { x86::add_products(first, second, sums, pitch) };
    }
    let _ = instructions;
    for (first, second) in first.iter().zip(second) {
        for (factor, sums) in first.0.iter().zip(sums.chunks_mut(pitch)) {
            sums.iter_mut().zip(second.0).for_each(|(sum, value)| *sum += factor * value);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod x86 {
    use std::arch::x86_64::{__m256, _mm256_fmadd_ps, _mm256_set1_ps};

    use super::{CHANNELS, Line};

    #[target_feature(enable = "avx2,fma")]
    pub fn add_products(first: &[Line], second: &[Line], sums: &mut [f32], pitch: usize) {
        // The sums of six channels are as many registers as fit beside two of numbers and one factor.
        add_some::<0, 6>(first, second, sums, pitch);
        add_some::<6, 5>(first, second, sums, pitch);
        add_some::<11, 5>(first, second, sums, pitch);
    }

    /// For `COUNT` channels of the first panel, from the one at `FROM` on.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn add_some<const FROM: usize, const COUNT: usize>(
        first: &[Line],
        second: &[Line],
        sums: &mut [f32],
        pitch: usize,
    ) {
        let mut registers = [[_mm256_set1_ps(0.0); 2]; COUNT];
        for channel in 0..COUNT {
            let mut line = [0.0f32; CHANNELS];
            line.copy_from_slice(&sums[(FROM + channel) * pitch..][..CHANNELS]);
            registers[channel] = bytemuck::cast(line);
        }
        for row in 0..first.len().min(second.len()) {
            let [low, high]: [__m256; 2] = bytemuck::cast(second[row].0);
            for (channel, sums) in registers.iter_mut().enumerate() {
                let factor = _mm256_set1_ps(first[row].0[FROM + channel]);
                sums[0] = _mm256_fmadd_ps(factor, low, sums[0]);
                sums[1] = _mm256_fmadd_ps(factor, high, sums[1]);
            }
        }
        for channel in 0..COUNT {
            let line: [f32; CHANNELS] = bytemuck::cast(registers[channel]);
            sums[(FROM + channel) * pitch..][..CHANNELS].copy_from_slice(&line);
        }
    }
}

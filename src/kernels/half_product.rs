//! `Xᵀ X`, of which half is enough.
//!
//! Libraries multiply any two matrices, and pack both before; here the two are one, and short. Sixteen channels of some
//! rows are laid side by side (a panel), and all products of two panels are summed in registers.

use crate::Instructions;
use crate::lanes::{Lanes, Numbers, OnLanes};

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
                    let (first, second) = (panel(first), panel(second));
                    Products { first, second, sums: corner, pitch: self.side }.on_widest(self.instructions);
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
struct Products<'a> {
    first: &'a [Line],
    second: &'a [Line],
    sums: &'a mut [f32],
    pitch: usize,
}

impl OnLanes for Products<'_> {
    #[inline(always)]
    unsafe fn on<L: Lanes>(mut self) {
        // SAFETY: as the caller promises.
        unsafe {
            if L::LINES >= CHANNELS {
                return self.add::<L::Line, 0, CHANNELS>();
            }
            // As many as fit beside what is multiplied.
            self.add::<L::Line, 0, 6>();
            self.add::<L::Line, 6, 5>();
            self.add::<L::Line, 11, 5>();
        }
    }
}

impl Products<'_> {
    /// For `COUNT` channels of the first panel, from the one at `FROM` on.
    ///
    /// # Panics
    /// When there are no sums for them.
    ///
    /// # Safety
    /// The processor has what the numbers need.
    #[inline(always)]
    unsafe fn add<N: Numbers, const FROM: usize, const COUNT: usize>(&mut self) {
        const { assert!(N::COUNT == CHANNELS && FROM + COUNT <= CHANNELS) };
        let Self { first, second, pitch, .. } = *self;
        // No call from outside can bring about less: panels begin a whole line before the side's end, at most.
        assert!((FROM + COUNT - 1) * pitch + CHANNELS <= self.sums.len(), "sums for {COUNT} channels");
        // SAFETY: in each of so many rows there is a line of the sums, which are ours, as asserted, and those of the panels are
        // whole ones; and as the caller promises.
        unsafe {
            let to = self.sums.as_mut_ptr().add(FROM * pitch);
            let mut sums = [N::splat(0.0); COUNT];
            for (channel, sum) in sums.iter_mut().enumerate() {
                *sum = N::load(to.add(channel * pitch));
            }
            for (Line(first), Line(second)) in first.iter().zip(second) {
                let numbers = N::load(second.as_ptr());
                for (channel, sum) in sums.iter_mut().enumerate() {
                    *sum = N::splat(first[FROM + channel]).mul_add(numbers, *sum);
                }
            }
            for (channel, sum) in sums.into_iter().enumerate() {
                sum.store(to.add(channel * pitch));
            }
        }
    }
}

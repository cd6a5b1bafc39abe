//! What is added to a convolution's output as it is written.

use super::Bounds;

/// What a shortcut past a convolution brings.
#[derive(Clone, Copy, Debug)]
pub struct Sum<'a> {
    /// A number for each of the convolution's output, in the same order.
    pub addend: &'a [f32],
    /// Between which numbers the sums are kept. The convolution's own bounds come before.
    pub bounds: Option<Bounds>,
}

impl<'a> Sum<'a> {
    /// What is added to planes of a size, from the one of that index on.
    pub(super) fn of_planes(self, first: usize, size: usize) -> Added<'a> {
        let addend = Addend { numbers: &self.addend[first * size..], pitch: size };
        Added { addend, bounds: self.bounds.unwrap_or(Bounds::NONE) }
    }
}

/// Planes that are added to others.
#[derive(Clone, Copy)]
pub(super) struct Addend<'a> {
    /// From the first channel's first pixel on.
    pub numbers: &'a [f32],
    /// From one channel to the next.
    pub pitch: usize,
}

impl Addend<'_> {
    /// Whether there is a number for each of so many pixels of so many channels.
    pub fn covers(&self, channels: usize, pixels: usize) -> bool {
        let Self { numbers, pitch } = self;
        pixels <= *pitch && channels * pitch <= numbers.len() + pitch - pixels
    }
}

/// Planes that are added to others, and between which numbers the sums are kept.
#[derive(Clone, Copy)]
pub(super) struct Added<'a> {
    pub addend: Addend<'a>,
    pub bounds: Bounds,
}

impl Added<'_> {
    /// The same from a channel's pixel on.
    pub fn from(self, channel: usize, pixel: usize) -> Self {
        let Addend { numbers, pitch } = self.addend;
        Self { addend: Addend { numbers: &numbers[channel * pitch + pixel..], pitch }, ..self }
    }

    /// Adds to numbers of one channel, from a pixel on.
    #[inline(always)]
    pub fn add_to(self, channel: usize, pixel: usize, numbers: &mut [f32]) {
        let others = &self.from(channel, pixel).addend.numbers[..numbers.len()];
        numbers.iter_mut().zip(others).for_each(|(number, other)| *number = self.bounds.keep(*number + other));
    }
}

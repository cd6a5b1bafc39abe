//! Filters as formulas over the meaning of the channels below them.

use super::super::{Convolution, Op, Weights};

/// How strongly a filter wants a channel below at a place: `(channel, x, y)`, in steps of the plane below, y down.
pub type Formula<Below> = Box<dyn Fn(&Below, f32, f32) -> f32>;

/// One filter of a layer: what it is, and the formula of its weights.
pub struct Filter<Meaning, Below> {
    /// What its channel means to the layer above.
    pub meaning: Meaning,
    /// Its weights.
    pub formula: Formula<Below>,
}

/// What the channels of a layer mean, for the formulas of the next.
pub trait Channels {
    /// The meaning of one channel.
    type Meaning;
    /// The meanings in order.
    fn meanings(&self) -> Vec<&Self::Meaning>;
}

impl<Meaning, Below> Channels for Vec<Filter<Meaning, Below>> {
    type Meaning = Meaning;

    fn meanings(&self) -> Vec<&Meaning> {
        self.iter().map(|filter| &filter.meaning).collect()
    }
}

/// A convolution with one output channel a filter, `kernel` by `kernel`, that keeps the size of the plane (at stride 1).
///
/// Each filter's positive weights sum to 1, so that a response is at most the strongest channel below.
pub fn bank<M, B, C>(filters: &[Filter<M, B>], below: &C, kernel: usize, stride: usize) -> Op
where
    C: Channels<Meaning = B>,
{
    let channels = below.meanings();
    let middle = (kernel / 2) as f32;
    let mut values = Vec::with_capacity(filters.len() * channels.len() * kernel * kernel);
    for filter in filters {
        let start = values.len();
        for channel in &channels {
            for y in 0..kernel {
                for x in 0..kernel {
                    values.push((filter.formula)(channel, x as f32 - middle, y as f32 - middle));
                }
            }
        }
        scale_to_unit(&mut values[start..]);
    }
    let shape = vec![filters.len(), channels.len(), kernel, kernel];
    let half = kernel / 2;
    Op::Convolution(Convolution {
        weight: Weights::new(shape, values),
        bias: None,
        stride: [stride; 2],
        padding: [(half, half); 2],
        dilation: [1; 2],
        groups: 1,
    })
}

/// Divides by the sum of what is positive.
pub fn scale_to_unit(values: &mut [f32]) {
    let positive: f32 = values.iter().filter(|value| **value > 0.0).sum();
    if positive > 0.0 {
        values.iter_mut().for_each(|value| *value /= positive);
    }
}

/// A bell of height 1.
pub fn bell(x: f32, y: f32, sigma: f32) -> f32 {
    (-(x * x + y * y) / (2.0 * sigma * sigma)).exp()
}

/// A narrow bell less a wide one of the same sum: positive in the middle, negative around.
pub fn spot(x: f32, y: f32, sigma: f32) -> f32 {
    let wide = 2.0 * sigma;
    bell(x, y, sigma) / (sigma * sigma) - bell(x, y, wide) / (wide * wide)
}

/// Coordinates along and across a line that rises by `angle` (radians) from left to right; y goes down in pictures.
pub fn along_and_across(x: f32, y: f32, angle: f32) -> (f32, f32) {
    let (sin, cos) = angle.sin_cos();
    (x * cos - y * sin, x * sin + y * cos)
}

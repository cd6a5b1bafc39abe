//! Why two images are alike at a layer, channel by channel.

use crate::domain::Metric;

/// What one channel adds to the similarity of two vectors, or to their difference.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contribution {
    /// Its index in the layer.
    pub channel: usize,
    /// Its value in the first vector.
    pub a: f32,
    /// Its value in the second.
    pub b: f32,
    /// What it adds to the sum over all channels; negative when it speaks for the opposite.
    pub amount: f64,
    /// Its amount over the sum of all amounts without their signs, in `-1..=1`.
    pub share: f64,
}

/// What every channel adds to the similarity of `a` and `b`, most first, ties by channel.
///
/// Over all channels the amounts sum to
/// - cosine: `a·b / (|a| |b|)`, each `a_i b_i / (|a| |b|)`; nothing when either is a vector of zeros;
/// - dot: `a·b`, each `a_i b_i`;
/// - Euclidean: `2 a·b`, each `2 a_i b_i`: what keeps `|a - b|²` below the `|a|² + |b|²` of two vectors without a channel
///   in common.
///
/// A channel that is 0 in either vector adds nothing, however near the other value is. Everything is taken in f64.
///
/// # Shapes
/// `a`, `b`: `[channels]`; returns one entry a channel.
///
/// # Panics
/// When the two do not have the same number of channels.
pub fn similarity(a: &[f32], b: &[f32], metric: Metric) -> Vec<Contribution> {
    let factor = match metric {
        Metric::Cosine => inverse(length(a) * length(b)),
        Metric::Dot => 1.0,
        Metric::Euclidean => 2.0,
    };
    sorted(a, b, |a, b| factor * a * b)
}

/// What every channel adds to the difference of `a` and `b`, most first, ties by channel; none is negative.
///
/// Over all channels the amounts sum to
/// - cosine: `1 - a·b / (|a| |b|)`, each `(a_i / |a| - b_i / |b|)² / 2`, unless either is a vector of zeros;
/// - Euclidean: the squared distance, each `(a_i - b_i)²`;
/// - dot: half the squared distance, each `(a_i - b_i)² / 2`: what `a·b` lacks to `(|a|² + |b|²) / 2`.
///
/// So with every metric similarity and difference together are the same for any two vectors of these lengths.
/// Everything is taken in f64.
///
/// # Shapes
/// `a`, `b`: `[channels]`; returns one entry a channel.
///
/// # Panics
/// When the two do not have the same number of channels.
pub fn difference(a: &[f32], b: &[f32], metric: Metric) -> Vec<Contribution> {
    let (of_a, of_b, factor) = match metric {
        Metric::Cosine => (inverse(length(a)), inverse(length(b)), 0.5),
        Metric::Euclidean => (1.0, 1.0, 1.0),
        Metric::Dot => (1.0, 1.0, 0.5),
    };
    sorted(a, b, |a, b| factor * (a * of_a - b * of_b).powi(2))
}

/// The sum of all amounts: the similarity, or the difference.
pub fn total(contributions: &[Contribution]) -> f64 {
    contributions.iter().map(|contribution| contribution.amount).sum()
}

fn length(vector: &[f32]) -> f64 {
    vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt()
}

fn inverse(length: f64) -> f64 {
    if length > 0.0 { 1.0 / length } else { 0.0 }
}

fn sorted(a: &[f32], b: &[f32], amount: impl Fn(f64, f64) -> f64) -> Vec<Contribution> {
    assert_eq!(a.len(), b.len(), "two vectors of one layer have the same number of channels");
    let mut channels: Vec<Contribution> = a
        .iter()
        .zip(b)
        .enumerate()
        .map(|(channel, (&a, &b))| Contribution {
            channel,
            a,
            b,
            amount: amount(f64::from(a), f64::from(b)),
            share: 0.0,
        })
        .collect();
    let whole = inverse(channels.iter().map(|channel| channel.amount.abs()).sum());
    channels.iter_mut().for_each(|channel| channel.share = channel.amount * whole);
    channels.sort_by(|x, y| y.amount.total_cmp(&x.amount).then(x.channel.cmp(&y.channel)));
    channels
}

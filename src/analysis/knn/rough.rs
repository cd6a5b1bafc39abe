//! What tells candidates apart quickly, and by how much it may be wrong.

use crate::domain::Metric;

/// What orders candidates: monotonic in their distances, and quick to get from products.
pub struct Rough {
    metric: Metric,
    /// What a row adds, and what it multiplies products by.
    terms: Vec<(f32, f32)>,
    /// The length of the longest row.
    longest: f32,
}

impl Rough {
    pub fn new(metric: Metric, squares: &[f32]) -> Self {
        let longest = squares.iter().copied().filter(|square| square.is_finite()).fold(0.0, f32::max).sqrt();
        Self { metric, terms: squares.iter().map(|square| Self::term(metric, *square)).collect(), longest }
    }

    fn term(metric: Metric, square: f32) -> (f32, f32) {
        match metric {
            _ if !square.is_finite() => (f32::INFINITY, 0.0),
            Metric::Euclidean => (square, 1.0),
            Metric::Cosine if square > 0.0 => (0.0, square.sqrt().recip()),
            Metric::Cosine => (0.0, 0.0),
            Metric::Dot => (0.0, 1.0),
        }
    }

    /// Whether no row that orders as `worst` or later can be nearer than `kth`: products of f32 are off by some units in
    /// the last place of the lengths, times the root of the number of terms.
    pub fn is_sure(&self, worst: f32, kth: f32, of_probe: f32, channels: usize) -> bool {
        let (bound, error) = self.bound(kth, of_probe, channels);
        // Of what is not finite nothing can be said, nor found by looking again.
        worst - error >= bound || !bound.is_finite()
    }

    /// What orders as this or later is no nearer than `kth`, for sure.
    pub fn sure_from(&self, kth: f32, of_probe: f32, channels: usize) -> f32 {
        let (bound, error) = self.bound(kth, of_probe, channels);
        bound + error
    }

    /// `kth` as it is ordered, and by how much what is ordered may be wrong.
    fn bound(&self, kth: f32, of_probe: f32, channels: usize) -> (f32, f32) {
        let off = f32::EPSILON * ((channels as f32).sqrt() + 8.0);
        let length = of_probe.sqrt();
        match self.metric {
            // What is as near as `kth` is no longer than this.
            Metric::Euclidean => (kth * kth, off * (length + kth).powi(2)),
            Metric::Cosine => (kth, off),
            Metric::Dot => (kth, off * length * self.longest),
        }
    }

    /// What [`Rough::order`] needs of rows that lie side by side.
    pub fn terms(&self) -> &[(f32, f32)] {
        &self.terms
    }

    /// Puts what orders them in the place of the products of a probe, whose square is `of_probe`, with the rows `terms` are
    /// of. What is not a number is infinitely far.
    pub fn order(&self, of_probe: f32, terms: &[(f32, f32)], products: &mut [f32]) {
        let (added, factor) = Self::term(self.metric, of_probe);
        let (added, factor) = match self.metric {
            Metric::Euclidean => (added, -2.0 * factor),
            Metric::Cosine => (1.0 + added, -factor),
            Metric::Dot => (added, -factor),
        };
        for (product, (of_row, by_row)) in products.iter_mut().zip(terms) {
            let rough = added + of_row + *product * (factor * by_row);
            *product = if rough.is_nan() { f32::INFINITY } else { rough };
        }
    }
}

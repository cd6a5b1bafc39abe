//! How near a row is to the probe.

use super::NeighbourIndex;
use crate::analysis::rows;
use crate::domain::{Metric, Vectors};

/// A probe at one layer, ready to be compared with every row.
pub struct Scorer<'a> {
    vectors: &'a Vectors,
    norms: Option<&'a [f64]>,
    probe: &'a [f32],
    probe_norm: f64,
    metric: Metric,
    zeros: Vec<f32>,
}

impl<'a> Scorer<'a> {
    /// # Panics
    /// When the probe has another number of channels than the vectors, or the index another number of rows.
    pub fn new(vectors: &'a Vectors, index: Option<&'a NeighbourIndex>, probe: &'a [f32], metric: Metric) -> Self {
        let [row_count, channels] = [vectors.matrix.rows(), vectors.matrix.columns()];
        assert_eq!(probe.len(), channels, "the probe has {} channels, the vectors have {channels}", probe.len());
        assert_eq!(row_count, vectors.ids.len(), "one id a row");
        if let Some(index) = index {
            assert_eq!(index.norms.len(), row_count, "the index belongs to other vectors");
        }
        let zeros = if index.is_none() { vec![0.0; channels] } else { Vec::new() };
        let probe_norm = rows::length(probe);
        Self { vectors, norms: index.map(|index| index.norms.as_slice()), probe, probe_norm, metric, zeros }
    }

    /// The score of a row, as [`Neighbour`](crate::domain::Neighbour) has it.
    #[inline]
    pub fn score(&self, row: usize) -> f64 {
        let values = self.vectors.matrix.row(row);
        match self.metric {
            Metric::Euclidean => rows::distance(values, self.probe),
            Metric::Dot => rows::dot(values, self.probe),
            Metric::Cosine => {
                let norm = match self.norms {
                    Some(norms) => norms[row],
                    None => rows::distance(values, &self.zeros),
                };
                f64::from(rows::cosine(values, self.probe, norm, self.probe_norm))
            }
        }
    }
}

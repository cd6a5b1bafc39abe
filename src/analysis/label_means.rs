//! Which of two labels' means is nearer: a probe of a layer that needs no training, beside what neighbours say.

use std::collections::BTreeMap;

use super::{Cancelled, rows};
use crate::domain::Vectors;

/// Rows after which it is asked whether to stop.
const ROWS: usize = 4096;

/// Whether each row that is asked about lies nearer, by the cosine, to the mean of another label than to that of its own, which
/// is taken over the others with its label (leave-one-out). Means are of vectors of length 1, so that none counts more than
/// another. A row that is alone with its label, or without direction, is nearer to none. `None` when cancelled.
///
/// # Shapes
/// - `vectors.matrix`: `[images, channels]`
/// - `labels`: `[images]`
/// - `asked`: rows, and the other label of each; gives one answer each
///
/// # Panics
/// When there is not one label a row, or there is no such row.
pub fn nearer_to_another(
    vectors: &Vectors,
    labels: &[u32],
    asked: &[(usize, u32)],
    cancelled: Cancelled<'_>,
) -> Option<Vec<bool>> {
    let channels = vectors.matrix.columns();
    assert_eq!(labels.len(), vectors.matrix.rows(), "one label a row");
    // Only of labels that are asked about: there may be very many.
    let mut sums: BTreeMap<u32, (Vec<f64>, usize)> = BTreeMap::new();
    for label in asked.iter().flat_map(|(row, other)| [labels[*row], *other]) {
        sums.entry(label).or_insert_with(|| (vec![0.0; channels], 0));
    }
    let mut unit = vec![0.0; channels];
    for (row, label) in labels.iter().enumerate() {
        if row.is_multiple_of(ROWS) && cancelled() {
            return None;
        }
        let Some((sum, count)) = sums.get_mut(label) else { continue };
        if to_unit(vectors, row, &mut unit) {
            rows::add_to(&unit, sum);
            *count += 1;
        }
    }
    let mut is_nearer = |(row, other): &(usize, u32)| {
        if !to_unit(vectors, *row, &mut unit) {
            return false;
        }
        let (own, count) = &sums[&labels[*row]];
        if *count < 2 || labels[*row] == *other {
            return false;
        }
        let without: Vec<f64> = own.iter().zip(&unit).map(|(sum, value)| sum - f64::from(*value)).collect();
        cosine(&unit, &sums[other].0) > cosine(&unit, &without)
    };
    Some(asked.iter().map(&mut is_nearer).collect())
}

/// Writes a row as a vector of length 1; says no if it has no direction.
fn to_unit(vectors: &Vectors, row: usize, unit: &mut [f32]) -> bool {
    rows::widen(vectors.matrix.row(row), unit);
    let length = rows::length(unit);
    if length == 0.0 || !length.is_finite() {
        return false;
    }
    unit.iter_mut().for_each(|value| *value = (f64::from(*value) / length) as f32);
    true
}

/// Of a vector of length 1 and another; least where that has no direction.
fn cosine(unit: &[f32], other: &[f64]) -> f64 {
    let dot: f64 = unit.iter().zip(other).map(|(a, b)| f64::from(*a) * b).sum();
    let length = other.iter().map(|value| value * value).sum::<f64>().sqrt();
    if length > 0.0 { dot / length } else { f64::NEG_INFINITY }
}

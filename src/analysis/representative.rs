//! Which of some images stands for all: the one in the middle of the largest class.

use std::collections::BTreeMap;

/// Of fewer images of one label one is as good as the other.
const LEAST: usize = 3;

/// The row most similar (by cosine) to the mean direction of the rows whose label is the most frequent; of all rows where no label
/// has a few. Of equally frequent labels the first in the alphabet counts, of equally similar rows the first. `None` when no row
/// has a direction.
///
/// # Shapes
/// - `labels`, `vectors`: one a row; vectors of the same length.
pub fn representative(labels: &[Option<&str>], vectors: &[Vec<f32>]) -> Option<usize> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    labels.iter().flatten().for_each(|label| *counts.entry(label).or_default() += 1);
    let most = counts.values().copied().max().filter(|most| *most >= LEAST);
    let largest = most.and_then(|most| counts.iter().find(|(_, count)| **count == most)).map(|(label, _)| *label);
    let is_of_it = |row: &usize| largest.is_none() || labels.get(*row).copied().flatten() == largest;
    let directions: Vec<(usize, Vec<f64>)> =
        (0..vectors.len()).filter(is_of_it).filter_map(|row| Some((row, direction(&vectors[row])?))).collect();
    let mut middle = vec![0.0f64; directions.first()?.1.len()];
    for (_, direction) in &directions {
        middle.iter_mut().zip(direction).for_each(|(sum, value)| *sum += value);
    }
    let similarity = |direction: &[f64]| direction.iter().zip(&middle).map(|(a, b)| a * b).sum::<f64>();
    let mut best: Option<(usize, f64)> = None;
    for (row, direction) in &directions {
        let similarity = similarity(direction);
        if best.is_none_or(|(_, most)| similarity > most) {
            best = Some((*row, similarity));
        }
    }
    best.map(|(row, _)| row)
}

/// The vector at length 1, if it has a length.
fn direction(vector: &[f32]) -> Option<Vec<f64>> {
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    (length.is_finite() && length > 0.0).then(|| vector.iter().map(|value| f64::from(*value) / length).collect())
}

//! What is special about groups of rows: the rows in their middle, the channels that tell them from the rest.

use half::f16;
use rayon::prelude::*;

use super::rows;
use crate::domain::Vectors;

/// For each group the rows nearest to its mean by cosine, best first, at most `most`.
///
/// # Panics
/// When there is not one entry a row.
pub fn middle_rows(vectors: &Vectors, of: &[Option<u32>], groups: usize, most: usize) -> Vec<Vec<usize>> {
    assert_eq!(vectors.matrix.rows(), of.len(), "one group a row");
    let members = members(of, groups);
    members
        .into_par_iter()
        .map(|members| {
            let mean = mean_of(vectors, &members);
            let length = rows::dot_wide(&mean, &mean).sqrt();
            let zeros = vec![0.0; mean.len()];
            let score = |row: &usize| {
                let values = vectors.matrix.row(*row);
                let lengths = length * rows::squared_distance(values, &zeros).sqrt();
                let score = if lengths > 0.0 { rows::dot(values, &mean) / lengths } else { 0.0 };
                if score.is_finite() { score } else { -1.0 }
            };
            let mut scored: Vec<(f32, usize)> = members.iter().map(|row| (score(row), *row)).collect();
            scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            scored.into_iter().take(most).map(|(_, row)| row).collect()
        })
        .collect()
}

/// For each group the channels whose mean is most standard deviations of all rows above the mean of all rows, best first,
/// at most `most`, and only those above. A channel without variance tells nothing.
///
/// # Panics
/// When there is not one entry a row.
pub fn telling_channels(vectors: &Vectors, of: &[Option<u32>], groups: usize, most: usize) -> Vec<Vec<(usize, f32)>> {
    assert_eq!(vectors.matrix.rows(), of.len(), "one group a row");
    let all: Vec<usize> = (0..of.len()).collect();
    let mean = mean_of(vectors, &all);
    let deviation = deviation_of(vectors, &mean);
    let of_group = |members: Vec<usize>| {
        let own = mean_of(vectors, &members);
        let z = own.iter().zip(&mean).zip(&deviation).map(|((own, mean), deviation)| {
            if *deviation > 0.0 && !members.is_empty() { (own - mean) / deviation } else { 0.0 }
        });
        let mut channels: Vec<(usize, f32)> = z.enumerate().filter(|(_, z)| *z > 0.0).collect();
        channels.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        channels.truncate(most);
        channels
    };
    members(of, groups).into_par_iter().map(of_group).collect()
}

fn members(of: &[Option<u32>], groups: usize) -> Vec<Vec<usize>> {
    let mut members = vec![Vec::new(); groups];
    for (row, group) in of.iter().enumerate() {
        if let Some(group) = group {
            members[*group as usize].push(row);
        }
    }
    members
}

/// Numbers that are not finite count as 0.
fn finite(value: f16) -> f64 {
    if value.is_finite() { f64::from(value.to_f32()) } else { 0.0 }
}

fn mean_of(vectors: &Vectors, members: &[usize]) -> Vec<f32> {
    let mut sums = vec![0.0f64; vectors.matrix.columns()];
    for row in members {
        sums.iter_mut().zip(vectors.matrix.row(*row)).for_each(|(sum, value)| *sum += finite(*value));
    }
    sums.into_iter().map(|sum| (sum / members.len().max(1) as f64) as f32).collect()
}

/// Of the population.
fn deviation_of(vectors: &Vectors, mean: &[f32]) -> Vec<f32> {
    let mut sums = vec![0.0f64; mean.len()];
    for row in 0..vectors.matrix.rows() {
        for ((sum, value), mean) in sums.iter_mut().zip(vectors.matrix.row(row)).zip(mean) {
            *sum += (finite(*value) - f64::from(*mean)).powi(2);
        }
    }
    sums.into_iter().map(|sum| (sum / vectors.matrix.rows().max(1) as f64).sqrt() as f32).collect()
}

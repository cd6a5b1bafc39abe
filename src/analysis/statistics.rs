//! Mean and deviation of every feature over a collection, taken in as it comes.
//!
//! Kept as a *reference collection*: images that come later are standardised against it, without it being read again.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::rows;
use crate::domain::NumbersRef;

/// Features that one task takes; its sums stay in the nearest cache.
const PIECE_FEATURES: usize = 256;
/// Rows that are summed before they are merged with what was there.
const BLOCK_ROWS: usize = 64;

/// Count, mean and sum of squared deviations (M2) of each feature, in f64.
///
/// Rows are taken in blocks of a few dozen, each in two passes, and blocks are merged by Chan, Golub and LeVeque
/// ("Updating formulae and a pairwise algorithm for computing sample variances", 1979, eq. 2.1), so nothing is lost
/// where a mean is huge beside its deviation, and batches, their order and the number of shards change nothing but the
/// last digits. A feature that never changes has a deviation of exactly 0.
///
/// Numbers that are not finite are skipped and counted, feature by feature.
///
/// JSON keeps the sums to the last digit or one beside it (`serde_json` without `float_roundtrip`); columns of f64 keep
/// them exactly.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Statistics {
    counts: Vec<u64>,
    skipped: Vec<u64>,
    means: Vec<f64>,
    m2s: Vec<f64>,
}

impl Statistics {
    /// Nothing seen yet of so many features.
    pub fn new(features: usize) -> Self {
        Self {
            counts: vec![0; features],
            skipped: vec![0; features],
            means: vec![0.0; features],
            m2s: vec![0.0; features],
        }
    }

    /// Takes what was kept in columns, one entry a feature.
    ///
    /// # Panics
    /// When the columns differ in length.
    pub fn from_columns(counts: Vec<u64>, skipped: Vec<u64>, means: Vec<f64>, m2s: Vec<f64>) -> Self {
        let features = counts.len();
        assert!([skipped.len(), means.len(), m2s.len()] == [features; 3], "one entry a feature in each column");
        Self { counts, skipped, means, m2s }
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.counts.len()
    }

    /// Finite numbers seen, of each feature.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Numbers that were not finite and left out, of each feature.
    pub fn skipped(&self) -> &[u64] {
        &self.skipped
    }

    /// Rows seen: the most that any feature was given.
    pub fn count(&self) -> u64 {
        self.counts.iter().zip(&self.skipped).map(|(count, skipped)| count + skipped).max().unwrap_or(0)
    }

    /// Mean of each feature; 0 where nothing was seen.
    pub fn mean(&self) -> &[f64] {
        &self.means
    }

    /// Sum of squared deviations of each feature from its mean.
    pub fn m2(&self) -> &[f64] {
        &self.m2s
    }

    /// Standard deviation of each feature over the population (ddof 0); 0 where nothing was seen.
    pub fn std(&self) -> Vec<f64> {
        let std = |(m2, count): (&f64, &u64)| if *count == 0 { 0.0 } else { (m2 / *count as f64).sqrt() };
        self.m2s.iter().zip(&self.counts).map(std).collect()
    }

    /// Takes in rows as they are stored.
    ///
    /// # Shapes
    /// - `rows`: `[n, features]`, row-major
    ///
    /// # Panics
    /// When `rows` does not fill whole rows.
    pub fn add_rows<'a>(&mut self, rows: impl Into<NumbersRef<'a>>) {
        match rows.into() {
            NumbersRef::Half(rows) => self.add(rows, |from, to| rows::widen(from, to)),
            NumbersRef::Single(rows) => self.add_wide_rows(rows),
        }
    }

    /// As [`add_rows`](Self::add_rows), of numbers in single precision.
    ///
    /// # Panics
    /// When `rows` does not fill whole rows.
    pub fn add_wide_rows(&mut self, rows: &[f32]) {
        self.add(rows, |from, to| to.copy_from_slice(from));
    }

    /// Takes in what another one has seen of other rows.
    ///
    /// # Panics
    /// When the other one is of another number of features.
    pub fn merge(&mut self, other: &Self) {
        assert_eq!(self.features(), other.features(), "statistics of the same features");
        for feature in 0..self.features() {
            self.skipped[feature] += other.skipped[feature];
            let theirs = (other.counts[feature], other.means[feature], other.m2s[feature]);
            merge(&mut self.counts[feature], &mut self.means[feature], &mut self.m2s[feature], theirs);
        }
    }

    /// Appends the features of a further layer.
    pub fn append_features(&mut self, other: &Self) {
        self.counts.extend_from_slice(&other.counts);
        self.skipped.extend_from_slice(&other.skipped);
        self.means.extend_from_slice(&other.means);
        self.m2s.extend_from_slice(&other.m2s);
    }

    fn add<T: Sync>(&mut self, rows: &[T], widen: impl Fn(&[T], &mut [f32]) + Sync) {
        let features = self.features();
        if features == 0 {
            assert!(rows.is_empty(), "numbers of no feature");
            return;
        }
        assert!(rows.len().is_multiple_of(features), "{} numbers do not fill rows of {features}", rows.len());
        // Each task has features of its own, so that the number of threads changes nothing.
        self.counts
            .par_chunks_mut(PIECE_FEATURES)
            .zip(self.skipped.par_chunks_mut(PIECE_FEATURES))
            .zip(self.means.par_chunks_mut(PIECE_FEATURES))
            .zip(self.m2s.par_chunks_mut(PIECE_FEATURES))
            .enumerate()
            .for_each(|(piece, (((counts, skipped), means), m2s))| {
                let first = piece * PIECE_FEATURES;
                let width = counts.len();
                let mut block = Block::new(width);
                for rows in rows.chunks(BLOCK_ROWS * features) {
                    let height = rows.len() / features;
                    let values = &mut block.values[..height * width];
                    for (row, wide) in rows.chunks_exact(features).zip(values.chunks_exact_mut(width)) {
                        widen(&row[first..first + width], wide);
                    }
                    block.measure(height);
                    for feature in 0..width {
                        let seen = block.counts[feature] as u64;
                        skipped[feature] += height as u64 - seen;
                        let theirs = (seen, block.means[feature], block.m2s[feature]);
                        merge(&mut counts[feature], &mut means[feature], &mut m2s[feature], theirs);
                    }
                }
            });
    }
}

/// Merges two groups of numbers of one feature.
fn merge(count: &mut u64, mean: &mut f64, m2: &mut f64, (other_count, other_mean, other_m2): (u64, f64, f64)) {
    if other_count == 0 {
        return;
    }
    if *count == 0 {
        (*count, *mean, *m2) = (other_count, other_mean, other_m2);
        return;
    }
    let (n, m) = (*count as f64, other_count as f64);
    let apart = other_mean - *mean;
    *mean += apart * (m / (n + m));
    *m2 += other_m2 + apart * apart * (n * m / (n + m));
    *count += other_count;
}

/// A few rows of a few features, and what was measured of them.
struct Block {
    values: Vec<f32>,
    counts: Vec<f64>,
    means: Vec<f64>,
    m2s: Vec<f64>,
    sums: Vec<f64>,
}

impl Block {
    fn new(width: usize) -> Self {
        let zeros = || vec![0.0; width];
        Self { values: vec![0.0; width * BLOCK_ROWS], counts: zeros(), means: zeros(), m2s: zeros(), sums: zeros() }
    }

    /// Two passes over the first `height` rows. A few dozen equal numbers of single precision add up exactly in f64, so a
    /// feature that never changes has itself as its mean.
    fn measure(&mut self, height: usize) {
        let Self { values, counts, means, m2s, sums } = self;
        let width = counts.len();
        let values = &values[..height * width];
        counts.fill(0.0);
        sums.fill(0.0);
        for row in values.chunks_exact(width) {
            for ((value, count), sum) in row.iter().zip(&mut *counts).zip(&mut *sums) {
                let is_finite = value.is_finite();
                *count += f64::from(u8::from(is_finite));
                *sum += if is_finite { f64::from(*value) } else { 0.0 };
            }
        }
        for ((mean, sum), count) in means.iter_mut().zip(&mut *sums).zip(&*counts) {
            *mean = if *count == 0.0 { 0.0 } else { *sum / count };
            *sum = 0.0;
        }
        m2s.fill(0.0);
        for row in values.chunks_exact(width) {
            for (((value, m2), sum), mean) in row.iter().zip(&mut *m2s).zip(&mut *sums).zip(&*means) {
                let deviation = if value.is_finite() { f64::from(*value) - mean } else { 0.0 };
                *sum += deviation;
                *m2 += deviation * deviation;
            }
        }
        // What rounding of the mean left over.
        for ((m2, sum), count) in m2s.iter_mut().zip(&*sums).zip(&*counts) {
            *m2 = if *count == 0.0 { 0.0 } else { (*m2 - sum * sum / count).max(0.0) };
        }
    }
}

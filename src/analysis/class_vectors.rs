//! What is common to the images of a class, as a vector over many layers (Garcia-Gasulla et al. 2015, arXiv 1507.08818).
//!
//! The class vector is the mean of its images' vectors, each layer brought to length 1, all layers one after another.
//! Distances between such vectors follow what the classes mean. Adding and subtracting them is there to be explored: the
//! authors withdrew what they first had read from it.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::statistics::Statistics;
use super::{Cancelled, rows};
use crate::domain::{ImageId, Metric, NumbersRef, Vectors};

/// The sums of one layer's vectors, class by class, while they come in.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerMeans {
    name: String,
    channels: usize,
    bounds: Vec<f64>,
    counts: Vec<u64>,
    sums: Vec<f64>,
}

impl LayerMeans {
    /// Nothing seen yet.
    pub fn new(name: &str, channels: usize, classes: usize) -> Self {
        Self {
            name: name.to_owned(),
            channels,
            bounds: vec![f64::NEG_INFINITY; channels],
            counts: vec![0; classes],
            sums: vec![0.0; channels * classes],
        }
    }

    /// From now on only activations above `bound` count; others are taken as absent, which is 0. With `bound` 1 these are
    /// the sparse vectors of 2015.
    pub fn keep_above(mut self, bound: f64) -> Self {
        self.bounds.iter_mut().for_each(|known| *known = known.max(bound));
        self
    }

    /// From now on only activations count that lie more than so many standard deviations above the mean of their feature
    /// in the collection (1, 2 and 3 in 2015); others are taken as absent, which is 0.
    ///
    /// # Panics
    /// When the statistics are of another number of features.
    pub fn keep_unusual(mut self, collection: &Statistics, deviations: f64) -> Self {
        assert_eq!(collection.features(), self.channels, "statistics of the same layer");
        for ((known, mean), std) in self.bounds.iter_mut().zip(collection.mean()).zip(collection.std()) {
            *known = known.max(mean + deviations * std);
        }
        self
    }

    /// Takes in one image of a class. A number that is not finite is absent. An image of several classes (tags,
    /// selections) is given to each.
    ///
    /// # Panics
    /// When there is no such class, or the row has another number of channels.
    pub fn add_row(&mut self, class: usize, row: &[f32]) {
        assert_eq!(row.len(), self.channels, "one value a channel");
        self.counts[class] += 1;
        let sums = &mut self.sums[class * self.channels..(class + 1) * self.channels];
        for ((sum, value), bound) in sums.iter_mut().zip(row).zip(&self.bounds) {
            let is_kept = value.is_finite() && f64::from(*value) > *bound;
            *sum += if is_kept { f64::from(*value) } else { 0.0 };
        }
    }

    /// Takes in many images; those of no class are passed over.
    ///
    /// # Shapes
    /// - `classes`: `[n]`
    /// - `rows`: `[n, channels]`, row-major
    ///
    /// # Panics
    /// When the shapes differ, or there is no such class.
    pub fn add_rows<'a>(&mut self, classes: &[Option<u32>], rows: impl Into<NumbersRef<'a>>) {
        let rows = rows.into();
        assert_eq!(rows.len(), classes.len() * self.channels, "one class entry a row");
        let mut wide = vec![0.0f32; self.channels];
        for (row, class) in classes.iter().enumerate() {
            if let Some(class) = class {
                rows::widen(rows.slice(row * self.channels, self.channels), &mut wide);
                self.add_row(*class as usize, &wide);
            }
        }
    }

    /// Takes in the images of a class, as far as they have vectors, and says how many have one.
    ///
    /// # Panics
    /// When there is no such class, or the vectors have another number of channels.
    pub fn add_members(&mut self, class: usize, vectors: &Vectors, images: &[ImageId]) -> usize {
        let mut wide = vec![0.0f32; vectors.matrix.columns()];
        let mut count = 0;
        for image in images {
            if let Ok(row) = vectors.ids.binary_search(image) {
                rows::widen(vectors.matrix.row(row), &mut wide);
                self.add_row(class, &wide);
                count += 1;
            }
        }
        count
    }

    /// Takes in what another one has seen of other images.
    ///
    /// # Panics
    /// When it is of another layer or other classes, or keeps other activations.
    pub fn merge(&mut self, other: &Self) {
        let settings = |means: &Self| (means.name.clone(), means.bounds.clone(), means.counts.len());
        assert_eq!(settings(self), settings(other), "sums of the same layer and classes");
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, more)| *sum += more);
    }
}

/// One vector a class, over the same layers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClassVectors {
    /// Names and channels of the layers, in the order in which they stand in a vector.
    pub layers: Vec<(String, usize)>,
    /// Names of the classes.
    pub classes: Vec<String>,
    /// `[classes, channels of all layers]`, row-major.
    pub values: Vec<f32>,
}

/// A class near a probe.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClassNeighbour {
    /// Its place among the classes.
    pub class: usize,
    /// Its similarity or distance to the probe, as the metric has it.
    pub score: f64,
}

impl ClassVectors {
    /// Puts layers side by side; `normalise` brings each layer of each class to length 1 first, so that layers with large
    /// activations do not drown the others. A class without images is all zeros.
    ///
    /// # Panics
    /// When a layer was summed over another number of classes.
    pub fn new(classes: Vec<String>, layers: Vec<LayerMeans>, normalise: bool) -> Self {
        let features: usize = layers.iter().map(|layer| layer.channels).sum();
        let mut values = Vec::with_capacity(classes.len() * features);
        for class in 0..classes.len() {
            for layer in &layers {
                assert_eq!(layer.counts.len(), classes.len(), "sums of the same classes");
                let sums = &layer.sums[class * layer.channels..(class + 1) * layer.channels];
                let length = sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt();
                let divisor = if normalise { length } else { layer.counts[class] as f64 };
                values.extend(sums.iter().map(|sum| if divisor == 0.0 { 0.0 } else { (sum / divisor) as f32 }));
            }
        }
        let layers = layers.into_iter().map(|layer| (layer.name, layer.channels)).collect();
        Self { layers, classes, values }
    }

    /// Numbers of a vector.
    pub fn features(&self) -> usize {
        self.layers.iter().map(|(_, channels)| channels).sum()
    }

    /// The vector of a class.
    pub fn row(&self, class: usize) -> &[f32] {
        let features = self.features();
        &self.values[class * features..(class + 1) * features]
    }

    /// Cosine distances `1 - a·b / (|a| |b|)`; a vector of zeros is 1 from all others. `None` when cancelled.
    ///
    /// # Shapes
    /// Returns `[classes, classes]`, row-major, 0 on the diagonal.
    pub fn cosine_distances(&self, cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
        self.distances(|a, b| (1.0 - score(Metric::Cosine, a, b)) as f32, cancelled)
    }

    /// Euclidean distances. `None` when cancelled.
    ///
    /// # Shapes
    /// Returns `[classes, classes]`, row-major, 0 on the diagonal.
    pub fn euclidean_distances(&self, cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
        self.distances(|a, b| rows::told(score(Metric::Euclidean, a, b)), cancelled)
    }

    fn distances(&self, distance: impl Fn(&[f32], &[f32]) -> f32 + Sync, cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
        let count = self.classes.len();
        let below = |a: usize| -> Option<Vec<f32>> {
            (0..a).map(|b| (!cancelled()).then(|| distance(self.row(a), self.row(b)))).collect()
        };
        let triangle: Vec<Vec<f32>> = (0..count).into_par_iter().map(below).collect::<Option<_>>()?;
        let at = |a: usize, b: usize| match a.cmp(&b) {
            std::cmp::Ordering::Greater => triangle[a][b],
            std::cmp::Ordering::Less => triangle[b][a],
            std::cmp::Ordering::Equal => 0.0,
        };
        Some((0..count * count).map(|place| at(place / count, place % count)).collect())
    }

    /// The `k` classes nearest to `probe`, nearest first, ties by place. `without` are left out: the operands, where the
    /// probe was calculated from classes.
    ///
    /// # Panics
    /// When `probe` has another number of features.
    pub fn nearest(&self, probe: &[f32], metric: Metric, k: usize, without: &[usize]) -> Vec<ClassNeighbour> {
        assert_eq!(probe.len(), self.features(), "one value a feature");
        let mut all: Vec<ClassNeighbour> = (0..self.classes.len())
            .filter(|class| !without.contains(class))
            .map(|class| ClassNeighbour { class, score: score(metric, probe, self.row(class)) })
            .filter(|neighbour| neighbour.score.is_finite())
            .collect();
        all.sort_by(|a, b| {
            let order = a.score.total_cmp(&b.score);
            (if metric.larger_is_nearer() { order.reverse() } else { order }).then(a.class.cmp(&b.class))
        });
        all.truncate(k);
        all
    }
}

/// `a - b`, and 0 where that would be negative: what `a` has more of. So `a - b + b` is `a` only where `a` is larger.
///
/// # Panics
/// When the two differ in length.
pub fn minus(a: &[f32], b: &[f32]) -> Vec<f32> {
    assert_eq!(a.len(), b.len(), "vectors of the same features");
    a.iter().zip(b).map(|(a, b)| (a - b).max(0.0)).collect()
}

/// `a + b`.
///
/// # Panics
/// When the two differ in length.
pub fn plus(a: &[f32], b: &[f32]) -> Vec<f32> {
    assert_eq!(a.len(), b.len(), "vectors of the same features");
    a.iter().zip(b).map(|(a, b)| a + b).collect()
}

/// How near two vectors are by a metric, summed in f64; a cosine lies in `-1..=1`.
///
/// # Panics
/// When the two differ in length.
pub fn score(metric: Metric, a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len(), "vectors of the same features");
    rows::rounded(match metric {
        Metric::Euclidean => sum(a, b, |a, b| (a - b) * (a - b)).sqrt(),
        Metric::Dot => sum(a, b, |a, b| a * b),
        Metric::Cosine => {
            let lengths = (sum(a, a, |a, b| a * b) * sum(b, b, |a, b| a * b)).sqrt();
            if lengths == 0.0 { 0.0 } else { (sum(a, b, |a, b| a * b) / lengths).clamp(-1.0, 1.0) }
        }
    })
}

/// Over several lanes, so that no term waits for the one before.
fn sum(a: &[f32], b: &[f32], term: impl Fn(f64, f64) -> f64) -> f64 {
    let mut lanes = [0.0f64; 8];
    let ((a_blocks, a_rest), (b_blocks, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for lane in 0..8 {
            lanes[lane] += term(f64::from(a[lane]), f64::from(b[lane]));
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| term(f64::from(*a), f64::from(*b))).sum();
    lanes.iter().sum::<f64>() + rest
}

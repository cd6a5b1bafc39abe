//! Neighbours by several layers at once: alike in texture and in object, say, or alike in one and not in the other.

use super::score::Scorer;
use super::{BLOCK_ROWS, NeighbourIndex, Scan, best};
use crate::analysis::{Cancelled, rows};
use crate::domain::{ImageId, Metric, Neighbour, Vectors};

/// Pairs of rows that a layer's usual distance is taken from. The median of a thousand is within a few hundredths of
/// that of all, and the same for all rows of a list.
const SAMPLED_PAIRS: usize = 1024;

/// One layer's part in a mix.
#[derive(Clone, Copy, Debug)]
pub struct MixedLayer<'a> {
    /// The vectors of the images at the layer.
    pub vectors: &'a Vectors,
    /// Their lengths, if they were measured.
    pub index: Option<&'a NeighbourIndex>,
    /// The probe at the layer.
    pub probe: &'a [f32],
    /// How much the layer counts against the others; negative to look for what is unlike at it.
    pub weight: f32,
}

/// The `k` images nearest to the probe by all `layers` together, nearest first, ties by id. Exact.
///
/// The score is `Σ w_l s_l / Σ |w_l|`, where `s_l` is
/// - cosine: the cosine at the layer, which needs no scale;
/// - Euclidean: the distance divided by the layer's usual one, the median distance of sampled pairs of its rows, so that
///   a layer of large numbers does not drown the others: 1 is as far as any two images are;
/// - dot: the product divided by the median absolute product of sampled pairs.
///
/// An image that lacks a vector at one of the layers is left out, and so is one whose score is not finite. Without any
/// weight, or cancelled, there is nothing.
///
/// # Shapes
/// For every layer `vectors.matrix`: `[images, channels]` and `probe`: `[channels]`, where layers may differ in both.
///
/// # Panics
/// When a probe has another number of channels than its vectors, an index belongs to other vectors, or the images to
/// leave out are not sorted.
pub fn mixed(layers: &[MixedLayer<'_>], search: &Scan<'_>, cancelled: Cancelled<'_>) -> Vec<Neighbour> {
    search.check();
    let weights: f64 = layers.iter().map(|layer| f64::from(layer.weight.abs())).sum();
    if search.k == 0 || weights == 0.0 || layers.iter().any(|layer| layer.vectors.ids.is_empty()) {
        return Vec::new();
    }
    let terms: Vec<(Scorer<'_>, f64)> = layers
        .iter()
        .map(|layer| {
            let scorer = Scorer::new(layer.vectors, layer.index, layer.probe, search.metric);
            (scorer, f64::from(layer.weight) / (weights * usual(layer.vectors, search.metric)))
        })
        .collect();
    let Some(shared) = SharedImages::of(layers, cancelled) else { return Vec::new() };
    let score = |place: usize| {
        let sum: f64 = terms
            .iter()
            .enumerate()
            .map(|(layer, (scorer, factor))| scorer.score(shared.row(layer, place)) * factor)
            .sum();
        rows::rounded(sum)
    };
    best(&shared.images, search, score, cancelled)
}

/// What the scores of a layer are divided by; above 0.
fn usual(vectors: &Vectors, metric: Metric) -> f64 {
    let row_count = vectors.matrix.rows();
    if metric == Metric::Cosine || row_count < 2 {
        return 1.0;
    }
    let mut random = fastrand::Rng::with_seed(0);
    let mut wide = vec![0.0f32; vectors.matrix.columns()];
    let mut sampled: Vec<f64> = (0..SAMPLED_PAIRS)
        .map(|_| {
            let a = random.usize(..row_count);
            let b = (a + random.usize(1..row_count)) % row_count;
            rows::widen(vectors.matrix.row(b), &mut wide);
            let a = vectors.matrix.row(a);
            match metric {
                Metric::Euclidean => rows::distance(a, &wide),
                Metric::Cosine | Metric::Dot => rows::dot(a, &wide).abs(),
            }
        })
        .filter(|score| score.is_finite())
        .collect();
    sampled.sort_unstable_by(f64::total_cmp);
    let median = sampled.get(sampled.len() / 2).copied().unwrap_or(0.0);
    let mean = sampled.iter().sum::<f64>() / sampled.len().max(1) as f64;
    // Where most rows are the same, the mean of what differs is left; where all are, there is nothing to scale.
    [median, mean].into_iter().find(|scale| *scale > 0.0).unwrap_or(1.0)
}

/// The images that have a vector at every layer, and where.
struct SharedImages {
    images: Vec<ImageId>,
    /// For every layer the row of each image; empty where all layers have the same images in the same rows.
    rows: Vec<Vec<u32>>,
}

impl SharedImages {
    /// `None` when cancelled.
    fn of(layers: &[MixedLayer<'_>], cancelled: Cancelled<'_>) -> Option<Self> {
        let first = &layers[0].vectors.ids;
        if layers.iter().all(|layer| layer.vectors.ids == *first) {
            return Some(Self { images: first.clone(), rows: Vec::new() });
        }
        let mut images = Vec::with_capacity(first.len());
        let mut rows = vec![Vec::with_capacity(first.len()); layers.len()];
        for (number, image) in first.iter().enumerate() {
            if number % BLOCK_ROWS == 0 && cancelled() {
                return None;
            }
            let found: Option<Vec<usize>> = layers.iter().map(|layer| layer.vectors.row_of(*image)).collect();
            if let Some(found) = found {
                images.push(*image);
                rows.iter_mut().zip(found).for_each(|(rows, row)| rows.push(row as u32));
            }
        }
        Some(Self { images, rows })
    }

    #[inline]
    fn row(&self, layer: usize, place: usize) -> usize {
        self.rows.get(layer).map_or(place, |rows| rows[place] as usize)
    }
}

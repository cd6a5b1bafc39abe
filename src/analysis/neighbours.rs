//! The images most like a probe, by looking at every one of them.

mod mixed;
mod nearest;
mod score;

use rayon::prelude::*;

pub use mixed::{MixedLayer, mixed};
use nearest::Nearest;
use score::Scorer;

use super::{Cancelled, rows};
use crate::domain::{ImageId, ImageSet, Metric, Neighbour, Vectors};

/// Rows that one task looks at between two questions whether to go on: about a millisecond of work.
const BLOCK_ROWS: usize = 1024;

/// What is asked for, beside the probe itself.
#[derive(Clone, Copy, Debug, Default)]
pub struct Scan<'a> {
    /// The measure that ranks.
    pub metric: Metric,
    /// How many.
    pub k: usize,
    /// Never in the list, ascending: what the probe is made of, usually.
    pub exclude: &'a [ImageId],
    /// Only these are in the list; all, if `None`.
    pub among: Option<&'a ImageSet>,
}

impl Scan<'_> {
    fn accepts(&self, image: ImageId) -> bool {
        self.among.is_none_or(|among| among.contains(image)) && self.exclude.binary_search(&image).is_err()
    }

    fn check(&self) {
        assert!(self.exclude.is_sorted(), "the images to leave out are sorted");
    }
}

/// The `k` images nearest to `probe`, nearest first, ties by id. Exact: every row is looked at.
///
/// `exclude` is left out (the probe's own image, usually). A row with a number that is not finite has no place in any
/// order and is left out as well; [`NeighbourIndex::not_finite`] counts them. A cancelled search returns nothing.
///
/// Sums are taken in f32 over halves and in f64 over singles, and over whatever is too large or too small for f32. Ask [`NeighbourIndex`] instead when the same vectors are searched repeatedly.
///
/// # Shapes
/// - `vectors.matrix`: `[images, channels]`
/// - `probe`: `[channels]`
///
/// # Panics
/// When `probe` has another number of channels than `vectors`.
pub fn exact(
    vectors: &Vectors,
    probe: &[f32],
    metric: Metric,
    k: usize,
    exclude: Option<ImageId>,
    cancelled: Cancelled<'_>,
) -> Vec<Neighbour> {
    exact_among(vectors, probe, &Scan { metric, k, exclude: exclude.as_slice(), among: None }, cancelled)
}

/// As [`exact`], leaving out any number of images and looking among some only.
///
/// # Panics
/// As [`exact`], and when the images to leave out are not sorted.
pub fn exact_among(vectors: &Vectors, probe: &[f32], search: &Scan<'_>, cancelled: Cancelled<'_>) -> Vec<Neighbour> {
    scan(vectors, None, probe, search, cancelled)
}

/// The row of `image` as a probe; `None` when it has no vector.
pub fn probe_of(vectors: &Vectors, image: ImageId) -> Option<Vec<f32>> {
    let row = vectors.matrix.row(vectors.row_of(image)?);
    let mut probe = vec![0.0; row.len()];
    rows::widen(row, &mut probe);
    Some(probe)
}

/// What can be known of vectors before any probe: the length of each. Halves the arithmetic of a cosine search.
#[derive(Clone, Debug, Default)]
pub struct NeighbourIndex {
    norms: Vec<f64>,
}

impl NeighbourIndex {
    /// Measures every row once.
    pub fn new(vectors: &Vectors) -> Self {
        let zeros = vec![0.0f32; vectors.matrix.columns()];
        let norms = (0..vectors.matrix.rows())
            .into_par_iter()
            .with_min_len(BLOCK_ROWS)
            .map(|row| rows::distance(vectors.matrix.row(row), &zeros))
            .collect();
        Self { norms }
    }

    /// How many rows have a number that is not finite: they are nobody's neighbours.
    pub fn not_finite(&self) -> usize {
        self.norms.iter().filter(|norm| !norm.is_finite()).count()
    }

    /// As [`exact`]; `vectors` are those the index was made of.
    ///
    /// # Panics
    /// When `vectors` has another number of rows than the index, or `probe` another number of channels.
    pub fn exact(
        &self,
        vectors: &Vectors,
        probe: &[f32],
        metric: Metric,
        k: usize,
        exclude: Option<ImageId>,
        cancelled: Cancelled<'_>,
    ) -> Vec<Neighbour> {
        self.exact_among(vectors, probe, &Scan { metric, k, exclude: exclude.as_slice(), among: None }, cancelled)
    }

    /// As [`exact_among`]; `vectors` are those the index was made of.
    ///
    /// # Panics
    /// When `vectors` has another number of rows than the index, `probe` another number of channels, or the images to
    /// leave out are not sorted.
    pub fn exact_among(
        &self,
        vectors: &Vectors,
        probe: &[f32],
        search: &Scan<'_>,
        cancelled: Cancelled<'_>,
    ) -> Vec<Neighbour> {
        scan(vectors, Some(self), probe, search, cancelled)
    }

    /// As [`exact_among`](Self::exact_among), looking at these images alone: a few, as an index finds them. Those that have no
    /// vector are left out.
    ///
    /// # Panics
    /// As there.
    pub fn exact_of(&self, vectors: &Vectors, probe: &[f32], search: &Scan<'_>, images: &[ImageId]) -> Vec<Neighbour> {
        search.check();
        if images.is_empty() || search.k == 0 {
            return Vec::new();
        }
        let scorer = Scorer::new(vectors, Some(self), probe, search.metric);
        let mut nearest = Nearest::new(search.k, search.metric);
        for image in images.iter().copied().filter(|image| search.accepts(*image)) {
            if let Some(row) = vectors.row_of(image) {
                nearest.offer(Neighbour { image, score: scorer.score(row) });
            }
        }
        nearest.into_sorted()
    }
}

fn scan(
    vectors: &Vectors,
    index: Option<&NeighbourIndex>,
    probe: &[f32],
    search: &Scan<'_>,
    cancelled: Cancelled<'_>,
) -> Vec<Neighbour> {
    search.check();
    if vectors.matrix.rows() == 0 || search.k == 0 {
        return Vec::new();
    }
    let scorer = Scorer::new(vectors, index, probe, search.metric);
    best(&vectors.ids, search, |row| scorer.score(row), cancelled)
}

/// The best of `images`, place by place, by what `score` says of each place.
fn best(
    images: &[ImageId],
    search: &Scan<'_>,
    score: impl Fn(usize) -> f64 + Sync,
    cancelled: Cancelled<'_>,
) -> Vec<Neighbour> {
    let look_at_block = |mut nearest: Nearest, block: usize| {
        if cancelled() {
            return nearest;
        }
        let first = block * BLOCK_ROWS;
        for (row, image) in images.iter().enumerate().skip(first).take(BLOCK_ROWS) {
            if search.accepts(*image) {
                nearest.offer(Neighbour { image: *image, score: score(row) });
            }
        }
        nearest
    };
    let nearest = (0..images.len().div_ceil(BLOCK_ROWS))
        .into_par_iter()
        .fold(|| Nearest::new(search.k, search.metric), look_at_block)
        .reduce(|| Nearest::new(search.k, search.metric), Nearest::merge);
    if cancelled() { Vec::new() } else { nearest.into_sorted() }
}

//! The leading eigenvectors of a symmetric matrix that need not be known but by what it makes of vectors: a few
//! directions, and what becomes of them when they are turned by it (Golub and Underwood 1977; Musco and Musco 2015).

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par};

use super::Spectrum;
use super::block::Blocks;
use super::decompose::decompose;
use crate::analysis::Cancelled;
use crate::analysis::pca::Component;
use crate::domain::Matrix;

/// Directions that are turned at a time: eigenvalues that come more often than this are found too rarely.
const BLOCK: usize = 4;
/// Directions that are kept before the best begin anew.
const MOST_KEPT: usize = 128;
/// Directions between two looks at what they say.
const STRIDE: usize = 16;

/// What is left of a direction without the known ones is new if it is longer than this share of it, and else rounding.
const LEAST_NEW: f64 = 1e-12;

/// When to stop.
#[derive(Clone, Copy)]
pub struct Patience {
    /// How often the best directions begin anew.
    turns: usize,
    /// Settled when what is left of `A v - λ v` is shorter than this share of all eigenvalues' sum.
    residual: f64,
}

impl Patience {
    /// For a matrix in double precision that can also be decomposed.
    pub const SHORT: Self = Self { turns: 2, residual: 1e-9 };
    /// For products in single precision, each of which reads all rows.
    const LONG: Self = Self { turns: 6, residual: 1e-6 };
}

/// What iteration came to.
pub struct Found {
    /// The two largest eigenvalues and their vectors, largest first; fewer if the matrix is smaller.
    pub leading: Vec<(f64, Vec<f64>)>,
    /// Whether they came to rest.
    pub is_settled: bool,
}

/// From `Xᵀ X Q`, block by block, where both sides of `X` are long.
pub fn by_products(matrix: &Matrix, cancelled: Cancelled<'_>) -> Option<Spectrum> {
    let (blocks, energy) = Blocks::centred(matrix, cancelled)?;
    let found = iterate(matrix.columns(), energy, Patience::LONG, |q| apply(&blocks, q, cancelled))?;
    let direction = |vector: &[f64]| vector.iter().map(|v| *v as f32).collect();
    let leading = found.leading.into_iter();
    let components = leading.map(|(energy, vector)| Component { direction: direction(&vector), energy }).collect();
    let (power, mean) = blocks.into_power_and_mean();
    Some(Spectrum { power, mean, energy, components })
}

/// The best of all that `A` makes of a few directions, turned again and again, from a fixed start (block Lanczos, all
/// directions kept orthogonal). `None` when `apply` gives none.
///
/// # Shapes
/// - `apply`: from `Q`, `[side, BLOCK]` or narrower, to `A Q`
pub fn iterate(
    side: usize,
    energy: f64,
    patience: Patience,
    apply: impl Fn(&Mat<f64>) -> Option<Mat<f64>>,
) -> Option<Found> {
    let mut random = fastrand::Rng::with_seed(7);
    let mut start = Mat::from_fn(side, BLOCK.min(side), |_, _| random.f64() - 0.5);
    let mut turn = 0;
    loop {
        turn += 1;
        let mut kept = Kept::new(side);
        let mut next = new_directions(kept.known(), &start);
        let mut looked_at = 0;
        let best = loop {
            if let Some(directions) = next.take() {
                let turned = apply(&directions)?;
                next = kept.take(&directions, &turned);
            }
            let is_last = next.is_none();
            if is_last || kept.width >= looked_at + STRIDE {
                looked_at = kept.width;
                let best = kept.best();
                let left = best.iter().take(2).map(|ritz| ritz.residual).fold(0.0, f64::max);
                let is_settled = left <= patience.residual * energy;
                if is_settled || (is_last && turn == patience.turns) {
                    let leading = best.into_iter().take(2).map(|ritz| (ritz.value, ritz.vector)).collect();
                    return Some(Found { leading, is_settled });
                }
                if is_last {
                    break best;
                }
            }
        };
        start = Mat::from_fn(side, best.len(), |row, column| best[column].vector[row]);
    }
}

/// Orthonormal directions and what `A` makes of them.
struct Kept {
    width: usize,
    directions: Mat<f64>,
    turned: Mat<f64>,
    /// What `A` is within the directions.
    within: Mat<f64>,
}

/// An eigenvector as far as some directions know it.
struct Ritz {
    value: f64,
    vector: Vec<f64>,
    /// The length of `A v - λ v`.
    residual: f64,
}

impl Kept {
    fn new(side: usize) -> Self {
        let most = MOST_KEPT.min(side);
        let empty = || Mat::<f64>::zeros(side, most);
        Self { width: 0, directions: empty(), turned: empty(), within: Mat::zeros(most, most) }
    }

    /// Takes further directions, and returns those to go on with: what `A` made of these that is new. `None` when there is
    /// no room or nothing is new.
    fn take(&mut self, directions: &Mat<f64>, turned: &Mat<f64>) -> Option<Mat<f64>> {
        let (first, new) = (self.width, directions.ncols());
        self.directions.as_mut().subcols_mut(first, new).copy_from(directions);
        self.turned.as_mut().subcols_mut(first, new).copy_from(turned);
        self.width += new;
        let products = product(self.known().transpose(), turned.as_ref());
        for column in 0..new {
            for row in 0..self.width {
                self.within[(row, first + column)] = products[(row, column)];
                self.within[(first + column, row)] = products[(row, column)];
            }
        }
        let next = new_directions(self.known(), turned)?;
        let room = (self.directions.ncols() - self.width).min(next.ncols());
        (room > 0).then(|| next.subcols(0, room).to_owned())
    }

    fn known(&self) -> MatRef<'_, f64> {
        self.directions.as_ref().subcols(0, self.width)
    }

    /// The best few eigenvectors, largest first.
    fn best(&self) -> Vec<Ritz> {
        let within = self.within.as_ref().submatrix(0, 0, self.width, self.width).to_owned();
        let of = |columns: &Mat<f64>, mix: &[f64]| combined(columns.as_ref().subcols(0, self.width), mix);
        decompose(&within, BLOCK)
            .into_iter()
            .map(|(value, mix)| {
                let (vector, turned) = (of(&self.directions, &mix), of(&self.turned, &mix));
                let residual = vector.iter().zip(&turned).map(|(v, turned)| (turned - value * v).powi(2)).sum::<f64>();
                Ritz { value, vector, residual: residual.sqrt() }
            })
            .collect()
    }
}

/// `Xᵀ X Q`, block by block.
fn apply(blocks: &Blocks<'_>, q: &Mat<f64>, cancelled: Cancelled<'_>) -> Option<Mat<f64>> {
    let [_, channels] = blocks.shape();
    let narrow = Mat::from_fn(channels, q.ncols(), |row, column| q[(row, column)] as f32);
    let mut sum = Mat::<f64>::zeros(channels, q.ncols());
    let turn = |_, rows: &[f32], product: &mut Vec<f32>| {
        let x = MatRef::from_row_major_slice(rows, rows.len() / channels, channels);
        let mut scores = Mat::<f32>::zeros(x.nrows(), q.ncols());
        matmul(scores.as_mut(), Accum::Replace, x, &narrow, 1.0, Par::Seq);
        product.resize(channels * q.ncols(), 0.0);
        let product = MatMut::from_column_major_slice_mut(product, channels, q.ncols());
        matmul(product, Accum::Replace, x.transpose(), &scores, 1.0, Par::Seq);
    };
    blocks.for_each(cancelled, turn, |product| {
        for (column, product) in product.chunks_exact(channels).enumerate() {
            for (row, product) in product.iter().enumerate() {
                sum[(row, column)] += f64::from(*product);
            }
        }
    })?;
    Some(sum)
}

/// What is new in some columns beside directions that are known: orthonormal, and orthogonal to those. `None` where
/// nothing is.
fn new_directions(known: MatRef<'_, f64>, columns: &Mat<f64>) -> Option<Mat<f64>> {
    let mut new: Vec<Vec<f64>> = (0..columns.ncols()).map(|column| column_of(columns, column).to_vec()).collect();
    let mut lengths: Vec<f64> = new.iter().map(|column| dot(column, column).sqrt()).collect();
    // Twice is enough (Kahan and Parlett): what rounding leaves of the known after the first time is large where little
    // is new.
    for _ in 0..2 {
        let packed = Mat::from_fn(columns.nrows(), new.len(), |row, column| new[column][row]);
        let along = product(known.transpose(), packed.as_ref());
        let left = packed - product(known, along.as_ref());
        let lengths_before = std::mem::take(&mut lengths);
        new.clear();
        for (column, before) in lengths_before.into_iter().enumerate() {
            let mut rest = column_of(&left, column).to_vec();
            for other in &new {
                let along = dot(other, &rest);
                rest.iter_mut().zip(other).for_each(|(rest, other)| *rest -= along * other);
            }
            let length = dot(&rest, &rest).sqrt();
            if length > before * LEAST_NEW {
                rest.iter_mut().for_each(|rest| *rest /= length);
                new.push(rest);
                lengths.push(1.0);
            }
        }
    }
    let columns = Mat::from_fn(columns.nrows(), new.len(), |row, column| new[column][row]);
    (!new.is_empty()).then_some(columns)
}

fn column_of(columns: &Mat<f64>, column: usize) -> &[f64] {
    columns.col(column).try_as_col_major().expect("a column lies in one piece").as_slice()
}

/// With several sums at a time, none of which waits for the one before.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0; 8];
    for (a, b) in a.iter().zip(b) {
        for lane in 0..8 {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f64>() + rest
}

/// A product on this thread: of matrices as narrow as these, others would be waited for longer than they save.
fn product(a: MatRef<'_, f64>, b: MatRef<'_, f64>) -> Mat<f64> {
    let mut product = Mat::<f64>::zeros(a.nrows(), b.ncols());
    matmul(product.as_mut(), Accum::Replace, a, b, 1.0, Par::Seq);
    product
}

/// The sum of columns, each times its weight.
fn combined(columns: MatRef<'_, f64>, weights: &[f64]) -> Vec<f64> {
    let mut sum = vec![0.0; columns.nrows()];
    for (column, weight) in columns.col_iter().zip(weights) {
        sum.iter_mut().zip(column.iter()).for_each(|(sum, value)| *sum += value * weight);
    }
    sum
}

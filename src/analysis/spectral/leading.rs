//! The leading eigenvectors of a graph's normalised adjacency `D^-½ W D^-½`: subspace iteration with a Chebyshev filter (Zhou,
//! Saad, Tiago and Chelikowsky 2006), all vectors side by side, so that a look at a neighbour serves all of them.

use faer::linalg::matmul::matmul;
use faer::{Accum, Mat, MatMut, MatRef, Par, Side};
use rayon::prelude::*;

use crate::analysis::{Cancelled, Graph};

/// Vectors beyond those wanted: the filter parts the wanted from the last of these, so it is quicker the more there are.
const SPARE: usize = 8;
/// Graphs of no more vertices have all their eigenvectors found at once.
const SMALL: usize = 256;
/// Degrees of the filter: a few rough rounds, for it is not known before what is to be filtered, then fine ones.
const DEGREES: [usize; 3] = [4, 8, 16];
/// Rounds after which what there is counts as the result.
const MOST_ROUNDS: usize = 60;
/// Settled when `|A v - λ v|` is no longer than this, of vectors of length 1.
const RESIDUAL: f64 = 1e-5;
/// Directions shorter than this share of the longest are rounding, squares compared.
const LEAST: f64 = 1e-6;
/// What the filter always leaves out: below 0 nothing tells of groups, and single precision ends where all is made much of.
const LEAST_CUT: f64 = 0.0;
/// Vertices of one task.
const TASK: usize = 1024;

/// Eigenvalues and their vectors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Leading {
    /// The largest first, which is 1; those of the normalised Laplacian are 1 less these.
    pub values: Vec<f64>,
    /// A row for each vertex: its number in each vector. `[vertices, values.len()]`, row-major.
    pub vectors: Vec<f32>,
    /// Whether all of them came to rest.
    pub is_settled: bool,
}

/// The `count` largest eigenvalues, or as many as there are vertices. `watch` is told now and then which share of the work
/// may be done. `None` when cancelled. The same graph, the same vectors.
///
/// Holds `3 (count + 8)` numbers in single precision a vertex.
pub fn leading(graph: &Graph, count: usize, watch: &dyn Fn(f32), cancelled: Cancelled<'_>) -> Option<Leading> {
    let vertices = graph.vertices();
    let count = count.min(vertices);
    if count == 0 {
        return Some(Leading { is_settled: true, ..Leading::default() });
    }
    let width = if vertices <= SMALL { vertices } else { (count + SPARE).min(vertices) };
    let mut chance = fastrand::Rng::with_seed(7);
    let adjacency = Normalised::new(graph);
    let mut start = |place: usize| match width == vertices {
        true => f32::from(place.is_multiple_of(vertices + 1)),
        false => chance.f32() - 0.5,
    };
    let mut block = Block { width, numbers: (0..vertices * width).map(&mut start).collect() };
    let mut other = Block { width, numbers: vec![0.0; vertices * width] };
    let mut round = 0;
    loop {
        block.bring_to_length_1(&mut chance);
        adjacency.multiply(&block, &mut other, cancelled)?;
        let (values, residuals) = block.turn_to_eigenvectors(&mut other);
        let residual = residuals[..count].iter().copied().fold(0.0, f64::max);
        let is_settled = residual <= RESIDUAL || width == vertices;
        if is_settled || round == MOST_ROUNDS {
            let vectors = block.numbers.chunks_exact(width).flat_map(|row| &row[..count]).copied().collect();
            return Some(Leading { values: values[..count].to_vec(), vectors, is_settled });
        }
        // What is left falls by about the same factor each round.
        watch((1.0 - (residual / RESIDUAL).log10() as f32 / 5.0).clamp(round as f32 / MOST_ROUNDS as f32, 1.0));
        let degree = DEGREES[round.min(DEGREES.len() - 1)];
        adjacency.filter(&mut block, &mut other, values[width - 1].max(LEAST_CUT), degree, cancelled)?;
        round += 1;
    }
}

/// `D^-½ W D^-½`.
struct Normalised<'a> {
    graph: &'a Graph,
    /// One for each of the graph's weights, in their order.
    weights: Vec<f32>,
}

impl<'a> Normalised<'a> {
    fn new(graph: &'a Graph) -> Self {
        let sum = |vertex: usize| graph.weights(vertex).iter().map(|weight| f64::from(*weight)).sum::<f64>();
        let scales: Vec<f64> = (0..graph.vertices()).map(|vertex| sum(vertex).sqrt().recip()).collect();
        let of = |vertex: usize| {
            let ends = graph.neighbours(vertex).iter().zip(graph.weights(vertex));
            let scales = &scales;
            ends.map(move |(other, weight)| (f64::from(*weight) * scales[vertex] * scales[*other as usize]) as f32)
        };
        Self { graph, weights: (0..graph.vertices()).flat_map(of).collect() }
    }

    /// Writes `A X` into `product`.
    fn multiply(&self, x: &Block, product: &mut Block, cancelled: Cancelled<'_>) -> Option<()> {
        self.each(x, product, |_, sum, row| row.copy_from_slice(sum), cancelled)
    }

    /// Makes much of the eigenvalues above `cut` and nothing of the others: `T(X)`, with the Chebyshev polynomial `T` that
    /// keeps within 1 from -1 to `cut`.
    fn filter(
        &self,
        x: &mut Block,
        other: &mut Block,
        cut: f64,
        degree: usize,
        cancelled: Cancelled<'_>,
    ) -> Option<()> {
        let (half, middle) = (((cut + 1.0) / 2.0) as f32, ((cut - 1.0) / 2.0) as f32);
        // The first is `(A - c) X / e`, each further one `2 (A - c) X / e` less the one before the last, in whose place it
        // stands.
        self.each(
            x,
            other,
            |x, sum, row| {
                for ((row, sum), x) in row.iter_mut().zip(sum).zip(x) {
                    *row = (sum - middle * x) / half;
                }
            },
            cancelled,
        )?;
        for _ in 1..degree {
            std::mem::swap(x, other);
            self.each(
                x,
                other,
                |x, sum, row| {
                    for ((row, sum), x) in row.iter_mut().zip(sum).zip(x) {
                        *row = 2.0 * (sum - middle * x) / half - *row;
                    }
                },
                cancelled,
            )?;
        }
        std::mem::swap(x, other);
        Some(())
    }

    /// For each vertex, hands over its row of `X` and that of `A X`, with the row of `into` that is to be written.
    fn each(
        &self,
        x: &Block,
        into: &mut Block,
        write: impl Fn(&[f32], &[f32], &mut [f32]) + Sync,
        cancelled: Cancelled<'_>,
    ) -> Option<()> {
        let (width, (offsets, neighbours, _)) = (x.width, self.graph.parts());
        let row_of = |vertex: usize| &x.numbers[vertex * width..(vertex + 1) * width];
        let do_task = |(task, rows): (usize, &mut [f32])| {
            if cancelled() {
                return None;
            }
            let mut sum = vec![0.0f32; width];
            for (vertex, row) in (task * TASK..).zip(rows.chunks_exact_mut(width)) {
                sum.fill(0.0);
                let ends = offsets[vertex]..offsets[vertex + 1];
                for (other, weight) in neighbours[ends.clone()].iter().zip(&self.weights[ends]) {
                    sum.iter_mut().zip(row_of(*other as usize)).for_each(|(sum, x)| *sum += weight * x);
                }
                write(row_of(vertex), &sum, row);
            }
            Some(())
        };
        into.numbers.par_chunks_mut(TASK * width).enumerate().map(do_task).collect()
    }
}

/// Vectors side by side.
struct Block {
    width: usize,
    /// `[vertices, width]`, row-major.
    numbers: Vec<f32>,
}

impl Block {
    fn rows(&self) -> usize {
        self.numbers.len() / self.width
    }

    /// The filter makes some vectors very much longer than others; one of which nothing is left begins anew.
    fn bring_to_length_1(&mut self, chance: &mut fastrand::Rng) {
        let squares = self.products(self);
        let lengths: Vec<f64> = (0..self.width).map(|column| squares[(column, column)].sqrt()).collect();
        for (column, length) in lengths.into_iter().enumerate() {
            let rows = self.numbers.chunks_exact_mut(self.width);
            match length.is_normal() {
                true => rows.for_each(|row| row[column] = (f64::from(row[column]) / length) as f32),
                false => rows.for_each(|row| row[column] = chance.f32() - 0.5),
            }
        }
    }

    /// `Xᵀ Y`, task by task in their order.
    fn products(&self, other: &Self) -> Mat<f64> {
        let width = self.width;
        let part = |(x, y): (&[f32], &[f32])| {
            let [x, y] = [x, y].map(|rows| MatRef::from_row_major_slice(rows, rows.len() / width, width));
            let mut product = Mat::<f32>::zeros(width, width);
            matmul(product.as_mut(), Accum::Replace, x.transpose(), y, 1.0, Par::Seq);
            product
        };
        let chunk = TASK * width;
        let parts: Vec<Mat<f32>> =
            self.numbers.par_chunks(chunk).zip(other.numbers.par_chunks(chunk)).map(part).collect();
        let mut sum = Mat::<f64>::zeros(width, width);
        for part in parts {
            for column in 0..width {
                for row in 0..width {
                    sum[(row, column)] += f64::from(part[(row, column)]);
                }
            }
        }
        sum
    }

    /// Replaces `X` by `X M`.
    fn mix(&mut self, by: &Mat<f64>) {
        let width = self.width;
        let by = Mat::from_fn(width, width, |row, column| by[(row, column)] as f32);
        self.numbers.par_chunks_mut(TASK * width).for_each(|rows| {
            let before = rows.to_vec();
            let height = rows.len() / width;
            let product = MatMut::from_row_major_slice_mut(rows, height, width);
            let before = MatRef::from_row_major_slice(&before, height, width);
            matmul(product, Accum::Replace, before, &by, 1.0, Par::Seq);
        });
    }

    /// Replaces `X` by the best that can be made of it, and `A X` with it (Rayleigh and Ritz). Returns the eigenvalues,
    /// largest first, and the length of `A v - λ v` of each.
    fn turn_to_eigenvectors(&mut self, turned: &mut Self) -> (Vec<f64>, Vec<f64>) {
        let width = self.width;
        // What of X is independent: orthonormal directions.
        let (squares, axes) = eigen(&self.products(self));
        let longest = squares.first().copied().unwrap_or(1.0);
        let scale =
            |column: usize| if squares[column] > longest * LEAST { squares[column].sqrt().recip() } else { 0.0 };
        let apart = Mat::from_fn(width, width, |row, column| axes[(row, column)] * scale(column));
        let within = apart.transpose() * self.products(turned) * &apart;
        let within = Mat::from_fn(width, width, |row, column| {
            // What is no direction has the least that an eigenvalue can be.
            match row == column && scale(row) == 0.0 {
                true => -1.0,
                false => (within[(row, column)] + within[(column, row)]) / 2.0,
            }
        });
        let (values, axes) = eigen(&within);
        let mix = apart * axes;
        self.mix(&mix);
        turned.mix(&mix);
        let mut left = vec![0.0f64; width];
        for (row, turned) in self.numbers.chunks_exact(width).zip(turned.numbers.chunks_exact(width)) {
            for (((left, value), x), turned) in left.iter_mut().zip(&values).zip(row).zip(turned) {
                *left += (f64::from(*turned) - value * f64::from(*x)).powi(2);
            }
        }
        debug_assert_eq!(self.rows(), turned.rows(), "what becomes of each row");
        (values, left.into_iter().map(f64::sqrt).collect())
    }
}

/// Eigenvalues of a small symmetric matrix, largest first, and the vectors as columns.
fn eigen(matrix: &Mat<f64>) -> (Vec<f64>, Mat<f64>) {
    let side = matrix.nrows();
    match matrix.self_adjoint_eigen(Side::Lower) {
        Ok(found) => {
            let values = (0..side).map(|column| found.S()[side - 1 - column]).collect();
            (values, Mat::from_fn(side, side, |row, column| found.U()[(row, side - 1 - column)]))
        }
        // It fails on numbers that are not finite, and there are none: weights are finite and above 0.
        Err(_) => (vec![0.0; side], Mat::identity(side, side)),
    }
}

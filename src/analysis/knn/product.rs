//! Rows made wide, and their products.

use faer::linalg::matmul::matmul;
use faer::{Accum, MatMut, MatRef, Par};
use rayon::prelude::*;

use crate::analysis::rows;
use crate::domain::Matrix;

/// Rows in single precision.
pub fn widen(matrix: &Matrix, first: usize, count: usize) -> Vec<f32> {
    let columns = matrix.columns();
    let mut wide = vec![0.0; count * columns];
    rows::widen(matrix.values().slice(first * columns, count * columns), &mut wide);
    wide
}

/// `out = a bᵀ`.
///
/// # Shapes
/// `a`: `[m, channels]`, `b`: `[n, channels]`, `out`: `[m, n]`, all row-major.
pub fn multiply(a: &[f32], b: &[f32], channels: usize, out: &mut [f32]) {
    let (m, n) = (a.len() / channels.max(1), b.len() / channels.max(1));
    let a = MatRef::from_row_major_slice(a, m, channels);
    let b = MatRef::from_row_major_slice(b, n, channels);
    let out = MatMut::from_row_major_slice_mut(out, m, n);
    matmul(out, Accum::Replace, a, b.transpose(), 1.0, Par::Seq);
}

/// `a·a` of each row.
pub fn squares_of(matrix: &Matrix) -> Vec<f32> {
    let zeros = vec![0.0; matrix.columns()];
    (0..matrix.rows()).into_par_iter().map(|row| rows::squared_distance(matrix.row(row), &zeros)).collect()
}

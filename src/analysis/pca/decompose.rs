//! Eigenvectors by decomposing the whole.

use faer::{Mat, Side};

/// The largest eigenvalues, so many, and their vectors, largest first, by decomposing the whole.
pub fn decompose(gram: &Mat<f64>, wanted: usize) -> Vec<(f64, Vec<f64>)> {
    let Ok(eigen) = gram.self_adjoint_eigen(Side::Lower) else {
        // It fails on numbers that are not finite, which the blocks have sorted out.
        return Vec::new();
    };
    let side = gram.nrows();
    (0..side.min(wanted))
        .map(|from_end| {
            let column = side - 1 - from_end;
            (eigen.S()[column], (0..side).map(|row| eigen.U()[(row, column)]).collect())
        })
        .collect()
}

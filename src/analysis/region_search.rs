//! Where in an image it is most like a probe: every window of an activation is compared.

use rayon::prelude::*;

use super::rows;
use crate::domain::{Metric, NumbersRef, Pooling};

/// A window of an activation and how like the probe it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Its first row of cells.
    pub row: usize,
    /// Its first column of cells.
    pub column: usize,
    /// The similarity or distance, as the measure says it.
    pub score: f64,
}

/// The window of `window` cells whose features are most like `probe`; the first of equals, from the upper left. `None` when
/// the activation has no cells, or no window has a finite score. A window larger than the activation is cut to it.
///
/// Numbers that are not finite count as 0. The features of a window are pooled as those of a whole image: for averages by sums over the rectangle above and to the
/// left of each cell (Crow 1984), so that a window costs as much as a cell; for maxima cell by cell.
///
/// # Shapes
/// - `probe`: `[c]`
/// - `activation`: `[c, h, w]`, row-major
/// - `window`: `[rows, columns]`
///
/// # Panics
/// When `probe` or `activation` have other numbers than the shape says.
pub fn best_window<'a>(
    probe: &[f32],
    activation: impl Into<NumbersRef<'a>>,
    shape: [usize; 3],
    window: [usize; 2],
    pooling: Pooling,
    metric: Metric,
) -> Option<Window> {
    let ([c, h, w], activation) = (shape, activation.into());
    assert_eq!(probe.len(), c, "one number a channel");
    assert_eq!(activation.len(), c * h * w, "an activation of {c} x {h} x {w}");
    if c == 0 || h == 0 || w == 0 {
        return None;
    }
    let window = [window[0].clamp(1, h), window[1].clamp(1, w)];
    let (rows, columns) = (h - window[0] + 1, w - window[1] + 1);
    let mut products = vec![0.0f64; rows * columns];
    let mut squares = vec![0.0f64; rows * columns];
    let mut pooled = vec![0.0f64; rows * columns];
    let mut sums = vec![0.0f64; (h + 1) * (w + 1)];
    let mut plane = vec![0.0f32; h * w];
    for (stored, wanted) in activation.chunks(h * w).zip(probe) {
        rows::widen(stored, &mut plane);
        match pooling {
            Pooling::Average => averages(&plane, [h, w], window, &mut sums, &mut pooled),
            Pooling::Maximum => maxima(&plane, w, window, columns, &mut pooled),
        }
        let wanted = f64::from(*wanted);
        for ((value, product), square) in pooled.iter().zip(&mut products).zip(&mut squares) {
            *product += value * wanted;
            *square += value * value;
        }
    }
    let of_probe: f64 = probe.iter().map(|value| f64::from(*value).powi(2)).sum();
    let mut best: Option<Window> = None;
    for (place, (product, square)) in products.into_iter().zip(squares).enumerate() {
        let score = match metric {
            Metric::Cosine if square > 0.0 && of_probe > 0.0 => (product / (square * of_probe).sqrt()).clamp(-1.0, 1.0),
            Metric::Cosine => 0.0,
            Metric::Euclidean => (square + of_probe - 2.0 * product).max(0.0).sqrt(),
            Metric::Dot => product,
        };
        let score = rows::rounded(score);
        let is_better = |known: &Window| match metric.larger_is_nearer() {
            true => score > known.score,
            false => score < known.score,
        };
        if score.is_finite() && best.as_ref().is_none_or(is_better) {
            best = Some(Window { row: place / columns, column: place % columns, score });
        }
    }
    best
}

/// As [`best_window`], of several images at once.
///
/// # Shapes
/// `activations`: `[n, c, h, w]`, row-major; returns `[n]`.
///
/// # Panics
/// As [`best_window`].
pub fn best_windows<'a>(
    probe: &[f32],
    activations: impl Into<NumbersRef<'a>>,
    shape: [usize; 3],
    window: [usize; 2],
    pooling: Pooling,
    metric: Metric,
) -> Vec<Option<Window>> {
    let numbers = shape.iter().product::<usize>().max(1);
    let activations = activations.into();
    let of_each = |place: usize| {
        let activation = activations.slice(place * numbers, numbers);
        best_window(probe, activation, shape, window, pooling, metric)
    };
    (0..activations.len() / numbers).into_par_iter().map(of_each).collect()
}

/// What is no number would spoil every sum that it is part of.
fn finite(value: f32) -> f64 {
    if value.is_finite() { f64::from(value) } else { 0.0 }
}

/// The mean of each window of a plane.
fn averages(plane: &[f32], [h, w]: [usize; 2], window: [usize; 2], sums: &mut [f64], pooled: &mut [f64]) {
    let stride = w + 1;
    for (row, line) in plane.chunks_exact(w).enumerate() {
        let mut of_line = 0.0;
        for (column, value) in line.iter().enumerate() {
            of_line += finite(*value);
            sums[(row + 1) * stride + column + 1] = sums[row * stride + column + 1] + of_line;
        }
    }
    let cells = (window[0] * window[1]) as f64;
    let columns = w - window[1] + 1;
    for row in 0..=h - window[0] {
        let (above, below) = (&sums[row * stride..], &sums[(row + window[0]) * stride..]);
        for (column, pooled) in pooled[row * columns..][..columns].iter_mut().enumerate() {
            let right = column + window[1];
            *pooled = (below[right] - below[column] - above[right] + above[column]) / cells;
        }
    }
}

/// The largest number in each window of a plane.
fn maxima(plane: &[f32], w: usize, window: [usize; 2], columns: usize, pooled: &mut [f64]) {
    for (place, pooled) in pooled.iter_mut().enumerate() {
        let (row, column) = (place / columns, place % columns);
        let lines = plane.chunks_exact(w).skip(row).take(window[0]);
        let values = lines.flat_map(|line| &line[column..column + window[1]]);
        *pooled = values.fold(f64::NEG_INFINITY, |most, value| most.max(finite(*value)));
    }
}

//! The local outlier factor: how much thinner it is around an image than around its neighbours.

use rayon::prelude::*;

use crate::analysis::{Cancelled, KnnGraph};

/// Keeps the density of exact copies finite; scikit-learn's constant.
const LEAST_REACH: f64 = 1e-10;

/// The local outlier factor of every row (Breunig, Kriegel, Ng and Sander 2000): about 1 within a crowd of any density,
/// well above 1 outside. `None` when cancelled.
///
/// With `d_k(o)` the distance of `o` to its last neighbour, the reachability of `p` from `o` is `max(d_k(o), d(p, o))`
/// (definition 5), the density of `p` one over the mean reachability from its neighbours (definition 6), and the factor
/// the mean density of the neighbours over its own (definition 7). As in scikit-learn, a row has exactly `k`
/// neighbours, where the paper takes all that tie with the last. Where that gives no number, the factor is infinite.
///
/// # Shapes
/// Returns `[rows]`.
pub fn local_outlier_factor(graph: &KnnGraph, cancelled: Cancelled<'_>) -> Option<Vec<f32>> {
    let k = graph.k();
    let each = |value: &(dyn Fn(usize) -> f64 + Sync)| -> Option<Vec<f64>> {
        (0..graph.rows())
            .into_par_iter()
            .with_min_len(1024)
            .map(|row| if row % 1024 == 0 && cancelled() { None } else { Some(value(row)) })
            .collect()
    };
    let density = each(&|row| {
        let reach = graph.neighbours(row).iter().zip(graph.distances(row)).map(|(neighbour, distance)| {
            let last = graph.distances(*neighbour as usize)[k - 1];
            f64::from(last.max(*distance))
        });
        1.0 / (reach.sum::<f64>() / k as f64 + LEAST_REACH)
    })?;
    let factor = each(&|row| {
        let around: f64 = graph.neighbours(row).iter().map(|neighbour| density[*neighbour as usize]).sum();
        let factor = around / k as f64 / density[row];
        if factor.is_finite() { factor } else { f64::INFINITY }
    })?;
    Some(factor.into_iter().map(|factor| factor as f32).collect())
}

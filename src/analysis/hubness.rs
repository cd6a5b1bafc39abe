//! Hubness (Radovanović, Nanopoulos and Ivanović 2010): in spaces of many dimensions a few points are among the nearest
//! neighbours of very many others, and many are among nobody's.

/// The skewness of how often each point is among the others' nearest neighbours, `E[(N - μ)³] / σ³`: 0 where that is spread
/// evenly on both sides of the mean; the more above, the more hubs there are. 0, too, where all are named equally often.
pub fn skewness(occurrences: &[u32]) -> f64 {
    let count = occurrences.len().max(1) as f64;
    let mean = occurrences.iter().map(|n| f64::from(*n)).sum::<f64>() / count;
    let moment = |power: i32| occurrences.iter().map(|n| (f64::from(*n) - mean).powi(power)).sum::<f64>() / count;
    let variance = moment(2);
    if variance > 0.0 { moment(3) / variance.powf(1.5) } else { 0.0 }
}

/// Points that are among nobody's nearest neighbours.
pub fn antihubs(occurrences: &[u32]) -> usize {
    occurrences.iter().filter(|n| **n == 0).count()
}

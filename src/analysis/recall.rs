//! How much of the true neighbours a quicker search finds.

use crate::domain::Neighbour;

/// Recall over several probes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Recall {
    /// The mean share that was found, in `0..=1`.
    pub mean: f64,
    /// The share at the worst probe.
    pub min: f64,
    /// How many probes were asked: those that have any neighbour.
    pub probes: usize,
}

/// The share of the `k` nearest in `exact` that the first `k` of `found` hold; `None` when there are none to find.
///
/// Images as far as the `k`-th are as right as it is: where `exact` goes on after `k`, its ties count too. Copies of one
/// picture would otherwise make a perfect index look bad.
pub fn at_k(found: &[Neighbour], exact: &[Neighbour], k: usize) -> Option<f64> {
    let wanted = k.min(exact.len());
    let last = exact[..wanted].last()?.score;
    let right = wanted + exact[wanted..].iter().take_while(|neighbour| neighbour.score == last).count();
    let hits = found
        .iter()
        .take(wanted)
        .filter(|neighbour| exact[..right].iter().any(|one| one.image == neighbour.image))
        .count();
    Some(hits as f64 / wanted as f64)
}

/// [`at_k`] over pairs of a found list and the exact one.
pub fn over<'a>(lists: impl IntoIterator<Item = (&'a [Neighbour], &'a [Neighbour])>, k: usize) -> Recall {
    let shares: Vec<f64> = lists.into_iter().filter_map(|(found, exact)| at_k(found, exact, k)).collect();
    let probes = shares.len();
    if probes == 0 {
        return Recall::default();
    }
    Recall { mean: shares.iter().sum::<f64>() / probes as f64, min: shares.iter().copied().fold(1.0, f64::min), probes }
}

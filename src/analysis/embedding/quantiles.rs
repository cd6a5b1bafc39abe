//! Thresholds from the distribution of each feature's own values.

use rayon::prelude::*;

use super::RowSample;
use super::standardised::{Bounds, standardised};
use crate::analysis::Cancelled;
use crate::analysis::statistics::Statistics;

/// The quantiles of each feature's `z` in the sample, interpolated linearly (Hyndman and Fan 1996, type 7; numpy's
/// default). Where nothing finite is known of a feature both sides are silent. `None` when cancelled.
///
/// # Panics
/// When the sample has another number of features, or a probability is outside `0..=1`.
pub fn bounds(
    statistics: &Statistics,
    sample: &RowSample,
    low: f64,
    high: f64,
    cancelled: Cancelled<'_>,
) -> Option<Bounds> {
    assert_eq!(sample.features(), statistics.features(), "a sample of the same features");
    assert!((0.0..=1.0).contains(&low) && (0.0..=1.0).contains(&high), "probabilities, not {low} and {high}");
    let (means, stds, rows) = (statistics.mean(), statistics.std(), sample.rows());
    let of_feature = |feature: usize| {
        if cancelled() {
            return None;
        }
        let z = rows.iter().map(|row| standardised(row.get(feature), means[feature], stds[feature]));
        let mut values: Vec<f64> = z.filter(|z| z.is_finite()).collect();
        values.sort_unstable_by(f64::total_cmp);
        Some((quantile(&values, low), quantile(&values, high)))
    };
    (0..statistics.features())
        .into_par_iter()
        .map(of_feature)
        .collect::<Option<Vec<_>>>()
        .map(|v| v.into_iter().unzip())
}

/// The value below which a share of `sorted` lies.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let place = share * sorted.len().checked_sub(1)? as f64;
    let (below, above) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    // Between equal values it is that value to the last digit: such images lie exactly at the bound and are 0.
    Some(below + (above - below) * place.fract())
}

//! What is usual at one layer.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::standardised::{Bounds, divisor, standardised};
use super::{RowSample, Thresholds, quantiles, supervised, ternary};
use crate::analysis::Cancelled;
use crate::analysis::statistics::Statistics;

/// Mean, deviation and thresholds of each feature of a layer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LayerReference {
    /// The layer's name.
    pub name: String,
    means: Vec<f64>,
    stds: Vec<f64>,
    lows: Vec<Option<f64>>,
    highs: Vec<Option<f64>>,
}

impl LayerReference {
    /// With the same thresholds for each feature.
    pub fn fixed(name: &str, statistics: &Statistics, low: f64, high: f64) -> Self {
        let features = statistics.features();
        Self::with(name, statistics, (vec![Some(low); features], vec![Some(high); features]))
    }

    /// With thresholds of any kind. `None` when cancelled.
    ///
    /// `classes` are those of the images of `sample`, in its order; images without one (`None`) do not count. They are
    /// read for [`Thresholds::Supervised`] alone, `sample` for all but [`Thresholds::Fixed`].
    ///
    /// # Panics
    /// When `sample` has another number of features than `statistics`, there is not one class entry an image of it, or
    /// a probability is outside `0..=1`.
    pub fn learn(
        name: &str,
        statistics: &Statistics,
        thresholds: Thresholds,
        sample: &RowSample,
        classes: &[Option<u32>],
        cancelled: Cancelled<'_>,
    ) -> Option<Self> {
        let (low, high) = match thresholds {
            Thresholds::Fixed { low, high } => return Some(Self::fixed(name, statistics, low, high)),
            Thresholds::Quantiles { low, high } => (low, high),
            Thresholds::Supervised { least, significance } => {
                let told = supervised::tells(statistics, sample, classes, least, significance, cancelled)?;
                return Some(Self::with(name, statistics, supervised::bounds(statistics.features(), &told)));
            }
        };
        Some(Self::with(name, statistics, quantiles::bounds(statistics, sample, low, high, cancelled)?))
    }

    fn with(name: &str, statistics: &Statistics, (lows, highs): Bounds) -> Self {
        Self { name: name.to_owned(), means: statistics.mean().to_vec(), stds: statistics.std(), lows, highs }
    }

    /// One that was kept: for each feature mean, deviation and the two bounds. `None` where their numbers differ.
    pub fn from_columns(
        name: &str,
        means: Vec<f64>,
        stds: Vec<f64>,
        lows: Vec<Option<f64>>,
        highs: Vec<Option<f64>>,
    ) -> Option<Self> {
        let is_whole = [stds.len(), lows.len(), highs.len()] == [means.len(); 3];
        is_whole.then(|| Self { name: name.to_owned(), means, stds, lows, highs })
    }

    /// The mean of each feature.
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// The population deviation of each feature.
    pub fn stds(&self) -> &[f64] {
        &self.stds
    }

    /// Number of features.
    pub fn features(&self) -> usize {
        self.means.len()
    }

    /// The bounds of a feature's `z`: below the first it is -1, above the second +1; a side without one is silent.
    pub fn bounds(&self, feature: usize) -> (Option<f64>, Option<f64>) {
        (self.lows[feature], self.highs[feature])
    }

    /// How many standard deviations above the mean; 0 for a feature that never changes.
    pub fn z(&self, feature: usize, value: f32) -> f64 {
        standardised(value, self.means[feature], self.stds[feature])
    }

    /// The code of one value.
    pub fn ternary(&self, feature: usize, value: f32) -> i8 {
        ternary(self.z(feature, value), self.lows[feature], self.highs[feature])
    }

    /// The same in a form made for encoding many rows.
    pub(super) fn encoder(&self) -> Encoder<'_> {
        let or = |bounds: &[Option<f64>], silent: f64| bounds.iter().map(|bound| bound.unwrap_or(silent)).collect();
        Encoder {
            means: &self.means,
            stds: self.stds.iter().map(|std| divisor(*std)).collect(),
            lows: or(&self.lows, f64::NEG_INFINITY),
            highs: or(&self.highs, f64::INFINITY),
        }
    }
}

/// Writes the codes of a layer. Says what [`LayerReference::ternary`] says, without a branch a value.
pub(super) struct Encoder<'a> {
    means: &'a [f64],
    stds: Vec<f64>,
    lows: Vec<f64>,
    highs: Vec<f64>,
}

impl Encoder<'_> {
    /// Writes the codes of `values`, one a feature, into the two planes of a row, from `first_feature` on. What was at
    /// these features is replaced.
    pub fn write(&self, values: &[f32], first_feature: usize, positive: &mut [u64], negative: &mut [u64]) {
        assert_eq!(values.len(), self.means.len(), "one value a feature");
        let mut done = 0;
        while done < values.len() {
            let at = first_feature + done;
            // Up to the end of the word in which it lies.
            let bits = (64 - at % 64).min(values.len() - done);
            let (above, below) = self.codes(values, done..done + bits);
            let mask = (u64::MAX >> (64 - bits)) << (at % 64);
            for (plane, bits) in [(&mut *positive, above), (&mut *negative, below)] {
                let word = &mut plane[at / 64];
                *word = *word & !mask | bits << (at % 64);
            }
            done += bits;
        }
    }

    /// The codes of up to 64 features, as bits from the lowest on.
    fn codes(&self, values: &[f32], range: Range<usize>) -> (u64, u64) {
        let mut codes = [[0u8; 64]; 2];
        let [above, below] = &mut codes;
        let known = self.means[range.clone()].iter().zip(&self.stds[range.clone()]);
        let bounds = self.lows[range.clone()].iter().zip(&self.highs[range.clone()]);
        let out = above.iter_mut().zip(below);
        for (((value, (mean, std)), (low, high)), (above, below)) in
            values[range].iter().zip(known).zip(bounds).zip(out)
        {
            let z = (f64::from(*value) - mean) / std;
            *above = u8::from((z > *high) & (z <= f64::MAX));
            *below = u8::from((z < *low) & (z >= f64::MIN) & (z <= *high));
        }
        let bits = |codes: &[u8; 64]| {
            let byte = |eight: &[u8; 8]| {
                // Gathers the lowest bit of each of eight bytes in the highest byte.
                u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56
            };
            let eights = codes.as_chunks::<8>().0;
            eights.iter().enumerate().fold(0, |bits, (place, eight)| bits | byte(eight) << (8 * place))
        };
        (bits(&codes[0]), bits(&codes[1]))
    }
}

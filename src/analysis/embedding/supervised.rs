//! Thresholds from labels: where a class parts from the rest.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::RowSample;
use super::standardised::{Bounds, standardised};
use crate::analysis::Cancelled;
use crate::analysis::statistics::Statistics;

/// In which direction a class differs from the rest at a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tendency {
    /// Its values are larger.
    Strong,
    /// Its values are smaller.
    Weak,
}

/// A feature that tells a class from all other labelled images.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tell {
    /// The feature, counted from the first of the layer.
    pub feature: usize,
    /// The class.
    pub class: u32,
    /// Whether the class is strong or weak there.
    pub tendency: Tendency,
    /// Kolmogorov-Smirnov distance, in `0..=1`: the largest difference of the two cumulative distributions in this
    /// direction.
    pub distance: f64,
    /// The `z` at which they differ most: halfway between the neighbouring values there.
    pub at: f64,
}

/// The distance that two samples of one distribution exceed with a probability of `significance` (Smirnov 1948):
/// `√(-ln(significance / 2) / 2) √((n + m) / (n m))`, for large samples.
pub fn critical_distance(n: usize, m: usize, significance: f64) -> f64 {
    let (n, m) = (n as f64, m as f64);
    (-(significance / 2.0).ln() / 2.0).sqrt() * ((n + m) / (n * m)).sqrt()
}

/// Every pair of feature and class whose Kolmogorov-Smirnov distance is at least `least` and above the
/// [`critical_distance`], by feature, then class, strong before weak. A class can be told in both directions at once.
/// `None` when cancelled.
///
/// **Our reading of the paper** (arXiv 1705.07706), see [`Thresholds::Supervised`](super::Thresholds::Supervised).
/// Images without a class do not count, nor do numbers that are not finite. Classes are counted from 0.
///
/// # Panics
/// When `sample` has another number of features than `statistics`, or there is not one class entry an image of it.
pub fn tells(
    statistics: &Statistics,
    sample: &RowSample,
    classes: &[Option<u32>],
    least: f64,
    significance: f64,
    cancelled: Cancelled<'_>,
) -> Option<Vec<Tell>> {
    assert_eq!(sample.features(), statistics.features(), "a sample of the same features");
    assert_eq!(classes.len(), sample.len(), "one class entry an image of the sample");
    let (means, stds, rows) = (statistics.mean(), statistics.std(), sample.rows());
    let of_feature = |feature: usize| {
        if cancelled() {
            return None;
        }
        let z = rows.iter().map(|row| standardised(row.get(feature), means[feature], stds[feature]));
        // Adding 0 makes -0 and 0 the same.
        let labelled = z.zip(classes).filter_map(|(z, class)| z.is_finite().then_some((z + 0.0, (*class)?))).collect();
        let found = partings(labelled).into_iter().filter(|parting| {
            parting.distance >= least && parting.distance > critical_distance(parting.n, parting.m, significance)
        });
        let tell = |Parting { class, tendency, distance, at, .. }| Tell { feature, class, tendency, distance, at };
        Some(found.map(tell).collect())
    };
    let of_each: Option<Vec<Vec<Tell>>> = (0..statistics.features()).into_par_iter().map(of_feature).collect();
    of_each.map(|of_each| of_each.into_iter().flatten().collect())
}

/// The thresholds of each feature: those of the classes it tells best.
pub fn bounds(features: usize, tells: &[Tell]) -> Bounds {
    let mut best: Vec<[Option<&Tell>; 2]> = vec![[None; 2]; features];
    for tell in tells {
        let side = &mut best[tell.feature][usize::from(tell.tendency == Tendency::Strong)];
        // The first of equals stays: the one of the lower class.
        if side.is_none_or(|known| tell.distance > known.distance) {
            *side = Some(tell);
        }
    }
    let pair = |[weak, strong]: [Option<&Tell>; 2]| match (weak, strong) {
        (Some(weak), Some(strong)) if weak.at > strong.at => match weak.distance > strong.distance {
            true => (Some(weak.at), None),
            false => (None, Some(strong.at)),
        },
        (weak, strong) => (weak.map(|tell| tell.at), strong.map(|tell| tell.at)),
    };
    best.into_iter().map(pair).unzip()
}

/// Where a class of `n` parts from the rest of `m`.
struct Parting {
    class: u32,
    n: usize,
    m: usize,
    tendency: Tendency,
    distance: f64,
    at: f64,
}

/// What was seen of a class while walking up the sorted values.
#[derive(Clone, Copy, Default)]
struct Walk {
    size: usize,
    seen: usize,
    /// Largest `F(rest) - F(class)` and where: the class is strong.
    strong: (f64, f64),
    /// Largest `F(class) - F(rest)` and where: the class is weak.
    weak: (f64, f64),
}

/// Both directions of every class, classes ascending, in one walk over the sorted values: the distributions part most
/// either just before a value of the class or just at one, so nothing between needs to be looked at.
fn partings(mut values: Vec<(f64, u32)>) -> Vec<Parting> {
    values.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let total = values.len();
    let mut walks = vec![Walk::default(); values.iter().map(|(_, class)| *class as usize + 1).max().unwrap_or(0)];
    values.iter().for_each(|(_, class)| walks[*class as usize].size += 1);
    let mut start = 0;
    for group in values.chunk_by(|a, b| a.0 == b.0) {
        let end = start + group.len();
        let here = group[0].0;
        let before = if start == 0 { here } else { (values[start - 1].0 + here) / 2.0 };
        let after = values.get(end).map_or(here, |next| (here + next.0) / 2.0);
        for of_class in group.chunk_by(|a, b| a.1 == b.1) {
            let walk = &mut walks[of_class[0].1 as usize];
            let rest = (total - walk.size) as f64;
            let lead = |seen: usize, all: usize| (all - seen) as f64 / rest - seen as f64 / walk.size as f64;
            let strong = lead(walk.seen, start);
            let weak = -lead(walk.seen + of_class.len(), end);
            walk.seen += of_class.len();
            if strong > walk.strong.0 {
                walk.strong = (strong, before);
            }
            if weak > walk.weak.0 {
                walk.weak = (weak, after);
            }
        }
        start = end;
    }
    let mut partings = Vec::new();
    for (class, walk) in walks.iter().enumerate() {
        for (tendency, (distance, at)) in [(Tendency::Strong, walk.strong), (Tendency::Weak, walk.weak)] {
            if distance > 0.0 {
                let (n, m) = (walk.size, total - walk.size);
                partings.push(Parting { class: class as u32, n, m, tendency, distance, at });
            }
        }
    }
    partings
}

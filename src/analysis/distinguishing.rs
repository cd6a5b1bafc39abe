//! Features by which a group of images can be told from the others, and channels unusual for one image.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::embedding::TernaryCodes;
use super::statistics::Statistics;
use super::{Cancelled, rows};
use crate::domain::{ImageId, Vectors};

/// The share of a group's images that must be +1 at a feature which characterises it.
pub const MAJORITY: f32 = 0.5;

/// Words of a plane that one task counts, for all images.
const PIECE_WORDS: usize = 4;
/// Rows between two questions whether to go on: less than a millisecond of work.
const BLOCK_ROWS: usize = 64;

/// A feature that is more present in a group than elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DistinguishingFeature {
    /// The feature: of the embedding, or of the layer whose vectors were given.
    pub feature: usize,
    /// In the group: the share of images that are +1 there, or the mean of their standardised values.
    pub in_group: f32,
    /// The same of all images that are not in the group; 0 if there are none.
    pub in_rest: f32,
}

impl DistinguishingFeature {
    /// How much more than in the rest. A difference: the ratio would put first what is rare everywhere.
    pub fn lift(&self) -> f32 {
        self.in_group - self.in_rest
    }
}

/// A channel where one image is far from what is usual.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unusual {
    /// The channel.
    pub channel: usize,
    /// The image's value there.
    pub value: f32,
    /// How many standard deviations above the collection's mean; negative below it.
    pub z: f32,
}

/// For each group the features at which more than `share` of its images are +1 ([`MAJORITY`] in the paper), those first
/// whose [`lift`](DistinguishingFeature::lift) is greatest, then the larger share, then the feature; `top` at most. Images of no group
/// belong to the rest of each. An empty group has none. `None` when cancelled.
///
/// # Shapes
/// - `of`: `[codes.rows()]`, the group of each image, below `groups`
///
/// # Panics
/// When there is not one entry an image, or a group is not below `groups`.
pub fn by_codes(
    codes: &TernaryCodes,
    of: &[Option<u32>],
    groups: usize,
    share: f32,
    top: usize,
    cancelled: Cancelled<'_>,
) -> Option<Vec<Vec<DistinguishingFeature>>> {
    let sizes = sizes(of, codes.rows(), groups);
    // The group after the last is that of the images in none.
    let rows_of = |groups: usize| vec![0u32; (groups + 1) * PIECE_WORDS * 64];
    let count_piece = |piece: usize| -> Option<Vec<Vec<(i128, DistinguishingFeature)>>> {
        let words = piece * PIECE_WORDS..((piece + 1) * PIECE_WORDS).min(codes.words());
        let mut counts = rows_of(groups);
        for (row, group) in of.iter().enumerate() {
            if row % 1024 == 0 && cancelled() {
                return None;
            }
            let first = group.map_or(groups, |group| group as usize) * PIECE_WORDS * 64;
            for (place, word) in codes.row(row).positive[words.clone()].iter().enumerate() {
                let mut left = *word;
                while left != 0 {
                    counts[first + place * 64 + left.trailing_zeros() as usize] += 1;
                    left &= left - 1;
                }
            }
        }
        let width = ((words.end * 64).min(codes.features()) - words.start * 64).min(PIECE_WORDS * 64);
        let of_group = |group: usize| {
            let distinguishing = |place: usize| {
                let count = |group: usize| u64::from(counts[group * PIECE_WORDS * 64 + place]);
                let all: u64 = (0..=groups).map(count).sum();
                let (here, rest) = (count(group), all - count(group));
                let (size, others) = (sizes[group], of.len() as u64 - sizes[group]);
                let share_of =
                    |count: u64, size: u64| if size == 0 { 0.0 } else { (count as f64 / size as f64) as f32 };
                let distinguishing = DistinguishingFeature {
                    feature: words.start * 64 + place,
                    in_group: share_of(here, size),
                    in_rest: share_of(rest, others),
                };
                // The lift times both sizes: whole numbers, so that ties are ties.
                let lift = i128::from(here) * i128::from(others.max(1)) - i128::from(rest) * i128::from(size);
                (distinguishing.in_group > share).then_some((lift, distinguishing))
            };
            (0..width).filter_map(distinguishing).collect::<Vec<_>>()
        };
        Some((0..groups).map(of_group).collect())
    };
    let pieces: Vec<Vec<Vec<(i128, DistinguishingFeature)>>> =
        (0..codes.words().div_ceil(PIECE_WORDS)).into_par_iter().map(count_piece).collect::<Option<_>>()?;
    let mut of_groups = vec![Vec::new(); groups];
    for piece in pieces {
        of_groups.iter_mut().zip(piece).for_each(|(all, mut some)| all.append(&mut some));
    }
    let best = |mut list: Vec<(i128, DistinguishingFeature)>| {
        list.sort_by(|(a_lift, a), (b_lift, b)| {
            b_lift.cmp(a_lift).then(b.in_group.total_cmp(&a.in_group)).then(a.feature.cmp(&b.feature))
        });
        list.into_iter().take(top).map(|(_, distinguishing)| distinguishing).collect()
    };
    Some(of_groups.into_iter().map(best).collect())
}

/// For each group the features of a layer whose mean, standardised against the collection, is highest above 0; ties by
/// feature; `top` at most. An image may be in several groups, or in none. Numbers that are not finite do not count.
/// `None` when cancelled.
///
/// # Shapes
/// - `vectors.matrix`: `[images, channels]`
/// - `collection`: of these vectors, so that what a group lies above the mean the rest lies below
/// - `members`: the images of each group; those without a vector are passed over
///
/// # Panics
/// When the statistics are of another number of features.
pub fn by_members<M: AsRef<[ImageId]> + Sync>(
    vectors: &Vectors,
    collection: &Statistics,
    members: &[M],
    top: usize,
    cancelled: Cancelled<'_>,
) -> Option<Vec<Vec<DistinguishingFeature>>> {
    let channels = collection.features();
    assert!(vectors.ids.is_empty() || vectors.matrix.columns() == channels, "statistics of the same layer");
    let (stds, means, totals) = (collection.std(), collection.mean(), collection.counts());
    let of_group = |members: &M| -> Option<Vec<DistinguishingFeature>> {
        let (mut sums, mut counts) = (vec![0.0f64; channels], vec![0u64; channels]);
        let mut wide = vec![0.0f32; channels];
        let rows = members.as_ref().iter().filter_map(|image| vectors.row_of(*image));
        for (number, row) in rows.enumerate() {
            if number % BLOCK_ROWS == 0 && cancelled() {
                return None;
            }
            rows::widen(vectors.matrix.row(row), &mut wide);
            for (((sum, count), value), mean) in sums.iter_mut().zip(&mut counts).zip(&wide).zip(means) {
                let is_finite = value.is_finite();
                *sum += if is_finite { f64::from(*value) - mean } else { 0.0 };
                *count += u64::from(is_finite);
            }
        }
        let mean_z = |sum: f64, count: u64, std: f64| match count {
            0 => 0.0,
            _ if std == 0.0 => 0.0,
            _ => (sum / count as f64 / std) as f32,
        };
        let distinguishing = |feature: usize| {
            let (sum, count, std) = (sums[feature], counts[feature], stds[feature]);
            DistinguishingFeature {
                feature,
                in_group: mean_z(sum, count, std),
                in_rest: mean_z(-sum, totals[feature].saturating_sub(count), std),
            }
        };
        let mut list: Vec<DistinguishingFeature> =
            (0..channels).map(distinguishing).filter(|found| found.in_group > 0.0).collect();
        list.sort_by(|a, b| b.in_group.total_cmp(&a.in_group).then(a.feature.cmp(&b.feature)));
        list.truncate(top);
        Some(list)
    };
    members.par_iter().map(of_group).collect()
}

/// The channels at which an image is farthest from the collection's mean, in standard deviations, above or below; ties by
/// channel; `top` at most. Channels that never change in the collection and numbers that are not finite are left out.
///
/// # Panics
/// When the statistics are of another number of features.
pub fn unusual(values: &[f32], collection: &Statistics, top: usize) -> Vec<Unusual> {
    assert_eq!(values.len(), collection.features(), "statistics of the same layer");
    let usual = collection.mean().iter().zip(collection.std());
    let mut list: Vec<Unusual> = values
        .iter()
        .zip(usual)
        .enumerate()
        .filter(|(_, (value, (_, std)))| value.is_finite() && *std > 0.0)
        .map(|(channel, (value, (mean, std)))| Unusual {
            channel,
            value: *value,
            z: ((f64::from(*value) - mean) / std) as f32,
        })
        .filter(|unusual| unusual.z != 0.0)
        .collect();
    list.sort_by(|a, b| b.z.abs().total_cmp(&a.z.abs()).then(a.channel.cmp(&b.channel)));
    list.truncate(top);
    list
}

/// Images of each group.
fn sizes(of: &[Option<u32>], rows: usize, groups: usize) -> Vec<u64> {
    assert_eq!(of.len(), rows, "one group entry an image");
    let mut sizes = vec![0; groups];
    of.iter().flatten().for_each(|group| sizes[*group as usize] += 1);
    sizes
}

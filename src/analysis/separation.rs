//! Which group's mean each image of a group is nearest to: how well a layer tells groups apart, and what it takes for what.

use rayon::prelude::*;

use super::{Cancelled, rows};
use crate::domain::{ImageId, Separation, Vectors};

/// Of more groups none is compared: it would take a look at millions of pairs.
const MOST_GROUPS: usize = 2000;
/// About so many images are compared with a group, over all groups: as a sample of large ones, evenly spread over their images.
const COMPARISONS: usize = 4_000_000;
/// Images of a group that are looked at, at least and at most.
const SAMPLE: [usize; 2] = [10, 200];

/// A group's mean direction.
struct Middle {
    /// Of length 1, or zeros where there is no direction.
    direction: Vec<f32>,
    /// Length of the sum of the directions of its images.
    length: f64,
    images: usize,
}

/// Compares images of each group with the means of all groups. Means are of vectors of length 1, so that none counts more than another;
/// that of an image's own group is taken over the others (leave-one-out). `members` are ascending, and an image may be in several
/// groups. `None` when cancelled.
///
/// # Shapes
/// - `vectors.matrix`: `[images, channels]`
/// - one answer a group
pub fn by_means<M: AsRef<[ImageId]> + Sync>(
    vectors: &Vectors,
    members: &[M],
    cancelled: Cancelled<'_>,
) -> Option<Vec<Separation>> {
    if !(2..=MOST_GROUPS).contains(&members.len()) {
        return Some(vec![Separation::default(); members.len()]);
    }
    let middles = members.par_iter().map(|members| middle(vectors, members.as_ref(), cancelled));
    let middles: Vec<Middle> = middles.collect::<Option<_>>()?;
    let most = (COMPARISONS / (members.len() * members.len())).clamp(SAMPLE[0], SAMPLE[1]);
    let groups = (0..members.len()).into_par_iter();
    groups.map(|group| of_group(vectors, members, &middles, (group, most), cancelled)).collect()
}

fn of_group<M: AsRef<[ImageId]>>(
    vectors: &Vectors,
    members: &[M],
    middles: &[Middle],
    (group, most): (usize, usize),
    cancelled: Cancelled<'_>,
) -> Option<Separation> {
    let own = &middles[group];
    let mut found = Separation::default();
    if own.images < 2 {
        return Some(found);
    }
    let mut taken_for = vec![0usize; middles.len()];
    let mut unit = vec![0.0; vectors.matrix.columns()];
    let of_group = members[group].as_ref();
    for id in of_group.iter().step_by(of_group.len().div_ceil(most)) {
        if cancelled() {
            return None;
        }
        if !to_unit(vectors, *id, &mut unit) {
            continue;
        }
        let (mut best, mut nearest) = (without(own, &unit), None);
        for (other, middle) in
            middles.iter().enumerate().filter(|(other, middle)| *other != group && middle.length > 0.0)
        {
            let cosine = rows::dot(&unit[..], &middle.direction);
            if cosine > best && members[other].as_ref().binary_search(id).is_err() {
                (best, nearest) = (cosine, Some(other));
            }
        }
        found.images += 1;
        match nearest {
            None => found.own += 1,
            Some(other) => taken_for[other] += 1,
        }
    }
    // Of several equally frequent ones the first.
    let most = taken_for.into_iter().enumerate().max_by_key(|(other, images)| (*images, std::cmp::Reverse(*other)));
    found.taken_for = most.filter(|(_, images)| *images > 0);
    Some(found)
}

/// The cosine of an image's direction with the mean of its group without it.
fn without(own: &Middle, unit: &[f32]) -> f64 {
    let dot = own.length * rows::dot(unit, &own.direction);
    let length = (own.length * own.length - 2.0 * dot + 1.0).max(0.0).sqrt();
    if length > 0.0 { (dot - 1.0) / length } else { f64::NEG_INFINITY }
}

/// The mean direction of some images.
fn middle(vectors: &Vectors, members: &[ImageId], cancelled: Cancelled<'_>) -> Option<Middle> {
    let channels = vectors.matrix.columns();
    let (mut sum, mut unit, mut images) = (vec![0.0f64; channels], vec![0.0; channels], 0);
    for (number, id) in members.iter().enumerate() {
        if number.is_multiple_of(1024) && cancelled() {
            return None;
        }
        if to_unit(vectors, *id, &mut unit) {
            rows::add_to(&unit, &mut sum);
            images += 1;
        }
    }
    let length = sum.iter().map(|value| value * value).sum::<f64>().sqrt();
    let direction = sum.iter().map(|value| if length > 0.0 { (value / length) as f32 } else { 0.0 }).collect();
    Some(Middle { direction, length, images })
}

/// Writes an image's vector with length 1; says no if it has none, or no direction.
fn to_unit(vectors: &Vectors, id: ImageId, unit: &mut [f32]) -> bool {
    let Some(row) = vectors.row_of(id) else { return false };
    rows::widen(vectors.matrix.row(row), unit);
    let length = rows::length(&*unit);
    if length == 0.0 || !length.is_finite() {
        return false;
    }
    unit.iter_mut().for_each(|value| *value = (f64::from(*value) / length) as f32);
    true
}

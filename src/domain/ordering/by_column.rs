//! The order by a column of the table.

use super::{label_ranks, sort_by_cached};
use crate::domain::{ColumnOrder, ImageFacts, ImageId, TableColumn};

/// Sorts images that are in the order of their paths.
pub(super) fn sort(facts: &ImageFacts, ColumnOrder { column, is_descending }: ColumnOrder, ids: &mut Vec<ImageId>) {
    // What is not known comes last from either end. No key is 0, which would be the same from the other one.
    let end = |key: u64| if is_descending { !key } else { key };
    let by = |ids: &mut Vec<ImageId>, key: &dyn Fn(ImageId) -> Option<u64>| {
        sort_by_cached(ids, |id| key(id).map_or(u64::MAX, end));
    };
    let images = &facts.images;
    match column {
        TableColumn::Path => {
            if is_descending {
                ids.reverse();
            }
        }
        TableColumn::Label => {
            let ranks = label_ranks(images);
            by(ids, &|id| ranks.get(images.get(id)?.label?).map(|rank| u64::from(*rank) + 1));
        }
        TableColumn::Split | TableColumn::Tags => {
            let first = match column == TableColumn::Split {
                true => first_names(facts.splits.images.values().map(Vec::as_slice), images.len()),
                false => first_names(facts.tags.words().map(|(_, images)| &images[..]), images.len()),
            };
            by(ids, &|id| first.get(id.index()).filter(|rank| **rank != NONE).map(|rank| u64::from(*rank) + 1));
        }
        TableColumn::Problem => {
            // By their words: whole folders have the same ones, so there are few.
            let mut words: Vec<&str> = images.iter().filter_map(|image| image.problem).collect();
            words.sort_unstable();
            words.dedup();
            let rank = |problem: &str| words.binary_search(&problem).ok().map(|rank| rank as u64 + 1);
            by(ids, &|id| rank(images.get(id)?.problem?));
        }
        TableColumn::Cluster
        | TableColumn::Pixels
        | TableColumn::Width
        | TableColumn::Height
        | TableColumn::Shape
        | TableColumn::FileBytes
        | TableColumn::Modified
        | TableColumn::Kept
        | TableColumn::Typicality
        | TableColumn::InDegree
        | TableColumn::Betweenness => by(ids, &|id| facts.number(column, &images.get(id)?).map(ascending)),
    }
}

/// No name.
const NONE: u32 = u32::MAX;

/// The place of the first name of each image among all of them; `names` are the images of each.
fn first_names<'a>(names: impl Iterator<Item = &'a [ImageId]>, count: usize) -> Vec<u32> {
    let mut first = vec![NONE; count];
    let ranked: Vec<(&[ImageId], u32)> = names.zip(0..).collect();
    // The first of several comes last and stays.
    for (images, rank) in ranked.into_iter().rev() {
        for id in images {
            if let Some(known) = first.get_mut(id.index()) {
                *known = rank;
            }
        }
    }
    first
}

/// A whole number that is in the same order as the numbers, which are none of them NaN.
fn ascending(number: f64) -> u64 {
    // Negative zero is zero.
    let bits = (number + 0.0).to_bits();
    if bits >> 63 == 0 { bits | 1 << 63 } else { !bits }
}

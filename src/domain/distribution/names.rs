//! Names, the most frequent first.

use std::collections::HashMap;

use super::{ColumnValue, Distribution, DistributionWish, Spread, ValueCount, add};
use crate::domain::{ImageId, ImageSet, TableColumn};

/// So many names are told; a predicate finds the others.
const MOST: usize = 200;

/// Counts the names of a column.
pub(super) fn count(wish: &DistributionWish, is_stale: &dyn Fn() -> bool) -> Option<Distribution> {
    let mut counts = match wish.column {
        TableColumn::Tags => {
            listed(wish, wish.facts.tags.words().map(|(tag, bearers)| (tag, &bearers[..])), "(no tag)", is_stale)?
        }
        TableColumn::Split => {
            let splits = wish.facts.splits.images.iter().map(|(name, images)| (name.as_str(), images.as_slice()));
            listed(wish, splits, "(no split)", is_stale)?
        }
        TableColumn::Cluster => clusters(wish, is_stale)?,
        TableColumn::Label
        | TableColumn::Path
        | TableColumn::Pixels
        | TableColumn::Width
        | TableColumn::Height
        | TableColumn::Shape
        | TableColumn::FileBytes
        | TableColumn::Modified
        | TableColumn::Kept
        | TableColumn::Typicality
        | TableColumn::InDegree
        | TableColumn::Betweenness
        | TableColumn::Problem => labels(wish, is_stale)?,
    };
    counts.retain(|count| count.images[0] > 0);
    // By all, so that what a person looks at stays where it is when they filter. Those without a name come last.
    counts.sort_by(|a, b| {
        let is_nothing = |count: &ValueCount| count.value == ColumnValue::Nothing;
        let by_count = b.images[0].cmp(&a.images[0]).then_with(|| a.value.cmp(&b.value));
        is_nothing(a).cmp(&is_nothing(b)).then(by_count)
    });
    let nothing = counts.pop_if(|last| last.value == ColumnValue::Nothing);
    let without = nothing.as_ref().map_or([0, 0], |nothing| nothing.images);
    let others = counts.len().saturating_sub(MOST);
    counts.truncate(MOST);
    counts.extend(nothing);
    let all = [wish.facts.images.len(), wish.shown.len()];
    let known = std::array::from_fn(|at| all[at].saturating_sub(without[at]));
    Some(Distribution { column: wish.column, known, spread: Spread::Names { most: counts, others } })
}

fn labels(wish: &DistributionWish, is_stale: &dyn Fn() -> bool) -> Option<Vec<ValueCount>> {
    let images = &wish.facts.images;
    let named = |(name, images): (&str, [usize; 2])| match name {
        "" => ValueCount { value: ColumnValue::Nothing, title: "(no label)".to_owned(), images },
        name => ValueCount { value: ColumnValue::Name(name.to_owned()), title: name.to_owned(), images },
    };
    if wish.shown.len() == images.len() {
        // The records have counted them.
        return Some(images.labels().iter().map(|(name, count)| named((name, [*count; 2]))).collect());
    }
    let mut counts: HashMap<&str, [usize; 2]> = HashMap::new();
    for start in (0..images.len()).step_by(super::AT_A_TIME) {
        if is_stale() {
            return None;
        }
        for image in images.range(start..start + super::AT_A_TIME) {
            add(counts.entry(image.label.unwrap_or("")).or_default(), wish.is_shown(image.id));
        }
    }
    Some(counts.into_iter().map(named).collect())
}

/// Names of which the images are listed.
fn listed<'a>(
    wish: &DistributionWish,
    names: impl Iterator<Item = (&'a str, &'a [ImageId])>,
    without: &str,
    is_stale: &dyn Fn() -> bool,
) -> Option<Vec<ValueCount>> {
    let (mut named, mut counts) = (ImageSet::default(), Vec::new());
    for (name, bearers) in names {
        if is_stale() {
            return None;
        }
        let mut images = [0, 0];
        bearers.iter().for_each(|id| add(&mut images, wish.is_shown(*id)));
        named.extend(bearers.iter().copied());
        counts.push(ValueCount { value: ColumnValue::Name(name.to_owned()), title: name.to_owned(), images });
    }
    let images = [wish.facts.images.len().saturating_sub(named.len()), wish.shown.difference(&named).len()];
    counts.push(ValueCount { value: ColumnValue::Nothing, title: without.to_owned(), images });
    Some(counts)
}

fn clusters(wish: &DistributionWish, is_stale: &dyn Fn() -> bool) -> Option<Vec<ValueCount>> {
    let facts = &wish.facts;
    let mut counts: Vec<[usize; 2]> = Vec::new();
    let mut without = [0, 0];
    wish.each(is_stale, |image, is_shown| match facts.cluster(image.id) {
        Some(cluster) => {
            let cluster = cluster as usize;
            if cluster >= counts.len() {
                counts.resize(cluster + 1, [0, 0]);
            }
            add(&mut counts[cluster], is_shown);
        }
        None => add(&mut without, is_shown),
    })?;
    let named = counts.into_iter().zip(0u32..).map(|(images, cluster)| ValueCount {
        value: ColumnValue::Cluster(cluster),
        title: facts.cluster_title(cluster),
        images,
    });
    let nothing = ValueCount { value: ColumnValue::Nothing, title: "(no cluster)".to_owned(), images: without };
    Some(named.chain([nothing]).collect())
}

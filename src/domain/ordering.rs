//! Making the order of the gallery: which images are shown, and which of them come first.

mod by_column;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{
    Centrality, CentralityReport, ColumnOrder, Filter, ImageFacts, ImageId, ImageOrder, ImageRecords, ImageRef,
    ImageSet,
};

/// By what the images that are shown are put in order.
#[derive(Clone, Debug, Default)]
pub enum OrderBy {
    /// Their paths.
    #[default]
    Path,
    /// Their labels, then their paths.
    Label,
    /// Their size, the largest first.
    Pixels,
    /// The age of their files, the newest first.
    Newest,
    /// These first; then the others, in the order in which they were found.
    First(Vec<ImageId>),
    /// Their place in the graph of nearest neighbours.
    Centrality(Arc<CentralityReport>, Centrality),
    /// A column of the table. Images of which nothing is known there come last, from whichever end it is.
    Column(Box<ImageFacts>, ColumnOrder),
}

/// Which images are to be in an order, and which order it is.
#[derive(Clone, Debug, Default)]
pub struct OrderWish {
    /// All images, as they are known.
    pub images: ImageRecords,
    /// Which of them pass, as far as their records say.
    pub filter: Filter,
    /// Which of them pass, as far as only the workspace could say.
    pub matching: Option<Arc<ImageSet>>,
    /// Which of them do not, whatever else is said.
    pub hidden: Option<Arc<ImageSet>>,
    /// By what.
    pub by: OrderBy,
}

impl OrderWish {
    /// The order; `None` if `is_stale` said that nobody wants it any more.
    pub fn make(&self, is_stale: &dyn Fn() -> bool) -> Option<ImageOrder> {
        /// So many are looked at before asking again.
        const AT_A_TIME: usize = 65_536;
        let images = &self.images;
        let mut ids: Vec<ImageId> = Vec::with_capacity(if self.filter.is_empty() { images.len() } else { 0 });
        let mut passing = self.filter.passing();
        for start in (0..images.len()).step_by(AT_A_TIME) {
            if is_stale() {
                return None;
            }
            let portion = images.range(start..start + AT_A_TIME);
            let portion = portion.filter(|image| self.matching.as_ref().is_none_or(|found| found.contains(image.id)));
            let portion = portion.filter(|image| !self.hidden.as_ref().is_some_and(|hidden| hidden.contains(image.id)));
            ids.extend(portion.filter(|image| passing.accepts(image)).map(|image| image.id));
        }
        self.sort(&mut ids);
        if is_stale() {
            return None;
        }
        Some(ids.into_iter().collect())
    }

    fn sort(&self, ids: &mut Vec<ImageId>) {
        let images = &self.images;
        match &self.by {
            OrderBy::Path => sort_by_path(images, ids),
            OrderBy::Label => {
                // What has the same label stays in the order of paths.
                sort_by_path(images, ids);
                let ranks = label_ranks(images);
                let rank = |image: ImageRef<'_>| image.label.and_then(|label| ranks.get(label).copied());
                sort_by_cached(ids, |id| images.get(id).and_then(rank));
            }
            OrderBy::Pixels => sort_by_cached(ids, |id| Reverse(images.get(id).map_or(0, |image| image.pixels()))),
            OrderBy::Newest => {
                sort_by_cached(ids, |id| Reverse(images.get(id).map(|image| image.modified_unix_secs)));
            }
            OrderBy::First(first) => {
                let set: ImageSet = first.iter().copied().collect();
                let shown: ImageSet = ids.iter().copied().collect();
                let mut seen = ImageSet::default();
                let is_next = |id: &ImageId| shown.contains(*id) && seen.insert(*id);
                let ordered: Vec<ImageId> = first.iter().copied().filter(is_next).collect();
                ids.retain(|id| !set.contains(*id));
                ids.splice(0..0, ordered);
            }
            OrderBy::Centrality(report, by) => {
                if let Some(standing) = report.standing(*by) {
                    sort_by_cached(ids, |id| standing.place(id));
                }
            }
            OrderBy::Column(facts, order) => {
                // What has the same stays in the order of paths.
                sort_by_path(images, ids);
                by_column::sort(facts, *order, ids);
            }
        }
    }
}

impl PartialEq for OrderWish {
    fn eq(&self, other: &Self) -> bool {
        let is_same_by = match (&self.by, &other.by) {
            (OrderBy::First(ours), OrderBy::First(theirs)) => ours == theirs,
            (OrderBy::Centrality(ours, by), OrderBy::Centrality(theirs, too)) => Arc::ptr_eq(ours, theirs) && by == too,
            (OrderBy::Column(ours, by), OrderBy::Column(theirs, too)) => by == too && ours == theirs,
            (ours, theirs) => std::mem::discriminant(ours) == std::mem::discriminant(theirs),
        };
        let is_same_set = (&self.matching, &self.hidden) == (&other.matching, &other.hidden);
        is_same_by && is_same_set && (&self.images, &self.filter) == (&other.images, &other.filter)
    }
}

/// Images are found in the order of their paths, so that hardly anything is left to be done.
fn sort_by_path(images: &ImageRecords, ids: &mut [ImageId]) {
    ids.sort_by(|a, b| {
        let path = |id: &ImageId| images.get(*id).map(|image| image.path);
        path(a).cmp(&path(b))
    });
}

/// Sorts by a number that each has; what has the same stays as it is.
fn sort_by_cached<K: Ord>(ids: &mut Vec<ImageId>, key: impl Fn(ImageId) -> K) {
    let mut keyed: Vec<(K, ImageId)> = ids.iter().map(|id| (key(*id), *id)).collect();
    keyed.sort_by(|a, b| a.0.cmp(&b.0));
    ids.clear();
    ids.extend(keyed.into_iter().map(|(_, id)| id));
}

/// The place of each label in the order of names.
fn label_ranks(images: &ImageRecords) -> BTreeMap<String, u32> {
    images.labels().keys().cloned().zip(0..).collect()
}

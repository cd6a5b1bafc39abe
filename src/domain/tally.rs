//! What the images of a set are, counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{ImageRecords, ImageSet, Tags};

/// What the images of a set are, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Which images.
    pub of: ImageSet,
    /// How many have each label, the most frequent first; those without one under `""`.
    pub labels: Vec<(String, usize)>,
    /// How many bear each tag, in the order of names; tags that none of them bears are left out.
    pub tags: Vec<(String, usize)>,
}

/// What is to be counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TallyWish {
    /// Which images.
    pub of: ImageSet,
    /// All images, as they are known.
    pub images: ImageRecords,
    /// All tags.
    pub tags: Arc<Tags>,
}

impl TallyWish {
    /// Counts.
    pub fn count(&self) -> Tally {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for image in self.of.iter().filter_map(|id| self.images.get(id)) {
            *counts.entry(image.label.unwrap_or("")).or_default() += 1;
        }
        let mut labels: Vec<(String, usize)> =
            counts.into_iter().map(|(label, count)| (label.to_owned(), count)).collect();
        labels.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        let tags = self
            .tags
            .iter()
            .map(|(tag, bearers)| (tag.to_owned(), bearers.iter().filter(|id| self.of.contains(**id)).count()));
        Tally { of: self.of.clone(), labels, tags: tags.filter(|(_, count)| *count > 0).collect() }
    }
}

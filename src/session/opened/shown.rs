//! Which images the gallery shows, and in which order.

use std::cmp::Reverse;

use super::OpenedCollection;
use crate::domain::{ImageId, ImageRecord, Sort};

impl OpenedCollection {
    /// Whether the filter lets an image through, its predicate included.
    pub fn passes(&self, image: &ImageRecord) -> bool {
        let filter = &self.chosen.filter;
        let is_matching = || self.matching.as_ref().is_none_or(|matching| matching.contains(image.id));
        filter.accepts(image) && (filter.predicate.trim().is_empty() || is_matching())
    }

    /// Filters and sorts anew.
    pub(super) fn refresh_shown(&mut self) {
        let filter = &self.chosen.filter;
        let mut shown: Vec<ImageId> = match filter.is_empty() {
            true => self.images.iter().map(|image| image.id).collect(),
            false => self.images.iter().filter(|image| self.passes(image)).map(|image| image.id).collect(),
        };
        let images = &self.images;
        let of = |id: &ImageId| &images[id.index()];
        match self.chosen.sort {
            Sort::Path => shown.sort_by(|a, b| of(a).path.cmp(&of(b).path)),
            Sort::Label => shown.sort_by(|a, b| (&of(a).label, &of(a).path).cmp(&(&of(b).label, &of(b).path))),
            Sort::Pixels => {
                shown.sort_by_key(|id| (Reverse(u64::from(of(id).width) * u64::from(of(id).height)), *id));
            }
            Sort::Newest => shown.sort_by_key(|id| (Reverse(of(id).modified_unix_secs), *id)),
            Sort::Similarity => self.sort_by_similarity(&mut shown),
            // Until it is measured, in the order of the folder.
            Sort::Centrality(by) => {
                if let Some(standing) = self.standing(by) {
                    shown.sort_by_key(|id| (standing.place(*id), *id));
                }
            }
        }
        self.shown = shown;
    }

    /// The probe first, then its neighbours, then the others in folder order.
    fn sort_by_similarity(&self, shown: &mut [ImageId]) {
        let Some(list) = &self.neighbours else { return };
        let mut rank = vec![u32::MAX; self.images.len()];
        if let Some(first) = list.wish.image().and_then(|probe| rank.get_mut(probe.index())) {
            *first = 0;
        }
        for (place, neighbour) in list.neighbours.iter().enumerate() {
            if let Some(slot) = rank.get_mut(neighbour.image.index()) {
                *slot = place as u32 + 1;
            }
        }
        shown.sort_by_key(|id| (rank[id.index()], *id));
    }
}

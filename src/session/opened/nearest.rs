//! What the images of a list are most like: asked while their rows are seen, and each once.

use std::collections::HashMap;
use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::{ImageId, Neighbour, StoredLayer, SuspiciousLabelWish};
use crate::engine::{Look, NearestImages, NearestWish, Request};

/// So many neighbours of each image: all by which its label is judged, so that those are at hand that speak against it.
const NEIGHBOURS: usize = SuspiciousLabelWish::NEIGHBOURS;
/// So many are kept of each at least, as far as there are some: others may come to be hidden.
const KEPT: usize = NEIGHBOURS + 100;
/// Images of which they are held.
const MOST: usize = 4096;

/// What images of lists are most like.
#[derive(Clone, Debug, Default)]
pub struct Nearest {
    /// By which vectors, at which version of them.
    of: Option<(StoredLayer, u64)>,
    known: HashMap<ImageId, Near>,
    asked: Vec<ImageId>,
    /// How many of each were asked for then.
    k: usize,
}

/// What an image is most like.
#[derive(Clone, Debug)]
struct Near {
    /// Nearest first, as far as they are shown: where very many are hidden, very many were found.
    neighbours: Arc<[Neighbour]>,
    /// How many were found.
    found: usize,
    /// How many were asked for.
    k: usize,
}

impl Nearest {
    /// Others are hidden: what was asked in vain may not be in vain now.
    pub(super) fn may_be_asked_again(&mut self) {
        self.asked.clear();
    }
}

impl OpenedCollection {
    /// What an image of a list is most like by the vectors of `source`, nearest first and without what is hidden, once that is known;
    /// empty of an image that has no vector.
    pub fn nearest_of(&self, source: &StoredLayer, image: ImageId) -> Option<Vec<Neighbour>> {
        self.nearest.of.as_ref().filter(|(known, _)| known == source)?;
        let hidden = self.hidden();
        let is_shown = |near: &&Neighbour| !hidden.is_some_and(|hidden| hidden.contains(near.image));
        let near = self.nearest.known.get(&image)?;
        Some(near.neighbours.iter().filter(is_shown).take(NEIGHBOURS).copied().collect())
    }

    /// Whether that is to be asked for: it is not known, or too few of what is known are not hidden, and there may be more.
    pub fn lacks_nearest(&self, source: &StoredLayer, image: ImageId) -> bool {
        let is_of_it = self.nearest.of.as_ref().is_some_and(|(known, _)| known == source);
        let Some(near) = self.nearest.known.get(&image).filter(|_| is_of_it) else { return true };
        let may_be_more = near.neighbours.len() < near.found || near.found >= near.k;
        may_be_more
            && self.can_spare_more(near.k, NEIGHBOURS)
            && self.nearest_of(source, image).is_none_or(|shown| shown.len() < NEIGHBOURS)
    }

    /// Asks what these are most like, as far as that is missing; what was asked before and is not in sight any more is given up.
    pub(super) fn ask_nearest(&mut self, source: StoredLayer, images: Vec<ImageId>) -> Vec<Request> {
        let Some((1.., version)) = self.committed else { return Vec::new() };
        let of = Some((source.clone(), version));
        // Asked in vain, the same are not asked again until others come into sight.
        if self.nearest.of != of || self.nearest.known.len() > MOST {
            self.nearest = Nearest { of, ..Nearest::default() };
        }
        let missing: Vec<ImageId> = images.into_iter().filter(|image| self.lacks_nearest(&source, *image)).collect();
        if missing.is_empty() {
            return Vec::new();
        }
        let known = missing.iter().filter_map(|image| self.nearest.known.get(image));
        if let Some(asked) = known.map(|near| near.k).max() {
            self.spare_more(asked, NEIGHBOURS);
        }
        let k = NEIGHBOURS + self.spare_neighbours();
        let nearest = &mut self.nearest;
        if k <= nearest.k && missing.iter().all(|image| nearest.asked.contains(image)) {
            return Vec::new();
        }
        (nearest.asked, nearest.k) = (missing.clone(), k);
        vec![Request::Look(Look::Nearest(NearestWish { source, version, images: missing, k }))]
    }

    /// Vectors were committed: what was found among those before may be otherwise now.
    pub(super) fn forget_nearest(&mut self, version: u64) {
        if self.nearest.of.as_ref().is_some_and(|(_, of)| *of != version) {
            self.nearest = Nearest::default();
        }
    }

    pub(in crate::session) fn take_nearest(&mut self, answer: NearestImages) {
        if self.nearest.of.as_ref().is_none_or(|of| *of != (answer.source, answer.version)) {
            return;
        }
        let hidden = self.hidden().cloned().unwrap_or_default();
        let near = |mut neighbours: Vec<Neighbour>| {
            let found = neighbours.len();
            let shown = neighbours.iter().enumerate().filter(|(_, near)| !hidden.contains(near.image));
            // What is beyond is asked for again if it is needed, once some of these are hidden, too.
            let kept = shown.take(NEIGHBOURS).last().map_or(found, |(place, _)| place + 1).max(KEPT);
            neighbours.truncate(kept);
            Near { neighbours: neighbours.into(), found, k: answer.k }
        };
        self.nearest.known.extend(answer.found.into_iter().map(|(image, neighbours)| (image, near(neighbours))));
    }
}

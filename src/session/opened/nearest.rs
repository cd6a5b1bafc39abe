//! What the images of a list are most like: asked while their rows are seen, and each once.

use std::collections::HashMap;
use std::sync::Arc;

use super::OpenedCollection;
use crate::domain::{ImageId, Neighbour, StoredLayer, SuspiciousLabelWish};
use crate::engine::{Look, NearestImages, NearestWish, Request};

/// So many neighbours of each image: all by which its label is judged, so that those are at hand that speak against it.
const NEIGHBOURS: usize = SuspiciousLabelWish::NEIGHBOURS;
/// Images of which they are held.
const MOST: usize = 4096;

/// What images of lists are most like.
#[derive(Clone, Debug, Default)]
pub struct Nearest {
    /// By which vectors, at which version of them.
    of: Option<(StoredLayer, u64)>,
    known: HashMap<ImageId, Arc<[Neighbour]>>,
    asked: Vec<ImageId>,
}

impl Nearest {
    /// What an image is most like by the vectors of `source`, nearest first, once that is known; empty of an image that has no
    /// vector.
    pub fn of(&self, source: &StoredLayer, image: ImageId) -> Option<&Arc<[Neighbour]>> {
        self.of.as_ref().filter(|(known, _)| known == source)?;
        self.known.get(&image)
    }
}

impl OpenedCollection {
    /// Asks what these are most like, as far as that is missing; what was asked before and is not in sight any more is given up.
    pub(super) fn ask_nearest(&mut self, source: StoredLayer, images: Vec<ImageId>) -> Vec<Request> {
        let Some((1.., version)) = self.committed else { return Vec::new() };
        let nearest = &mut self.nearest;
        let of = Some((source.clone(), version));
        // Asked in vain, the same are not asked again until others come into sight.
        if nearest.of != of || nearest.known.len() > MOST {
            *nearest = Nearest { of, ..Nearest::default() };
        }
        let missing: Vec<ImageId> = images.into_iter().filter(|image| !nearest.known.contains_key(image)).collect();
        if missing.iter().all(|image| nearest.asked.contains(image)) {
            return Vec::new();
        }
        nearest.asked.clone_from(&missing);
        vec![Request::Look(Look::Nearest(NearestWish { source, version, images: missing, k: NEIGHBOURS }))]
    }

    /// Vectors were committed: what was found among those before may be otherwise now.
    pub(super) fn forget_nearest(&mut self, version: u64) {
        if self.nearest.of.as_ref().is_some_and(|(_, of)| *of != version) {
            self.nearest = Nearest::default();
        }
    }

    pub(in crate::session) fn take_nearest(&mut self, answer: NearestImages) {
        if self.nearest.of.as_ref().is_some_and(|of| *of == (answer.source, answer.version)) {
            self.nearest.known.extend(answer.found.into_iter().map(|(image, neighbours)| (image, neighbours.into())));
        }
    }
}

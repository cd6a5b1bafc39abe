//! Which images a walk has met.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crate::domain::{ImageId, ImagePath, ImageRecords, ImageSet};
use crate::engine::collection::catalogue::Catalogue;

/// Images by where they lie, and which of them a walk has met. Paths are not held a second time: of each there is a hash, and
/// whoever has the hash is asked for the path.
pub struct Met {
    hasher: RandomState,
    by_hash: HashMap<u64, ImageId>,
    /// Images whose hash another has.
    others: HashMap<ImagePath, ImageId>,
    /// Images that get their id with the portion that is being looked at: the catalogue does not know them yet.
    coming: HashMap<ImagePath, ImageId>,
    met: ImageSet,
}

impl Met {
    /// None of the images that are known.
    pub fn none_of(known: &ImageRecords) -> Self {
        let mut all = Self {
            hasher: RandomState::new(),
            by_hash: HashMap::with_capacity(known.len()),
            others: HashMap::new(),
            coming: HashMap::new(),
            met: ImageSet::default(),
        };
        for image in known.iter() {
            let hash = all.hasher.hash_one(image.path);
            if let Some(first) = all.by_hash.insert(hash, image.id) {
                all.by_hash.insert(hash, first);
                all.others.insert(image.path.to_path(), image.id);
            }
        }
        all
    }

    /// Meets what lies at `path`. If it is known, its id, and whether it was met before; else `next` is its id from now on,
    /// and [`Met::enrolled`] must be told when the catalogue has it.
    pub fn meet(&mut self, catalogue: &Catalogue, path: &ImagePath, next: ImageId) -> Option<(ImageId, bool)> {
        if let Some(id) = self.coming.get(path) {
            return Some((*id, true));
        }
        let hash = self.hasher.hash_one(path.borrowed());
        let known = match self.by_hash.get(&hash) {
            Some(id) if catalogue.lies_at(*id, path) => Some(*id),
            Some(_) => self.others.get(path).copied(),
            None => None,
        };
        if let Some(id) = known {
            return Some((id, !self.met.insert(id)));
        }
        self.coming.insert(path.clone(), next);
        self.met.insert(next);
        None
    }

    /// What is known to lie at `path`.
    pub fn known_at(&self, catalogue: &Catalogue, path: &ImagePath) -> Option<ImageId> {
        let hash = self.hasher.hash_one(path.borrowed());
        let first = self.by_hash.get(&hash).filter(|id| catalogue.lies_at(**id, path));
        first.or_else(|| self.coming.get(path)).or_else(|| self.others.get(path)).copied()
    }

    /// An image was met in another place than the known one.
    pub fn meet_elsewhere(&mut self, image: ImageId) {
        self.met.insert(image);
    }

    /// What came is in the catalogue.
    pub fn enrolled(&mut self) {
        for (path, id) in self.coming.drain() {
            let hash = self.hasher.hash_one(path.borrowed());
            if let Some(first) = self.by_hash.insert(hash, id) {
                self.by_hash.insert(hash, first);
                self.others.insert(path, id);
            }
        }
    }

    /// Whether the walk has met an image.
    pub fn is_met(&self, image: ImageId) -> bool {
        self.met.contains(image)
    }
}

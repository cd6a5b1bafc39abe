//! Where images are that had an id before the same pictures were opened again.

use std::collections::{HashMap, HashSet};

use crate::domain::{ImageId, ImagePath, ImageRecords, ImageRef};

/// The ids of now by those of before. It grows while images are found, so that nothing is left to be done for each image at
/// the end, and holds those only that have moved: usually none.
#[derive(Clone, Debug, Default)]
pub struct Places {
    moved: HashMap<ImageId, ImageId>,
    /// Images of before whose place another has, and that were not found elsewhere yet.
    lost: HashMap<ImagePath, ImageId>,
    /// Images of now that have the place of another, and were not known as an image of before yet.
    strangers: HashMap<ImagePath, ImageId>,
    gone: HashSet<ImageId>,
}

impl Places {
    /// Takes in the next image that is found, in the order of ids. `before` are all images as they were known.
    pub fn meet(&mut self, before: &ImageRecords, found: ImageRef<'_>) {
        let was = before.get(found.id);
        if was.is_some_and(|was| was.path == found.path) {
            return;
        }
        if let Some(was) = was {
            self.miss(was);
        }
        match self.lost.remove(&found.path.to_path()) {
            Some(id) => {
                self.moved.insert(id, found.id);
            }
            // Behind the last one of before nobody's place is taken: it is new.
            None if was.is_none() => {}
            None => {
                self.strangers.insert(found.path.to_path(), found.id);
            }
        }
    }

    /// No more images are found than these `count`.
    pub fn end(&mut self, before: &ImageRecords, count: usize) {
        before.range(count..before.len()).for_each(|was| self.miss(was));
        self.gone.extend(std::mem::take(&mut self.lost).into_values());
        self.strangers = HashMap::new();
    }

    /// Whether every image has the id it had.
    pub fn are_the_same(&self) -> bool {
        self.moved.is_empty() && self.gone.is_empty()
    }

    /// The id of now; `None` if the image is not there any more.
    pub fn of(&self, id: ImageId) -> Option<ImageId> {
        match self.moved.get(&id) {
            Some(now) => Some(*now),
            None => (!self.gone.contains(&id)).then_some(id),
        }
    }

    /// An image is not where it was.
    fn miss(&mut self, was: ImageRef<'_>) {
        match self.strangers.remove(&was.path.to_path()) {
            Some(now) => {
                self.moved.insert(was.id, now);
            }
            None => {
                self.lost.insert(was.path.to_path(), was.id);
            }
        }
    }
}

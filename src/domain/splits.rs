//! Which part of a data set images belong to.

use std::collections::BTreeMap;

use super::{ImageId, ImportedLabels};

/// Which images belong to which part of a data set, such as `train`, as it was imported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Splits {
    /// The images of each part, ascending; no image is in two.
    pub images: BTreeMap<String, Vec<ImageId>>,
}

impl Splits {
    /// The part that an image belongs to, if one was imported.
    pub fn of(&self, id: ImageId) -> Option<&str> {
        let found = self.images.iter().find(|(_, images)| images.binary_search(&id).is_ok());
        found.map(|(split, _)| split.as_str())
    }
}

impl From<&ImportedLabels> for Splits {
    fn from(labels: &ImportedLabels) -> Self {
        let mut splits = Self::default();
        for (id, imported) in &labels.images {
            let Some(split) = &imported.split else { continue };
            match splits.images.get_mut(split) {
                Some(images) => images.push(*id),
                None => drop(splits.images.insert(split.clone(), vec![*id])),
            }
        }
        splits
    }
}

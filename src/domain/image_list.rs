//! Images that are handed on in an order.

use std::sync::Arc;

use super::touched::touch;
use super::{ImageId, ImageSet};

/// Images that are handed on in an order, without a look at any of them: a copy shares them, and they are listed where there is time.
#[derive(Clone, Debug)]
pub enum ImageList {
    /// These, in this order; one that stands there twice counts twice.
    These(Arc<[ImageId]>),
    /// Those of a set, ascending.
    Set(ImageSet),
}

impl ImageList {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Self::These(ids) => ids.len(),
            Self::Set(set) => set.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// All of them, in order.
    pub fn iter(&self) -> Box<dyn Iterator<Item = ImageId> + '_> {
        match self {
            Self::These(ids) => {
                touch(ids.len());
                Box::new(ids.iter().copied())
            }
            Self::Set(set) => Box::new(set.iter()),
        }
    }
}

impl Default for ImageList {
    fn default() -> Self {
        Self::Set(ImageSet::default())
    }
}

impl PartialEq for ImageList {
    /// Whether both are the same images in the same order.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl Eq for ImageList {}

impl From<Vec<ImageId>> for ImageList {
    fn from(ids: Vec<ImageId>) -> Self {
        Self::These(ids.into())
    }
}

impl From<ImageSet> for ImageList {
    fn from(set: ImageSet) -> Self {
        Self::Set(set)
    }
}

impl FromIterator<ImageId> for ImageList {
    fn from_iter<I: IntoIterator<Item = ImageId>>(ids: I) -> Self {
        Vec::from_iter(ids).into()
    }
}

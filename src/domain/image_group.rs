//! Images that have something in common, named by what it is.

use std::sync::Arc;

use super::{Clustering, ImageOrder, ImageRecords, ImageSet, Tags};

/// Images that are named by what they have in common: who they are is found out away from the window's thread, since there
/// may be very many.
#[derive(Clone, Debug)]
pub enum ImageGroup {
    /// Those with a label, or without any.
    Label(Option<String>),
    /// Those of one cluster, by its index.
    Cluster(Arc<Clustering>, u32),
    /// Those that bear a tag.
    Tag(Arc<Tags>, String),
    /// Those between two places of an order, both among them.
    Between(ImageOrder, usize, usize),
}

impl ImageGroup {
    /// The images, as far as `images` know them.
    pub fn images(&self, images: &ImageRecords) -> ImageSet {
        match self {
            Self::Label(label) => images.with_label(label.as_deref()).collect(),
            Self::Cluster(clustering, index) => clustering.members(*index).collect(),
            Self::Tag(tags, tag) => tags.images.get(tag).into_iter().flatten().copied().collect(),
            Self::Between(order, a, b) => order.range(*a.min(b)..*a.max(b) + 1).collect(),
        }
    }

    /// How many images must be looked at to know, at most; `all` are those of the collection.
    pub fn looked_at(&self, all: usize) -> usize {
        match self {
            Self::Label(_) => all,
            Self::Cluster(clustering, _) => clustering.ids.len(),
            Self::Tag(tags, tag) => tags.images.get(tag).map_or(0, Vec::len),
            Self::Between(_, a, b) => a.abs_diff(*b) + 1,
        }
    }
}

impl PartialEq for ImageGroup {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Label(ours), Self::Label(theirs)) => ours == theirs,
            (Self::Cluster(ours, a), Self::Cluster(theirs, b)) => Arc::ptr_eq(ours, theirs) && a == b,
            (Self::Tag(ours, a), Self::Tag(theirs, b)) => Arc::ptr_eq(ours, theirs) && a == b,
            (Self::Between(ours, a, b), Self::Between(theirs, c, d)) => (a, b) == (c, d) && ours == theirs,
            (Self::Label(_) | Self::Cluster(..) | Self::Tag(..) | Self::Between(..), _) => false,
        }
    }
}

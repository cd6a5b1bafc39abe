//! Images that have something in common, named by what it is.

use std::sync::Arc;

use super::{Clustering, GridBand, ImageId, ImageOrder, ImageRecords, ImageSet, PictureBand, Tags};

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
    /// Those of an order that a band over its rows touches.
    Within(ImageOrder, GridBand),
    /// The same where they lie in rows of their own shapes.
    InRows(ImageOrder, PictureBand),
    /// These, ascending: the images of a class.
    These(Arc<[ImageId]>),
    /// These.
    Set(ImageSet),
    /// Those of a group that giving a tag would change, or taking it away.
    ToTag {
        /// The group.
        of: Box<ImageGroup>,
        /// Who bears which tag.
        tags: Arc<Tags>,
        /// The tag.
        tag: String,
        /// Whether they are to bear it.
        is_on: bool,
    },
    /// Those that are in both groups.
    Both(Box<[ImageGroup; 2]>),
    /// Those that are in either group.
    Either(Box<[ImageGroup; 2]>),
}

impl ImageGroup {
    /// Those that are in both groups.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self::Both(Box::new([self, other]))
    }

    /// Those that are in either group.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Either(Box::new([self, other]))
    }

    /// The images, as far as `images` know them.
    pub fn images(&self, images: &ImageRecords) -> ImageSet {
        match self {
            Self::Label(label) => images.with_label(label.as_deref()).collect(),
            Self::Cluster(clustering, index) => clustering.members(*index).collect(),
            Self::Tag(tags, tag) => tags.set_of(tag),
            Self::Between(order, a, b) => order.range(*a.min(b)..*a.max(b) + 1).collect(),
            Self::Within(order, band) => band.places(order.len()).filter_map(|place| order.get(place)).collect(),
            Self::InRows(order, band) => band.images(order, images).collect(),
            Self::These(ids) => ids.iter().copied().filter(|id| id.index() < images.len()).collect(),
            Self::Set(set) => set.clone(),
            Self::ToTag { of, tags, tag, is_on } => tags.to_change(&of.images(images), tag, *is_on),
            Self::Both(groups) => groups[0].images(images).intersection(&groups[1].images(images)),
            Self::Either(groups) => groups[0].images(images).union(&groups[1].images(images)),
        }
    }

    /// How many images must be looked at to know, at most; `all` are those of the collection.
    pub fn looked_at(&self, all: usize) -> usize {
        match self {
            Self::Label(_) => all,
            Self::Cluster(clustering, _) => clustering.ids.len(),
            Self::Tag(tags, tag) => tags.looked_at(tag),
            Self::Between(_, a, b) => a.abs_diff(*b) + 1,
            Self::Within(order, band) => band.len().min(order.len()),
            Self::InRows(order, band) => band.looked_at().min(order.len()),
            Self::These(ids) => ids.len(),
            Self::Set(set) => set.len(),
            // Of few images it is looked up whether they bear it, and else who bears it is gone through, unless that is known as a set.
            Self::ToTag { of, tags, tag, .. } => {
                let of = of.looked_at(all);
                of + tags.looked_at(tag).min(of)
            }
            Self::Both(groups) | Self::Either(groups) => groups.iter().map(|group| group.looked_at(all)).sum(),
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
            (Self::Within(ours, a), Self::Within(theirs, b)) => a == b && ours == theirs,
            (Self::InRows(ours, a), Self::InRows(theirs, b)) => a == b && ours == theirs,
            (Self::These(ours), Self::These(theirs)) => Arc::ptr_eq(ours, theirs) || ours == theirs,
            (Self::Set(ours), Self::Set(theirs)) => ours == theirs,
            (
                Self::ToTag { of: ours, tags: a, tag: b, is_on: c },
                Self::ToTag { of: theirs, tags: d, tag: e, is_on: f },
            ) => (b, c) == (e, f) && Arc::ptr_eq(a, d) && ours == theirs,
            (Self::Both(ours), Self::Both(theirs)) | (Self::Either(ours), Self::Either(theirs)) => ours == theirs,
            (
                Self::Label(_)
                | Self::Cluster(..)
                | Self::Tag(..)
                | Self::Between(..)
                | Self::Within(..)
                | Self::InRows(..)
                | Self::These(_)
                | Self::Set(_)
                | Self::ToTag { .. }
                | Self::Both(_)
                | Self::Either(_),
                _,
            ) => false,
        }
    }
}

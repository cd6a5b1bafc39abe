//! A question about one picture.

use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::Sender;

use crate::domain::{ImageId, ImageRecord, Region, StoredLayer};
use crate::engine::collection::activation_reader::ActivationReader;
use crate::engine::message::{Asked, ChannelMapWish, LookKind, PointWish, Problem, StripWish};

/// A picture to look at.
pub struct Picture {
    /// What is known of it.
    pub record: ImageRecord,
    /// Where it lies.
    pub path: PathBuf,
    /// Where its activations may be kept.
    pub kept: Arc<ActivationReader>,
}

/// For whom a probe's vectors are made: none of them takes the place of another's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Searcher {
    /// Neighbours of what is asked about.
    Neighbours,
    /// Those of the image under the pointer.
    Hover,
    /// Those at every depth.
    Depths,
    /// Why these two are alike.
    Why([ImageId; 2]),
}

/// A question about one picture.
pub enum TensorLook {
    /// Show the activation at a layer.
    Activations {
        /// Whose.
        picture: Picture,
        /// Which layer.
        layer: usize,
    },
    /// Show the activations of two images at a layer.
    Pair {
        /// Whose.
        pictures: Box<[Picture; 2]>,
        /// Which layer.
        layer: usize,
    },
    /// Show the activation of another image beside it.
    Beside {
        /// Whose.
        picture: Picture,
        /// Which layer.
        layer: usize,
    },
    /// What all channels give at a place of an activation.
    Point {
        /// Whose.
        picture: Picture,
        /// At which layer, and where.
        wish: PointWish,
    },
    /// What an image excites most at every depth.
    Strip {
        /// The image, and perhaps one beside it.
        pictures: Vec<Picture>,
        /// At which layers.
        wish: StripWish,
    },
    /// What some channels see in some images.
    ChannelMaps(Vec<(Picture, Vec<ChannelMapWish>)>),
    /// How long the layers take.
    Times,
    /// The pooled vectors of a picture, or of a part of it: for a probe that is not in the workspace.
    Vectors {
        /// For whom.
        searcher: Searcher,
        /// Where it lies.
        path: PathBuf,
        /// At which layers, pooled how.
        sources: Vec<StoredLayer>,
        /// Which part of it, if not the whole.
        region: Option<Region>,
        /// Where the vectors go: one for each of `sources`.
        reply: Sender<Result<Vec<Vec<f32>>, Problem>>,
    },
}

/// What a newer question takes the place of. What is quick and waited for comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TensorLookKind {
    /// Vectors for a probe.
    Vectors(Searcher),
    /// Those of a part that is compared with one other picture.
    WhyVectors,
    /// Activations of one picture.
    Activations,
    /// What is at a place of them.
    Point,
    /// Those of the picture beside it.
    Beside,
    /// Those of two.
    Pair,
    /// Those of all depths.
    Strip,
    /// What some channels see in some images.
    ChannelMaps,
    /// Times of layers.
    Times,
}

impl TensorLook {
    /// What a newer one takes the place of.
    pub(super) fn kind(&self) -> TensorLookKind {
        match self {
            Self::Activations { .. } => TensorLookKind::Activations,
            Self::Pair { .. } => TensorLookKind::Pair,
            Self::Beside { .. } => TensorLookKind::Beside,
            Self::Point { .. } => TensorLookKind::Point,
            Self::Strip { .. } => TensorLookKind::Strip,
            Self::ChannelMaps(_) => TensorLookKind::ChannelMaps,
            Self::Times => TensorLookKind::Times,
            // Of one pair at a time, whichever it is.
            Self::Vectors { searcher: Searcher::Why(_), .. } => TensorLookKind::WhyVectors,
            Self::Vectors { searcher, .. } => TensorLookKind::Vectors(*searcher),
        }
    }

    /// What its problems are of.
    pub(super) fn asked(&self) -> Asked {
        Asked::Look(self.look_kind())
    }

    /// Which look it is, or belongs to.
    pub(super) fn look_kind(&self) -> LookKind {
        match self {
            Self::Activations { picture, layer } => LookKind::Activations { image: picture.record.id, layer: *layer },
            Self::Pair { pictures, layer } => {
                LookKind::Pair { images: [pictures[0].record.id, pictures[1].record.id], layer: *layer }
            }
            Self::Beside { picture, layer } => LookKind::Beside { image: picture.record.id, layer: *layer },
            Self::Point { .. } => LookKind::Point,
            Self::Strip { wish, .. } => LookKind::Strip { image: wish.image, beside: wish.beside },
            Self::ChannelMaps(_) => LookKind::ChannelMaps,
            Self::Times => LookKind::LayerTimes,
            Self::Vectors { searcher, .. } => match searcher {
                Searcher::Neighbours => LookKind::Neighbours,
                Searcher::Hover => LookKind::HoverNeighbours,
                Searcher::Depths => LookKind::Depths,
                Searcher::Why(images) => LookKind::WhySimilar { images: *images },
            },
        }
    }

    /// The layer that is looked at, if it is a single one.
    pub(super) fn layer(&self) -> Option<usize> {
        match self {
            Self::Activations { layer, .. } | Self::Pair { layer, .. } | Self::Beside { layer, .. } => Some(*layer),
            Self::Point { wish, .. } => Some(wish.layer),
            Self::Times | Self::Vectors { .. } | Self::Strip { .. } | Self::ChannelMaps(_) => None,
        }
    }
}

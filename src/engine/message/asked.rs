//! What was asked for, by name: so that a problem says whose it is.

use std::path::PathBuf;

use super::{AnalysisKind, AnalysisWish};
use crate::domain::{ImageId, ProjectionWish, StoredLayer, TableColumn};

/// The wish or look that failed. It names what must be told apart and is no more than that: whoever asked compares it with
/// what it asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// Nobody asked: it was found by the way.
    Nothing,
    /// To open a folder.
    Open,
    /// To load the network through which this folder was to be opened; `None` for the sample collection.
    NetworkOf(Option<PathBuf>),
    /// To extract features.
    Extract,
    /// To write images.
    Export,
    /// To make this map, or to show the one that is kept.
    Map(ProjectionWish),
    /// Any other analysis: of maps, [`Asked::Map`] says which.
    Analysis(AnalysisKind),
    /// What a view looks at now.
    Look(LookKind),
    /// To look at the workspace itself, or to change it.
    Maintenance,
    /// The list of networks.
    Networks,
    /// To download, add or remove the network of this name.
    Network(String),
    /// What is known of images.
    Images,
    /// Which tags there are.
    Tags,
    /// To give images a tag, or to take it from them.
    Tag,
    /// To give images a label by hand.
    Label,
    /// To import labels, splits and boxes, or to forget them.
    Import,
    /// Which boxes there are.
    Boxes,
    /// To show a clustering that was made before.
    Clustering,
    /// To call a cluster by a name.
    ClusterName,
}

impl Asked {
    /// Whether what fails keeps a folder from being opened.
    pub fn is_opening(&self) -> bool {
        matches!(self, Self::Open | Self::NetworkOf(_))
    }
}

/// What a newer question about groups takes the place of: its kind, and whether it is about classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GroupLookKind {
    /// Two beside each other.
    Comparison(bool),
    /// Matrices.
    Matrices(bool),
    /// Pictures nearest to a sum or difference.
    Arithmetic(bool),
    /// What each has in common.
    Portraits(bool),
}

/// A look that is no map. Of looks that only the newest one of is answered the kind is enough.
#[derive(Clone, Debug, PartialEq)]
pub enum LookKind {
    /// Thumbnails.
    Thumbnails,
    /// A picture, closely.
    Picture {
        /// Which; `None` if none is wanted any more.
        image: Option<ImageId>,
    },
    /// One image's activation at one layer.
    Activations {
        /// Whose.
        image: ImageId,
        /// Index in [`Collection::layers`](super::Collection::layers).
        layer: usize,
    },
    /// Two images' activations at one layer.
    Pair {
        /// Whose.
        images: [ImageId; 2],
        /// Index in [`Collection::layers`](super::Collection::layers).
        layer: usize,
    },
    /// The activation of the image beside the probe.
    Beside {
        /// Whose.
        image: ImageId,
        /// Index in [`Collection::layers`](super::Collection::layers).
        layer: usize,
    },
    /// What all channels give at a place.
    Point,
    /// What an image excites most at every depth.
    Strip {
        /// Which image.
        image: ImageId,
        /// The one beside it.
        beside: Option<ImageId>,
    },
    /// What channels see in images.
    ChannelMaps,
    /// Parts of pictures.
    Crops,
    /// The boxes in an image.
    Boxes {
        /// In which.
        image: ImageId,
    },
    /// The images most like a probe.
    Neighbours,
    /// Those most like the image under the pointer.
    HoverNeighbours,
    /// Those most like the probe, layer by layer.
    Depths,
    /// Those most like each of some.
    Nearest,
    /// How long each layer takes.
    LayerTimes,
    /// The images for which a predicate is true.
    Query,
    /// The order of the gallery.
    Order {
        /// The number with which it was asked for.
        number: u64,
    },
    /// The images that have something in common.
    Group {
        /// The number with which it was asked for.
        number: u64,
    },
    /// What the images of a set are.
    Tally,
    /// How the images are distributed over a column.
    Distribution {
        /// Which column.
        column: TableColumn,
    },
    /// The images that excite channels of a layer most.
    Exemplars {
        /// Index in [`Collection::layers`](super::Collection::layers).
        layer: usize,
    },
    /// The channels most unusual for an image.
    Unusual {
        /// Whose.
        image: ImageId,
        /// At which representation; `None` for the averages of all stored layers.
        source: Option<StoredLayer>,
    },
    /// How much every image excites a channel.
    ChannelValues,
    /// The images that excite some channels most.
    ExemplarsOfSome,
    /// Groups beside each other.
    Groups(GroupLookKind),
    /// Why two images are alike.
    WhySimilar {
        /// The images.
        images: [ImageId; 2],
    },
    /// The image that stands for the collection.
    Representative,
}

impl LookKind {
    /// What it is called in the log.
    pub(in crate::engine) fn word(&self) -> &'static str {
        match self {
            Self::Thumbnails => "thumbnails",
            Self::Picture { .. } => "picture",
            Self::Activations { .. } => "activations",
            Self::Pair { .. } => "pair",
            Self::Beside { .. } => "beside",
            Self::Point => "point",
            Self::Strip { .. } => "strip",
            Self::ChannelMaps => "channel maps",
            Self::Crops => "crops",
            Self::Boxes { .. } => "boxes",
            Self::Neighbours => "neighbours",
            Self::HoverNeighbours => "neighbours under the pointer",
            Self::Depths => "neighbours at every depth",
            Self::Nearest => "neighbours of each of some",
            Self::LayerTimes => "layer times",
            Self::Query => "query",
            Self::Order { .. } => "order",
            Self::Group { .. } => "group",
            Self::Tally => "tally",
            Self::Distribution { .. } => "distribution",
            Self::Exemplars { .. } => "exemplars",
            Self::Unusual { .. } => "unusual",
            Self::ChannelValues => "channel values",
            Self::ExemplarsOfSome => "exemplars of some channels",
            Self::Groups(_) => "groups",
            Self::WhySimilar { .. } => "similarity",
            Self::Representative => "representative image",
        }
    }
}

impl AnalysisWish {
    /// What its problems are of.
    pub fn asked(&self) -> Asked {
        self.map().map_or_else(|| Asked::Analysis(self.kind()), |wish| Asked::Map(wish.clone()))
    }
}

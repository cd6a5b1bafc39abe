//! What a view asks now.

use super::{Asked, GroupLook, LookKind, QueryWish};
use crate::domain::{
    DistributionWish, ImageGroup, ImageId, ImageRecords, Metric, NeighbourWish, OrderWish, PicturePiece,
    ProjectionMethod, ProjectionWish, Region, StoredLayer, TallyWish,
};

/// Which pieces of a picture are wanted, at its own resolution or halved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureWish {
    /// Whose picture.
    pub image: ImageId,
    /// Which pieces, most urgent first; none to learn only how large the picture is.
    pub pieces: Vec<PicturePiece>,
}

/// A place of an activation of which all channels are to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointWish {
    /// Whose activation.
    pub image: ImageId,
    /// Index in [`Collection::layers`](super::Collection::layers).
    pub layer: usize,
    /// Row and column.
    pub place: [usize; 2],
}

/// A question for neighbours at one layer after the other.
#[derive(Clone, Debug, PartialEq)]
pub struct DepthsWish {
    /// Comes back with each answer.
    pub number: u64,
    /// What is asked at each of them; its own layer does not count.
    pub of: NeighbourWish,
    /// At which representations, in the order in which they are answered.
    pub sources: Vec<StoredLayer>,
}

/// What some images are most like: those of a list that is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NearestWish {
    /// By which vectors, compared by cosine.
    pub source: StoredLayer,
    /// The version of the vectors that is known, to be told with the answer.
    pub version: u64,
    /// Of which images, most urgent first.
    pub images: Vec<ImageId>,
    /// How many neighbours of each.
    pub k: usize,
}

/// What an image excites most at every depth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StripWish {
    /// Which image.
    pub image: ImageId,
    /// Another one, of which the same channels are to be shown.
    pub beside: Option<ImageId>,
    /// At which layers (indices in [`Collection::layers`](super::Collection::layers)), ascending.
    pub layers: Vec<usize>,
}

/// What a channel sees in an image, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChannelMapWish {
    /// In which image.
    pub image: ImageId,
    /// Index in [`Collection::layers`](super::Collection::layers).
    pub layer: usize,
    /// Which channel of it.
    pub channel: usize,
}

/// A part of a picture, sharp.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CropWish {
    /// Of which picture.
    pub image: ImageId,
    /// Which part.
    pub part: Region,
}

/// A question a view asks now. A newer one of the same kind replaces an older one that was not answered yet.
#[derive(Clone, Debug, PartialEq)]
pub enum Look {
    /// Thumbnails that are visible and not there yet, most urgent first.
    Thumbnails(Vec<ImageId>),
    /// Pieces of a picture that is looked at closely; `None` when it is not any more, so that nothing of it is held.
    Picture(Option<PictureWish>),
    /// One image's activation at one layer (index in [`Collection::layers`](super::Collection::layers)).
    Activations {
        /// Whose activation.
        image: ImageId,
        /// Index in [`Collection::layers`](super::Collection::layers).
        layer: usize,
    },
    /// The images most like a probe.
    Neighbours(NeighbourWish),
    /// The images most like the one under the pointer.
    HoverNeighbours(NeighbourWish),
    /// The images most like a probe, layer by layer; `None` when nobody looks at that any more.
    Depths(Option<DepthsWish>),
    /// The images most like each of some.
    Nearest(NearestWish),
    /// How long each layer takes for one picture.
    LayerTimes,
    /// The images for which a predicate is true.
    Query(QueryWish),
    /// All images on a plane.
    PcaMap {
        /// Which vectors to project.
        source: StoredLayer,
    },
    /// The image that stands for the collection.
    Representative {
        /// At which representation.
        source: StoredLayer,
    },
    /// Which images excite a channel, what is unusual in an image, why two are alike.
    Channels(ChannelLook),
    /// What the catalogue answers by itself, if it takes a look at every image.
    Catalogue(CatalogueLook),
    /// The activations of two images at one layer (index in [`Collection::layers`](super::Collection::layers)), to be held side by side.
    Pair {
        /// The images.
        images: [ImageId; 2],
        /// Index in [`Collection::layers`](super::Collection::layers).
        layer: usize,
    },
    /// The activation of an image that is held beside the probe, at one layer.
    Beside {
        /// Whose activation.
        image: ImageId,
        /// Index in [`Collection::layers`](super::Collection::layers).
        layer: usize,
    },
    /// What all channels of an activation give at one place: for activations that only the graphics device can read.
    Point(PointWish),
    /// The channel that an image excites most, and where, at every depth.
    Strip(StripWish),
    /// What channels see in images, most urgent first.
    ChannelMaps(Vec<ChannelMapWish>),
    /// Parts of pictures, most urgent first.
    Crops(Vec<CropWish>),
    /// The boxes in an image that were imported.
    Boxes {
        /// In which image.
        image: ImageId,
    },
    /// Groups beside each other.
    Groups(GroupLook),
}

impl Look {
    /// What its problems are of.
    pub fn asked(&self) -> Asked {
        Asked::Look(match self {
            Self::Channels(look) => return look.asked(),
            Self::Groups(look) => return look.asked(),
            Self::PcaMap { source } => return Asked::Map(Self::map_of(source.clone())),
            Self::Thumbnails(_) => LookKind::Thumbnails,
            Self::Picture(wish) => LookKind::Picture { image: wish.as_ref().map(|wish| wish.image) },
            Self::Activations { image, layer } => LookKind::Activations { image: *image, layer: *layer },
            Self::Neighbours(_) => LookKind::Neighbours,
            Self::HoverNeighbours(_) => LookKind::HoverNeighbours,
            Self::Depths(_) => LookKind::Depths,
            Self::Nearest(_) => LookKind::Nearest,
            Self::LayerTimes => LookKind::LayerTimes,
            Self::Query(_) => LookKind::Query,
            Self::Representative { .. } => LookKind::Representative,
            Self::Catalogue(look) => look.kind(),
            Self::Pair { images, layer } => LookKind::Pair { images: *images, layer: *layer },
            Self::Beside { image, layer } => LookKind::Beside { image: *image, layer: *layer },
            Self::Point(_) => LookKind::Point,
            Self::Strip(wish) => LookKind::Strip { image: wish.image, beside: wish.beside },
            Self::ChannelMaps(_) => LookKind::ChannelMaps,
            Self::Crops(_) => LookKind::Crops,
            Self::Boxes { image } => LookKind::Boxes { image: *image },
        })
    }

    /// The map that [`Look::PcaMap`] is of: by principal components, which need no seed.
    pub(in crate::engine) fn map_of(source: StoredLayer) -> ProjectionWish {
        ProjectionWish { source, method: ProjectionMethod::Pca, seed: 0 }
    }
}

/// What the records of all images answer. Each carries what it is about, so that the answer is to what was known when it was
/// asked.
#[derive(Clone, Debug, PartialEq)]
pub enum CatalogueLook {
    /// Which images are shown, and in which order.
    Order {
        /// Comes back with the answer.
        number: u64,
        /// Which order.
        wish: OrderWish,
    },
    /// Which images have something in common.
    Group {
        /// Comes back with the answer.
        number: u64,
        /// What they have in common.
        group: ImageGroup,
        /// All images, as they are known.
        images: ImageRecords,
    },
    /// What the images of a set are.
    Tally(TallyWish),
    /// How the images are distributed over a column.
    Distribution(Box<DistributionWish>),
}

impl CatalogueLook {
    /// What its problems are of.
    pub fn asked(&self) -> Asked {
        Asked::Look(self.kind())
    }

    /// Which look it is.
    pub(in crate::engine) fn kind(&self) -> LookKind {
        match self {
            Self::Order { number, .. } => LookKind::Order { number: *number },
            Self::Group { number, .. } => LookKind::Group { number: *number },
            Self::Tally(_) => LookKind::Tally,
            Self::Distribution(wish) => LookKind::Distribution { column: wish.column },
        }
    }
}

/// Which two images are to be compared, and how.
#[derive(Clone, Debug, PartialEq)]
pub struct WhySimilarWish {
    /// The first.
    pub a: ImageId,
    /// The second.
    pub b: ImageId,
    /// The part of each that is compared, if not all of it.
    pub parts: [Option<Region>; 2],
    /// At which representation.
    pub source: StoredLayer,
    /// By what.
    pub metric: Metric,
    /// Whether what sets them apart is asked for instead of what joins them.
    pub is_difference: bool,
    /// How many channels, at most.
    pub count: usize,
}

/// What a view asks of channels.
#[derive(Clone, Debug, PartialEq)]
pub enum ChannelLook {
    /// The images that excite a channel most, or each channel of a layer.
    Exemplars {
        /// Index in [`Collection::layers`](super::Collection::layers); its vectors must be stored.
        layer: usize,
        /// Which channel; all of the layer's if none is named.
        channel: Option<usize>,
        /// How many images a channel, at most.
        count: usize,
    },
    /// The images that excite some channels most, whichever layers they are of.
    ExemplarsOfSome {
        /// Layers (indices in [`Collection::layers`](super::Collection::layers); their vectors must be stored) and channels.
        channels: Vec<(usize, usize)>,
        /// How many images a channel, at most.
        count: usize,
    },
    /// The channels at which an image is farthest from what is usual in the collection.
    Unusual {
        /// Which image.
        image: ImageId,
        /// At which representation; at the averages of all stored layers if none is named.
        source: Option<StoredLayer>,
        /// How many channels, at most.
        count: usize,
    },
    /// How much every image excites a channel.
    Values {
        /// At which representation.
        source: StoredLayer,
        /// Which channel.
        channel: usize,
    },
    /// The channels that contribute most to the similarity of two images, or to their difference.
    WhySimilar(WhySimilarWish),
}

impl ChannelLook {
    /// What its problems are of.
    pub fn asked(&self) -> Asked {
        Asked::Look(self.kind())
    }

    /// Which look it is.
    pub(in crate::engine) fn kind(&self) -> LookKind {
        match self {
            Self::Exemplars { layer, .. } => LookKind::Exemplars { layer: *layer },
            Self::ExemplarsOfSome { .. } => LookKind::ExemplarsOfSome,
            Self::Unusual { image, source, .. } => LookKind::Unusual { image: *image, source: source.clone() },
            Self::Values { .. } => LookKind::ChannelValues,
            Self::WhySimilar(wish) => LookKind::WhySimilar { images: [wish.a, wish.b] },
        }
    }
}

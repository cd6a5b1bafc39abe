//! What is answered to a look.

use super::{ChannelMapWish, CropWish, PointWish, StripWish, WhySimilarWish};
use crate::domain::{
    ChannelShare, ClassScore, Exemplar, ImageBox, ImageId, Neighbour, NeighbourWish, PicturePiece, Region, StoredLayer,
    UnusualChannel,
};
use crate::gpu::TensorView;

/// A decoded thumbnail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThumbnailPicture {
    /// Whose.
    pub id: ImageId,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `width * height * 4` bytes; empty if the picture cannot be shown.
    pub rgba: Vec<u8>,
}

/// Some of the pieces that were wanted, as they become ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PicturePieces {
    /// Whose picture.
    pub image: ImageId,
    /// Width and height of the picture itself, upright, as its file has it now.
    pub size: [u32; 2],
    /// The pieces with their width, height and `width * height * 4` bytes.
    pub pieces: Vec<(PicturePiece, [u32; 2], Vec<u8>)>,
}

/// One image's activation at one layer, ready to be drawn.
#[derive(Clone, Debug)]
pub struct ActivationView {
    /// Whose.
    pub image: ImageId,
    /// Index in [`Collection::layers`](super::Collection::layers).
    pub layer: usize,
    /// `[c, h, w]` values, where a shader can read them.
    pub values: TensorView,
    /// Mean of each channel over space: its strength.
    pub means: Vec<f32>,
    /// Smallest value of each channel.
    pub minima: Vec<f32>,
    /// Largest value of each channel.
    pub maxima: Vec<f32>,
    /// Which share of what each channel finds lies in the outermost cells.
    pub borders: Vec<f32>,
    /// The network's best classes for the image, best first; empty if it names none.
    pub classes: Vec<ClassScore>,
}

/// In planes with fewer cells across or down nearly all of them are at the border.
const LEAST_ACROSS: usize = 5;
/// By so many times a cell at the border has to give more than one inside.
const MORE_AT_BORDER: f32 = 3.0;

impl ActivationView {
    /// Whether a channel fires along the border: most of what it finds lies in the outermost cells, and one of these gives on average
    /// three times what one inside gives, or more. Convolutions see what the picture is padded with there, which is no picture.
    pub fn fires_along_border(&self, channel: usize) -> bool {
        let [_, h, w] = self.values.shape();
        let Some(share) = self.borders.get(channel).copied().filter(|_| h.min(w) >= LEAST_ACROSS) else { return false };
        let inside = ((h - 2) * (w - 2)) as f32 / (h * w) as f32;
        share > 0.5 && share * inside >= MORE_AT_BORDER * (1.0 - share) * (1.0 - inside)
    }
}

/// The answer to [`Look::Point`](super::Look::Point).
#[derive(Clone, Debug, PartialEq)]
pub struct PointValues {
    /// What was asked.
    pub wish: PointWish,
    /// One value a channel.
    pub values: Vec<f32>,
}

/// One layer's answer to [`Look::Depths`](super::Look::Depths).
#[derive(Clone, Debug, PartialEq)]
pub struct DepthNeighbours {
    /// The number with which it was asked for.
    pub number: u64,
    /// What is near; its wish says at which layer.
    pub list: NeighbourList,
}

/// Some of the answers to [`Look::Nearest`](super::Look::Nearest), as they become ready.
#[derive(Clone, Debug, PartialEq)]
pub struct NearestImages {
    /// By which vectors.
    pub source: StoredLayer,
    /// The version of which they were asked.
    pub version: u64,
    /// How many of each were asked for.
    pub k: usize,
    /// Images with their neighbours, nearest first; none of an image that has no vector.
    pub found: Vec<(ImageId, Vec<Neighbour>)>,
}

/// The answer to [`Look::Strip`](super::Look::Strip).
#[derive(Clone, Debug)]
pub struct LayerStrip {
    /// What was asked.
    pub wish: StripWish,
    /// The layers in their order.
    pub layers: Vec<StripLayer>,
}

/// The channel that an image excites most at one layer.
#[derive(Clone, Debug)]
pub struct StripLayer {
    /// Index in [`Collection::layers`](super::Collection::layers).
    pub layer: usize,
    /// The channel with the largest value.
    pub channel: usize,
    /// That value, in each of the images.
    pub largest: Vec<f32>,
    /// Smallest and largest value of the channel, over all images.
    pub range: [f32; 2],
    /// The channel in the image, and in the one beside it: `[1, h, w]`, for the eyes and so no larger than
    /// [`StripLayer::MOST_CELLS`] a side.
    pub maps: Vec<TensorView>,
}

impl StripLayer {
    /// What is larger is reduced, by the mean.
    pub const MOST_CELLS: usize = 64;
}

/// One of the answers to [`Look::ChannelMaps`](super::Look::ChannelMaps).
#[derive(Clone, Debug)]
pub struct ChannelMap {
    /// What was asked.
    pub wish: ChannelMapWish,
    /// Its smallest and largest value.
    pub range: [f32; 2],
    /// `[1, h, w]`, for the eyes and so no larger than [`StripLayer::MOST_CELLS`] a side.
    pub map: TensorView,
}

/// A part of a picture, one of those asked for by [`Look::Crops`](super::Look::Crops).
#[derive(Clone, Debug, PartialEq)]
pub struct CropPicture {
    /// Which.
    pub wish: CropWish,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// `width * height * 4` bytes; empty if the picture cannot be read.
    pub rgba: Vec<u8>,
}

/// The answer to [`Look::Boxes`](super::Look::Boxes).
#[derive(Clone, Debug, PartialEq)]
pub struct ImageBoxes {
    /// In which image.
    pub image: ImageId,
    /// The largest first; of very many these are the largest.
    pub boxes: Vec<ImageBox>,
    /// How many there are.
    pub count: usize,
}

/// The answer to [`Look::Neighbours`](super::Look::Neighbours).
#[derive(Clone, Debug, PartialEq)]
pub struct NeighbourList {
    /// What was asked.
    pub wish: NeighbourWish,
    /// Nearest first, what the probe is made of left out.
    pub neighbours: Vec<Neighbour>,
    /// Where in its picture each of them is like the probe, if parts were compared; else empty.
    pub parts: Vec<Region>,
    /// How many images were compared.
    pub searched: usize,
    /// Whether these are the nearest for certain: every image was looked at.
    pub is_exact: bool,
    /// How they were found, and why that way.
    pub how: String,
    /// The share of the true neighbours that the index finds, as it was measured; `None` of an exact answer.
    pub recall: Option<f64>,
    /// How long the search took, reading from disk excluded.
    pub elapsed_secs: f64,
}

/// The answer to [`ChannelLook::Exemplars`](super::ChannelLook::Exemplars).
#[derive(Clone, Debug, PartialEq)]
pub struct ExemplarList {
    /// Index in [`Collection::layers`](super::Collection::layers).
    pub layer: usize,
    /// The channel that was asked for; `None` for all.
    pub channel: Option<usize>,
    /// The channels with their images, most excited first; a channel that nothing excites has none.
    pub lists: Vec<(usize, Vec<Exemplar>)>,
    /// Whether all images with vectors were considered. While images come in, the lists lag behind.
    pub is_current: bool,
}

/// The answer to [`ChannelLook::ExemplarsOfSome`](super::ChannelLook::ExemplarsOfSome).
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelExemplars {
    /// Channels by layer (index in [`Collection::layers`](super::Collection::layers)) and number, with the images that excite each
    /// most, most excited first.
    pub lists: Vec<((usize, usize), Vec<Exemplar>)>,
}

/// The answer to [`ChannelLook::Unusual`](super::ChannelLook::Unusual).
#[derive(Clone, Debug, PartialEq)]
pub struct UnusualList {
    /// Which image.
    pub image: ImageId,
    /// At which representation; `None` for the averages of all stored layers.
    pub source: Option<StoredLayer>,
    /// Farthest from the usual first, above or below; none if the image has no vector yet, or nothing is known of the
    /// collection.
    pub channels: Vec<UnusualChannel>,
}

/// The answer to [`ChannelLook::Values`](super::ChannelLook::Values).
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelValues {
    /// At which representation.
    pub source: StoredLayer,
    /// Which channel.
    pub channel: usize,
    /// By image; not a number of those that have no vector.
    pub values: Vec<f32>,
}

impl ChannelValues {
    /// How much an image excites the channel, if that is known.
    pub fn of(&self, image: ImageId) -> Option<f32> {
        self.values.get(image.index()).copied().filter(|value| value.is_finite())
    }
}

/// The answer to [`ChannelLook::WhySimilar`](super::ChannelLook::WhySimilar).
#[derive(Clone, Debug, PartialEq)]
pub struct WhySimilar {
    /// What was asked.
    pub wish: WhySimilarWish,
    /// How alike they are, by the metric.
    pub score: f64,
    /// The sum of what all channels add: what the shares are of, if none is negative.
    pub total: f64,
    /// Those that add most, most first.
    pub channels: Vec<ChannelShare>,
}

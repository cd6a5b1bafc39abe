//! Two numbers per image.

use serde::{Deserialize, Serialize};

use super::{ImageId, PerImage, StoredLayer, counted};

/// How images get their places on a plane.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProjectionMethod {
    /// The first two principal components (Pearson 1901): quick, and distances mean what they are.
    #[default]
    Pca,
    /// UMAP (McInnes, Healy and Melville 2018): neighbours stay neighbours.
    Umap,
    /// t-SNE (van der Maaten and Hinton 2008): as above, with more room between groups.
    Tsne,
    /// PaCMAP (Wang, Huang, Rudin and Shaposhnik 2021): neighbours stay neighbours, and groups lie as they do at large.
    Pacmap,
}

impl ProjectionMethod {
    /// All of them, for menus.
    pub const ALL: [Self; 4] = [Self::Pca, Self::Umap, Self::Tsne, Self::Pacmap];

    /// The name used on the command line and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pca => "pca",
            Self::Umap => "umap",
            Self::Tsne => "tsne",
            Self::Pacmap => "pacmap",
        }
    }

    /// The name shown to the person.
    pub fn title(self) -> &'static str {
        match self {
            Self::Pca => "PCA",
            Self::Umap => "UMAP",
            Self::Tsne => "t-SNE",
            Self::Pacmap => "PaCMAP",
        }
    }

    /// What to make of distances on its maps.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Pca => "distances mean what they are",
            Self::Umap | Self::Tsne => "neighbours stay neighbours, far apart means little",
            Self::Pacmap => "neighbours stay neighbours, and the whole keeps more of its shape",
        }
    }

    /// Whether a map is made in no time: it is made anew whenever it is looked at, and no map is kept for the window.
    pub fn is_immediate(self) -> bool {
        match self {
            Self::Pca => true,
            Self::Umap | Self::Tsne | Self::Pacmap => false,
        }
    }
}

/// Which map is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectionWish {
    /// Whose vectors.
    pub source: StoredLayer,
    /// By which method.
    pub method: ProjectionMethod,
    /// Where chance starts: the same seed, the same map.
    pub seed: u64,
}

impl ProjectionWish {
    /// The name its result gets, fit for a table: `umap_fire9_concat_average`.
    pub fn name(&self) -> String {
        format!("{}_{}", self.method.word(), self.source.column())
    }
}

/// How far the places of some images on a map can be believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trust {
    /// How many images.
    pub images: usize,
    /// Neighbours that were compared for each.
    pub k: usize,
    /// Whether their neighbours on the map are neighbours among the vectors, in `0..=1` (Venna and Kaski 2001).
    pub trustworthiness: f32,
    /// The share of their true neighbours that are neighbours on the map.
    pub kept: f32,
}

impl Trust {
    fn in_words(&self) -> String {
        let (trustworthiness, kept) = (self.trustworthiness, self.kept * 100.0);
        format!(
            "trustworthiness {trustworthiness:.3}, {kept:.0} % of {} kept",
            counted(self.k, "neighbour", "neighbours")
        )
    }
}

/// How far a map can be believed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Faithfulness {
    /// Neighbours that were compared for each image.
    pub k: usize,
    /// Whether neighbours on the map are neighbours among the vectors, in `0..=1` (Venna and Kaski 2001): of all images on
    /// it, those that were placed later among them.
    pub trustworthiness: f32,
    /// The share of true neighbours that are neighbours on the map, over all images.
    pub kept: f32,
    /// The same for each image; empty where it was measured by a sample. Of one that was placed later its neighbours are
    /// looked for among the images that the map was made of, and those of one that it was made of among these as well.
    pub kept_of_each: PerImage<f32>,
    /// Of the images that were placed later, among all; `None` where none was, or an earlier version of Tiramisu placed them
    /// and the numbers for all are those of the map as it was made.
    #[serde(default)]
    pub of_placed: Option<Trust>,
    /// Of the images that the map was made of, among these, before any was placed; `None` where none was.
    #[serde(default)]
    pub as_made: Option<Trust>,
    /// By how many evenly spaced images it was measured, where not by each: then nothing is known of each.
    #[serde(default)]
    pub sampled: Option<usize>,
}

impl Faithfulness {
    /// For a caption: of all images, and where some were placed later, of these and of the map as it was made.
    pub fn in_words(&self) -> String {
        let all = Trust { images: 0, k: self.k, trustworthiness: self.trustworthiness, kept: self.kept }.in_words();
        let all = match self.sampled {
            Some(sampled) => format!("{all}, measured by {} alone", counted(sampled, "image", "images")),
            None => all,
        };
        let (Some(placed), Some(made)) = (&self.of_placed, &self.as_made) else { return all };
        format!(
            "all images: {all}; the {} placed later: {}; the original map of {}: {}",
            placed.images,
            placed.in_words(),
            made.images,
            made.in_words()
        )
    }
}

/// A map of the collection: where each image lies on a plane.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Projection {
    /// What was asked for.
    pub wish: ProjectionWish,
    /// Whose points they are, ascending.
    pub ids: PerImage<ImageId>,
    /// One point for each of `ids`.
    pub points: PerImage<[f32; 2]>,
    /// Those of `ids`, ascending, that the map was not made of: they got their places afterwards, among points that
    /// stayed where they were.
    #[serde(default)]
    pub placed: PerImage<ImageId>,
    /// The share of the total variance along each axis, in `0..=1`; of principal components alone.
    pub explained: Option<[f32; 2]>,
    /// How far it can be believed; measured when it is finished, and when images are placed on it.
    pub faithfulness: Option<Faithfulness>,
    /// How much of the work is done, in `0..=1`: below 1 points still move.
    pub share_done: f32,
    /// A digest of the vectors of its images, by which a kept map is known to be of today's; `None` while points move, and of maps that earlier versions kept.
    #[serde(default)]
    pub made_of: Option<String>,
}

impl Projection {
    /// Whether an image got its place after the map was made.
    pub fn was_placed(&self, id: ImageId) -> bool {
        self.placed.binary_search(&id).is_ok()
    }

    /// Whether it is known of each image how many of its neighbours are near it.
    pub fn is_judged_of_each(&self) -> bool {
        self.faithfulness.as_ref().is_some_and(|known| known.sampled.is_none())
    }

    /// Bytes that images and points take.
    pub fn bytes(&self) -> usize {
        self.ids.bytes() + self.points.bytes() + self.placed.bytes()
    }

    /// Whether points will not move any more.
    pub fn is_finished(&self) -> bool {
        self.share_done >= 1.0
    }
}

//! Images in groups: clusters of vectors, communities of a graph.
//!
//! Which group an image is in is a number of the image, not a set of each group. An image is in one group at most, and nearly all who
//! ask have the image: colours of a map, columns and histograms of the table, exports. With numbers that is one step, however many
//! groups there are, and eight bytes an image; sets would have to be asked one after the other, and from 64 groups on take more. Who
//! wants a whole group, as a selection does, has the set of it made away from the window's thread
//! ([`ImageGroup::Cluster`](super::ImageGroup::Cluster)), and from then on it is shared like any other.

use serde::{Deserialize, Serialize};

use super::{ImageId, PerImage, StoredLayer};

/// How clusters are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ClusterMethod {
    /// k-means with k-means++ seeds (Arthur and Vassilvitskii 2007): so many groups around their means.
    #[default]
    KMeans,
    /// HDBSCAN (Campello, Moulavi and Sander 2013): dense regions of any number; what lies between belongs to none.
    Density,
    /// Spectral clustering (Shi and Malik 2000; Ng, Jordan and Weiss 2001) of the neighbour graph: so many groups between which
    /// few edges are cut.
    Spectral,
    /// Fluid Communities (Parés et al. 2017) of the neighbour graph: so many, each connected.
    Fluid,
    /// Leiden (Traag, Waltman and van Eck 2019) communities of the neighbour graph: as many as there are.
    Leiden,
    /// Label propagation (Raghavan, Albert and Kumara 2007) on the neighbour graph: as many as there are.
    Propagation,
}

impl ClusterMethod {
    /// All of them, for menus.
    pub const ALL: [Self; 6] =
        [Self::KMeans, Self::Density, Self::Spectral, Self::Fluid, Self::Leiden, Self::Propagation];

    /// The name used on the command line and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::KMeans => "kmeans",
            Self::Density => "hdbscan",
            Self::Spectral => "spectral",
            Self::Fluid => "fluid",
            Self::Leiden => "leiden",
            Self::Propagation => "propagation",
        }
    }

    /// The name shown to the person.
    pub fn title(self) -> &'static str {
        match self {
            Self::KMeans => "k-means",
            Self::Density => "HDBSCAN",
            Self::Spectral => "Spectral clustering",
            Self::Fluid => "Fluid communities",
            Self::Leiden => "Leiden communities",
            Self::Propagation => "Label propagation",
        }
    }

    /// What it does, for who does not know its name.
    pub fn hint(self) -> &'static str {
        match self {
            Self::KMeans => "So many groups, each around its own middle: quick, and at its best with round groups",
            Self::Density => "Groups wherever pictures crowd, as many as there are; what lies between belongs to none",
            Self::Spectral => "So many groups, parted where few pictures are neighbours: long and bent ones, too",
            Self::Fluid => "So many groups that spread over the graph of neighbours until they meet",
            Self::Leiden => "As many groups as there are, each linked more within than to the others",
            Self::Propagation => "Each picture joins the group of most of its neighbours until none changes any more",
        }
    }

    /// Whether the person says how many groups there are to be.
    pub fn takes_count(self) -> bool {
        matches!(self, Self::KMeans | Self::Spectral | Self::Fluid)
    }

    /// Whether the groups are communities of the graph of nearest neighbours.
    pub fn is_community(self) -> bool {
        matches!(self, Self::Fluid | Self::Leiden | Self::Propagation)
    }
}

/// What is to be grouped, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterWish {
    /// The method.
    pub method: ClusterMethod,
    /// Whose vectors.
    pub source: StoredLayer,
    /// How many groups, where the method [takes a count](ClusterMethod::takes_count).
    pub count: usize,
    /// Neighbours of each image in the graph; for HDBSCAN those that make a place dense.
    pub neighbours: usize,
    /// The least size of a group (HDBSCAN).
    pub least: usize,
    /// Resolution of Leiden's modularity: larger is more groups.
    pub resolution: f64,
    /// Where chance starts: the same seed, the same groups.
    pub seed: u64,
}

impl ClusterWish {
    /// The usual settings for a method at a layer.
    pub fn new(method: ClusterMethod, source: StoredLayer) -> Self {
        Self { method, source, count: 20, neighbours: 15, least: 10, resolution: 1.0, seed: 0 }
    }

    /// The name its result gets, fit for a table: `kmeans_20_fire9_concat_average`.
    pub fn name(&self) -> String {
        let column = self.source.column();
        match self.method.takes_count() {
            true => format!("{}_{}_{column}", self.method.word(), self.count),
            false => format!("{}_{column}", self.method.word()),
        }
    }
}

/// A channel by which a group can be told from the others.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DistinguishingChannel {
    /// Its layer.
    pub layer: String,
    /// Its index in the layer.
    pub channel: usize,
    /// Mean of the group's standardised values: how many standard deviations above the collection.
    pub mean_z: f32,
}

/// One group.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    /// What the person calls it.
    pub name: Option<String>,
    /// Number of its images.
    pub size: usize,
    /// The images most in its middle, best first.
    pub exemplars: Vec<ImageId>,
    /// The labels of its images, most frequent first, with their numbers; images without a label are not counted.
    pub labels: Vec<(String, usize)>,
    /// The channels that distinguish it from the others, best first.
    #[serde(rename = "telling")]
    pub distinguishing: Vec<DistinguishingChannel>,
}

impl Cluster {
    /// The share of its labelled images that bear the most frequent label; `None` without any.
    pub fn purity(&self) -> Option<f32> {
        let labelled: usize = self.labels.iter().map(|(_, count)| count).sum();
        self.labels.first().map(|(_, most)| *most as f32 / labelled as f32)
    }

    /// The name given by the person; or the number, with the label that half of its labelled images bear at least, or two that do so
    /// together, or the word that it is mixed.
    pub fn title(&self, index: usize) -> String {
        let labelled: usize = self.labels.iter().map(|(_, count)| count).sum();
        match (&self.name, &self.labels[..]) {
            (Some(name), _) => name.clone(),
            (None, []) => format!("{index}"),
            (None, [(label, most), ..]) if most * 2 >= labelled => format!("{index} · {label}"),
            (None, [(label, most), (other, next), ..]) if (most + next) * 2 >= labelled => {
                format!("{index} · {label} + {other}")
            }
            (None, [_, ..]) => format!("{index} · mixed"),
        }
    }
}

/// How groups and labels go together, over the images that have both.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelAgreement {
    /// Normalised mutual information, by the arithmetic mean of the entropies.
    pub nmi: f64,
    /// Adjusted Rand index.
    pub ari: f64,
    /// Share of the images that bear the most frequent label of their group.
    pub purity: f64,
    /// Images that have a group and a label.
    pub images: usize,
}

/// All images in groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Clustering {
    /// The table of the vectors that were grouped: layers of two networks may have the same name.
    pub features: String,
    /// How it was made.
    pub wish: ClusterWish,
    /// Whose groups these are, ascending.
    pub ids: PerImage<ImageId>,
    /// The group of each, counted from 0 by falling size when they were found; `None` belongs to none.
    pub of: PerImage<Option<u32>>,
    /// The groups by their numbers; one without images [is none](Self::filled).
    pub clusters: Vec<Cluster>,
    /// How they go together with the labels, where there are labels.
    pub agreement: Option<LabelAgreement>,
    /// What the method itself says of the result: `modularity 0.71`.
    pub quality: Option<String>,
    /// How long it took, reading from disk included.
    pub elapsed_secs: f64,
}

impl Clustering {
    /// The name of its table.
    pub fn table(&self) -> String {
        format!("clusters_{}_{}", self.features, self.wish.name())
    }

    /// The group of an image; `None` if it is in none or was not looked at.
    pub fn cluster_of(&self, id: ImageId) -> Option<u32> {
        self.of[self.ids.row_of(id)?]
    }

    /// Whether both were made in one way and have as many images in each of their groups: as far as can be told without a look at any
    /// image, they are the same groups. What a person called one meanwhile does not matter.
    pub fn has_groups_of(&self, other: &Self) -> bool {
        let sizes = |of: &Self| of.clusters.iter().map(|cluster| cluster.size).collect::<Vec<_>>();
        self.table() == other.table() && self.ids.len() == other.ids.len() && sizes(self) == sizes(other)
    }

    /// The groups that have images, each with its number. Where some were merged the others keep theirs, so numbers may be missing.
    pub fn filled(&self) -> impl Iterator<Item = (usize, &Cluster)> {
        self.clusters.iter().enumerate().filter(|(_, cluster)| cluster.size > 0)
    }

    /// How many groups there are.
    pub fn count(&self) -> usize {
        self.filled().count()
    }

    /// The images of a group, ascending.
    pub fn members(&self, cluster: u32) -> impl Iterator<Item = ImageId> + '_ {
        self.ids.iter().zip(&self.of).filter(move |(_, of)| **of == Some(cluster)).map(|(id, _)| *id)
    }

    /// Images that belong to no group.
    pub fn unassigned(&self) -> usize {
        self.of.iter().filter(|of| of.is_none()).count()
    }
}

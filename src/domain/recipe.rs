//! What was done to a collection, written down so that it can be done again.

use serde::{Deserialize, Serialize};

use super::recipe_preparation::RecipePreparation;
use super::{ClusterMethod, ClusterWish, Pooling, Precision, ProjectionMethod, ProjectionWish, StoredLayer};

/// The form of recipes that this program writes; it reads those of before, too.
pub const RECIPE_FORM: u32 = 2;
/// The first form: it tells neither preparation nor precision, nor what was changed by hand.
pub const FIRST_RECIPE_FORM: u32 = 1;

/// How what is known of a collection was made: by which network, at which layers, and which maps and groups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// The form of this file.
    pub recipe: u32,
    /// The program that wrote it, for people.
    #[serde(default)]
    pub written_by: String,
    /// The network, as `--network` takes it.
    pub network: String,
    /// The table of its vectors: it is named after the network's layers, its weights and how pictures are prepared for it, so
    /// another network never has the same.
    pub features: String,
    /// The layers whose vectors are stored.
    pub layers: Vec<String>,
    /// In which numbers the network ran that made all the vectors: not known of vectors of earlier versions, none where some were made
    /// in others, and older recipes do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precision: Option<Precision>,
    /// What pictures go through before the network; older recipes do not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preparation: Option<RecipePreparation>,
    /// The pictures it was written of; others may be taken, and then results are others, too.
    pub pictures: RecipePictures,
    /// Maps, in the order of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub maps: Vec<RecipeMap>,
    /// Clusters and communities, in the order of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clusters: Vec<RecipeClusters>,
}

/// Which pictures a recipe was written of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipePictures {
    /// How many.
    pub count: usize,
    /// SHA-256 over their paths and the sizes of their files, in hexadecimal.
    pub sha256: String,
}

/// A map.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipeMap {
    /// The layer.
    pub layer: String,
    /// How a channel became one number.
    pub pooling: Pooling,
    /// By which method.
    pub method: ProjectionMethod,
    /// Where chance starts.
    #[serde(default)]
    pub seed: u64,
    /// SHA-256 of its places, in hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

/// Clusters or communities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipeClusters {
    /// The layer.
    pub layer: String,
    /// How a channel became one number.
    pub pooling: Pooling,
    /// By which method.
    pub method: ClusterMethod,
    /// How many, where the method takes a count.
    pub count: usize,
    /// Neighbours of each image in the graph, or those that make a place dense.
    pub neighbours: usize,
    /// The least size of a cluster.
    pub least: usize,
    /// The resolution of communities.
    pub resolution: f64,
    /// Where chance starts.
    #[serde(default)]
    pub seed: u64,
    /// Whether some were merged or split by hand since they were found: that cannot be done again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub changed_by_hand: bool,
    /// SHA-256 of which picture is in which, in hexadecimal; none of what was changed by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

impl RecipeMap {
    /// The map of a wish.
    pub fn new(wish: &ProjectionWish, sha256: Option<String>) -> Self {
        let StoredLayer { layer, pooling } = wish.source.clone();
        Self { layer, pooling, method: wish.method, seed: wish.seed, sha256 }
    }

    /// What is to be asked for.
    pub fn wish(&self) -> ProjectionWish {
        let source = StoredLayer { layer: self.layer.clone(), pooling: self.pooling };
        ProjectionWish { source, method: self.method, seed: self.seed }
    }
}

impl RecipeClusters {
    /// The clusters of a wish, with their digest; `None` of those that were changed by hand since.
    pub fn new(wish: &ClusterWish, sha256: Option<String>) -> Self {
        let StoredLayer { layer, pooling } = wish.source.clone();
        let ClusterWish { method, count, neighbours, least, resolution, seed, .. } = *wish;
        let changed_by_hand = sha256.is_none();
        Self { layer, pooling, method, count, neighbours, least, resolution, seed, changed_by_hand, sha256 }
    }

    /// What is to be asked for.
    pub fn wish(&self) -> ClusterWish {
        let source = StoredLayer { layer: self.layer.clone(), pooling: self.pooling };
        let Self { method, count, neighbours, least, resolution, seed, .. } = *self;
        ClusterWish { method, source, count, neighbours, least, resolution, seed }
    }
}

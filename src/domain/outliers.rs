//! Images unlike the others.

use serde::{Deserialize, Serialize};

use super::{ImageId, PerImage, StoredLayer};

/// By what an image is unlike the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OutlierScore {
    /// How far its k-th neighbour is (Ramaswamy, Rastogi and Shim 2000).
    #[default]
    Distance,
    /// How much thinner it is around it than around its neighbours (Breunig et al. 2000).
    Factor,
    /// How far it is from the middle of its own cluster, beside what is usual there.
    Cluster,
}

impl OutlierScore {
    /// All of them, for menus.
    pub const ALL: [Self; 3] = [Self::Distance, Self::Factor, Self::Cluster];

    /// The name used on the command line and in tables.
    pub fn word(self) -> &'static str {
        match self {
            Self::Distance => "distance",
            Self::Factor => "factor",
            Self::Cluster => "cluster",
        }
    }

    /// The name shown to the person.
    pub fn title(self) -> &'static str {
        match self {
            Self::Distance => "Far from its neighbours",
            Self::Factor => "In a sparse region (LOF)",
            Self::Cluster => "Far from its cluster",
        }
    }

    /// What it measures, for who does not know its name.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Distance => "The distance to its tenth neighbour: a picture like no other is far from all",
            Self::Factor => {
                "The local outlier factor: how many times as far it is from its neighbours as they are from theirs; 1 is usual"
            }
            Self::Cluster => {
                "How many times as far it is from the middle of its cluster as others of it usually are; 1 is usual"
            }
        }
    }
}

/// How outliers are looked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OutlierWish {
    /// By which vectors, compared by cosine.
    pub source: StoredLayer,
    /// Neighbours that are looked at.
    pub k: usize,
}

/// Every image with its scores.
#[derive(Clone, Debug, PartialEq)]
pub struct OutlierReport {
    /// The table of the vectors.
    pub features: String,
    /// What was asked for.
    pub wish: OutlierWish,
    /// The images, ascending.
    pub ids: PerImage<ImageId>,
    /// Of each: the cosine distance of its k-th neighbour.
    pub distances: PerImage<f32>,
    /// Of each: the local outlier factor; 1 is usual.
    pub factors: PerImage<f32>,
    /// Of each: its distance from the middle of its cluster over the median there; 1 is usual.
    pub clusters: PerImage<f32>,
    /// How long it took.
    pub elapsed_secs: f64,
}

/// Which of the scores of a report stand out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StandingOut {
    /// Those above this.
    pub from: f32,
    /// How many they are.
    pub count: usize,
}

/// By how many times the distance between the quartiles a score is above the third one, to stand out: the outer fence of
/// Tukey (Exploratory Data Analysis, 1977). Scores of outliers have long tails, of which the inner fence takes in a part.
const FENCE: f32 = 3.0;

impl OutlierReport {
    /// Which images stand out from the others by far: infinite scores do, what is no number does not. Where those of the middle half
    /// are all the same, a finite one says nothing. Takes a look at every image.
    pub fn standing_out(&self, by: OutlierScore) -> StandingOut {
        let scores = self.scores(by);
        let mut finite: Vec<f32> = scores.iter().copied().filter(|score| score.is_finite()).collect();
        let Some(last) = finite.len().checked_sub(1) else {
            return StandingOut { from: f32::INFINITY, count: 0 };
        };
        let mut quartile = |of: usize| *finite.select_nth_unstable_by(last * of / 4, f32::total_cmp).1;
        let [first, third] = [quartile(1), quartile(3)];
        let from = if third > first { third + FENCE * (third - first) } else { f32::MAX };
        StandingOut { from, count: scores.iter().filter(|score| **score > from).count() }
    }

    /// The name of its table in the workspace.
    pub fn table(&self) -> String {
        format!("outliers_{}_{}", self.features, self.wish.source.column())
    }

    /// The scores of one kind, an image each.
    pub fn scores(&self, by: OutlierScore) -> &PerImage<f32> {
        match by {
            OutlierScore::Distance => &self.distances,
            OutlierScore::Factor => &self.factors,
            OutlierScore::Cluster => &self.clusters,
        }
    }

    /// The `count` images most unlike the others with their scores, the most unlike first, ties by id.
    pub fn first(&self, by: OutlierScore, count: usize) -> Vec<(ImageId, f32)> {
        let mut all: Vec<(ImageId, f32)> = self.ids.iter().copied().zip(self.scores(by).iter().copied()).collect();
        let nearer = |a: &(ImageId, f32), b: &(ImageId, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        // Few are wanted of many: the others need no order.
        if count < all.len() {
            all.select_nth_unstable_by(count, nearer);
            all.truncate(count);
        }
        all.sort_by(nearer);
        all
    }
}

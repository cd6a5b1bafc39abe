//! Groups of images, clusters or classes, looked at beside each other: what is asked, and what is answered.

use std::sync::Arc;

use super::{Asked, ClassMeans, GroupLookKind, LookKind};
use crate::domain::{
    Cluster, Clustering, Confusion, DistinguishingChannel, GroupSimilarity, ImageGroup, Neighbour, Separation,
    StoredLayer,
};

/// Groups that are looked at together.
#[derive(Clone, Debug)]
pub enum Groups {
    /// The clusters of a clustering.
    Clusters(Arc<Clustering>),
    /// Classes that were compared.
    Classes(Arc<ClassMeans>),
}

/// Whether they are the same ones in memory: two that were made alike are looked at apart.
impl PartialEq for Groups {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Clusters(ours), Self::Clusters(theirs)) => Arc::ptr_eq(ours, theirs),
            (Self::Classes(ours), Self::Classes(theirs)) => Arc::ptr_eq(ours, theirs),
            (Self::Clusters(_) | Self::Classes(_), _) => false,
        }
    }
}

impl Groups {
    /// The places of those there are: of clusters that were merged away the places stay.
    pub fn places(&self) -> Vec<usize> {
        match self {
            Self::Clusters(clustering) => clustering.filled().map(|(place, _)| place).collect(),
            Self::Classes(means) => (0..means.vectors.classes.len()).collect(),
        }
    }

    /// How many places there are.
    pub fn len(&self) -> usize {
        match self {
            Self::Clusters(clustering) => clustering.clusters.len(),
            Self::Classes(means) => means.vectors.classes.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether they are classes.
    pub fn are_classes(&self) -> bool {
        matches!(self, Self::Classes(_))
    }

    /// What one is called.
    ///
    /// # Panics
    /// When there is no such group.
    pub fn name(&self, group: usize) -> String {
        match self {
            Self::Clusters(clustering) => clustering.clusters[group].title(group),
            Self::Classes(means) => means.vectors.classes[group].clone(),
        }
    }

    /// How many images one has.
    ///
    /// # Panics
    /// When there is no such group.
    pub fn size(&self, group: usize) -> usize {
        match self {
            Self::Clusters(clustering) => clustering.clusters[group].size,
            Self::Classes(means) => means.sizes[group],
        }
    }

    /// The images of one.
    ///
    /// # Panics
    /// When there is no such group.
    pub fn images(&self, group: usize) -> ImageGroup {
        match self {
            Self::Clusters(clustering) => ImageGroup::Cluster(clustering.clone(), group as u32),
            Self::Classes(means) => ImageGroup::These(means.members[group].clone()),
        }
    }
}

/// A sum or difference of groups, from left to right.
#[derive(Clone, Debug, PartialEq)]
pub struct ArithmeticWish {
    /// The groups that it is among.
    pub of: Groups,
    /// Places of groups, and whether each is taken away from what stands before it: where that would be negative, it is 0. The first
    /// is never taken away.
    pub terms: Vec<(usize, bool)>,
    /// How many pictures, at most.
    pub count: usize,
    /// Whether the pictures of the groups themselves are among the answer.
    pub with_own: bool,
}

/// What a view asks of groups.
#[derive(Clone, Debug, PartialEq)]
pub enum GroupLook {
    /// What each has in common: its middle, its labels, the channels that distinguish it. Of clusters that is known already.
    Portraits {
        /// Which groups.
        of: Groups,
        /// By whose vectors the images in the middle are found.
        source: StoredLayer,
    },
    /// Groups against labels, and against each other.
    Matrices(Groups),
    /// Two of them beside each other.
    Comparison {
        /// Which groups.
        of: Groups,
        /// The places of the two.
        pair: [usize; 2],
        /// At whose vectors their middles are compared.
        source: StoredLayer,
    },
    /// The pictures nearest to a sum or difference.
    Arithmetic(ArithmeticWish),
}

impl GroupLook {
    /// The groups it is about.
    pub fn of(&self) -> &Groups {
        match self {
            Self::Portraits { of, .. }
            | Self::Matrices(of)
            | Self::Comparison { of, .. }
            | Self::Arithmetic(ArithmeticWish { of, .. }) => of,
        }
    }

    /// The kind of a question.
    pub fn kind(&self) -> GroupLookKind {
        let are_classes = self.of().are_classes();
        match self {
            Self::Portraits { .. } => GroupLookKind::Portraits(are_classes),
            Self::Matrices(_) => GroupLookKind::Matrices(are_classes),
            Self::Comparison { .. } => GroupLookKind::Comparison(are_classes),
            Self::Arithmetic(_) => GroupLookKind::Arithmetic(are_classes),
        }
    }

    /// What its problems are of.
    pub fn asked(&self) -> Asked {
        Asked::Look(LookKind::Groups(self.kind()))
    }
}

/// Two groups beside each other.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupComparison {
    /// How many images are in both.
    pub shared: usize,
    /// How many images each has.
    pub sizes: [usize; 2],
    /// The cosine between their middles at the layer; `None` where one has no vectors there.
    pub cosine: Option<f64>,
    /// The channels that tell one from the other, of all layers, for each of the two: how many standard deviations of both
    /// together its mean lies above theirs. Images that are in both are left out.
    pub channels: [Vec<DistinguishingChannel>; 2],
}

/// What is answered to a [`GroupLook`].
#[derive(Clone, Debug, PartialEq)]
pub enum GroupAnswer {
    /// What each has in common, in their order.
    Portraits {
        /// The groups.
        groups: Vec<Cluster>,
        /// How well each can be told from the others at the layer; none of clusters, which were found so that they can.
        separations: Vec<Separation>,
    },
    /// Groups against labels, and against each other.
    Matrices {
        /// Against labels.
        confusion: Confusion,
        /// Against each other.
        similarity: GroupSimilarity,
    },
    /// Two beside each other.
    Comparison(GroupComparison),
    /// The pictures and the groups nearest to a sum or difference, nearest first, and over how many features that is.
    Arithmetic {
        /// The pictures.
        pictures: Vec<Neighbour>,
        /// Groups that are not in it, with their cosines.
        groups: Vec<(usize, f64)>,
        /// Over how many features of how many layers.
        over: [usize; 2],
    },
}

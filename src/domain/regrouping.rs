//! Clusters changed by hand: merged, split. What was there stands beside what took its place, so that it can be taken back.

use super::{Cluster, Clustering, ImageSet, PerImage};

/// What a method says of its groups is no longer true of groups that a person changed.
pub const CHANGED_BY_HAND: &str = "changed by hand";

/// A cluster with its images, and where it stands among the others.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterPiece {
    /// Its index in the clustering.
    pub place: u32,
    /// What is known of it.
    pub cluster: Cluster,
    /// Its images.
    pub images: ImageSet,
}

/// Some clusters of a clustering, and others of the same images in their place.
#[derive(Clone, Debug, PartialEq)]
pub struct Regrouping {
    /// The name of the clustering.
    pub clustering: String,
    /// What goes, in the places it has before.
    pub before: Vec<ClusterPiece>,
    /// What comes, in the places it has afterwards.
    pub after: Vec<ClusterPiece>,
    /// What the clustering says of its quality, before and afterwards.
    pub quality: [Option<String>; 2],
}

impl Regrouping {
    /// What takes it back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let [before, after] = self.quality.clone();
        Self {
            clustering: self.clustering.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
            quality: [after, before],
        }
    }
}

impl Clustering {
    /// The clustering with some of its clusters replaced; the others keep their places, and with them the numbers they are known by:
    /// what was merged away leaves a place without images, also at the end, so that no number is given twice. `None` where it does not have the clusters that are to go, with just
    /// these images (it was made anew meanwhile), or others stand where some are to come.
    ///
    /// [`Clustering::agreement`] is left as it was: who knows the labels counts anew.
    pub fn regrouped(&self, change: &Regrouping) -> Option<Self> {
        let sets = |pieces: &[ClusterPiece]| pieces.iter().fold(ImageSet::default(), |all, p| all.union(&p.images));
        let count = |pieces: &[ClusterPiece]| pieces.iter().map(|piece| piece.images.len()).sum::<usize>();
        let (gone_images, new_images) = (sets(&change.before), sets(&change.after));
        let is_partition = count(&change.after) == new_images.len() && new_images == gone_images;
        let is_here = |piece: &ClusterPiece| self.members(piece.place).collect::<ImageSet>() == piece.images;
        if !is_partition || !change.before.iter().all(is_here) {
            return None;
        }
        let (mut clusters, mut goes) = (self.clusters.clone(), vec![false; self.clusters.len()]);
        for piece in &change.before {
            *clusters.get_mut(piece.place as usize)? = Cluster::default();
            goes[piece.place as usize] = true;
        }
        // What comes takes places that others had, or the next ones.
        let most = clusters.len() + change.after.len();
        for piece in &change.after {
            let place = piece.place as usize;
            if place >= most {
                return None;
            }
            if place >= clusters.len() {
                clusters.resize_with(place + 1, Cluster::default);
            }
            if clusters[place].size > 0 {
                return None;
            }
            clusters[place] = piece.cluster.clone();
        }
        let of_row = |(id, of): (&_, &Option<u32>)| match goes.get((*of)? as usize) {
            Some(true) => change.after.iter().find(|piece| piece.images.contains(*id)).map(|piece| piece.place),
            _ => *of,
        };
        let of = self.ids.iter().zip(&self.of).map(of_row).collect();
        let quality = change.quality[1].clone();
        Some(Self { of, clusters, quality, ids: self.ids.clone(), ..self.without_rows() })
    }

    /// What is not of each image.
    fn without_rows(&self) -> Self {
        Self {
            features: self.features.clone(),
            wish: self.wish.clone(),
            ids: PerImage::default(),
            of: PerImage::default(),
            clusters: Vec::new(),
            agreement: self.agreement,
            quality: None,
            elapsed_secs: self.elapsed_secs,
        }
    }
}

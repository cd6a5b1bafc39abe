//! Clusters changed by hand: merged, split. What was there stands beside what took its place, so that it can be taken back.

use super::{Cluster, Clustering, ImageSet};

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
    /// The clustering with some of its clusters replaced; the others keep their order. `None` where it does not have the clusters
    /// that are to go, with just these images (it was made anew meanwhile), or others are to come than fit in their place.
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
        let mut goes = vec![false; self.clusters.len()];
        for piece in &change.before {
            *goes.get_mut(piece.place as usize)? = true;
        }
        let mut stays = (0..self.clusters.len()).filter(|place| !goes[*place]);
        let total = self.clusters.len() - goes.iter().filter(|goes| **goes).count() + change.after.len();
        let mut place_now = vec![0u32; self.clusters.len()];
        let mut clusters = Vec::with_capacity(total);
        for place in 0..total {
            match change.after.iter().find(|piece| piece.place as usize == place) {
                Some(piece) => clusters.push(piece.cluster.clone()),
                None => {
                    let before = stays.next()?;
                    place_now[before] = u32::try_from(place).ok()?;
                    clusters.push(self.clusters[before].clone());
                }
            }
        }
        if stays.next().is_some() {
            return None;
        }
        let of_row = |(id, of): (&_, &Option<u32>)| {
            let of = (*of)?;
            match goes.get(of as usize) {
                Some(true) => change.after.iter().find(|piece| piece.images.contains(*id)).map(|piece| piece.place),
                _ => place_now.get(of as usize).copied(),
            }
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
            ids: Vec::new(),
            of: Vec::new(),
            clusters: Vec::new(),
            agreement: self.agreement,
            quality: None,
            elapsed_secs: self.elapsed_secs,
        }
    }
}

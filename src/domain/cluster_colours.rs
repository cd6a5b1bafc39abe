//! Which of the colours of labels each cluster has.
//!
//! A cluster is called by its most frequent label, and is seen beside pictures in the colours of their labels. So it has the colour of
//! that label; where several are called alike, the one with most images of it. The others have colours that stand for no label.

use std::collections::{HashMap, HashSet};

use super::{Cluster, LabelPlaces};

/// The place of each cluster's colour among `colours` many; `None` where none is left for it, which is grey.
pub fn colours_of_clusters(clusters: &[Cluster], labels: &LabelPlaces, colours: usize) -> Vec<Option<usize>> {
    let mut of_label: HashMap<u32, (usize, usize)> = HashMap::new();
    for (index, cluster) in clusters.iter().enumerate() {
        let Some((label, images)) = cluster.labels.first() else { continue };
        let Some(place) = labels.of(label).filter(|place| (*place as usize) < colours) else { continue };
        let owner = of_label.entry(place).or_insert((index, *images));
        // Of equal ones the first, which is the larger cluster.
        if *images > owner.1 {
            *owner = (index, *images);
        }
    }
    let mut found = vec![None; clusters.len()];
    let mut taken = HashSet::new();
    for (place, (index, _)) in of_label {
        found[index] = Some(place as usize);
        taken.insert(place as usize);
    }
    // First those of no label, then those of labels that no cluster is called by.
    let mut free = (labels.len().min(colours)..colours).chain(0..labels.len().min(colours));
    for place in found.iter_mut().filter(|place| place.is_none()) {
        *place = free.find(|place| !taken.contains(place));
    }
    found
}

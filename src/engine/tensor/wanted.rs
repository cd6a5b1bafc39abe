//! Which layers are pooled, and in which precision.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use crate::domain::{Layer, Matrix, Pooling, Precision, StoredLayer};

/// Which layers are pooled, and how the result is laid out.
pub struct Wanted {
    /// Layer indices, ascending.
    pub layers: Vec<usize>,
    /// What they become: for each layer both poolings.
    pub columns: Vec<StoredLayer>,
    /// For each column whether it is in single precision: it was in the workspace, or a batch had a number that is beyond
    /// half precision. From then on all of its numbers are kept as the network gives them.
    single: Vec<AtomicBool>,
    /// Whether it was said that a number is infinite.
    told_infinite: AtomicBool,
}

impl Wanted {
    /// Puts the columns in the order in which [`crate::features`] gives them; those that `single` names are in single
    /// precision from the beginning.
    pub fn new(layers: &[Layer], columns: Vec<StoredLayer>, single: &[StoredLayer]) -> Self {
        let index = |stored: &StoredLayer| layers.iter().position(|layer| layer.name == stored.layer);
        let mut indices: Vec<usize> = columns.iter().filter_map(index).collect();
        indices.sort_unstable();
        indices.dedup();
        let both = |&layer: &usize| {
            let name = &layers[layer].name;
            Pooling::ALL.map(|pooling| StoredLayer { layer: name.clone(), pooling })
        };
        let columns: Vec<StoredLayer> = indices.iter().flat_map(both).collect();
        let single = columns.iter().map(|column| AtomicBool::new(single.contains(column))).collect();
        Self { layers: indices, columns, single, told_infinite: AtomicBool::new(false) }
    }

    pub(super) fn in_single(&self) -> Vec<bool> {
        self.single.iter().map(|is_single| is_single.load(Relaxed)).collect()
    }

    /// Takes note of what a batch came to. Returns the first layer with an infinite number, once.
    pub(super) fn learn(&self, columns: &[Matrix]) -> Option<&StoredLayer> {
        for (is_single, column) in self.single.iter().zip(columns) {
            if column.precision() == Precision::Single {
                is_single.store(true, Relaxed);
            }
        }
        let has_infinite = |(_, column): &(&StoredLayer, &Matrix)| column.values().iter().any(f32::is_infinite);
        let (infinite, _) = self.columns.iter().zip(columns).find(has_infinite)?;
        (!self.told_infinite.swap(true, Relaxed)).then_some(infinite)
    }
}

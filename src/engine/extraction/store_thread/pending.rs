//! What was gathered and is not committed yet.

use std::time::Instant;

use crate::domain::ImageRecord;
use crate::engine::extraction::store_batch::StoreBatch;
use crate::store::{FeatureRows, NewImage};

/// All that waits for the next commit.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) new: Gathered,
    pub(super) changed: Gathered,
    pub(super) supplement: Gathered,
    pub(super) again: Gathered,
    pub(super) redescribed: Vec<ImageRecord>,
    pub(super) bytes: usize,
    pub(super) since: Option<Instant>,
}

/// Batches of one kind, one after the other.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) images: Vec<NewImage>,
    pub(super) rows: FeatureRows,
}

impl Gathered {
    pub(super) fn len(&self) -> usize {
        self.images.len().max(self.rows.ids.len())
    }

    pub(super) fn add(&mut self, batch: StoreBatch) {
        self.images.extend(batch.images);
        let rows = &mut self.rows;
        rows.ids.extend(batch.ids);
        rows.paths.extend(batch.paths);
        rows.labels.extend(batch.labels);
        if rows.values.is_empty() {
            rows.values = batch.values;
        } else {
            for ((_, gathered), (_, values)) in rows.values.iter_mut().zip(batch.values) {
                gathered.extend(values.as_ref());
            }
        }
    }
}

impl Pending {
    pub(super) fn len(&self) -> usize {
        self.new.len() + self.changed.len() + self.supplement.len() + self.again.len() + self.redescribed.len()
    }
}

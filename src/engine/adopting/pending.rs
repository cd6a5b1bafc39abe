//! What waits for the next commit.

use super::plan::Plan;
use crate::domain::{ImageRecord, Numbers, StoredLayer};
use crate::store::stream::BroughtRows;
use crate::store::{FeatureRows, NewImage};

/// As many images as an extraction commits together.
const MOST_IMAGES: usize = 2048;
/// Their thumbnails and vectors: on their way to the disk they are in memory about twice.
const MOST_BYTES: usize = 8 << 20;

/// Images and vectors that are not on disk yet.
#[derive(Default)]
pub(super) struct Pending {
    pub(super) images: Vec<NewImage>,
    pub(super) rows: FeatureRows,
    /// Whether some of these images have vectors in the table.
    pub(super) replaces: bool,
    bytes: usize,
}

impl Pending {
    /// Whether there is enough for a commit.
    pub(super) fn is_due(&self) -> bool {
        self.images.len().max(self.rows.ids.len()) >= MOST_IMAGES || self.bytes >= MOST_BYTES
    }

    /// An image that comes on record.
    pub(super) fn add_image(&mut self, image: NewImage) {
        self.bytes += image.thumbnail.as_ref().map_or(0, Vec::len);
        self.images.push(image);
    }

    /// The vectors of an image, from a row that has all of them; `replaces` if it has some in the table.
    pub(super) fn add_vectors(
        &mut self,
        record: &ImageRecord,
        rows: &BroughtRows,
        row: usize,
        plan: &Plan,
        replaces: bool,
    ) {
        self.replaces |= replaces;
        if self.rows.values.is_empty() {
            let none = |(layer, place): (&(StoredLayer, usize), &usize)| (layer.0.clone(), rows.none_of(*place));
            self.rows.values = plan.spec.columns.iter().zip(&plan.places).map(none).collect::<Vec<(_, Numbers)>>();
        }
        self.rows.ids.push(record.id);
        self.rows.paths.push(record.path.text.clone());
        self.rows.labels.push(record.path.parent_name().map(str::to_owned));
        for ((_, values), place) in self.rows.values.iter_mut().zip(&plan.places) {
            if let Some(vector) = rows.vector(*place, row) {
                self.bytes += vector.len() * vector.precision().bytes();
                values.extend(vector);
            }
        }
    }
}

//! What was chosen before the folder was opened again.

use std::sync::Arc;

use super::chosen::Chosen;
use super::history::History;
use super::places::Places;
use super::trail::Trail;
use crate::domain::{ImageRecords, ImageRef};
use crate::engine::Collection;

/// What was chosen before the folder was opened again.
#[derive(Clone, Debug)]
pub struct Resumed {
    /// What was open.
    pub(super) before: Arc<Collection>,
    pub(super) chosen: Chosen,
    pub(super) history: History,
    pub(super) trail: Trail,
    /// Every image as it was known.
    pub(super) images: ImageRecords,
    /// Where those are now, as far as images were found.
    pub(super) places: Places,
}

impl Resumed {
    /// Takes in an image that is found now.
    pub(super) fn meet(&mut self, found: ImageRef<'_>) {
        self.places.meet(&self.images, found);
    }
}

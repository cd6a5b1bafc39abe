//! The images on record by the paths at which they lie.

use std::collections::HashMap;

use super::path_keys::path_key;
use super::{StoreError, Workspace};
use crate::domain::{ImageId, ImageRecord};

/// The images on record by the paths at which they lie, or lay before they were moved.
pub struct ImagesByPath(HashMap<u64, Option<u32>>);

impl ImagesByPath {
    /// The one at this path.
    pub fn one(&self, path: &str) -> Option<ImageId> {
        self.0.get(&path_key(path)).copied().flatten().map(ImageId)
    }

    /// Those at these paths, ascending.
    pub fn at(&self, paths: &[String]) -> Vec<ImageId> {
        let mut found: Vec<ImageId> = paths.iter().filter_map(|path| self.one(path)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

impl Workspace {
    /// The images on record by their paths. All paths are read for it: whoever has several questions asks them of one answer.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn images_by_path(&self) -> Result<ImagesByPath, StoreError> {
        Ok(ImagesByPath(self.results().comparison()?.pictures()?.ids()))
    }
}

/// What is on record, for those who take something in that names pictures by their paths.
pub(super) struct OnRecord<'a> {
    pub records: &'a [ImageRecord],
    pub by_path: ImagesByPath,
}

impl OnRecord<'_> {
    /// The picture at a path, if it is on record, and the path at which it lies now, or else this one.
    pub fn at<'a>(&'a self, path: &'a str) -> (Option<&'a ImageRecord>, &'a str) {
        let record = self.by_path.one(path).and_then(|id| self.records.get(id.index()));
        (record, record.map_or(path, |record| &record.path.text))
    }

    /// What is known of an image.
    pub fn record(&self, id: ImageId) -> Option<ImageRecord> {
        self.records.get(id.index()).cloned()
    }
}

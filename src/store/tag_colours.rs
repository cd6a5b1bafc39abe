//! The colours that a person chose for tags: `tag_colours.json`, a colour's word for each tag. Handwork, as the tags are.

use std::io;
use std::path::PathBuf;

use super::{Recorder, StoreError, Workspace, durable, plain_file};
use crate::domain::TagColours;

pub(super) const FILE: &str = "tag_colours.json";

impl Workspace {
    /// The colours that were chosen. A file that is damaged stands for none: what it says are looks.
    ///
    /// # Errors
    /// When there is a file that cannot be read.
    pub fn tag_colours(&self) -> Result<TagColours, StoreError> {
        let path = self.root().join(FILE);
        match plain_file::read(&path) {
            Ok(text) => Ok(serde_json::from_slice(&text).unwrap_or_else(|error| {
                tracing::warn!("the colours of tags are passed over: {error}");
                TagColours::default()
            })),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(TagColours::default()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                tracing::warn!("the colours of tags are passed over: {error}");
                Ok(TagColours::default())
            }
            Err(error) => Err(StoreError::from_io("cannot read the colours of tags", &path, error)),
        }
    }
}

impl Recorder {
    /// Keeps these colours in the place of those that were kept.
    ///
    /// # Errors
    /// When the disk does not let us; what was kept stays then.
    pub fn keep_tag_colours(&self, colours: &TagColours) -> Result<(), StoreError> {
        let path: PathBuf = self.root().join(FILE);
        let text = serde_json::to_vec_pretty(colours).expect("names and words make JSON");
        durable::replace(&path, &text)
            .map_err(|error| StoreError::from_io("cannot keep the colours of tags", &path, error))
    }
}

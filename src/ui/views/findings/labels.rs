//! The labels that images have at a moment: by them a row is listed, or was decided on since.

use crate::domain::{ImageId, ImageRecords};
use crate::session::Session;

/// Held cheaply, whatever changes later.
#[derive(Clone)]
pub(super) struct Labels {
    images: ImageRecords,
    /// How often they changed.
    pub changes: usize,
}

impl Labels {
    pub fn of(session: &Session) -> Self {
        Self { images: session.opened.images.clone(), changes: session.opened.relabelled }
    }

    /// Whether an image has this label.
    pub fn has(&self, image: ImageId, label: &str) -> bool {
        self.images.get(image).is_some_and(|image| image.label == Some(label))
    }
}

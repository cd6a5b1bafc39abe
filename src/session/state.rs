//! All that the window shows, as one value.

use std::sync::Arc;

use super::{Lasting, Notice, OpenedCollection, Phase};
use crate::domain::{ImageId, ImageRef, StoredLayer};
use crate::engine::Collection;

/// What is known and what is chosen.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// What stays, whatever is opened and closed.
    pub lasting: Lasting,
    /// What belongs to what is open. The next opening replaces it as a whole.
    pub opened: OpenedCollection,
}

/// What nearly every view asks.
impl Session {
    /// What is open.
    pub fn collection(&self) -> Option<&Arc<Collection>> {
        self.opened.collection()
    }

    /// What is known of one image.
    pub fn image(&self, id: ImageId) -> Option<ImageRef<'_>> {
        self.opened.image(id)
    }

    /// The representation neighbours and map are asked at, if the layer looked at is stored.
    pub fn source(&self) -> Option<StoredLayer> {
        self.opened.source()
    }

    /// Whether any analysis runs.
    pub fn is_analysing(&self) -> bool {
        self.opened.is_analysing()
    }

    /// Whether a job runs.
    pub fn is_busy(&self) -> bool {
        self.opened.is_busy()
    }

    /// What to tell the person, the oldest first.
    pub fn notices(&self) -> &[Notice] {
        self.lasting.notices.all()
    }
}

impl Session {
    /// The next phase begins.
    pub(super) fn begin(&mut self, phase: Phase) {
        let resumes = std::mem::take(&mut self.lasting.resumes);
        self.lasting.goes_elsewhere = false;
        self.opened = std::mem::take(&mut self.opened).followed_by(phase, resumes);
    }
}

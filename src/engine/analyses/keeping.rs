//! What was found is kept and told; and told again when a person comes back to it.

use serde::Serialize;

use super::reader_of;
use crate::engine::message::{AnalysisAnswer, AnalysisKind, Asked, Event, Finding, StoredResult};
use crate::engine::opened::Opened;
use crate::engine::thread::guard::caught;
use crate::engine::thread::outbox::Outbox;
use crate::store::{FoundTable, StoreError};

impl Opened {
    /// Keeps what was found of images, and tells it; what cannot be kept is told all the same. `what` it is in words:
    /// `The list of outliers`.
    pub(super) fn keep_found(&self, what: &str, table: &FoundTable<impl Serialize>, finding: Finding) {
        let saved = self.recorder().and_then(|recorder| recorder.save_found(table, |id| self.catalogue.get(id)));
        self.saved(what, Asked::Analysis(finding.kind()), saved);
        self.outbox.tell(Event::Answered(AnalysisAnswer::Found(finding)));
    }
}

/// Tells when it goes that all was told that is kept: whoever would find again what is not there waits for this, also where no
/// thread can be had for it, or where that fails.
pub(super) struct AllTold(pub(super) Outbox);

impl Drop for AllTold {
    fn drop(&mut self) {
        // The listener's bell may be what panicked, and would again.
        caught(|| self.0.tell(Event::StoredResult(StoredResult::All)));
    }
}

/// Tells what was found before, as far as it is kept. What cannot be read can be found anew, so nobody is bothered with it.
pub(super) fn tell(opened: &Opened) {
    let not_shown = |error: StoreError| tracing::warn!(%error, "something that was found before is not shown");
    let workspace = match opened.workspace.now() {
        Ok(workspace) => workspace,
        Err(error) => return not_shown(error),
    };
    for read in AnalysisKind::ALL.into_iter().filter_map(reader_of) {
        match read(&workspace, opened) {
            Ok(Some(finding)) => opened.outbox.tell(Event::StoredResult(StoredResult::Found(finding))),
            Ok(None) => {}
            Err(error) => not_shown(error),
        }
    }
}

//! The extraction: begun and stopped, what it has committed, and its end.

use std::sync::Arc;

use super::OpenedCollection;
use crate::engine::{FolderChange, Progress, Request};
use crate::session::Notices;

/// What can be wished of the extraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extract {
    /// Extract what is missing.
    Start,
    /// Stop extracting.
    Stop,
}

impl OpenedCollection {
    pub(in crate::session) fn extract(&mut self, wish: Extract) -> Vec<Request> {
        match wish {
            Extract::Start => vec![Request::Extract],
            Extract::Stop => {
                // Read by the job at once, without waiting for the engine to take the request.
                if let Some(progress) = &self.progress {
                    progress.cancel();
                }
                vec![Request::Cancel]
            }
        }
    }

    pub(in crate::session) fn take_job_start(&mut self, progress: Arc<Progress>) {
        self.progress = Some(progress);
        self.has_job_failed = false;
        self.settle_maps();
    }

    pub(in crate::session) fn take_job_end(&mut self, cancelled: bool, notices: &mut Notices) -> Vec<Request> {
        if cancelled {
            notices.tell_news("Stopped. Everything done so far is saved; Extract continues from there.");
        }
        self.unusual_asked = None;
        let mut requests = self.follow_job();
        requests.extend(self.ask_representative());
        requests.extend(self.ask_exemplars());
        requests.extend(self.ask_channel_values());
        if !cancelled && !self.has_job_failed {
            // The whole folder was walked. What happened since is told again.
            self.folder_change = FolderChange::default();
            self.folder_pictures = Arc::default();
        }
        if !cancelled {
            requests.extend(self.keep_indices_up());
            requests.extend(self.count_activations());
        }
        requests
    }

    pub(in crate::session) fn take_commit(&mut self, images: usize, version: u64) -> Vec<Request> {
        self.committed = Some((images, version));
        self.forget_nearest(version);
        self.unusual_asked = None;
        let mut requests = self.ask_neighbours();
        requests.extend(self.ask_exemplars());
        requests.extend(self.ask_query());
        requests.extend(self.follow_commit(images));
        requests.extend(self.ask_representative());
        requests
    }
}

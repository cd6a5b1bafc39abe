//! The extraction: begun and stopped, what it has committed, and its end.

use std::sync::Arc;

use super::OpenedCollection;
use crate::engine::{Progress, Request};
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
        self.settle_map();
    }

    pub(in crate::session) fn take_job_end(&mut self, cancelled: bool, notices: &mut Notices) -> Vec<Request> {
        if cancelled {
            notices.tell_news("Stopped. Everything done so far is saved; Extract continues from there.");
        }
        self.unusual_asked = None;
        // A map that was there before stays; what is new can be placed on it.
        let mut requests = match (self.keeps_map(), self.awaits_kept_map()) {
            (true, _) => Vec::new(),
            (false, true) => {
                self.map_overdue = true;
                Vec::new()
            }
            (false, false) => self.ask_projection(true),
        };
        requests.extend(self.ask_exemplars());
        requests.extend(self.ask_channel_values());
        if !cancelled {
            requests.extend(self.keep_indices_up());
            requests.extend(self.count_activations());
        }
        requests
    }

    pub(in crate::session) fn take_commit(&mut self, images: usize, version: u64) -> Vec<Request> {
        self.committed = Some((images, version));
        self.unusual_asked = None;
        let mut requests = self.ask_neighbours();
        requests.extend(self.ask_exemplars());
        requests.extend(self.ask_query());
        // The map is made anew when it would gain a quarter; the last commit always does (see `take_job_end`).
        let drawn = self.projection.as_ref().map_or(0, |projection| projection.ids.len());
        if images * 4 >= drawn * 5 && !self.keeps_map() {
            requests.extend(self.ask_projection(false));
        }
        requests
    }
}

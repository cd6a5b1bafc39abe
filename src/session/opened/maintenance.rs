//! What is known of the workspace itself.

use std::sync::Arc;

use crate::engine::{MaintenanceReport, Problem, Progress};

/// What the workspace costs and which versions it has, once that was asked for.
#[derive(Clone, Debug, Default)]
pub struct Maintenance {
    /// How it is.
    pub news: Option<Arc<MaintenanceReport>>,
    /// The running or last work in it.
    pub progress: Option<Arc<Progress>>,
    /// Why the last work was not done.
    pub problem: Option<Problem>,
}

impl Maintenance {
    /// Whether work runs.
    pub fn is_busy(&self) -> bool {
        self.progress.as_ref().is_some_and(|progress| !progress.has_ended())
    }
}

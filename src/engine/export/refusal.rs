//! Why nothing was written.

use std::path::PathBuf;

use crate::engine::message::Problem;

/// Why nothing was written.
pub enum ExportRefusal {
    /// These files are there already, and nobody said that they may be replaced.
    Taken(Vec<PathBuf>),
    /// Anything else.
    Problem(Problem),
}

impl From<Problem> for ExportRefusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

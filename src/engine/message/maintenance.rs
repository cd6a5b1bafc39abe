//! Workspace maintenance: what is wished, and how the workspace is then.

use crate::domain::{IndexPlan, Preference, StorageReport, TableHistory, VersionComparison, VersionName};

/// What the [problem](super::Problem::what) of work is called that the person stopped.
pub const STOPPED: &str = "Stopped before the end";

/// What is to be done in the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MaintenanceWish {
    /// Only look.
    Inspect {
        /// Count what questions read and commits write: every column is read once.
        measured: bool,
    },
    /// Say what a later version of a table has that an earlier one has not, and the other way round.
    Compare {
        /// The table.
        table: String,
        /// The earlier version.
        before: VersionName,
        /// The later one.
        after: VersionName,
    },
    /// Say what is to be cheap, and bring everything into that layout.
    Prefer(Option<Preference>),
    /// Put small files together, and bring everything into the preferred layout.
    Compact,
    /// Delete all but so many versions of each table, and those with a name.
    DeleteVersions(usize),
    /// Give the present state a name.
    NameVersion(String),
    /// Take a name away.
    ForgetName(String),
    /// Forget a name where it cannot be read any more; versions that have it keep it.
    ForgetLostName(String),
    /// Go back to a version of a table, or of all that have a name.
    Restore {
        /// The table; `None` for all that have the name.
        table: Option<String>,
        /// Its version.
        version: VersionName,
    },
}

impl MaintenanceWish {
    /// What is being done, for the person.
    pub fn title(&self) -> &'static str {
        match self {
            Self::Inspect { measured: true } => "Measuring the workspace",
            Self::Inspect { measured: false } => "Inspecting the workspace",
            Self::Compare { .. } => "Comparing versions",
            Self::Prefer(_) | Self::Compact => "Merging small files",
            Self::DeleteVersions(_) => "Deleting old versions",
            Self::NameVersion(_) | Self::ForgetName(_) | Self::ForgetLostName(_) => "Naming versions",
            Self::Restore { .. } => "Restoring a version",
        }
    }

    /// Whether the workspace stays as it is.
    pub fn only_inspects(&self) -> bool {
        matches!(self, Self::Inspect { .. } | Self::Compare { .. })
    }
}

/// How the workspace is, after something was done in it.
#[derive(Clone, Debug, PartialEq)]
pub struct MaintenanceReport {
    /// What it costs.
    pub storage: StorageReport,
    /// The versions of every table.
    pub histories: Vec<TableHistory>,
    /// What was done, in a sentence; empty if there was nothing but a look.
    pub done: String,
    /// What each preference would do to indices.
    pub plans: Vec<(Preference, IndexPlan)>,
    /// What two versions have in common and what not, if that was asked.
    pub compared: Option<VersionComparison>,
}

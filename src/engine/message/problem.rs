//! Something that went wrong, in words for the person.

use std::path::PathBuf;

use serde::Serialize;

/// How the [problem](Problem::what) of a result ends that was told and could not be written.
pub const NOT_KEPT: &str = " is shown, but could not be saved";

/// What happened, where, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What could not be done, in a few words: `This workspace could not be opened`.
    pub what: String,
    /// The reason, with the place: the message of the error.
    pub why: String,
    /// What the person can do; empty if the reason says it.
    pub remedy: String,
    /// A folder that can be opened in the place of what was to be, for a window to offer it.
    #[serde(skip)]
    pub folder: Option<PathBuf>,
}

impl Problem {
    /// A problem whose reason says by itself what to do.
    pub fn new(what: impl Into<String>, why: impl ToString) -> Self {
        Self { what: what.into(), why: why.to_string(), remedy: String::new(), folder: None }
    }

    /// The reason and what the person can do, as sentences one after the other.
    pub fn reason(&self) -> String {
        match (self.remedy.as_str(), self.why.ends_with(['.', '!', '?', ':', ';'])) {
            ("", _) => self.why.clone(),
            (remedy, true) => format!("{} {remedy}", self.why),
            (remedy, false) => format!("{}. {remedy}", self.why),
        }
    }

    /// Adds a folder that can be opened in the place of what was to be.
    #[must_use]
    pub fn with_folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Adds what the person can do.
    #[must_use]
    pub fn with_remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = remedy.into();
        self
    }
}

impl std::error::Error for Problem {}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.what, self.reason())
    }
}

//! Rows with vectors that another program made become part of a workspace: what `tiramisu features` gave many machines, and
//! vectors of a person's own.
//!
//! Pictures that the rows name and that lie in the folder are recorded if they are not on record yet. What is not there is
//! added; of a network's features what is there stays, vectors of one's own take the place of those before them. Rows are
//! committed as they come, images first, so who is stopped or killed begins again and finds what is there; memory is one batch
//! of those that come in, and one commit.

mod paths;
mod pending;
mod picture;
mod plan;
mod reading;
mod work;

use std::io::Read;
use std::path::PathBuf;

use serde::Serialize;

use crate::domain::Remarks;
use crate::engine::message::{Problem, Progress};
use crate::engine::options::EngineOptions;

/// What is to be taken in, and where.
#[derive(Clone, Debug, PartialEq)]
pub struct AdoptWish {
    /// The folder with the pictures.
    pub folder: PathBuf,
    /// Where its workspace lies, if not in the usual place. It is made if there is none.
    pub workspace: Option<PathBuf>,
    /// The column that says which image a row is of; one with a usual name if none is named.
    pub key: Option<String>,
    /// The beginning of paths that stands for the folder, where they were written elsewhere.
    pub prefix: Option<String>,
    /// What the rows are.
    pub kind: AdoptKind,
}

/// What rows are.
#[derive(Clone, Debug, PartialEq)]
pub enum AdoptKind {
    /// Features of a network, which they name.
    Features,
    /// Vectors of the person's own.
    Vectors {
        /// What they are called in the place of a network.
        name: String,
        /// What their only column is called as a layer; as the column is, if nothing is said.
        layer: Option<String>,
        /// Where they come from, in words.
        about: String,
    },
}

/// What came of it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AdoptReport {
    /// The workspace.
    pub workspace: PathBuf,
    /// The network, or what the vectors are called.
    pub network: String,
    /// The table that has them.
    pub table: String,
    /// The layers that were stored.
    pub layers: Vec<String>,
    /// Rows that came.
    pub rows: usize,
    /// Images whose vectors were stored.
    pub stored: usize,
    /// How many of these had others before.
    pub replaced: usize,
    /// Images that had their vectors already, and kept them.
    pub already: usize,
    /// Images that were not on record before.
    pub recorded: usize,
    /// Pictures that could not be read when their features were made.
    pub unreadable: Remarks,
    /// Rows that name no image of the collection.
    pub unknown: Remarks,
    /// Rows of images that had one before.
    pub twice: Remarks,
    /// Rows without a vector.
    pub without_vector: Remarks,
    /// Rows with numbers that are not finite.
    pub not_finite: Remarks,
    /// Whether it was stopped before the end; what was committed stays.
    pub stopped: bool,
    /// What else the person should know.
    pub remarks: Vec<Problem>,
}

impl AdoptReport {
    /// Whether every row came in as it was.
    pub fn is_whole(&self) -> bool {
        let left_out = [&self.unreadable, &self.unknown, &self.twice, &self.without_vector, &self.not_finite];
        left_out.iter().all(|remarks| remarks.count == 0)
    }
}

const WHAT: &str = "The vectors could not be stored";

/// Takes in all rows of `input`, an Arrow stream as [`BroughtStream`](crate::store::stream::BroughtStream) describes it.
/// Cancelling `progress` stops it, even while it waits for input; what was committed stays.
///
/// # Errors
/// When what comes is no such stream, does not say of which network it is or does not fit what is stored, when the workspace
/// is open elsewhere, and when the disk does not let us. What was committed before stays.
pub fn adopt(
    wish: &AdoptWish,
    options: &EngineOptions,
    input: Box<dyn Read + Send>,
    progress: &Progress,
) -> Result<AdoptReport, Problem> {
    let _job = progress.enter_span();
    work::run(wish, options, input, progress)
}

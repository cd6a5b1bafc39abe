//! What leaves the workspace: copied files, CSV, JSON, vectors, graphs, class vectors.
//!
//! Nothing is ever overwritten without being told so, and nothing is left half written.

pub mod copy;
pub mod error;
pub mod graph;
pub mod ivf;
pub mod npy;
pub mod parquet;
pub mod place;
pub mod table;
pub mod vectors;

pub use self::parquet::parquet;
pub use copy::{Conflict, CopyOptions, ExportReport, Failure, Layout, conflicts, copy_files};
pub use error::ExportError;
pub use graph::{EdgeSink, Vertex, vertex_list, write_edges, write_graphml};
pub use npy::npy;
pub use table::{csv, json};
pub use vectors::{VectorColumn, VectorFile, VectorPortion, VectorWriter};

use std::path::{Path, PathBuf};

use crate::domain::{ClassScore, ExportFormat, ImageRecord};

/// One image that leaves.
#[derive(Clone, Debug, PartialEq)]
pub struct ExportRow {
    /// What is known of it.
    pub record: ImageRecord,
    /// Where its file lies, absolute.
    pub source: PathBuf,
    /// How near it is to the probe, if there is one.
    pub score: Option<f64>,
    /// What the network says it shows, likeliest first.
    pub classes: Vec<ClassScore>,
}

/// How a format is written: by what it needs.
#[derive(Clone, Copy, Debug)]
pub enum Writer {
    /// The files are copied, see [`copy_files`].
    Files,
    /// From what is known of the images.
    Table(fn(&[ExportRow], &Path, bool) -> Result<(), ExportError>),
    /// From their vectors.
    Vectors(VectorWriter),
}

impl Writer {
    /// The writer of a format.
    pub fn of(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Files => Self::Files,
            ExportFormat::Csv => Self::Table(csv),
            ExportFormat::Json => Self::Table(json),
            ExportFormat::Npy => Self::Vectors(npy::write),
            ExportFormat::Parquet => Self::Vectors(parquet::write),
        }
    }
}

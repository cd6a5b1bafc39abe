//! What leaves the workspace: copied files, CSV, JSON, data sets, vectors, graphs, class vectors, contact sheets, maps.
//!
//! Nothing is ever overwritten without being told so, and nothing is left half written. Pictures are only read, but for
//! [`moving`], which moves them.

// A new variant is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

mod canvas;
pub mod class_folders;
pub mod coco;
pub mod copy;
pub mod cut_outs;
pub mod dataset_folder;
pub mod error;
pub mod fiftyone;
mod folder_walk;
pub mod graph;
pub mod ivf;
pub mod map_drawing;
mod map_layout;
pub mod map_page;
pub mod map_picture;
pub mod moving;
pub mod npy;
pub mod own_pictures;
pub mod parquet;
pub mod place;
pub mod sheet;
mod sheet_layout;
pub mod sheet_picture;
pub mod shown;
pub mod table;
pub mod vectors;
pub mod yolo;

pub use copy::{Conflict, CopyOptions, ExportReport, Failure, Layout, conflicts, copy_files};
pub use cut_outs::CutOutRow;
pub use dataset_folder::{DatasetFolder, DatasetWriter};
pub use error::ExportError;
pub use graph::{EdgeSink, Vertex, vertex_list, write_edges, write_graphml};
pub use npy::{is_table_beside, npy};
pub use own_pictures::refuse_own;
pub use shown::{Shown, ShownWriter, SmallPictures};
pub use table::{csv, csv_with_formulas, json};
pub use vectors::{VectorColumn, VectorFile, VectorPortion, VectorWriter};

use std::path::{Path, PathBuf};

use crate::domain::{ClassScore, ExportFormat, ImageBox, ImageRecord};

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
    /// What people say of it.
    pub said: Said,
}

/// What people say of an image.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// Which part of a data set it belongs to.
    pub split: Option<String>,
    /// Its tags.
    pub tags: Vec<String>,
    /// What its cluster is called, by name or number, where clusters are told.
    pub cluster: Option<String>,
    /// The classes that a data set is to have it in: its labels, unless others were asked for.
    pub classes: Vec<String>,
    /// What is marked in it.
    pub boxes: Vec<ImageBox>,
}

/// How a format is written: by what it needs.
#[derive(Clone, Copy, Debug)]
pub enum Writer {
    /// The files are copied, see [`copy_files`].
    Files,
    /// From what is known of the images.
    Table(fn(&[ExportRow], &Path, bool) -> Result<(), ExportError>),
    /// Into a folder, with what is said of them.
    Dataset(DatasetWriter),
    /// From their vectors.
    Vectors(VectorWriter),
    /// From how they look, small, and where they lie on a map.
    Shown(ShownWriter),
}

impl Writer {
    /// The writer of a format.
    pub fn of(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Files => Self::Files,
            ExportFormat::Csv => Self::Table(csv),
            ExportFormat::Json => Self::Table(json),
            ExportFormat::Coco => Self::Table(coco::write),
            ExportFormat::Fiftyone => Self::Table(fiftyone::write),
            ExportFormat::Folders => Self::Dataset(class_folders::write),
            ExportFormat::Yolo => Self::Dataset(yolo::write),
            ExportFormat::Npy => Self::Vectors(npy::write),
            ExportFormat::Parquet => Self::Vectors(parquet::write),
            ExportFormat::Sheet => Self::Shown(sheet::write),
            ExportFormat::Page => Self::Shown(map_page::write),
            ExportFormat::Svg => Self::Shown(map_drawing::write),
            ExportFormat::Png => Self::Shown(map_picture::write),
        }
    }
}

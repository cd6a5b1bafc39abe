//! Vectors that leave: what their files have in common.

use std::io;
use std::path::Path;

use super::{ExportError, ExportRow};

/// One representation of the images.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorColumn {
    /// What it is called: `fire9_concat_average`.
    pub name: String,
    /// The layer, as the network calls it.
    pub layer: String,
    /// How a channel became one number.
    pub pooling: &'static str,
    /// Numbers in a vector.
    pub channels: usize,
}

/// Some images with their vectors. A file is written portion by portion, since all of them together may be more than
/// memory holds.
#[derive(Clone, Debug, PartialEq)]
pub struct VectorPortion<'a> {
    /// The images, in the order of the file.
    pub rows: Vec<&'a ExportRow>,
    /// For each column `[rows.len(), channels]` numbers.
    pub columns: Vec<Vec<f32>>,
}

/// Gives the next portion; `None` when there are no more. An error ends the file, and nothing is left of it.
pub type Portions<'a, 'p> = dyn FnMut() -> io::Result<Option<VectorPortion<'a>>> + 'p;

/// A file of vectors to be written.
#[derive(Clone, Copy, Debug)]
pub struct VectorFile<'f> {
    /// The network they are of.
    pub network: &'f str,
    /// What is written of each image.
    pub columns: &'f [VectorColumn],
    /// Whether the cluster of any of them is known.
    pub with_clusters: bool,
    /// Where it goes.
    pub out: &'f Path,
    /// Where the table of its images goes, in formats that have one in a file beside them.
    pub list: Option<&'f Path>,
    /// Whether files that exist may be replaced.
    pub overwrite: bool,
}

/// Writes vectors portion by portion; returns how many images they are of.
pub type VectorWriter = for<'f, 'a, 'p> fn(&VectorFile<'f>, &mut Portions<'a, 'p>) -> Result<usize, ExportError>;

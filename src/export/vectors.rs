//! Vectors that leave: what their files have in common.

use std::io;

use super::ExportRow;

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

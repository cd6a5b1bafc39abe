//! The vectors of many images at one layer.

use super::{ImageId, Matrix, Numbers};

/// One row of `matrix` for each of `ids`, in the same order (ascending).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vectors {
    /// Whose rows they are, ascending.
    pub ids: Vec<ImageId>,
    /// `[ids.len(), channels]`.
    pub matrix: Matrix,
}

impl Vectors {
    /// Some rows, in the order in which they are named, as vectors of their own.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn rows(&self, rows: &[usize]) -> Self {
        let mut values = Numbers::new(self.matrix.precision());
        rows.iter().for_each(|row| values.extend(self.matrix.row(*row)));
        let ids = rows.iter().map(|row| self.ids[*row]).collect();
        Self { ids, matrix: Matrix::of(self.matrix.columns(), values) }
    }

    /// The row of an image, if it has one.
    pub fn row_of(&self, id: ImageId) -> Option<usize> {
        // Usually nothing is missing and the row is the id itself.
        match self.ids.get(id.index()) {
            Some(found) if *found == id => Some(id.index()),
            _ => self.ids.binary_search(&id).ok(),
        }
    }
}

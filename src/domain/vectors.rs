//! The vectors of many images at one layer.

use std::borrow::Cow;

use super::{ImageId, Matrix, Numbers, NumbersRef};

/// Squares of numbers up to here can be summed in single precision, thousands of them: 2^50.
const SQUARES_ADD_UP_TO: f32 = 1_125_899_906_842_624.0;
/// What larger numbers are multiplied by, 2^-64: exact, and the same for all layers, so that what was made of some images
/// of one is comparable with what is made of all.
const INTO_REACH: f32 = 1.0 / 18_446_744_073_709_551_616.0;

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

    /// The same directions with numbers whose squares single precision can sum up: themselves, or 2^-64 times as long. For
    /// work that goes by angles, or has no unit.
    pub fn in_reach(&self) -> Cow<'_, Self> {
        let NumbersRef::Single(values) = self.matrix.values() else { return Cow::Borrowed(self) };
        if values.iter().all(|value| !value.is_finite() || value.abs() <= SQUARES_ADD_UP_TO) {
            return Cow::Borrowed(self);
        }
        let nearer = values.iter().map(|value| value * INTO_REACH).collect::<Vec<f32>>();
        Cow::Owned(Self { ids: self.ids.clone(), matrix: Matrix::of(self.matrix.columns(), nearer.into()) })
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

//! A table of numbers.

use half::f16;

use super::{Numbers, NumbersRef, Precision};

/// Row-major numbers, one row an image, as the workspace has them: in half precision, or in single where the numbers of
/// the layer do not fit.
///
/// Half precision halves the memory traffic of a scan, and its 11 bits are more than enough for activations. Sums over a
/// row are taken in f32 or more by whoever reads it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    columns: usize,
    values: Numbers,
}

impl Matrix {
    /// Takes `rows * columns` values in half precision, in row-major order.
    ///
    /// # Panics
    /// When the values do not fill whole rows.
    pub fn new(columns: usize, values: Vec<f16>) -> Self {
        Self::of(columns, values.into())
    }

    /// As [`new`](Self::new), in either precision.
    ///
    /// # Panics
    /// When the values do not fill whole rows.
    pub fn of(columns: usize, values: Numbers) -> Self {
        assert!(
            if columns == 0 { values.is_empty() } else { values.len().is_multiple_of(columns) },
            "{} values do not fill rows of {columns}",
            values.len()
        );
        Self { columns, values }
    }

    /// Numbers per row.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.values.len().checked_div(self.columns).unwrap_or(0)
    }

    /// One row.
    pub fn row(&self, row: usize) -> NumbersRef<'_> {
        self.values.as_ref().slice(row * self.columns, self.columns)
    }

    /// Everything, row after row.
    pub fn values(&self) -> NumbersRef<'_> {
        self.values.as_ref()
    }

    /// Everything, row after row, given away.
    pub fn into_values(self) -> Numbers {
        self.values
    }

    /// In which precision its numbers are.
    pub fn precision(&self) -> Precision {
        self.values.precision()
    }

    /// Bytes in memory.
    pub fn bytes(&self) -> usize {
        self.values.bytes()
    }

    /// Appends whole rows.
    ///
    /// # Panics
    /// When the values do not fill whole rows.
    pub fn extend(&mut self, values: NumbersRef<'_>) {
        assert!(self.columns > 0 && values.len().is_multiple_of(self.columns), "rows of {} expected", self.columns);
        self.values.extend(values);
    }
}

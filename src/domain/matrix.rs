//! A table of numbers in half precision.

use half::f16;

/// Row-major numbers, one row an image.
///
/// Half precision, as in the workspace: half the memory traffic of a scan, and 11 bits are more than enough for
/// activations. Sums over a row are taken in f32 by whoever reads it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    columns: usize,
    values: Vec<f16>,
}

impl Matrix {
    /// Takes `rows * columns` values in row-major order.
    ///
    /// # Panics
    /// When the values do not fill whole rows.
    pub fn new(columns: usize, values: Vec<f16>) -> Self {
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
    pub fn row(&self, row: usize) -> &[f16] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// Everything, row after row.
    pub fn values(&self) -> &[f16] {
        &self.values
    }

    /// Everything, row after row, given away.
    pub fn into_values(self) -> Vec<f16> {
        self.values
    }

    /// Appends whole rows.
    ///
    /// # Panics
    /// When the values do not fill whole rows.
    pub fn extend(&mut self, values: &[f16]) {
        assert!(self.columns > 0 && values.len().is_multiple_of(self.columns), "rows of {} expected", self.columns);
        self.values.extend_from_slice(values);
    }
}

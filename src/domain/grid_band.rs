//! A part of images that stand in rows: some columns of some of them.

use std::ops::Range;

/// A part of images that stand in rows: some columns of some of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GridBand {
    /// Images of a row.
    pub columns: usize,
    /// Which of the columns.
    pub across: Range<usize>,
    /// Which of the rows.
    pub rows: Range<usize>,
}

impl GridBand {
    /// The places of its images, row by row, where there are `count` in all.
    pub fn places(&self, count: usize) -> impl Iterator<Item = usize> + use<> {
        let Self { columns, across, rows } = self.clone();
        let places = rows.flat_map(move |row| across.clone().map(move |column| row * columns + column));
        places.take_while(move |place| *place < count)
    }

    /// How many images are in it at most.
    pub fn len(&self) -> usize {
        self.across.len() * self.rows.len()
    }

    /// Whether none can be.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

//! A rectangle of a matrix that may be written to, as `&mut` of a slice is a stretch that may.

use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::ops::Range;

/// Some columns of some rows of a matrix whose numbers may have no value yet. Whoever holds it is the only one to reach
/// them; it can be divided into rectangles that do not overlap, for several threads.
///
/// What is asserted here no call from outside can bring about, and so no test: rows and columns are those of plans, which count them
/// before they allocate. It stands between a slip of ours and what another thread writes.
pub(crate) struct Rectangle<'a> {
    start: *mut MaybeUninit<f32>,
    rows: usize,
    columns: usize,
    /// Numbers from one row's start to the next one's.
    pitch: usize,
    numbers: PhantomData<&'a mut [MaybeUninit<f32>]>,
}

// SAFETY: it is the one way to its numbers, as `&mut [MaybeUninit<f32>]` is, which may be sent.
unsafe impl Send for Rectangle<'_> {}

impl<'a> Rectangle<'a> {
    /// All of a row-major matrix.
    ///
    /// # Panics
    /// When the numbers are no whole rows of `columns`.
    pub fn new(numbers: &'a mut [MaybeUninit<f32>], columns: usize) -> Self {
        let rows = numbers.len().checked_div(columns).unwrap_or(0);
        assert_eq!(rows * columns, numbers.len(), "whole rows of {columns} numbers");
        Self { start: numbers.as_mut_ptr(), rows, columns, pitch: columns, numbers: PhantomData }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Numbers from one row's start to the next one's.
    pub fn pitch(&self) -> usize {
        self.pitch
    }

    /// The first number; [`columns`](Self::columns) may be written from there on, and from each
    /// [`pitch`](Self::pitch) further on below [`rows`](Self::rows).
    pub fn as_mut_ptr(&mut self) -> *mut f32 {
        self.start.cast()
    }

    /// The rows before `row`, and those from it on.
    ///
    /// # Panics
    /// When there are fewer rows.
    pub fn split_at_row(self, row: usize) -> (Self, Self) {
        assert!(row <= self.rows, "row {row} of {}", self.rows);
        // The two share no row.
        let below = Self { start: self.place(row, 0), rows: self.rows - row, ..self };
        (Self { rows: row, ..self }, below)
    }

    /// The columns before `column`, and those from it on.
    ///
    /// # Panics
    /// When there are fewer columns.
    pub fn split_at_column(self, column: usize) -> (Self, Self) {
        assert!(column <= self.columns, "column {column} of {}", self.columns);
        // The two share no column.
        let right = Self { start: self.place(0, column), columns: self.columns - column, ..self };
        (Self { columns: column, ..self }, right)
    }

    /// Some of its rows and columns, while nobody else reaches any.
    ///
    /// # Panics
    /// When it has not got these.
    pub fn part(&mut self, rows: Range<usize>, columns: Range<usize>) -> Rectangle<'_> {
        assert!(rows.start <= rows.end && rows.end <= self.rows, "rows {rows:?} of {}", self.rows);
        assert!(columns.start <= columns.end && columns.end <= self.columns, "columns {columns:?} of {}", self.columns);
        Rectangle {
            start: self.place(rows.start, columns.start),
            rows: rows.len(),
            columns: columns.len(),
            pitch: self.pitch,
            numbers: PhantomData,
        }
    }

    /// Writes numbers of one row, from a column on.
    ///
    /// # Panics
    /// When they reach beyond it.
    pub fn write(&mut self, row: usize, column: usize, numbers: &[f32]) {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        assert!(column <= self.columns && numbers.len() <= self.columns - column, "beyond the last column");
        let place: *mut f32 = self.place(row, column).cast();
        // SAFETY: the row and the columns are its own, as asserted, and nobody else's, as it is borrowed mutably.
        unsafe { std::ptr::copy_nonoverlapping(numbers.as_ptr(), place, numbers.len()) };
    }

    /// The numbers of a row.
    ///
    /// # Panics
    /// When there are fewer rows.
    ///
    /// # Safety
    /// All of them were written.
    pub unsafe fn row_mut(&mut self, row: usize) -> &mut [f32] {
        assert!(row < self.rows, "row {row} of {}", self.rows);
        let start: *mut f32 = self.place(row, 0).cast();
        // SAFETY: the row is its own, as asserted, and nobody else's, as it is borrowed mutably; and as the caller promises.
        unsafe { std::slice::from_raw_parts_mut(start, self.columns) }
    }

    /// A place in it, or beside it where it has no such row or column.
    fn place(&self, row: usize, column: usize) -> *mut MaybeUninit<f32> {
        self.start.wrapping_add(row * self.pitch + column)
    }
}

//! Rows of several matrices, one behind the other.

use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A stretch of one of the matrices, and where it goes.
pub struct Piece<'a> {
    from: &'a [f32],
    to: &'a mut [MaybeUninit<f32>],
    copied: &'a AtomicUsize,
}

impl Piece<'_> {
    /// Copies it.
    pub fn copy(self) {
        self.to.write_copy_of_slice(self.from);
        self.copied.fetch_add(self.from.len(), Ordering::Release);
    }
}

/// Joins the first rows of some matrices, then their second ones, and so on. `do_all` gets the pieces, and must see to it
/// that all are copied, by any thread.
///
/// # Shapes
/// `parts`: `[rows, any]`; returns `[rows, sum of these]`.
///
/// # Panics
/// When a part is no whole number of columns, or a piece was not copied.
pub fn rows(rows: usize, parts: &[&[f32]], do_all: impl FnOnce(Vec<Piece<'_>>)) -> Vec<f32> {
    let widths: Vec<usize> = parts.iter().map(|part| part.len().checked_div(rows).unwrap_or(0)).collect();
    assert!(parts.iter().zip(&widths).all(|(part, width)| part.len() == rows * width), "{rows} rows of each");
    let count: usize = parts.iter().map(|part| part.len()).sum();
    let mut values: Vec<f32> = Vec::with_capacity(count);
    let copied = AtomicUsize::new(0);
    let mut rest = &mut values.spare_capacity_mut()[..count];
    let mut pieces = Vec::with_capacity(rows * parts.len());
    for row in 0..rows {
        for (part, width) in parts.iter().zip(&widths) {
            let (to, behind) = rest.split_at_mut(*width);
            rest = behind;
            pieces.push(Piece { from: &part[row * width..][..*width], to, copied: &copied });
        }
    }
    do_all(pieces);
    assert_eq!(copied.load(Ordering::Acquire), count, "all pieces were copied");
    // SAFETY: that many numbers are counted as copied. Each piece has a stretch of its own, and is copied once.
    unsafe { values.set_len(count) };
    values
}

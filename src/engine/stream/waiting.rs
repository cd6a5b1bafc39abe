//! Rows between their coming and their going.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::store::stream::{FeatureColumns, MadeRows, PictureRows};

/// A batch that goes out when something was made of all its rows.
struct Piece {
    rows: Arc<PictureRows>,
    made: MadeRows,
    /// How many of its rows were handed to work.
    begun: usize,
}

/// Batches in their order: those of which rows are at work, and those that wait.
#[derive(Default)]
pub(super) struct WaitingRows {
    pieces: VecDeque<Piece>,
}

/// A row at work.
pub(super) struct RowAtWork {
    pub(super) rows: Arc<PictureRows>,
    pub(super) row: usize,
}

impl WaitingRows {
    /// Takes rows that came.
    pub(super) fn take(&mut self, rows: PictureRows, columns: &FeatureColumns) {
        for rows in rows.in_pieces(columns.rows_at_most()) {
            let made = MadeRows::new(columns, rows.len());
            self.pieces.push_back(Piece { rows, made, begun: 0 });
        }
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Whether there are at least so many rows that nobody works at.
    pub(super) fn has_idle(&self, count: usize) -> bool {
        let mut idle = 0;
        self.pieces.iter().rev().any(|piece| {
            idle += piece.rows.len() - piece.begun;
            idle >= count
        })
    }

    /// Hands the next rows to work, at most so many.
    pub(super) fn begin(&mut self, count: usize) -> Vec<RowAtWork> {
        let mut begun = Vec::with_capacity(count);
        for piece in &mut self.pieces {
            let take = (count - begun.len()).min(piece.rows.len() - piece.begun);
            begun.extend((piece.begun..piece.begun + take).map(|row| RowAtWork { rows: piece.rows.clone(), row }));
            piece.begun += take;
        }
        begun
    }

    /// Where what is made of the next row goes.
    pub(super) fn next_made(&mut self) -> Option<&mut MadeRows> {
        self.pieces.iter_mut().find(|piece| piece.made.len() < piece.rows.len()).map(|piece| &mut piece.made)
    }

    /// The next batch to go out, if it is whole.
    pub(super) fn pop_whole(&mut self) -> Option<(Arc<PictureRows>, MadeRows)> {
        let is_whole = |piece: &mut Piece| piece.made.len() == piece.rows.len();
        self.pieces.pop_front_if(is_whole).map(|piece| (piece.rows, piece.made))
    }
}

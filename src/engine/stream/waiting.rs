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

/// A batch that came, of which not all rows are in a piece.
struct Uncut {
    rows: PictureRows,
    /// How many are.
    cut: usize,
}

/// Batches in their order: those of which rows are at work, and those that wait. Room is made for what is made of rows when
/// the first of a piece are handed to work, so a batch may have many more rows than there is room for.
#[derive(Default)]
pub(super) struct WaitingRows {
    pieces: VecDeque<Piece>,
    uncut: VecDeque<Uncut>,
}

/// A row at work.
pub(super) struct RowAtWork {
    pub(super) rows: Arc<PictureRows>,
    pub(super) row: usize,
}

impl WaitingRows {
    /// Takes rows that came.
    pub(super) fn take(&mut self, rows: PictureRows) {
        self.uncut.push_back(Uncut { rows, cut: 0 });
    }

    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.uncut.is_empty()
    }

    /// Whether there are at least so many rows that nobody works at.
    pub(super) fn has_idle(&self, count: usize) -> bool {
        let uncut = self.uncut.iter().map(|batch| batch.rows.len() - batch.cut);
        let of_pieces = self.pieces.iter().map(|piece| piece.rows.len() - piece.begun);
        let mut idle = 0;
        uncut.chain(of_pieces).any(|rows| {
            idle += rows;
            idle >= count
        })
    }

    /// Hands the next rows to work, at most so many.
    pub(super) fn begin(&mut self, count: usize, columns: &FeatureColumns) -> Vec<RowAtWork> {
        let mut begun = Vec::with_capacity(count);
        // All before the last piece are at work.
        while begun.len() < count {
            if let Some(piece) = self.pieces.back_mut().filter(|piece| piece.begun < piece.rows.len()) {
                let take = (count - begun.len()).min(piece.rows.len() - piece.begun);
                let rows = piece.begun..piece.begun + take;
                begun.extend(rows.map(|row| RowAtWork { rows: piece.rows.clone(), row }));
                piece.begun += take;
            } else if !self.cut_piece(columns) {
                break;
            }
        }
        begun
    }

    /// Makes a piece of the next rows, if there are any that are in none. A batch without rows becomes one, too.
    fn cut_piece(&mut self, columns: &FeatureColumns) -> bool {
        let Some(batch) = self.uncut.front_mut() else { return false };
        let rows = Arc::new(batch.rows.piece(batch.cut, columns.rows_at_most()));
        batch.cut += rows.len();
        if batch.cut == batch.rows.len() {
            self.uncut.pop_front();
        }
        let made = MadeRows::new(columns, rows.len());
        self.pieces.push_back(Piece { rows, made, begun: 0 });
        true
    }

    /// Where what is made of the next row goes.
    pub(super) fn next_made(&mut self) -> Option<&mut MadeRows> {
        self.pieces.iter_mut().find(|piece| piece.made.len() < piece.rows.len()).map(|piece| &mut piece.made)
    }

    /// The next batch to go out, if it is whole. One without rows is, when it is its turn.
    pub(super) fn pop_whole(&mut self, columns: &FeatureColumns) -> Option<(Arc<PictureRows>, MadeRows)> {
        if self.pieces.is_empty() && self.uncut.front().is_some_and(|batch| batch.rows.is_empty()) {
            self.cut_piece(columns);
        }
        let is_whole = |piece: &mut Piece| piece.made.len() == piece.rows.len();
        self.pieces.pop_front_if(is_whole).map(|piece| (piece.rows, piece.made))
    }
}

//! Where the tiles of a scrolling grid lie: arithmetic only, so that a grid of any length costs what is visible.

use std::ops::Range;

use eframe::egui::{Rangef, Rect, Vec2, pos2, vec2};

use crate::domain::GridBand;

/// A grid of equal cells, filled row by row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridLayout {
    /// Cells beside each other; at least one.
    pub columns: usize,
    /// Size of a cell in points.
    pub cell: Vec2,
    /// Space between cells in points.
    pub gap: f32,
    /// Number of cells.
    pub count: usize,
}

impl GridLayout {
    /// Cells of about `tile` points width, stretched so that whole columns fill `width`; each is `below` points higher
    /// than wide, for captions.
    pub fn fill(width: f32, tile: f32, below: f32, gap: f32, count: usize) -> Self {
        let columns = (((width + gap) / (tile + gap)).floor() as usize).max(1);
        let side = ((width - gap * (columns - 1) as f32) / columns as f32).floor().max(8.0);
        // A lone column must not become a poster.
        let side = side.min(tile * 1.6);
        Self { columns, cell: vec2(side, side + below), gap, count }
    }

    /// The same with pictures so high beside their width; what stands below them is as high as before.
    pub fn with_height(mut self, height: f32) -> Self {
        self.cell.y += (self.cell.x * (height - 1.0)).round();
        self
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.count.div_ceil(self.columns)
    }

    /// Height of everything in points.
    pub fn height(&self) -> f32 {
        (self.rows() as f32 * self.pitch().y - self.gap).max(0.0)
    }

    /// From a cell to the next.
    fn pitch(&self) -> Vec2 {
        self.cell + Vec2::splat(self.gap)
    }

    /// The rows that show in `view`, in points from the top of the grid.
    pub fn rows_in(&self, view: Rangef) -> Range<usize> {
        let first = (view.min.max(0.0) / self.pitch().y).floor() as usize;
        let last = (view.max.max(0.0) / self.pitch().y).ceil() as usize;
        first.min(self.rows())..last.min(self.rows())
    }

    /// The cells of these rows.
    pub fn cells_of(&self, rows: Range<usize>) -> Range<usize> {
        (rows.start * self.columns).min(self.count)..(rows.end * self.columns).min(self.count)
    }

    /// Where a cell lies, from the top left corner of the grid.
    pub fn rect_of(&self, index: usize) -> Rect {
        let (row, column) = (index / self.columns, index % self.columns);
        let corner = pos2(column as f32 * self.pitch().x, row as f32 * self.pitch().y);
        Rect::from_min_size(corner, self.cell)
    }

    /// From a row to the next, in points.
    pub fn row_height(&self) -> f64 {
        f64::from(self.cell.y) + f64::from(self.gap)
    }

    /// The row, and the part of it, at the upper edge when the last row is at the lower edge, `height` points below.
    pub fn last_top(&self, height: f32) -> f64 {
        (self.rows() as f64 - f64::from(height + self.gap) / self.row_height()).max(0.0)
    }

    /// The rows that show in `height` points below a row, of which a part may be above.
    pub fn rows_below(&self, top: f64, height: f32) -> Range<usize> {
        let last = (top + f64::from(height) / self.row_height()).ceil() as usize;
        (top.floor() as usize).min(self.rows())..last.min(self.rows())
    }

    /// Where a cell lies, from the left end of the upper edge, at which there is a row, of which a part may be above.
    pub fn rect_below(&self, index: usize, top: f64) -> Rect {
        let (row, column) = (index / self.columns, index % self.columns);
        let y = (row as f64 - top) * self.row_height();
        Rect::from_min_size(pos2(column as f32 * self.pitch().x, y as f32), self.cell)
    }

    /// What a band touches: from one place to another across, in points, and from one row to another.
    pub fn touched_by(&self, across: Rangef, rows: [f64; 2]) -> GridBand {
        let cell_height = f64::from(self.cell.y) / self.row_height();
        let first = (rows[0] - cell_height).max(0.0).ceil() as usize;
        let last = ((rows[1].max(-1.0).floor() + 1.0) as usize).min(self.rows());
        let touches = |column: &usize| {
            let left = *column as f32 * self.pitch().x;
            left <= across.max && left + self.cell.x >= across.min
        };
        let from = (0..self.columns).find(touches).unwrap_or(0);
        let beyond = (0..self.columns).rev().find(touches).map_or(0, |column| column + 1);
        GridBand { columns: self.columns, across: from..beyond, rows: first..last.max(first) }
    }

    /// Whole rows that fit into `height`, at least one.
    pub fn rows_per_page(&self, height: f32) -> usize {
        ((height / self.pitch().y).floor() as usize).max(1)
    }
}

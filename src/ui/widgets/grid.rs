//! Where the tiles of a scrolling grid lie: arithmetic only, so that a grid of any length costs what is visible.

use std::ops::Range;

use eframe::egui::{Pos2, Rangef, Rect, Vec2, pos2, vec2};

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

    /// The cells a rectangle touches, in order.
    pub fn cells_touching(&self, band: Rect) -> Vec<usize> {
        let band = Rect::from_two_pos(band.min.max(Pos2::ZERO), band.max.max(Pos2::ZERO));
        let column = |x: f32| (x / self.pitch().x).floor() as usize;
        let (left, right) = (column(band.left()), column(band.right()).min(self.columns - 1));
        let mut touched = Vec::new();
        for row in self.rows_in(band.y_range()) {
            for index in (row * self.columns + left)..=(row * self.columns + right) {
                if left <= right && index < self.count && self.rect_of(index).intersects(band) {
                    touched.push(index);
                }
            }
        }
        touched
    }

    /// Whole rows that fit into `height`, at least one.
    pub fn rows_per_page(&self, height: f32) -> usize {
        ((height / self.pitch().y).floor() as usize).max(1)
    }
}

//! How the table is looked at: which columns are seen, and how wide.

use serde::{Deserialize, Serialize};

use crate::domain::TableColumn;

/// Widths that a column may have, in points.
const WIDTHS: std::ops::RangeInclusive<f32> = 56.0..=640.0;

/// How the table is looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableLook {
    /// Every column, in the order in which they stand.
    pub columns: Vec<ColumnLook>,
    /// Whether histograms and frequent names are seen above the rows.
    pub has_histograms: bool,
}

/// How one column is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnLook {
    /// Which.
    pub column: TableColumn,
    /// In points.
    pub width: f32,
    /// Whether it is seen, as soon as there is something in it.
    pub is_shown: bool,
}

impl Default for TableLook {
    fn default() -> Self {
        Self { columns: TableColumn::ALL.map(ColumnLook::of).to_vec(), has_histograms: true }
    }
}

impl TableLook {
    /// A look with which the table can be used, whatever a file says: every column once, in widths that can be read.
    #[must_use]
    pub fn usable(&self) -> Self {
        let remembered = |column| self.columns.iter().find(|look| look.column == column).copied();
        let columns = TableColumn::ALL.map(|column| remembered(column).unwrap_or(ColumnLook::of(column)).usable());
        Self { columns: columns.to_vec(), has_histograms: self.has_histograms }
    }

    /// How a column is looked at, to be changed.
    pub fn column_mut(&mut self, column: TableColumn) -> Option<&mut ColumnLook> {
        self.columns.iter_mut().find(|look| look.column == column)
    }
}

impl ColumnLook {
    /// As it is on the first day.
    pub fn of(column: TableColumn) -> Self {
        let (width, is_shown) = match column {
            TableColumn::Path => (220.0, true),
            TableColumn::Label => (128.0, true),
            TableColumn::Split | TableColumn::Tags => (112.0, true),
            TableColumn::Cluster => (136.0, true),
            TableColumn::Pixels | TableColumn::FileBytes => (124.0, true),
            TableColumn::Modified => (136.0, true),
            TableColumn::Kept => (128.0, true),
            TableColumn::Typicality | TableColumn::InDegree => (124.0, true),
            TableColumn::Betweenness | TableColumn::Width | TableColumn::Height | TableColumn::Shape => (124.0, false),
            TableColumn::Problem => (220.0, false),
        };
        Self { column, width, is_shown }
    }

    /// Whether its width is that of the first day: nobody has chosen another, and it shares the room that there is.
    pub fn is_own(&self) -> bool {
        self.width == Self::of(self.column).width
    }

    /// Gives it another width, if that can be read.
    pub fn set_width(&mut self, width: f32) {
        *self = Self { width, ..*self }.usable();
    }

    fn usable(self) -> Self {
        let own = Self::of(self.column).width;
        let width = if self.width.is_finite() { self.width.clamp(*WIDTHS.start(), *WIDTHS.end()) } else { own };
        // Without its name a row is of nothing.
        Self { width, is_shown: self.is_shown || self.column == TableColumn::Path, ..self }
    }
}

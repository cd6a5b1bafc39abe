//! How a page of a contact sheet is laid out, for PDF and pictures alike. Places are in points (a 72nd of an inch), from the upper left
//! corner.

use super::ExportRow;
use crate::domain::counted;

/// An upright page of A4.
pub(super) const PAGE: [f32; 2] = [595.0, 842.0];
pub(super) const MARGIN: f32 = 36.0;
const HEAD: f32 = 30.0;
const FOOT: f32 = 18.0;
const COLUMNS: usize = 5;
const ROWS: usize = 6;
/// Pictures on a page.
pub(super) const ON_A_PAGE: usize = COLUMNS * ROWS;
/// Space for two lines below a picture.
const CAPTION: f32 = 22.0;
const GAP: f32 = 8.0;
/// From one line of a caption to the next.
pub(super) const LINE: f32 = 9.0;
/// The size of letters.
pub(super) const TEXT: f32 = 7.0;
pub(super) const TITLE: f32 = 11.0;

/// Where a picture goes.
pub(super) struct Cell {
    pub left: f32,
    pub top: f32,
    /// How wide and high it may be.
    pub room: [f32; 2],
}

impl Cell {
    /// That of a picture of a page, by its place among them.
    pub fn at(place: usize) -> Self {
        let width = (PAGE[0] - 2.0 * MARGIN) / COLUMNS as f32;
        let height = (PAGE[1] - 2.0 * MARGIN - HEAD - FOOT) / ROWS as f32;
        Self {
            left: MARGIN + width * (place % COLUMNS) as f32,
            top: MARGIN + HEAD + height * (place / COLUMNS) as f32,
            room: [width - GAP, height - CAPTION - GAP],
        }
    }
}

/// What stands below a picture, in two lines: its name; its score and its label.
pub(super) fn caption(row: &ExportRow) -> [String; 2] {
    let path = &row.record.path.text;
    let name = path.rsplit('/').next().unwrap_or(path);
    let score = row.score.map(|score| format!("{score:.3}"));
    let second: Vec<&str> = score.as_deref().into_iter().chain(row.record.label.as_deref()).collect();
    [name.to_owned(), second.join(" · ")]
}

/// What stands above the pictures of each page.
pub(super) fn title_of(title: &str, pictures: usize) -> String {
    format!("{title}: {}", counted(pictures, "picture", "pictures"))
}

/// What stands below them: which page it is, counted from 0, of how many.
pub(super) fn number_of(page: usize, pages: usize) -> String {
    format!("{} of {pages}", page + 1)
}

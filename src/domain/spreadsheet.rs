//! Texts in tables that people open with a spreadsheet, which computes whatever begins like a formula.
//!
//! A folder may be called `=HYPERLINK(...)`, and whoever opens the table would have a link that somebody else wrote.

use std::borrow::Cow;

/// What a formula begins with, and what a spreadsheet passes over before one.
const SIGNS: [char; 7] = ['=', '+', '-', '@', '\t', '\r', '\n'];

/// The text as a cell that no spreadsheet computes: one that begins like a formula gets an apostrophe before it. Numbers are left
/// as they are.
pub fn guarded(text: &str) -> Cow<'_, str> {
    match text.starts_with(SIGNS) && text.parse::<f64>().is_err() {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// What a cell said before it was [`guarded`].
pub fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| text.starts_with(SIGNS)).unwrap_or(cell)
}

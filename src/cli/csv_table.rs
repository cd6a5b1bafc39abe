//! Rows as comma-separated values.

use std::io::Write;

use csv::{ReaderBuilder, Writer};
use serde::Serialize;

use crate::domain::spreadsheet::guarded;

/// The rows with a header line; texts that a spreadsheet would compute are [`guarded`].
///
/// # Errors
/// When a row cannot be one of a table.
pub fn csv_of<T: Serialize>(rows: impl IntoIterator<Item = T>) -> anyhow::Result<Vec<u8>> {
    let mut table = Writer::from_writer(Vec::new());
    rows.into_iter().try_for_each(|row| table.serialize(row))?;
    let written = table.into_inner()?;
    // What of a row becomes a cell only its columns know, so it is guarded when it is one.
    let mut cells = ReaderBuilder::new().has_headers(false).from_reader(&written[..]);
    let mut guarding = Writer::from_writer(Vec::with_capacity(written.len()));
    for row in cells.byte_records() {
        write_guarded(&mut guarding, row?.iter())?;
    }
    Ok(guarding.into_inner()?)
}

/// Writes one row, guarded.
///
/// # Errors
/// When it has more or fewer cells than those before.
pub fn write_guarded<'a>(
    table: &mut Writer<impl Write>,
    cells: impl IntoIterator<Item = &'a [u8]>,
) -> anyhow::Result<()> {
    for cell in cells {
        match std::str::from_utf8(cell) {
            Ok(text) => table.write_field(guarded(text).as_bytes())?,
            Err(_) => table.write_field(cell)?,
        }
    }
    Ok(table.write_record(None::<&[u8]>)?)
}

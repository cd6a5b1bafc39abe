//! Vectors as NumPy's own file: one array `[images, channels]` of float32, which `numpy.load` reads or maps.
//!
//! Format 1.0 of <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::place::{Draft, check, place_together};
use super::table::{COLUMNS, write_csv};
use super::vectors::{Portions, VectorColumn, VectorFile};
use super::{ExportError, ExportRow};

/// Before the numbers; a multiple of 64, so that they can be mapped into memory.
const HEADER_BYTES: usize = 128;

/// Writes `file` as [`npy()`] does.
///
/// # Errors
/// As [`npy()`], and when there are several columns, or no place for the table of the images.
pub fn write(file: &VectorFile, next: &mut Portions) -> Result<usize, ExportError> {
    match (file.columns, file.list) {
        ([column], Some(list)) => npy(column, next, file.out, list, file.overwrite),
        _ => {
            let reason =
                "an array holds the vectors of one layer, and the table of its images goes beside it".to_owned();
            Err(ExportError::NotWritten { path: file.out.to_owned(), reason })
        }
    }
}

/// Writes the vectors of one column to `out`, and to `list`, as [`super::csv`] does, whose they are, in the order of the rows:
/// both files, or none. Returns how many rows there are.
///
/// # Errors
/// When one of the two exists and `overwrite` is not given, cannot be written, or `next` fails.
pub fn npy<'a>(
    column: &VectorColumn,
    next: &mut Portions<'a, '_>,
    out: &Path,
    list: &Path,
    overwrite: bool,
) -> Result<usize, ExportError> {
    check(&[out, list], overwrite)?;
    let mut rows: Vec<&'a ExportRow> = Vec::new();
    let array = Draft::written(out, overwrite, |file| {
        file.write_all(&header(0, column.channels))?;
        while let Some(portion) = next()? {
            let Some(values) = portion.columns.first() else { continue };
            let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
            file.write_all(&bytes)?;
            rows.extend(portion.rows);
        }
        // How many they are is known at the end.
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&header(rows.len(), column.channels))
    })?;
    let table = Draft::written(list, overwrite, |file| write_csv(&rows, true, file))?;
    place_together(vec![array, table], overwrite)?;
    Ok(rows.len())
}

/// Whether `list` is a table that was written beside the array at `out`: both are there, and it has the columns of one.
pub fn is_table_beside(list: &Path, out: &Path) -> bool {
    let header = COLUMNS.join(",");
    let mut begins = vec![0; header.len()];
    let read = |begins: &mut [u8]| File::open(list).and_then(|mut file| file.read_exact(begins));
    out.is_file() && read(&mut begins).is_ok() && begins == header.as_bytes()
}

fn header(rows: usize, channels: usize) -> Vec<u8> {
    let text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {channels}), }}");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    let rest = HEADER_BYTES - bytes.len() - 2;
    bytes.extend((rest as u16).to_le_bytes());
    bytes.extend(format!("{text:width$}\n", width = rest - 1).into_bytes());
    bytes
}

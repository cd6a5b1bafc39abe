//! Vectors as the plain text of the 2015 experiments: `.cfg` names the layers, `.ivf` holds one vector.
//!
//! A `.cfg` has a line `layerName layerSize` for each layer, in order. A `.ivf` has a line `value absoluteIndex` for each
//! number that is not 0, counted from 0 over all layers; a vector of zeros is an empty file.

use std::fs;
use std::io::{self, Write};
use std::iter;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::ExportError;
use super::place::{Draft, check, place_together};

/// More features than any network has: a larger sum is a mistake in the file, and memory is not asked for it.
const MOST_FEATURES: usize = 1 << 28;

/// Why a `.cfg` or `.ivf` file was not read. The meaning comes first, the path last.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum InterchangeError {
    /// The system does not give it.
    #[error("it could not be read ({reason}); check that the file is there and yours to read: {}", path.display())]
    NotRead {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// It names no layer.
    #[error("it names no layer; give the .cfg file, with a line `layerName layerSize` for each layer: {}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// One line is not what it should be.
    #[error("line {line} {what}: {}", path.display())]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it and what to do.
        what: String,
        /// The file.
        path: PathBuf,
    },
}

/// Writes the names and sizes of layers.
///
/// # Errors
/// When `out` exists and `overwrite` is not given, it cannot be written, or a name is empty, has a line break in it or
/// blanks at its ends, so that it could not be read back.
pub fn write_cfg(layers: &[(String, usize)], out: &Path, overwrite: bool) -> Result<(), ExportError> {
    place_together(vec![cfg(layers, out, overwrite)?], overwrite)
}

/// Writes one vector over all layers. What is not finite is left out, as zeros are.
///
/// # Errors
/// When `out` exists and `overwrite` is not given, or it cannot be written.
pub fn write_ivf(values: &[f32], out: &Path, overwrite: bool) -> Result<(), ExportError> {
    place_together(vec![ivf(values, out, overwrite)?], overwrite)
}

/// Writes the layers to `out`, and each vector to its own file: all of them, or none.
///
/// # Errors
/// As [`write_cfg`] and [`write_ivf`].
pub fn write_all(
    layers: &[(String, usize)],
    out: &Path,
    vectors: &[(PathBuf, &[f32])],
    overwrite: bool,
) -> Result<(), ExportError> {
    let targets: Vec<&Path> = iter::once(out).chain(vectors.iter().map(|(file, _)| file.as_path())).collect();
    check(&targets, overwrite)?;
    let mut drafts = vec![cfg(layers, out, overwrite)?];
    for (file, values) in vectors {
        drafts.push(ivf(values, file, overwrite)?);
    }
    place_together(drafts, overwrite)
}

fn cfg(layers: &[(String, usize)], out: &Path, overwrite: bool) -> Result<Draft, ExportError> {
    Draft::written(out, overwrite, |writer| {
        for (name, size) in layers {
            if name.is_empty() || name.trim() != name || name.contains(['\n', '\r']) {
                let reason = format!("the layer name {name:?} does not fit in a line");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, reason));
            }
            writeln!(writer, "{name} {size}")?;
        }
        Ok(())
    })
}

fn ivf(values: &[f32], out: &Path, overwrite: bool) -> Result<Draft, ExportError> {
    Draft::written(out, overwrite, |writer| {
        for (index, value) in values.iter().enumerate() {
            if *value != 0.0 && value.is_finite() {
                writeln!(writer, "{value} {index}")?;
            }
        }
        Ok(())
    })
}

/// Reads the names and sizes of layers. Empty lines, any blanks, the line ends of Windows and a byte order mark are fine;
/// a name may have blanks inside.
///
/// # Errors
/// When the file cannot be read, a line is not a name and a size above 0, or there is none.
pub fn read_cfg(path: &Path) -> Result<Vec<(String, usize)>, InterchangeError> {
    let mut layers: Vec<(String, usize)> = Vec::new();
    let mut features = 0usize;
    for (line, content) in lines(&text(path)?) {
        let wrong = |what: String| Err(InterchangeError::Line { line, what, path: path.to_owned() });
        let Some((name, size)) = content.rsplit_once(char::is_whitespace) else {
            return wrong(format!("has one word, {content:?}, where a layer's name and its size belong"));
        };
        let Some(size) = size.parse::<usize>().ok().filter(|size| *size > 0) else {
            return wrong(format!("has {size:?} where the layer's size belongs; write a whole number above 0"));
        };
        features = features.saturating_add(size);
        if features > MOST_FEATURES {
            return wrong(format!("makes {features} features, more than any network has; check the sizes"));
        }
        layers.push((name.trim_end().to_owned(), size));
    }
    if layers.is_empty() { Err(InterchangeError::Empty { path: path.to_owned() }) } else { Ok(layers) }
}

/// Reads one vector of so many features, which are the sizes of the `.cfg` added up. Lines may come in any order.
///
/// # Errors
/// When the file cannot be read, a line is not a finite number and an index below `features`, or an index comes twice.
pub fn read_ivf(path: &Path, features: usize) -> Result<Vec<f32>, InterchangeError> {
    let text = text(path)?;
    let mut values = vec![0.0f32; features];
    let mut given = vec![false; features];
    for (line, content) in lines(&text) {
        let wrong = |what: String| Err(InterchangeError::Line { line, what, path: path.to_owned() });
        let words: Vec<&str> = content.split_whitespace().collect();
        let [value, index] = words[..] else {
            return wrong(format!("has {} words where a value and an index belong: {content:?}", words.len()));
        };
        let Some(value) = value.parse::<f32>().ok().filter(|value| value.is_finite()) else {
            return wrong(format!("has {value:?} where the value belongs; write a finite number"));
        };
        let Ok(index) = index.parse::<usize>() else {
            return wrong(format!("has {index:?} where the index belongs; write a whole number from 0 on"));
        };
        if index >= features {
            return wrong(format!(
                "has index {index}, but the layers have {features} features; give the .cfg it belongs to"
            ));
        }
        if std::mem::replace(&mut given[index], true) {
            return wrong(format!("has index {index} again; keep one of the two"));
        }
        values[index] = value;
    }
    Ok(values)
}

fn text(path: &Path) -> Result<String, InterchangeError> {
    fs::read_to_string(path).map_err(|error| InterchangeError::NotRead {
        path: path.to_owned(),
        reason: match error.kind() == io::ErrorKind::InvalidData {
            true => "it is not plain text".to_owned(),
            false => error.to_string(),
        },
    })
}

/// The lines that have anything on them, with their numbers from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    text.split('\n').enumerate().map(|(line, content)| (line + 1, content.trim())).filter(|(_, c)| !c.is_empty())
}

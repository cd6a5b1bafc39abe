//! The sample collection on disk.

use std::fs;
use std::io::{ErrorKind, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use rayon::prelude::*;

use super::{CLASSES, Class};
use crate::images::ImagesError;

const JPEG_QUALITY: u8 = 92;

/// Writes `count` pictures below `dir`, a folder a class, and returns how many it wrote: `stripes/stripes_0001.jpg` ...
///
/// The same `seed` gives the same bytes, and a larger `count` only adds pictures. A file that is already there with the
/// same bytes counts as written, so a broken-off run can be repeated. `progress` hears how many there are after every
/// few pictures and may break off; what was written by then stays, and every file is whole.
///
/// # Errors
/// When a file cannot be written, or a file of other content has its name: nothing is overwritten.
pub fn write(
    dir: &Path,
    count: usize,
    seed: u64,
    progress: &mut dyn FnMut(usize) -> ControlFlow<()>,
) -> Result<usize, ImagesError> {
    for class in CLASSES.iter().take(count) {
        let folder = dir.join(class.name);
        fs::create_dir_all(&folder).map_err(|error| not_written(folder, &error))?;
    }
    // Small enough that a cancel is heard within a tenth of a second.
    let at_once = rayon::current_num_threads() * 2;
    let mut done = 0;
    while done < count {
        let until = (done + at_once).min(count);
        (done..until).into_par_iter().try_for_each(|number| {
            let class = number % CLASSES.len();
            write_one(dir, &CLASSES[class], class, number / CLASSES.len(), seed)
        })?;
        done = until;
        if progress(done).is_break() {
            break;
        }
    }
    Ok(done)
}

fn write_one(dir: &Path, class: &Class, class_index: usize, index: usize, seed: u64) -> Result<(), ImagesError> {
    let path = dir.join(class.name).join(name_of(class, index));
    let bytes = jpeg(class_index, index, seed);
    let mut file = match fs::OpenOptions::new().write(true).create_new(true).open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            return match fs::read(&path) {
                Ok(there) if there == bytes => Ok(()),
                _ => Err(ImagesError::Occupied { path }),
            };
        }
        Err(error) => return Err(not_written(path, &error)),
    };
    file.write_all(&bytes).map_err(|error| {
        // A half picture would be in the way of the next try.
        let _ = fs::remove_file(&path);
        not_written(path, &error)
    })
}

/// What the file of a picture is called.
pub(super) fn name_of(class: &Class, index: usize) -> String {
    format!("{}_{:04}.jpg", class.name, index + 1)
}

/// The file of a picture.
pub(super) fn jpeg(class: usize, index: usize, seed: u64) -> Vec<u8> {
    let picture = super::image(class, index, seed);
    let mut bytes = Vec::with_capacity(32 << 10);
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .encode(picture.as_raw(), picture.width(), picture.height(), ExtendedColorType::Rgb8)
        .expect("a sample picture is small and memory takes every write");
    bytes
}

fn not_written(path: PathBuf, error: &std::io::Error) -> ImagesError {
    ImagesError::NotWritten { path, reason: error.to_string() }
}

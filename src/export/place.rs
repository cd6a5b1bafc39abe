//! A file appears at its place whole, or not at all.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use super::ExportError;

/// Writes `target` through `content`: into a hidden file beside it first, which then takes its name.
///
/// # Errors
/// As [`write_draft`].
pub fn write_whole(
    target: &Path,
    overwrite: bool,
    content: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), ExportError> {
    write_draft(target, overwrite, |file| content(file))
}

/// The same for content that goes back in the file, or writes it from another thread.
///
/// # Errors
/// When `target` exists and `overwrite` is not given, or when writing fails; then nothing of it is left and an older
/// `target` is untouched.
pub fn write_draft(
    target: &Path,
    overwrite: bool,
    content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> Result<(), ExportError> {
    if !overwrite && fs::symlink_metadata(target).is_ok() {
        return Err(ExportError::Exists { targets: vec![target.to_owned()] });
    }
    let writing = |error| ExportError::from_writing(&error, target);
    let (draft, file) = Draft::create(target).map_err(writing)?;
    let mut writer = BufWriter::with_capacity(1 << 16, file);
    content(&mut writer).map_err(writing)?;
    let file = writer.into_inner().map_err(|error| writing(error.into_error()))?;
    // Some file systems tell of a full disk only now.
    file.sync_all().map_err(writing)?;
    drop(file);
    draft.become_target(target, overwrite).map_err(writing)
}

/// Copies the bytes and permissions of `source` to `target`, which must not exist.
pub(super) fn copy_whole(source: &Path, target: &Path) -> Result<(), CopyTrouble> {
    let (draft, file) = Draft::create(target).map_err(CopyTrouble::Target)?;
    drop(file);
    // Asked apart from the copy, whose error does not say which of the two files it means.
    File::open(source).map_err(CopyTrouble::Source)?;
    fs::copy(source, &draft.path).map_err(CopyTrouble::Target)?;
    draft.become_target(target, false).map_err(CopyTrouble::Target)
}

/// Which end of a copy failed.
pub(super) enum CopyTrouble {
    /// The file to copy.
    Source(io::Error),
    /// The place to copy to.
    Target(io::Error),
}

/// A half-written file that goes away unless it becomes the target.
struct Draft {
    path: PathBuf,
    placed: bool,
}

impl Draft {
    fn create(target: &Path) -> io::Result<(Self, File)> {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let mut name = OsString::from(format!(".tiramisu-{}-{count}-", std::process::id()));
        name.push(target.extension().unwrap_or_default());
        let path = target.with_file_name(name);
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        Ok((Self { path, placed: false }, file))
    }

    fn become_target(mut self, target: &Path, overwrite: bool) -> io::Result<()> {
        if overwrite {
            fs::rename(&self.path, target)?;
            self.placed = true;
            return Ok(());
        }
        // A second name fails where one is taken, in one step; a rename would replace what came there meanwhile.
        match fs::hard_link(&self.path, target) {
            Ok(()) => Ok(()),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(error),
            // File systems without hard links (FAT, some network shares).
            Err(_) if fs::symlink_metadata(target).is_ok() => Err(io::ErrorKind::AlreadyExists.into()),
            Err(_) => {
                fs::rename(&self.path, target)?;
                self.placed = true;
                Ok(())
            }
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.placed {
            // Nothing more can be done about a draft that will not go.
            let _ = fs::remove_file(&self.path);
        }
    }
}

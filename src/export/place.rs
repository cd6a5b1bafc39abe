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
    Draft::written(target, overwrite, content)?.place(overwrite)
}

/// Finds out before the work what would keep its files from being written after it.
///
/// # Errors
/// When some of the targets exist and `overwrite` is not given, one is a folder, or the folder of one is not there.
pub fn check(targets: &[&Path], overwrite: bool) -> Result<(), ExportError> {
    // Not `exists()`: a link to nowhere is a name that is taken, too.
    let is_taken = |target: &&Path| !overwrite && fs::symlink_metadata(target).is_ok();
    let taken: Vec<PathBuf> = targets.iter().copied().filter(is_taken).map(Path::to_owned).collect();
    if !taken.is_empty() {
        return Err(ExportError::Exists { targets: taken });
    }
    for target in targets {
        refuse_folder(target)?;
        // A plain name has an empty parent, which stands for where the person is.
        let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty());
        match folder.map(fs::metadata) {
            Some(Ok(what)) if !what.is_dir() => return Err(ExportError::NoFolder { path: target.to_path_buf() }),
            Some(Err(error)) => return Err(ExportError::from_writing(&error, target)),
            _ => {}
        }
    }
    Ok(())
}

/// Lets drafts of which one is of no use without the others take their names: all of them, or none.
///
/// # Errors
/// When a target exists and `overwrite` is not given, or the system does not let one take its name; then what stood before
/// stands again.
pub(super) fn place_together(drafts: Vec<Draft>, overwrite: bool) -> Result<(), ExportError> {
    let mut placed = Vec::new();
    for draft in drafts {
        let target = draft.target.clone();
        match draft.swap_in(overwrite) {
            Ok(before) => placed.push((target, before)),
            Err(error) => {
                for (target, before) in placed.into_iter().rev() {
                    match before {
                        Some(before) => restore(&before, &target),
                        // Nothing more can be done about a file that will not go.
                        None => drop(fs::remove_file(&target)),
                    }
                }
                return Err(error);
            }
        }
    }
    placed.into_iter().filter_map(|(_, before)| before).for_each(|before| drop(fs::remove_file(before)));
    Ok(())
}

/// Gives what lies at `target` a second, hidden name; `None` if nothing does.
fn keep(target: &Path) -> Result<Option<PathBuf>, ExportError> {
    refuse_folder(target)?;
    if fs::symlink_metadata(target).is_err() {
        return Ok(None);
    }
    let kept = hidden_beside(target);
    // With a second name the first is never missing, whenever this process is killed. File systems without hard links
    // (FAT, some network shares) can only move it.
    let moved = fs::hard_link(target, &kept).or_else(|_| fs::rename(target, &kept));
    moved.map_err(|error| ExportError::from_writing(&error, target))?;
    Ok(Some(kept))
}

fn restore(kept: &Path, target: &Path) {
    // If even that fails, it stays under its hidden name: there may be no other.
    if fs::rename(kept, target).is_ok() {
        // A name that was moved is gone; but nothing is moved between two names of the same file.
        fs::remove_file(kept).ok();
    }
}

fn refuse_folder(target: &Path) -> Result<(), ExportError> {
    // A link to a folder is none: it is the link that would be replaced.
    match fs::symlink_metadata(target).is_ok_and(|what| what.is_dir()) {
        true => Err(ExportError::IsFolder { path: target.to_owned() }),
        false => Ok(()),
    }
}

fn hidden_beside(target: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = OsString::from(format!(".tiramisu-{}-{count}-", std::process::id()));
    name.push(target.extension().unwrap_or_default());
    target.with_file_name(name)
}

/// Copies the bytes and permissions of `source` to `target`, which must not exist unless it is to be replaced.
pub(super) fn copy_whole(source: &Path, target: &Path, replaces: bool) -> Result<(), CopyTrouble> {
    let (draft, file) = Draft::create(target).map_err(CopyTrouble::Target)?;
    drop(file);
    // Asked apart from the copy, whose error does not say which of the two files it means.
    File::open(source).map_err(CopyTrouble::Source)?;
    fs::copy(source, &draft.path).map_err(CopyTrouble::Target)?;
    draft.become_target(replaces).map_err(CopyTrouble::Target)
}

/// Moves a file to a place on another file system, where nothing may lie: its copy is on the disk before it goes.
///
/// # Errors
/// When it cannot be read, copied or taken away; then it is where it was, and nothing is left of the copy.
pub(super) fn move_across(source: &Path, target: &Path) -> io::Result<()> {
    let (draft, file) = Draft::create(target)?;
    let before = fs::metadata(source)?;
    let copied = fs::copy(source, &draft.path)?;
    if copied != before.len() {
        return Err(io::Error::other("it changed meanwhile"));
    }
    // By size and time a picture is known as the one it was.
    if let Ok(modified) = before.modified() {
        file.set_modified(modified)?;
    }
    file.sync_all()?;
    drop(file);
    draft.become_target(false)?;
    let taken_away = sync_names(target).and_then(|()| fs::remove_file(source));
    taken_away.inspect_err(|_| drop(fs::remove_file(target)))
}

/// Puts the names in the folder of `target` on the disk: they are a file of their own. A file system that has no such thing (some
/// network shares) is taken at its word.
fn sync_names(target: &Path) -> io::Result<()> {
    if cfg!(windows) {
        // The system writes names down by itself there.
        return Ok(());
    }
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match File::open(folder).and_then(|folder| folder.sync_all()) {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            tracing::debug!(%error, "names of files cannot be put on this disk: {}", folder.display());
            Ok(())
        }
        outcome => outcome,
    }
}

/// Which end of a copy failed.
pub(super) enum CopyTrouble {
    /// The file to copy.
    Source(io::Error),
    /// The place to copy to.
    Target(io::Error),
}

/// A file under a hidden name that goes away unless it becomes the target.
pub(super) struct Draft {
    path: PathBuf,
    target: PathBuf,
    placed: bool,
}

impl Draft {
    /// A whole draft, which has yet to take its name.
    ///
    /// # Errors
    /// When `target` exists and `overwrite` is not given or it is a folder, and when writing fails.
    pub(super) fn written(
        target: &Path,
        overwrite: bool,
        content: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> Result<Self, ExportError> {
        check(&[target], overwrite)?;
        let writing = |error| ExportError::from_writing(&error, target);
        let (draft, file) = Self::create(target).map_err(writing)?;
        let mut writer = BufWriter::with_capacity(1 << 16, file);
        content(&mut writer).map_err(writing)?;
        let file = writer.into_inner().map_err(|error| writing(error.into_error()))?;
        // Some file systems tell of a full disk only now.
        file.sync_all().map_err(writing)?;
        Ok(draft)
    }

    fn create(target: &Path) -> io::Result<(Self, File)> {
        let path = hidden_beside(target);
        let file = OpenOptions::new().write(true).create_new(true).open(&path)?;
        Ok((Self { path, target: target.to_owned(), placed: false }, file))
    }

    fn place(self, overwrite: bool) -> Result<(), ExportError> {
        let target = self.target.clone();
        self.become_target(overwrite).map_err(|error| ExportError::from_writing(&error, &target))
    }

    /// Takes the target's name; what had it until now has the returned one.
    fn swap_in(self, overwrite: bool) -> Result<Option<PathBuf>, ExportError> {
        let target = self.target.clone();
        let before = if overwrite { keep(&target)? } else { None };
        let placed = self.place(overwrite);
        match (placed, before) {
            (Ok(()), before) => Ok(before),
            (Err(error), before) => {
                before.into_iter().for_each(|before| restore(&before, &target));
                Err(error)
            }
        }
    }

    fn become_target(mut self, overwrite: bool) -> io::Result<()> {
        let target = &self.target;
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

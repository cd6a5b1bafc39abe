//! Files that are written as a whole, also beside others who write them, in this process or another.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// How drafts end.
const END: &str = ".new";

/// Puts `parts`, one after the other, in the place of what the hidden file at `target` holds. They are written beside it first,
/// under a name that nobody else has; where that fails nothing is left. A power cut may leave it empty: whoever reads it must be
/// able to do without.
pub(super) fn write_whole(target: &Path, parts: &[&[u8]]) -> io::Result<()> {
    write_draft(target, parts, |_| Ok(()))
}

/// The same; `end` is done with the draft before it gets its name.
pub(super) fn write_draft(target: &Path, parts: &[&[u8]], end: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = target.file_name().unwrap_or_default();
    let is_hidden = name.as_encoded_bytes().starts_with(b".");
    // No other program takes it for a file of its own.
    let mut draft_name = OsString::from(if is_hidden { "" } else { "." });
    draft_name.push(name);
    draft_name.push(format!(".{}.{count}{END}", std::process::id()));
    let draft = target.with_file_name(draft_name);
    let write = || -> io::Result<()> {
        // Whatever lies there already, nobody writes through a link.
        let create = || File::options().write(true).create_new(true).open(&draft);
        let mut file = match create() {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                fs::remove_file(&draft)?;
                create()?
            }
            created => created?,
        };
        parts.iter().try_for_each(|part| file.write_all(part))?;
        end(&file)?;
        drop(file);
        fs::rename(&draft, target)
    };
    write().inspect_err(|_| drop(fs::remove_file(&draft)))
}

/// Removes the drafts in `folder` of files that `is_meant` says: who wrote them was killed before they got their names. Only where nobody
/// else may be writing such files.
pub(super) fn clear_away(folder: &Path, is_meant: impl Fn(&str) -> bool) {
    for entry in folder.read_dir().into_iter().flatten().flatten() {
        if entry.file_name().to_str().and_then(target_of).is_some_and(&is_meant)
            && let Err(error) = fs::remove_file(entry.path())
        {
            tracing::warn!("what nobody writes any more still takes room: {error}: {}", entry.path().display());
        }
    }
}

/// Of `.first.json.4711.0.new`, `first.json`.
fn target_of(draft: &str) -> Option<&str> {
    let (rest, count) = draft.strip_prefix('.')?.strip_suffix(END)?.rsplit_once('.')?;
    let (target, process) = rest.rsplit_once('.')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|letter| letter.is_ascii_digit());
    (is_number(count) && is_number(process)).then_some(target)
}

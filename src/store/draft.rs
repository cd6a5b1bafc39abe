//! Hidden files that are written as a whole: who only reads writes them too, beside others who do, in this process or another.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Puts `parts`, one after the other, in the place of what the file at `target` holds. They are written beside it first, under
/// a name that nobody else has; where that fails nothing is left.
pub(super) fn write_whole(target: &Path, parts: &[&[u8]]) -> io::Result<()> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut name = OsString::from(target.file_name().unwrap_or_default());
    name.push(format!(".{}.{count}.new", std::process::id()));
    let draft = target.with_file_name(name);
    let write = || -> io::Result<()> {
        let mut file = File::create(&draft)?;
        parts.iter().try_for_each(|part| file.write_all(part))?;
        fs::rename(&draft, target)
    };
    write().inspect_err(|_| drop(fs::remove_file(&draft)))
}

//! What is taken out of the way, and what is said of it.

use std::fs;
use std::path::{Path, PathBuf};

use super::{StoreError, durable};

/// The ending of what is set aside.
const ASIDE: &str = "torn";

/// What there is to say of a table whose latest version is not whole; `whole` is the one that is used instead.
pub(super) fn in_words(name: &str, latest: u64, whole: Option<u64>) -> String {
    match whole {
        Some(whole) => format!(
            "{name}.lance: version {latest} cannot be read, perhaps because the power failed while it was written. \
             Version {whole} is used instead; what was written to this table after that version has to be made again"
        ),
        None => format!(
            "{name}.lance cannot be read, perhaps because the power failed while it was written, and has no earlier \
             version. It was renamed to {name}.lance.{ASIDE}; make its contents again"
        ),
    }
}

/// Whether what lay at `path` was set aside at some time.
pub(super) fn was_set_aside(path: &Path) -> bool {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{ASIDE}"));
    Path::new(&name).exists()
}

/// What the name of a file was set aside from, maybe with a number behind it; `None` where it is none that was set aside.
pub(super) fn without_ending(name: &str) -> Option<&str> {
    name.strip_suffix(ASIDE)?.strip_suffix('.')
}

/// Adds an ending that no other program takes for a manifest or a table.
pub(super) fn rename(path: &Path) -> Result<(), StoreError> {
    let with_ending = |ending: String| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    };
    let numbered = (2..).map(|number| with_ending(format!(".{number}.{ASIDE}")));
    let aside = std::iter::once(with_ending(format!(".{ASIDE}"))).chain(numbered).find(|path| !path.exists());
    let aside = aside.unwrap_or_else(|| with_ending(format!(".{ASIDE}")));
    let set_aside = fs::rename(path, aside).and_then(|()| path.parent().map_or(Ok(()), durable::sync_folder));
    set_aside.map_err(|e| StoreError::from_io("cannot set aside what is not whole", path, e))
}

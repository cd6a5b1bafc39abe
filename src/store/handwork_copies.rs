//! Copies of the handwork, so that what went wrong with its tables costs a day and not the work of weeks: `.handwork` in the
//! workspace, `1.json` the newest. Each is a document that `tiramisu tags import` takes.

use std::fs;
use std::io;
use std::path::Path;
use std::time::{Duration, SystemTime};

use super::{StoreError, Workspace, durable, plain_file};
use crate::domain::{Handwork, OwnClass};

const FOLDER: &str = ".handwork";
/// So many are kept, each of another day.
const COPIES: u32 = 7;
const DAY: Duration = Duration::from_hours(24);

impl Workspace {
    /// Keeps a copy of the handwork, if the newest is older than a day and another one.
    ///
    /// # Errors
    /// When the workspace was opened for reading only, the tags cannot be read, or the disk does not let us.
    pub fn keep_copy_of_handwork(&self) -> Result<(), StoreError> {
        self.expect_writable()?;
        let folder = self.root().join(FOLDER);
        let path = |number: u32| folder.join(format!("{number}.json"));
        let failed = |error| StoreError::from_io("cannot keep a copy of the tags", &folder, error);
        plain_file::expect_no_link(&folder).map_err(failed)?;
        if is_young(&path(1)) {
            return Ok(());
        }
        // Whoever did nothing by hand need not wait until all that is known of the images is read.
        if !self.has_handwork()? {
            return Ok(());
        }
        let handwork = self.handwork()?;
        let Handwork { tags, labels, colours, clusters, classes, .. } = &handwork;
        let has_words = !tags.is_empty() || !labels.is_empty();
        if !has_words && colours.chosen.is_empty() && clusters.is_empty() && classes.is_empty() {
            return Ok(());
        }
        let content = serde_json::to_vec_pretty(&handwork).expect("names and paths make JSON");
        if plain_file::read(&path(1)).is_ok_and(|newest| newest == content) {
            // For a day it need not be looked at again.
            let looked_at = fs::File::options().append(true).open(path(1));
            return looked_at.and_then(|file| file.set_modified(SystemTime::now())).map_err(failed);
        }
        fs::create_dir_all(&folder).map_err(failed)?;
        for number in (1..COPIES).rev() {
            match fs::rename(path(number), path(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
                _ => {}
            }
        }
        durable::replace(&path(1), &content).map_err(failed)
    }

    /// The classes that a person made beside the table `features`, as the newest copy that can be read has them; none where there is no
    /// copy.
    pub(super) fn copied_classes(&self, features: &str) -> Vec<OwnClass> {
        let folder = self.root().join(FOLDER);
        if plain_file::expect_no_link(&folder).is_err() {
            return Vec::new();
        }
        let copies = (1..=COPIES).map(|number| plain_file::read(&folder.join(format!("{number}.json"))));
        let mut whole = copies.filter_map(|copy| serde_json::from_slice::<Handwork>(&copy.ok()?).ok());
        whole.next().map(|copy| copy.classes_made_beside(features)).unwrap_or_default()
    }
}

/// Whether a file was written within a day. One of the future was not: the clock was wrong then, or is now.
fn is_young(path: &Path) -> bool {
    let modified = fs::metadata(path).and_then(|metadata| metadata.modified());
    modified.is_ok_and(|modified| SystemTime::now().duration_since(modified).is_ok_and(|age| age < DAY))
}

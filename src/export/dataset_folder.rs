//! A folder that holds a data set: pictures in folders of their own, and what is said of them beside.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::copy::{Failure, place_one};
use super::{ExportError, ExportReport, ExportRow};
use crate::domain::DatasetOptions;

/// Where pictures go that are in no split while others are.
pub const NO_SPLIT: &str = "unassigned";

/// What a data set is written to, and how.
pub struct DatasetFolder<'a> {
    /// The folder, which is made if it is missing, and must be empty.
    pub folder: &'a Path,
    /// How it is laid out.
    pub options: &'a DatasetOptions,
    /// Hears how many rows are done after each.
    pub progress: &'a mut dyn FnMut(usize),
    /// Is asked before each row.
    pub cancelled: &'a dyn Fn() -> bool,
}

/// Writes a data set of rows.
pub type DatasetWriter = fn(&[ExportRow], &mut DatasetFolder<'_>) -> Result<ExportReport, ExportError>;

impl DatasetFolder<'_> {
    /// Makes the folder. What lies in one already would become part of the data set.
    ///
    /// # Errors
    /// When something lies in it, or the system does not let us.
    pub(super) fn make(&self) -> Result<(), ExportError> {
        let folder = self.folder;
        fs::create_dir_all(folder).map_err(|error| ExportError::from_writing(&error, folder))?;
        refuse_full(folder)
    }

    /// Puts the picture of a row into a folder of the data set, under `name` or the same with a number, and returns where it
    /// lies; `None` if it could not be read, which `report` says then.
    ///
    /// # Errors
    /// When no further one could be written either.
    pub(super) fn place(
        &self,
        row: &ExportRow,
        below: &Path,
        name: &str,
        report: &mut ExportReport,
    ) -> Result<Option<PathBuf>, ExportError> {
        let wanted = self.folder.join(below).join(safe_name(name));
        match place_one(&row.source, &wanted, self.options.placing)? {
            Ok(target) => {
                report.renamed += usize::from(target != wanted);
                report.copied.push(target.clone());
                Ok(Some(target))
            }
            Err(reason) => {
                report.failed.push(Failure { source: row.source.clone(), reason });
                Ok(None)
            }
        }
    }
}

/// Refuses a folder in which something lies; one that is not there yet is as good as empty.
///
/// # Errors
/// When something lies in it, it is a file, or the system does not let us look.
pub(super) fn refuse_full(folder: &Path) -> Result<(), ExportError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(ExportError::from_writing(&error, folder)),
    };
    let mut names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    match names.next() {
        Some(holds) => Err(ExportError::FolderNotEmpty { holds, others: names.count(), path: folder.to_owned() }),
        None => Ok(()),
    }
}

/// The folder of a row's split; `None` if no row is in one.
pub(super) fn split_of(row: &ExportRow, have_splits: bool) -> Option<String> {
    have_splits.then(|| row.said.split.as_deref().map_or_else(|| NO_SPLIT.to_owned(), safe_name))
}

/// Folders for names: whatever a name holds, its folder is a plain one, and no two names have the same.
#[derive(Default)]
pub(super) struct FolderNames {
    of: HashMap<String, String>,
    taken: HashSet<String>,
}

impl FolderNames {
    /// The folder for a name.
    pub(super) fn of(&mut self, name: &str) -> String {
        if let Some(known) = self.of.get(name) {
            return known.clone();
        }
        let found = Self::free(name, |candidate| self.taken.contains(candidate));
        self.taken.insert(found.to_lowercase());
        self.of.insert(name.to_owned(), found.clone());
        found
    }

    /// The folders that these names would get now.
    pub(super) fn would_be(&self, names: &[String]) -> Vec<String> {
        let mut new: Vec<(&str, String)> = Vec::new();
        for name in names {
            if !self.of.contains_key(name) && !new.iter().any(|(known, _)| known == name) {
                let is_new = |candidate: &str| new.iter().any(|(_, folder)| folder.to_lowercase() == candidate);
                let found = Self::free(name, |candidate| self.taken.contains(candidate) || is_new(candidate));
                new.push((name, found));
            }
        }
        let found = |name: &String| {
            let of_new = || new.iter().find(|(known, _)| known == name).map(|(_, folder)| folder);
            self.of.get(name).or_else(of_new).cloned().unwrap_or_default()
        };
        names.iter().map(found).collect()
    }

    /// The first folder for a name that nobody has.
    fn free(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
        let plain = safe_name(name);
        let numbered = (2..).map(|number| format!("{plain}_{number}"));
        let mut candidates = std::iter::once(plain.clone()).chain(numbered);
        // Where capitals count as small letters two folders would be one.
        candidates.find(|candidate| !is_taken(&candidate.to_lowercase())).unwrap_or(plain)
    }
}

/// A name that every system takes for one file or folder, and none for a way elsewhere.
pub(super) fn safe_name(name: &str) -> String {
    let is_plain = |letter: char| !letter.is_control() && !"/\\:*?\"<>|".contains(letter);
    let plain: String = name.chars().map(|letter| if is_plain(letter) { letter } else { '_' }).collect();
    match plain.trim_matches(' ').trim_end_matches('.') {
        "" => "_".to_owned(),
        // Hidden ones are passed over by whoever reads the data set.
        hidden if hidden.starts_with('.') => format!("_{hidden}"),
        plain => plain.to_owned(),
    }
}

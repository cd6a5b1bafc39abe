//! Which pictures go into which folders: the walk of who plans it, and of who copies or moves them there.

use std::collections::{BTreeMap, HashSet};
use std::iter::Enumerate;
use std::path::PathBuf;
use std::slice::Iter;

use super::ExportRow;
use super::dataset_folder::{FolderNames, split_of};
use crate::domain::FolderCounts;

/// Why what is in no class goes nowhere.
pub(super) const NO_CLASS: &str = "it is in no class, and so in no folder";

/// A row, and where it would go.
pub(super) struct Step<'a> {
    /// Where it stands among the rows.
    pub(super) place: usize,
    /// The row.
    pub(super) row: &'a ExportRow,
    /// The folder of its split; `None` if no row is in one.
    split: Option<String>,
    /// A folder for each of its classes, within that of the split, below the folder of all.
    pub(super) folders: Vec<PathBuf>,
}

/// The rows in their order. Asked for the same rows, of which the same go, it gives the same folders, also where two names would be one
/// folder: the second gets a number. A row that stays leaves its name to others.
pub(super) struct FolderWalk<'a> {
    rows: Enumerate<Iter<'a, ExportRow>>,
    have_splits: bool,
    names: FolderNames,
}

impl<'a> FolderWalk<'a> {
    /// Over these rows.
    pub(super) fn over(rows: &'a [ExportRow]) -> Self {
        let have_splits = rows.iter().any(|row| row.said.split.is_some());
        Self { rows: rows.iter().enumerate(), have_splits, names: FolderNames::default() }
    }

    /// The row goes, or is there already: its folders have their names from now on.
    pub(super) fn goes(&mut self, row: &ExportRow) {
        row.said.classes.iter().for_each(|class| drop(self.names.of(class)));
    }
}

impl<'a> Iterator for FolderWalk<'a> {
    type Item = Step<'a>;

    fn next(&mut self) -> Option<Step<'a>> {
        let (place, row) = self.rows.next()?;
        let split = split_of(row, self.have_splits);
        let names = self.names.would_be(&row.said.classes);
        let folders = names.into_iter().map(|name| split.iter().cloned().chain([name]).collect()).collect();
        Some(Step { place, row, split, folders })
    }
}

/// Counts what goes where.
#[derive(Default)]
pub(super) struct Counting {
    counts: FolderCounts,
    folders: HashSet<PathBuf>,
    splits: BTreeMap<String, usize>,
}

impl Counting {
    /// A picture goes into its folders.
    pub(super) fn goes(&mut self, step: Step<'_>) {
        self.counts.pictures += 1;
        self.counts.files += step.folders.len();
        self.folders.extend(step.folders);
        if let Some(split) = step.split {
            *self.splits.entry(split).or_insert(0) += 1;
        }
    }

    /// It goes nowhere.
    pub(super) fn stays(&mut self, step: &Step<'_>, reason: impl Into<String>) {
        self.counts.unclassed += usize::from(step.folders.is_empty());
        self.counts.left.push((step.row.source.display().to_string(), reason.into()));
    }

    /// What was counted.
    pub(super) fn end(self) -> FolderCounts {
        FolderCounts { folders: self.folders.len(), splits: self.splits.into_iter().collect(), ..self.counts }
    }
}

//! What was learned of other pictures than those on record: found and put right. See [`pictures`](super::pictures) for how
//! it comes about.
//!
//! Rows that can be made again are removed. Tags, imported labels and boxes, which nothing makes again, go by the paths they were
//! given with, and wait where a picture is not on record.

use lance::deps::datafusion::logical_expr::{ident, lit};

use super::checked::{Checked, latest_manifests};
use super::features::Maker;
use super::handwork::{self, BOXES, LABELS, TAGS, TagsApart};
use super::names::IMAGES;
use super::pictures::Comparison;
use super::table::Table;
use super::{StoreError, Workspace, channels};
use crate::domain::ImageId;

/// So many ids are named at a time when rows are removed.
const PORTION: usize = 16_384;

/// What does not fit the images on record, or did not: names of tables, and how many images each had such rows of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MisfitReport {
    /// Tables of vectors.
    pub vectors: Vec<(String, usize)>,
    /// Tables of what was found in vectors and pictures: clusters, maps and their kin. Lists of exemplars are not among them:
    /// they are made from the vectors anew without anybody's asking.
    pub results: Vec<(String, usize)>,
    /// Tags whose pictures have other ids, or none.
    pub tags: TagsApart,
    /// The same of imported labels.
    pub labels: TagsApart,
    /// The same of boxes.
    pub boxes: TagsApart,
    checked: Checked,
}

impl MisfitReport {
    fn add(&mut self, name: String, table: &Table, images: usize) {
        match Maker::of_schema(&table.schema()) {
            Some(_) => self.vectors.push((name, images)),
            None if channels::is_exemplars(&name) => {}
            None => self.results.push((name, images)),
        }
    }

    /// Whether tags, labels or boxes belong to pictures that are on record under another id.
    pub fn has_moved(&self) -> bool {
        [self.tags, self.labels, self.boxes].iter().any(|apart| apart.moved > 0)
    }

    /// Whether tags, labels or boxes belong to pictures that are not on record.
    pub fn waits(&self) -> bool {
        [self.tags, self.labels, self.boxes].iter().any(|apart| apart.waiting > 0)
    }

    fn set_apart(&mut self, name: &str, apart: TagsApart) {
        match name {
            TAGS => self.tags = apart,
            LABELS => self.labels = apart,
            _ => self.boxes = apart,
        }
    }
}

impl Workspace {
    /// The images that `table` has rows of which were made from another picture, or from one that is not on record:
    /// ascending.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn misfits(&self, table: &str) -> Result<Vec<ImageId>, StoreError> {
        let opened = self.read_table(table)?;
        Ok(self.results().misfits(table, &opened)?.into_iter().map(ImageId).collect())
    }

    /// What does not fit the images on record, in all tables. Nothing is changed.
    ///
    /// # Errors
    /// When a table of vectors cannot be read.
    pub fn misfit_report(&self) -> Result<MisfitReport, StoreError> {
        // Before and after: somebody may write meanwhile.
        let before = latest_manifests(self.root())?;
        if Checked::is_as_it_was(self.root(), &before) {
            return Ok(MisfitReport::default());
        }
        let tables = self.our_tables()?;
        let mut is_all_said = tables.len() == before.len();
        let mut comparison = self.results().comparison()?;
        let mut misfit_report = MisfitReport::default();
        for (name, table) in tables.into_iter().filter(|(name, _)| name != IMAGES) {
            if handwork::is_called_so(&name) {
                let found = handwork::apart(&name, &table, &mut comparison);
                is_all_said &= found.as_ref().is_ok_and(|apart| *apart == TagsApart::default());
                misfit_report.set_apart(&name, or_none(found));
                continue;
            }
            match wrong(&mut comparison, &name, &table) {
                Ok((wrong, are_all)) if wrong.is_empty() => is_all_said &= are_all,
                Ok((wrong, _)) => {
                    is_all_said = false;
                    misfit_report.add(name, &table, wrong.len());
                }
                Err(error) => {
                    is_all_said = false;
                    pass_over(&table, error)?;
                }
            }
        }
        misfit_report.checked = comparison.into_checked();
        if is_all_said && latest_manifests(self.root())? == before {
            misfit_report.checked.note_all(before);
        }
        Ok(misfit_report)
    }

    /// Remembers which tables were found to fit, so that they need not be compared the next time. That may fail, and nobody
    /// needs to know.
    pub fn remember_fitting(&self, misfit_report: &MisfitReport) {
        if !self.only_looks() {
            misfit_report.checked.write(self.root());
        }
    }

    /// Removes rows of other pictures than those on record from every table that can be made again; earlier versions still
    /// have them. Gives tags, imported labels and boxes back to their pictures. Returns what did not fit.
    ///
    /// # Errors
    /// When the workspace was opened for reading only, when a table of vectors cannot be read, and when the disk does not let
    /// us.
    pub fn repair(&mut self) -> Result<MisfitReport, StoreError> {
        let recorder = self.recorder()?;
        let mut misfit_report = MisfitReport::default();
        let mut set_aside = Vec::new();
        let tables = self.our_tables_with_remarks(&mut set_aside)?;
        self.repaired.extend(set_aside);
        let mut comparison = self.results().comparison()?;
        for (name, mut table) in tables.into_iter().filter(|(name, _)| name != IMAGES && !handwork::is_called_so(name))
        {
            let (misfits, are_all) = match wrong(&mut comparison, &name, &table) {
                Ok(wrong) => wrong,
                Err(error) => {
                    pass_over(&table, error)?;
                    continue;
                }
            };
            for portion in misfits.chunks(PORTION) {
                let ids = portion.iter().map(|id| lit(*id)).collect();
                table.remove_where(ident("id").in_list(ids, false))?;
            }
            if !misfits.is_empty() {
                if are_all {
                    comparison.note(&name, &table);
                }
                misfit_report.add(name, &table, misfits.len());
            }
        }
        for name in [TAGS, LABELS, BOXES] {
            misfit_report.set_apart(name, or_none(recorder.settle(name, &mut comparison)));
        }
        comparison.into_checked().write(self.root());
        Ok(misfit_report)
    }
}

/// The images whose rows are to go from a table, and whether no other row is a misfit. What was found of pictures that
/// are not on
/// record stays: an extraction that was stopped may have met them without recording them, and whoever reads leaves them out.
fn wrong(comparison: &mut Comparison, name: &str, table: &Table) -> Result<(Vec<u32>, bool), StoreError> {
    let misfits = comparison.misfits(name, table)?;
    if misfits.is_empty() || Maker::of_schema(&table.schema()).is_some() {
        return Ok((misfits, true));
    }
    let (all, pictures) = (misfits.len(), comparison.pictures()?);
    let wrong: Vec<u32> = misfits.into_iter().filter(|id| pictures.key(*id).is_some()).collect();
    let are_all = wrong.len() == all;
    Ok((wrong, are_all))
}

/// Wherever tags are read they go by their paths, and whoever reads them hears why they cannot be read: neither is a reason
/// not to open the workspace.
fn or_none(tags: Result<TagsApart, StoreError>) -> TagsApart {
    tags.unwrap_or_else(|error| {
        tracing::warn!("tags, labels or boxes are left as they are: {error}");
        TagsApart::default()
    })
}

/// A finding that cannot be read is none, and whoever asks for it hears why. Vectors are another matter.
fn pass_over(table: &Table, error: StoreError) -> Result<(), StoreError> {
    match Maker::of_schema(&table.schema()) {
        Some(_) => Err(error),
        None => {
            tracing::warn!("{error}");
            Ok(())
        }
    }
}

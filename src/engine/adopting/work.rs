//! Rows in, images and vectors to the disk.

use std::io::Read;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::paths::RowPaths;
use super::pending::Pending;
use super::picture::NewPicture;
use super::plan::Plan;
use super::reading::{Incoming, Next};
use super::{AdoptReport, AdoptWish, WHAT};
use crate::domain::{ImageId, ImageRecord, ImageSet};
use crate::engine::collection::naming::{ImageNames, Named};
use crate::engine::collection::repair;
use crate::engine::message::{Problem, Progress};
use crate::engine::options::EngineOptions;
use crate::engine::places;
use crate::engine::thread::readers::Readers;
use crate::images;
use crate::store::stream::{BroughtKey, BroughtRows};
use crate::store::{FeatureTable, StoreError, Workspace};

/// As [`super::adopt`].
pub(super) fn run(
    wish: &AdoptWish,
    options: &EngineOptions,
    input: Box<dyn Read + Send>,
    progress: &Progress,
) -> Result<AdoptReport, Problem> {
    let incoming = Incoming::start(input, wish.key.clone())?;
    // First what is read: without it there is nothing to make a workspace for.
    let columns = match incoming.columns(progress)? {
        Next::Here(columns) => columns,
        Next::End | Next::Stopped => return Ok(AdoptReport { stopped: true, ..AdoptReport::default() }),
    };
    let plan = Plan::new(wish, &columns, options)?;
    let mut work = Work::open(wish, options, plan)?;
    loop {
        match incoming.rows(progress)? {
            Next::Here(rows) => work.take(&rows, progress)?,
            Next::End => break,
            Next::Stopped => {
                work.report.stopped = true;
                break;
            }
        }
    }
    // Also what was on its way when it was stopped.
    work.commit()?;
    Ok(work.report)
}

struct Work {
    plan: Plan,
    folder: PathBuf,
    workspace: Workspace,
    /// Made with the first vectors, if it is not there.
    table: Option<FeatureTable>,
    paths: RowPaths,
    names: ImageNames,
    /// Every image on record or about to be, by id.
    records: Vec<ImageRecord>,
    /// Images with vectors in the table.
    with_vectors: ImageSet,
    /// Images that a row was of.
    met: ImageSet,
    pending: Pending,
    report: AdoptReport,
}

/// Rows that pictures are decoded for together.
const ROWS_TOGETHER: usize = 512;

impl Work {
    fn open(wish: &AdoptWish, options: &EngineOptions, mut plan: Plan) -> Result<Self, Problem> {
        let refused = |error: StoreError| Problem::new("The workspace could not be opened", error);
        let folder = existing(&wish.folder)?;
        let root = match &wish.workspace {
            Some(root) => root.clone(),
            None => places::default_workspace(&folder, &places::data_dir(options.data_dir.as_deref())?),
        };
        let mut workspace = Workspace::open_or_create(&root, &folder).map_err(refused)?;
        let mut remarks = repair::repair(&mut workspace).map_err(refused)?.remarks;
        let table = workspace.find_features(&plan.spec.table_name()).map_err(refused)?;
        let mut with_vectors = ImageSet::default();
        let table = match table {
            Some(table) => {
                remarks.extend(plan.fit(&table)?);
                table.ids().iter().for_each(|id| {
                    with_vectors.insert(*id);
                });
                Some(workspace.features_in(&plan.spec, &plan.single).map_err(|error| Problem::new(WHAT, error))?)
            }
            None => None,
        };
        let records = workspace.images().map_err(refused)?;
        let mut layers: Vec<String> = plan.spec.columns.iter().map(|(stored, _)| stored.layer.clone()).collect();
        layers.dedup();
        let report = AdoptReport {
            workspace: root,
            network: plan.spec.network.clone(),
            table: plan.spec.table_name(),
            layers,
            remarks,
            ..AdoptReport::default()
        };
        Ok(Self {
            names: ImageNames::of(&folder, &records),
            paths: RowPaths { folder: folder.clone(), prefix: wish.prefix.clone() },
            plan,
            folder,
            workspace,
            table,
            records,
            with_vectors,
            met: ImageSet::default(),
            pending: Pending::default(),
            report,
        })
    }

    /// Takes in a batch; commits when there is enough.
    fn take(&mut self, rows: &BroughtRows, progress: &Progress) -> Result<(), Problem> {
        for first in (0..rows.len()).step_by(ROWS_TOGETHER) {
            if progress.is_cancelled() {
                return Ok(());
            }
            let some = first..rows.len().min(first + ROWS_TOGETHER);
            let (count, before) = (some.len(), self.left_out());
            self.take_some(rows, some);
            progress.add(count, self.left_out() - before);
            if self.pending.is_due() {
                self.commit()?;
            }
        }
        Ok(())
    }

    fn take_some(&mut self, rows: &BroughtRows, some: std::ops::Range<usize>) {
        let mut new = Vec::new();
        for row in some {
            self.report.rows += 1;
            self.take_row(rows, row, &mut new);
        }
        let (folder, are_own) = (&self.folder, self.plan.are_own);
        let describe = |picture: &NewPicture| picture.describe(rows, are_own, folder);
        let described: Vec<_> = Readers::Job.run(|| new.par_iter().map(describe).collect());
        for image in described {
            let record = &image.record;
            if let Some(problem) = &record.problem {
                self.report.unreadable.add(|| format!("{}: {problem}", record.path.text));
            }
            self.report.recorded += 1;
            self.pending.add_image(image);
        }
    }

    fn take_row(&mut self, rows: &BroughtRows, row: usize, new: &mut Vec<NewPicture>) {
        let has_all = self.plan.places.iter().all(|place| rows.vector(*place, row).is_some());
        let is_good = !self.plan.are_own || self.plan.places.iter().all(|place| rows.is_finite(*place, row));
        let written = in_words(rows.key(row));
        let found = match self.find(rows.key(row)) {
            Ok(found) => found,
            Err(why) => return self.report.unknown.add(|| format!("{written}: {why}")),
        };
        // Only a network's pictures are worth a record without a vector: it says why there is none.
        if self.plan.are_own && !has_all {
            return self.report.without_vector.add(|| written);
        }
        if !is_good {
            return self.report.not_finite.add(|| written);
        }
        let id = match found {
            Named::Image(id) => id,
            Named::File(path) => match images::find_one(&self.folder, &path) {
                Ok(Some(found)) => {
                    let id =
                        ImageId(u32::try_from(self.records.len()).expect("a collection has fewer than 2^32 images"));
                    let picture = NewPicture { id, found, row };
                    self.names.add(path, id);
                    self.records.push(picture.record());
                    new.push(picture);
                    id
                }
                Ok(None) => {
                    let why = "it is hidden, or not named like a picture, and would not be found in the folder";
                    return self.report.unknown.add(|| format!("{written}: {why}"));
                }
                Err(error) => return self.report.unknown.add(|| format!("{written}: {error}")),
            },
        };
        if !self.met.insert(id) {
            return self.report.twice.add(|| written);
        }
        if !has_all {
            if rows.size(row).is_some() {
                let why = rows.problem(row).unwrap_or("it has no vector").to_owned();
                self.report.without_vector.add(|| format!("{written}: {why}"));
            }
            return;
        }
        let had_some = self.with_vectors.contains(id);
        if had_some && !self.plan.are_own {
            self.report.already += 1;
            return;
        }
        self.report.stored += 1;
        self.report.replaced += usize::from(had_some);
        self.with_vectors.insert(id);
        self.pending.add_vectors(&self.records[id.index()], rows, row, &self.plan, had_some);
    }

    fn find(&self, key: BroughtKey<'_>) -> Result<Named, String> {
        match key {
            BroughtKey::Path("") | BroughtKey::Missing => Err("the row names no image".to_owned()),
            BroughtKey::Path(path) => self.paths.look_up(path, &self.names).map_err(str::to_owned),
            BroughtKey::Id(id) => match usize::try_from(id) {
                Ok(index) if index < self.records.len() => Ok(Named::Image(self.records[index].id)),
                _ => Err(format!("there is no image of this number; there are {}", self.records.len())),
            },
        }
    }

    /// Rows that did not come in.
    fn left_out(&self) -> usize {
        let AdoptReport { unreadable, unknown, twice, without_vector, not_finite, .. } = &self.report;
        [unreadable, unknown, twice, without_vector, not_finite].iter().map(|remarks| remarks.count).sum()
    }

    /// Images first, vectors second: an image without vectors is found and done again, vectors without an image would belong to
    /// nobody.
    fn commit(&mut self) -> Result<(), Problem> {
        let pending = std::mem::take(&mut self.pending);
        let (images, rows) = (pending.images.len(), pending.rows.ids.len());
        let _commit = tracing::debug_span!("commit", images, rows).entered();
        self.write(pending).map_err(|error| Problem::new(WHAT, error))
    }

    fn write(&mut self, pending: Pending) -> Result<(), StoreError> {
        let Pending { images, rows, replaces, .. } = pending;
        if !images.is_empty() {
            self.workspace.append_images(images)?;
        }
        if rows.ids.is_empty() {
            return Ok(());
        }
        let table = match &mut self.table {
            Some(table) => table,
            None => self.table.insert(self.workspace.features_in(&self.plan.spec, &self.plan.single)?),
        };
        match replaces {
            true => table.replace(rows)?,
            false => table.append(rows)?,
        };
        Ok(())
    }
}

fn in_words(key: BroughtKey<'_>) -> String {
    match key {
        BroughtKey::Path(path) => path.to_owned(),
        BroughtKey::Id(id) => format!("image {id}"),
        BroughtKey::Missing => "a row".to_owned(),
    }
}

/// The folder, absolute.
fn existing(folder: &Path) -> Result<PathBuf, Problem> {
    let what = "The folder could not be opened";
    match std::fs::metadata(folder) {
        Ok(metadata) if metadata.is_dir() => std::path::absolute(folder).map_err(|error| Problem::new(what, error)),
        Ok(_) => {
            Err(Problem::new(what, format!("this is a file; name the folder with the pictures: {}", folder.display())))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Err(Problem::new(what, format!("there is no such folder: {}", folder.display())))
        }
        Err(error) => Err(Problem::new(what, format!("{error}: {}", folder.display()))),
    }
}

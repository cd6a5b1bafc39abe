//! One Lance table, driven from ordinary threads.

mod added_columns;
mod commits;
mod newest_whole;

use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;

use super::driver::Driver;
use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;
use futures::TryStreamExt;
use lance::Dataset;
use lance::dataset::ProjectionRequest;
use lance::dataset::cleanup::CleanupPolicyBuilder;
use lance::dataset::scanner::Scanner;
use lance::deps::datafusion::logical_expr::Expr;
use lance::table::format::Fragment;

use super::manifests::{ManifestFile, is_latest_cut, is_table, latest_manifest_at};
use super::{Stamp, StoreError, Version, version_names};
use crate::domain::{LostName, StorageLayout};

/// Bytes in flight from the disk during a scan (Lance's default: 2 GiB). Far above the largest page (8 MiB), which is
/// what a scan needs to make progress.
pub(super) const SCAN_BUFFER_BYTES: u64 = 64 << 20;

/// Batches decoded at a time (Lance's default: as many as the machine has cores), each some MiB.
const MOST_BATCHES_AHEAD: usize = 4;

/// A Lance dataset, the driver that drives it and the path for messages.
#[derive(Clone)]
pub(super) struct Table {
    pub(super) path: PathBuf,
    pub(super) dataset: Dataset,
    pub(super) driver: Arc<Driver>,
    /// So many small fragments are let stand.
    pub(super) tolerated: usize,
    /// The manifests of later versions that cannot be read.
    pub(super) torn: Vec<PathBuf>,
    /// The latest manifest when it was looked at last, if that was this version's.
    pub(super) seen: Option<ManifestFile>,
}

impl Table {
    /// Opens the latest version of the table at `path` that is whole.
    pub(super) fn open(driver: &Arc<Driver>, path: &Path) -> Result<Self, StoreError> {
        // Looked at first: of zeros Lance makes a table without columns.
        let opened = match is_latest_cut(path) {
            true => Err(StoreError::Damaged { reason: "no version of it is whole".to_owned(), path: path.to_owned() }),
            false => Self::load(driver, path, None),
        };
        match opened {
            Err(damage @ StoreError::Damaged { .. }) => Self::open_newest_whole(driver, path).ok_or(damage),
            opened => opened,
        }
    }

    /// Opens a version of the table at `path`, or the latest one.
    pub(super) fn load(driver: &Arc<Driver>, path: &Path, version: Option<u64>) -> Result<Self, StoreError> {
        expect_no_links(path)?;
        let dataset = driver.open(uri(path)?, version).map_err(|e| StoreError::from_opening(path, e))?;
        let tolerated = StorageLayout::of(None).small_fragments;
        Ok(Self { path: path.to_owned(), dataset, driver: driver.clone(), tolerated, torn: Vec::new(), seen: None })
    }

    /// Lets so many small fragments stand before they are put together.
    pub(super) fn tolerating(mut self, small_fragments: usize) -> Self {
        self.tolerated = small_fragments;
        self
    }

    /// Opens the table to append to it, or makes it. A latest version that is damaged inside would be in the way of the next
    /// commit, and is set aside. What a process killed while making it left behind is no table.
    pub(super) fn open_or_create(driver: &Arc<Driver>, path: &Path, schema: SchemaRef) -> Result<Self, StoreError> {
        if is_table(path) {
            return Self::open_to_write(driver, path);
        }
        // An empty table has no data files, so these belonged to a table that lost its manifests.
        if path.join("data").read_dir().is_ok_and(|mut files| files.next().is_some()) {
            let reason = "the table has data but no manifest".to_owned();
            return Err(StoreError::Damaged { reason, path: path.to_owned() });
        }
        Self::create(driver, path, schema)
    }

    fn open_to_write(driver: &Arc<Driver>, path: &Path) -> Result<Self, StoreError> {
        let mut table = Self::open(driver, path)?;
        if let Some(remark) = table.set_torn_aside()? {
            tracing::warn!("{remark}");
        }
        Ok(table)
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its columns, and its metadata.
    pub(super) fn schema(&self) -> arrow_schema::Schema {
        arrow_schema::Schema::from(self.dataset.schema())
    }

    /// Number of rows, from the manifest.
    pub(super) fn rows(&self) -> Result<usize, StoreError> {
        self.driver
            .block_on(self.dataset.count_rows(None))
            .map_err(|e| StoreError::from_lance("cannot count the rows", &self.path, e))
    }

    /// The version this handle sees.
    pub(super) fn version(&self) -> u64 {
        self.dataset.version_id()
    }

    /// Which state this handle sees, also if the table is deleted and made again.
    pub(super) fn stamp(&self) -> Stamp {
        let version = self.dataset.version();
        Stamp { version: version.version, committed_unix_micros: version.timestamp.timestamp_micros() }
    }

    /// All versions that are still there, oldest first.
    pub(super) fn versions(&self) -> Result<Vec<Version>, StoreError> {
        let mut versions: Vec<Version> = self
            .lance_versions()?
            .into_iter()
            .map(|v| Version { number: v.version, committed_unix_secs: v.timestamp.timestamp() })
            .collect();
        versions.sort_by_key(|version| version.number);
        Ok(versions)
    }

    /// Moves on to the latest version that is whole, which another process may have committed. Where the latest manifest is the file
    /// that it was, that is known by a look at their folder.
    pub(super) fn refresh(&mut self) -> Result<(), StoreError> {
        let latest = latest_manifest_at(&self.path).ok().flatten();
        let is_this = |latest: &ManifestFile| latest.number() == self.version();
        if self.torn.is_empty() && latest.is_some() && latest == self.seen && latest.as_ref().is_some_and(is_this) {
            return Ok(());
        }
        self.seen = None;
        self.move_on()?;
        // Looked at before: what came meanwhile is another file.
        let is_this = |latest: &ManifestFile| latest.number() == self.version();
        self.seen = latest.filter(is_this);
        Ok(())
    }

    fn move_on(&mut self) -> Result<(), StoreError> {
        if !is_latest_cut(&self.path) {
            match self.driver.block_on(self.dataset.checkout_latest()) {
                Ok(()) => {
                    self.torn.clear();
                    return Ok(());
                }
                Err(error) => {
                    let error = StoreError::from_opening(&self.path, error);
                    if !matches!(error, StoreError::Damaged { .. }) {
                        return Err(error);
                    }
                }
            }
        }
        *self = Self::open(&self.driver, &self.path)?.tolerating(self.tolerated);
        Ok(())
    }

    /// Hands the rows of `columns` to `each`, batch after batch, in the table's order.
    pub(super) fn scan(
        &self,
        columns: &[&str],
        batch_rows: usize,
        mut each: impl FnMut(&RecordBatch) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.scan_where(None, columns, batch_rows, |batch| each(batch).map(ControlFlow::Continue))
    }

    /// As [`scan`](Self::scan), with Lance's names of the rows in the column [`ROW_ID`](super::lance_names::ROW_ID).
    pub(super) fn scan_named(
        &self,
        columns: &[&str],
        batch_rows: usize,
        mut each: impl FnMut(&RecordBatch) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let with_names = |scanner: &mut Scanner| {
            scanner.with_row_id();
        };
        self.scan_as(with_names, columns, batch_rows, |batch| each(batch).map(ControlFlow::Continue))
    }

    /// As [`scan`](Self::scan), of the rows for which `filter` is true, and until `each` wants no more.
    pub(super) fn scan_where(
        &self,
        filter: Option<Expr>,
        columns: &[&str],
        batch_rows: usize,
        each: impl FnMut(&RecordBatch) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let filtered = |scanner: &mut Scanner| {
            if let Some(filter) = filter {
                scanner.filter_expr(filter);
            }
        };
        self.scan_as(filtered, columns, batch_rows, each)
    }

    /// As [`scan`](Self::scan), of these fragments, and as long as `each` wants more.
    pub(super) fn scan_fragments(
        &self,
        fragments: Vec<Fragment>,
        columns: &[&str],
        batch_rows: usize,
        mut each: impl FnMut(&RecordBatch) -> Result<bool, StoreError>,
    ) -> Result<(), StoreError> {
        let of_these = |scanner: &mut Scanner| {
            scanner.with_fragments(fragments).scan_in_order(true);
        };
        self.scan_as(of_these, columns, batch_rows, |batch| {
            Ok(if each(batch)? { ControlFlow::Continue(()) } else { ControlFlow::Break(()) })
        })
    }

    fn scan_as(
        &self,
        set_up: impl FnOnce(&mut Scanner),
        columns: &[&str],
        batch_rows: usize,
        mut each: impl FnMut(&RecordBatch) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let failed = |e| StoreError::from_lance("cannot read the table", &self.path, e);
        self.driver.block_on(async {
            let mut scanner = self.dataset.scan();
            scanner.project(columns).map_err(failed)?;
            scanner.batch_size(batch_rows).io_buffer_size(SCAN_BUFFER_BYTES).batch_readahead(batches_ahead());
            set_up(&mut scanner);
            let mut batches = pin!(scanner.try_into_stream().await.map_err(failed)?);
            while let Some(batch) = batches.try_next().await.map_err(failed)? {
                if each(&batch)?.is_break() {
                    break;
                }
            }
            Ok(())
        })
    }

    /// The rows at `positions`, in that order.
    pub(super) fn take(&self, positions: &[u64], columns: &[&str]) -> Result<RecordBatch, StoreError> {
        let projection = ProjectionRequest::from_columns(columns, self.dataset.schema());
        self.driver
            .block_on(self.dataset.take(positions, projection))
            .map_err(|e| StoreError::from_lance("cannot read rows of the table", &self.path, e))
    }

    /// One number, or list of them, of the row at `position`. For more, and where rows before it were deleted, Lance sets up an engine
    /// for SQL, which takes longer than the read.
    pub(super) fn take_one(&self, position: u64, column: &str) -> Result<RecordBatch, StoreError> {
        let rows_of = |fragment: &Fragment| fragment.physical_rows.filter(|_| fragment.deletion_file.is_none());
        let mut whole =
            self.dataset.fragments().iter().map_while(|fragment| Some((fragment.id, rows_of(fragment)? as u64)));
        let mut before = 0;
        let found = whole.find_map(|(fragment, rows)| {
            let place = position - before;
            before += rows;
            (place < rows).then_some((fragment, place))
        });
        let fragment = found.and_then(|(fragment, place)| {
            Some((self.dataset.get_fragment(usize::try_from(fragment).ok()?)?, u32::try_from(place).ok()?))
        });
        let Some((fragment, place)) = fragment else { return self.take(&[position], &[column]) };
        let failed = |e| StoreError::from_lance("cannot read a row of the table", &self.path, e);
        let projection = self.dataset.schema().project(&[column]).map_err(failed)?;
        self.driver.block_on(fragment.take(&[place], &projection)).map_err(failed)
    }

    /// Deletes all but the last `kept` versions, those that have a name, and files no version refers to; returns the bytes
    /// freed.
    ///
    /// Only with the write lock held: files of a commit that is still under way look like leftovers.
    pub(super) fn delete_old_versions(&mut self, kept: usize) -> Result<u64, StoreError> {
        let failed = |e| StoreError::from_lance("cannot delete old versions", &self.path, e);
        // No table that this program made takes its data from elsewhere, and what lies there is not ours to delete.
        if !self.dataset.manifest().base_paths.is_empty() {
            let reason = "part of its data lies in another folder, where nothing is deleted".to_owned();
            return Err(StoreError::Table { doing: "cannot delete old versions", reason, path: self.path.clone() });
        }
        // Lance would pass over them, and delete what they keep.
        for remark in version_names::set_unreadable_aside(&self.path)? {
            tracing::warn!("{remark}");
        }
        if let Some(LostName { name, .. }) = version_names::lost(&self.path)?.first() {
            let table = self.path.file_stem().unwrap_or_default().to_string_lossy();
            let reason = format!(
                "which version is called {name} is not known, since the name cannot be read. Name the version again (`tiramisu \
                 versions FOLDER name {name} --table {table} --version NUMBER`), or forget the name (`tiramisu versions FOLDER \
                 forget-name {name} --table {table}`)"
            );
            return Err(StoreError::Table { doing: "cannot delete old versions", reason, path: self.path.clone() });
        }
        if let Some(branch) = version_names::unreadable_branches(&self.path)?.first() {
            let name = branch.file_name().unwrap_or_default().to_string_lossy();
            let reason = format!("what another program's branch needs of it is not known, since {name} cannot be read");
            return Err(StoreError::Table { doing: "cannot delete old versions", reason, path: self.path.clone() });
        }
        let stats = self
            .driver
            .block_on(async {
                let policy = CleanupPolicyBuilder::default().retain_n_versions(&self.dataset, kept.max(1)).await?;
                // What has a name is kept, and that is no reason to keep the others.
                let policy = policy.delete_unverified(true).error_if_tagged_old_versions(false);
                self.dataset.cleanup_with_policy(policy.build()).await
            })
            .map_err(failed)?;
        Ok(stats.bytes_removed)
    }
}

/// A table that does not hold what it should.
pub(super) fn damaged(table: &Table, reason: &str) -> StoreError {
    StoreError::Damaged { reason: reason.to_owned(), path: table.path().to_owned() }
}

fn batches_ahead() -> usize {
    std::thread::available_parallelism().map_or(1, NonZero::get).min(MOST_BATCHES_AHEAD)
}

/// How many rows of `row_bytes` make a batch of about 8 MiB.
pub(super) fn batch_rows(row_bytes: usize) -> usize {
    ((8 << 20) / row_bytes.max(1)).clamp(64, 65_536)
}

/// The folders of a table.
const FOLDERS: [&str; 8] =
    ["data", "_versions", "_deletions", "_indices", "_transactions", "_refs", "_refs/tags", "_refs/branches"];

/// A workspace may have come from anywhere: what lies behind a link is another's, and nothing of it is read, written or deleted.
pub(super) fn expect_no_links(path: &Path) -> Result<(), StoreError> {
    let is_link = |path: &Path| path.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
    let mut places = std::iter::once(path.to_owned()).chain(FOLDERS.map(|folder| path.join(folder)));
    match places.find(|path| is_link(path)) {
        Some(path) => {
            let reason = "a link to another folder stands in the place of a table's own".to_owned();
            Err(StoreError::Damaged { reason, path })
        }
        None => Ok(()),
    }
}

fn uri(path: &Path) -> Result<&str, StoreError> {
    path.to_str().ok_or_else(|| StoreError::PathNotUnicode { root: path.to_owned() })
}

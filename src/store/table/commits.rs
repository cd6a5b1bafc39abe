//! What changes a table, each change one commit.
//!
//! Files first, then the version that names them: what commits puts all files on the disk before
//! ([`commit_order`](crate::store::commit_order)). The version itself is put there afterwards ([`Table::settle`]).

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchIterator, RecordBatchReader, UInt32Array};
use arrow_schema::{FieldRef, Schema, SchemaRef};
use lance::dataset::index::DatasetIndexRemapperOptions;
use lance::dataset::optimize::{CompactionOptions, commit_compaction, plan_compaction};
use lance::dataset::transaction::{Operation, Transaction, UpdateMap, UpdateMapEntry};
use lance::dataset::{
    CommitBuilder, DeleteBuilder, InsertBuilder, MergeInsertBuilder, WhenMatched, WhenNotMatched, WriteMode,
    WriteParams,
};
use lance::deps::datafusion::logical_expr::Expr;
use lance_table::io::commit::CommitHandler;

use super::{SCAN_BUFFER_BYTES, Table, uri};
use crate::store::driver::Driver;
use crate::store::manifests::is_table;
use crate::store::{StoreError, beside};

/// Fragments below this many rows are small, if they are small in bytes, too: left as they are they cost an open file and
/// a footer at every read.
const SMALL_FRAGMENT_ROWS: usize = 4096;
/// Larger fragments stay as they were committed: putting them together takes more memory than the commits did.
const SMALL_FRAGMENT_BYTES: usize = 3 << 20;
/// What could not be done where rows stay.
const NOT_REMOVED: &str = "cannot remove rows of the table";
/// Rows of so many bytes are rewritten at a time when fragments are put together.
const COMPACTION_BATCH_BYTES: usize = 1 << 20;

impl Table {
    /// Makes an empty table with `schema` at `path`; its first version.
    pub(in crate::store) fn create(driver: &Arc<Driver>, path: &Path, schema: SchemaRef) -> Result<Self, StoreError> {
        let nothing = RecordBatchIterator::new(Vec::new(), schema);
        Self::make(driver, path, "cannot create the table", Box::new(nothing))?;
        Self::open(driver, path)
    }

    /// Puts `rows` in the place of all the table has, as one commit, and returns its version; makes the table if there is
    /// none at `path`.
    pub(in crate::store) fn overwrite(
        driver: &Arc<Driver>,
        path: &Path,
        rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, StoreError> {
        const DOING: &str = "cannot write the table";
        if !is_table(path) {
            return Self::make(driver, path, DOING, rows);
        }
        let mut table = Self::open_to_write(driver, path)?;
        table.insert(DOING, WriteMode::Overwrite, rows)
    }

    /// Does the same, but makes a table that is not there in two commits: empty, and then with its rows. Rows whose first manifest is
    /// missing look like a table that lost its manifests, which nobody writes to; a process that is killed between the two leaves an
    /// empty table instead.
    pub(in crate::store) fn overwrite_made(
        driver: &Arc<Driver>,
        path: &Path,
        rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, StoreError> {
        if !is_table(path) {
            Self::create(driver, path, rows.schema())?;
        }
        Self::overwrite(driver, path, rows)
    }

    fn make(
        driver: &Arc<Driver>,
        path: &Path,
        doing: &'static str,
        rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, StoreError> {
        let commit_handler: Arc<dyn CommitHandler> = driver.commit_order(path);
        let params =
            WriteParams { mode: WriteMode::Create, commit_handler: Some(commit_handler), ..WriteParams::default() };
        let uri = uri(path)?;
        let made = driver.block_on(InsertBuilder::new(uri).with_params(&params).execute_stream(rows));
        let made = made.map_err(|e| StoreError::from_lance(doing, path, e))?;
        driver.settle(path)?;
        Ok(made.version_id())
    }

    /// Appends rows as one commit and returns its version. Batches are made when they are written, so that rows need
    /// not be in memory twice.
    pub(in crate::store) fn append(&mut self, rows: Box<dyn RecordBatchReader + Send>) -> Result<u64, StoreError> {
        self.insert("cannot append to the table", WriteMode::Append, rows)
    }

    fn insert(
        &mut self,
        doing: &'static str,
        mode: WriteMode,
        rows: Box<dyn RecordBatchReader + Send>,
    ) -> Result<u64, StoreError> {
        let params = WriteParams { mode, ..WriteParams::default() };
        let dataset = Arc::new(self.dataset.clone());
        let written = self.driver.block_on(async {
            InsertBuilder::new(dataset.clone()).with_params(&params).execute_uncommitted_stream(rows).await
        });
        let written = written.map_err(|e| StoreError::from_lance(doing, &self.path, e))?;
        self.commit(doing, CommitBuilder::new(dataset), written)
    }

    /// Puts `rows` in the place of those with the same `id`, and appends those whose `id` is new, as one commit; returns
    /// its version. What was replaced moves to the end of the table: the order of ids is lost.
    pub(in crate::store) fn upsert(&mut self, rows: RecordBatch) -> Result<u64, StoreError> {
        const DOING: &str = "cannot replace rows of the table";
        self.merge(DOING, rows, WhenMatched::UpdateAll, WhenNotMatched::InsertAll)
    }

    /// Removes the rows with these ids as one commit and returns its version. The versions before still have them.
    ///
    /// They are met as rows, since a predicate of all of them would be part of the version.
    pub(in crate::store) fn remove(&mut self, ids: &[u32]) -> Result<u64, StoreError> {
        let id: Vec<FieldRef> = self.schema().fields().iter().filter(|field| field.name() == "id").cloned().collect();
        let ids = RecordBatch::try_new(Arc::new(Schema::new(id)), vec![Arc::new(UInt32Array::from(ids.to_vec()))]);
        let ids = ids.map_err(|e| StoreError::from_lance(NOT_REMOVED, &self.path, e.into()))?;
        self.merge(NOT_REMOVED, ids, WhenMatched::Delete, WhenNotMatched::DoNothing)
    }

    /// Removes the rows for which `filter` is true, as one commit, and returns its version.
    pub(in crate::store) fn remove_where(&mut self, filter: Expr) -> Result<u64, StoreError> {
        let builder = DeleteBuilder::from_expr(Arc::new(self.dataset.clone()), filter);
        let removed = self.driver.block_on(builder.execute_uncommitted());
        let removed = removed.map_err(|e| StoreError::from_lance(NOT_REMOVED, &self.path, e))?;
        let builder = CommitBuilder::new(Arc::new(self.dataset.clone()));
        let builder = match removed.affected_rows {
            Some(rows) => builder.with_affected_rows(rows),
            None => builder,
        };
        self.commit(NOT_REMOVED, builder, removed.transaction)
    }

    /// Has the table's metadata say this of `key`, as one commit, and returns its version. The rows stay as they are.
    pub(in crate::store) fn describe(&mut self, key: &str, value: String) -> Result<u64, StoreError> {
        let update_entries = vec![UpdateMapEntry { key: key.to_owned(), value: Some(value) }];
        let described = Operation::UpdateConfig {
            config_updates: None,
            table_metadata_updates: None,
            schema_metadata_updates: Some(UpdateMap { update_entries, replace: false }),
            field_metadata_updates: HashMap::new(),
        };
        let described = Transaction::new(self.version(), described, None);
        self.commit("cannot describe the table", CommitBuilder::new(Arc::new(self.dataset.clone())), described)
    }

    fn merge(
        &mut self,
        doing: &'static str,
        rows: RecordBatch,
        matched: WhenMatched,
        not_matched: WhenNotMatched,
    ) -> Result<u64, StoreError> {
        let dataset = Arc::new(self.dataset.clone());
        let merged = self.driver.block_on(async {
            MergeInsertBuilder::try_new(dataset.clone(), vec!["id".to_owned()])?
                .when_matched(matched)
                .when_not_matched(not_matched)
                .try_build()?
                .execute_uncommitted_batches(vec![rows])
                .await
        });
        let merged = merged.map_err(|e| StoreError::from_lance(doing, &self.path, e))?;
        let builder = CommitBuilder::new(dataset);
        let builder = match merged.affected_rows {
            Some(rows) => builder.with_affected_rows(rows),
            None => builder,
        };
        self.commit(doing, builder, merged.transaction)
    }

    /// Commits what was written, and puts that on the disk: who hears of the version may rely on it. The
    /// version says which version of the images it belongs to.
    pub(in crate::store) fn commit(
        &mut self,
        doing: &'static str,
        builder: CommitBuilder<'_>,
        mut written: Transaction,
    ) -> Result<u64, StoreError> {
        written.transaction_properties = self.driver.images().map(beside::properties);
        let committed = self.driver.block_on(builder.execute(written));
        self.dataset = committed.map_err(|e| StoreError::from_lance(doing, &self.path, e))?;
        self.settle()?;
        Ok(self.version())
    }

    /// Puts what was committed on the disk, where the table's library commits by itself.
    pub(in crate::store) fn settle(&self) -> Result<(), StoreError> {
        self.driver.settle(&self.path)
    }

    /// Puts small fragments together when there are many of them, as one commit; returns whether it did.
    ///
    /// Row order is part of what a table promises, and Lance orders fragments by id while a rewritten fragment gets a
    /// new, higher id. So only the small fragments at the end of the table are rewritten, and one after another.
    /// `row_bytes` keeps the batches on the way small.
    pub(in crate::store) fn compact(&mut self, row_bytes: usize) -> Result<bool, StoreError> {
        let path = self.path.clone();
        let failed = |e| StoreError::from_lance("cannot merge the table's fragments", &path, e);
        let fragments = self.dataset.fragments();
        let small_rows = (SMALL_FRAGMENT_BYTES / row_bytes.max(1)).clamp(64, SMALL_FRAGMENT_ROWS);
        let is_small =
            |fragment: &lance::table::format::Fragment| fragment.num_rows().is_some_and(|rows| rows < small_rows);
        let small = fragments.iter().rev().take_while(|fragment| is_small(fragment)).count();
        if small <= self.tolerated.max(1) {
            return Ok(false);
        }
        let kept = &fragments[..fragments.len() - small];
        let options = CompactionOptions {
            target_rows_per_fragment: small_rows,
            num_threads: Some(1),
            // A dozen of them and more are on their way at once.
            batch_size: Some((COMPACTION_BATCH_BYTES / row_bytes.max(1)).clamp(16, 8192)),
            io_buffer_size: Some(SCAN_BUFFER_BYTES),
            excluded_fragment_ids: kept.iter().filter_map(|fragment| u32::try_from(fragment.id).ok()).collect(),
            ..CompactionOptions::default()
        };
        let rewritten = self.driver.block_on(async {
            let plan = plan_compaction(&self.dataset, &options).await?;
            let mut rewritten = Vec::with_capacity(plan.num_tasks());
            for task in plan.compaction_tasks() {
                rewritten.push(task.execute(&self.dataset).await?);
            }
            Ok::<_, lance::Error>((rewritten, plan.options))
        });
        let (rewritten, options) = rewritten.map_err(failed)?;
        let remap = Arc::new(DatasetIndexRemapperOptions::default());
        self.driver.block_on(commit_compaction(&mut self.dataset, rewritten, remap, &options)).map_err(failed)?;
        self.settle()?;
        Ok(true)
    }
}

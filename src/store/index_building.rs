//! An index built by Lance, around centres that it finds itself or is handed.
//!
//! Lance compares vectors in half precision one by one, with instructions that every processor has: of a million vectors of
//! 512 numbers, finding even 244 centres and each vector's nearest is nine tenths of the whole. Who has quicker ways hands both over.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use futures::channel::oneshot;
use futures::future::{Either, select};
use lance::index::DatasetIndexExt;
use lance::index::vector::VectorIndexParams;
use lance_index::IndexType;
use lance_index::progress::IndexBuildProgress;
use lance_index::vector::bq::RQBuildParams;
use lance_index::vector::hnsw::builder::HnswBuildParams;
use lance_index::vector::ivf::IvfBuildParams;
use lance_index::vector::pq::PQBuildParams;
use lance_index::vector::sq::builder::SQBuildParams;

use super::assigned_cells::{Assigned, GoOn, IndexCells};
use super::columns::Column;
use super::index::column_of;
use super::lance_names::{name_of, word};
use super::table::Table;
use super::{Recorder, StoreError};
use crate::domain::{IndexKind, Metric, StoredLayer};

/// Rows of a cell, at least: reading a cell takes a fraction of a millisecond, and a question from the command line, for which
/// none is in memory, a fifth less than with four times as many. Finding smaller cells would take longer than the codes of all rows.
const CELL_ROWS: usize = 1024;
/// Numbers that become a byte of a product-quantized code.
const SUB_VECTOR: usize = 16;
/// The share of the work that is done when each row has its cell, where cells are known.
const ASSIGNED: f32 = 0.4;
/// How often it is looked whether to stop, and told how far it is.
const TICK: Duration = Duration::from_millis(50);

/// How many cells an index over so many rows has.
pub fn index_cells(rows: usize) -> usize {
    // Of very many rows there are as many cells as rows in one, so that finding each row's cell grows no faster than rows^1.5.
    (rows / rows.isqrt().max(CELL_ROWS)).max(1)
}

impl Recorder {
    /// Builds an index over a column, in the place of one that is there. How well it finds is not known yet: measure it,
    /// then [`Recorder::save_index`].
    ///
    /// # Errors
    /// When the layer is not stored, has too few vectors to build of, or the disk does not let us.
    pub fn build_index(
        &self,
        features: &str,
        source: &StoredLayer,
        kind: IndexKind,
        metric: Metric,
    ) -> Result<u64, StoreError> {
        let built = self.build_index_in(features, source, kind, metric, None, &|_| true)?;
        Ok(built.expect("nobody stops it"))
    }

    /// As [`build_index`](Self::build_index), in cells that are known already, if there are any. `None` when stopped; what was
    /// there stays then.
    ///
    /// # Errors
    /// As [`build_index`](Self::build_index).
    pub fn build_index_in(
        &self,
        features: &str,
        source: &StoredLayer,
        kind: IndexKind,
        metric: Metric,
        cells: Option<&IndexCells<'_>>,
        go_on: GoOn<'_>,
    ) -> Result<Option<u64>, StoreError> {
        let mut table = self.features_table(features)?;
        let column = column_of(&table, source)?;
        let known = match cells {
            Some(cells) => match Assigned::of(self.root(), &table, &column, cells, &|share| go_on(share * ASSIGNED))? {
                Some(known) => Some(known),
                None => return Ok(None),
            },
            None => None,
        };
        let ivf = match (&known, cells) {
            (Some(known), Some(cells)) => known.params(&column, &cells.centres),
            _ => IvfBuildParams::new(index_cells(table.rows()?)),
        };
        let unknown =
            |_| StoreError::RowsDoNotFit { reason: "an unknown measure".to_owned(), path: table.path().to_owned() };
        let metric = word(metric).try_into().map_err(unknown)?;
        let (index, params) = match kind {
            IndexKind::IvfRq => {
                (IndexType::IvfRq, VectorIndexParams::with_ivf_rq_params(metric, ivf, RQBuildParams::default()))
            }
            IndexKind::IvfHnswSq => (
                IndexType::IvfHnswSq,
                VectorIndexParams::with_ivf_hnsw_sq_params(
                    metric,
                    ivf,
                    HnswBuildParams::default(),
                    SQBuildParams::default(),
                ),
            ),
            IndexKind::IvfPq => {
                // As many parts as divide the vector evenly.
                let parts =
                    (1..=(column.channels / SUB_VECTOR).max(1)).rev().find(|parts| column.channels % parts == 0);
                let codes = PQBuildParams { num_sub_vectors: parts.unwrap_or(1), ..PQBuildParams::default() };
                (IndexType::IvfPq, VectorIndexParams::with_ivf_pq_params(metric, ivf, codes))
            }
        };
        let failed = |error| StoreError::from_lance("cannot build the index", &self.path_of(features), error);
        let before = if known.is_some() { ASSIGNED } else { 0.0 };
        let go_on = |share: f32| go_on(before + (1.0 - before) * share);
        let built = build(self, &mut table, &column, (index, &params), &go_on).map_err(failed)?;
        if built {
            table.settle()?;
        }
        Ok(built.then(|| table.version()))
    }
}

/// Builds on a thread of its own, while this one asks whether to go on. `false` when not.
fn build(
    recorder: &Recorder,
    table: &mut Table,
    column: &Column,
    (index, params): (IndexType, &VectorIndexParams),
    go_on: GoOn<'_>,
) -> lance::Result<bool> {
    let progress = Arc::new(Stages::default());
    let (stop, stopped) = oneshot::channel::<()>();
    let driver = recorder.driver();
    let columns = [column.name.as_str()];
    let dataset = &mut table.dataset;
    std::thread::scope(|scope| {
        let told = progress.clone();
        let work = scope.spawn(move || {
            let builder = dataset.create_index_builder(&columns, index, params).name(name_of(column)).replace(true);
            let building = builder.progress(told).into_future();
            driver.block_on(async {
                match select(building, pin!(stopped)).await {
                    Either::Left((built, _)) => built.map(|_| true),
                    // What was begun is dropped, and nothing of it committed.
                    Either::Right((Ok(()), _)) => Ok(false),
                    // Nobody is left who could say so.
                    Either::Right((Err(_), building)) => building.await.map(|_| true),
                }
            })
        });
        let mut stop = Some(stop);
        while !work.is_finished() {
            std::thread::sleep(TICK);
            if !go_on(progress.share())
                && let Some(stop) = stop.take()
            {
                stop.send(()).ok();
            }
        }
        work.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// How far Lance is: most of its work is in two stages, codes of all rows, and cells put together.
#[derive(Debug, Default)]
struct Stages {
    total: AtomicU64,
    per_mille: AtomicU32,
}

const CODES: &str = "shuffle";
const CELLS: &str = "merge_partitions";

impl Stages {
    fn share(&self) -> f32 {
        self.per_mille.load(Ordering::Relaxed) as f32 / 1000.0
    }

    fn is_at(&self, stage: &str, done: u64) {
        let total = self.total.load(Ordering::Relaxed).max(1);
        let (from, width) = match stage {
            CODES => (100, 600),
            CELLS => (700, 300),
            _ => return,
        };
        self.per_mille.store(from + (done.min(total) * width / total) as u32, Ordering::Relaxed);
    }
}

type Told<'a> = Pin<Box<dyn Future<Output = lance::Result<()>> + Send + 'a>>;

// As `async_trait` writes it.
impl IndexBuildProgress for Stages {
    fn stage_start<'a, 'b, 'c, 'd>(&'a self, stage: &'b str, total: Option<u64>, _unit: &'c str) -> Told<'d>
    where
        'a: 'd,
        'b: 'd,
        'c: 'd,
        Self: 'd,
    {
        self.total.store(total.unwrap_or(0), Ordering::Relaxed);
        self.is_at(stage, 0);
        Box::pin(async { Ok(()) })
    }

    fn stage_progress<'a, 'b, 'd>(&'a self, stage: &'b str, completed: u64) -> Told<'d>
    where
        'a: 'd,
        'b: 'd,
        Self: 'd,
    {
        self.is_at(stage, completed);
        Box::pin(async { Ok(()) })
    }

    fn stage_complete<'a, 'b, 'd>(&'a self, _stage: &'b str) -> Told<'d>
    where
        'a: 'd,
        'b: 'd,
        Self: 'd,
    {
        Box::pin(async { Ok(()) })
    }
}

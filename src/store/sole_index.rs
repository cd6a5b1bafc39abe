//! The one index that knows all rows of a table, asked without a plan.
//!
//! Of each question Lance makes a plan of a dozen steps, two of which open the index, and the first one sets up a whole engine for SQL:
//! milliseconds, of a question that takes a few. Where one index knows every row that is there, and none that went, its cells are asked
//! by themselves, and the vectors that are worth a look are read from where they lie. All else goes Lance's way.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, Float16Array, Float32Array, RecordBatch};
use futures::future::try_join_all;
use futures::stream::{self, StreamExt, TryStreamExt};
use half::f16;
use lance::Dataset;
use lance::dataset::fragment::{FragReadConfig, FragmentReader};
use lance::index::{DatasetIndexExt, DatasetIndexInternalExt};
use lance::table::format::{Fragment, IndexMetadata};
use lance_index::frag_reuse::FRAG_REUSE_INDEX_NAME;
use lance_index::metrics::NoOpMetricsCollector;
use lance_index::prefilter::NoFilter;
use lance_index::vector::{Query, VectorIndex};
use tokio::sync::OnceCell;

use super::columns::Column;
use super::lance_names::{DISTANCE, ROW_ID, name_of, word};
use crate::domain::{Metric, NumbersRef, Precision};

/// What is asked of an index.
pub(super) struct Question<'a> {
    /// The column it is over.
    pub column: &'a Column,
    /// What each row is compared with: as many numbers as the column has channels.
    pub probe: &'a [f32],
    /// How.
    pub metric: Metric,
    /// How many rows are wanted.
    pub k: usize,
    /// So many times as many are looked at exactly; `None` if none is.
    pub refine: Option<u32>,
    /// How many cells are looked into.
    pub cells: usize,
    /// How many candidates a graph within a cell keeps in mind.
    pub in_mind: Option<usize>,
}

impl Question<'_> {
    /// The numbers in the column's precision: of another type Lance refuses them, or worse.
    pub fn numbers(&self) -> ArrayRef {
        self.numbers_by(1.0)
    }

    fn numbers_by(&self, factor: f32) -> ArrayRef {
        let values = self.probe.iter().map(|value| value * factor);
        let largest = f16::MAX.to_f32();
        match self.column.precision {
            Precision::Half => {
                let halves = values.map(|value| f16::from_f32(value.clamp(-largest, largest)));
                Arc::new(Float16Array::from_iter_values(halves))
            }
            Precision::Single => Arc::new(Float32Array::from_iter_values(values)),
        }
    }

    /// The same of length 1, which is what an index by cosine compares with; `None` of what has no length, or none that single
    /// precision can hold.
    fn numbers_of_length_1(&self) -> Option<ArrayRef> {
        let squares: f32 = self.probe.iter().map(|value| value * value).sum();
        let factor = 1.0 / squares.sqrt();
        factor.is_normal().then(|| self.numbers_by(factor))
    }

    /// As Lance tells it: 1 - cosine, the squared distance, or 1 - product.
    fn distance_to(&self, numbers: NumbersRef<'_>) -> f32 {
        let pairs = || self.probe.iter().zip(numbers.iter()).map(|(a, b)| (f64::from(*a), f64::from(b)));
        let product = || pairs().map(|(a, b)| a * b).sum::<f64>();
        let distance = match self.metric {
            Metric::Euclidean => pairs().map(|(a, b)| (a - b).powi(2)).sum(),
            Metric::Dot => 1.0 - product(),
            Metric::Cosine => {
                let (a, b) = pairs().fold((0.0, 0.0), |(a, b), (x, y)| (a + x * x, b + y * y));
                1.0 - product() / (a * b).sqrt()
            }
        };
        distance as f32
    }
}

/// A row by Lance's name, and how far away it is.
pub(super) type Near = (u64, f32);

/// So many of a table's files stay open for the vectors that are worth a look: each is one that the system counts.
const MOST_FILES_OPEN: usize = 64;
/// Vectors that are worth a look are read on as many threads as the driver has: a few dozen rows, so that more would be woken for little.
const THREADS_TO_LOOK_ON: usize = 2;

/// The index that was asked last, as it lies open: opening it anew is two files and what is kept of their ends, and of each file of vectors
/// that is looked into the same once more.
#[derive(Default)]
pub(super) struct OpenIndex(Mutex<Option<Arc<Opened>>>);

/// An index that knows all rows, and the files in which their vectors lie. While the index is the same, so are the vectors that it was made
/// of, whatever else the table was given meanwhile.
pub(super) struct Opened {
    found: IndexMetadata,
    index: OnceCell<Arc<dyn VectorIndex>>,
    vectors: Mutex<BTreeMap<u32, Arc<FragmentReader>>>,
    /// Whether somebody asks by now: what is opened ahead of that is opened by whoever needs it.
    is_asked: AtomicBool,
}

impl OpenIndex {
    /// The index of a column that knows every row of a table, and none that went; `None` where there is no such one.
    pub async fn of(&self, dataset: &Dataset, column: &Column) -> lance::Result<Option<Arc<Opened>>> {
        let Some(found) = knows_all(dataset, &name_of(column)).await? else { return Ok(None) };
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = last.as_ref().filter(|last| last.found.uuid == found.uuid) {
            return Ok(Some(last.clone()));
        }
        let (index, vectors, is_asked) = Default::default();
        Ok(Some(last.insert(Arc::new(Opened { found, index, vectors, is_asked })).clone()))
    }

    /// Asks the index: the nearest first. `None` where there is none that could be asked so.
    pub async fn ask(&self, dataset: &Dataset, question: &Question<'_>) -> lance::Result<Option<Vec<Near>>> {
        let Some(opened) = self.of(dataset, question.column).await? else { return Ok(None) };
        let index = opened.index(dataset, question.column).await?;
        if index.metric_type().to_string() != word(question.metric) {
            return Ok(None);
        }
        opened.is_asked.store(true, Ordering::Relaxed);
        let key = match question.metric {
            Metric::Cosine => question.numbers_of_length_1(),
            Metric::Euclidean | Metric::Dot => Some(question.numbers()),
        };
        let Some(key) = key else { return Ok(None) };
        let mut promising = promising(index, key, question).await?;
        if question.refine.is_some() {
            match opened.looked_at(dataset, question, &promising).await? {
                Some(exact) => promising = exact,
                None => return Ok(None),
            }
        }
        promising.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
        promising.truncate(question.k);
        Ok(Some(promising))
    }
}

impl Opened {
    /// The index itself, opened by whoever needs it first.
    pub async fn index(&self, dataset: &Dataset, column: &Column) -> lance::Result<Arc<dyn VectorIndex>> {
        let open = || dataset.open_vector_index(&column.name, &self.found.uuid, &NoOpMetricsCollector);
        self.index.get_or_try_init(open).await.cloned()
    }

    /// Opens the files in which the vectors lie, as many as may stay open, until somebody asks.
    pub async fn open_files(&self, dataset: &Dataset, column: &Column) -> lance::Result<()> {
        for fragment in dataset.fragments().iter().take(MOST_FILES_OPEN) {
            if self.is_asked.load(Ordering::Relaxed) {
                break;
            }
            self.file(dataset, column, fragment.id as u32).await?;
        }
        Ok(())
    }

    /// The file of a fragment in which its vectors lie; `None` where there is no such fragment.
    async fn file(
        &self,
        dataset: &Dataset,
        column: &Column,
        number: u32,
    ) -> lance::Result<Option<Arc<FragmentReader>>> {
        if let Some(open) = self.open_ones().get(&number) {
            return Ok(Some(open.clone()));
        }
        let Some(fragment) = dataset.get_fragment(number as usize) else { return Ok(None) };
        let projection = dataset.schema().project(&[&column.name])?;
        let opened = Arc::new(fragment.open(&projection, FragReadConfig::default()).await?);
        let mut open = self.open_ones();
        if open.len() < MOST_FILES_OPEN {
            open.insert(number, opened.clone());
        }
        Ok(Some(opened))
    }

    fn open_ones(&self) -> MutexGuard<'_, BTreeMap<u32, Arc<FragmentReader>>> {
        self.vectors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same rows with their exact distances; `None` where one of them is not to be found, or has no vector.
    async fn looked_at(
        &self,
        dataset: &Dataset,
        question: &Question<'_>,
        rows: &[Near],
    ) -> lance::Result<Option<Vec<Near>>> {
        // A name is the number of the fragment, and the place in it.
        let mut places: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (row, _) in rows {
            places.entry((row >> 32) as u32).or_default().push(*row as u32);
        }
        let reads_at_once = dataset.object_store(None).await?.io_parallelism();
        let opens = places.into_iter().map(|(number, mut places)| async move {
            places.sort_unstable();
            let file = self.file(dataset, question.column, number).await?;
            lance::Result::Ok(file.map(|file| (number, places, file)))
        });
        let opened: Vec<Option<_>> = stream::iter(opens).buffered(reads_at_once).try_collect().await?;
        let Some(mut read) = opened.into_iter().collect::<Option<Vec<_>>>() else { return Ok(None) };
        // What is read is taken apart on as many threads as there are, each of which is woken once.
        let share = read.len().div_ceil(THREADS_TO_LOOK_ON).max(1);
        let mut shares = Vec::with_capacity(THREADS_TO_LOOK_ON);
        while !read.is_empty() {
            let share: Vec<_> = read.drain(..share.min(read.len())).collect();
            shares.push(tokio::spawn(async move {
                let taken = share.into_iter().map(|(number, places, file)| async move {
                    let batch = file.take_as_batch(&places, None).await?;
                    lance::Result::Ok((number, places, batch))
                });
                try_join_all(taken).await
            }));
        }
        let mut exact = Vec::with_capacity(rows.len());
        for share in try_join_all(shares).await.map_err(|error| lance::Error::internal(error.to_string()))? {
            for (number, places, batch) in share? {
                let Some(found) = exactly(question, number, &places, &batch) else { return Ok(None) };
                exact.extend(found);
            }
        }
        Ok(Some(exact))
    }
}

/// How far away rows of a fragment are by their vectors; `None` where one of them has none.
fn exactly(question: &Question<'_>, fragment: u32, places: &[u32], batch: &RecordBatch) -> Option<Vec<Near>> {
    let (vectors, channels) = (batch.column(0), question.column.channels);
    let numbers = question.column.numbers(vectors)?;
    (vectors.len() == places.len() && vectors.null_count() == 0).then(|| {
        let exact = places.iter().enumerate().map(|(place, row)| {
            let distance = question.distance_to(numbers.slice(place * channels, channels));
            ((u64::from(fragment) << 32) | u64::from(*row), distance)
        });
        exact.collect()
    })
}

/// The index of this name, if no other has it and it was made of the very rows that are in the table.
async fn knows_all(dataset: &Dataset, name: &str) -> lance::Result<Option<IndexMetadata>> {
    let is_whole = |fragment: &Fragment| fragment.deletion_file.is_none() && fragment.overlays.is_empty();
    if dataset.manifest().uses_stable_row_ids() || !dataset.fragments().iter().all(is_whole) {
        return Ok(None);
    }
    let indices = dataset.load_indices().await?;
    let mut of_name = indices.iter().filter(|index| index.name == name);
    let (Some(index), None) = (of_name.next(), of_name.next()) else { return Ok(None) };
    let there = dataset.fragment_bitmap();
    let knows_all =
        index.fragment_bitmap.as_ref().is_some_and(|known| known.len() == there.len() && known.is_subset(there));
    let is_translated = indices.iter().any(|index| index.name == FRAG_REUSE_INDEX_NAME);
    Ok((knows_all && !is_translated).then(|| index.clone()))
}

/// What lies in the nearest cells, by the index's own short vectors: as many as are to be looked at.
async fn promising(index: Arc<dyn VectorIndex>, key: ArrayRef, question: &Question<'_>) -> lance::Result<Vec<Near>> {
    let query = Query {
        column: question.column.name.clone(),
        key,
        k: question.k,
        lower_bound: None,
        upper_bound: None,
        minimum_nprobes: question.cells,
        maximum_nprobes: Some(question.cells),
        search_effort: 0.5,
        ef: question.in_mind,
        refine_factor: question.refine,
        metric_type: Some(index.metric_type()),
        use_index: true,
        query_parallelism: 1,
        dist_q_c: 0.0,
        approx_mode: Default::default(),
    };
    let (cells, distances) = index.find_partitions(&query)?;
    let count = cells.len();
    let found = index.search_partitions(
        query,
        Arc::new(cells),
        Arc::new(distances),
        0,
        count,
        Arc::new(NoFilter),
        None,
        Arc::new(NoOpMetricsCollector),
    );
    let batches: Vec<RecordBatch> = found.await?.try_collect().await?;
    let mut near: Vec<Near> = Vec::new();
    for batch in &batches {
        let distances = batch.column_by_name(DISTANCE).and_then(|column| column.as_primitive_opt::<Float32Type>());
        let rows = batch.column_by_name(ROW_ID).and_then(|column| column.as_primitive_opt::<UInt64Type>());
        let (Some(distances), Some(rows)) = (distances, rows) else {
            return Err(lance::Error::internal("an index answers with neither rows nor distances"));
        };
        near.extend(rows.values().iter().copied().zip(distances.values().iter().copied()));
    }
    near.sort_by(|a, b| a.1.total_cmp(&b.1));
    near.truncate(question.k.saturating_mul(question.refine.unwrap_or(1).max(1) as usize));
    Ok(near)
}

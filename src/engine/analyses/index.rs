//! Indices: built, tuned until they find enough, measured, remembered.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::analysis::kmeans::coarse;
use crate::analysis::neighbours::{Scan, probe_of};
use crate::analysis::recall;
use crate::domain::{
    ImageId, IndexKind, IndexMaintenance, IndexRecord, IndexStep, Matrix, Metric, Neighbour, Numbers, StoredLayer,
    Vectors, counted, next_step, thousands,
};
use crate::engine::collection::library::Library;
use crate::engine::message::{AnalysisAnswer, Event, IndexWish, Problem, Progress};
use crate::engine::opened::Opened;
use crate::store::{FeatureTable, IndexCells, Recorder, StoreError, Workspace, index_cells};

/// Neighbours asked for to measure an index.
const MEASURED_K: usize = 10;
/// Images asked for: the mean over a hundred has a standard error of about a hundredth where it matters.
const MEASURED_PROBES: usize = 100;
/// An index that finds so much is not tuned further.
const ENOUGH: f64 = 0.98;
/// Cells looked into and candidates looked at exactly (times the wanted number), from quick to thorough.
/// Every candidate is a read of the disk, and so takes longer than a cell of codes.
const EFFORTS: [(usize, u32); 8] = [(4, 2), (8, 2), (8, 4), (16, 4), (16, 8), (32, 16), (64, 32), (128, 64)];
/// Fewer rows cannot teach an index its cells and codes.
const LEAST_ROWS: usize = 1024;
/// Rows from which each cell is learned, and sweeps over them.
const ROWS_PER_CELL: usize = 64;
const SWEEPS: usize = 10;

/// Where indices lie, and what they are of.
pub struct IndexPlace<'a> {
    /// Vectors.
    pub library: &'a Library,
    /// Writes them.
    pub recorder: Recorder,
}

impl<'a> IndexPlace<'a> {
    fn of(opened: &'a Opened) -> Result<Self, Problem> {
        let recorder = opened.recorder().map_err(unchanged)?;
        Ok(Self { library: &opened.library, recorder })
    }
}

/// Builds an index, measures how well it finds, and remembers that. `None` when cancelled: it is there then, but nobody asks
/// it.
///
/// # Errors
/// When there are too few vectors, or the index cannot be built or read.
pub fn build_measured(
    source: &StoredLayer,
    kind: IndexKind,
    metric: Metric,
    place: &IndexPlace,
    progress: &Progress,
) -> Result<Option<IndexRecord>, Problem> {
    match build(source, kind, metric, place, progress)? {
        Some(record) => keep_measured(record, place, progress),
        None => Ok(None),
    }
}

/// Does what is wished and tells the indices as they are then.
///
/// # Errors
/// When there are too few vectors, or the index cannot be built or read.
pub fn run(wish: &IndexWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let features = opened.features();
    let is_done = match wish {
        IndexWish::List => true,
        IndexWish::Remove(source) => {
            let recorder = opened.recorder().map_err(unchanged)?;
            if !recorder.drop_index(features, source).map_err(unchanged)? {
                return Err(Problem::new("There is no index to remove", source.layer.clone())
                    .with_remedy("`tiramisu index FOLDER --list` names those that there are."));
            }
            true
        }
        IndexWish::Extend(source) => {
            progress.set_total(STEPS, true);
            let mut record = known(opened)?.into_iter().find(|record| record.source == *source).ok_or_else(|| {
                Problem::new("There is no index to extend", source.layer.clone()).with_remedy("Build one first.")
            })?;
            let place = IndexPlace::of(opened)?;
            extend(&mut record, &place)?;
            keep_measured(record, &place, progress)?.is_some()
        }
        IndexWish::Build { source, kind, metric } => {
            progress.set_total(STEPS, true);
            let place = IndexPlace::of(opened)?;
            build_measured(source, *kind, *metric, &place, progress)?.is_some()
        }
        IndexWish::KeepUp => keep_up(opened, progress)?,
    };
    match is_done {
        true => tell(opened),
        false => Ok(()),
    }
}

/// Steps of building an index: it takes longer than all measurements.
const BUILD_STEPS: usize = 4 * EFFORTS.len();
/// The shares of building that are done when a sample was read, and when there are cells.
const SAMPLED: f32 = 0.1;
const CELLS_FOUND: f32 = 0.25;
/// Those, and one for each measurement.
pub const STEPS: usize = BUILD_STEPS + EFFORTS.len();

fn unchanged(error: StoreError) -> Problem {
    Problem::new("The index was not changed", error)
}

fn known(opened: &Opened) -> Result<Vec<IndexRecord>, Problem> {
    let found = opened.workspace.now().and_then(|workspace| workspace.indices(opened.features()));
    found.map_err(|error| Problem::new("The indices could not be listed", error))
}

/// Indices over halves that have become singles, where indices are wanted.
fn lost(opened: &Opened) -> Result<Vec<IndexRecord>, Problem> {
    let workspace = opened.workspace.now().map_err(unchanged)?;
    match workspace.layout().index {
        IndexMaintenance::None => Ok(Vec::new()),
        IndexMaintenance::Appended | IndexMaintenance::Rebuilt => {
            workspace.lost_indices(opened.features()).map_err(unchanged)
        }
    }
}

/// Builds an index; how well it finds is not known then. `None` when cancelled; what was there stays then.
///
/// The vectors are read batch by batch: beside what Lance holds there is not room for all of them everywhere.
fn build(
    source: &StoredLayer,
    kind: IndexKind,
    metric: Metric,
    place: &IndexPlace,
    progress: &Progress,
) -> Result<Option<IndexRecord>, Problem> {
    let started = Instant::now();
    let cancelled = || progress.is_cancelled();
    let told = Cell::new(0);
    let tell = |share: f32| {
        let done = ((share * BUILD_STEPS as f32) as usize).clamp(told.get(), BUILD_STEPS);
        progress.add(done - told.replace(done), 0);
    };
    let table = place.library.reader()?;
    let (sample, rows) = sample(&table, source, &|share| tell(share * SAMPLED), progress)?;
    if cancelled() {
        return Ok(None);
    }
    if rows < LEAST_ROWS {
        let have = counted(rows, "image has", "images have");
        let why = format!("{have} vectors at {}, an index needs {}", source.layer, thousands(LEAST_ROWS));
        return Err(Problem::new("No index was built", why)
            .with_remedy("Every image is compared instead, which is immediate for so few."));
    }
    // Lance finds cells for products by rules of its own.
    let centres = match metric {
        Metric::Dot => None,
        Metric::Cosine | Metric::Euclidean => {
            let swept = |done: usize| tell(SAMPLED + (CELLS_FOUND - SAMPLED) * done as f32 / SWEEPS as f32);
            match coarse::of_sample(&sample, metric, index_cells(rows), SWEEPS, &swept, &cancelled) {
                Some(centres) => Some(centres),
                None => return Ok(None),
            }
        }
    };
    drop(sample);
    let nearest = |matrix: Matrix| {
        let vectors = Vectors { ids: Vec::new(), matrix };
        coarse::nearest(&vectors, metric, centres.as_deref().unwrap_or_default(), 1, &cancelled)
    };
    let cells = centres.clone().map(|centres| IndexCells { centres, nearest: &nearest });
    let name = place.library.table_name();
    let go_on = |share: f32| {
        tell(CELLS_FOUND + (1.0 - CELLS_FOUND) * share);
        !cancelled()
    };
    let built = place.recorder.build_index_in(name, source, kind, metric, cells.as_ref(), &go_on);
    if built.map_err(unchanged)?.is_none() {
        return Ok(None);
    }
    tell(1.0);
    place.recorder.forget_measures(name, source).map_err(unchanged)?;
    Ok(Some(IndexRecord {
        source: source.clone(),
        kind,
        metric,
        rows,
        built_rows: rows,
        probes: 0,
        refine: 0,
        recall: 0.0,
        least_recall: 0.0,
        measured_k: MEASURED_K,
        measured_probes: 0,
        median_ms: 0.0,
        p99_ms: 0.0,
        exact_median_ms: 0.0,
        built_secs: started.elapsed().as_secs_f64(),
        measured_unix_secs: 0,
        extended: None,
    }))
}

/// Evenly spaced vectors of a layer, and how many there are in all. Tells which share of them was read.
fn sample(
    table: &FeatureTable,
    source: &StoredLayer,
    tell: &dyn Fn(f32),
    progress: &Progress,
) -> Result<(Vectors, usize), Problem> {
    let stride = (table.rows() / (index_cells(table.rows()) * ROWS_PER_CELL)).max(1);
    let (mut ids, mut values) = (Vec::new(), None);
    let (mut rows, mut channels) = (0, 0);
    let read = table.each_batch(source, |of, numbers| {
        channels = numbers.len() / of.len().max(1);
        let values = values.get_or_insert_with(|| Numbers::new(numbers.precision()));
        for (row, id) in of.iter().enumerate() {
            if rows % stride == 0 {
                ids.push(*id);
                values.extend(numbers.slice(row * channels, channels));
            }
            rows += 1;
        }
        tell(rows as f32 / table.rows().max(1) as f32);
        if progress.is_cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    read.map_err(|error| Problem::new("The vectors could not be read", error))?;
    let matrix = values.map(|values| Matrix::of(channels, values)).unwrap_or_default();
    Ok((Vectors { ids, matrix }, rows))
}

fn extend(record: &mut IndexRecord, place: &IndexPlace) -> Result<(), Problem> {
    let extension = place.recorder.extend_index(place.library.table_name(), &record.source).map_err(unchanged)?;
    // Nothing new says nothing about what new images cost.
    record.extended = Some(extension).filter(|extension| extension.rows > 0).or(record.extended);
    Ok(())
}

/// Brings every index up to date. `false` when there is none, or when cancelled.
fn keep_up(opened: &Opened, progress: &Progress) -> Result<bool, Problem> {
    if !Workspace::may_have_indices(&opened.root) {
        return Ok(false);
    }
    let records = known(opened)?;
    let place = IndexPlace::of(opened)?;
    let lost = lost(opened)?;
    progress.set_total((records.len() + lost.len()) * STEPS, false);
    for record in lost {
        if build_measured(&record.source, record.kind, record.metric, &place, progress)?.is_none() {
            return Ok(false);
        }
    }
    for mut record in records {
        // What was added may be found badly; then it is built anew, which is the last try.
        for _ in 0..2 {
            let workspace = opened.workspace.now().map_err(unchanged)?;
            let features = opened.features();
            let rows = workspace.read_features(features).map_err(unchanged)?.rows();
            let outside = workspace.rows_outside_index(features, &record.source).map_err(unchanged)?;
            match next_step(&record, rows, outside, workspace.layout().index) {
                IndexStep::Leave => break,
                IndexStep::Measure => {}
                IndexStep::Append => extend(&mut record, &place)?,
                IndexStep::Rebuild if rows < LEAST_ROWS => break,
                IndexStep::Rebuild => match build(&record.source, record.kind, record.metric, &place, progress)? {
                    Some(built) => record = built,
                    None => return Ok(false),
                },
            }
            match keep_measured(record, &place, progress)? {
                Some(measured) => record = measured,
                None => return Ok(false),
            }
        }
    }
    Ok(true)
}

/// Measures an index and remembers what came of it. `None` when cancelled.
fn keep_measured(record: IndexRecord, place: &IndexPlace, progress: &Progress) -> Result<Option<IndexRecord>, Problem> {
    progress.add(1, 0);
    let Some(record) = measure(record, place, progress)? else { return Ok(None) };
    place.recorder.save_index(place.library.table_name(), record.clone()).map_err(unchanged)?;
    Ok(Some(record))
}

fn tell(opened: &Opened) -> Result<(), Problem> {
    opened.outbox.tell(Event::Answered(AnalysisAnswer::Indices(known(opened)?)));
    Ok(())
}

/// Tunes until enough is found. `None` when cancelled.
fn measure(mut record: IndexRecord, place: &IndexPlace, progress: &Progress) -> Result<Option<IndexRecord>, Problem> {
    let searchable = place.library.vectors(&record.source)?;
    let vectors = &searchable.vectors;
    let table = place.library.reader()?;
    let mut rows = spread_rows(vectors.ids.len());
    let probes: Vec<ImageId> = rows.by_ref().take(MEASURED_PROBES).map(|row| vectors.ids[row]).collect();
    let mut exact: Vec<Vec<Neighbour>> = Vec::with_capacity(probes.len());
    let mut exact_ms = Vec::with_capacity(probes.len());
    for id in &probes {
        if progress.is_cancelled() {
            return Ok(None);
        }
        let probe = probe_of(vectors, *id).unwrap_or_default();
        let search = Scan { metric: record.metric, k: MEASURED_K, exclude: &[], among: None };
        let started = Instant::now();
        exact.push(searchable.index.exact_among(vectors, &probe, &search, &|| false));
        exact_ms.push(started.elapsed().as_secs_f64() * 1e3);
    }
    record.rows = vectors.ids.len();
    record.measured_probes = probes.len();
    record.exact_median_ms = quantile(&mut exact_ms, 0.5);
    for (probed, refine) in EFFORTS {
        record.probes = probed;
        record.refine = refine;
        let Some((found, mut times)) = ask(&record, &table, vectors, &probes, progress).map_err(unchanged)? else {
            return Ok(None);
        };
        let recalls = recall::over(found.iter().map(Vec::as_slice).zip(exact.iter().map(Vec::as_slice)), MEASURED_K);
        record.recall = recalls.mean;
        record.least_recall = recalls.min;
        record.median_ms = quantile(&mut times, 0.5);
        record.p99_ms = quantile(&mut times, 0.99);
        progress.add(1, 0);
        if record.recall >= ENOUGH {
            break;
        }
    }
    record.measured_unix_secs = now_unix_secs();
    Ok(Some(record))
}

fn now_unix_secs() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

type Asked = (Vec<Vec<Neighbour>>, Vec<f64>);

/// What the index finds, and how many milliseconds each question took. `None` when cancelled.
fn ask(
    record: &IndexRecord,
    table: &FeatureTable,
    vectors: &Vectors,
    probes: &[ImageId],
    progress: &Progress,
) -> Result<Option<Asked>, StoreError> {
    let mut found = Vec::with_capacity(probes.len());
    let mut times = Vec::with_capacity(probes.len());
    // The first question opens the index's files.
    for (number, id) in probes.first().into_iter().chain(probes).enumerate() {
        if progress.is_cancelled() {
            return Ok(None);
        }
        let probe = probe_of(vectors, *id).unwrap_or_default();
        let started = Instant::now();
        let neighbours = table.nearest(record, &probe, MEASURED_K)?;
        if number > 0 {
            times.push(started.elapsed().as_secs_f64() * 1e3);
            found.push(neighbours);
        }
    }
    Ok(Some((found, times)))
}

/// Rows spread over all, the same every time: steps of the golden ratio.
fn spread_rows(rows: usize) -> impl Iterator<Item = usize> {
    let mut at = 0.0f64;
    std::iter::from_fn(move || {
        at = (at + 0.618_033_988_749_895) % 1.0;
        Some((at * rows as f64) as usize)
    })
}

fn quantile(times: &mut [f64], share: f64) -> f64 {
    times.sort_unstable_by(f64::total_cmp);
    let place = ((times.len() as f64 * share).ceil() as usize).clamp(1, times.len().max(1)) - 1;
    times.get(place).copied().unwrap_or(0.0)
}

//! Whole activations of chosen layers, made by the network once more and kept.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crossbeam_channel::bounded;
use rayon::prelude::*;

use crate::domain::{ImageRecord, Numbers, activation_bytes};
use crate::engine::message::{ActivationsWish, AnalysisAnswer, Event, NetworkFile, Problem, Progress};
use crate::engine::networks::own_vectors::no_network;
use crate::engine::opened::Opened;
use crate::engine::tensor::ActivationBatch;
use crate::engine::thread::readers::Readers;
use crate::images;
use crate::store::{ActivationTable, StoreError};

/// Bytes of activations that one pass through the network may give.
const PASS_BYTES: u64 = 32 << 20;
/// Most pictures in a pass.
const PASS_IMAGES: usize = 16;
/// So many bytes of activations wait in memory for the next commit at most, or so long.
const COMMIT_BYTES: u64 = 96 << 20;
const COMMIT_AFTER: Duration = Duration::from_secs(30);

/// Does what is wished, and tells what is kept then.
///
/// # Errors
/// When a layer does not exist, the network fails, or the disk refuses. What was committed stays.
pub fn run(wish: &ActivationsWish, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    if let (ActivationsWish::Store(_), NetworkFile::Vectors(name)) = (wish, &opened.collection.network_file) {
        return Err(no_network(name));
    }
    let outcome = match wish {
        ActivationsWish::List => Ok(()),
        ActivationsWish::Store(layers) => store(layers, opened, progress),
        ActivationsWish::Remove(layer) => {
            let recorder = opened.recorder().map_err(refused)?;
            recorder.drop_activations(opened.features(), layer).map(|_| ()).map_err(refused)
        }
    };
    opened.kept.forget();
    let kept = opened.stored_activations()?;
    opened.outbox.tell(Event::Answered(AnalysisAnswer::Activations(kept)));
    outcome
}

fn refused(error: StoreError) -> Problem {
    Problem::new("The activations could not be stored", error)
}

/// A layer on its way.
struct Column {
    layer: usize,
    table: ActivationTable,
    records: Vec<ImageRecord>,
    values: Numbers,
}

impl Column {
    fn commit(&mut self) -> Result<(), Problem> {
        let (records, values) = (std::mem::take(&mut self.records), std::mem::take(&mut self.values));
        self.table.append(&records, values).map_err(refused)
    }
}

fn store(layers: &[String], opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let mut columns = open(layers, opened)?;
    let all: Vec<ImageRecord> = opened.catalogue.all().into_iter().filter(|record| record.problem.is_none()).collect();
    let total = all.len();
    let lacking: Vec<ImageRecord> =
        all.into_iter().filter(|record| columns.iter().any(|column| !column.table.holds(record))).collect();
    progress.set_already(total - lacking.len());
    progress.set_total(total, true);
    let of_one: u64 = columns.iter().map(|column| activation_bytes(1, column.table.shape())).sum();
    let at_once = usize::try_from(PASS_BYTES / of_one.max(1)).unwrap_or(PASS_IMAGES).clamp(1, PASS_IMAGES);
    let wanted: Arc<Vec<usize>> = Arc::new(columns.iter().map(|column| column.layer).collect());
    let mut waiting_bytes = 0;
    let mut committed = Instant::now();
    for portion in lacking.chunks(at_once) {
        let Some((records, maps)) = pass(portion, &wanted, opened, progress)? else { break };
        progress.add(portion.len(), portion.len() - records.len());
        for (column, maps) in columns.iter_mut().zip(maps) {
            let numbers = column.table.shape().iter().product::<usize>();
            for (record, map) in records.iter().zip(maps.as_ref().chunks(numbers.max(1))) {
                if !column.table.holds(record) {
                    column.records.push(record.clone());
                    column.values.extend(map);
                }
            }
        }
        waiting_bytes += of_one * records.len() as u64;
        if waiting_bytes >= COMMIT_BYTES || committed.elapsed() >= COMMIT_AFTER {
            columns.iter_mut().try_for_each(Column::commit)?;
            (waiting_bytes, committed) = (0, Instant::now());
        }
    }
    // What a stopped run has made is kept, too.
    columns.iter_mut().try_for_each(Column::commit)
}

/// The layers' tables, in the order of the network.
fn open(layers: &[String], opened: &Opened) -> Result<Vec<Column>, Problem> {
    let recorder = opened.recorder().map_err(refused)?;
    let mut columns = Vec::with_capacity(layers.len());
    for name in layers {
        let found = opened.collection.layers.iter().position(|layer| layer.name == *name);
        let layer = found.ok_or_else(|| {
            Problem::new("The activations could not be stored", format!("the network has no layer {name}"))
                .with_remedy("`tiramisu networks show` and the view Layers list them.")
        })?;
        let shape = opened.collection.layers[layer].shape;
        let table = recorder.activations(opened.features(), name, shape).map_err(refused)?;
        columns.push(Column { layer, table, records: Vec::new(), values: Numbers::default() });
    }
    columns.sort_by_key(|column| column.layer);
    columns.dedup_by_key(|column| column.layer);
    Ok(columns)
}

/// The pictures that can be read, and for each layer their activations; `None` when stopped.
type Pass = Option<(Vec<ImageRecord>, Vec<Numbers>)>;

fn pass(
    portion: &[ImageRecord],
    layers: &Arc<Vec<usize>>,
    opened: &Opened,
    progress: &Progress,
) -> Result<Pass, Problem> {
    if progress.is_cancelled() {
        return Ok(None);
    }
    let read = |record: &ImageRecord| match picture(&record.path.below(&opened.folder), opened) {
        Ok(rgb) => Some((record.clone(), rgb)),
        Err(error) => {
            tracing::warn!(%error, "its activations are not stored");
            None
        }
    };
    let (records, rgb): (Vec<ImageRecord>, Vec<Vec<u8>>) =
        Readers::Job.run(|| portion.par_iter().filter_map(read).unzip());
    if records.is_empty() {
        return Ok(Some((records, vec![Numbers::default(); layers.len()])));
    }
    let (reply, answer) = bounded(1);
    let batch = ActivationBatch { rgb: rgb.concat(), count: records.len(), layers: layers.clone(), reply };
    opened.tensor.run_activations(batch)?;
    let maps = answer.recv().map_err(|_| Problem::new("The network cannot be run", "its thread has ended"))??;
    Ok(Some((records, maps)))
}

fn picture(path: &Path, opened: &Opened) -> Result<Vec<u8>, images::ImagesError> {
    Ok(images::network_input(path, &opened.input)?.rgb)
}

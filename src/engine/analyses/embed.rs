//! The full-network embedding of the collection: two passes over the layers, one in memory at a time.

use std::time::Instant;

use crate::analysis::embedding::{LayerReference, Reference, RowSample, SAMPLE_ROWS, TernaryCodes, Thresholds};
use crate::analysis::statistics::Statistics;
use crate::domain::{ImageId, Pooling, StoredLayer};
use crate::engine::analyses::choosing::sums;
use crate::engine::collection::embedding::Embedding;
use crate::engine::message::{AnalysisAnswer, AnalysisKind, Asked, EmbeddingSummary, Event, Problem, Progress};
use crate::engine::opened::Opened;

/// Learns what is usual in the collection, encodes every image by it, keeps and tells it.
///
/// # Errors
/// When vectors cannot be read, there are none, or thresholds are to be learned from labels that are not there.
pub fn run(thresholds: Thresholds, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    let layers = layers_of(opened)?;
    progress.set_total(2 * layers.len(), true);
    // Before any vector is read: a picture that changes meanwhile is seen to have changed.
    let records = opened
        .workspace
        .now()
        .and_then(|workspace| workspace.images())
        .map_err(|error| Problem::new("The images could not be read", error))?;
    let Some((embedding, bytes_of_vectors)) = make(thresholds, &layers, opened, progress)? else { return Ok(()) };
    let (share_strong, share_weak) = embedding.shares();
    let (images, features) = (embedding.codes.rows(), embedding.codes.features());
    sums(AnalysisKind::Embedding, images, features, layers.len(), opened);
    let table = opened.features();
    let saved = opened.recorder().and_then(|recorder| {
        recorder.save_embedding(table, &embedding.to_stored(thresholds), |id| records.get(id.index()).cloned())
    });
    let summary = EmbeddingSummary {
        thresholds,
        layers: layers.len(),
        features,
        images,
        bytes: images * TernaryCodes::row_bytes(features),
        bytes_of_vectors,
        share_strong,
        share_weak,
        table: format!("embedding_{table}"),
        elapsed_secs: started.elapsed().as_secs_f64(),
    };
    opened.saved("The embedding", Asked::Analysis(AnalysisKind::Embedding), saved);
    opened.outbox.tell(Event::Answered(AnalysisAnswer::Embedding(summary)));
    Ok(())
}

/// The layers it is made of: the averages of all that are stored, but for the scores of classes.
fn layers_of(opened: &Opened) -> Result<Vec<StoredLayer>, Problem> {
    let columns = opened.library.columns()?;
    let is_part = |stored: &StoredLayer| {
        stored.pooling == Pooling::Average && opened.class_layer() != Some(stored.layer.as_str())
    };
    let layers: Vec<StoredLayer> = columns.into_iter().map(|(stored, _)| stored).filter(is_part).collect();
    if layers.is_empty() {
        return Err(Problem::new("There is nothing to embed", "no layer has vectors yet")
            .with_remedy("Extract features first."));
    }
    Ok(layers)
}

/// The embedding, and the bytes of the vectors it was made of. `None` when cancelled.
fn make(
    thresholds: Thresholds,
    layers: &[StoredLayer],
    opened: &Opened,
    progress: &Progress,
) -> Result<Option<(Embedding, usize)>, Problem> {
    let cancelled = || progress.is_cancelled();
    let mut reference = Reference::default();
    let mut ids: Vec<ImageId> = Vec::new();
    let mut bytes = 0;
    for (number, source) in layers.iter().enumerate() {
        let searchable = opened.library.vectors(source)?;
        let vectors = &searchable.vectors;
        let channels = vectors.matrix.columns();
        bytes += vectors.matrix.bytes();
        let mut statistics = Statistics::new(channels);
        let mut sample = RowSample::new(channels, SAMPLE_ROWS, 0);
        // In portions, so that a wish to stop is heard.
        for (ids, rows) in vectors.ids.chunks(1024).zip(vectors.matrix.values().chunks(1024 * channels.max(1))) {
            if cancelled() {
                return Ok(None);
            }
            statistics.add_rows(rows);
            if thresholds.needs_sample() {
                sample.offer(ids, rows);
            }
        }
        let classes = classes_of(thresholds, &sample, opened)?;
        let learned = LayerReference::learn(&source.layer, &statistics, thresholds, &sample, &classes, &cancelled);
        let Some(learned) = learned else { return Ok(None) };
        reference.layers.push(learned);
        ids.extend(&vectors.ids);
        ids.sort_unstable();
        ids.dedup();
        progress.set_done(number + 1);
    }
    if ids.is_empty() {
        return Err(Problem::new("There is nothing to embed", "no image has vectors yet")
            .with_remedy("Extract features first."));
    }
    let mut codes = TernaryCodes::zeros(ids, reference.features());
    for (number, source) in layers.iter().enumerate() {
        let searchable = opened.library.vectors(source)?;
        if reference.encode(number, &searchable.vectors, &mut codes, &cancelled).is_none() {
            return Ok(None);
        }
        progress.set_done(layers.len() + number + 1);
    }
    Ok(Some((Embedding { reference, codes }, bytes)))
}

/// The classes of the sampled images, where thresholds are learned from them.
fn classes_of(thresholds: Thresholds, sample: &RowSample, opened: &Opened) -> Result<Vec<Option<u32>>, Problem> {
    if !matches!(thresholds, Thresholds::Supervised { .. }) {
        return Ok(vec![None; sample.len()]);
    }
    let labels: Vec<Option<String>> =
        sample.ids().map(|id| opened.catalogue.get(id).and_then(|record| record.label)).collect();
    let mut known: Vec<&String> = labels.iter().flatten().collect();
    known.sort_unstable();
    known.dedup();
    if known.len() < 2 {
        return Err(Problem::new("Thresholds cannot be learned from labels", "there are fewer than two labels")
            .with_remedy("Choose fixed thresholds or quantiles."));
    }
    let class = |label: &Option<String>| known.binary_search(&label.as_ref()?).ok().map(|class| class as u32);
    Ok(labels.iter().map(class).collect())
}

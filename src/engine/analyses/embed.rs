//! The full-network embedding of the collection: two passes over the layers, of each some images at a time. In memory are the codes,
//! once, and what is known of each image.

use std::ops::ControlFlow;
use std::time::Instant;

use crate::analysis::embedding::{LayerReference, Reference, RowSample, SAMPLE_ROWS, TernaryCodes, Thresholds};
use crate::analysis::statistics::Statistics;
use crate::domain::{ImageRecords, ImageRef, ImageSet, Pooling, StoredLayer};
use crate::engine::analyses::choosing::sums;
use crate::engine::collection::embedding::{Embedding, expect_room_for_codes};
use crate::engine::message::{AnalysisAnswer, AnalysisKind, Asked, EmbeddingSummary, Event, Problem, Progress};
use crate::engine::opened::Opened;
use crate::store::StoreError;

/// Learns what is usual in the collection, encodes every image by it, keeps and tells it.
///
/// # Errors
/// When vectors cannot be read, there are none, or thresholds are to be learned from labels that are not there.
pub fn run(thresholds: Thresholds, opened: &Opened, progress: &Progress) -> Result<(), Problem> {
    let started = Instant::now();
    let layers = layers_of(opened)?;
    progress.set_total(2 * layers.len(), true);
    // Before any vector is read: a picture that changes meanwhile is seen to have changed.
    let records = records_of(opened).map_err(|error| Problem::new("The images could not be read", error))?;
    let Some((embedding, bytes_of_vectors)) = make(thresholds, &layers, opened, progress)? else { return Ok(()) };
    let (share_strong, share_weak) = embedding.shares();
    let (images, features) = (embedding.codes.rows(), embedding.codes.features());
    sums(AnalysisKind::Embedding, images, features, layers.len(), opened);
    let table = opened.features();
    let stored = embedding.to_stored(thresholds);
    let saved = opened.recorder().and_then(|recorder| {
        let said = move |row: usize, into: [&mut Vec<u8>; 2]| embedding.codes.append_bytes(row, into);
        recorder.save_embedding(table, &stored, said, move |id| records.get(id).map(ImageRef::to_record))
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

/// The images on record.
fn records_of(opened: &Opened) -> Result<ImageRecords, StoreError> {
    let mut records = ImageRecords::default();
    opened.workspace.now()?.read_images(|portion| {
        records.extend(portion.iter().copied());
        ControlFlow::Continue(())
    })?;
    Ok(records)
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
    let unread = |error: StoreError| Problem::new("The vectors could not be read", error);
    // All of one moment, whatever comes meanwhile.
    let table = opened.library.reader()?;
    let columns = table.columns();
    let channels_of = |source: &StoredLayer| columns.iter().find(|(stored, _)| stored == source).map_or(0, |(_, n)| *n);
    opened.library.forget_embedding();
    expect_room_for_codes(opened.library.system_root(), table.rows(), layers.iter().map(channels_of).sum())?;
    let go_on = || if cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    let mut reference = Reference::default();
    let mut seen = ImageSet::default();
    let mut bytes = 0;
    for (number, source) in layers.iter().enumerate() {
        let channels = channels_of(source);
        let mut statistics = Statistics::new(channels);
        let mut sample = RowSample::new(channels, SAMPLE_ROWS, 0);
        let read = table.each_batch(source, |ids, rows| {
            bytes += rows.len() * rows.precision().bytes();
            for id in ids {
                seen.insert(*id);
            }
            statistics.add_rows(rows);
            if thresholds.needs_sample() {
                sample.offer(ids, rows);
            }
            go_on()
        });
        read.map_err(unread)?;
        let classes = classes_of(thresholds, &sample, opened)?;
        let learned = LayerReference::learn(&source.layer, &statistics, thresholds, &sample, &classes, &cancelled);
        let Some(learned) = learned.filter(|_| !cancelled()) else { return Ok(None) };
        reference.layers.push(learned);
        progress.set_done(number + 1);
    }
    if seen.is_empty() {
        return Err(Problem::new("There is nothing to embed", "no image has vectors yet")
            .with_remedy("Extract features first."));
    }
    let mut codes = TernaryCodes::zeros(seen.iter().collect(), reference.features());
    for (number, source) in layers.iter().enumerate() {
        let read = table.each_batch(source, |ids, rows| {
            match reference.encode_some(number, ids, rows, &mut codes, &cancelled) {
                Some(()) => go_on(),
                None => ControlFlow::Break(()),
            }
        });
        read.map_err(unread)?;
        if cancelled() {
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

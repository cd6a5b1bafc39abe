//! The image that stands for a collection, found among some: it is looked at first, so it has to be there soon.

use crate::analysis::representative::representative;
use crate::domain::{ImageId, ImageRecord, StoredLayer};
use crate::engine::message::{Asked, Event, LookKind, Problem};
use crate::engine::opened::Opened;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::slot::Slot;
use crate::store::{FeatureTable, StoreError};

/// Among so many images, spread over all: reading their vectors takes a moment, however many there are.
const AMONG: usize = 512;

/// Answers until nobody asks any more.
pub fn serve(slot: &Slot<StoredLayer>, opened: &Opened) {
    const WHAT: &str = "The picture that stands for the collection could not be found";
    let (of, outbox) = (Asked::Look(LookKind::Representative), &opened.outbox);
    while let Some((source, _)) = slot.wait() {
        let kind = LookKind::Representative.word();
        let _look = tracing::debug_span!("look", kind, layer = source.layer.as_str()).entered();
        let found = guarded(WHAT, &of, outbox, || {
            let table = opened.workspace.now()?.read_features(opened.features())?;
            find(&table, &source, |id| opened.catalogue.get(id))
        });
        match found {
            Some(Ok(image)) => outbox.tell(Event::Representative(image)),
            Some(Err(error)) => outbox.complain(of.clone(), Problem::new(WHAT, error)),
            None => {}
        }
    }
}

/// The image in the middle of the largest label, as far as the sample tells: of the same vectors always the same. `record` says
/// what is known of an image. `None` where none has a vector that says something, or the layer is still being added.
fn find(
    table: &FeatureTable,
    source: &StoredLayer,
    record: impl Fn(ImageId) -> Option<ImageRecord>,
) -> Result<Option<ImageId>, StoreError> {
    if !table.columns().iter().any(|(stored, _)| stored == source) {
        return Ok(None);
    }
    let all = table.ids();
    let count = all.len().min(AMONG);
    let is_whole = |record: &ImageRecord| record.problem.is_none();
    let records: Vec<ImageRecord> =
        (0..count).filter_map(|place| record(all[place * all.len() / count])).filter(is_whole).collect();
    let ids: Vec<ImageId> = records.iter().map(|record| record.id).collect();
    // What has no vector has no direction either.
    let vectors: Vec<Vec<f32>> = table.vectors_of(source, &ids)?.into_iter().map(Option::unwrap_or_default).collect();
    let labels: Vec<Option<&str>> = records.iter().map(|record| record.label.as_deref()).collect();
    Ok(representative(&labels, &vectors).map(|row| ids[row]))
}

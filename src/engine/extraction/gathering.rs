//! Exemplars and statistics of a features table, kept up to date while its rows come in.

use std::sync::Arc;
use std::time::Instant;

use crate::domain::ImageId;
use crate::engine::collection::catalogue::Catalogue;
use crate::engine::collection::channels::{Channels, FeatureMapWidths};
use crate::engine::extraction::store_batch::StoreBatch;
use crate::engine::message::{Problem, Progress};
use crate::store::{FeatureTable, Recorder, StoreError, Workspace};

/// Writing may take this share of the time, so that the disk is not kept from the vectors.
const SHARE_OF_TIME: f64 = 0.02;
/// Written no more often than this, however quick it is: the lists of many channels take a second, and until they are written
/// exemplars are made from the vectors.
const LEAST_SECS: f64 = 15.0;

/// Where what is gathered goes, and what is needed to write it.
#[derive(Clone)]
pub struct GatheringPlace {
    /// Writes beside the writer of images and vectors.
    pub recorder: Recorder,
    /// Says where images lie.
    pub catalogue: Arc<Catalogue>,
    /// How wide maps are.
    pub widths: Arc<FeatureMapWidths>,
}

/// What is known of the channels of one table, during one job.
///
/// A process killed between two writes leaves lists that say which state of the vectors they are of. When that is not the
/// present one they are made anew from the vectors at the end, where only the places are taken from what was kept.
pub struct Gathering {
    place: GatheringPlace,
    /// The name of the features table.
    features: String,
    /// Read when the first row comes in.
    known: Option<Known>,
    saved_at: Instant,
    save_secs: f64,
}

struct Known {
    channels: Channels,
    /// Whether all images of the table are in it.
    is_whole: bool,
    is_dirty: bool,
}

impl Gathering {
    /// Nothing is read yet.
    pub fn new(place: GatheringPlace, features: String) -> Self {
        Self { place, features, known: None, saved_at: Instant::now(), save_secs: 0.0 }
    }

    /// Where it goes.
    pub fn place(&self) -> GatheringPlace {
        self.place.clone()
    }

    /// Takes in a batch, before its rows are committed. Rows of images that had some are others from now on.
    pub fn take(&mut self, batch: &StoreBatch, workspace: &Workspace, table: &FeatureTable) {
        let known = self.known(workspace, table);
        let ids: Vec<ImageId> =
            batch.images.iter().map(|image| image.record.id).chain(batch.ids.iter().copied()).collect();
        if ids.iter().any(|id| table.ids().binary_search(id).is_ok()) {
            known.channels.forget(&ids);
            // Statistics cannot forget, and who came after the forgotten ones is not known.
            known.is_whole = false;
        }
        known.channels.offer(&batch.ids, &batch.values, &batch.places);
        known.is_dirty = true;
    }

    /// Writes what is known so far, unless it was written a moment ago. Everything taken in must have been committed.
    pub fn save_now_and_then(&mut self, table: &FeatureTable) -> Result<(), StoreError> {
        let wait_secs = (self.save_secs / SHARE_OF_TIME).max(LEAST_SECS);
        let is_due = self.saved_at.elapsed().as_secs_f64() >= wait_secs;
        if is_due { self.save(table) } else { Ok(()) }
    }

    /// Makes it whole and writes it, at the end of a job; a job that was stopped writes only what it has.
    pub fn finish(
        &mut self,
        workspace: &Workspace,
        table: &FeatureTable,
        progress: &Progress,
    ) -> Result<(), StoreError> {
        let is_current = || {
            let covers = Some(table.stamp());
            let [exemplars, statistics] =
                [workspace.exemplars_cover(&self.features), workspace.statistics_cover(&self.features)];
            exemplars.is_ok_and(|known| known == covers) && statistics.is_ok_and(|known| known == covers)
        };
        // Nothing came in, and there is nothing to make up for.
        if self.known.is_none() && (table.rows() == 0 || progress.is_cancelled() || is_current()) {
            return Ok(());
        }
        let known = self.known(workspace, table);
        if !known.is_whole && !progress.is_cancelled() {
            let cancelled = || progress.is_cancelled();
            if let Some(channels) = Channels::of_table(table, &known.channels, &cancelled, &mut || {})? {
                *known = Known { channels, is_whole: true, is_dirty: true };
            }
        }
        self.save(table)
    }

    /// Takes over the layers of a supplement whose columns became part of the table.
    pub fn adopt(&mut self, supplement: &mut Self) {
        if let (Some(known), Some(further)) = (&mut self.known, supplement.known.take()) {
            known.channels.adopt(further.channels);
            known.is_whole &= further.is_whole;
            known.is_dirty = true;
        }
        if let Err(error) = self.place.recorder.forget_channels(&supplement.features) {
            tracing::warn!("{error}");
        }
    }

    /// Reads what is on disk unless it was read before; must be called before the table changes.
    pub fn prepare(&mut self, workspace: &Workspace, table: &FeatureTable) {
        self.known(workspace, table);
    }

    fn known(&mut self, workspace: &Workspace, table: &FeatureTable) -> &mut Known {
        let Self { place, features, known, .. } = self;
        known.get_or_insert_with(|| {
            let columns = table.columns();
            let read = match table.rows() {
                0 => Ok(None),
                _ => Channels::read(workspace, features, &columns, &place.widths),
            };
            let read = read.unwrap_or_else(|error| {
                tracing::warn!("exemplars are gathered anew: {error}");
                None
            });
            let is_current = |(covers, _): &(_, Channels)| *covers == Some(table.stamp());
            Known {
                is_whole: table.rows() == 0 || read.as_ref().is_some_and(is_current),
                channels: read.map_or_else(|| Channels::new(&columns), |(_, channels)| channels),
                is_dirty: false,
            }
        })
    }

    fn save(&mut self, table: &FeatureTable) -> Result<(), StoreError> {
        let Some(known) = self.known.as_mut().filter(|known| known.is_dirty) else { return Ok(()) };
        let begun = Instant::now();
        let covers = known.is_whole.then(|| table.stamp());
        let GatheringPlace { recorder, catalogue, widths } = &self.place;
        known.channels.save(recorder, &self.features, covers, widths, catalogue)?;
        known.is_dirty = false;
        self.saved_at = Instant::now();
        self.save_secs = begun.elapsed().as_secs_f64().max(1e-6);
        Ok(())
    }
}

/// Says that exemplars could not be kept: nothing else is lost by it.
pub fn refused(error: &StoreError) -> Problem {
    Problem::new("The exemplars of the channels could not be saved", error)
        .with_remedy("The vectors are safe; exemplars are made from them when they are asked for.")
}

//! What is known of every channel: the images that excite it most, and what is usual for it.

use std::collections::{BTreeMap, HashMap};
use std::ops::ControlFlow;

use crate::analysis::exemplars::{self, Exemplars, UNKNOWN_PLACE};
use crate::analysis::statistics::Statistics;
use crate::domain::{
    Exemplar, ImageId, Layer, LayerExemplars, LayerStatistics, Numbers, NumbersRef, Pooling, StoredLayer,
};
use crate::engine::collection::catalogue::Catalogue;
use crate::store::{FeatureTable, LayerRecords, Recorder, Stamp, StoreError, Workspace};

/// Images kept for each channel.
pub const PER_CHANNEL: usize = 32;

/// How wide the maps of each layer are: what makes a row and a column of a place.
#[derive(Clone, Debug, Default)]
pub struct FeatureMapWidths(HashMap<String, u32>);

impl FeatureMapWidths {
    /// Of a network's layers.
    pub fn of(layers: &[Layer]) -> Self {
        Self(layers.iter().map(|layer| (layer.name.clone(), layer.shape[2].max(1) as u32)).collect())
    }

    fn of_layer(&self, layer: &str) -> Option<u32> {
        self.0.get(layer).copied()
    }
}

/// Exemplars of each layer's largest values, and statistics of each representation. Its size is that of the channels,
/// whatever the collection's.
///
/// Values are taken as they are stored, in half precision mostly: so nothing changes when lists are made anew from the vectors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Channels {
    exemplars: BTreeMap<String, Exemplars>,
    statistics: BTreeMap<StoredLayer, Statistics>,
}

impl Channels {
    /// Nothing seen yet of these columns.
    pub fn new(columns: &[(StoredLayer, usize)]) -> Self {
        let largest = columns.iter().filter(|(stored, _)| stored.pooling == Pooling::Maximum);
        Self {
            exemplars: largest
                .map(|(stored, channels)| (stored.layer.clone(), Exemplars::new(*channels, PER_CHANNEL)))
                .collect(),
            statistics: columns.iter().map(|(stored, channels)| (stored.clone(), Statistics::new(*channels))).collect(),
        }
    }

    /// What is on disk of these columns of the table `features`, and which state it covers; `None` if there is nothing.
    /// Of columns that are not there nothing is known, and no state is covered then.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read(
        workspace: &Workspace,
        features: &str,
        columns: &[(StoredLayer, usize)],
        widths: &FeatureMapWidths,
    ) -> Result<Option<(Option<Stamp>, Self)>, StoreError> {
        let (exemplars, statistics) = (workspace.exemplars(features, None)?, workspace.statistics(features, None)?);
        let Some((exemplars, statistics)) = exemplars.zip(statistics) else { return Ok(None) };
        let mut known = Self::new(columns);
        let mut missing = known.exemplars.len() + known.statistics.len();
        let covers = exemplars.covers.filter(|covers| statistics.covers == Some(*covers));
        for LayerExemplars { layer, lists } in exemplars.layers {
            let Some(slot) = known.exemplars.get_mut(&layer).filter(|slot| slot.channels() == lists.len()) else {
                continue;
            };
            let width = widths.of_layer(&layer);
            let list = |list: Vec<Exemplar>| list.into_iter().map(|exemplar| flat(exemplar, width)).collect();
            *slot = Exemplars::from_lists(PER_CHANNEL, lists.into_iter().map(list).collect());
            missing -= 1;
        }
        for LayerStatistics { source, counts, skipped, means, m2s } in statistics.layers {
            let slot = known.statistics.get_mut(&source).filter(|slot| slot.features() == counts.len());
            let Some(slot) = slot else { continue };
            *slot = Statistics::from_columns(counts, skipped, means, m2s);
            missing -= 1;
        }
        Ok(Some((covers.filter(|_| missing == 0), known)))
    }

    /// One pass over all vectors of a table; `None` when cancelled. `seen` is told after each column. Places come from
    /// what was known before, of images that still have the same value.
    ///
    /// # Errors
    /// When the vectors cannot be read.
    pub fn of_table(
        table: &FeatureTable,
        before: &Self,
        cancelled: &dyn Fn() -> bool,
        seen: &mut dyn FnMut(),
    ) -> Result<Option<Self>, StoreError> {
        let columns = table.columns();
        let mut channels = Self::new(&columns);
        for (stored, _) in &columns {
            if cancelled() {
                return Ok(None);
            }
            table.each_batch(stored, |ids, values| {
                channels.offer_column(ids, stored, values, None);
                if cancelled() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            seen();
        }
        for (layer, exemplars) in &mut channels.exemplars {
            if let Some(known) = before.exemplars.get(layer) {
                exemplars.take_places_of(known);
            }
        }
        Ok((!cancelled()).then_some(channels))
    }

    /// Takes in images that were not there before, or were forgotten.
    ///
    /// # Shapes
    /// `values`: for each column one `[ids.len(), channels]` block; `places`: the same for each layer's largest values.
    pub fn offer(&mut self, ids: &[ImageId], values: &[(StoredLayer, Numbers)], places: &[(String, Vec<u32>)]) {
        for (stored, values) in values {
            let places = places.iter().find(|(layer, _)| *layer == stored.layer).map(|(_, places)| places.as_slice());
            self.offer_column(ids, stored, values.as_ref(), places);
        }
    }

    fn offer_column(&mut self, ids: &[ImageId], stored: &StoredLayer, values: NumbersRef<'_>, places: Option<&[u32]>) {
        if let Some(statistics) = self.statistics.get_mut(stored) {
            statistics.add_rows(values);
        }
        if stored.pooling != Pooling::Maximum {
            return;
        }
        let Some(exemplars) = self.exemplars.get_mut(&stored.layer) else { return };
        let channels = exemplars.channels();
        let mut wide = vec![0.0; channels];
        let nowhere = vec![UNKNOWN_PLACE; channels];
        let rows = values.chunks(channels.max(1));
        for (row, (id, values)) in ids.iter().zip(rows).enumerate() {
            values.widen_into(&mut wide);
            let places = places.and_then(|places| places.get(row * channels..(row + 1) * channels));
            exemplars.offer(*id, &wide, places.unwrap_or(&nowhere));
        }
    }

    /// Takes images out of all lists. Statistics cannot forget.
    pub fn forget(&mut self, ids: &[ImageId]) {
        for exemplars in self.exemplars.values_mut() {
            ids.iter().for_each(|id| exemplars.forget(*id));
        }
    }

    /// Takes over what is known of other layers.
    pub fn adopt(&mut self, other: Self) {
        self.exemplars.extend(other.exemplars);
        self.statistics.extend(other.statistics);
    }

    /// Writes it as what is known of the table `features`.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn save(
        &self,
        recorder: &Recorder,
        features: &str,
        covers: Option<Stamp>,
        widths: &FeatureMapWidths,
        catalogue: &Catalogue,
    ) -> Result<(), StoreError> {
        let layers = self.exemplars.keys().filter_map(|layer| self.exemplars_of(layer, widths)).collect();
        let path = |id| catalogue.get(id).map(|record| record.path.text);
        recorder.save_exemplars(features, PER_CHANNEL, &LayerRecords { covers, layers }, path)?;
        let of_source = |(source, statistics): (&StoredLayer, &Statistics)| LayerStatistics {
            source: source.clone(),
            counts: statistics.counts().to_vec(),
            skipped: statistics.skipped().to_vec(),
            means: statistics.mean().to_vec(),
            m2s: statistics.m2().to_vec(),
        };
        let layers = self.statistics.iter().map(of_source).collect();
        recorder.save_statistics(features, &LayerRecords { covers, layers }).map(drop)
    }

    /// The exemplars of a layer.
    pub fn exemplars_of(&self, layer: &str, widths: &FeatureMapWidths) -> Option<LayerExemplars> {
        let exemplars = self.exemplars.get(layer)?;
        let width = widths.of_layer(layer);
        let list = |channel| exemplars.of(channel).iter().map(|exemplar| placed(exemplar, width)).collect();
        Some(LayerExemplars { layer: layer.to_owned(), lists: (0..exemplars.channels()).map(list).collect() })
    }

    /// What is usual at a representation.
    pub fn statistics_of(&self, source: &StoredLayer) -> Option<&Statistics> {
        self.statistics.get(source)
    }
}

/// With its place as one number.
fn flat(exemplar: Exemplar, width: Option<u32>) -> exemplars::Exemplar {
    let flat = |[row, column]: [u32; 2], width: u32| row.checked_mul(width)?.checked_add(column);
    let place = exemplar.place.zip(width).and_then(|(place, width)| flat(place, width)).unwrap_or(UNKNOWN_PLACE);
    exemplars::Exemplar { image: exemplar.image, value: exemplar.value, place }
}

/// With its place as row and column.
fn placed(exemplar: &exemplars::Exemplar, width: Option<u32>) -> Exemplar {
    let place = width.filter(|_| exemplar.place != UNKNOWN_PLACE);
    let place = place.map(|width| [exemplar.place / width, exemplar.place % width]);
    Exemplar { image: exemplar.image, value: exemplar.value, place }
}

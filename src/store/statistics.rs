//! What is usual for each channel: `statistics_<features>.lance`.

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, UInt32Type, UInt64Type};
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt32Array, UInt64Array};
use arrow_schema::{DataType, Field};
use lance::deps::datafusion::logical_expr::{ident, lit};
use serde::{Deserialize, Serialize};

use super::channels::{LayerRecords, expect_plausible, statistics_table};
use super::recorder::about;
use super::table::damaged;
use super::{Recorder, Stamp, StoreError, Workspace};
use crate::domain::{LayerStatistics, StoredLayer};

const READ_ROWS: usize = 65_536;
const COLUMNS: [&str; 7] = ["layer", "pooling", "channel", "count", "skipped", "mean", "m2"];

/// What is not per channel.
#[derive(Serialize, Deserialize)]
struct About {
    covers: Option<Stamp>,
    layers: Vec<(StoredLayer, usize)>,
}

impl Recorder {
    /// Writes the statistics of all representations of the table `features`, in the place of those it had, and returns
    /// the table's version.
    ///
    /// # Errors
    /// When the disk does not let us; what was there stays then.
    pub fn save_statistics(
        &self,
        features: &str,
        statistics: &LayerRecords<LayerStatistics>,
    ) -> Result<u64, StoreError> {
        let layers = &statistics.layers;
        let about = About {
            covers: statistics.covers,
            layers: layers.iter().map(|layer| (layer.source.clone(), layer.means.len())).collect(),
        };
        let text = |name: &str, of: fn(&LayerStatistics) -> &str| -> (Field, ArrayRef) {
            let texts = layers.iter().flat_map(|layer| std::iter::repeat_n(of(layer), layer.means.len()));
            (Field::new(name, DataType::Utf8, false), Arc::new(texts.map(Some).collect::<StringArray>()))
        };
        let whole = |name: &str, of: fn(&LayerStatistics) -> &[u64]| -> (Field, ArrayRef) {
            let numbers = layers.iter().flat_map(|layer| of(layer).iter().copied());
            (Field::new(name, DataType::UInt64, false), Arc::new(UInt64Array::from_iter_values(numbers)))
        };
        let real = |name: &str, numbers: Vec<f64>| -> (Field, ArrayRef) {
            (Field::new(name, DataType::Float64, false), Arc::new(Float64Array::from(numbers)))
        };
        let channels = layers.iter().flat_map(|layer| 0..layer.means.len() as u32);
        let std = |layer: &LayerStatistics| {
            let std = |(m2, count): (&f64, &u64)| if *count == 0 { 0.0 } else { (m2 / *count as f64).sqrt() };
            layer.m2s.iter().zip(&layer.counts).map(std).collect::<Vec<f64>>()
        };
        let columns = vec![
            text("layer", |layer| &layer.source.layer),
            text("pooling", |layer| layer.source.pooling.word()),
            (
                Field::new("channel", DataType::UInt32, false),
                Arc::new(UInt32Array::from_iter_values(channels)) as ArrayRef,
            ),
            whole("count", |layer| &layer.counts),
            whole("skipped", |layer| &layer.skipped),
            real("mean", layers.iter().flat_map(|layer| layer.means.iter().copied()).collect()),
            real("std", layers.iter().flat_map(std).collect()),
            real("m2", layers.iter().flat_map(|layer| layer.m2s.iter().copied()).collect()),
        ];
        self.write_channels(&statistics_table(features), &about, columns)
    }
}

impl Workspace {
    /// Which state of the table `features` its statistics are of; `None` if there are none, or images may be missing.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn statistics_cover(&self, features: &str) -> Result<Option<Stamp>, StoreError> {
        let Some(table) = self.results().open(&statistics_table(features))? else { return Ok(None) };
        Ok(about::<About>(&table)?.covers)
    }

    /// The statistics of all representations of the table `features`, or of one; `None` when there are none.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn statistics(
        &self,
        features: &str,
        source: Option<&StoredLayer>,
    ) -> Result<Option<LayerRecords<LayerStatistics>>, StoreError> {
        let Some(table) = self.results().open(&statistics_table(features))? else { return Ok(None) };
        let About { covers, layers } = about(&table)?;
        expect_plausible(&table, layers.iter().map(|(_, channels)| *channels))?;
        let wanted = layers.into_iter().filter(|(known, _)| source.is_none_or(|source| source == known));
        let mut layers: Vec<LayerStatistics> = wanted
            .map(|(source, channels)| LayerStatistics {
                source,
                counts: vec![0; channels],
                skipped: vec![0; channels],
                means: vec![0.0; channels],
                m2s: vec![0.0; channels],
            })
            .collect();
        let of = |source: &StoredLayer| {
            ident("layer").eq(lit(source.layer.as_str())).and(ident("pooling").eq(lit(source.pooling.word())))
        };
        table.scan_where(source.map(of), &COLUMNS, READ_ROWS, |batch| {
            let reason = "its columns have other types, or name layers and channels of which nothing is known";
            read(batch, &mut layers).ok_or_else(|| damaged(&table, reason))?;
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(Some(LayerRecords { covers, layers }))
    }
}

fn read(batch: &RecordBatch, layers: &mut [LayerStatistics]) -> Option<()> {
    let text = |name: &str| batch.column_by_name(name)?.as_string_opt::<i32>();
    let whole = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<UInt64Type>();
    let real = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<Float64Type>();
    let (names, poolings) = (text("layer")?, text("pooling")?);
    let channels = batch.column_by_name("channel")?.as_primitive_opt::<UInt32Type>()?;
    let (counts, skipped, means, m2s) = (whole("count")?, whole("skipped")?, real("mean")?, real("m2")?);
    let mut last = 0;
    for row in 0..batch.num_rows() {
        let is_it = |layer: &LayerStatistics| {
            layer.source.layer == names.value(row) && layer.source.pooling.word() == poolings.value(row)
        };
        if !is_it(layers.get(last)?) {
            last = layers.iter().position(is_it)?;
        }
        let (layer, channel) = (&mut layers[last], channels.value(row) as usize);
        *layer.counts.get_mut(channel)? = counts.value(row);
        layer.skipped[channel] = skipped.value(row);
        layer.means[channel] = means.value(row);
        layer.m2s[channel] = m2s.value(row);
    }
    Some(())
}

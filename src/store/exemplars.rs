//! The images that excite each channel most: `exemplars_<features>.lance`.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt32Type};
use arrow_array::{Array, Float32Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{DataType, Field};
use lance::deps::datafusion::logical_expr::{ident, lit};
use serde::{Deserialize, Serialize};

use super::channels::{LayerRecords, exemplars_table, expect_plausible};
use super::recorder::about;
use super::table::{Table, damaged};
use super::{Recorder, Stamp, StoreError, Workspace};
use crate::domain::{Exemplar, ImageId, LayerExemplars};

const READ_ROWS: usize = 65_536;
const COLUMNS: [&str; 7] = ["layer", "channel", "rank", "id", "value", "row", "column"];

/// What is not per image.
#[derive(Serialize, Deserialize)]
struct About {
    covers: Option<Stamp>,
    /// Most images a channel.
    per_channel: usize,
    /// Every layer and its channels: one that nothing excites has no row.
    layers: Vec<(String, usize)>,
}

impl Recorder {
    /// Writes the exemplars of all layers of the table `features`, in the place of those it had, and returns the table's
    /// version. `path` says where an image lies.
    ///
    /// # Errors
    /// When the disk does not let us; what was there stays then.
    pub fn save_exemplars(
        &self,
        features: &str,
        per_channel: usize,
        exemplars: &LayerRecords<LayerExemplars>,
        path: impl Fn(ImageId) -> Option<String>,
    ) -> Result<u64, StoreError> {
        let layers = &exemplars.layers;
        let about = About {
            covers: exemplars.covers,
            per_channel,
            layers: layers.iter().map(|layer| (layer.layer.clone(), layer.lists.len())).collect(),
        };
        let rows = || {
            layers.iter().flat_map(|layer| {
                layer.lists.iter().enumerate().flat_map(move |(channel, list)| {
                    list.iter().enumerate().map(move |(rank, exemplar)| (&layer.layer, channel, rank, exemplar))
                })
            })
        };
        let numbers =
            |name: &str, numbers: UInt32Array| (Field::new(name, DataType::UInt32, false), Arc::new(numbers) as _);
        let texts = |name: &str, texts: StringArray| (Field::new(name, DataType::Utf8, true), Arc::new(texts) as _);
        let of_place = |name: &str, part: usize| {
            let numbers: UInt32Array = rows().map(|(.., exemplar)| exemplar.place.map(|place| place[part])).collect();
            (Field::new(name, DataType::UInt32, true), Arc::new(numbers) as _)
        };
        // An image excites many channels.
        let mut paths: HashMap<ImageId, Option<String>> = HashMap::new();
        for (.., exemplar) in rows() {
            paths.entry(exemplar.image).or_insert_with(|| path(exemplar.image));
        }
        let columns = vec![
            texts("layer", rows().map(|(layer, ..)| Some(layer)).collect()),
            numbers("channel", UInt32Array::from_iter_values(rows().map(|(_, channel, ..)| channel as u32))),
            numbers("rank", UInt32Array::from_iter_values(rows().map(|(_, _, rank, _)| rank as u32))),
            numbers("id", UInt32Array::from_iter_values(rows().map(|(.., exemplar)| exemplar.image.0))),
            texts("path", rows().map(|(.., exemplar)| paths[&exemplar.image].as_deref()).collect()),
            (
                Field::new("value", DataType::Float32, false),
                Arc::new(Float32Array::from_iter_values(rows().map(|(.., exemplar)| exemplar.value))) as _,
            ),
            of_place("row", 0),
            of_place("column", 1),
        ];
        self.write_channels(&exemplars_table(features), &about, columns)
    }
}

impl Workspace {
    /// Which state of the table `features` its exemplars are of; `None` if there are none, or some may be missing.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn exemplars_cover(&self, features: &str) -> Result<Option<Stamp>, StoreError> {
        let Some(table) = self.results().open(&exemplars_table(features))? else { return Ok(None) };
        Ok(about::<About>(&table)?.covers)
    }

    /// The exemplars of all layers of the table `features`, or of one; `None` when there are none.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn exemplars(
        &self,
        features: &str,
        layer: Option<&str>,
    ) -> Result<Option<LayerRecords<LayerExemplars>>, StoreError> {
        let Some(table) = self.results().open(&exemplars_table(features))? else { return Ok(None) };
        let About { covers, layers, .. } = about(&table)?;
        expect_plausible(&table, layers.iter().map(|(_, channels)| *channels))?;
        let wanted = layers.into_iter().filter(|(name, _)| layer.is_none_or(|layer| layer == name));
        let mut layers: Vec<LayerExemplars> =
            wanted.map(|(layer, channels)| LayerExemplars { layer, lists: vec![Vec::new(); channels] }).collect();
        let of_layer = layer.map(|layer| ident("layer").eq(lit(layer)));
        let mut ranked: Vec<(usize, usize, u32, Exemplar)> = Vec::new();
        table.scan_where(of_layer, &COLUMNS, READ_ROWS, |batch| {
            read(batch, &layers, &mut ranked).ok_or_else(|| of_other_types(&table))?;
            Ok(ControlFlow::Continue(()))
        })?;
        // Another program may have rewritten the table in another order.
        ranked.sort_unstable_by_key(|(layer, channel, rank, _)| (*layer, *channel, *rank));
        for (layer, channel, _, exemplar) in ranked {
            layers[layer].lists[channel].push(exemplar);
        }
        Ok(Some(LayerRecords { covers, layers }))
    }
}

fn of_other_types(table: &Table) -> StoreError {
    damaged(table, "its columns have other types, or name layers and channels of which nothing is known")
}

/// Rows as entries: layer, channel, rank.
fn read(batch: &RecordBatch, layers: &[LayerExemplars], rows: &mut Vec<(usize, usize, u32, Exemplar)>) -> Option<()> {
    let names = batch.column_by_name("layer")?.as_string_opt::<i32>()?;
    let number = |name: &str| batch.column_by_name(name)?.as_primitive_opt::<UInt32Type>();
    let (channels, ranks, ids) = (number("channel")?, number("rank")?, number("id")?);
    let (down, across) = (number("row")?, number("column")?);
    let values = batch.column_by_name("value")?.as_primitive_opt::<Float32Type>()?;
    let mut last = 0;
    for row in 0..batch.num_rows() {
        let name = names.value(row);
        if layers.get(last)?.layer != name {
            last = layers.iter().position(|layer| layer.layer == name)?;
        }
        let channel = channels.value(row) as usize;
        if channel >= layers[last].lists.len() {
            return None;
        }
        let place = (down.is_valid(row) && across.is_valid(row)).then(|| [down.value(row), across.value(row)]);
        let exemplar = Exemplar { image: ImageId(ids.value(row)), value: values.value(row), place };
        rows.push((last, channel, ranks.value(row), exemplar));
    }
    Some(())
}

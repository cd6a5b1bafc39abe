//! Maps: `map_<features>_<name>.lance`, after the table of the vectors that were mapped.
//!
//! Columns: `id`, `path`, `label` of the image, `x`, `y` (f32), `kept` (f32: the share of its true neighbours that are
//! near it on the map, null where that was not measured), `placed` (boolean: whether it got its place after the map was
//! made; tables of earlier versions lack it, and nothing was). The metadata's key `result` holds how it was made.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt32Type};
use arrow_array::{BooleanArray, Float32Array};
use arrow_schema::{DataType, Field};
use serde::{Deserialize, Serialize};

use super::recorder::about;
use super::table::damaged;
use super::{Recorder, StoreError, Workspace};
use crate::domain::{Faithfulness, ImageId, ImageRecord, PerImage, Projection, ProjectionWish};

const READ_ROWS: usize = 65_536;

/// What is not per image.
#[derive(Serialize, Deserialize)]
struct About {
    wish: ProjectionWish,
    explained: Option<[f32; 2]>,
    faithfulness: Option<Faithfulness>,
    /// Tables of earlier versions lack it.
    #[serde(default)]
    made_of: Option<String>,
}

impl Recorder {
    /// Writes a finished map under the name of its wish, in the place of one that had it, and returns the table's version.
    ///
    /// `record` says what is known of an image.
    ///
    /// # Errors
    /// When the disk does not let us; what was there stays then.
    pub fn save_projection(
        &self,
        features: &str,
        projection: &Projection,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<u64, StoreError> {
        let without_each = |known: &Faithfulness| Faithfulness { kept_of_each: PerImage::default(), ..known.clone() };
        let about = About {
            wish: projection.wish.clone(),
            explained: projection.explained,
            faithfulness: projection.faithfulness.as_ref().map(without_each),
            made_of: projection.made_of.clone(),
        };
        let coordinate =
            |axis: usize| Float32Array::from_iter_values(projection.points.iter().map(|point| point[axis]));
        let kept = projection.faithfulness.as_ref().map_or(&[][..], |known| &known.kept_of_each);
        let kept = (0..projection.ids.len()).map(|row| kept.get(row).copied()).collect::<Float32Array>();
        let placed: BooleanArray = projection.ids.iter().map(|id| Some(projection.was_placed(*id))).collect();
        let further = vec![
            (Field::new("x", DataType::Float32, false), Arc::new(coordinate(0)) as _),
            (Field::new("y", DataType::Float32, false), Arc::new(coordinate(1)) as _),
            (Field::new("kept", DataType::Float32, true), Arc::new(kept) as _),
            (Field::new("placed", DataType::Boolean, false), Arc::new(placed) as _),
        ];
        self.write(&format!("map_{features}_{}", projection.wish.name()), &about, &projection.ids, record, further)
    }
}

impl Workspace {
    /// The names of all maps of a table of features.
    ///
    /// # Errors
    /// When the workspace cannot be listed.
    pub fn projections(&self, features: &str) -> Result<Vec<String>, StoreError> {
        self.results().names(&format!("map_{features}_"))
    }

    /// A map by its name; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn projection(&self, features: &str, name: &str) -> Result<Option<Projection>, StoreError> {
        let table_name = format!("map_{features}_{name}");
        let Some(table) = self.results().open(&table_name)? else { return Ok(None) };
        let About { wish, explained, mut faithfulness, made_of } = about(&table)?;
        let mut rows: Vec<(ImageId, [f32; 2], f32, bool)> = Vec::new();
        let mut columns = vec!["id", "x", "y", "kept"];
        columns.extend(table.schema().column_with_name("placed").map(|_| "placed"));
        table.scan(&columns, READ_ROWS, |batch| {
            let number = |column: usize| batch.column(column).as_primitive_opt::<Float32Type>();
            let columns = batch.column(0).as_primitive_opt::<UInt32Type>().zip(number(1)).zip(number(2)).zip(number(3));
            let (((ids, x), y), kept) = columns.ok_or_else(|| damaged(&table, "its columns have other types"))?;
            let placed = batch.columns().get(4).and_then(|column| column.as_boolean_opt());
            rows.extend((0..batch.num_rows()).map(|row| {
                let was_placed = placed.is_some_and(|placed| placed.value(row));
                (ImageId(ids.value(row)), [x.value(row), y.value(row)], kept.value(row), was_placed)
            }));
            Ok(())
        })?;
        rows.sort_unstable_by_key(|(id, ..)| *id);
        let misfits = self.results().misfits(&table_name, &table)?;
        rows.retain(|(id, ..)| misfits.binary_search(&id.0).is_err());
        if let Some(known) = &mut faithfulness {
            // Measured by a sample, nothing is known of each.
            if known.sampled.is_none() {
                known.kept_of_each = rows.iter().map(|(_, _, kept, _)| *kept).collect();
            }
        }
        let ids = rows.iter().map(|(id, ..)| *id).collect();
        let placed = rows.iter().filter(|(.., was_placed)| *was_placed).map(|(id, ..)| *id).collect();
        let points = rows.into_iter().map(|(_, point, ..)| point).collect();
        Ok(Some(Projection { wish, ids, points, placed, explained, faithfulness, share_done: 1.0, made_of }))
    }
}

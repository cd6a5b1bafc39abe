//! Maps: `map_<name>.lance`.
//!
//! Columns: `id`, `path`, `label` of the image, `x`, `y` (f32), `kept` (f32: the share of its true neighbours that are
//! near it on the map, null where that was not measured). The metadata's key `projection` holds how it was made.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt32Type};
use arrow_array::{ArrayRef, Float32Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{DataType, Field, Schema};
use serde::{Deserialize, Serialize};

use super::{Recorder, StoreError, Workspace};
use crate::domain::{Faithfulness, ImageId, ImageRecord, Projection, ProjectionWish};

const PREFIX: &str = "map_";
const METADATA_KEY: &str = "projection";
const READ_ROWS: usize = 65_536;

/// What is not per image.
#[derive(Serialize, Deserialize)]
struct About {
    wish: ProjectionWish,
    explained: Option<[f32; 2]>,
    faithfulness: Option<Faithfulness>,
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
        projection: &Projection,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<u64, StoreError> {
        let without_each = |known: &Faithfulness| Faithfulness { kept_of_each: Vec::new(), ..known.clone() };
        let about = About {
            wish: projection.wish.clone(),
            explained: projection.explained,
            faithfulness: projection.faithfulness.as_ref().map(without_each),
        };
        let json = serde_json::to_string(&about).expect("names and numbers make JSON");
        let fields = vec![
            Field::new("id", DataType::UInt32, false),
            Field::new("path", DataType::Utf8, true),
            Field::new("label", DataType::Utf8, true),
            Field::new("x", DataType::Float32, false),
            Field::new("y", DataType::Float32, false),
            Field::new("kept", DataType::Float32, true),
        ];
        let schema = Schema::new_with_metadata(fields, HashMap::from([(METADATA_KEY.to_owned(), json)]));
        let records: Vec<Option<ImageRecord>> = projection.ids.iter().map(|id| record(*id)).collect();
        let kept = projection.faithfulness.as_ref().map_or(&[][..], |known| &known.kept_of_each);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(UInt32Array::from_iter_values(projection.ids.iter().map(|id| id.0))),
            Arc::new(records.iter().map(|r| r.as_ref().map(|r| r.path.text.as_str())).collect::<StringArray>()),
            Arc::new(records.iter().map(|r| r.as_ref()?.label.as_deref()).collect::<StringArray>()),
            Arc::new(Float32Array::from_iter_values(projection.points.iter().map(|point| point[0]))),
            Arc::new(Float32Array::from_iter_values(projection.points.iter().map(|point| point[1]))),
            Arc::new((0..projection.ids.len()).map(|row| kept.get(row).copied()).collect::<Float32Array>()),
        ];
        let rows = RecordBatch::try_new(Arc::new(schema), columns).expect("the columns are those of the schema");
        self.write(&format!("{PREFIX}{}", projection.wish.name()), rows)
    }
}

impl Workspace {
    /// The names of all maps.
    ///
    /// # Errors
    /// When the workspace cannot be listed.
    pub fn projections(&self) -> Result<Vec<String>, StoreError> {
        self.results().names(PREFIX)
    }

    /// A map by its name; `None` when there is none.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn projection(&self, name: &str) -> Result<Option<Projection>, StoreError> {
        let Some(table) = self.results().open(&format!("{PREFIX}{name}"))? else { return Ok(None) };
        let damaged = |reason: &str| StoreError::Damaged { reason: reason.to_owned(), path: table.path().to_owned() };
        let about =
            table.schema().metadata().get(METADATA_KEY).and_then(|json| serde_json::from_str::<About>(json).ok());
        let About { wish, explained, mut faithfulness } =
            about.ok_or_else(|| damaged("it does not say how it was made"))?;
        let mut rows: Vec<(ImageId, [f32; 2], f32)> = Vec::new();
        table.scan(&["id", "x", "y", "kept"], READ_ROWS, |batch| {
            let number = |column: usize| batch.column(column).as_primitive_opt::<Float32Type>();
            let columns = batch.column(0).as_primitive_opt::<UInt32Type>().zip(number(1)).zip(number(2)).zip(number(3));
            let (((ids, x), y), kept) = columns.ok_or_else(|| damaged("its columns have other types"))?;
            rows.extend(
                (0..batch.num_rows())
                    .map(|row| (ImageId(ids.value(row)), [x.value(row), y.value(row)], kept.value(row))),
            );
            Ok(())
        })?;
        rows.sort_unstable_by_key(|(id, ..)| *id);
        if let Some(known) = &mut faithfulness {
            known.kept_of_each = rows.iter().map(|(.., kept)| *kept).collect();
        }
        let ids = rows.iter().map(|(id, ..)| *id).collect();
        let points = rows.into_iter().map(|(_, point, _)| point).collect();
        Ok(Some(Projection { wish, ids, points, explained, faithfulness, share_done: 1.0 }))
    }
}

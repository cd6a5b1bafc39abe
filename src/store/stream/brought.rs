//! Rows with vectors that another program made, as they come: what a workspace can take in.

use std::io::{BufReader, Cursor, Read};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float16Type, Float32Type, Int64Type, UInt32Type};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_schema::{DataType, Schema};

use super::StreamError;
use super::input::{START, Source, expect_stream};
use super::messages::{Messages, broken};
use crate::domain::{Numbers, NumbersRef, Precision, StoredLayer};
use crate::store::FeatureSpec;
use crate::store::columns::columns_of;
use crate::store::features::Maker;

/// Columns that say which image a row is of, unless another one is named; the first that is there counts.
const USUAL_KEYS: [&str; 2] = ["path", "id"];

/// A stream of rows with vectors that is being read.
///
/// Its schema has a column that says which image each row is of (text: where its file lies; whole numbers: its id), and one or
/// more columns of vectors: fixed-size lists of `float16` or `float`. `width`, `height`, `problem` and `thumbnail` are
/// understood as `tiramisu features` writes them; all other columns are passed over. What that verb wrote also says of which
/// network and layers the vectors are, in the metadata of the schema and its columns.
pub struct BroughtStream {
    messages: Messages<BufReader<Source>>,
    columns: Arc<BroughtColumns>,
}

/// What the rows of a stream have.
#[derive(Clone, Debug)]
pub struct BroughtColumns {
    key: usize,
    key_is_path: bool,
    vectors: Vec<BroughtVectors>,
    width: Option<usize>,
    height: Option<usize>,
    problem: Option<usize>,
    thumbnail: Option<usize>,
    made_by: Option<FeatureSpec>,
}

/// A column of vectors.
#[derive(Clone, Debug, PartialEq)]
pub struct BroughtVectors {
    place: usize,
    /// The column's name.
    pub name: String,
    /// Which layer it is of, if it says so.
    pub stored: Option<StoredLayer>,
    /// Numbers in a vector.
    pub channels: usize,
    /// Their precision.
    pub precision: Precision,
}

/// What says which image a row is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BroughtKey<'a> {
    /// Its file lies here.
    Path(&'a str),
    /// Its number.
    Id(i64),
    /// Nothing does.
    Missing,
}

/// Some rows that came together.
pub struct BroughtRows {
    batch: RecordBatch,
    /// As plain text or whole numbers.
    key: ArrayRef,
    columns: Arc<BroughtColumns>,
}

impl BroughtStream {
    /// Reads as far as the schema. Which image a row is of says the column of this name, or one with a usual one.
    ///
    /// # Errors
    /// When what comes is no stream, or lacks such a column, or has no vectors.
    pub fn open(mut input: Box<dyn Read + Send>, key: Option<&str>) -> Result<Self, StreamError> {
        let mut start = Vec::with_capacity(START);
        input.by_ref().take(START as u64).read_to_end(&mut start).map_err(StreamError::Unreadable)?;
        expect_stream(&start)?;
        let source = BufReader::with_capacity(1 << 16, Cursor::new(start).chain(input));
        let messages = Messages::open(source)?;
        let columns = Arc::new(BroughtColumns::find(&messages.schema(), key)?);
        Ok(Self { messages, columns })
    }

    /// What its rows have.
    pub fn columns(&self) -> &Arc<BroughtColumns> {
        &self.columns
    }
}

impl Iterator for BroughtStream {
    type Item = Result<BroughtRows, StreamError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.messages.next_batch().transpose()? {
            Ok(batch) => batch,
            Err(problem) => return Some(Err(problem)),
        };
        let wanted = if self.columns.key_is_path { DataType::LargeUtf8 } else { DataType::Int64 };
        let key = cast(batch.column(self.columns.key), &wanted).map_err(broken);
        Some(key.map(|key| BroughtRows { batch, key, columns: self.columns.clone() }))
    }
}

impl BroughtColumns {
    fn find(schema: &Schema, wanted: Option<&str>) -> Result<Self, StreamError> {
        let names = || schema.fields().iter().map(|field| field.name().clone());
        let place_of = |name: &str| names().position(|its| its == name);
        let key = match wanted {
            Some(name) => place_of(name),
            None => USUAL_KEYS.iter().find_map(|name| place_of(name)),
        };
        let key = key.ok_or_else(|| StreamError::NoColumn {
            wanted: wanted.map_or_else(|| USUAL_KEYS.join(" or "), str::to_owned),
            there: names().collect(),
        })?;
        let field = schema.field(key);
        let key_is_path = is_path(field.data_type())
            .ok_or_else(|| StreamError::NoKey { name: field.name().clone(), found: field.data_type().to_string() })?;
        let vectors = vectors_of(schema)?;
        let of_type = |name: &str, is_it: fn(&DataType) -> bool| {
            place_of(name).filter(|place| *place != key && is_it(schema.field(*place).data_type()))
        };
        let is_size = |data_type: &DataType| *data_type == DataType::UInt32;
        Ok(Self {
            key,
            key_is_path,
            vectors,
            width: of_type("width", is_size),
            height: of_type("height", is_size),
            problem: of_type("problem", |data_type| *data_type == DataType::Utf8),
            thumbnail: of_type("thumbnail", |data_type| *data_type == DataType::Binary),
            made_by: Maker::of_schema(schema).map(|maker| maker.spec(&columns_of(schema))),
        })
    }

    /// The columns of vectors, in their order.
    pub fn vectors(&self) -> &[BroughtVectors] {
        &self.vectors
    }

    /// Of which network and layers they are, if that is said.
    pub fn made_by(&self) -> Option<&FeatureSpec> {
        self.made_by.as_ref()
    }
}

fn vectors_of(schema: &Schema) -> Result<Vec<BroughtVectors>, StreamError> {
    let known = columns_of(schema);
    let mut vectors = Vec::new();
    let mut others = None;
    for (place, field) in schema.fields().iter().enumerate() {
        #[expect(clippy::wildcard_enum_match_arm, reason = "Arrow's types are many, of which few are vectors")]
        let (size, item) = match field.data_type() {
            DataType::FixedSizeList(item, size) => (Some(*size), item.data_type()),
            DataType::List(item) | DataType::LargeList(item) => (None, item.data_type()),
            _ => continue,
        };
        #[expect(clippy::wildcard_enum_match_arm, reason = "Arrow's types are many, of which few are numbers")]
        let precision = match item {
            DataType::Float16 => Some(Precision::Half),
            DataType::Float32 => Some(Precision::Single),
            DataType::Float64 => None,
            _ => continue,
        };
        match (size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0), precision) {
            (Some(channels), Some(precision)) => {
                let stored = known.iter().find(|column| column.name == *field.name());
                let stored = stored.map(|column| column.stored.clone());
                vectors.push(BroughtVectors { place, name: field.name().clone(), stored, channels, precision });
            }
            _ => others = others.or_else(|| Some((field.name().clone(), field.data_type().to_string()))),
        }
    }
    match others {
        // It is meant, and would be passed over.
        Some((name, found)) => Err(StreamError::WrongVectors { name, found }),
        None if vectors.is_empty() => {
            Err(StreamError::NoVectors { there: schema.fields().iter().map(|field| field.name().clone()).collect() })
        }
        None => Ok(vectors),
    }
}

/// Whether a column of this type has paths and not numbers; `None` if it has neither.
#[expect(clippy::wildcard_enum_match_arm, reason = "Arrow's types are many, of which few can name an image")]
fn is_path(data_type: &DataType) -> Option<bool> {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(true),
        DataType::Dictionary(_, values) => is_path(values),
        other => other.is_integer().then_some(false),
    }
}

impl BroughtRows {
    /// How many.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which image a row is of.
    ///
    /// # Panics
    /// As all below, when there is no such row.
    pub fn key(&self, row: usize) -> BroughtKey<'_> {
        match self.columns.key_is_path {
            _ if self.key.is_null(row) => BroughtKey::Missing,
            true => BroughtKey::Path(self.key.as_string::<i64>().value(row)),
            false => BroughtKey::Id(self.key.as_primitive::<Int64Type>().value(row)),
        }
    }

    /// Width and height of the upright picture in pixels, if they are said.
    pub fn size(&self, row: usize) -> Option<[u32; 2]> {
        let side = |place: Option<usize>| {
            let side = self.batch.column(place?);
            side.is_valid(row).then(|| side.as_primitive::<UInt32Type>().value(row))
        };
        Some([side(self.columns.width)?, side(self.columns.height)?])
    }

    /// What was wrong with a row, if that is said.
    pub fn problem(&self, row: usize) -> Option<&str> {
        let problems = self.batch.column(self.columns.problem?);
        problems.is_valid(row).then(|| problems.as_string::<i32>().value(row))
    }

    /// A small copy of the picture as JPEG, if there is one.
    pub fn thumbnail(&self, row: usize) -> Option<&[u8]> {
        let thumbnails = self.batch.column(self.columns.thumbnail?);
        thumbnails.is_valid(row).then(|| thumbnails.as_binary::<i32>().value(row))
    }

    /// The vector of a row in the `column`-th column of vectors; `None` where there is none.
    ///
    /// # Panics
    /// Also when there is no such column.
    pub fn vector(&self, column: usize, row: usize) -> Option<NumbersRef<'_>> {
        let column = &self.columns.vectors[column];
        let lists = self.batch.column(column.place).as_fixed_size_list();
        if lists.is_null(row) {
            return None;
        }
        let all = match column.precision {
            Precision::Half => NumbersRef::Half(lists.values().as_primitive::<Float16Type>().values()),
            Precision::Single => NumbersRef::Single(lists.values().as_primitive::<Float32Type>().values()),
        };
        Some(all.slice(row * column.channels, column.channels))
    }

    /// Whether all numbers of a vector are there and finite.
    ///
    /// # Panics
    /// As [`Self::vector`].
    pub fn is_finite(&self, column: usize, row: usize) -> bool {
        let wanted = &self.columns.vectors[column];
        let values = self.batch.column(wanted.place).as_fixed_size_list().values();
        let first = row * wanted.channels;
        let has_all = values.null_count() == 0 || (first..first + wanted.channels).all(|at| values.is_valid(at));
        has_all && self.vector(column, row).is_some_and(|vector| vector.iter().all(f32::is_finite))
    }

    /// No numbers yet, of the precision of a column of vectors.
    ///
    /// # Panics
    /// When there is no such column.
    pub fn none_of(&self, column: usize) -> Numbers {
        Numbers::new(self.columns.vectors[column].precision)
    }
}

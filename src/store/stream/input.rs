//! Rows with pictures, as they come.

use std::io::{BufReader, Cursor, Read};

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch, downcast_dictionary_array};
use arrow_schema::{DataType, SchemaRef};

use super::StreamError;
use super::messages::{LARGEST_HEADER, Messages};

/// Columns that hold pictures unless another one is named.
const USUAL: [&str; 3] = ["path", "content", "bytes"];

/// Which column has the pictures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureColumn {
    /// Its place in the schema that comes in.
    pub(super) place: usize,
    /// Whether it has the bytes of files, not paths.
    pub(super) is_content: bool,
}

/// Where a picture is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureRef<'a> {
    /// In a file, which lies here.
    Path(&'a str),
    /// Here: the bytes of a file.
    Content(&'a [u8]),
    /// Nowhere.
    Missing,
}

/// A stream that is being read.
pub struct PictureStream {
    messages: Messages<BufReader<Source>>,
    column: PictureColumn,
}

pub(super) type Source = std::io::Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>;

/// Some rows that came together.
#[derive(Clone, Debug)]
pub struct PictureRows {
    pub(super) batch: RecordBatch,
    /// Paths or contents, as they came.
    pictures: ArrayRef,
}

impl PictureStream {
    /// Reads as far as the schema. The pictures are in the column of this name, or in the only one with a usual one.
    ///
    /// # Errors
    /// When what comes is no stream, or has no such column.
    pub fn open(mut input: Box<dyn Read + Send>, column: Option<&str>) -> Result<Self, StreamError> {
        let mut start = Vec::with_capacity(START);
        input.by_ref().take(START as u64).read_to_end(&mut start).map_err(StreamError::Unreadable)?;
        expect_stream(&start)?;
        let source = BufReader::with_capacity(1 << 16, Cursor::new(start).chain(input));
        let messages = Messages::open(source)?;
        let column = PictureColumn::find(&messages.schema(), column)?;
        Ok(Self { messages, column })
    }

    /// What comes in.
    pub(super) fn schema(&self) -> SchemaRef {
        self.messages.schema()
    }

    /// Where the pictures are.
    pub(super) fn column(&self) -> &PictureColumn {
        &self.column
    }
}

impl Iterator for PictureStream {
    type Item = Result<PictureRows, StreamError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = self.messages.next_batch().transpose()?;
        Some(batch.map(|batch| PictureRows { pictures: batch.column(self.column.place).clone(), batch }))
    }
}

impl PictureColumn {
    fn find(schema: &SchemaRef, wanted: Option<&str>) -> Result<Self, StreamError> {
        let names = || schema.fields().iter().map(|field| field.name().clone());
        let found: Vec<usize> = match wanted {
            Some(name) => names().enumerate().filter(|(_, its)| its == name).map(|(place, _)| place).collect(),
            None => {
                names().enumerate().filter(|(_, its)| USUAL.contains(&its.as_str())).map(|(place, _)| place).collect()
            }
        };
        let place = match found[..] {
            [place] => place,
            [] => {
                let wanted = wanted.map_or_else(|| "path, content or bytes".to_owned(), str::to_owned);
                return Err(StreamError::NoColumn { wanted, there: names().collect() });
            }
            _ => {
                return Err(StreamError::ManyColumns {
                    found: found.iter().filter_map(|at| names().nth(*at)).collect(),
                });
            }
        };
        let field = schema.field(place);
        let is_content = is_content(field.data_type()).ok_or_else(|| StreamError::WrongType {
            name: field.name().clone(),
            found: field.data_type().to_string(),
        })?;
        Ok(Self { place, is_content })
    }
}

/// Whether a column of this type has contents and not paths; `None` if it has neither.
#[expect(clippy::wildcard_enum_match_arm, reason = "Arrow's types are many, of which few can be pictures")]
fn is_content(data_type: &DataType) -> Option<bool> {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(false),
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => Some(true),
        DataType::Dictionary(_, values) => is_content(values),
        _ => None,
    }
}

impl PictureRows {
    /// How many.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The picture of a row.
    ///
    /// # Panics
    /// When there is no such row.
    pub fn picture(&self, row: usize) -> PictureRef<'_> {
        picture_at(&self.pictures, row)
    }

    /// The rows from `first` on, at most so many. They stay where they are.
    ///
    /// # Panics
    /// When there are not so many before `first`.
    #[must_use]
    pub fn piece(&self, first: usize, rows_at_most: usize) -> Self {
        let rows = rows_at_most.min(self.len() - first);
        Self { batch: self.batch.slice(first, rows), pictures: self.pictures.slice(first, rows) }
    }
}

/// Each is looked up where it lies: many rows may share one large content, which a plain array would have as often as there
/// are rows.
#[expect(clippy::wildcard_enum_match_arm, reason = "the types are those of `is_content`")]
fn picture_at(array: &dyn Array, row: usize) -> PictureRef<'_> {
    if array.is_null(row) {
        return PictureRef::Missing;
    }
    match array.data_type() {
        DataType::Utf8 => PictureRef::Path(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => PictureRef::Path(array.as_string::<i64>().value(row)),
        DataType::Utf8View => PictureRef::Path(array.as_string_view().value(row)),
        DataType::Binary => PictureRef::Content(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => PictureRef::Content(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => PictureRef::Content(array.as_binary_view().value(row)),
        DataType::FixedSizeBinary(_) => PictureRef::Content(array.as_fixed_size_binary().value(row)),
        DataType::Dictionary(..) => {
            let key = downcast_dictionary_array!(array => array.key(row), _ => None);
            key.map_or(PictureRef::Missing, |key| picture_at(array.as_any_dictionary().values(), key))
        }
        other => unreachable!("a column of {other} holds no pictures"),
    }
}

/// As much as tells a stream from other files.
pub(super) const START: usize = 8;

/// Looks at the first bytes, before a library takes them for a length.
pub(super) fn expect_stream(start: &[u8]) -> Result<(), StreamError> {
    let is = |what| Err(StreamError::NotAStream { what });
    match start {
        [] => Err(StreamError::Empty),
        start if start.starts_with(b"ARROW1") => is("an Arrow file (Feather)"),
        start if start.starts_with(b"PAR1") => is("a Parquet file"),
        [0xff, 0xff, 0xff, 0xff, length @ ..] => match <[u8; 4]>::try_from(length).map(u32::from_le_bytes) {
            Ok(1..=LARGEST_HEADER) => Ok(()),
            Ok(_) => is("something else"),
            Err(_) => Err(StreamError::Broken { reason: "it ends before its schema does".to_owned() }),
        },
        start if start.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) => is("text"),
        _ => is("something else"),
    }
}

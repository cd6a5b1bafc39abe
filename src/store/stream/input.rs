//! Rows with pictures, as they come.

use std::io::{BufReader, Cursor, Read};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_cast::cast;
use arrow_ipc::reader::StreamReader;
use arrow_schema::{ArrowError, DataType, SchemaRef};

use super::StreamError;

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
    reader: StreamReader<BufReader<Source>>,
    column: PictureColumn,
}

pub(super) type Source = std::io::Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>;

/// Some rows that came together.
#[derive(Clone, Debug)]
pub struct PictureRows {
    pub(super) batch: RecordBatch,
    /// Paths as plain text, or contents as large binary.
    pictures: ArrayRef,
    is_content: bool,
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
        let reader = StreamReader::try_new(source, None).map_err(broken)?;
        let column = PictureColumn::find(&reader.schema(), column)?;
        Ok(Self { reader, column })
    }

    /// What comes in.
    pub(super) fn schema(&self) -> SchemaRef {
        self.reader.schema()
    }

    /// Where the pictures are.
    pub(super) fn column(&self) -> &PictureColumn {
        &self.column
    }
}

impl Iterator for PictureStream {
    type Item = Result<PictureRows, StreamError>;

    fn next(&mut self) -> Option<Self::Item> {
        let batch = match self.reader.next()? {
            Ok(batch) => batch,
            Err(error) => return Some(Err(broken(error))),
        };
        let pictures = self.column.pictures(&batch).map_err(broken);
        Some(pictures.map(|pictures| PictureRows { batch, pictures, is_content: self.column.is_content }))
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

    fn pictures(&self, batch: &RecordBatch) -> Result<ArrayRef, ArrowError> {
        let array = batch.column(self.place);
        // Of plain and large arrays only the offsets are made anew.
        cast(array, if self.is_content { &DataType::LargeBinary } else { &DataType::LargeUtf8 })
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
        match self.is_content {
            _ if self.pictures.is_null(row) => PictureRef::Missing,
            true => PictureRef::Content(self.pictures.as_binary::<i64>().value(row)),
            false => PictureRef::Path(self.pictures.as_string::<i64>().value(row)),
        }
    }

    /// The same rows in pieces of at most so many; no rows are one piece.
    pub fn in_pieces(self, rows_at_most: usize) -> Vec<Arc<Self>> {
        if self.len() <= rows_at_most {
            return vec![Arc::new(self)];
        }
        let piece = |first: usize| {
            let rows = rows_at_most.min(self.len() - first);
            let (batch, pictures) = (self.batch.slice(first, rows), self.pictures.slice(first, rows));
            Arc::new(Self { batch, pictures, is_content: self.is_content })
        };
        (0..self.len()).step_by(rows_at_most).map(piece).collect()
    }
}

/// As much as tells a stream from other files.
pub(super) const START: usize = 8;
/// No schema is larger.
const LARGEST_SCHEMA: u32 = 1 << 28;

/// Looks at the first bytes, before a library takes them for a length.
pub(super) fn expect_stream(start: &[u8]) -> Result<(), StreamError> {
    let is = |what| Err(StreamError::NotAStream { what });
    match start {
        [] => Err(StreamError::Empty),
        start if start.starts_with(b"ARROW1") => is("an Arrow file (Feather)"),
        start if start.starts_with(b"PAR1") => is("a Parquet file"),
        [0xff, 0xff, 0xff, 0xff, length @ ..] => match <[u8; 4]>::try_from(length).map(u32::from_le_bytes) {
            Ok(1..=LARGEST_SCHEMA) => Ok(()),
            Ok(_) => is("something else"),
            Err(_) => Err(StreamError::Broken { reason: "it ends before its schema does".to_owned() }),
        },
        start if start.iter().all(|byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace()) => is("text"),
        _ => is("something else"),
    }
}

pub(super) fn broken(error: ArrowError) -> StreamError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors are many, and all but one mean the same")]
    match error {
        ArrowError::IoError(_, error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            StreamError::Broken { reason: "it ends in the middle".to_owned() }
        }
        ArrowError::IoError(_, error) => StreamError::Unreadable(error),
        other => StreamError::Broken { reason: other.to_string() },
    }
}

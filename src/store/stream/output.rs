//! Rows with features, as they go.

use std::io::{self, Write};
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::ByteViewType;
use arrow_array::{ArrayRef, GenericByteViewArray, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, DataType, SchemaRef};

use super::input::PictureStream;
use super::{FeatureColumns, MadeRows, PictureRows, StreamError};

/// A stream that is being written.
pub struct FeatureStream<W: Write> {
    writer: StreamWriter<io::BufWriter<W>>,
    schema: SchemaRef,
    /// The places of the columns that are passed on.
    kept: Vec<usize>,
}

impl<W: Write> FeatureStream<W> {
    /// Writes the schema of what comes of `input`: its columns, and those that are added. The column of pictures' bytes is
    /// passed on if `keep_content` says so.
    ///
    /// # Errors
    /// When a name would be there twice, or nothing can be written.
    pub fn open(
        output: W,
        input: &PictureStream,
        columns: &FeatureColumns,
        keep_content: bool,
    ) -> Result<Self, StreamError> {
        let (came, pictures) = (input.schema(), input.column());
        let is_kept = |place: &usize| keep_content || !pictures.is_content || *place != pictures.place;
        let kept: Vec<usize> = (0..came.fields().len()).filter(is_kept).collect();
        let fields = kept.iter().map(|place| came.fields()[*place].clone()).collect();
        let schema = SchemaRef::new(columns.schema(fields, came.metadata())?);
        let writer = StreamWriter::try_new_buffered(output, &schema).map_err(unwritten)?;
        let mut this = Self { writer, schema, kept };
        this.writer.flush().map_err(unwritten)?;
        Ok(this)
    }

    /// Writes rows and what was made of them as one batch, down to the reader.
    ///
    /// # Errors
    /// When nothing can be written.
    ///
    /// # Panics
    /// When what was made is of more or fewer rows.
    pub fn write(&mut self, rows: &PictureRows, made: MadeRows) -> Result<(), StreamError> {
        assert_eq!(rows.len(), made.len(), "every row was made something of");
        let kept = self.kept.iter().map(|place| without_others(rows.batch.column(*place)));
        let arrays = kept.chain(made.into_arrays()).collect();
        let batch = RecordBatch::try_new(self.schema.clone(), arrays);
        let batch = batch.map_err(|error| StreamError::NoBatch(error.to_string()))?;
        self.writer.write(&batch).and_then(|()| self.writer.flush()).map_err(unwritten)
    }

    /// Marks the end.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn finish(mut self) -> Result<(), StreamError> {
        self.writer.finish().map_err(unwritten)
    }
}

/// A column of which nothing else is written than what its rows show. Text and binary as views share what they show with
/// all rows that came together, and each piece of them would be written with all of that.
fn without_others(column: &ArrayRef) -> ArrayRef {
    fn shown<T: ByteViewType>(views: &GenericByteViewArray<T>) -> Option<ArrayRef> {
        let held: usize = views.data_buffers().iter().map(|buffer| buffer.len()).sum();
        (views.total_buffer_bytes_used() < held).then(|| Arc::new(views.gc()) as ArrayRef)
    }
    #[expect(clippy::wildcard_enum_match_arm, reason = "all other columns are cut when they are written")]
    let smaller = match column.data_type() {
        DataType::Utf8View => shown(column.as_string_view()),
        DataType::BinaryView => shown(column.as_binary_view()),
        _ => None,
    };
    smaller.unwrap_or_else(|| column.clone())
}

fn unwritten(error: ArrowError) -> StreamError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors are many, and all but one mean the same")]
    match error {
        ArrowError::IoError(_, error) if error.kind() == io::ErrorKind::BrokenPipe => StreamError::Closed,
        ArrowError::IoError(_, error) => StreamError::Unwritable(error),
        other => StreamError::NoBatch(other.to_string()),
    }
}

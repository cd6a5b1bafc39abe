//! The messages of an Arrow stream, one after the other, none of them larger than what is held at once.
//!
//! A message says how long it is before it comes, and its buffers say how long they are once they are unpacked. The library
//! makes room for whatever is said, so each length is looked at before.

use std::collections::HashMap;
use std::io::{ErrorKind, Read};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, UInt8Array};
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::{Message, MessageHeader, root_as_message};
use arrow_schema::{ArrowError, SchemaRef};

use super::StreamError;

/// Bytes of a message, packed or unpacked, and of all dictionaries together.
const LARGEST: u64 = 4 << 30;
/// Bytes of what describes a message.
pub(super) const LARGEST_HEADER: u32 = 1 << 28;
/// For so many bytes room is made because they are said to come; for more only as they come.
const ROOM: u64 = 64 << 20;
/// Before the length of a message.
const MARK: [u8; 4] = [0xff; 4];
/// Before each packed buffer stands how long it is unpacked.
const PREFIX: usize = 8;
/// There, where it was not packed after all.
const NOT_PACKED: i64 = -1;

/// A stream after its schema.
pub(super) struct Messages<R> {
    input: R,
    schema: SchemaRef,
    dictionaries: HashMap<i64, ArrayRef>,
    dictionary_bytes: HashMap<i64, u64>,
}

impl<R: Read> Messages<R> {
    /// Reads the schema.
    pub(super) fn open(mut input: R) -> Result<Self, StreamError> {
        let Raw { header, .. } = next_message(&mut input)?.ok_or_else(|| contradicts("it has no schema"))?;
        let message = parsed(&header)?;
        let schema = message.header_as_schema().ok_or_else(|| contradicts("it does not begin with its schema"))?;
        let schema = Arc::new(fb_to_schema(schema));
        Ok(Self { input, schema, dictionaries: HashMap::new(), dictionary_bytes: HashMap::new() })
    }

    /// The schema.
    pub(super) fn schema(&self) -> SchemaRef {
        self.schema.clone()
    }

    /// The next rows; `None` at the end.
    pub(super) fn next_batch(&mut self) -> Result<Option<RecordBatch>, StreamError> {
        while let Some(Raw { header, body }) = next_message(&mut self.input)? {
            let message = parsed(&header)?;
            if let Some(batch) = message.header_as_record_batch() {
                expect_held("a batch", unpacked_bytes(&batch, &body)?)?;
                let (body, schema) = (UInt8Array::from(body), self.schema.clone());
                let batch = read_record_batch(
                    body.values().inner(),
                    batch,
                    schema,
                    &self.dictionaries,
                    None,
                    &message.version(),
                );
                return batch.map(Some).map_err(broken);
            }
            self.take_dictionary(&message, body)?;
        }
        Ok(None)
    }

    /// Takes in the words that a column's numbers stand for; they stay, so they are counted together.
    fn take_dictionary(&mut self, message: &Message<'_>, body: Vec<u8>) -> Result<(), StreamError> {
        let unknown = || contradicts(&format!("a message is a {:?}", message.header_type()));
        if message.header_type() != MessageHeader::DictionaryBatch {
            return Err(unknown());
        }
        let dictionary = message.header_as_dictionary_batch().ok_or_else(unknown)?;
        let batch = dictionary.data().ok_or_else(|| contradicts("a dictionary has nothing in it"))?;
        let its = self.dictionary_bytes.entry(dictionary.id()).or_default();
        *its = unpacked_bytes(&batch, &body)?.saturating_add(if dictionary.isDelta() { *its } else { 0 });
        let all = self.dictionary_bytes.values().fold(0_u64, |sum, bytes| sum.saturating_add(*bytes));
        expect_held("dictionaries", all)?;
        let body = UInt8Array::from(body);
        read_dictionary(body.values().inner(), dictionary, &self.schema, &mut self.dictionaries, &message.version())
            .map_err(broken)
    }
}

/// A message as it came.
struct Raw {
    /// What describes it.
    header: Vec<u8>,
    /// What is in it.
    body: Vec<u8>,
}

/// The next message; `None` at the end, which some writers do not mark.
fn next_message(input: &mut impl Read) -> Result<Option<Raw>, StreamError> {
    let mut length = match up_to(input, 4)? {
        start if start.is_empty() => return Ok(None),
        start => <[u8; 4]>::try_from(start).map_err(|_| cut_off())?,
    };
    if length == MARK {
        length = <[u8; 4]>::try_from(up_to(input, 4)?).map_err(|_| cut_off())?;
    }
    let length = match u32::from_le_bytes(length) {
        0 => return Ok(None),
        length @ 1..=LARGEST_HEADER => length,
        length => return Err(contradicts(&format!("a message is described by {length} bytes"))),
    };
    let header = exactly(input, length.into())?;
    let said = parsed(&header)?.bodyLength();
    let body = u64::try_from(said).map_err(|_| contradicts(&format!("a message has {said} bytes")))?;
    expect_held("a message", body)?;
    let body = exactly(input, body)?;
    Ok(Some(Raw { header, body }))
}

fn parsed(header: &[u8]) -> Result<Message<'_>, StreamError> {
    root_as_message(header).map_err(|error| contradicts(&format!("a message is described by no table: {error}")))
}

/// So many bytes, or those there are.
fn up_to(input: &mut impl Read, bytes: u64) -> Result<Vec<u8>, StreamError> {
    let mut read = Vec::with_capacity(bytes.min(ROOM) as usize);
    input.take(bytes).read_to_end(&mut read).map_err(unreadable)?;
    Ok(read)
}

fn exactly(input: &mut impl Read, bytes: u64) -> Result<Vec<u8>, StreamError> {
    let read = up_to(input, bytes)?;
    if read.len() as u64 == bytes { Ok(read) } else { Err(cut_off()) }
}

/// How many bytes the buffers of a batch are when they are unpacked.
fn unpacked_bytes(batch: &arrow_ipc::RecordBatch<'_>, body: &[u8]) -> Result<u64, StreamError> {
    let is_packed = batch.compression().is_some();
    let mut sum: u64 = 0;
    for buffer in batch.buffers().iter().flatten() {
        let within = || {
            let (start, length) = (usize::try_from(buffer.offset()).ok()?, usize::try_from(buffer.length()).ok()?);
            body.get(start..start.checked_add(length)?)
        };
        let bytes = within().ok_or_else(|| contradicts("a buffer lies outside of its message"))?;
        let unpacked = match bytes.split_first_chunk::<PREFIX>() {
            _ if !is_packed || bytes.is_empty() => bytes.len() as u64,
            None => return Err(contradicts("a buffer ends before its length does")),
            Some((prefix, packed)) => match i64::from_le_bytes(*prefix) {
                NOT_PACKED => packed.len() as u64,
                said => u64::try_from(said).map_err(|_| contradicts(&format!("a buffer has {said} bytes")))?,
            },
        };
        sum = sum.saturating_add(unpacked);
    }
    Ok(sum)
}

fn expect_held(what: &'static str, bytes: u64) -> Result<(), StreamError> {
    if bytes <= LARGEST { Ok(()) } else { Err(StreamError::TooLarge { what, bytes, most: LARGEST }) }
}

fn cut_off() -> StreamError {
    contradicts("it ends in the middle")
}

fn contradicts(reason: &str) -> StreamError {
    StreamError::Broken { reason: reason.to_owned() }
}

fn unreadable(error: std::io::Error) -> StreamError {
    if error.kind() == ErrorKind::UnexpectedEof { cut_off() } else { StreamError::Unreadable(error) }
}

/// What the library says of a message.
fn broken(error: ArrowError) -> StreamError {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the library's errors are many, and all but one mean the same")]
    match error {
        ArrowError::IoError(_, error) => unreadable(error),
        other => StreamError::Broken { reason: other.to_string() },
    }
}

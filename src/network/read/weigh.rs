//! How much memory the messages of a file will take, before they are decoded.
//!
//! A message of two bytes becomes a structure of hundreds, so a small file could fill the memory. Fields are counted
//! here without decoding anything; real networks have tens of thousands.

use std::io::{self, BufReader, Read, Seek};

/// More fields than this are no network.
const MOST_FIELDS: usize = 2_000_000;

/// Messages inside messages: no deeper than this.
const DEEPEST: usize = 24;

/// What a field with a length holds.
pub(super) enum Content<M> {
    /// Text or numbers.
    Bytes,
    /// A message of a kind that is known.
    Message(M),
    /// Anything: every two bytes may be a field.
    Unknown,
}

/// The kinds of messages of a format, as far as they hold others.
pub(super) trait Message: Copy {
    /// What the field of such a message holds.
    fn content(self, field: u64) -> Content<Self>;

    /// As how many fields such a message counts itself, if it takes much memory even when it is empty.
    fn fields(self) -> usize {
        0
    }
}

/// Counts the fields of a file of so many bytes, which stands at its start. Texts and numbers are passed over unread.
///
/// # Errors
/// What is wrong: cut short, not this format, too much, or not to be read.
pub(super) fn weigh(file: impl Read + Seek, bytes: u64, message: impl Message) -> Result<(), String> {
    let mut file = Place { file: BufReader::new(file), at: 0 };
    count(&mut file, bytes, message, 0, &mut 0)
}

/// A file, and where it stands.
struct Place<R> {
    file: BufReader<R>,
    at: u64,
}

impl<R: Read + Seek> Place<R> {
    fn pass(&mut self, bytes: u64) -> Result<(), String> {
        let far = i64::try_from(bytes).map_err(|_| "it ends in the middle of a field".to_owned())?;
        self.file.seek_relative(far).map_err(|error| unread(&error))?;
        self.at += bytes;
        Ok(())
    }

    /// A number that ends before `end`.
    fn varint(&mut self, end: u64) -> Result<u64, String> {
        let mut value = 0;
        for place in 0..10 {
            if self.at == end {
                return Err("it ends in the middle of a number".to_owned());
            }
            let mut byte = [0];
            self.file.read_exact(&mut byte).map_err(|error| unread(&error))?;
            self.at += 1;
            value |= u64::from(byte[0] & 0x7f).checked_shl(7 * place).unwrap_or(0);
            if byte[0] < 0x80 {
                return Ok(value);
            }
        }
        Err("a number is longer than ten bytes".to_owned())
    }
}

fn unread(error: &io::Error) -> String {
    format!("it cannot be read ({error})")
}

/// Counts the fields of a message that ends at `end`.
fn count<R: Read + Seek>(
    file: &mut Place<R>,
    end: u64,
    message: impl Message,
    depth: usize,
    fields: &mut usize,
) -> Result<(), String> {
    if depth > DEEPEST {
        return Err("its messages are nested too deeply".to_owned());
    }
    *fields += message.fields();
    while file.at < end {
        let tag = file.varint(end)?;
        let length = match tag & 7 {
            0 => {
                file.varint(end)?;
                0
            }
            1 => 8,
            2 => file.varint(end)?,
            5 => 4,
            kind => return Err(format!("a field has the unknown wire type {kind}")),
        };
        if length > end - file.at {
            return Err("it ends in the middle of a field".to_owned());
        }
        // Numbers of fixed size take as much in memory as in the file.
        *fields += usize::from(!matches!(tag & 7, 1 | 5));
        let content = if tag & 7 == 2 { message.content(tag >> 3) } else { Content::Bytes };
        match content {
            Content::Bytes => file.pass(length)?,
            Content::Unknown => {
                *fields = fields.saturating_add(usize::try_from(length / 2).unwrap_or(usize::MAX));
                file.pass(length)?;
            }
            Content::Message(inner) => {
                let end = file.at + length;
                count(file, end, inner, depth + 1, fields)?;
            }
        }
        if *fields > MOST_FIELDS {
            return Err("it holds more fields than any network needs".to_owned());
        }
    }
    Ok(())
}

//! How much memory the messages of a file will take, before they are decoded.
//!
//! A message of two bytes becomes a structure of hundreds, so a small file could fill the memory. Fields are counted
//! here without decoding anything; real networks have tens of thousands.

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

/// Counts the fields of a file.
///
/// # Errors
/// What is wrong: cut short, not this format, or too much.
pub(super) fn weigh(file: &[u8], message: impl Message) -> Result<(), String> {
    count(file, message, 0, &mut 0)
}

fn count(mut bytes: &[u8], message: impl Message, depth: usize, fields: &mut usize) -> Result<(), String> {
    if depth > DEEPEST {
        return Err("its messages are nested too deeply".to_owned());
    }
    *fields += message.fields();
    while !bytes.is_empty() {
        let tag = varint(&mut bytes)?;
        let length = match tag & 7 {
            0 => {
                varint(&mut bytes)?;
                0
            }
            1 => 8,
            2 => usize::try_from(varint(&mut bytes)?).unwrap_or(usize::MAX),
            5 => 4,
            kind => return Err(format!("a field has the unknown wire type {kind}")),
        };
        let inside = bytes.split_off(..length).ok_or("it ends in the middle of a field")?;
        // Numbers of fixed size take as much in memory as in the file.
        *fields += usize::from(!matches!(tag & 7, 1 | 5));
        if tag & 7 == 2 {
            match message.content(tag >> 3) {
                Content::Bytes => {}
                Content::Unknown => *fields += inside.len() / 2,
                Content::Message(inner) => count(inside, inner, depth + 1, fields)?,
            }
        }
        if *fields > MOST_FIELDS {
            return Err("it holds more fields than any network needs".to_owned());
        }
    }
    Ok(())
}

fn varint(bytes: &mut &[u8]) -> Result<u64, String> {
    let mut value = 0;
    for place in 0..10 {
        let byte = *bytes.split_off_first().ok_or("it ends in the middle of a number")?;
        value |= u64::from(byte & 0x7f).checked_shl(7 * place).unwrap_or(0);
        if byte < 0x80 {
            return Ok(value);
        }
    }
    Err("a number is longer than ten bytes".to_owned())
}

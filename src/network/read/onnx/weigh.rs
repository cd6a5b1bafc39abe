//! How much memory a file's messages will take, before they are decoded.
//!
//! A message of two bytes becomes a structure of hundreds, so a small file could fill the memory. Fields are counted
//! here without decoding anything; real networks have tens of thousands.

/// More fields than this are no network.
const MOST_FIELDS: usize = 2_000_000;

/// Messages inside messages: no deeper than this.
const DEEPEST: usize = 24;

/// Messages of the format, as far as they hold others.
#[derive(Clone, Copy)]
enum Message {
    Model,
    Graph,
    Node,
    Attribute,
    Tensor,
    Function,
    /// Text fields only.
    Entry,
    /// Anything else: every two bytes may be a field.
    Other,
}

/// What a field with a length holds.
enum Content {
    Bytes,
    Message(Message),
}

/// The field numbers are those of `onnx.proto`.
fn content(message: Message, field: u64) -> Content {
    use Content::{Bytes, Message as In};
    match (message, field) {
        (Message::Model, 7) => In(Message::Graph),
        (Message::Model, 14) | (Message::Graph, 16) | (Message::Node, 9) => In(Message::Entry),
        (Message::Model, 25) => In(Message::Function),
        (Message::Model, 2..=6) => Bytes,
        (Message::Graph | Message::Function, 1 | 7)
            if matches!((message, field), (Message::Graph, 1) | (Message::Function, 7)) =>
        {
            In(Message::Node)
        }
        (Message::Graph, 5) => In(Message::Tensor),
        (Message::Graph, 2 | 10) => Bytes,
        (Message::Node, 5) => In(Message::Attribute),
        (Message::Node, 1..=4 | 6..=8) => Bytes,
        (Message::Attribute, 5 | 10) => In(Message::Tensor),
        (Message::Attribute, 6 | 11) => In(Message::Graph),
        // Packed numbers take up to eight times their bytes, which the file's size bounds.
        (Message::Attribute, 1..=4 | 7..=9 | 13 | 21) => Bytes,
        (Message::Tensor, 13 | 16) => In(Message::Entry),
        (Message::Tensor, 1..=2 | 4..=12) => Bytes,
        (Message::Function, 11) => In(Message::Attribute),
        (Message::Function, 1..=6 | 8 | 10 | 13) => Bytes,
        (Message::Entry, _) => Bytes,
        _ => In(Message::Other),
    }
}

/// Counts the fields of a model.
///
/// # Errors
/// What is wrong: cut short, not this format, or too much.
pub(super) fn weigh(model: &[u8]) -> Result<(), String> {
    let mut fields = 0;
    count(model, Message::Model, 0, &mut fields)
}

fn count(mut bytes: &[u8], message: Message, depth: usize, fields: &mut usize) -> Result<(), String> {
    if depth > DEEPEST {
        return Err("its messages are nested too deeply".to_owned());
    }
    while !bytes.is_empty() {
        *fields += 1;
        if *fields > MOST_FIELDS {
            return Err("it holds more fields than any network needs".to_owned());
        }
        let tag = varint(&mut bytes)?;
        let length = match tag & 7 {
            0 => {
                varint(&mut bytes)?;
                continue;
            }
            1 => 8,
            2 => usize::try_from(varint(&mut bytes)?).unwrap_or(usize::MAX),
            5 => 4,
            kind => return Err(format!("a field has the unknown wire type {kind}")),
        };
        let inside = bytes.split_off(..length).ok_or("it ends in the middle of a field")?;
        if tag & 7 != 2 {
            continue;
        }
        match content(message, tag >> 3) {
            Content::Bytes => {}
            Content::Message(Message::Other) => *fields += inside.len() / 2,
            Content::Message(inner) => count(inside, inner, depth + 1, fields)?,
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

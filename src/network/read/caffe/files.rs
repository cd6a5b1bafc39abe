//! From files to messages.

use std::io::Seek;
use std::path::Path;

use prost::Message;
use prost_reflect::{DynamicMessage, text_format::ParseError};

use super::{
    super::{
        super::{
            NetworkError,
            plain_file::{self, Unread},
        },
        weigh::weigh,
    },
    bounds, fields,
    pieces::Pieces,
    schema::{NetParameter, net_descriptor},
};

/// No description is longer; a larger file is something else.
const LARGEST_DESCRIPTION: u64 = 64 << 20;
/// Messages in this format cannot be longer.
const LARGEST_WEIGHTS: u64 = 2 << 30;

/// Reads the layers' text.
pub(super) fn read_description(path: &Path) -> Result<NetParameter, NetworkError> {
    let refuse = |reason: String| NetworkError::Description { reason, path: path.to_owned() };
    let bytes = read(path, LARGEST_DESCRIPTION, &refuse)?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| refuse(format!("it is not text after byte {}", error.valid_up_to())))?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(refuse("it is empty".to_owned()));
    }
    bounds::check(text).map_err(refuse)?;
    let message =
        DynamicMessage::parse_text_format(net_descriptor(), text).map_err(|error| refuse(place(&error, text)))?;
    message.transcode_to().map_err(|error| refuse(error.to_string()))
}

/// Reads the weights.
pub(super) fn read_weights(path: &Path) -> Result<NetParameter, NetworkError> {
    let refuse = |reason: String| NetworkError::Weights { reason, path: path.to_owned() };
    let unreadable = |source| NetworkError::Unreadable { source, path: path.to_owned() };
    let (mut file, bytes) = plain_file::open(path).map_err(unreadable)?;
    if bytes > LARGEST_WEIGHTS {
        return Err(too_long(bytes, LARGEST_WEIGHTS, &refuse));
    }
    if bytes == 0 {
        return Err(refuse("it is empty".to_owned()));
    }
    weigh(&file, bytes, fields::Part::Net).map_err(refuse)?;
    file.rewind().map_err(unreadable)?;
    let mut pieces = Pieces::new(file, bytes);
    let decoded = NetParameter::decode(&mut pieces);
    match pieces.failed() {
        Some(error) => Err(unreadable(error)),
        None => decoded.map_err(|error| refuse(error.to_string())),
    }
}

/// Reads a file of at most `largest` bytes.
pub(super) fn read(
    path: &Path,
    largest: u64,
    refuse: &impl Fn(String) -> NetworkError,
) -> Result<Vec<u8>, NetworkError> {
    plain_file::read(path, largest).map_err(|error| match error {
        Unread::TooLong(bytes) => too_long(bytes, largest, refuse),
        Unread::Refused(source) => NetworkError::Unreadable { source, path: path.to_owned() },
    })
}

fn too_long(bytes: u64, largest: u64, refuse: &impl Fn(String) -> NetworkError) -> NetworkError {
    refuse(format!("it has {bytes} bytes, but {largest} are the most there can be"))
}

/// What the parser says, with the line. The parser keeps the place to itself but for its `Debug` form; where that has
/// none, the message stands alone.
fn place(error: &ParseError, text: &str) -> String {
    let debug = format!("{error:?}");
    let offset = debug.rsplit_once("span: ").and_then(|(_, span)| span.split_once("..")?.0.parse::<usize>().ok());
    match offset.and_then(|offset| text.get(..offset)) {
        Some(before) => format!("line {}: {error}", before.matches('\n').count() + 1),
        None => error.to_string(),
    }
}

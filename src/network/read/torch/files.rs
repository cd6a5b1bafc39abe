//! From a file to named tensors.

use std::{collections::BTreeMap, fs::File, io::Read, path::Path, sync::Arc};

use pytorch_reader::{DType, PytorchReader};
use safetensors::{Dtype, SafeTensors};

use super::{
    super::super::{
        NetworkError,
        plain_file::{self, Unread},
    },
    numbers::Form,
    state::{Entry, State},
};

/// The largest published network of this kind has 2.6 GB.
const LARGEST_FILE: u64 = 8 << 30;

/// How the files of `torch.save` begin.
const ZIP: &[u8] = b"PK\x03\x04";

/// Opens a file of either kind, whatever its ending says.
pub(super) fn open(path: &Path) -> Result<State, NetworkError> {
    let refuse = |reason: String| NetworkError::Checkpoint { reason, path: path.to_owned() };
    let unreadable = |source| NetworkError::Unreadable { source, path: path.to_owned() };
    let too_long = |bytes: u64| refuse(format!("it has {bytes} bytes, but {LARGEST_FILE} are the most there can be"));
    let (file, length) = plain_file::open(path).map_err(unreadable)?;
    if length > LARGEST_FILE {
        return Err(too_long(length));
    }
    let entries = if is_safetensors(path, file).map_err(unreadable)? {
        let bytes = plain_file::read(path, LARGEST_FILE).map_err(|error| match error {
            Unread::TooLong(bytes) => too_long(bytes),
            Unread::Refused(source) => unreadable(source),
        })?;
        safetensors(bytes).map_err(refuse)?
    } else {
        pickled(path).map_err(refuse)?
    };
    if entries.is_empty() {
        return Err(refuse("it holds no tensors".to_owned()));
    }
    // A tensor may be a view that repeats a few numbers, so the file's length alone is no bound on what it declares.
    // Saved modules may share a tensor under two names.
    let size = |entry: &Entry| entry.form.map_or(0, |form| count(&entry.shape).saturating_mul(form.size() as u64));
    let declared = entries.values().map(size).fold(0, u64::saturating_add);
    if declared > 2 * length {
        return Err(refuse(format!("it declares {declared} bytes of numbers but has {length} in all")));
    }
    Ok(State::new(entries))
}

/// Whether the file begins as this format does, with the length of a description that follows: a pickle begins with a
/// mark of its own. A file of that name is taken as one even so, for it to be said what is wrong with it.
fn is_safetensors(path: &Path, file: File) -> std::io::Result<bool> {
    let is_named_so = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("safetensors"));
    let mut start = Vec::new();
    file.take(9).read_to_end(&mut start)?;
    Ok(!start.starts_with(ZIP) && (is_named_so || start.get(8) == Some(&b'{')))
}

fn count(shape: &[usize]) -> u64 {
    shape.iter().fold(1, |product, dim| product.saturating_mul(*dim as u64))
}

/// What `torch.save` wrote. Nothing is executed, and numbers are read when they are asked for.
fn pickled(path: &Path) -> Result<BTreeMap<String, Entry>, String> {
    let reader = PytorchReader::new(path).map_err(|error| error.to_string())?;
    let entry = |tensor: pytorch_reader::Tensor| {
        let form = match tensor.dtype() {
            DType::F64 => Some(Form::Double),
            DType::F32 => Some(Form::Single),
            DType::F16 => Some(Form::Half),
            DType::BF16 => Some(Form::Brain),
            _ => None,
        };
        let (_, _, shape, read) = tensor.into_parts();
        Entry { shape, form, read: Box::new(read) }
    };
    Ok(reader.into_tensors().into_iter().map(|(name, tensor)| (name, entry(tensor))).collect())
}

/// The format without pickles.
pub(super) fn safetensors(bytes: Vec<u8>) -> Result<BTreeMap<String, Entry>, String> {
    let (header, metadata) = SafeTensors::read_metadata(&bytes).map_err(|error| error.to_string())?;
    let start = header + size_of::<u64>();
    // Shared as it was read: the largest are gigabytes.
    let bytes = Arc::new(bytes);
    let mut entries = BTreeMap::new();
    for (name, info) in metadata.tensors() {
        let form = match info.dtype {
            Dtype::F64 => Some(Form::Double),
            Dtype::F32 => Some(Form::Single),
            Dtype::F16 => Some(Form::Half),
            Dtype::BF16 => Some(Form::Brain),
            _ => None,
        };
        let (from, to) = info.data_offsets;
        let bytes = Arc::clone(&bytes);
        let read = move || {
            let range = start.saturating_add(from)..start.saturating_add(to);
            bytes.get(range).map(<[u8]>::to_vec).ok_or_else(|| std::io::ErrorKind::UnexpectedEof.into())
        };
        entries.insert(name, Entry { shape: info.shape.clone(), form, read: Box::new(read) });
    }
    Ok(entries)
}

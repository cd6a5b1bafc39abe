//! From a file to named tensors.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use pytorch_reader::{DType, PytorchReader};
use safetensors::{Dtype, SafeTensorError, tensor::Metadata};

use super::{
    super::super::{NetworkError, plain_file},
    numbers::Form,
    state::{Entry, State},
};

/// The largest published network of this kind has 2.6 GB.
const LARGEST_FILE: u64 = 8 << 30;

/// What the length of the description takes, before it.
const LENGTH_BYTES: u64 = 8;
/// The longest description that is read, as the format's own library has it.
const LARGEST_HEADER: u64 = 100_000_000;

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
        let (file, length) = plain_file::open(path).map_err(unreadable)?;
        safetensors(Source::File(Mutex::new(file)), length).map_err(refuse)?
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
fn is_safetensors(path: &Path, file: File) -> io::Result<bool> {
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

/// Where the bytes of the format without pickles are.
pub(super) enum Source {
    /// In a file: each tensor is read when it is asked for, and nothing is held of it.
    File(Mutex<File>),
    /// In memory.
    Bytes(Vec<u8>),
}

impl Source {
    fn read(&self, from: u64, length: usize) -> io::Result<Vec<u8>> {
        match self {
            Self::File(file) => {
                let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
                file.seek(SeekFrom::Start(from))?;
                let mut bytes = vec![0; length];
                file.read_exact(&mut bytes)?;
                Ok(bytes)
            }
            Self::Bytes(bytes) => {
                let start = usize::try_from(from).unwrap_or(usize::MAX);
                let range = start..start.saturating_add(length);
                bytes.get(range).map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
            }
        }
    }
}

/// The format without pickles, of so many bytes.
pub(super) fn safetensors(source: Source, length: u64) -> Result<BTreeMap<String, Entry>, String> {
    let in_words = |error: SafeTensorError| error.to_string();
    let unread = |error: io::Error| error.to_string();
    let header_bytes = match source.read(0, LENGTH_BYTES as usize) {
        Ok(bytes) => bytes.try_into().map(u64::from_le_bytes).unwrap_or(u64::MAX),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            return Err(in_words(SafeTensorError::HeaderTooSmall));
        }
        Err(error) => return Err(unread(error)),
    };
    if header_bytes > LARGEST_HEADER {
        return Err(in_words(SafeTensorError::HeaderTooLarge));
    }
    let start = LENGTH_BYTES + header_bytes;
    if start > length {
        return Err(in_words(SafeTensorError::InvalidHeaderLength));
    }
    let header = source.read(LENGTH_BYTES, header_bytes as usize).map_err(unread)?;
    let metadata: Metadata = serde_json::from_slice(&header)
        .map_err(|error| in_words(SafeTensorError::InvalidHeaderDeserialization(error)))?;
    // That tensors lie one behind the other, each as long as its shape says, is seen to where the description is read.
    if start.checked_add(metadata.data_len() as u64) != Some(length) {
        return Err(in_words(SafeTensorError::MetadataIncompleteBuffer));
    }
    let source = Arc::new(source);
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
        let source = Arc::clone(&source);
        let read = move || source.read(start + from as u64, to - from);
        entries.insert(name, Entry { shape: info.shape.clone(), form, read: Box::new(read) });
    }
    Ok(entries)
}

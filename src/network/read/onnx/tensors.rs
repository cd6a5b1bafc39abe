//! Tensors of the file, and of the files beside it.

use std::{
    io::{Read, Seek, SeekFrom},
    path::{Component, Path},
    sync::Arc,
};

use onnx_ir::TensorProto;

use super::{super::super::plain_file, literal::Literal};

/// How numbers are written, with their codes in `onnx.proto`.
#[derive(Clone, Copy)]
enum Type {
    Single,
    Double,
    Half,
    Brain,
    Unsigned8,
    Signed8,
    Unsigned16,
    Signed16,
    Unsigned32,
    Signed32,
    Unsigned64,
    Signed64,
    Truth,
}

impl Type {
    fn new(code: i32) -> Result<Self, String> {
        Ok(match code {
            1 => Self::Single,
            2 => Self::Unsigned8,
            3 => Self::Signed8,
            4 => Self::Unsigned16,
            5 => Self::Signed16,
            6 => Self::Signed32,
            7 => Self::Signed64,
            9 => Self::Truth,
            10 => Self::Half,
            11 => Self::Double,
            12 => Self::Unsigned32,
            13 => Self::Unsigned64,
            16 => Self::Brain,
            8 => return Err("holds text, where numbers are needed".to_owned()),
            code => return Err(format!("holds numbers of a type (code {code}) that Tiramisu cannot read")),
        })
    }

    fn byte_count(self) -> usize {
        match self {
            Self::Unsigned8 | Self::Signed8 | Self::Truth => 1,
            Self::Half | Self::Brain | Self::Unsigned16 | Self::Signed16 => 2,
            Self::Single | Self::Unsigned32 | Self::Signed32 => 4,
            Self::Double | Self::Unsigned64 | Self::Signed64 => 8,
        }
    }

    fn is_whole(self) -> bool {
        !matches!(self, Self::Single | Self::Double | Self::Half | Self::Brain)
    }

    /// One number of as many bytes as [`byte_count`](Self::byte_count), the lowest first.
    fn number(self, bytes: &[u8]) -> f32 {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        let word = u64::from_le_bytes(word);
        match self {
            Self::Single => f32::from_bits(word as u32),
            Self::Double => f64::from_bits(word) as f32,
            Self::Half => half::f16::from_bits(word as u16).to_f32(),
            Self::Brain => half::bf16::from_bits(word as u16).to_f32(),
            Self::Unsigned8 | Self::Unsigned16 | Self::Unsigned32 | Self::Unsigned64 => word as f32,
            Self::Signed8 => f32::from(word as u8 as i8),
            Self::Signed16 => f32::from(word as u16 as i16),
            Self::Signed32 => word as u32 as i32 as f32,
            Self::Signed64 => word as i64 as f32,
            Self::Truth => f32::from(u8::from(word != 0)),
        }
    }
}

/// Reads a tensor. `folder` is where the network's file lies: large networks keep their numbers in files beside it.
///
/// # Errors
/// What is wrong with it, in words.
pub(super) fn read(tensor: &TensorProto, folder: &Path) -> Result<Literal, String> {
    let kind = Type::new(tensor.data_type)?;
    let dims = tensor.dims.iter().map(|dim| usize::try_from(*dim).ok()).collect::<Option<Vec<_>>>();
    let dims = dims.ok_or_else(|| format!("has dimensions {:?}", tensor.dims))?;
    let count = super::super::super::general::count(&dims)?;
    let bytes_needed = count.checked_mul(kind.byte_count()).ok_or("is larger than any network needs")?;
    let numbers = |bytes: &[u8]| -> Arc<[f32]> {
        bytes.chunks_exact(kind.byte_count()).map(|bytes| kind.number(bytes)).collect()
    };
    let values = if tensor.data_location.value() == 1 {
        numbers(&external(tensor, folder, bytes_needed)?)
    } else if !tensor.raw_data.is_empty() {
        if tensor.raw_data.len() != bytes_needed {
            return Err(format!("has shape {dims:?}, but {} bytes", tensor.raw_data.len()));
        }
        numbers(&tensor.raw_data)
    } else {
        listed(tensor, kind)
    };
    Literal::shared(dims, values, kind.is_whole())
}

/// Numbers that are written one by one, in the field that goes with their type.
fn listed(tensor: &TensorProto, kind: Type) -> Arc<[f32]> {
    match kind {
        Type::Single => tensor.float_data.as_slice().into(),
        Type::Double => tensor.double_data.iter().map(|value| *value as f32).collect(),
        Type::Signed64 => tensor.int64_data.iter().map(|value| *value as f32).collect(),
        Type::Unsigned32 | Type::Unsigned64 => tensor.uint64_data.iter().map(|value| *value as f32).collect(),
        // Half precision by its bits, everything else by its value.
        Type::Half | Type::Brain => {
            tensor.int32_data.iter().map(|value| kind.number(&(*value as u16).to_le_bytes())).collect()
        }
        _ => tensor.int32_data.iter().map(|value| *value as f32).collect(),
    }
}

/// The file beside the network's in which a tensor lies, and how many bytes it takes of it, if it does.
pub(super) fn beside(tensor: &TensorProto) -> Option<(&str, u64)> {
    let location = tensor.external_data.iter().find(|entry| entry.key == "location");
    let location = location.filter(|_| tensor.data_location.value() == 1)?;
    let size = Type::new(tensor.data_type).map_or(1, Type::byte_count) as u64;
    let count = tensor.dims.iter().try_fold(1u64, |product, dim| product.checked_mul((*dim).max(0) as u64));
    Some((&location.value, count.unwrap_or(u64::MAX).saturating_mul(size)))
}

/// The bytes of a tensor that lie in another file of the same folder, and nowhere else.
fn external(tensor: &TensorProto, folder: &Path, length: usize) -> Result<Vec<u8>, String> {
    let entry = |key: &str| tensor.external_data.iter().find(|entry| entry.key == key).map(|entry| &entry.value);
    let location = entry("location").ok_or("lies in another file, which is not named")?;
    let relative = Path::new(location);
    if !relative.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir)) {
        return Err(format!("lies in `{location}`, which is not in the network's folder"));
    }
    let offset = match entry("offset") {
        Some(offset) => offset.parse::<u64>().map_err(|_| format!("lies at `{offset}` of `{location}`"))?,
        None => 0,
    };
    if let Some(declared) = entry("length")
        && declared.parse::<usize>().ok() != Some(length)
    {
        return Err(format!("needs {length} bytes, but {declared} of `{location}` are its"));
    }
    let missing = |error: std::io::Error| {
        format!("lies in the file `{location}`, which cannot be read ({error}); put it beside the .onnx file")
    };
    let (mut file, size) = plain_file::open(&folder.join(relative)).map_err(missing)?;
    if offset.checked_add(length as u64).is_none_or(|end| end > size) {
        return Err(format!("lies beyond the end of the file `{location}`; copy or download that file again"));
    }
    file.seek(SeekFrom::Start(offset)).map_err(missing)?;
    let mut bytes = vec![0; length];
    file.read_exact(&mut bytes).map_err(missing)?;
    Ok(bytes)
}

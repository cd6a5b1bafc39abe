//! From a file's bytes to numbers of 32 bits.

use std::sync::Arc;

use half::{bf16, f16};

/// How a file writes numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// 64 bits.
    Double,
    /// 32 bits.
    Single,
    /// 16 bits, IEEE.
    Half,
    /// The upper 16 bits of 32.
    Brain,
}

impl Form {
    /// Bytes of one number.
    pub fn size(self) -> usize {
        match self {
            Self::Double => 8,
            Self::Single => 4,
            Self::Half | Self::Brain => 2,
        }
    }

    /// Little-endian bytes as numbers; an incomplete last one is left out.
    pub fn read(self, bytes: &[u8]) -> Arc<[f32]> {
        match self {
            Self::Double => convert(bytes, |bytes| f64::from_le_bytes(bytes) as f32),
            Self::Single => convert(bytes, f32::from_le_bytes),
            Self::Half => convert(bytes, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Self::Brain => convert(bytes, |bytes| bf16::from_le_bytes(bytes).to_f32()),
        }
    }
}

fn convert<const N: usize>(bytes: &[u8], number: impl Fn([u8; N]) -> f32) -> Arc<[f32]> {
    bytes.as_chunks().0.iter().map(|bytes| number(*bytes)).collect()
}

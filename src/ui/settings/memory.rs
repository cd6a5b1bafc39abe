//! How much is held in memory.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

/// How much is held in memory for the next look, in MiB. What a view draws at the moment is always held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// Of thumbnails, on the graphics adapter.
    pub thumbnails_mib: u32,
    /// Of vectors, for the next question about neighbours.
    pub vectors_mib: u32,
}

impl Default for Memory {
    fn default() -> Self {
        Self { thumbnails_mib: 256, vectors_mib: 256 }
    }
}

impl Memory {
    /// What can be chosen for thumbnails, in MiB: less is not enough for a large screen full of them.
    pub const THUMBNAILS_MIB: RangeInclusive<u32> = 64..=4096;

    /// What can be chosen for vectors, in MiB.
    pub const VECTORS_MIB: RangeInclusive<u32> = 64..=65536;

    /// Bytes of thumbnails, whatever the file says.
    pub fn thumbnail_bytes(self) -> usize {
        in_bytes(self.thumbnails_mib, Self::THUMBNAILS_MIB)
    }

    /// Bytes of vectors, whatever the file says.
    pub fn vector_bytes(self) -> usize {
        in_bytes(self.vectors_mib, Self::VECTORS_MIB)
    }
}

fn in_bytes(mib: u32, range: RangeInclusive<u32>) -> usize {
    (mib.clamp(*range.start(), *range.end()) as usize).saturating_mul(1 << 20)
}

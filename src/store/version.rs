//! A state of a table.

use serde::{Deserialize, Serialize};

/// One commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Counts up with every commit.
    pub number: u64,
    /// When it was committed, in seconds since 1970.
    pub committed_unix_secs: i64,
}

/// Which state of a table something was made from. The time tells apart tables that were deleted and made again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The version.
    pub version: u64,
    /// When it was committed, in microseconds since 1970.
    pub committed_unix_micros: i64,
}

//! A state of a table.

/// One commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version {
    /// Counts up with every commit.
    pub number: u64,
    /// When it was committed, in seconds since 1970.
    pub committed_unix_secs: i64,
}

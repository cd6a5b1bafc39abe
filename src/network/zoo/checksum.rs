//! By what a file is known.

use std::fmt;

/// What a publisher tells of a file's content, in lower-case hexadecimal digits.
///
/// No two publishers tell the same, and a checksum that nobody published cannot be made up afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// The whole of it.
    Sha256(String),
    /// The first digits, as torchvision has them in its file names: enough against damage, not against malice.
    Sha256Prefix(String),
    /// The older sum of Caffe's model zoo.
    Sha1(String),
    /// The name git gives a file: SHA-1 over its length and content.
    GitBlob(String),
}

impl Checksum {
    /// The digits.
    pub fn digits(&self) -> &str {
        match self {
            Self::Sha256(digits) | Self::Sha256Prefix(digits) | Self::Sha1(digits) | Self::GitBlob(digits) => digits,
        }
    }

    /// Whether these digits can be of this kind.
    pub(super) fn is_well_formed(&self) -> bool {
        let fits = match self {
            Self::Sha256(digits) => digits.len() == 64,
            Self::Sha256Prefix(digits) => (8..64).contains(&digits.len()),
            Self::Sha1(digits) | Self::GitBlob(digits) => digits.len() == 40,
        };
        fits && self.digits().bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Sha256(_) => "sha256",
            Self::Sha256Prefix(_) => "sha256 that begins with",
            Self::Sha1(_) => "sha1",
            Self::GitBlob(_) => "git blob",
        };
        write!(f, "{kind} {}", self.digits())
    }
}

//! Whether a file is the one its publisher speaks of.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

// SHA-1 is for files whose publishers tell nothing better: it finds damage, and does not keep out whoever means harm.
use sha1::{Digest as _, Sha1};
use sha2::{Digest as _, Sha256};

use crate::engine::message::Progress;
use crate::network::zoo::Checksum;

/// Compares a file's content with a checksum; `None` if `progress` was cancelled meanwhile. Reads the whole file.
///
/// # Errors
/// When the file cannot be read.
pub fn matches(path: &Path, checksum: &Checksum, progress: &Progress) -> io::Result<Option<bool>> {
    let mut file = File::open(path)?;
    let mut sum = match checksum {
        Checksum::Sha256(_) | Checksum::Sha256Prefix(_) => Sum::Sha256(Sha256::new()),
        Checksum::Sha1(_) => Sum::Sha1(Sha1::new()),
        Checksum::GitBlob(_) => {
            let mut sum = Sha1::new();
            sum.update(format!("blob {}\0", file.metadata()?.len()).as_bytes());
            Sum::Sha1(sum)
        }
    };
    let mut portion = vec![0; 1 << 20];
    loop {
        if progress.is_cancelled() {
            return Ok(None);
        }
        match file.read(&mut portion)? {
            0 => break,
            read => sum.update(&portion[..read]),
        }
    }
    Ok(Some(sum.digits().starts_with(checksum.digits())))
}

enum Sum {
    Sha256(Sha256),
    Sha1(Sha1),
}

impl Sum {
    fn update(&mut self, content: &[u8]) {
        match self {
            Self::Sha256(sum) => sum.update(content),
            Self::Sha1(sum) => sum.update(content),
        }
    }

    fn digits(self) -> String {
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        match self {
            Self::Sha256(sum) => hex(&sum.finalize()),
            Self::Sha1(sum) => hex(&sum.finalize()),
        }
    }
}

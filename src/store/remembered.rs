//! What is remembered of a table's state, so that a question need not read the whole table: hidden files of the workspace.
//!
//! Each says which state of the table it is of: of another one it says nothing. It may be deleted, and where it cannot be
//! written or read the table is read instead.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::draft::write_whole;
use super::{Stamp, plain_file};

/// What each begins with; another number when its content means something else.
const MAGIC: u64 = u64::from_le_bytes(*b"tiramem1");
/// So many entries are never too many.
const SPARE_ENTRIES: u64 = 1 << 20;
/// Five numbers of eight bytes: that one, version and time of the state, how many bytes follow, and their sum.
const HEAD: usize = 40;

/// A file that is open and of the state that was asked for.
pub(super) struct Remembered {
    file: File,
    bytes: u64,
    sum: u64,
}

impl Remembered {
    /// What is remembered as `name` of this state; `None` if nothing is.
    pub(super) fn open(root: &Path, name: &str, of: Stamp) -> Option<Self> {
        let path = path_of(root, name);
        plain_file::expect(&path).ok()?;
        let mut file = File::open(path).ok()?;
        let mut head = [0; HEAD];
        file.read_exact(&mut head).ok()?;
        let number = |place: usize| head[place * 8..][..8].try_into().map(u64::from_le_bytes).ok();
        let is_it = number(0)? == MAGIC && number(1)? == of.version && number(2)? == micros(of);
        let (bytes, sum) = (number(3)?, number(4)?);
        let is_whole = file.metadata().ok()?.len().checked_sub(HEAD as u64) == Some(bytes);
        (is_it && is_whole).then_some(Self { file, bytes, sum })
    }

    /// How many bytes there are.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All of them, if they are as they were written, and no more than so many entries of so many bytes: who wrote the file may
    /// have made it as long as the disk allows, and longer.
    pub(super) fn read(self, most: usize, entry_bytes: usize) -> Option<Vec<u8>> {
        // Of images that are no more, too: an earlier version may have been restored.
        let most = (most as u64).saturating_mul(4).saturating_add(SPARE_ENTRIES).saturating_mul(entry_bytes as u64);
        if self.bytes > most {
            return None;
        }
        let mut content = Vec::with_capacity(usize::try_from(self.bytes).ok()?);
        self.file.take(self.bytes).read_to_end(&mut content).ok()?;
        (content.len() as u64 == self.bytes && sum_of(&content) == self.sum).then_some(content)
    }

    /// Some of them, which may have been damaged since.
    pub(super) fn read_at(&mut self, place: u64, into: &mut [u8]) -> Option<()> {
        self.file.seek(SeekFrom::Start(place.checked_add(HEAD as u64)?)).ok()?;
        self.file.read_exact(into).ok()
    }
}

/// Remembers something of a state as `name`. Where that cannot be done, it is found out again the next time.
pub(super) fn remember(root: &Path, name: &str, of: Stamp, content: &[u8]) {
    let numbers = [MAGIC, of.version, micros(of), content.len() as u64, sum_of(content)];
    let head: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
    if let Err(error) = write_whole(&path_of(root, name), &[&head, content]) {
        tracing::debug!(%error, name, "nothing is remembered");
    }
}

/// Forgets what is remembered as `name`, of whatever state.
pub(super) fn forget(root: &Path, name: &str) {
    match fs::remove_file(path_of(root, name)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::debug!(%error, name, "what is remembered stays");
        }
        _ => {}
    }
}

fn path_of(root: &Path, name: &str) -> PathBuf {
    root.join(format!(".{name}"))
}

fn micros(of: Stamp) -> u64 {
    of.committed_unix_micros.cast_unsigned()
}

/// FNV-1a over words of eight bytes: finds damage.
pub(super) fn sum_of(content: &[u8]) -> u64 {
    content.chunks(8).fold(0xcbf2_9ce4_8422_2325, |sum, bytes| {
        let mut word = [0; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x0100_0000_01b3)
    })
}

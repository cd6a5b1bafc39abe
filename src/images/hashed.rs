//! A file that is hashed while something else reads it.

use std::io::{self, Read, Seek, SeekFrom};

/// Bytes that are read at once of what nobody else has read.
const PIECE: usize = 1 << 16;

/// Hashes what is read of a source, each byte once, in order; whoever reads may go back and forth. A picture's file need not be
/// read a second time to know what its bytes come to, and they are those that were decoded.
pub(super) struct Hashed<S> {
    source: S,
    hasher: blake3::Hasher,
    /// Bytes from the start that are in the hash.
    hashed: u64,
    /// Where the source stands.
    at: u64,
}

impl<S: Read + Seek> Hashed<S> {
    /// Hashes `source`, which stands at its start.
    pub(super) fn new(source: S) -> Self {
        Self { source, hasher: blake3::Hasher::new(), hashed: 0, at: 0 }
    }

    /// The BLAKE3 hash of all bytes: what was passed over is read now.
    ///
    /// # Errors
    /// When the source cannot be read.
    pub(super) fn finish(mut self) -> io::Result<[u8; 32]> {
        if self.at != self.hashed {
            let hashed = self.hashed;
            self.seek(SeekFrom::Start(hashed))?;
        }
        let mut piece = vec![0; PIECE];
        while self.read(&mut piece)? > 0 {}
        Ok(*self.hasher.finalize().as_bytes())
    }

    /// `bytes` were read at the place where the source stood.
    fn take(&mut self, bytes: &[u8]) {
        let end = self.at + bytes.len() as u64;
        // What lies behind a gap is read again in the end.
        if self.at <= self.hashed && end > self.hashed {
            self.hasher.update(&bytes[(self.hashed - self.at) as usize..]);
            self.hashed = end;
        }
        self.at = end;
    }
}

impl<S: Read + Seek> Read for Hashed<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(buffer)?;
        self.take(&buffer[..read]);
        Ok(read)
    }

    fn read_to_end(&mut self, buffer: &mut Vec<u8>) -> io::Result<usize> {
        let before = buffer.len();
        let read = self.source.read_to_end(buffer);
        self.take(&buffer[before..]);
        read
    }
}

impl<S: Read + Seek> Seek for Hashed<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.at = self.source.seek(to)?;
        Ok(self.at)
    }
}

//! A file as its decoder takes it, piece by piece: the numbers of a network are in memory once, not as bytes besides.

use std::io::{self, Read};

use prost::bytes::Buf;

/// Bytes that are held at once.
const PIECE: usize = 1 << 18;

/// What is left of a file.
pub(super) struct Pieces<R> {
    source: R,
    piece: Vec<u8>,
    /// What was taken of the piece.
    taken: usize,
    /// Bytes behind the piece.
    behind: u64,
    failed: Option<io::Error>,
}

impl<R: Read> Pieces<R> {
    /// Takes `bytes` bytes of `source`.
    pub fn new(source: R, bytes: u64) -> Self {
        let mut pieces = Self { source, piece: Vec::new(), taken: 0, behind: bytes, failed: None };
        pieces.fill();
        pieces
    }

    /// Why what was decoded is not what the file holds, if it could not be read: there are zeros in the place of what is missing.
    pub fn failed(self) -> Option<io::Error> {
        self.failed
    }

    fn fill(&mut self) {
        let length = self.behind.min(PIECE as u64) as usize;
        self.piece.clear();
        self.piece.resize(length, 0);
        self.taken = 0;
        self.behind -= length as u64;
        if self.failed.is_none()
            && let Err(error) = self.source.read_exact(&mut self.piece)
        {
            self.failed = Some(error);
        }
    }
}

impl<R: Read> Buf for Pieces<R> {
    fn remaining(&self) -> usize {
        (self.piece.len() - self.taken).saturating_add(usize::try_from(self.behind).unwrap_or(usize::MAX))
    }

    fn chunk(&self) -> &[u8] {
        &self.piece[self.taken..]
    }

    fn advance(&mut self, mut count: usize) {
        assert!(count <= self.remaining(), "there are {} bytes, not {count}", self.remaining());
        while count >= self.piece.len() - self.taken && self.behind > 0 {
            count -= self.piece.len() - self.taken;
            self.fill();
        }
        self.taken += count;
    }
}

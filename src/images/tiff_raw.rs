//! Camera raw files that are TIFFs: Nikon's, Sony's, Adobe's DNG, and most others.
//!
//! A reader of TIFF finds a small preview in them, or nothing. What tells them from a picture stands in their directories: the version
//! of DNG, or pixels of which each has one colour only, as sensors see them.

use std::io::{self, Read, Seek, SeekFrom};

/// Directories, and entries of each, that are looked at: raw files have a handful and some fifty.
const DIRECTORIES: usize = 16;
const ENTRIES: usize = 512;
/// Bytes of an entry.
const ENTRY: usize = 12;

const PHOTOMETRIC: u32 = 262;
const FURTHER_DIRECTORIES: u32 = 330;
const DNG_VERSION: u32 = 50706;
/// Pixels through a sensor's colour filters, and such that became three colours but are as linear as the sensor is.
const OF_SENSORS: [u32; 2] = [32803, 34892];

/// Whether the file, which is a TIFF if its first bytes say so, holds what a sensor saw. Where the source stands afterwards is not said.
pub(super) fn is_raw(start: &[u8], source: &mut (impl Read + Seek)) -> io::Result<bool> {
    let is_little = match start.get(..4) {
        Some(b"II*\0") => true,
        Some(b"MM\0*") => false,
        _ => return Ok(false),
    };
    match (Directories { source, is_little }).are_raw() {
        // It is cut off: a decoder says so.
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        other => other,
    }
}

struct Directories<'a, S> {
    source: &'a mut S,
    is_little: bool,
}

impl<S: Read + Seek> Directories<'_, S> {
    fn are_raw(&mut self) -> io::Result<bool> {
        let first = self.read(4, 4)?;
        let mut waiting = vec![self.number(&first)];
        for _ in 0..DIRECTORIES {
            let Some(at) = waiting.pop().map(u64::from) else { break };
            let count = self.read(at, 2)?;
            let count = (self.number(&count) as usize).min(ENTRIES);
            for entry in self.read(at + 2, count * ENTRY)?.chunks_exact(ENTRY) {
                // Tag, kind of its numbers (3: of two bytes), how many, and the number or where they stand.
                let [tag, kind, count] = [0..2, 2..4, 4..8].map(|part| self.number(&entry[part]));
                let value = &entry[8..if kind == 3 { 10 } else { 12 }];
                match tag {
                    DNG_VERSION => return Ok(true),
                    PHOTOMETRIC if OF_SENSORS.contains(&self.number(value)) => return Ok(true),
                    FURTHER_DIRECTORIES if count == 1 => waiting.push(self.number(value)),
                    FURTHER_DIRECTORIES => {
                        let all = self.read(self.number(value).into(), 4 * (count as usize).min(DIRECTORIES))?;
                        waiting.extend(all.chunks_exact(4).map(|one| self.number(one)));
                    }
                    _ => {}
                }
            }
        }
        Ok(false)
    }

    fn read(&mut self, at: u64, count: usize) -> io::Result<Vec<u8>> {
        self.source.seek(SeekFrom::Start(at))?;
        let mut bytes = vec![0; count];
        self.source.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    /// Of up to four bytes.
    fn number(&self, bytes: &[u8]) -> u32 {
        let join = |number: u32, byte: &u8| number << 8 | u32::from(*byte);
        if self.is_little { bytes.iter().rev().fold(0, join) } else { bytes.iter().fold(0, join) }
    }
}

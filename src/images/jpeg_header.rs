//! What a JPEG says of itself before its pixels begin.
//!
//! The decoders read this, too, but only once they have the whole file; what the file will take in memory has to be known
//! before that.

use std::io::{self, BufReader, Read, Seek};

use image::metadata::Orientation;

const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;
const APPLICATION_1: u8 = 0xE1;
const EXIF: &[u8] = b"Exif\0\0";

/// The frame's size and kind, and how the picture is to be turned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JpegHeader {
    /// Pixels in a row of the file.
    pub width: u32,
    /// Rows of the file.
    pub height: u32,
    /// What EXIF says.
    pub orientation: Orientation,
    /// Bits of one colour of a pixel.
    pub precision: u8,
    /// Whether the file holds pixels themselves and not frequencies.
    pub is_lossless: bool,
    /// Bytes of all its frequencies, if they must be held until the last one has come: each is told in several passes
    /// (progressive files), or each colour in one of its own. Otherwise 0.
    pub coefficient_bytes: u64,
    /// One or three colours, or four inks.
    pub components: usize,
}

impl JpegHeader {
    /// In a few words, if it is of a kind that neither decoder reads; damaged it is not. X-ray pictures have 12 bits a colour, and
    /// files of some scanners are lossless. libjpeg-turbo could read both, but by functions of C that no crate makes safe.
    pub(super) fn unread_kind(&self) -> Option<String> {
        match self.precision {
            2..=16 if self.is_lossless => Some("a lossless JPEG".to_owned()),
            9..=16 => Some(format!("a JPEG of {} bits a colour, where 8 are usual", self.precision)),
            0..=8 | 17.. => None,
        }
    }
}

/// The frame's part of it.
struct Frame {
    marker: u8,
    precision: u8,
    width: u32,
    height: u32,
    /// How often each colour is sampled, across and down.
    sampling: Vec<[u64; 2]>,
}

/// Reads from the start of a file up to its first scan; `None` if that is not what a JPEG begins with.
///
/// # Errors
/// When the file cannot be read; that it ends too early is no error but `None`.
pub fn read<R: Read + Seek>(file: &mut BufReader<R>) -> io::Result<Option<JpegHeader>> {
    match read_segments(file) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
        other => other,
    }
}

fn read_segments<R: Read + Seek>(file: &mut BufReader<R>) -> io::Result<Option<JpegHeader>> {
    if bytes::<2, R>(file)? != [0xFF, 0xD8] {
        return Ok(None);
    }
    let (mut frame, mut orientation): (Option<Frame>, Option<Orientation>) = (None, None);
    loop {
        let marker = next_marker(file)?;
        if matches!(marker, 0xD0..=0xD8 | 0x01) {
            continue;
        }
        if marker == END_OF_IMAGE {
            return Ok(None);
        }
        let Some(length) = u16::from_be_bytes(bytes(file)?).checked_sub(2) else { return Ok(None) };
        match marker {
            START_OF_SCAN => {
                let [in_scan] = bytes(file)?;
                return Ok(frame.map(|frame| frame.header(in_scan, orientation)));
            }
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                frame = Frame::read(marker, &segment(file, length)?);
                if frame.is_none() {
                    return Ok(None);
                }
            }
            APPLICATION_1 if orientation.is_none() => {
                let data = segment(file, length)?;
                orientation = data.strip_prefix(EXIF).and_then(Orientation::from_exif_chunk);
            }
            _ => file.seek_relative(i64::from(length))?,
        }
    }
}

impl Frame {
    fn read(marker: u8, data: &[u8]) -> Option<Self> {
        let [precision, h1, h0, w1, w0, count, colours @ ..] = data else { return None };
        let sampling = colours.chunks_exact(3).map(|colour| [u64::from(colour[1] >> 4), u64::from(colour[1] & 15)]);
        let sampling: Vec<[u64; 2]> = sampling.take(usize::from(*count)).collect();
        let is_sound = sampling.len() == usize::from(*count)
            && !sampling.is_empty()
            && sampling.iter().flatten().all(|times| (1..=4).contains(times));
        is_sound.then(|| Self {
            marker,
            precision: *precision,
            width: u32::from(u16::from_be_bytes([*w1, *w0])),
            height: u32::from(u16::from_be_bytes([*h1, *h0])),
            sampling,
        })
    }

    fn header(&self, in_scan: u8, orientation: Option<Orientation>) -> JpegHeader {
        let is_progressive = matches!(self.marker, 0xC2 | 0xC6 | 0xCA | 0xCE);
        let is_in_passes = is_progressive || usize::from(in_scan) < self.sampling.len();
        JpegHeader {
            width: self.width,
            height: self.height,
            orientation: orientation.unwrap_or(Orientation::NoTransforms),
            precision: self.precision,
            is_lossless: matches!(self.marker, 0xC3 | 0xC7 | 0xCB | 0xCF),
            coefficient_bytes: if is_in_passes { self.coefficient_bytes() } else { 0 },
            components: self.sampling.len(),
        }
    }

    /// Two bytes each, of whole blocks and of whole groups of blocks.
    fn coefficient_bytes(&self) -> u64 {
        let most = |side: usize| self.sampling.iter().map(|times| times[side]).max().unwrap_or(1);
        let blocks =
            |len: u32, times: u64, most: u64| (u64::from(len) * times).div_ceil(most * 8).next_multiple_of(times);
        let of_colour =
            |times: &[u64; 2]| blocks(self.width, times[0], most(0)) * blocks(self.height, times[1], most(1)) * 64 * 2;
        self.sampling.iter().map(of_colour).sum()
    }
}

/// Skips fill bytes and stray ones.
fn next_marker<R: Read>(file: &mut BufReader<R>) -> io::Result<u8> {
    loop {
        while bytes(file)? != [0xFF] {}
        let mut code = [0xFF];
        while code == [0xFF] {
            code = bytes(file)?;
        }
        if code != [0] {
            return Ok(code[0]);
        }
    }
}

fn bytes<const N: usize, R: Read>(file: &mut BufReader<R>) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn segment<R: Read>(file: &mut BufReader<R>, length: u16) -> io::Result<Vec<u8>> {
    let mut data = vec![0; usize::from(length)];
    file.read_exact(&mut data)?;
    Ok(data)
}

//! A file becomes upright RGB pixels.
//!
//! JPEGs alone are decoded at the size that is needed (`jpeg.rs`). What a PNG or a WebP says of a pixel is a difference to those
//! before it, so all are made whatever is needed, and libwebp scales afterwards, too. Nor would decoders in C be worth their price: of
//! twelve million grainy pixels a PNG takes 130 ms of the processor to become the network's input (Pillow 233 ms), a TIFF 65 (81), a
//! lossless WebP 420 (362), and a lossy one 280 (195), which is what libwebp's vector instructions are worth, for a kind that cameras do
//! not write.

use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use image::error::{ImageError, LimitErrorKind};
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};

use super::budget::{Claim, DECODING};
use super::hashed::Hashed;
use super::jpeg_header::{self, JpegHeader};
use super::{ImagesError, UnreadKind, jpeg, jpeg_end, tiff_raw, turning, unread};

/// The largest number of pixels that is decoded. A header can claim anything; see [`super::budget`] for many at once.
pub const LIMIT_PIXELS: u64 = 200_000_000;
/// The largest number of bytes a decoder may hold for one picture.
pub const LIMIT_BYTES: u64 = 1 << 30;
/// What a decode takes beside the decoder's output: the coefficients of a progressive JPEG (three channels of two
/// bytes), or the RGBA copy of wider pixels, or the turned copy. These do not come together, and this is the most, but for the
/// decoder of TIFF, which holds its output twice.
const BYTES_BESIDE_PER_PIXEL: u64 = 6;
/// So many bytes of a file that says nothing of its pixels are read without a claim.
const UNCLAIMED_BYTES: u64 = 16 << 20;
/// Transparent pixels are laid over white: the paper that most cut-outs are made for.
pub const BACKGROUND: u8 = 255;

/// A picture as it is meant to be seen.
#[derive(Clone, Debug)]
pub struct Decoded {
    /// The pixels, upright, 8 bits a channel, without transparency.
    pub rgb: RgbImage,
}

/// The pixels as the file has them, or as many as are needed, and how they are to be turned.
pub(super) struct Unturned {
    pub rgb: RgbImage,
    pub orientation: Orientation,
    /// Width and height of the whole picture as it lies in the file.
    pub whole: (u32, u32),
    /// What is left of each eight of its pixels, across and down.
    pub eighths: u32,
    /// Kept as long as the pixels are. It comes last because fields are dropped in order.
    pub claim: Claim<'static>,
}

/// Decodes a picture: JPEG, PNG, WebP, GIF, BMP or TIFF, told by its content and not by its name.
///
/// The EXIF orientation is applied. Of an animation it is the first frame. Grey, palette, CMYK and 16-bit pictures
/// become 8-bit RGB; transparency is laid over white.
///
/// # Errors
/// When the file cannot be read, is no picture, is damaged or cut off, or is larger than [`LIMIT_PIXELS`].
pub fn decode(path: &Path) -> Result<Decoded, ImagesError> {
    // Named first, dropped last.
    let Unturned { claim: _claim, rgb, orientation, .. } = decode_unturned(path, &|_, _| jpeg::WHOLE)?;
    if orientation == Orientation::NoTransforms {
        return Ok(Decoded { rgb });
    }
    let mut picture = DynamicImage::ImageRgb8(rgb);
    picture.apply_orientation(orientation);
    Ok(Decoded { rgb: picture.into_rgb8() })
}

/// Width and height of the upright picture, by what the file says before its pixels.
///
/// # Errors
/// When the file cannot be read or does not begin as a picture does. Whether it can be decoded is not looked at.
pub fn upright_size(path: &Path) -> Result<[u32; 2], ImagesError> {
    let (mut file, _) = open(path)?;
    let format = sniff(&mut file, path)?;
    let read = || -> Result<((u32, u32), Orientation), ImagesError> {
        let mut reader = BufReader::new(file);
        if format == ImageFormat::Jpeg {
            let reading = |error| ImagesError::from_reading(&error, path);
            if let Some(header) = jpeg_header::read(&mut reader).map_err(reading)? {
                return Ok(((header.width, header.height), header.orientation));
            }
            reader.rewind().map_err(reading)?;
        }
        let decoder = ImageReader::with_format(reader, format).into_decoder();
        let mut decoder = decoder.map_err(|error| from_decoding(error, path))?;
        Ok((decoder.dimensions(), decoder.orientation().unwrap_or(Orientation::NoTransforms)))
    };
    let (size, orientation) = catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(gave_up(path)))?;
    let (width, height) = turning::upright_size(size, orientation);
    Ok([width, height])
}

fn gave_up(path: &Path) -> ImagesError {
    ImagesError::Damaged { path: path.to_owned(), reason: "the decoder gave up on it".to_owned() }
}

/// How many pixels of each eight are needed across and down, of a picture of this width and height that is to be turned so.
pub(super) type Need<'a> = dyn Fn((u32, u32), Orientation) -> u32 + 'a;

/// Decodes without turning, for callers that shrink first and turn the little that is left. `need` is asked once the
/// picture's size is known; where fewer pixels cannot be made, there are all of them.
pub(super) fn decode_unturned(path: &Path, need: &Need) -> Result<Unturned, ImagesError> {
    let (file, bytes) = open(path)?;
    decode_content(Content { source: file, bytes }, path, need)
}

/// The same, and the hash of the file's bytes as they were read for it: that of [`super::content_hash`]. `None` where the rest of
/// the file, which the decoder did not need, cannot be read.
pub(super) fn decode_unturned_hashed(path: &Path, need: &Need) -> Result<(Unturned, Option<[u8; 32]>), ImagesError> {
    let (file, bytes) = open(path)?;
    let mut source = Hashed::new(file);
    let unturned = decode_content(Content { source: &mut source, bytes }, path, need)?;
    Ok((unturned, source.finish().ok()))
}

/// As [`decode_unturned`], of a file's bytes. What is said of them names no path.
pub(super) fn decode_unturned_bytes(content: &[u8], need: &Need) -> Result<Unturned, ImagesError> {
    let (bytes, path) = (content.len() as u64, Path::new(""));
    expect_usual_size(bytes, path)?;
    decode_content(Content { source: Cursor::new(content), bytes }, path, need)
}

/// A file, or the bytes of one, standing at the start.
struct Content<S> {
    source: S,
    /// How many bytes it has.
    bytes: u64,
}

fn decode_content<S: Read + Seek>(mut content: Content<S>, path: &Path, need: &Need) -> Result<Unturned, ImagesError> {
    let format = sniff(&mut content.source, path)?;
    // The decoders are large and the files come from anywhere: a decoder that panics costs one picture.
    catch_unwind(AssertUnwindSafe(|| match format == ImageFormat::Jpeg {
        true => decode_jpeg(content, path, need),
        false => {
            let reader = BufReader::with_capacity(1 << 16, content.source);
            decode_reader(ImageReader::with_format(reader, format), path, None)
        }
    }))
    .unwrap_or_else(|_| Err(gave_up(path)))
}

/// The file, and how many bytes it has.
fn open(path: &Path) -> Result<(File, u64), ImagesError> {
    let reading = |error| ImagesError::from_reading(&error, path);
    // Looked at before it is opened: opening a pipe would wait for a writer.
    let metadata = std::fs::metadata(path).map_err(reading)?;
    if !metadata.is_file() {
        return Err(ImagesError::NotAFile { path: path.to_owned() });
    }
    expect_usual_size(metadata.len(), path)?;
    let file = File::open(path).map_err(reading)?;
    // Asked anew of what was opened: another file may lie there by now.
    let bytes = file.metadata().map_or(0, |metadata| metadata.len());
    Ok((file, bytes))
}

fn expect_usual_size(bytes: u64, path: &Path) -> Result<(), ImagesError> {
    match bytes {
        0 => Err(ImagesError::Empty { path: path.to_owned() }),
        bytes if bytes > LIMIT_BYTES => Err(ImagesError::TooHeavy { path: path.to_owned(), limit_bytes: LIMIT_BYTES }),
        _ => Ok(()),
    }
}

/// Whether a file is a picture of a kind that can be read, by its first bytes; what else it is or why that is not known, the error says.
///
/// # Errors
/// When it is no such picture, or cannot be looked at.
pub fn look_at(path: &Path) -> Result<(), ImagesError> {
    let (mut file, _) = open(path)?;
    sniff(&mut file, path).map(drop)
}

/// The format by the first bytes; the source stands at its start again afterwards.
fn sniff(source: &mut (impl Read + Seek), path: &Path) -> Result<ImageFormat, ImagesError> {
    let mut start = Vec::with_capacity(32);
    source.by_ref().take(32).read_to_end(&mut start).map_err(|error| ImagesError::from_reading(&error, path))?;
    let is_raw = tiff_raw::is_raw(&start, source).map_err(|error| ImagesError::from_reading(&error, path))?;
    source.rewind().map_err(|error| ImagesError::from_reading(&error, path))?;
    if let Some(kind) = unread::kind_of(&start).or(is_raw.then_some(UnreadKind::Raw)) {
        return Err(ImagesError::Unread { path: path.to_owned(), kind });
    }
    match image::guess_format(&start) {
        Ok(format) if format.reading_enabled() => Ok(format),
        Ok(format) => {
            Err(ImagesError::Unsupported { path: path.to_owned(), reason: format!("{format:?}").to_uppercase() })
        }
        Err(_) => Err(ImagesError::NotAPicture { path: path.to_owned() }),
    }
}

/// By libjpeg-turbo if it has nothing to complain of, else by the decoder whose complaints people read.
fn decode_jpeg<S: Read + Seek>(content: Content<S>, path: &Path, need: &Need) -> Result<Unturned, ImagesError> {
    let reading = |error| ImagesError::from_reading(&error, path);
    let file_bytes = content.bytes;
    let mut reader = BufReader::new(content.source);
    let header = jpeg_header::read(&mut reader).map_err(reading)?;
    if let Some(reason) = header.as_ref().and_then(JpegHeader::unread_kind) {
        return Err(ImagesError::Unsupported { path: path.to_owned(), reason });
    }
    if let Some(header) = &header {
        reader.rewind().map_err(reading)?;
        if let Some(unturned) = decode_usual_jpeg(reader.get_mut(), file_bytes, header, path, need)? {
            return Ok(unturned);
        }
    }
    reader.rewind().map_err(reading)?;
    // Again before the file is read, and with all that is made of it: who holds a claim must not ask for a second one.
    // Of a file whose header says nothing it is made once the decoder knows, unless the file itself is large.
    let claim = match header {
        Some(header) => {
            let pixels = (u64::from(header.width) * u64::from(header.height)).min(LIMIT_PIXELS);
            Some(DECODING.claim(file_bytes + pixels * (3 + BYTES_BESIDE_PER_PIXEL)))
        }
        None => (file_bytes > UNCLAIMED_BYTES).then(|| DECODING.claim(file_bytes + LIMIT_BYTES)),
    };
    let bytes = read_all(reader.get_mut(), file_bytes, path)?;
    if !jpeg_end::is_complete(&bytes) {
        return Err(ImagesError::CutOff { path: path.to_owned() });
    }
    decode_reader(ImageReader::with_format(Cursor::new(bytes.as_slice()), ImageFormat::Jpeg), path, claim)
}

/// `None` if anything is not as it should be.
fn decode_usual_jpeg(
    source: &mut impl Read,
    file_bytes: u64,
    header: &JpegHeader,
    path: &Path,
    need: &Need,
) -> Result<Option<Unturned>, ImagesError> {
    let JpegHeader { width, height, orientation, .. } = *header;
    let pixels = u64::from(width) * u64::from(height);
    if !header.is_usual() || !(1..=LIMIT_PIXELS).contains(&pixels) {
        return Ok(None);
    }
    let eighths = need((width, height), orientation);
    // Before the file is read: its bytes are a good part of what is taken.
    let claim = DECODING.claim(file_bytes + header.bytes_to_decode(eighths));
    let bytes = read_all(source, file_bytes, path)?;
    let rgb = jpeg::decode(&bytes, header, eighths);
    Ok(rgb.map(|rgb| Unturned { rgb, orientation, whole: (width, height), eighths, claim }))
}

fn read_all(source: &mut impl Read, file_bytes: u64, path: &Path) -> Result<Vec<u8>, ImagesError> {
    let mut bytes = Vec::with_capacity(file_bytes as usize);
    source.read_to_end(&mut bytes).map_err(|error| ImagesError::from_reading(&error, path))?;
    Ok(bytes)
}

/// `claim`: what is held already; without one it is made here.
fn decode_reader<R: std::io::BufRead + Seek>(
    mut reader: ImageReader<R>,
    path: &Path,
    claim: Option<Claim<'static>>,
) -> Result<Unturned, ImagesError> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(LIMIT_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|error| from_decoding(error, path))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > LIMIT_PIXELS {
        return Err(ImagesError::TooLarge { path: path.to_owned(), width, height, limit_pixels: LIMIT_PIXELS });
    }
    if pixels == 0 {
        return Err(ImagesError::Damaged { path: path.to_owned(), reason: "it has no pixels".to_owned() });
    }
    if decoder.total_bytes() > LIMIT_BYTES {
        return Err(ImagesError::TooHeavy { path: path.to_owned(), limit_bytes: LIMIT_BYTES });
    }
    // Broken metadata is no reason to refuse good pixels.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let claim = claim.unwrap_or_else(|| {
        DECODING.claim(decoder.total_bytes() + decoder.total_bytes().max(pixels * BYTES_BESIDE_PER_PIXEL))
    });
    let picture = DynamicImage::from_decoder(decoder).map_err(|error| from_decoding(error, path))?;
    Ok(Unturned { rgb: to_opaque_rgb(picture), orientation, whole: (width, height), eighths: jpeg::WHOLE, claim })
}

/// Eight bits a channel, transparency laid over [`BACKGROUND`].
fn to_opaque_rgb(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let rgba = picture.into_rgba8();
    let (width, height) = rgba.dimensions();
    // In the same memory: a second copy takes longer to touch for the first time than to fill.
    let mut bytes = rgba.into_raw();
    let pixels = bytes.len() / 4;
    for place in 0..pixels {
        let [r, g, b, alpha] = [0, 1, 2, 3].map(|channel| bytes[place * 4 + channel]);
        // Most pictures with transparency have little of it.
        let over = if alpha == u8::MAX { [r, g, b] } else { [r, g, b].map(|colour| over_background(colour, alpha)) };
        bytes[place * 3..][..3].copy_from_slice(&over);
    }
    bytes.truncate(pixels * 3);
    RgbImage::from_raw(width, height, bytes).expect("three bytes are left of each of width x height pixels")
}

fn over_background(colour: u8, alpha: u8) -> u8 {
    let alpha = u32::from(alpha);
    ((u32::from(colour) * alpha + u32::from(BACKGROUND) * (255 - alpha) + 127) / 255) as u8
}

/// Sorts the decoder's complaint into what the person can do about it.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the decoders' and the system's kinds of errors are many, and more may come"
)]
fn from_decoding(error: ImageError, path: &Path) -> ImagesError {
    let path_buf = path.to_owned();
    if ended_early(&error) {
        return ImagesError::CutOff { path: path_buf };
    }
    match error {
        ImageError::IoError(error) => match error.kind() {
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput | std::io::ErrorKind::Other => {
                ImagesError::Damaged { path: path_buf, reason: error.to_string() }
            }
            _ => ImagesError::from_reading(&error, path),
        },
        ImageError::Limits(limit) if limit.kind() == LimitErrorKind::InsufficientMemory => {
            ImagesError::TooHeavy { path: path_buf, limit_bytes: LIMIT_BYTES }
        }
        ImageError::Unsupported(unsupported) => {
            ImagesError::Unsupported { path: path_buf, reason: unsupported.to_string() }
        }
        other => ImagesError::Damaged { path: path_buf, reason: other.to_string() },
    }
}

/// Whether anything in the chain of causes says that there was no more data.
fn ended_early(error: &ImageError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        let by_kind = error
            .downcast_ref::<std::io::Error>()
            .is_some_and(|error| error.kind() == std::io::ErrorKind::UnexpectedEof);
        let text = error.to_string().to_lowercase();
        if by_kind
            || text.contains("unexpected end of")
            || text.contains("no more data")
            || text.contains("exhausted data")
        {
            return true;
        }
        cause = error.source();
    }
    false
}

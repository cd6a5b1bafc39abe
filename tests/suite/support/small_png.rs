//! Pictures of a window in few bytes: levels rounded, and an index into a palette for each pixel.

use std::collections::BTreeMap;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbImage};

/// Levels are multiples of this: a window's text has a thousand colours, of which one sees a hundred.
const STEP: u16 = 8;

/// Colours that a palette has room for.
const PALETTE: usize = 256;

/// The nearest level there is.
fn rounded(level: u8) -> u8 {
    u8::try_from((u16::from(level) + STEP / 2) / STEP * STEP).unwrap_or(u8::MAX)
}

/// A PNG, with a palette where the colours fit into one.
pub fn encode(picture: &RgbImage) -> Vec<u8> {
    let colours: Vec<[u8; 3]> = picture.pixels().map(|pixel| pixel.0.map(rounded)).collect();
    let mut palette: BTreeMap<[u8; 3], u8> = colours.iter().map(|colour| (*colour, 0)).collect();
    let size = picture.dimensions();
    if palette.len() > PALETTE {
        return smallest(&colours.concat(), size, ExtendedColorType::Rgb8);
    }
    palette.values_mut().zip(0..=u8::MAX).for_each(|(place, index)| *place = index);
    let indices: Vec<u8> = colours.iter().map(|colour| palette[colour]).collect();
    let entries: Vec<u8> = palette.into_keys().flatten().collect();
    with_palette(smallest(&indices, size, ExtendedColorType::L8), &entries)
}

/// By the filter that does best.
fn smallest(bytes: &[u8], (width, height): (u32, u32), colours: ExtendedColorType) -> Vec<u8> {
    let encoded = [FilterType::NoFilter, FilterType::Up, FilterType::Adaptive].map(|filter| {
        let mut png = Vec::new();
        PngEncoder::new_with_quality(&mut png, CompressionType::Best, filter)
            .write_image(bytes, width, height, colours)
            .expect("a picture can be encoded");
        png
    });
    encoded.into_iter().min_by_key(Vec::len).expect("there are three")
}

/// What follows the signature: the length of the header, its name, width, height, depth, kind of colours and three more
/// bytes, and its checksum. See "PNG Specification (Third Edition)", 11.2.1 and 11.2.2.
const HEADER: std::ops::Range<usize> = 12..29;
const COLOURS: usize = 25;

/// Makes grey levels indices into a palette: the bytes of the pixels are the same, and our encoder writes only the former.
fn with_palette(mut grey: Vec<u8>, entries: &[u8]) -> Vec<u8> {
    assert_eq!((&grey[HEADER][..4], grey[COLOURS]), (&b"IHDR"[..], 0), "a PNG of grey levels");
    grey[COLOURS] = 3;
    let checksum = crc(&grey[HEADER]);
    grey[HEADER.end..HEADER.end + 4].copy_from_slice(&checksum.to_be_bytes());
    let named = [b"PLTE", entries].concat();
    let length = u32::try_from(entries.len()).expect("a palette is small");
    let chunk = [&length.to_be_bytes()[..], &named, &crc(&named).to_be_bytes()].concat();
    grey.splice(HEADER.end + 4..HEADER.end + 4, chunk);
    grey
}

/// The checksum of PNG's chunks (the specification's annex D).
fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

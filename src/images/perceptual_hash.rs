//! A picture's broad strokes in 64 bits: near for pictures that look the same.

use std::sync::LazyLock;

use image::RgbImage;
use image_hasher::{HashAlg, Hasher, HasherConfig};

use super::{ImagesError, resize};

/// Larger pictures are first shrunk to this by the quicker resizer: four pixels for each that is looked at, and a tenth
/// of the time.
const SHRUNK_PX: u32 = 64;

/// Made once: planning the transform takes longer than most hashes.
static HASHER: LazyLock<Hasher<[u8; 8]>> = LazyLock::new(|| {
    HasherConfig::with_bytes_type::<[u8; 8]>().hash_alg(HashAlg::Median).preproc_dct().hash_size(8, 8).to_hasher()
});

/// The pHash of a picture (Zauner 2010): the signs of its 8 x 8 lowest frequencies about their median.
///
/// Grey values of 16 x 16 pixels are all it looks at, so a thumbnail is enough, and size, compression and brightness
/// hardly matter; turning, mirroring and cropping do. Count the bits that differ with [`differing_bits`]: up to about 6
/// is the same picture, unrelated ones differ in about 32.
///
/// Where a picture has no frequencies, the signs of nothing are chance: copies of a picture that is its own mirror image
/// or half turn can differ in 18 bits, and pictures of one colour may be taken for each other.
pub fn perceptual_hash(rgb: &RgbImage) -> u64 {
    let hash = match rgb.width().min(rgb.height()) > SHRUNK_PX {
        true => HASHER.hash_image(&resize::for_eyes(rgb, SHRUNK_PX, SHRUNK_PX)),
        false => HASHER.hash_image(rgb),
    };
    hash.as_bytes().iter().rev().fold(0, |bits, byte| bits << 8 | u64::from(*byte))
}

/// [`perceptual_hash`] of a thumbnail's JPEG.
///
/// # Errors
/// When the bytes are not a JPEG: the workspace was damaged.
pub fn perceptual_hash_of_thumbnail(jpeg: &[u8]) -> Result<u64, ImagesError> {
    let picture = image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg)
        .map_err(|error| ImagesError::Damaged { path: "thumbnail".into(), reason: error.to_string() })?;
    Ok(perceptual_hash(&picture.into_rgb8()))
}

/// In how many bits two hashes differ, `0..=64`.
pub fn differing_bits(a: u64, b: u64) -> u32 {
    (a ^ b).count_ones()
}

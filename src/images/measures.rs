//! What can be measured of a picture's brightness, whatever it shows: is it sharp, dark, empty?

use image::RgbImage;

use super::{ImagesError, resize};
use crate::domain::PictureMeasures;

/// Larger pictures are first shrunk to this: sharpness is that of a picture as people see it in a grid, whatever its size.
const LONGEST_PX: u32 = 192;
/// Steps of brightness whose entropy is told: coarse enough that the grain of a JPEG is none.
const STEPS: usize = 32;
/// The share of pixels that may be otherwise.
const REST: f64 = 0.05;
/// Variance of brightness (white is 1) below which a picture has no contrast to speak of: a level and a half of 255.
const LEAST_VARIANCE: f64 = 3.5e-5;

/// Measures a picture.
pub fn measures(rgb: &RgbImage) -> PictureMeasures {
    let longest = rgb.width().max(rgb.height());
    if longest > LONGEST_PX {
        let scaled = |side: u32| (u64::from(side) * u64::from(LONGEST_PX) / u64::from(longest)).max(1) as u32;
        return measures(&resize::for_eyes(rgb, scaled(rgb.width()), scaled(rgb.height())));
    }
    let grey: Vec<u8> = rgb.pixels().map(|pixel| grey(pixel.0)).collect();
    let mut counts = [0usize; 256];
    grey.iter().for_each(|level| counts[usize::from(*level)] += 1);
    PictureMeasures {
        sharpness: sharpness(&grey, rgb.width() as usize) as f32,
        dark: level_below(&counts, 1.0 - REST),
        bright: level_below(&counts, REST),
        entropy: entropy(&counts) as f32,
    }
}

/// [`measures`] of a thumbnail's JPEG.
///
/// # Errors
/// When the bytes are not a JPEG: the workspace was damaged.
pub fn measures_of_thumbnail(jpeg: &[u8]) -> Result<PictureMeasures, ImagesError> {
    let picture = image::load_from_memory_with_format(jpeg, image::ImageFormat::Jpeg)
        .map_err(|error| ImagesError::Damaged { path: "thumbnail".into(), reason: error.to_string() })?;
    Ok(measures(&picture.into_rgb8()))
}

/// Luma as in JPEG.
fn grey([red, green, blue]: [u8; 3]) -> u8 {
    ((299 * u32::from(red) + 587 * u32::from(green) + 114 * u32::from(blue) + 500) / 1000) as u8
}

/// The mean square of the Laplacian, which grows with fine detail, over the variance, which grows with contrast alone: a dull
/// picture is not a blurred one (Pech-Pacheco et al. 2000 take the variance of the Laplacian alone).
fn sharpness(grey: &[u8], width: usize) -> f64 {
    let count = grey.len() as f64;
    let mean = grey.iter().map(|level| f64::from(*level)).sum::<f64>() / count;
    let variance = grey.iter().map(|level| (f64::from(*level) - mean).powi(2)).sum::<f64>() / count;
    let height = grey.len() / width.max(1);
    if width < 3 || height < 3 || variance < LEAST_VARIANCE * 255.0 * 255.0 {
        return 0.0;
    }
    let mut sum = 0i64;
    for row in 1..height - 1 {
        let at = |row: usize, column: usize| i64::from(grey[row * width + column]);
        for column in 1..width - 1 {
            let around = at(row - 1, column) + at(row + 1, column) + at(row, column - 1) + at(row, column + 1);
            sum += (around - 4 * at(row, column)).pow(2);
        }
    }
    sum as f64 / ((width - 2) * (height - 2)) as f64 / variance
}

/// The brightness that this share of the pixels do not exceed; white is 1.
fn level_below(counts: &[usize; 256], share: f64) -> f32 {
    let all: usize = counts.iter().sum();
    let wanted = (all as f64 * share).ceil() as usize;
    let mut seen = 0;
    let level = counts.iter().position(|count| {
        seen += count;
        seen >= wanted.max(1)
    });
    level.unwrap_or(255) as f32 / 255.0
}

fn entropy(counts: &[usize; 256]) -> f64 {
    let all = counts.iter().sum::<usize>() as f64;
    let share = |step: &[usize]| step.iter().sum::<usize>() as f64 / all;
    counts.chunks(256 / STEPS).map(share).filter(|share| *share > 0.0).map(|share| -share * share.log2()).sum()
}

//! OpenCV's `INTER_LINEAR` on bytes, to the bit: four pixels around each point, in fixed-point numbers.
//!
//! Nothing is antialiased: a picture made ten times smaller shows every tenth pixel. That is what the networks of Caffe's
//! time were trained and published with.

use image::RgbImage;

use super::axis::{Axis, Sides, Tap};

/// OpenCV's weights have 11 bits after the point.
const ONE: f32 = 2048.0;

/// Where a new pixel lies on the original.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Centres {
    /// Middle on middle: `INTER_LINEAR`.
    Pixels,
    /// Edge on edge: what `INTER_AREA` does to a picture that grows.
    Areas,
}

/// Resamples along both sides at once.
pub fn resample(rgb: &RgbImage, sides: &Sides, centres: Centres) -> RgbImage {
    let columns = pairs(&sides.x, centres, sides.x_comes_first);
    let rows = pairs(&sides.y, centres, !sides.x_comes_first);
    let (width, height) = (columns.len(), rows.len());
    let mut out = vec![0; width * height * 3];
    match sides.x_comes_first {
        true => {
            let value = |[a, b, c, d]: [i32; 4], across: &Pair, down: &Pair| {
                blend([across.blend(a, b), across.blend(c, d)], down)
            };
            each(rgb, [&columns, &rows], value, &mut out);
        }
        false => {
            let value = |[a, b, c, d]: [i32; 4], across: &Pair, down: &Pair| {
                blend([down.blend(a, c), down.blend(b, d)], across)
            };
            each(rgb, [&columns, &rows], value, &mut out);
        }
    }
    RgbImage::from_raw(width as u32, height as u32, out).expect("there are three bytes for each pixel")
}

/// Writes each new pixel's bytes from those of the four around it: both of the upper row, then both of the lower.
// What is done for every byte is spelled out: functions of the standard library that take arrays are not inlined everywhere.
fn each(rgb: &RgbImage, [columns, rows]: [&[Pair]; 2], value: impl Fn([i32; 4], &Pair, &Pair) -> u8, out: &mut [u8]) {
    let (pixels, row_bytes) = (rgb.as_raw(), rgb.width() as usize * 3);
    if columns.is_empty() {
        return;
    }
    for (down, out) in rows.iter().zip(out.chunks_exact_mut(columns.len() * 3)) {
        let upper = &pixels[down.at[0] * row_bytes..][..row_bytes];
        let lower = &pixels[down.at[1] * row_bytes..][..row_bytes];
        for (across, out) in columns.iter().zip(out.chunks_exact_mut(3)) {
            let (left, right) = (across.at[0] * 3, across.at[1] * 3);
            let (a, b) = (&upper[left..left + 3], &upper[right..right + 3]);
            let (c, d) = (&lower[left..left + 3], &lower[right..right + 3]);
            let byte = |channel: usize| {
                let corners =
                    [i32::from(a[channel]), i32::from(b[channel]), i32::from(c[channel]), i32::from(d[channel])];
                value(corners, across, down)
            };
            out.copy_from_slice(&[byte(0), byte(1), byte(2)]);
        }
    }
}

/// Two neighbours.
struct Pair {
    at: [usize; 2],
    weights: [i32; 2],
}

impl Pair {
    #[inline]
    fn blend(&self, one: i32, other: i32) -> i32 {
        one * self.weights[0] + other * self.weights[1]
    }
}

impl Tap for Pair {
    fn mirrored(mut self, len: u32) -> Self {
        self.at = self.at.map(|at| len as usize - 1 - at);
        self
    }
}

/// The second side, with the bits that OpenCV drops on the way so that its products fit into 16.
#[inline]
fn blend(sums: [i32; 2], pair: &Pair) -> u8 {
    let part = |sum: i32, weight: i32| ((sum >> 4) * weight) >> 16;
    ((part(sums[0], pair.weights[0]) + part(sums[1], pair.weights[1]) + 2) >> 2).clamp(0, 255) as u8
}

fn pairs(axis: &Axis, centres: Centres, comes_first: bool) -> Vec<Pair> {
    let last = i64::from(axis.len) - 1;
    let inverse = axis.span.scaled as f64 / axis.extent;
    // The reciprocal of the reciprocal, as there: it is not always the same number.
    let scale = 1.0 / inverse;
    axis.each(|index| {
        let (mut start, mut share) = match centres {
            Centres::Pixels => {
                let place = ((index as f64 + 0.5) * scale - 0.5) as f32;
                (place.floor() as i64, place - place.floor())
            }
            Centres::Areas => {
                let start = (index as f64 * scale).floor();
                let share = ((index + 1) as f64 - (start + 1.0) * inverse) as f32;
                (start as i64, if share <= 0.0 { 0.0 } else { share - share.floor() })
            }
        };
        // Beyond the border OpenCV takes the border pixel alone along rows, and twice along columns.
        if comes_first && (start < 0 || start >= last) {
            (start, share) = (start.clamp(0, last), 0.0);
        }
        let weights = [1.0 - share, share].map(|weight| (weight * ONE).round_ties_even() as i32);
        Pair { at: [start, start + 1].map(|at| at.clamp(0, last) as usize), weights }
    })
}

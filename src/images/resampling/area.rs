//! OpenCV's `INTER_AREA`: the mean of the area that becomes one pixel, shares of pixels at its borders included.

use image::RgbImage;

use super::{
    axis::{Axis, Sides, Window, touched, windows_at},
    bilinear::{self, Centres},
};

/// Resamples along both sides. A picture that grows along either is interpolated, as there.
pub fn resample(rgb: &RgbImage, sides: &Sides) -> RgbImage {
    let (x_scale, y_scale) = (sides.x.scale(), sides.y.scale());
    if x_scale < 1.0 || y_scale < 1.0 {
        return bilinear::resample(rgb, sides, Centres::Areas);
    }
    if x_scale == 2.0 && y_scale == 2.0 {
        // The mean of four, halves rounded up; the general sum would round them to even.
        return bilinear::resample(rgb, sides, Centres::Pixels);
    }
    let (columns, rows) = (windows(&sides.x), windows(&sides.y));
    let (row_bytes, out_row) = (rgb.width() as usize * 3, columns.len() * 3);
    let mut sums = vec![0.0f32; rows.len() * out_row];
    let mut narrow = vec![0.0f32; out_row];
    for y in touched(&rows) {
        shrink_row(&rgb.as_raw()[y * row_bytes..][..row_bytes], &columns, &mut narrow);
        for target in windows_at(&rows, y) {
            let weight = rows[target].weights[y - rows[target].start];
            let sums = &mut sums[target * out_row..][..out_row];
            sums.iter_mut().zip(&narrow).for_each(|(sum, value)| *sum += value * weight);
        }
    }
    let mut out = vec![0; sums.len()];
    out.iter_mut().zip(&sums).for_each(|(byte, sum)| *byte = sum.round_ties_even() as u8);
    RgbImage::from_raw(columns.len() as u32, rows.len() as u32, out).expect("there are three sums for each pixel")
}

fn shrink_row(row: &[u8], columns: &[Window<f32>], narrow: &mut [f32]) {
    for (target, window) in narrow.chunks_exact_mut(3).zip(columns) {
        let mut sums = [0.0f32; 3];
        for (pixel, weight) in row[window.start * 3..window.end() * 3].chunks_exact(3).zip(&window.weights) {
            for (sum, value) in sums.iter_mut().zip(pixel) {
                *sum += f32::from(*value) * weight;
            }
        }
        target.copy_from_slice(&sums);
    }
}

fn windows(axis: &Axis) -> Vec<Window<f32>> {
    /// A sliver of a pixel narrower than this is left out.
    const LEAST: f64 = 1e-3;
    let (scale, len) = (axis.scale(), f64::from(axis.len));
    axis.each(|index| {
        let (from, to) = (index as f64 * scale, index as f64 * scale + scale);
        let cell = scale.min(axis.extent - from);
        let last = to.floor().min(len - 1.0);
        let first = from.ceil().min(last);
        let mut start = first as usize;
        let mut weights = vec![(1.0 / cell) as f32; (last - first) as usize];
        if first - from > LEAST {
            start -= 1;
            weights.insert(0, ((first - from) / cell) as f32);
        }
        if to - last > LEAST {
            weights.push(((to - last).min(1.0).min(cell) / cell) as f32);
        }
        Window { start, weights }
    })
}

//! Pillow's antialiased resizing, to the bit: a weighted mean over all pixels that shrink into one, along rows first,
//! then along columns, each rounded to bytes.

use image::RgbImage;
use tiramisu_kernels::{Instructions, bytes};

use super::axis::{Axis, Sides, Window, touched, windows_at};

/// Pillow's weights have 22 bits after the point: with eight for the byte and two to spare they fill an integer.
const BITS: u32 = 32 - 8 - 2;
const HALF: i32 = 1 << (BITS - 1);

/// A curve of weights around a new pixel's middle.
pub struct Curve {
    /// It is zero farther away than this, in new pixels.
    reach: f64,
    weight: fn(f64) -> f64,
}

/// Linear interpolation.
pub const TRIANGLE: Curve = Curve { reach: 1.0, weight: |x| (1.0 - x.abs()).max(0.0) };

/// Cubic interpolation with a = -0.5 (Keys 1981).
pub const CUBIC: Curve = Curve {
    reach: 2.0,
    weight: |x| {
        const A: f64 = -0.5;
        match x.abs() {
            x if x < 1.0 => ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0,
            x if x < 2.0 => (((x - 5.0) * x + 8.0) * x - 4.0) * A,
            _ => 0.0,
        }
    },
};

/// Columns that go through both passes together where columns come first: enough for the cache, few for memory.
const STRIP: usize = 256;

/// Resamples along one side, then along the other.
///
/// What the first pass makes goes into the sums of the second at once: of a strip of a million rows, all of the first
/// pass would be more than memory holds.
pub fn resample(rgb: &RgbImage, sides: &Sides, curve: &Curve) -> RgbImage {
    let (columns, rows) = (windows(&sides.x, curve), windows(&sides.y, curve));
    // On the upright picture rows come first, unless much more is lost along columns: Pillow's rule since version 13.
    let (across, down) = if sides.x_comes_first { (sides.x, sides.y) } else { (sides.y, sides.x) };
    let [lost_across, lost_down] = [across, down].map(|side| i64::from(side.len) - side.span.scaled as i64);
    let columns_come_first = lost_down > 0 && lost_down > 2 * lost_across;
    let sums = match sides.x_comes_first != columns_come_first {
        true => rows_first(rgb, &columns, &rows),
        false => columns_first(rgb, &columns, &rows),
    };
    let mut out = vec![0; sums.len()];
    out.iter_mut().zip(&sums).for_each(|(byte, sum)| *byte = to_byte(*sum));
    RgbImage::from_raw(columns.len() as u32, rows.len() as u32, out).expect("there are three sums for each pixel")
}

fn rows_first(rgb: &RgbImage, columns: &[Window<i32>], rows: &[Window<i32>]) -> Vec<i32> {
    let instructions = Instructions::best();
    let (row_bytes, out_row) = (rgb.width() as usize * 3, columns.len() * 3);
    let mut sums = vec![HALF; rows.len() * out_row];
    let (mut narrow, mut row_sums) = (vec![0; out_row], vec![[0; 3]; columns.len()]);
    for y in touched(rows) {
        let row = &rgb.as_raw()[y * row_bytes..][..row_bytes];
        shrink_row(instructions, row, columns, &mut row_sums, &mut narrow);
        for target in windows_at(rows, y) {
            let weight = rows[target].weights[y - rows[target].start];
            bytes::add_weighed(instructions, &narrow, weight, &mut sums[target * out_row..][..out_row]);
        }
    }
    sums
}

fn columns_first(rgb: &RgbImage, columns: &[Window<i32>], rows: &[Window<i32>]) -> Vec<i32> {
    let instructions = Instructions::best();
    let (row_bytes, out_row) = (rgb.width() as usize * 3, columns.len() * 3);
    let mut sums = vec![HALF; rows.len() * out_row];
    let all = touched(columns);
    for strip in all.clone().step_by(STRIP).map(|start| start..(start + STRIP).min(all.end)) {
        let targets = windows_at(columns, strip.start).start..windows_at(columns, strip.end - 1).end;
        let mut low = vec![HALF; strip.len() * 3];
        for (sums, window) in sums.chunks_exact_mut(out_row).zip(rows) {
            low.fill(HALF);
            for (y, weight) in (window.start..).zip(&window.weights) {
                let source = &rgb.as_raw()[y * row_bytes + strip.start * 3..][..strip.len() * 3];
                bytes::add_weighed(instructions, source, *weight, &mut low);
            }
            low.iter_mut().for_each(|sum| *sum = i32::from(to_byte(*sum)));
            for target in targets.clone() {
                let column = &columns[target];
                let here = column.start.max(strip.start)..column.end().min(strip.end);
                let pixels = &low[(here.start - strip.start) * 3..(here.end - strip.start) * 3];
                let weights = &column.weights[here.start - column.start..here.end - column.start];
                add_weighed(pixels, weights, &mut sums[target * 3..][..3]);
            }
        }
    }
    sums
}

fn add_weighed(pixels: &[i32], weights: &[i32], sums: &mut [i32]) {
    let (mut red, mut green, mut blue) = (sums[0], sums[1], sums[2]);
    for (pixel, weight) in pixels.chunks_exact(3).zip(weights) {
        red += pixel[0] * weight;
        green += pixel[1] * weight;
        blue += pixel[2] * weight;
    }
    sums.copy_from_slice(&[red, green, blue]);
}

fn windows(axis: &Axis, curve: &Curve) -> Vec<Window<i32>> {
    let scale = axis.scale();
    // A picture that grows is interpolated, one that shrinks is averaged.
    let stretch = scale.max(1.0);
    let reach = curve.reach * stretch;
    axis.each(|index| {
        let centre = (index as f64 + 0.5) * scale;
        let start = (centre - reach + 0.5).max(0.0) as usize;
        let end = ((centre + reach + 0.5) as usize).min(axis.len as usize);
        // A product with the reciprocal, as there: a quotient is not always the same number.
        let weigh = |at: usize| (curve.weight)((at as f64 - centre + 0.5) * (1.0 / stretch));
        let weights: Vec<f64> = (start..end).map(weigh).collect();
        let sum: f64 = weights.iter().sum();
        let fixed = |weight: &f64| (weight / sum * f64::from(1 << BITS)).round() as i32;
        Window { start, weights: weights.iter().map(fixed).collect() }
    })
}

fn shrink_row(
    instructions: Instructions,
    row: &[u8],
    columns: &[Window<i32>],
    sums: &mut [[i32; 3]],
    narrow: &mut [u8],
) {
    let windows = columns.iter().map(|window| (window.start, window.weights.as_slice()));
    bytes::sum_windows(instructions, row, windows, HALF, sums);
    narrow.iter_mut().zip(sums.as_flattened()).for_each(|(byte, sum)| *byte = to_byte(*sum));
}

#[inline]
fn to_byte(sum: i32) -> u8 {
    (sum >> BITS).clamp(0, 255) as u8
}

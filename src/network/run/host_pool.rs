//! Pooling on this processor.
//!
//! burn's own (flex) asks for every pixel of every window whether it is inside; here whole lines are folded into one
//! first, which the compiler turns into vector instructions, and then that line along itself.

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use super::super::{Pool, PoolKind};

/// The part of an axis that a window covers.
#[derive(Clone, Copy)]
struct Span {
    /// First place inside the picture.
    start: usize,
    /// One after the last place inside the picture.
    end: usize,
    /// Number of places by which an average is divided.
    count: usize,
}

/// The windows of `pool` along an axis of `size`, of which there are `count`.
fn spans(pool: &Pool, axis: usize, size: usize, count: usize) -> Vec<Span> {
    let (before, after) = pool.padding[axis];
    (0..count)
        .map(|window| {
            // In places of the padded picture; a window that reaches beyond it is cut.
            let first = window * pool.stride[axis];
            let last = (first + pool.kernel[axis]).min(before + size + after);
            let (start, end) = (first.saturating_sub(before).min(size), last.saturating_sub(before).min(size));
            let count = match pool.kind {
                PoolKind::Average { count_padding: true } => last - first,
                _ => end - start,
            };
            Span { start, end, count }
        })
        .collect()
}

/// # Shapes
/// `x`: `[n, c, h, w]`; returns `[n, c, h', w']` for `output` `[h', w']`.
pub(super) fn pool(x: Tensor<4>, pool: &Pool, output: [usize; 2], device: &Device) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let [out_h, out_w] = output;
    let (down, across) = (spans(pool, 0, h, out_h), spans(pool, 1, w, out_w));
    let data = x.into_data();
    let input = data.as_slice::<f32>().expect("activations are single precision");
    let mut values = vec![0.0f32; n * c * out_h * out_w];
    let planes = input.par_chunks_exact(h * w).zip(values.par_chunks_exact_mut(out_h * out_w));
    match pool.kind {
        PoolKind::Maximum => planes.for_each_init(
            || vec![0.0; w],
            |line, (plane, out)| {
                fold(plane, out, line, [&down, &across], f32::NEG_INFINITY, |a, b| if b > a { b } else { a }, |a, _| a);
            },
        ),
        PoolKind::Average { .. } => planes.for_each_init(
            || vec![0.0; w],
            |line, (plane, out)| fold(plane, out, line, [&down, &across], 0.0, |a, b| a + b, |sum, count| sum / count),
        ),
    }
    Tensor::from_data(TensorData::new(values, [n, c, out_h, out_w]), device)
}

/// Pools one plane: lines under a window become one line, then the places of that line.
fn fold(
    plane: &[f32],
    out: &mut [f32],
    line: &mut [f32],
    [down, across]: [&[Span]; 2],
    neutral: f32,
    join: impl Fn(f32, f32) -> f32,
    finish: impl Fn(f32, f32) -> f32,
) {
    let w = line.len();
    for (row, vertical) in out.chunks_exact_mut(across.len()).zip(down) {
        line.fill(neutral);
        for source in plane[vertical.start * w..vertical.end * w].chunks_exact(w) {
            line.iter_mut().zip(source).for_each(|(joined, value)| *joined = join(*joined, *value));
        }
        for (value, horizontal) in row.iter_mut().zip(across) {
            let joined = line[horizontal.start..horizontal.end].iter().fold(neutral, |a, b| join(a, *b));
            *value = finish(joined, (vertical.count * horizontal.count) as f32);
        }
    }
}

//! Pooling on this processor.
//!
//! burn's own (flex) asks for every pixel of every window whether it is inside; here whole lines are folded into one
//! first, and then that line along itself: eight places at a time where the processor has AVX2.

#[cfg(target_arch = "x86_64")]
mod lanes;

use burn::tensor::{Device, Tensor, TensorData};
use rayon::prelude::*;

use super::{
    super::{Pool, PoolKind},
    host::lend,
};

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

/// On what a plane is folded.
struct Folding<'a> {
    pool: &'a Pool,
    /// Width of a plane.
    w: usize,
    /// The windows, down and across.
    down: &'a [Span],
    across: &'a [Span],
}

/// # Shapes
/// `x`: `[n, c, h, w]`; returns `[n, c, h', w']` for `output` `[h', w']`.
pub(super) fn pool(x: Tensor<4>, pool: &Pool, output: [usize; 2], device: &Device) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let [out_h, out_w] = output;
    let (down, across) = (spans(pool, 0, h, out_h), spans(pool, 1, w, out_w));
    let folding = Folding { pool, w, down: &down, across: &across };
    let mut values = vec![0.0f32; n * c * out_h * out_w];
    lend(x, |input| {
        let planes = input.par_chunks_exact(h * w).zip(values.par_chunks_exact_mut(out_h * out_w));
        #[cfg(target_arch = "x86_64")]
        if let Some(lanes) = lanes::Lanes::new(&folding) {
            return planes.for_each_init(|| lanes.clone(), |lanes, (plane, out)| lanes.fold(&folding, plane, out));
        }
        let lines = || Lines::new(w, pool);
        match pool.kind {
            PoolKind::Maximum => {
                planes.for_each_init(lines, |lines, (plane, out)| fold::<Largest>(&folding, plane, out, lines));
            }
            PoolKind::Average { .. } => {
                planes.for_each_init(lines, |lines, (plane, out)| fold::<Mean>(&folding, plane, out, lines));
            }
        }
    });
    Tensor::from_data(TensorData::new(values, [n, c, out_h, out_w]), device)
}

/// Memory to work in.
struct Lines {
    /// The lines under a window, joined.
    line: Vec<f32>,
    /// For each place of the line a whole window that begins there, joined; `None` where windows are so far apart that
    /// most of these would be in vain.
    windows: Option<Vec<f32>>,
    /// How wide a whole window is.
    width: usize,
}

impl Lines {
    fn new(w: usize, pool: &Pool) -> Self {
        let [_, width] = pool.kernel;
        // As many as the processor joins at once.
        let windows = (pool.stride[1] < 8 && width <= w).then(|| vec![0.0; w - width + 1]);
        Self { line: vec![0.0; w], windows, width }
    }
}

/// What becomes of the places under a window.
trait Join {
    /// What joined with anything changes nothing.
    const NEUTRAL: f32;
    fn join(a: f32, b: f32) -> f32;
    /// The window's value, `count` being the number of places by which a mean is divided.
    fn finish(joined: f32, count: f32) -> f32;
}

struct Largest;

impl Join for Largest {
    const NEUTRAL: f32 = f32::NEG_INFINITY;

    #[inline(always)]
    fn join(a: f32, b: f32) -> f32 {
        if b > a { b } else { a }
    }

    #[inline(always)]
    fn finish(joined: f32, _: f32) -> f32 {
        joined
    }
}

struct Mean;

impl Join for Mean {
    const NEUTRAL: f32 = 0.0;

    #[inline(always)]
    fn join(a: f32, b: f32) -> f32 {
        a + b
    }

    #[inline(always)]
    fn finish(joined: f32, count: f32) -> f32 {
        joined / count
    }
}

/// Pools one plane: lines under a window become one line, then the places of that line.
fn fold<J: Join>(folding: &Folding, plane: &[f32], out: &mut [f32], lines: &mut Lines) {
    let Folding { w, down, across, .. } = *folding;
    for (row, vertical) in out.chunks_exact_mut(across.len()).zip(down) {
        lines.join::<J>(&plane[vertical.start * w..vertical.end * w]);
        let Lines { line, windows, width } = lines;
        for (value, horizontal) in row.iter_mut().zip(across) {
            let joined = match windows {
                Some(windows) if horizontal.end - horizontal.start == *width => windows[horizontal.start],
                _ => line[horizontal.start..horizontal.end].iter().fold(J::NEUTRAL, |a, b| J::join(a, *b)),
            };
            *value = J::finish(joined, (vertical.count * horizontal.count) as f32);
        }
    }
}

impl Lines {
    /// Joins the lines of `under`.
    fn join<J: Join>(&mut self, under: &[f32]) {
        let Self { line, windows, width } = self;
        line.fill(J::NEUTRAL);
        for source in under.chunks_exact(line.len()) {
            line.iter_mut().zip(source).for_each(|(joined, value)| *joined = J::join(*joined, *value));
        }
        if let Some(windows) = windows {
            let count = windows.len();
            windows.copy_from_slice(&line[..count]);
            for step in 1..*width {
                windows.iter_mut().zip(&line[step..]).for_each(|(joined, value)| *joined = J::join(*joined, *value));
            }
        }
    }
}

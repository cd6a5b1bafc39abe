//! Planes folded line by line, in plain Rust.

use super::{Pool, Shape};

/// Memory to work in.
pub(super) struct Lines {
    /// The lines under a window, joined.
    line: Vec<f32>,
    /// For each place of the line a whole window that begins there, joined; `None` where windows are so far apart that
    /// most of these would be in vain.
    windows: Option<Vec<f32>>,
    /// How wide a whole window is.
    width: usize,
}

/// What becomes of the places under a window.
pub(super) trait Join {
    /// What joined with anything changes nothing.
    const NEUTRAL: f32;
    fn join(a: f32, b: f32) -> f32;
    /// The window's value, `count` being the number of places by which a mean is divided.
    fn finish(joined: f32, count: f32) -> f32;
}

pub(super) struct Largest;

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

pub(super) struct Mean;

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

impl Lines {
    pub fn new(shape: &Shape) -> Self {
        let ([_, width], [_, w]) = (shape.kernel, shape.input);
        // As many as the processor joins at once.
        let windows = (shape.stride[1] < 8 && width <= w).then(|| vec![0.0; w - width + 1]);
        Self { line: vec![0.0; w], windows, width }
    }

    /// Pools one plane.
    pub fn fold<J: Join>(&mut self, pool: &Pool, plane: &[f32], out: &mut [f32]) {
        let Pool { shape, down, across, .. } = pool;
        let w = shape.input[1];
        for (row, vertical) in out.chunks_exact_mut(across.len()).zip(down) {
            self.join::<J>(&plane[vertical.start * w..vertical.end * w]);
            let Self { line, windows, width } = self;
            for (value, horizontal) in row.iter_mut().zip(across) {
                let joined = match windows {
                    Some(windows) if horizontal.end - horizontal.start == *width => windows[horizontal.start],
                    _ => line[horizontal.start..horizontal.end].iter().fold(J::NEUTRAL, |a, b| J::join(a, *b)),
                };
                *value = J::finish(joined, (vertical.count * horizontal.count) as f32);
            }
        }
    }

    /// Joins the lines of `under`.
    fn join<J: Join>(&mut self, under: &[f32]) {
        let Self { line, windows, width } = self;
        line.fill(J::NEUTRAL);
        for source in under.chunks_exact(line.len().max(1)) {
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

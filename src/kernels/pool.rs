//! Maxima and means over windows: whole lines are folded into one first, and then that line along itself, a register
//! of places at a time where there are the instructions for it.

mod lanes;
mod lines;

use crate::Instructions;
use lines::Lines;

/// What is kept of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The largest number; one that is none is passed over.
    Maximum,
    /// The mean.
    Average {
        /// Whether places in the padding count, as zeros.
        count_padding: bool,
    },
}

/// Sizes of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// What is kept.
    pub kind: Kind,
    /// Height and width of a window.
    pub kernel: [usize; 2],
    /// Step down and across.
    pub stride: [usize; 2],
    /// Padding `(before, after)`: top and bottom, left and right.
    pub padding: [(usize, usize); 2],
    /// Height and width of a plane.
    pub input: [usize; 2],
    /// How many windows there are, down and across. The last ones may reach beyond the padding.
    pub output: [usize; 2],
}

/// The windows of a pool over planes of one size.
pub struct Pool {
    shape: Shape,
    instructions: Instructions,
    down: Vec<Span>,
    across: Vec<Span>,
}

/// The part of an axis that a window covers.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    /// First place inside the picture.
    pub start: usize,
    /// One after the last place inside the picture; not before the first.
    pub end: usize,
    /// Number of places by which an average is divided.
    pub count: usize,
}

/// Pools one plane after the other, in memory of its own.
pub struct Folder<'a> {
    pool: &'a Pool,
    way: Way,
}

enum Way {
    Lanes(lanes::Lanes),
    Lines(Lines),
}

impl Pool {
    /// # Panics
    /// When a window, a step or the output is of no size.
    pub fn new(instructions: Instructions, shape: Shape) -> Self {
        let sizes = [shape.kernel, shape.stride, shape.output];
        assert!(sizes.as_flattened().iter().all(|size| *size > 0), "no size is zero: {shape:?}");
        Self { shape, instructions, down: spans(&shape, 0), across: spans(&shape, 1) }
    }

    pub(crate) fn shape(&self) -> &Shape {
        &self.shape
    }

    pub(crate) fn instructions(&self) -> Instructions {
        self.instructions
    }

    /// The windows down and across.
    pub(crate) fn spans(&self) -> (&[Span], &[Span]) {
        (&self.down, &self.across)
    }

    /// What does the work; one for each thread.
    pub fn folder(&self) -> Folder<'_> {
        if let Some(lanes) = lanes::Lanes::new(self) {
            return Folder { pool: self, way: Way::Lanes(lanes) };
        }
        Folder { pool: self, way: Way::Lines(Lines::new(&self.shape)) }
    }
}

impl Folder<'_> {
    /// Pools one plane.
    ///
    /// # Shapes
    /// `plane`: `[h, w]`, `out`: `[h', w']`, those of the pool.
    ///
    /// # Panics
    /// When the lengths are others.
    pub fn fold(&mut self, plane: &[f32], out: &mut [f32]) {
        let Shape { kind, input, output, .. } = self.pool.shape;
        assert_eq!(plane.len(), input[0] * input[1], "a plane of {input:?}");
        assert_eq!(out.len(), output[0] * output[1], "place for {output:?}");
        match &mut self.way {
            Way::Lanes(lanes) => lanes.fold(self.pool, plane, out),
            Way::Lines(lines) => match kind {
                Kind::Maximum => lines.fold::<lines::Largest>(self.pool, plane, out),
                Kind::Average { .. } => lines.fold::<lines::Mean>(self.pool, plane, out),
            },
        }
    }
}

/// The windows along an axis.
fn spans(shape: &Shape, axis: usize) -> Vec<Span> {
    let ((before, after), size) = (shape.padding[axis], shape.input[axis]);
    (0..shape.output[axis])
        .map(|window| {
            // In places of the padded picture; a window that reaches beyond it is cut.
            let first = window * shape.stride[axis];
            let last = (first + shape.kernel[axis]).min(before + size + after).max(first);
            let (start, end) = (first.saturating_sub(before).min(size), last.saturating_sub(before).min(size));
            let count = match shape.kind {
                Kind::Average { count_padding: true } => last - first,
                _ => end - start,
            };
            Span { start, end, count }
        })
        .collect()
}

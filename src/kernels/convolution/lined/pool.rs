//! Maxima and means over windows of lines.

use std::ops::Range;

use super::super::lines::CHANNELS;
use super::super::memory::{Line, Memory};
use super::{Lined, Piece, pieces_wanted, rows_of, strips_of};
use crate::lanes::{Lanes, Numbers, OnLanes};
use crate::pool::{Kind, Pool, Span};
use crate::rectangle::Rectangle;

impl Pool {
    /// Pools lines. `do_all` gets the pieces, and must see to it that all are applied, by any thread; they are so many that this many
    /// threads are busy to the end.
    ///
    /// # Panics
    /// When they are of another size than the pool, or a piece was not applied.
    pub fn fold_lined(&self, input: &Lined, threads: usize, do_all: impl FnOnce(Vec<Piece<'_>>)) -> Lined {
        let shape = self.shape();
        assert_eq!(input.size, shape.input, "pictures of another size");
        Lined::written(input.pictures, input.channels, shape.output, |target, written| {
            let strips = pieces_wanted(input.pictures, threads).min(shape.output[0]);
            let pictures = rows_of(target, input.blocks(), input.pictures);
            let pieces = pictures.into_iter().enumerate().flat_map(|(picture, target)| {
                strips_of(target, shape.output[0], strips).into_iter().map(move |(rows, target)| {
                    let count = target.rows() * target.columns();
                    let work = Work { pool: self, lines: input.picture(picture), rows, target };
                    Piece::new(self.instructions(), written, count, work)
                })
            });
            do_all(pieces.collect());
        })
    }
}

/// Some rows of a picture's output.
struct Work<'a> {
    pool: &'a Pool,
    lines: &'a [Line],
    rows: Range<usize>,
    target: Rectangle<'a>,
}

impl OnLanes for (Work<'_>, &mut Memory) {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let (Work { pool, lines, rows, mut target }, _) = self;
        let shape = pool.shape();
        let [h, w] = shape.input;
        let (down, across) = pool.spans();
        assert_eq!(
            target.columns(),
            rows.len() * across.len() * CHANNELS,
            "a column for each number of a pixel's line"
        );
        for block in 0..target.rows() {
            let lines = &lines[block * h * w..][..h * w];
            for (row, down) in down[rows.clone()].iter().enumerate() {
                for (column, across) in across.iter().enumerate() {
                    // SAFETY: as the caller promises.
                    let line = unsafe {
                        match shape.kind {
                            Kind::Maximum => largest::<L::Line>(lines, w, *down, *across),
                            Kind::Average { .. } => mean::<L::Line>(lines, w, *down, *across),
                        }
                    };
                    target.write(block, (row * pool.spans().1.len() + column) * CHANNELS, &line.0);
                }
            }
        }
    }
}

/// The largest numbers of a window; what is none is passed over.
///
/// # Safety
/// The processor has what the numbers need, which are a line's.
#[inline(always)]
unsafe fn largest<N: Numbers>(lines: &[Line], width: usize, down: Span, across: Span) -> Line {
    const { assert!(N::COUNT == CHANNELS) };
    let mut line = Line::ZERO;
    // SAFETY: a line's numbers are read and written; and as the caller promises.
    unsafe {
        let mut joined = N::splat(f32::NEG_INFINITY);
        for y in down.start..down.end {
            for Line(pixel) in &lines[y * width + across.start..y * width + across.end] {
                joined = N::load(pixel.as_ptr()).larger(joined);
            }
        }
        joined.store(line.0.as_mut_ptr());
    }
    line
}

/// The means of a window: of the sums of its columns, as those of planes.
///
/// # Safety
/// The processor has what the numbers need, which are a line's.
#[inline(always)]
unsafe fn mean<N: Numbers>(lines: &[Line], width: usize, down: Span, across: Span) -> Line {
    const { assert!(N::COUNT == CHANNELS) };
    let mut line = Line::ZERO;
    // SAFETY: a line's numbers are read and written; and as the caller promises.
    unsafe {
        let mut sum = N::splat(0.0);
        for x in across.start..across.end {
            let mut column = N::splat(0.0);
            for y in down.start..down.end {
                column = column.add(N::load(lines[y * width + x].0.as_ptr()));
            }
            sum = sum.add(column);
        }
        sum.store(line.0.as_mut_ptr());
    }
    let count = (down.count * across.count) as f32;
    line.0.iter_mut().for_each(|value| *value /= count);
    line
}

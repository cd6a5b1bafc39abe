//! What is between a bottleneck's convolutions, looked at while it is in the caches: what its planes come to, as
//! [`summary`](crate::planes::summary) says of whole ones.

use std::ops::Range;

use super::super::Bounds;
use super::super::memory::Line;
use super::CHANNELS;
use crate::lanes::{Lanes, Numbers};
use crate::planes::Summary;

/// Pixels of a row that are summed side by side: a sum takes longer than to begin the next one.
const AT_ONCE: usize = 4;

/// What some rows of a picture's planes come to.
pub(in super::super) struct Looks {
    /// Which rows.
    rows: Range<usize>,
    width: usize,
    blocks: usize,
    /// `[rows, blocks]`: summed row by row, so that it does not matter where a strip ends.
    sums: Vec<Line>,
    /// For each block.
    largest: Vec<Line>,
    /// Where these are in their planes: the first place.
    places: Vec<[u32; CHANNELS]>,
    /// Of the rows that are looked at.
    largest_of_rows: Vec<Line>,
}

impl Looks {
    /// Nothing yet of rows of so many pixels and blocks of channels.
    pub fn new(rows: Range<usize>, width: usize, blocks: usize) -> Self {
        Self {
            width,
            blocks,
            sums: vec![Line::ZERO; rows.len() * blocks],
            largest: vec![Line([f32::NEG_INFINITY; CHANNELS]); blocks],
            places: vec![[0; CHANNELS]; blocks],
            largest_of_rows: Vec::new(),
            rows,
        }
    }

    /// Looks at some rows of a block of channels, which lie a `pitch` apart and are kept between bounds. Rows come in order, each
    /// once.
    ///
    /// # Panics
    /// When a row is none of these, or there are too few lines.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    pub unsafe fn look<L: Lanes>(
        &mut self,
        block: usize,
        rows: Range<usize>,
        lines: &[Line],
        pitch: usize,
        bounds: Option<Bounds>,
    ) {
        if rows.is_empty() {
            return;
        }
        assert!(self.rows.start <= rows.start && rows.end <= self.rows.end, "rows {rows:?} of {:?}", self.rows);
        assert!((rows.len() - 1) * pitch + self.width <= lines.len(), "lines of {} rows", rows.len());
        self.largest_of_rows.clear();
        let mut largest = Line([f32::NEG_INFINITY; CHANNELS]);
        for row in rows.clone() {
            let lines = &lines[(row - rows.start) * pitch..][..self.width];
            let sum = &mut self.sums[(row - self.rows.start) * self.blocks + block];
            // SAFETY: as the caller promises.
            let largest_of_row = unsafe {
                match bounds {
                    None => look_at_row::<L::Line>(lines, |value| value, sum),
                    Some(Bounds { least, most }) => {
                        let (least, most) = (<L::Line>::splat(least), <L::Line>::splat(most));
                        look_at_row::<L::Line>(lines, |value| value.keep(least, most), sum)
                    }
                }
            };
            self.largest_of_rows.push(largest_of_row);
            for (largest, of_row) in largest.0.iter_mut().zip(largest_of_row.0) {
                *largest = if of_row > *largest { of_row } else { *largest };
            }
        }
        for (channel, largest) in largest.0.into_iter().enumerate() {
            if largest <= self.largest[block].0[channel] {
                continue;
            }
            let row = self.largest_of_rows.iter().position(|row| row.0[channel] == largest);
            let row = row.expect("it is that of a row");
            let kept = |line: &Line| bounds.map_or(line.0[channel], |bounds| bounds.keep(line.0[channel]));
            let lines = &lines[row * pitch..][..self.width];
            let column = lines.iter().position(|line| kept(line) == largest).expect("it is that of a pixel");
            self.largest[block].0[channel] = kept(&lines[column]);
            self.places[block][channel] = ((rows.start + row) * self.width + column) as u32;
        }
    }

    /// What whole planes come to, from looks at all of their rows. Where a plane's mean is no number, nothing is known of the rest.
    ///
    /// # Panics
    /// When a row is missing, or was looked at twice.
    pub fn summaries(mut all: Vec<Self>, height: usize, channels: usize) -> Vec<Summary> {
        all.sort_by_key(|looks| looks.rows.start);
        let mut seen = 0;
        for looks in all.iter().filter(|looks| !looks.rows.is_empty()) {
            assert_eq!(looks.rows.start, seen, "each row is looked at once");
            seen = looks.rows.end;
        }
        assert_eq!(seen, height, "all rows are looked at");
        let places: usize = all.iter().map(|looks| looks.rows.len() * looks.width).sum();
        let mut summaries = Vec::with_capacity(channels);
        for block in 0..channels.div_ceil(CHANNELS) {
            let mut totals = [0.0f32; CHANNELS];
            let mut largest = [(f32::NEG_INFINITY, 0); CHANNELS];
            for looks in &all {
                // One after the other, wherever looks end.
                for Line(sums) in looks.sums.iter().skip(block).step_by(looks.blocks) {
                    totals.iter_mut().zip(sums).for_each(|(total, sum)| *total += sum);
                }
                let of_looks = looks.largest[block].0.into_iter().zip(looks.places[block]);
                for (largest, (value, place)) in largest.iter_mut().zip(of_looks) {
                    if value > largest.0 {
                        *largest = (value, place as usize);
                    }
                }
            }
            let summary = |(total, (largest, place))| Summary { mean: total / places as f32, largest, place };
            let of_block = CHANNELS.min(channels - block * CHANNELS);
            summaries.extend(totals.into_iter().zip(largest).take(of_block).map(summary));
        }
        summaries
    }
}

/// The largest numbers of a row; its sums are written.
///
/// # Safety
/// The processor has what the numbers need, which are a line's.
#[inline(always)]
unsafe fn look_at_row<N: Numbers>(lines: &[Line], keep: impl Fn(N) -> N, sum: &mut Line) -> Line {
    const { assert!(N::COUNT == CHANNELS) };
    let mut row = Line::ZERO;
    // SAFETY: a line's numbers are read from lines, and written to them; and as the caller promises.
    unsafe {
        let mut sums = [N::splat(0.0); AT_ONCE];
        let mut largest = N::splat(f32::NEG_INFINITY);
        let (whole, rest) = lines.as_chunks::<AT_ONCE>();
        for lines in whole {
            for (Line(line), sum) in lines.iter().zip(&mut sums) {
                let value = keep(N::load(line.as_ptr()));
                *sum = sum.add(value);
                largest = value.larger(largest);
            }
        }
        for (Line(line), sum) in rest.iter().zip(&mut sums) {
            let value = keep(N::load(line.as_ptr()));
            *sum = sum.add(value);
            largest = value.larger(largest);
        }
        let [a, b, c, d] = sums;
        a.add(b).add(c.add(d)).store(sum.0.as_mut_ptr());
        largest.store(row.0.as_mut_ptr());
    }
    row
}

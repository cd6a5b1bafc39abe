//! What is to be done of a product, divided.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::memory::{self, Line, Memory, groups_of, halves};
use super::multiply::{Blocks, blocks_at_once, multiply};
use super::product::{Pieces, Product};
use super::sum::{Added, Sum};
use super::{COLUMNS, ROWS};
use crate::rectangle::Rectangle;

/// From so many times on that they are read, panels are copied: what a tap sees lies in another page, and across lines of
/// the cache, for each channel, and is read again for each block. It matters less where several blocks are multiplied at once.
const WORTH_COPYING: usize = 6;
const WORTH_COPYING_FOR_SEVERAL: usize = 14;

/// What all parts share.
pub(super) struct Run<'a> {
    pub plan: &'a Product<'a>,
    /// The pictures, group by group.
    pub planes: &'a [f32],
    /// What is added to the output.
    pub sum: Option<Sum<'a>>,
    pub pieces: Pieces,
    /// Numbers of the output that are there.
    pub written: &'a AtomicUsize,
}

/// A part of a product: some pictures, or some tiles or parts of one.
pub(super) struct ProductWork<'a> {
    run: &'a Run<'a>,
    /// Which groups of which pictures.
    pictures: Range<usize>,
    tiles: Range<usize>,
    parts: Range<usize>,
    /// Where it goes: a row for each output channel.
    target: Rectangle<'a>,
}

/// What is worked on at a time.
struct Piece<'a> {
    group: usize,
    /// The group's input planes, with their borders.
    source: &'a [f32],
    panels: Range<usize>,
    /// Blocks of output channels.
    blocks: Range<usize>,
    /// The blocks' channels, and the pixels of the panels' places.
    target: Rectangle<'a>,
    /// What is added to these.
    added: Option<Added<'a>>,
}

impl<'a> ProductWork<'a> {
    /// For some pictures, all of whose groups go to the target.
    pub fn new(run: &'a Run<'a>, pictures: Range<usize>, target: &'a mut [MaybeUninit<f32>]) -> Self {
        let target = Rectangle::new(target, run.plan.output[0] * run.plan.output[1]);
        let pictures = groups_of(&pictures, run.plan.panels.shape.groups);
        Self { run, pictures, tiles: 0..run.pieces.tiles, parts: 0..run.pieces.parts, target }
    }

    /// Two parts that can be done at once, where there is something to divide.
    pub fn split(self) -> (Self, Option<Self>) {
        let Self { run, pictures, tiles, parts, target } = self;
        if pictures.len() > 1 {
            let (first, second) = halves(&pictures);
            let (above, below) = target.split_at_row(first.len() * run.plan.panels.shape.out);
            let first = Self { run, pictures: first, tiles: tiles.clone(), parts: parts.clone(), target: above };
            return (first, Some(Self { run, pictures: second, tiles, parts, target: below }));
        }
        if pictures.is_empty() {
            return (Self { run, pictures, tiles, parts, target }, None);
        }
        if parts.len() > 1 && (run.pieces.channels_first || tiles.len() < 2) {
            let (first, second) = halves(&parts);
            let (above, below) = target.split_at_row(run.channel(second.start) - run.channel(first.start));
            let first = Self { run, pictures: pictures.clone(), tiles: tiles.clone(), parts: first, target: above };
            return (first, Some(Self { run, pictures, tiles, parts: second, target: below }));
        }
        if tiles.len() > 1 {
            let (first, second) = halves(&tiles);
            let (left, right) = target.split_at_column(run.pixel(second.start) - run.pixel(first.start));
            let first = Self { run, pictures: pictures.clone(), tiles: first, parts: parts.clone(), target: left };
            return (first, Some(Self { run, pictures, tiles: second, parts, target: right }));
        }
        (Self { run, pictures, tiles, parts, target }, None)
    }

    /// Does it.
    pub fn apply(self, memory: &mut Memory) {
        let Self { run, pictures, tiles, parts, mut target } = self;
        let shape = &run.plan.panels.shape;
        for picture in pictures.clone() {
            let source = &run.planes[picture * run.plan.source_size()..][..run.plan.source_size()];
            // Where the picture's channels begin in the target, if it has them all.
            let above = (picture - pictures.start) * shape.out;
            let added = run.sum.map(|sum| sum.of_planes(picture * shape.out, run.plan.output[0] * run.plan.output[1]));
            for tile in tiles.clone() {
                let columns = [tile, tile + 1].map(|tile| run.pixel(tile) - run.pixel(tiles.start));
                for part in parts.clone() {
                    let rows = [part, part + 1].map(|part| above + run.channel(part) - run.channel(parts.start));
                    let piece = Piece {
                        group: picture % shape.groups,
                        source,
                        panels: run.first_panel(tile)..run.first_panel(tile + 1),
                        blocks: run.first_block(part)..run.first_block(part + 1),
                        target: target.part(rows[0]..rows[1], columns[0]..columns[1]),
                        added: added.map(|added| added.from(run.channel(part), run.pixel(tile))),
                    };
                    let written = run.apply_piece(piece, memory);
                    run.written.fetch_add(written, Ordering::Release);
                }
            }
        }
    }
}

impl Run<'_> {
    fn first_panel(&self, tile: usize) -> usize {
        tile * self.plan.places.div_ceil(COLUMNS) / self.pieces.tiles
    }

    fn first_block(&self, part: usize) -> usize {
        part * self.plan.panels.shape.blocks() / self.pieces.parts
    }

    /// The first output pixel of a tile: as many lie before it.
    fn pixel(&self, tile: usize) -> usize {
        self.plan.pixels_before((self.first_panel(tile) * COLUMNS).min(self.plan.places))
    }

    /// The first output channel of a part.
    fn channel(&self, part: usize) -> usize {
        (self.first_block(part) * ROWS).min(self.plan.panels.shape.out)
    }

    /// Returns how many numbers were written: all of the target's.
    fn apply_piece(&self, piece: Piece<'_>, memory: &mut Memory) -> usize {
        let Self { plan, .. } = self;
        let (panels, shape) = (plan.panels, &plan.panels.shape);
        let Piece { group, source, panels: places, blocks, mut target, added } = piece;
        let Memory { copied, sums, .. } = memory;
        let (taps, all_blocks) = (shape.taps(), shape.blocks());
        let weights = &plan.weights[group * all_blocks * taps * ROWS..][..all_blocks * taps * ROWS];
        let bias = &panels.bias[group * shape.out..][..shape.out];
        let first_pixel = plan.pixels_before(places.start * COLUMNS);
        let mut written = 0;
        // Of each panel a line for each row of all blocks.
        let lines = blocks.len() * ROWS;
        let sums = memory::lines(sums, places.len() * lines);
        let at_once = blocks_at_once(panels.instructions);
        let times = blocks.len().div_ceil(at_once);
        let worth_copying = if at_once > 1 { WORTH_COPYING_FOR_SEVERAL } else { WORTH_COPYING };
        for chunk in &plan.chunks {
            let (first, count) = (chunk.first, chunk.taps.len());
            let is_last = first + count == taps;
            let (bounds, pitch) = (panels.bounds.filter(|_| is_last), taps * ROWS);
            // Panels that are copied, one after the other.
            let is_read_there =
                |panel: usize| times < worth_copying && panel * COLUMNS + chunk.taps.reach() <= source.len();
            let to_copy = places.clone().filter(|panel| !is_read_there(*panel));
            let copied = memory::lines(copied, to_copy.clone().count() * count);
            for (panel, copy) in to_copy.zip(copied.chunks_exact_mut(count)) {
                plan.copy_panel(source, panel, chunk.taps.offsets(), copy);
            }
            for time in 0..times {
                // About as many blocks each time.
                let [first_block, end] = [time, time + 1].map(|time| blocks.start + blocks.len() * time / times);
                let channel = (first_block - blocks.start) * ROWS;
                let rows = ((end - first_block) * ROWS).min(shape.out - first_block * ROWS);
                let weights = &weights[(first_block * taps + first) * ROWS..];
                let start = (first == 0).then(|| &bias[first_block * ROWS..][..rows]);
                let mut copies = copied.chunks_exact(count);
                for (panel, sums) in places.clone().zip(sums.chunks_exact_mut(lines)) {
                    let (from, of_panel) = match is_read_there(panel) {
                        true => (&source[panel * COLUMNS..], &chunk.taps),
                        false => (bytemuck::cast_slice(copies.next().expect("it was copied")), &chunk.copied),
                    };
                    let columns = COLUMNS.min(plan.places - panel * COLUMNS);
                    let is_whole = is_last && plan.is_straight(panel);
                    let pixel = if is_whole { plan.pixels_before(panel * COLUMNS) - first_pixel } else { 0 };
                    // By reference, as below: a copy of what was only just written would have to wait for it.
                    let here;
                    let added = match added {
                        Some(added) if is_whole => {
                            here = added.from(channel, pixel);
                            Some(&here)
                        }
                        _ => None,
                    };
                    let (taps, is_new) = (of_panel, time == 0);
                    let blocks = Blocks { rows, weights, pitch, taps, from, start, bounds, added, columns, is_new };
                    let target = if is_whole {
                        written += rows * COLUMNS;
                        Some(target.part(channel..channel + rows, pixel..pixel + COLUMNS))
                    } else {
                        None
                    };
                    multiply(panels.instructions, &blocks, &mut sums[channel..], target);
                }
            }
        }
        let rows = target.rows();
        let panels = places.clone().zip(sums.chunks_exact_mut(lines));
        for (panel, sums) in panels.filter(|(panel, _)| !plan.is_straight(*panel)) {
            plan.spread(panel, |pixel, from, count| {
                let pixel = pixel - first_pixel;
                for (channel, Line(sums)) in sums[..rows].iter_mut().enumerate() {
                    let sums = &mut sums[from..from + count];
                    if let Some(added) = added {
                        added.add_to(channel, pixel, sums);
                    }
                    target.write(channel, pixel, sums);
                    written += count;
                }
            });
        }
        assert_eq!(written, target.rows() * target.columns(), "every number of a piece was written");
        written
    }
}

impl Product<'_> {
    /// What each of the taps sees from the panel's places: `[taps, COLUMNS]`; zero beyond the last place.
    fn copy_panel(&self, source: &[f32], panel: usize, offsets: &[u32], copy: &mut [Line]) {
        let source = &source[panel * COLUMNS..];
        let count = COLUMNS.min(self.places - panel * COLUMNS);
        for (offset, Line(row)) in offsets.iter().zip(copy) {
            let from = &source[*offset as usize..];
            match from.first_chunk() {
                Some(pixels) if count == COLUMNS => *row = *pixels,
                _ => {
                    row[..count].copy_from_slice(&from[..count]);
                    row[count..].fill(0.0);
                }
            }
        }
    }

    /// Whether all places of a panel are output pixels that lie beside one another.
    fn is_straight(&self, panel: usize) -> bool {
        let start = panel * COLUMNS;
        let room = if self.row == self.output[1] {
            self.places - start
        } else {
            self.output[1].saturating_sub(start % self.row)
        };
        COLUMNS <= room
    }

    /// How many output pixels lie before a place.
    fn pixels_before(&self, place: usize) -> usize {
        if self.row == self.output[1] {
            return place;
        }
        place / self.row * self.output[1] + (place % self.row).min(self.output[1])
    }

    /// Hands over which of a panel's places are output pixels: for each stretch of them the first one's place in the
    /// output, its place in the panel, and their number.
    fn spread(&self, panel: usize, mut write: impl FnMut(usize, usize, usize)) {
        let start = panel * COLUMNS;
        let end = (start + COLUMNS).min(self.places);
        if self.row == self.output[1] {
            return write(start, 0, end - start);
        }
        let mut place = start;
        while place < end {
            let (y, x) = (place / self.row, place % self.row);
            let next = ((y + 1) * self.row).min(end);
            if x < self.output[1] {
                write(y * self.output[1] + x, place - start, (self.output[1] - x).min(next - place));
            }
            place = next;
        }
    }
}

//! What is to be done with fewer multiplications, divided.

use std::mem::MaybeUninit;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::super::memory::{self, Line, Memory, groups_of, halves};
use super::super::multiply::{Blocks, MOST_ROWS, blocks_at_once, multiply};
use super::super::sum::{Added, Sum};
use super::super::{Bounds, COLUMNS, ROWS};
use super::{Tile, Winograd, transform};
use crate::lanes::{Lanes, OnLanes};
use crate::rectangle::Rectangle;

/// What all parts share.
pub(in super::super) struct Run<'a> {
    pub plan: &'a Winograd<'a>,
    /// The pictures, group by group.
    pub planes: &'a [f32],
    /// What is added to the output.
    pub sum: Option<Sum<'a>>,
    /// In how many strips of rows of tiles a picture is divided.
    pub strips: usize,
    /// In how many parts its blocks of channels are.
    pub parts: usize,
    /// Numbers of the output that are there.
    pub written: &'a AtomicUsize,
}

/// Some pictures, or some strips or parts of one.
pub(in super::super) struct WinogradWork<'a> {
    run: &'a Run<'a>,
    /// Which groups of which pictures.
    pictures: Range<usize>,
    strips: Range<usize>,
    parts: Range<usize>,
    /// Where it goes: a row for each output channel.
    target: Rectangle<'a>,
}

/// A strip of a picture, transformed.
struct Strip {
    /// Rows of tiles.
    rows: Range<usize>,
    /// How many tiles, filled up to whole panels.
    columns: usize,
    /// Numbers from one point to the next.
    point: usize,
}

/// What the products of all tiles come to for a channel.
struct Sums<'a> {
    /// `[panels, points, channels]`.
    lines: &'a [Line],
    /// Channels of a point.
    of_point: usize,
    /// Which of these.
    row: usize,
}

impl<'a> WinogradWork<'a> {
    /// For some pictures, all of whose groups go to the target.
    pub fn new(run: &'a Run<'a>, pictures: Range<usize>, target: &'a mut [MaybeUninit<f32>]) -> Self {
        let target = Rectangle::new(target, run.plan.output[0] * run.plan.output[1]);
        let pictures = groups_of(&pictures, run.plan.panels.shape.groups);
        Self { run, pictures, strips: 0..run.strips, parts: 0..run.parts, target }
    }

    /// Two parts that can be done at once, where there is something to divide.
    pub fn split(self) -> (Self, Option<Self>) {
        let Self { run, pictures, strips, parts, target } = self;
        if pictures.len() > 1 {
            let (first, second) = halves(&pictures);
            let (above, below) = target.split_at_row(first.len() * run.plan.panels.shape.out);
            let first = Self { run, pictures: first, strips: strips.clone(), parts: parts.clone(), target: above };
            return (first, Some(Self { run, pictures: second, strips, parts, target: below }));
        }
        let is_one = pictures.len() == 1;
        if is_one && strips.len() > 1 {
            let (first, second) = halves(&strips);
            let (left, right) = target.split_at_column(run.pixel(second.start) - run.pixel(first.start));
            let first = Self { run, pictures: pictures.clone(), strips: first, parts: parts.clone(), target: left };
            return (first, Some(Self { run, pictures, strips: second, parts, target: right }));
        }
        if is_one && parts.len() > 1 {
            let (first, second) = halves(&parts);
            let (above, below) = target.split_at_row(run.channel(second.start) - run.channel(first.start));
            let first = Self { run, pictures: pictures.clone(), strips: strips.clone(), parts: first, target: above };
            return (first, Some(Self { run, pictures, strips, parts: second, target: below }));
        }
        (Self { run, pictures, strips, parts, target }, None)
    }

    /// Does it.
    pub fn apply(self, memory: &mut Memory) {
        let instructions = self.run.plan.panels.instructions;
        (self, memory).on_widest(instructions);
    }
}

impl OnLanes for (WinogradWork<'_>, &mut Memory) {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let (work, memory) = self;
        let WinogradWork { run, pictures, strips, parts, mut target } = work;
        let plan = run.plan;
        let shape = &plan.panels.shape;
        for picture in pictures.clone() {
            let source = &run.planes[picture * plan.source_size()..][..plan.source_size()];
            // Where the picture's channels begin in the target, if it has them all.
            let above = (picture - pictures.start) * shape.out;
            let added = run.sum.map(|sum| sum.of_planes(picture * shape.out, plan.output[0] * plan.output[1]));
            for index in strips.clone() {
                let rows = run.first_row(index)..run.first_row(index + 1);
                let columns = plan.columns(rows.len());
                // A little more than the numbers of a point, for many a power of two, lest the cache's places collide.
                let strip = Strip { rows, columns, point: shape.channels * COLUMNS + COLUMNS };
                let pixels = [index, index + 1].map(|index| run.pixel(index) - run.pixel(strips.start));
                // SAFETY: as the caller promises.
                unsafe { plan.transform_strip::<L>(source, &strip, memory) };
                for part in parts.clone() {
                    let channels = [part, part + 1].map(|part| above + run.channel(part) - run.channel(parts.start));
                    let target = target.part(channels[0]..channels[1], pixels[0]..pixels[1]);
                    let written = target.rows() * target.columns();
                    let added = added.map(|added| added.from(run.channel(part), run.pixel(index)));
                    let blocks = run.first_block(part)..run.first_block(part + 1);
                    // SAFETY: as the caller promises.
                    unsafe { plan.multiply_strip::<L>(picture % shape.groups, blocks, &strip, memory, target, added) };
                    run.written.fetch_add(written, Ordering::Release);
                }
            }
        }
    }
}

impl Run<'_> {
    /// The first row of tiles of a strip.
    fn first_row(&self, strip: usize) -> usize {
        strip * self.plan.tiles[0] / self.strips
    }

    fn first_block(&self, part: usize) -> usize {
        part * self.plan.panels.shape.blocks() / self.parts
    }

    /// The first output pixel of a strip: as many lie before it.
    fn pixel(&self, strip: usize) -> usize {
        (self.first_row(strip) * self.plan.tile.side()).min(self.plan.output[0]) * self.plan.output[1]
    }

    /// The first output channel of a part.
    fn channel(&self, part: usize) -> usize {
        (self.first_block(part) * ROWS).min(self.plan.panels.shape.out)
    }
}

impl Winograd<'_> {
    /// Leaves the transformed pixels in `memory.copied`: `[panels, points, channels, COLUMNS]`, with a gap behind each point.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    unsafe fn transform_strip<L: Lanes>(&self, source: &[f32], strip: &Strip, memory: &mut Memory) {
        let Memory { copied, padded, .. } = memory;
        let shape = &self.panels.shape;
        let (side, points) = (self.tile.side(), self.tile.points());
        let [h, w] = self.input;
        let ((top, _), (left, _)) = (shape.padding[0], shape.padding[1]);
        // Lines under the strip, from the first of the padded picture on; of each, two over the last tile's output.
        let (first, lines) = (strip.rows.start * side, strip.rows.len() * side + 2);
        let pitch = self.tiles[1] * side + 4;
        padded.clear();
        padded.resize(lines * pitch, 0.0);
        let lines_of_points = strip.columns / COLUMNS * points * strip.point / COLUMNS;
        let copied: &mut [f32] = bytemuck::cast_slice_mut(memory::lines(copied, lines_of_points));
        let count = strip.rows.len() * self.tiles[1];
        // Tiles beyond the last one are the last one again.
        let places: Vec<usize> = (0..strip.columns)
            .map(|tile| tile.min(count - 1))
            .map(|tile| tile / self.tiles[1] * side * pitch + tile % self.tiles[1] * side)
            .collect();
        // A large tile reads eight numbers of each of its lines, a small one four.
        let reach = (side + 1) * pitch + 2 * side;
        assert!(places.iter().all(|place| place + reach <= lines * pitch), "a tile reaches beyond its strip");
        assert!(COLUMNS.is_multiple_of(L::COUNT), "panels of {} registers", COLUMNS / L::COUNT);
        // What of a line is seen; the rest lies under no tile.
        let width = w.min(pitch - left.min(pitch));
        for (channel, plane) in source.chunks_exact(h * w).enumerate() {
            for line in 0..lines {
                // Lines outside stay zeros.
                let Some(y) = (first + line).checked_sub(top).filter(|y| *y < h) else { continue };
                padded[line * pitch + left.min(pitch)..][..width].copy_from_slice(&plane[y * w..][..width]);
            }
            for (group, places) in places.chunks_exact(L::COUNT).enumerate() {
                let panel = group * L::COUNT / COLUMNS;
                let start = panel * points * strip.point + channel * COLUMNS + group * L::COUNT % COLUMNS;
                assert!(start + (points - 1) * strip.point + L::COUNT <= copied.len(), "place for a tile");
                // SAFETY: the places are inside the padded strip with all that is read from there on, and the points
                // inside the memory, as asserted.
                unsafe {
                    let (from, to) = (padded.as_ptr(), copied.as_mut_ptr().add(start));
                    let tile = |lane: usize| from.add(*places.get_unchecked(lane));
                    let to = |point: usize| to.add(point * strip.point);
                    match self.tile {
                        Tile::Large => transform::large_tiles::<L>(tile, pitch, to),
                        Tile::Small => transform::small_tiles::<L>(tile, pitch, to),
                    }
                }
            }
        }
    }

    /// Sums over the channels and writes what comes of it: all of the target.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    unsafe fn multiply_strip<L: Lanes>(
        &self,
        group: usize,
        blocks: Range<usize>,
        strip: &Strip,
        memory: &mut Memory,
        mut target: Rectangle<'_>,
        added: Option<Added<'_>>,
    ) {
        let Memory { copied, sums, .. } = memory;
        let copied: &[f32] = bytemuck::cast_slice(copied);
        let shape = &self.panels.shape;
        let (channels, panels, points) = (shape.channels, strip.columns / COLUMNS, self.tile.points());
        let block_size = points * channels * ROWS;
        let weights = &self.weights[group * shape.blocks() * block_size..];
        let bias = &self.panels.bias[group * shape.out..][..shape.out];
        let times = blocks.len().div_ceil(blocks_at_once(self.panels.instructions));
        for time in 0..times {
            // About as many blocks each time.
            let [first, end] = [time, time + 1].map(|time| blocks.start + blocks.len() * time / times);
            let lines = (end - first) * ROWS;
            let rows = lines.min(shape.out - first * ROWS);
            let sums = memory::lines(sums, panels * points * lines);
            for point in 0..points {
                let weights = &weights[first * block_size + point * channels * ROWS..];
                for panel in 0..panels {
                    let from = &copied[(panel * points + point) * strip.point..][..channels * COLUMNS];
                    let (taps, pitch, start) = (&self.taps, block_size, Some(&[0.0; MOST_ROWS][..]));
                    let (bounds, added, columns, is_new) = (None, None, COLUMNS, false);
                    let blocks = Blocks { rows, weights, pitch, taps, from, start, bounds, added, columns, is_new };
                    let sums = &mut sums[(panel * points + point) * lines..][..lines];
                    multiply(self.panels.instructions, &blocks, sums, None);
                }
            }
            let above = (first - blocks.start) * ROWS;
            for row in 0..rows {
                let mut target = target.part(above + row..above + row + 1, 0..target.columns());
                let columns = target.columns();
                let sums = Sums { lines: sums, of_point: lines, row };
                // SAFETY: as the caller promises.
                unsafe { self.write::<L>(&sums, bias[first * ROWS + row], strip, target.part(0..1, 0..columns)) };
                if let Some(added) = added {
                    // Row by row: read tile by tile, what is added would take longer to come than a third of all the rest.
                    // SAFETY: all of the row is written.
                    added.add_to(above + row, 0, unsafe { target.row_mut(0) });
                }
            }
        }
    }

    /// Writes a strip of one output channel.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    unsafe fn write<L: Lanes>(&self, sums: &Sums<'_>, bias: f32, strip: &Strip, mut target: Rectangle<'_>) {
        let [height, width] = self.output;
        let (side, points) = (self.tile.side(), self.tile.points());
        let (count, across) = (strip.rows.len() * self.tiles[1], self.tiles[1]);
        // Lines of the picture in the strip: all of its last rows of tiles need not be.
        let lines = (strip.rows.end * side).min(height) - strip.rows.start * side;
        let panel_lines = points * sums.of_point;
        assert!(
            sums.row < sums.of_point && sums.lines.len() * COLUMNS == strip.columns * panel_lines,
            "sums of all tiles"
        );
        assert!(target.rows() == 1 && target.columns() == lines * width, "place for {lines} lines");
        let Bounds { least, most } = self.panels.bounds.unwrap_or(Bounds::NONE);
        let to = target.as_mut_ptr();
        // Where a register's tiles end that are not whole.
        let mut beside = [[0.0f32; 4]; 64];
        assert!(L::COUNT <= beside.len(), "a register of {}", L::COUNT);
        let (mut tile_y, mut tile_x) = (0, 0);
        for start in (0..count).step_by(L::COUNT) {
            let panel = &sums.lines[start / COLUMNS * panel_lines..][..panel_lines];
            let column = start % COLUMNS;
            // For each lane the tile's first line and column, and how many of its columns there are.
            let mut tiles = [(lines, 0, 0); 64];
            for tile in &mut tiles[..L::COUNT.min(count - start)] {
                *tile = (tile_y * side, tile_x * side, (width - tile_x * side).min(side));
                tile_x += 1;
                if tile_x == across {
                    (tile_y, tile_x) = (tile_y + 1, 0);
                }
            }
            // SAFETY: of each point's sums `COUNT` are there from the column on, as panels are whole registers; whole tiles
            // are written in the picture's lines and columns, as asserted, and others beside.
            unsafe {
                let (bias, least, most) = (L::splat(bias), L::splat(least), L::splat(most));
                let sum = |point: usize| panel.get_unchecked(point * sums.of_point + sums.row).0.as_ptr().add(column);
                let pixels = match self.tile {
                    Tile::Large => transform::pixels_of_large::<L>(sum),
                    Tile::Small => transform::pixels_of_small::<L>(sum),
                };
                let away = beside.as_mut_ptr();
                for (y, line) in pixels.into_iter().take(side).enumerate() {
                    let line = line.map(|pixel| pixel.add(bias).keep(least, most));
                    L::store_fours(line, |lane| {
                        let (first, left, columns) = *tiles.get_unchecked(lane);
                        if first + y < lines && columns == 4 {
                            to.add((first + y) * width + left)
                        } else {
                            away.add(lane).cast()
                        }
                    });
                    for (lane, (first, left, columns)) in tiles[..L::COUNT].iter().enumerate() {
                        if first + y < lines && *columns < 4 {
                            let place = to.add((first + y) * width + left);
                            std::ptr::copy_nonoverlapping(away.add(lane).cast::<f32>(), place, *columns);
                        }
                    }
                }
            }
        }
    }
}

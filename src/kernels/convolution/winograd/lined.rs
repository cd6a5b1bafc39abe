//! Convolution with 3 x 3 kernels in fewer multiplications, of lines.
//!
//! A tile of sixteen channels is transformed by as many registers as it has pixels, and its sums go back the same way; the products
//! between are those of single pixels.

use std::sync::atomic::AtomicUsize;

use super::super::lined::{ALL_PIXELS, Definition, Lined, LinedSum, Piece, Sums, Work, blocks_at_once, pixels_at_once};
use super::super::lines::{CHANNELS, Tiles};
use super::super::memory::{self, Line, Memory};
use super::super::{Bounds, Shape};
use super::{STRIP_BYTES, Tile, transform};
use crate::lanes::{Lanes, OnLanes};
use crate::rectangle::Rectangle;

/// What a transformed pixel and a transformed sum cost beside one multiplication in a product, and a weight that is read.
const COST_OF_PIXEL: usize = 4;
const COST_OF_SUM: usize = 5;
const COST_OF_WEIGHT: usize = 6;

/// Weights are asked for beside the last tile of those before them, if these have so many tiles: fewer are bound by the memory, in whose
/// way more that is asked for only stands.
const TILES_TO_ASK_BESIDE: usize = 4;

/// Weights of a size of tiles, transformed.
pub(in super::super) struct LinedWinograd {
    tile: Tile,
    /// For each point and line of output channels those of each channel.
    weights: Vec<Line>,
}

impl LinedWinograd {
    /// # Shapes
    /// `weights`: `[out, channels, 3, 3]`.
    pub fn new(shape: &Shape, tile: Tile, weights: &[f32]) -> Self {
        let (points, blocks) = (tile.points(), shape.out.div_ceil(CHANNELS));
        let mut lines = vec![Line::ZERO; points * blocks * shape.channels];
        for (out, of_out) in weights.chunks_exact(shape.channels * 9).enumerate() {
            for (channel, taps) in of_out.as_chunks::<9>().0.iter().enumerate() {
                let kernel = std::array::from_fn(|y| std::array::from_fn(|x| taps[y * 3 + x]));
                let mut write = |values: &[f32]| {
                    for (point, value) in values.iter().enumerate() {
                        let line = (point * blocks + out / CHANNELS) * shape.channels + channel;
                        lines[line].0[out % CHANNELS] = *value;
                    }
                };
                match tile {
                    Tile::Large => write(&transform::of_kernel_for_large(kernel)),
                    Tile::Small => write(&transform::of_kernel_for_small(kernel)),
                }
            }
        }
        Self { tile, weights: lines }
    }

    /// The pieces of one picture.
    pub fn pieces<'a>(
        &'a self,
        definition: &'a Definition,
        input: &'a Lined,
        picture: usize,
        (target, sum): (Rectangle<'a>, Option<LinedSum<'a>>),
        (threads, written): (usize, &'a AtomicUsize),
    ) -> Vec<Piece<'a>> {
        let shape = &definition.shape;
        let [height, width] = shape.output(input.size());
        let (side, blocks) = (self.tile.side(), shape.out.div_ceil(CHANNELS));
        let tiles = [height, width].map(|size| size.div_ceil(side));
        let (strips, parts) = self.divide(shape, tiles, input.pictures(), threads);
        let mut pieces = Vec::with_capacity(strips * parts);
        let mut rest = target;
        for strip in 0..strips {
            let rows = strip * tiles[0] / strips..(strip + 1) * tiles[0] / strips;
            let [first, end] = [rows.start, rows.end].map(|row| (row * side).min(height) * width);
            let (own, right) = rest.split_at_column((end - first) * CHANNELS);
            rest = right;
            let mut own = own;
            for part in 0..parts {
                let blocks = part * blocks / parts..(part + 1) * blocks / parts;
                let (target, below) = own.split_at_row(blocks.len());
                own = below;
                let first = blocks.start * height * width + first;
                let added = sum.map(|sum| sum.of_picture(picture, first));
                // Rows of tiles.
                let (rows, count) = (rows.clone(), target.rows() * target.columns());
                let work = Work { definition, way: self, input, picture, rows, blocks, target, added };
                pieces.push(Piece::new(definition.instructions, written, count, work));
            }
        }
        pieces
    }

    /// In how many strips of rows of tiles a picture is divided, and in how many parts its lines of output channels.
    fn divide(&self, shape: &Shape, tiles: [usize; 2], pictures: usize, threads: usize) -> (usize, usize) {
        let blocks = shape.out.div_ceil(CHANNELS);
        let most = STRIP_BYTES / (self.tile.points() * shape.channels * 4);
        // What the thread that is done last has done: of all strips, with their weights, as many parts as are its share.
        let cost = |strips: usize, parts: usize| {
            let too_large = (tiles[0].div_ceil(strips) * tiles[1]).saturating_sub(most.max(CHANNELS));
            // What does not fit is read from a slower cache.
            let columns = tiles[0] * tiles[1] + too_large / 4;
            let out = blocks.div_ceil(parts) * CHANNELS;
            let products = (columns + strips * COST_OF_WEIGHT).saturating_mul(shape.channels * out);
            let around = columns.saturating_mul(COST_OF_PIXEL * shape.channels + COST_OF_SUM * out);
            let pieces = strips * parts * pictures.max(1);
            let of_piece = products.saturating_add(around) / strips;
            (pieces.div_ceil(threads.max(1)).saturating_mul(of_piece), pieces)
        };
        // More parts than threads are of no use, as each transforms all pixels anew; nor are those of a few channels.
        let most_parts = if threads <= 1 { 1 } else { threads.min(blocks.div_ceil(2)).max(1) };
        let all = (1..=tiles[0]).flat_map(|strips| (1..=most_parts).map(move |parts| (strips, parts)));
        all.min_by_key(|(strips, parts)| cost(*strips, *parts)).unwrap_or((1, 1))
    }
}

impl OnLanes for (Work<'_, LinedWinograd>, &mut Memory) {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let (work, memory) = self;
        let Memory { copied, sums, .. } = memory;
        let [height, width] = work.definition.shape.output(work.input.size());
        let (side, points) = (work.way.tile.side(), work.way.tile.points());
        let across = width.div_ceil(side);
        let columns = work.rows.len() * across;
        if columns == 0 || work.blocks.is_empty() {
            return;
        }
        // A line more than a point has, for many a power of two, lest the cache's places collide.
        let of_pixels = work.input.blocks() * columns + 1;
        let of_sums = work.blocks.len() * columns + 1;
        let copied = memory::lines(copied, points * of_pixels);
        let sums = memory::lines(sums, points * of_sums);
        // SAFETY: as the caller promises.
        unsafe {
            work.transform::<L>(copied, of_pixels, across);
            work.multiply::<L>((copied, of_pixels), (sums, of_sums), columns);
            work.write::<L>(sums, of_sums, [height, width]);
        }
    }
}

impl Work<'_, LinedWinograd> {
    /// Leaves the transformed pixels in `to`: for each point, so many lines apart, `[blocks, tiles]`.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    unsafe fn transform<L: Lanes>(&self, to: &mut [Line], of_point: usize, across: usize) {
        let Self { input, rows, way: LinedWinograd { tile, .. }, .. } = self;
        let ([h, w], columns) = (input.size(), rows.len() * across);
        let (side, points) = (tile.side(), tile.points());
        let ((top, _), (left, _)) = (self.definition.shape.padding[0], self.definition.shape.padding[1]);
        assert!(to.len() >= points * of_point && of_point >= input.blocks() * columns, "lines for each point");
        let zeros = Line::ZERO;
        for (block, lines) in input.picture(self.picture).chunks_exact(h * w).enumerate() {
            for column in 0..columns {
                // The first line and pixel that it sees, of the picture with its borders.
                let (y, x) = ((rows.start + column / across) * side, column % across * side);
                let is_inside = y >= top && x >= left && y - top + side + 2 <= h && x - left + side + 2 <= w;
                for lane in (0..CHANNELS).step_by(L::COUNT) {
                    // SAFETY: what is not in the picture is zeros; points are there, as asserted; and as the caller promises.
                    unsafe {
                        let to = to.as_mut_ptr().add(block * columns + column).cast::<f32>().add(lane);
                        let to = |point: usize| to.add(point * of_point * CHANNELS);
                        if is_inside {
                            let from = lines.as_ptr().add((y - top) * w + x - left).cast::<f32>().add(lane);
                            let pixel = |down: usize, right: usize| from.add((down * w + right) * CHANNELS);
                            match tile {
                                Tile::Large => transform::large_tile::<L>(pixel, to),
                                Tile::Small => transform::small_tile::<L>(pixel, to),
                            }
                            continue;
                        }
                        let pixel = |down: usize, right: usize| {
                            let (y, x) = ((y + down).wrapping_sub(top), (x + right).wrapping_sub(left));
                            let line = if y < h && x < w { &lines[y * w + x] } else { &zeros };
                            line.0.as_ptr().add(lane)
                        };
                        match tile {
                            Tile::Large => transform::large_tile::<L>(pixel, to),
                            Tile::Small => transform::small_tile::<L>(pixel, to),
                        }
                    }
                }
            }
        }
    }

    /// Sums over the channels, for each point.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    unsafe fn multiply<L: Lanes>(
        &self,
        (from, of_pixels): (&[Line], usize),
        (to, of_sums): (&mut [Line], usize),
        columns: usize,
    ) {
        let Self { input, blocks, way: LinedWinograd { tile, weights }, .. } = self;
        let (points, channels) = (tile.points(), self.definition.shape.channels);
        let all_blocks = self.definition.shape.out.div_ceil(CHANNELS);
        assert!(from.len() >= points * of_pixels && of_pixels >= input.blocks() * columns, "pixels of each point");
        assert!(to.len() >= points * of_sums && of_sums >= blocks.len() * columns, "a line for each sum");
        assert!(weights.len() >= points * all_blocks * channels && blocks.end <= all_blocks, "weights of each point");
        let starts = [Line::ZERO; 2];
        let (most_pixels, most_blocks) = match columns {
            ALL_PIXELS if L::LINES > ALL_PIXELS => (ALL_PIXELS, 1),
            _ => (pixels_at_once::<L>(), blocks_at_once::<L>().min(starts.len())),
        };
        let tiles = Tiles::new(columns, most_pixels);
        for point in 0..points {
            let mut block = blocks.start;
            while block < blocks.end {
                let at_once = most_blocks.min(blocks.end - block);
                let of =
                    |point: usize, block: usize| weights.as_ptr().wrapping_add((point * all_blocks + block) * channels);
                let next = match block + at_once {
                    next if next < blocks.end => of(point, next),
                    _ => of(point + 1, blocks.start),
                };
                for tile in 0..tiles.count {
                    let (first, count) = tiles.of(tile);
                    // SAFETY: all of it is there, as asserted; and as the caller promises.
                    unsafe {
                        let at = point * of_sums + (block - blocks.start) * columns + first;
                        let sums = Sums {
                            from: from.as_ptr().add(point * of_pixels + first),
                            offsets: &[0],
                            step: 1,
                            pitch: columns,
                            channels: 0..channels,
                            weights: of(point, block),
                            weights_of_tap: 0,
                            weights_of_block: channels,
                            next: (tile + 1 == tiles.count && tiles.count >= TILES_TO_ASK_BESIDE).then_some(next),
                            start: Some(starts.as_ptr()),
                            bounds: None,
                            added: None,
                            to: to.as_mut_ptr().add(at).cast(),
                            to_pitch: columns * CHANNELS,
                        };
                        sums.add::<L>(at_once, count);
                    }
                }
                block += at_once;
            }
        }
    }

    /// Writes what comes of the sums: all of the target.
    ///
    /// # Safety
    /// The processor has what the lanes need.
    #[inline(always)]
    unsafe fn write<L: Lanes>(mut self, sums: &[Line], of_sums: usize, [height, width]: [usize; 2]) {
        let Self { definition, way: LinedWinograd { tile, .. }, rows, blocks, target, added, .. } = &mut self;
        let (side, points, across) = (tile.side(), tile.points(), width.div_ceil(tile.side()));
        let columns = rows.len() * across;
        // Lines of the picture in the strip: all of its last rows of tiles need not be.
        let lines = (rows.end * side).min(height) - rows.start * side;
        assert!(sums.len() >= points * of_sums && of_sums >= blocks.len() * columns, "sums of all tiles");
        assert_eq!(target.rows(), blocks.len(), "a row for each line of output channels");
        assert_eq!(target.columns(), lines * width * CHANNELS, "place for {lines} lines");
        let (to, pitch) = (target.as_mut_ptr(), target.pitch());
        let is_added =
            |(others, _): &(&[f32], Bounds)| (blocks.len() - 1) * pitch + lines * width * CHANNELS <= others.len();
        assert!(added.as_ref().is_none_or(is_added), "a number for each that is added to");
        let starts = &definition.starts[blocks.clone()];
        let Bounds { least, most } = definition.bounds.unwrap_or(Bounds::NONE);
        for (block, start) in starts.iter().enumerate() {
            for column in 0..columns {
                let (y, x) = (column / across * side, column % across * side);
                let (down, right) = (side.min(lines - y), side.min(width - x));
                for lane in (0..CHANNELS).step_by(L::COUNT) {
                    // SAFETY: of each point's sums there is a line; rows and columns are in the target, and in what is added, as
                    // asserted; and as the caller promises.
                    unsafe {
                        let from = sums.as_ptr().add(block * columns + column).cast::<f32>().add(lane);
                        let sum = |point: usize| from.add(point * of_sums * CHANNELS);
                        let pixels = match tile {
                            Tile::Large => transform::pixels_of_large::<L>(sum),
                            Tile::Small => transform::pixels_of_small::<L>(sum),
                        };
                        let start = L::load(start.0.as_ptr().add(lane));
                        let (least, most) = (L::splat(least), L::splat(most));
                        for (down, line) in pixels.into_iter().take(down).enumerate() {
                            for (right, pixel) in line.into_iter().take(right).enumerate() {
                                let at = block * pitch + ((y + down) * width + x + right) * CHANNELS + lane;
                                let mut pixel = pixel.add(start).keep(least, most);
                                if let Some((others, bounds)) = added {
                                    let other = L::load(others.as_ptr().add(at));
                                    pixel = pixel.add(other).keep(L::splat(bounds.least), L::splat(bounds.most));
                                }
                                pixel.store(to.add(at));
                            }
                        }
                    }
                }
            }
        }
    }
}

//! Lines convolved as a product.

use std::ops::Range;
use std::sync::atomic::AtomicUsize;

use super::super::lines::{CHANNELS, Tiles};
use super::super::memory::{self, Line, Memory};
use super::super::{Bounds, Shape};
use super::tile::{Sums, blocks_at_once, pixels_at_once};
use super::{Definition, Lined, LinedSum, Piece, Work, pieces_wanted, strips_of};
use crate::lanes::{Lanes, OnLanes};
use crate::rectangle::Rectangle;

/// Channels that are summed before the next pixels: their weights stay in the first cache meanwhile.
const CHANNELS_AT_A_TIME: usize = 512;
/// Bytes of the pixels that are worked on at a time, with all their taps: a part of a core's second cache.
const PIECE_BYTES: usize = 256 << 10;

/// Weights as they are read: for each line of output channels, tap and channel.
pub(super) struct Direct {
    weights: Vec<Line>,
}

/// Lines under some output pixels.
struct Seen<'a> {
    lines: &'a [Line],
    /// From one block of channels to the next.
    pitch: usize,
    /// From one row to the next.
    row: usize,
}

impl Direct {
    /// # Shapes
    /// `weights`: `[out, channels, taps]`.
    pub fn new(shape: &Shape, weights: &[f32]) -> Self {
        let taps = shape.kernel[0] * shape.kernel[1];
        let mut lines = vec![Line::ZERO; shape.out.div_ceil(CHANNELS) * taps * shape.channels];
        for (out, of_out) in weights.chunks_exact(shape.channels * taps).enumerate() {
            for (channel, of_channel) in of_out.chunks_exact(taps).enumerate() {
                for (tap, weight) in of_channel.iter().enumerate() {
                    let line = (out / CHANNELS * taps + tap) * shape.channels + channel;
                    lines[line].0[out % CHANNELS] = *weight;
                }
            }
        }
        Self { weights: lines }
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
        let [height, width] = shape.output(input.size);
        let (blocks, taps) = (shape.out.div_ceil(CHANNELS), shape.kernel[0] * shape.kernel[1]);
        let (places, of_place, least) = match are_pixels(shape) {
            true => (height * width, 1, CHANNELS),
            false => (height, width, 1),
        };
        let wanted = pieces_wanted(input.pictures, threads);
        let bytes = shape.channels.min(CHANNELS_AT_A_TIME) * taps * of_place * 4;
        let least_tiles = places.div_ceil((PIECE_BYTES / bytes).max(least));
        let most_tiles = places.div_ceil(least);
        // Each thread reads all of what is not divided: weights, where places are, and else the picture.
        let channels_first = wanted > 1 && taps * shape.channels * shape.out > shape.channels * input.pixels();
        let (tiles, parts) = if channels_first {
            let parts = wanted.min(blocks.div_ceil(2)).max(1);
            (least_tiles.max(wanted.div_ceil(parts)).min(most_tiles), parts)
        } else {
            let tiles = least_tiles.max(wanted).min(most_tiles);
            (tiles, wanted.div_ceil(tiles).min(blocks.div_ceil(4)).max(1))
        };
        let numbers = |places: &Range<usize>| places.len() * of_place * CHANNELS;
        let mut pieces = Vec::with_capacity(tiles * parts);
        let mut rest = target;
        for part in 0..parts {
            let blocks = part * blocks / parts..(part + 1) * blocks / parts;
            let (own, below) = rest.split_at_row(blocks.len());
            rest = below;
            for (tile, (places, target)) in strips_of(own, places, tiles).into_iter().enumerate() {
                let first = blocks.start * height * width + places.start * of_place;
                let added = sum.map(|sum| sum.of_picture(picture, first));
                let count = blocks.len() * numbers(&places);
                // Of convolutions of single pixels as they lie these are no rows, but pixels.
                let (rows, blocks) = (places, blocks.clone());
                let work = Work { definition, way: self, input, picture, rows, blocks, target, added };
                pieces.push((tile, Piece::new(definition.instructions, written, count, work)));
            }
        }
        if !channels_first {
            // So that a thread's share is of the same places.
            pieces.sort_by_key(|(tile, _)| *tile);
        }
        pieces.into_iter().map(|(_, piece)| piece).collect()
    }
}

/// Whether each output pixel sees the pixel at its place alone.
fn are_pixels(shape: &Shape) -> bool {
    shape.kernel == [1, 1] && shape.stride == [1, 1] && shape.padding == [(0, 0); 2]
}

impl OnLanes for (Work<'_, Direct>, &mut Memory) {
    #[inline(always)]
    unsafe fn on<L: Lanes>(self) {
        let (work, memory) = self;
        let Work { definition, way: direct, input, picture, rows: places, blocks, mut target, added } = work;
        let shape = &definition.shape;
        let width = shape.output(input.size)[1];
        let (picture, in_blocks, taps) = (input.picture(picture), input.blocks(), shape.kernel[0] * shape.kernel[1]);
        // Stretches of pixels: from which line on, how many, and how far apart these lie.
        let (seen, first, runs, count, step) = if are_pixels(shape) {
            let seen = Seen { lines: picture, pitch: input.pixels(), row: 0 };
            (seen, places.start, 1, places.len(), 1)
        } else {
            let (seen, first) = seen(shape, input, picture, &places, memory);
            (seen, first, places.len(), width, shape.stride[1])
        };
        let row = seen.row * shape.stride[0];
        let offsets: Vec<u32> = (0..taps)
            .map(|tap| [tap / shape.kernel[1] * shape.dilation[0], tap % shape.kernel[1] * shape.dilation[1]])
            .map(|[down, across]| (down * seen.row + across) as u32)
            .collect();
        if runs * count == 0 || blocks.is_empty() {
            return;
        }
        let reach = offsets.iter().max().map_or(0, |last| *last as usize);
        let furthest = first + reach + (runs - 1) * row + (count - 1) * step + (in_blocks - 1) * seen.pitch;
        assert!(furthest < seen.lines.len(), "a tap reaches beyond the lines");
        assert!(direct.weights.len() >= blocks.end * taps * shape.channels, "weights for each tap");
        assert!(definition.starts.len() >= blocks.end, "a start for each line");
        assert_eq!(target.rows(), blocks.len(), "a row for each line of output channels");
        assert_eq!(target.columns(), runs * count * CHANNELS, "a column for each number of a pixel's line");
        let to_pitch = target.pitch();
        let is_added =
            |(others, _): &(&[f32], Bounds)| (blocks.len() - 1) * to_pitch + target.columns() <= others.len();
        assert!(added.as_ref().is_none_or(is_added), "a number for each that is added to");
        let tiles = Tiles::new(count, pixels_at_once::<L>());
        for channel in (0..shape.channels).step_by(CHANNELS_AT_A_TIME) {
            let channels = channel..shape.channels.min(channel + CHANNELS_AT_A_TIME);
            let is_last = channels.end == shape.channels;
            let mut block = blocks.start;
            while block < blocks.end {
                let at_once = blocks_at_once::<L>().min(blocks.end - block);
                for (run, tile) in (0..runs).flat_map(|run| (0..tiles.count).map(move |tile| (run, tile))) {
                    let (pixel, pixels) = tiles.of(tile);
                    let at = (block - blocks.start) * to_pitch + (run * count + pixel) * CHANNELS;
                    // SAFETY: rows are those of the target, and columns and what is seen as asserted; and as the caller promises.
                    unsafe {
                        let sums = Sums {
                            from: seen.lines.as_ptr().add(first + run * row + pixel * step),
                            offsets: &offsets,
                            step,
                            pitch: seen.pitch,
                            channels: channels.clone(),
                            weights: direct.weights.as_ptr().add(block * taps * shape.channels),
                            weights_of_tap: shape.channels,
                            weights_of_block: taps * shape.channels,
                            next: None,
                            start: (channel == 0).then(|| definition.starts.as_ptr().add(block)),
                            bounds: definition.bounds.filter(|_| is_last),
                            added: added.filter(|_| is_last).map(|(others, bounds)| (others.as_ptr().add(at), bounds)),
                            to: target.as_mut_ptr().add(at),
                            to_pitch,
                        };
                        sums.add::<L>(at_once, pixels);
                    }
                }
                block += at_once;
            }
        }
    }
}

/// Lines under some output rows, and the first of them: copied where there are borders.
fn seen<'a>(
    shape: &Shape,
    input: &'a Lined,
    picture: &'a [Line],
    rows: &Range<usize>,
    memory: &'a mut Memory,
) -> (Seen<'a>, usize) {
    let [height, width] = input.size;
    let first = rows.start * shape.stride[0];
    if shape.padding == [(0, 0); 2] {
        return (Seen { lines: picture, pitch: height * width, row: width }, first * width);
    }
    let ((top, _), (left, right)) = (shape.padding[0], shape.padding[1]);
    let extent = (shape.kernel[0] - 1) * shape.dilation[0] + 1;
    let (under, row) = (rows.len().saturating_sub(1) * shape.stride[0] + extent, left + width + right);
    let copied = memory::lines(&mut memory.copied, input.blocks() * under * row);
    for (lines, block) in picture.chunks_exact(height * width).zip(copied.chunks_exact_mut(under * row)) {
        for (line, to) in block.chunks_exact_mut(row).enumerate() {
            let Some(y) = (first + line).checked_sub(top).filter(|y| *y < height) else {
                to.fill(Line::ZERO);
                continue;
            };
            to[..left].fill(Line::ZERO);
            to[left..left + width].copy_from_slice(&lines[y * width..][..width]);
            to[left + width..].fill(Line::ZERO);
        }
    }
    (Seen { lines: copied, pitch: under * row, row }, 0)
}

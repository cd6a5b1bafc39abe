//! Convolution with 3 x 3 kernels in fewer multiplications.
//!
//! The picture is divided into tiles, each two pixels over those of its neighbours, and tiles and kernels become sums of
//! their numbers ([`transform`]). Multiplying these place by place, summing over channels and going back gives the output:
//! of 6 x 6 pixels 4 x 4 by 36 multiplications in place of 144, of 4 x 4 pixels 2 x 2 by 16 in place of 36. The larger tiles
//! are for all but the smallest pictures, of which they would cover more than there is. The sums over channels are
//! products of matrices, one for each of the sums, and done by the kernel of all products, for 16 tiles and 6 output channels
//! or more at a time. Lavin and Gray, "Fast algorithms for convolutional neural networks" (2016), whose points (0, ±1, ±2, ∞) these
//! are.
//!
//! Each tile's sums are over the same numbers in the same order whatever is beside it.

mod lined;
mod transform;
mod work;

use std::sync::OnceLock;

use super::multiply::Taps;
use super::{COLUMNS, Panels, ROWS, Shape};
pub(super) use lined::LinedWinograd;
pub(super) use work::{Run, WinogradWork};

/// How large a tile is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tile {
    /// 4 x 4 output pixels.
    Large,
    /// 2 x 2.
    Small,
}

impl Tile {
    /// Output pixels along an axis.
    fn side(self) -> usize {
        match self {
            Self::Large => 4,
            Self::Small => 2,
        }
    }

    /// What becomes of a tile's pixels.
    fn points(self) -> usize {
        (self.side() + 2) * (self.side() + 2)
    }
}

/// The kernels' weights, transformed for each size of tiles when pictures come for which it serves.
#[derive(Default)]
pub(super) struct Transformed {
    large: OnceLock<Vec<f32>>,
    small: OnceLock<Vec<f32>>,
}

/// Bytes of transformed pixels at a time: a part of a core's second cache.
const STRIP_BYTES: usize = 384 << 10;
/// What a transformed pixel and a transformed sum cost beside one multiplication in a product.
const COST_OF_PIXEL: usize = 6;
const COST_OF_SUM: usize = 6;
/// What it costs to read a weight.
const COST_OF_WEIGHT: usize = 6;

/// How it is done for pictures of one size.
pub(super) struct Winograd<'a> {
    panels: &'a Panels,
    tile: Tile,
    /// For each group, block, point and channel the block's transformed weights.
    weights: &'a [f32],
    input: [usize; 2],
    output: [usize; 2],
    /// Tiles down and across.
    tiles: [usize; 2],
    /// Where the channels of a point lie.
    taps: Taps,
}

impl<'a> Winograd<'a> {
    /// The tiles with which this is the faster way, if it is.
    pub fn tile_for(shape: &Shape, output: [usize; 2]) -> Option<Tile> {
        let [kernel, stride, dilation] = [shape.kernel, shape.stride, shape.dilation];
        if kernel != [3, 3] || stride != [1, 1] || dilation != [1, 1] {
            return None;
        }
        let (out, channels) = (shape.blocks() * ROWS, shape.channels);
        let cost = |columns: usize, points: usize, around: usize| {
            let columns = columns.div_ceil(COLUMNS).saturating_mul(COLUMNS);
            let products = columns.saturating_add(COST_OF_WEIGHT).saturating_mul(channels * out);
            products.saturating_add(columns.saturating_mul(around)).saturating_mul(points)
        };
        let around = COST_OF_PIXEL * channels + COST_OF_SUM * out;
        let with = |tile: Tile| {
            let [down, across] = output.map(|size| size.div_ceil(tile.side()));
            cost(down.saturating_mul(across), tile.points(), around)
        };
        let without = cost(output[0].saturating_mul(output[1] + 2), 9, 0);
        let best = if with(Tile::Large) <= with(Tile::Small) { Tile::Large } else { Tile::Small };
        (with(best) < without).then_some(best)
    }

    /// `product`: the weights as a product reads them.
    pub fn new(
        panels: &'a Panels,
        tile: Tile,
        product: &[f32],
        transformed: &'a Transformed,
        input: [usize; 2],
    ) -> Self {
        let shape = &panels.shape;
        let output = shape.output(input);
        let weights = match tile {
            Tile::Large => transformed
                .large
                .get_or_init(|| transform_weights(product, shape.channels, transform::of_kernel_for_large)),
            Tile::Small => transformed
                .small
                .get_or_init(|| transform_weights(product, shape.channels, transform::of_kernel_for_small)),
        };
        let tiles = output.map(|size| size.div_ceil(tile.side()));
        Self { panels, tile, weights, input, output, tiles, taps: Taps::copied(shape.channels) }
    }

    /// Tiles that are worked on at a time: those of a strip, filled up.
    fn columns(&self, rows: usize) -> usize {
        (rows * self.tiles[1]).div_ceil(COLUMNS) * COLUMNS
    }

    /// In how many strips of rows of tiles a picture is divided, and in how many parts its blocks of channels.
    pub fn pieces(&self, pictures: usize, threads: usize) -> (usize, usize) {
        let shape = &self.panels.shape;
        let most = STRIP_BYTES / (self.tile.points() * shape.channels * 4);
        let blocks = shape.blocks();
        // What the thread that is done last has done: of all strips, filled up and with their weights, as many parts as are
        // its share.
        let cost = |strips: usize, parts: usize| {
            let rows = |strip: usize| (strip + 1) * self.tiles[0] / strips - strip * self.tiles[0] / strips;
            let columns: usize = (0..strips).map(|strip| self.columns(rows(strip))).sum();
            let too_large = self.columns(self.tiles[0].div_ceil(strips)).saturating_sub(most.max(COLUMNS));
            // What does not fit is read from a slower cache.
            let columns = columns + too_large / 4;
            let out = blocks.div_ceil(parts) * ROWS;
            let products = (columns + strips * COST_OF_WEIGHT).saturating_mul(shape.channels * out);
            let around = columns.saturating_mul(COST_OF_PIXEL * shape.channels + COST_OF_SUM * out);
            let pieces = strips * parts * pictures.max(1);
            let of_piece = products.saturating_add(around) / strips;
            (pieces.div_ceil(threads.max(1)).saturating_mul(of_piece), pieces)
        };
        // More parts than threads are of no use, as each transforms all pixels anew; nor are those of a few channels.
        let most_parts = if threads <= 1 { 1 } else { threads.min(blocks.div_ceil(4)).max(1) };
        let all = (1..=self.tiles[0]).flat_map(|strips| (1..=most_parts).map(move |parts| (strips, parts)));
        all.min_by_key(|(strips, parts)| cost(*strips, *parts)).unwrap_or((1, 1))
    }

    /// Numbers of one group of one picture.
    fn source_size(&self) -> usize {
        self.panels.shape.channels * self.input[0] * self.input[1]
    }
}

/// # Shapes
/// `product`: `[groups and blocks, channels, 9, ROWS]`; returns `[groups and blocks, POINTS, channels, ROWS]`.
fn transform_weights<const POINTS: usize>(
    product: &[f32],
    channels: usize,
    transform: impl Fn([[f32; 3]; 3]) -> [f32; POINTS],
) -> Vec<f32> {
    let mut all = vec![0.0; product.len() / 9 * POINTS];
    let blocks = product.chunks_exact(channels * 9 * ROWS).zip(all.chunks_exact_mut(POINTS * channels * ROWS));
    for (block, to) in blocks {
        for (channel, taps) in block.chunks_exact(9 * ROWS).enumerate() {
            for row in 0..ROWS {
                let kernel = std::array::from_fn(|y| std::array::from_fn(|x| taps[(y * 3 + x) * ROWS + row]));
                for (point, value) in transform(kernel).into_iter().enumerate() {
                    to[(point * channels + channel) * ROWS + row] = value;
                }
            }
        }
    }
    all
}

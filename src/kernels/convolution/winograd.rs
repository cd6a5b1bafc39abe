//! Convolution with 3 x 3 kernels in fewer multiplications.
//!
//! The picture is divided into tiles of 6 x 6 pixels, each two over those of its neighbours, and tiles and kernels become 36
//! sums of their numbers ([`transform`]). Multiplying these place by place, summing over channels and going back gives
//! 4 x 4 output pixels: 36 multiplications for what takes 144. The sums over channels are products of matrices, one for each of
//! the 36, and done by the kernel of all products, for 16 tiles and 6 output channels at a time. Lavin and Gray, "Fast
//! algorithms for convolutional neural networks" (2016), whose points (0, ±1, ±2, ∞) these are.
//!
//! Each tile's sums are over the same numbers in the same order whatever is beside it.

mod transform;
mod work;

use std::sync::OnceLock;

use super::multiply::Taps;
use super::{COLUMNS, Panels, ROWS, Shape};
pub(super) use work::{Run, WinogradWork};

/// Output pixels of a tile along an axis.
const SIDE: usize = 4;
/// What becomes of a tile of 6 x 6 pixels.
const POINTS: usize = 36;
/// Bytes of transformed pixels at a time: a part of a core's second cache.
const STRIP_BYTES: usize = 384 << 10;
/// What a transformed pixel and a transformed sum cost beside one multiplication in a product.
const COST_OF_PIXEL: usize = 6;
const COST_OF_SUM: usize = 6;

/// How it is done for pictures of one size.
pub(super) struct Winograd<'a> {
    panels: &'a Panels,
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
    /// Whether this is the faster way.
    pub fn is_for(shape: &Shape, output: [usize; 2]) -> bool {
        let [kernel, stride, dilation] = [shape.kernel, shape.stride, shape.dilation];
        if kernel != [3, 3] || stride != [1, 1] || dilation != [1, 1] {
            return false;
        }
        let tiles = output.map(|size| size.div_ceil(SIDE));
        let columns = tiles[0].saturating_mul(tiles[1]).div_ceil(COLUMNS).saturating_mul(COLUMNS);
        let (out, channels) = (shape.blocks() * ROWS, shape.channels);
        let pixels = output[0].saturating_mul(output[1] + 2);
        let here = columns
            .saturating_mul(POINTS)
            .saturating_mul(channels * out + COST_OF_PIXEL * channels + COST_OF_SUM * out);
        here < pixels.saturating_mul(9 * channels * out)
    }

    /// `product`: the weights as a product reads them.
    pub fn new(panels: &'a Panels, product: &[f32], weights: &'a OnceLock<Vec<f32>>, input: [usize; 2]) -> Self {
        let shape = &panels.shape;
        let output = shape.output(input);
        let weights = weights.get_or_init(|| transform_weights(product, shape.channels));
        let tiles = output.map(|size| size.div_ceil(SIDE));
        Self { panels, weights, input, output, tiles, taps: Taps::copied(shape.channels) }
    }

    /// Tiles that are worked on at a time: those of a strip, filled up.
    fn columns(&self, rows: usize) -> usize {
        (rows * self.tiles[1]).div_ceil(COLUMNS) * COLUMNS
    }

    /// In how many strips of rows of tiles a picture is divided, and in how many parts its blocks of channels.
    pub fn pieces(&self, pictures: usize, threads: usize) -> (usize, usize) {
        let shape = &self.panels.shape;
        let most = STRIP_BYTES / (POINTS * shape.channels * 4);
        let wanted = if threads <= 1 { 1 } else { (2 * threads).div_ceil(pictures.max(1)) };
        // The fewest columns that are in vain; then strips that fit the cache, and enough of them; then few.
        let cost = |strips: usize| {
            let rows = |strip: usize| (strip + 1) * self.tiles[0] / strips - strip * self.tiles[0] / strips;
            let columns: usize = (0..strips).map(|strip| self.columns(rows(strip))).sum();
            let too_large = self.columns(self.tiles[0].div_ceil(strips)).saturating_sub(most.max(COLUMNS));
            // What does not fit is read from a slower cache.
            (columns + too_large / 4, strips < wanted, strips)
        };
        let strips = (1..=self.tiles[0]).min_by_key(|strips| cost(*strips)).unwrap_or(1);
        let parts = wanted.div_ceil(strips).min(shape.blocks().div_ceil(4)).max(1);
        (strips, parts)
    }

    /// Numbers of one group of one picture.
    fn source_size(&self) -> usize {
        self.panels.shape.channels * self.input[0] * self.input[1]
    }
}

/// # Shapes
/// `product`: `[groups and blocks, channels, 9, ROWS]`; returns `[groups and blocks, POINTS, channels, ROWS]`.
fn transform_weights(product: &[f32], channels: usize) -> Vec<f32> {
    let mut all = vec![0.0; product.len() / 9 * POINTS];
    let blocks = product.chunks_exact(channels * 9 * ROWS).zip(all.chunks_exact_mut(POINTS * channels * ROWS));
    for (block, to) in blocks {
        for (channel, taps) in block.chunks_exact(9 * ROWS).enumerate() {
            for row in 0..ROWS {
                let kernel = std::array::from_fn(|y| std::array::from_fn(|x| taps[(y * 3 + x) * ROWS + row]));
                for (point, value) in transform::of_kernel(kernel).into_iter().enumerate() {
                    to[(point * channels + channel) * ROWS + row] = value;
                }
            }
        }
    }
    all
}

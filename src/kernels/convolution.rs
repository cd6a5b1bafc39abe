//! Convolution in three ways, of which the sizes choose one.
//!
//! # As a product
//!
//! A kernel's tap sees the same pixels as the tap beside it, moved by a constant number of places, once the borders are
//! filled with zeros. So the product of weights and pixels needs no gathered copy of the pixels: for 16 neighbouring
//! places of the picture (a panel) and 6 output channels (a block), or 24 where there are registers for them, the sums stay
//! in registers while a table of offsets leads through the taps. Where the kernel steps over pixels, these are first sorted
//! by their place in a step (phases), each a picture over which the taps that see it move by single places. Only at the very
//! end a panel is copied. Sums begin with the bias and go from the registers to where they belong, unless a panel reaches
//! beyond a row's end.
//!
//! What the taps of single pixels see lies in as many planes, where no processor guesses it: it is asked for some taps before it
//! is read for the first time, which counts most where another core wrote it. Of a lone place beside the panels, as 7 x 7 has it,
//! registers hold channels.
//!
//! The layout of blocks follows Goto and van de Geijn, "Anatomy of high-performance matrix multiplication" (2008).
//!
//! # With fewer multiplications
//!
//! 3 x 3 kernels that take no steps multiply a quarter as often as the product does, over small pictures somewhat less than
//! half as often, where that outweighs what it takes besides (Lavin and Gray, "Fast algorithms for convolutional neural
//! networks", 2016): see `winograd.rs`. Rounding is some ten times coarser: below a ten-thousandth of the largest number.
//! What is no number, or infinite, makes all of its tile no number.
//!
//! # One channel a group
//!
//! Depthwise convolutions are sums over single planes: see `depthwise.rs`.
//!
//! # Three at once
//!
//! A convolution of single pixels that makes many channels of few, one of single channels and one that makes few of many again
//! are done strip by strip, so that what is between never leaves the caches: see [`Bottleneck`].
//!
//! # Sums
//!
//! What a shortcut past a convolution brings is added to its numbers as they are written: a [`Sum`]. Apart it would read and write
//! all of them once more, which gives the same to the bit.
//!
//! # Joins
//!
//! Convolutions whose outputs are joined write their channels where they belong in the join: [`apply_joined`]. A join of its own
//! reads and writes all numbers once more; and where threads divide pictures by places, but a join by channels, half of what each
//! reads is what another one wrote.
//!
//! # Between layers
//!
//! Activations are planes, channel by channel and row by row, which all other layers read; or, from one convolution to the next where
//! there are registers for it, lines: sixteen channels of a pixel side by side ([`Lined`]). A product of lines stores whole lines of
//! the cache where one of planes writes each sum across two of them into as many pages as there are channels; steps and borders cost it
//! nothing; and tiles of 3 x 3 kernels are transformed as they lie, where those of planes are turned around twice. SqueezeNet v1.0
//! takes a fifth less, ResNet-50 a fifteenth to a sixth. Bringing the first pooled layer into lines takes .1 ms; who looks is told what
//! planes come to from lines.
//!
//! # Threads
//!
//! Threads are the caller's: [`Panels`] makes a [`Plan`] for a size of picture, [`Plan::apply`] hands out the [`Work`],
//! which can be split, and its parts be applied in any order and at once.

mod apply;
mod bottleneck;
mod bottleneck_work;
mod depthwise;
mod lined;
mod lines;
mod memory;
mod multiply;
mod phases;
mod places;
mod plan;
mod product;
mod product_work;
mod sorting;
mod sum;
mod winograd;
mod work;

pub use apply::{Joined, apply_joined};
pub use bottleneck::{Bottleneck, BottleneckPlan, BottleneckShape, Layer};
pub use bottleneck_work::BottleneckWork;
pub use lined::{Lined, LinedConvolution, LinedPart, LinedSum, Piece, apply_lined};
pub use memory::Memory;
pub use plan::Plan;
pub use sorting::Sorting;
pub use sum::Sum;
pub use work::Work;

use crate::Instructions;

/// Output channels of a block.
const ROWS: usize = 6;
/// Places of a panel.
const COLUMNS: usize = 16;

/// Sizes of a convolution, none of them zero but paddings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Output channels of a group.
    pub out: usize,
    /// Input channels of a group.
    pub channels: usize,
    /// Height and width of the kernel.
    pub kernel: [usize; 2],
    /// Step down and across.
    pub stride: [usize; 2],
    /// Zeros added `(before, after)`: top and bottom, left and right.
    pub padding: [(usize, usize); 2],
    /// Distance of the kernel's taps down and across; 1 is dense.
    pub dilation: [usize; 2],
    /// In how many independent parts the channels are convolved.
    pub groups: usize,
}

impl Shape {
    /// Numbers under the kernel.
    fn taps(&self) -> usize {
        self.channels * self.kernel[0] * self.kernel[1]
    }

    /// Blocks of a group's output channels.
    fn blocks(&self) -> usize {
        self.out.div_ceil(ROWS)
    }

    /// Height and width of the output for such an input.
    ///
    /// # Panics
    /// When the kernel is larger than the picture with its borders, or a size is beyond all numbers.
    pub fn output(&self, input: [usize; 2]) -> [usize; 2] {
        std::array::from_fn(|axis| {
            let (before, after) = self.padding[axis];
            let padded = input[axis].checked_add(before).and_then(|size| size.checked_add(after));
            let steps = self.kernel[axis].checked_sub(1).and_then(|taps| taps.checked_mul(self.dilation[axis]));
            let extent = steps.and_then(|steps| steps.checked_add(1));
            let (Some(padded), Some(extent)) = (padded, extent) else {
                panic!("a size is beyond all numbers: {self:?}")
            };
            assert!(extent <= padded, "a kernel of {extent} places for a picture of {padded}");
            (padded - extent) / self.stride[axis] + 1
        })
    }
}

/// Between which numbers a convolution's results are kept: a rectifier leaves out what is below 0. What is no number stays.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// What is less becomes this.
    pub least: f32,
    /// What is more becomes this.
    pub most: f32,
}

impl Bounds {
    /// What is negative is left out.
    pub const RECTIFY: Self = Self { least: 0.0, most: f32::INFINITY };
    /// Everything is in between.
    const NONE: Self = Self { least: f32::NEG_INFINITY, most: f32::INFINITY };

    /// A number as it is kept.
    #[inline]
    pub fn keep(self, value: f32) -> f32 {
        let value = if value < self.least { self.least } else { value };
        if value > self.most { self.most } else { value }
    }
}

/// Writes rows of weights in blocks, as the products read them: for each block and tap those of its channels. What is beyond
/// the last channel is left as it is.
///
/// # Shapes
/// `weights`: `[out, taps]`; `packed`: `[blocks, taps, BLOCK]`.
fn pack<const BLOCK: usize>(weights: &[f32], taps: usize, packed: &mut [f32]) {
    for (channel, from) in weights.chunks_exact(taps).enumerate() {
        let block = &mut packed[channel / BLOCK * taps * BLOCK..][..taps * BLOCK];
        block.iter_mut().skip(channel % BLOCK).step_by(BLOCK).zip(from).for_each(|(to, from)| *to = *from);
    }
}

/// A convolution whose weights lie as they are read.
pub struct Panels {
    shape: Shape,
    instructions: Instructions,
    weights: Weights,
    /// `[groups * out]`; zeros without a bias.
    bias: Vec<f32>,
    bounds: Option<Bounds>,
}

enum Weights {
    /// As they come.
    Plain(Vec<f32>),
    Packed {
        /// For each group, block and tap the weights of the block's channels; zero beyond the last channel.
        product: Vec<f32>,
        /// The same for fewer multiplications.
        winograd: winograd::Transformed,
    },
}

impl Panels {
    /// # Shapes
    /// - `weights`: `[groups * out, channels, kernel height, kernel width]`
    /// - `bias`: `[groups * out]`
    ///
    /// # Panics
    /// When a size is zero, or there are more or fewer weights than the shape has.
    pub fn new(
        instructions: Instructions,
        shape: Shape,
        weights: &[f32],
        bias: Option<&[f32]>,
        bounds: Option<Bounds>,
    ) -> Self {
        let Shape { out, channels, kernel, stride, dilation, groups, .. } = shape;
        let sizes = [[out, channels], kernel, stride, dilation, [groups, 1]];
        assert!(sizes.as_flattened().iter().all(|size| *size > 0), "no size is zero: {shape:?}");
        let taps = shape.taps();
        assert_eq!(weights.len(), groups * out * taps, "weights of {shape:?}");
        let bias = bias.map_or_else(|| vec![0.0; groups * out], <[f32]>::to_vec);
        assert_eq!(bias.len(), groups * out, "a bias for each channel");
        if channels == 1 && groups > 1 {
            return Self { shape, instructions, weights: Weights::Plain(weights.to_vec()), bias, bounds };
        }
        let group = shape.blocks() * taps * ROWS;
        let mut product = vec![0.0; groups * group];
        for (from, to) in weights.chunks_exact(out * taps).zip(product.chunks_exact_mut(group)) {
            pack::<ROWS>(from, taps, to);
        }
        let weights = Weights::Packed { product, winograd: winograd::Transformed::default() };
        Self { shape, instructions, weights, bias, bounds }
    }

    /// How it is done for pictures of a height and width.
    ///
    /// # Panics
    /// When the picture is empty, the kernel is larger than it with its borders, or it has 2^32 numbers with its channels.
    pub fn plan(&self, input: [usize; 2]) -> Plan<'_> {
        Plan::new(self, input)
    }
}

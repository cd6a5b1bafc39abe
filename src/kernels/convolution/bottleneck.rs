//! Three convolutions that are done as one: what is between them is many times what goes in and comes out, and never leaves
//! the caches.
//!
//! It is what MobileNet v2 (Sandler et al., 2018) and its like are made of: single pixels of few channels become many channels,
//! each of which is convolved alone, and of these single pixels become few channels. A strip of output rows at a time:
//! sixteen of the many channels are made of the pixels under it, which side by side are a line of the cache for each pixel
//! ([`lines`](super::lines)); their kernels make the strip's pixels of them, with which some blocks of channels at a time
//! enter into the sums. Rows that two strips see are computed twice.
//!
//! Of small pictures with many channels, where strips would see nearly the same rows, the channels are in groups, whose sums
//! are added at the end: a lone picture's groups can be summed by several threads.

use super::lines::{CHANNELS, Factors};
use super::memory::Line;
use super::{Bounds, Shape, pack};
use crate::Instructions;

/// Bytes of a strip, with all that is between: a part of a core's second cache.
const STRIP_BYTES: f64 = 384.0 * 1024.0;
/// What a byte beyond costs, written to the next cache and read from it, beside one multiplication.
const COST_OF_BYTE: f64 = 8.0;
/// What it costs to load a sum and to write it again.
const COST_OF_SUM: f64 = 3.0;
/// Bytes of the blocks of channels that enter into the sums at once.
const BLOCKS_BYTES: usize = 128 << 10;
/// A picture is divided into no more strips.
const MOST_STRIPS: usize = 64;
/// Output pixels of a picture whose channels are in groups, at most; and in how many.
const FEW_PIXELS: usize = 256;
const MOST_GROUPS: usize = 4;
/// Blocks of channels of a group, at least.
const LEAST_BLOCKS: usize = 4;
/// From so many blocks of channels on, pixels are read so often that they are copied in the order in which they are.
const WORTH_PACKING: usize = 8;

/// Sizes of a bottleneck, none of them zero but paddings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BottleneckShape {
    /// Input channels.
    pub channels: usize,
    /// Channels between: as many as come in where nothing widens them.
    pub wide: usize,
    /// Output channels.
    pub out: usize,
    /// Height and width of the depthwise convolution's kernel.
    pub kernel: [usize; 2],
    /// Its step down and across.
    pub stride: [usize; 2],
    /// Zeros that it adds `(before, after)`: top and bottom, left and right.
    pub padding: [(usize, usize); 2],
    /// Distance of its taps down and across; 1 is dense.
    pub dilation: [usize; 2],
}

impl BottleneckShape {
    /// Whether each row of such a picture is under the depthwise convolution's kernel somewhere: others are never widened.
    pub fn sees_all_rows(&self, input: [usize; 2]) -> bool {
        let output = self.depthwise().output(input);
        let extent = (self.kernel[0] - 1) * self.dilation[0] + 1;
        self.stride[0] <= extent && (output[0] - 1) * self.stride[0] + extent >= input[0] + self.padding[0].0
    }

    /// The depthwise convolution alone.
    fn depthwise(&self) -> Shape {
        let Self { wide, kernel, stride, padding, dilation, .. } = *self;
        Shape { out: 1, channels: 1, kernel, stride, padding, dilation, groups: wide }
    }
}

/// One of the convolutions.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// As the convolution's own, reading order.
    pub weights: &'a [f32],
    /// A number for each output channel.
    pub bias: Option<&'a [f32]>,
    /// Between which numbers its results are kept.
    pub bounds: Option<Bounds>,
}

/// Weights in blocks of a line's channels, with what comes after them.
pub(super) struct Part {
    /// For each block and tap those of its channels; zero beyond the last.
    weights: Vec<Line>,
    /// With what each block's sums begin.
    starts: Vec<Line>,
    taps: usize,
    pub bounds: Bounds,
}

impl Part {
    fn new(layer: Layer<'_>, out: usize, taps: usize) -> Self {
        assert_eq!(layer.weights.len(), out * taps, "weights of {out} channels with {taps} taps");
        let blocks = out.div_ceil(CHANNELS);
        let mut starts = vec![Line::ZERO; blocks];
        if let Some(bias) = layer.bias {
            assert_eq!(bias.len(), out, "a bias for each channel");
            pack::<CHANNELS>(bias, 1, bytemuck::cast_slice_mut(&mut starts));
        }
        let mut weights = vec![Line::ZERO; blocks * taps];
        pack::<CHANNELS>(layer.weights, taps, bytemuck::cast_slice_mut(&mut weights));
        Self { weights, starts, taps, bounds: layer.bounds.unwrap_or(Bounds::NONE) }
    }

    pub fn blocks(&self) -> usize {
        self.starts.len()
    }

    /// What is needed for a block of output channels.
    pub fn block(&self, block: usize) -> Factors<'_> {
        let weights = &self.weights[block * self.taps..][..self.taps];
        Factors { weights, start: &self.starts[block], bounds: self.bounds }
    }
}

/// A bottleneck whose weights lie as they are read.
pub struct Bottleneck {
    pub(super) shape: BottleneckShape,
    pub(super) instructions: Instructions,
    pub(super) expand: Option<Part>,
    pub(super) depthwise: Part,
    pub(super) project: Part,
}

impl Bottleneck {
    /// # Shapes
    /// Weights of `expand`, which nothing widens without: `[wide, channels]`; of `depthwise`: `[wide, kernel height, kernel
    /// width]`; of `project`: `[out, wide]`.
    ///
    /// # Panics
    /// When a size is zero, there are more or fewer weights than the shape has, or nothing widens channels to others.
    pub fn new(
        instructions: Instructions,
        shape: BottleneckShape,
        expand: Option<Layer<'_>>,
        depthwise: Layer<'_>,
        project: Layer<'_>,
    ) -> Self {
        let BottleneckShape { channels, wide, out, kernel, stride, dilation, .. } = shape;
        let sizes = [[channels, wide], [out, 1], kernel, stride, dilation];
        assert!(sizes.as_flattened().iter().all(|size| *size > 0), "no size is zero: {shape:?}");
        assert!(expand.is_some() || channels == wide, "{channels} channels become {wide} by nothing");
        Self {
            shape,
            instructions,
            expand: expand.map(|layer| Part::new(layer, wide, channels)),
            depthwise: Part::new(depthwise, wide, kernel[0] * kernel[1]),
            project: Part::new(project, out, wide),
        }
    }

    /// As [`plan`](Self::plan), where what is between is to be looked at: [`BottleneckPlan::look`].
    ///
    /// # Panics
    /// As there, and when it is to be seen of a picture whose rows are not all seen ([`BottleneckShape::sees_all_rows`]).
    pub fn plan_to_look(&self, input: [usize; 2], pictures: usize, threads: usize) -> BottleneckPlan<'_> {
        assert!(self.shape.sees_all_rows(input), "rows are left out: {:?} of {input:?}", self.shape);
        BottleneckPlan::new(self, input, pictures, threads, true)
    }

    /// How so many threads do it for so many pictures of a height and width.
    ///
    /// # Panics
    /// When the picture is empty, the kernel is larger than it with its borders, or it has 2^32 numbers with its channels.
    pub fn plan(&self, input: [usize; 2], pictures: usize, threads: usize) -> BottleneckPlan<'_> {
        BottleneckPlan::new(self, input, pictures, threads, false)
    }
}

/// How a bottleneck is done for some pictures of one size. A picture's result is the same to the bit whatever is beside it and
/// however many threads there are: each number is summed in the same order wherever a strip ends.
pub struct BottleneckPlan<'a> {
    pub(super) bottleneck: &'a Bottleneck,
    pub(super) input: [usize; 2],
    pub(super) output: [usize; 2],
    /// In how many strips the output rows are divided.
    pub(super) strips: usize,
    /// In how many groups the channels between are summed: chosen by the shape alone, as it says in which order.
    pub(super) groups: usize,
    /// In how many parts these are done, each with an output of its own: one, or as many.
    pub(super) parts: usize,
    /// Blocks of channels that enter into the sums at once.
    pub(super) at_once: usize,
    /// Where each tap of the first output pixel lies in a strip with its borders, and the last of these.
    pub(super) offsets: Vec<u32>,
    pub(super) reach: usize,
    /// Lines from one row of a strip with its borders to the next one.
    pub(super) pitch: usize,
    /// Whether pixels are copied before they are widened.
    pub(super) packs: bool,
}

impl<'a> BottleneckPlan<'a> {
    /// `is_looked_at`: sums are whole then where they are looked at.
    fn new(bottleneck: &'a Bottleneck, input: [usize; 2], pictures: usize, threads: usize, is_looked_at: bool) -> Self {
        let shape = &bottleneck.shape;
        let output = shape.depthwise().output(input);
        assert!(input.iter().all(|size| *size > 0), "a picture of {input:?} has no pixels");
        let side = |axis: usize| input[axis] + shape.padding[axis].0 + shape.padding[axis].1 + shape.stride[axis];
        let most = shape.channels.max(shape.wide).max(shape.out).next_multiple_of(CHANNELS);
        let fits = [most, side(0), side(1)].iter().try_fold(1usize, |product, size| product.checked_mul(*size));
        assert!(
            fits.is_some_and(|all| all < 1 << 32),
            "a picture with its channels has fewer than 2^32 numbers: {shape:?} of {input:?}"
        );
        let blocks = bottleneck.depthwise.blocks();
        let is_small = output[0] * output[1] <= FEW_PIXELS;
        let groups = if is_small { (blocks / LEAST_BLOCKS).clamp(1, MOST_GROUPS) } else { 1 };
        let parts = if pictures < threads && !is_looked_at { groups } else { 1 };
        let strips = Self::strips(bottleneck, input, output, pictures * parts, threads);
        let rows = output[0].div_ceil(strips);
        let pitch = side(1) - shape.stride[1];
        let taps = (0..shape.kernel[0]).flat_map(|y| (0..shape.kernel[1]).map(move |x| [y, x]));
        let offsets: Vec<u32> = taps
            .map(|[y, x]| y * shape.dilation[0] * pitch + x * shape.dilation[1])
            .map(|offset| u32::try_from(offset).expect("a picture with its borders has fewer than 2^32 numbers"))
            .collect();
        Self {
            bottleneck,
            input,
            output,
            strips,
            groups,
            parts,
            at_once: at_once(rows * output[1]),
            reach: offsets.iter().copied().max().unwrap_or(0) as usize,
            offsets,
            pitch,
            packs: blocks >= WORTH_PACKING,
        }
    }

    /// As many strips as are done first: few, as the rows that two of them see are computed twice, but small enough for the
    /// cache, and enough for all threads.
    fn strips(bottleneck: &Bottleneck, input: [usize; 2], output: [usize; 2], pieces: usize, threads: usize) -> usize {
        let shape = &bottleneck.shape;
        let [channels, wide, out] = [shape.channels, shape.wide, shape.out].map(|channels| channels as f64);
        let pitch = input[1] + shape.padding[1].0 + shape.padding[1].1;
        let cost = |strips: usize| {
            let rows = output[0].div_ceil(strips);
            let (seen, pixels) = ((under(shape, rows).min(input[0]) * input[1]) as f64, (rows * output[1]) as f64);
            let at_once = at_once(rows * output[1]);
            let taps = if bottleneck.expand.is_some() { channels } else { 1.0 };
            let times = bottleneck.depthwise.blocks().div_ceil(at_once) as f64;
            let singles = (shape.kernel[0] * shape.kernel[1]) as f64 * wide;
            let products = seen * taps * wide + pixels * (singles + wide * out + times * COST_OF_SUM * out);
            let line = CHANNELS as f64;
            let lines = (under(shape, rows) * pitch) as f64 + pixels * at_once as f64;
            let beyond = (4.0 * (lines * line + pixels * out + seen * channels) - STRIP_BYTES).max(0.0);
            (products + beyond * COST_OF_BYTE) * (strips * pieces.max(1)).div_ceil(threads.max(1)) as f64
        };
        let costs = (1..=output[0].min(MOST_STRIPS)).map(|strips| (strips, cost(strips)));
        let strips = costs.min_by(|(_, one), (_, other)| one.total_cmp(other)).map_or(1, |(strips, _)| strips);
        // All but the last strip have as many rows, and none is empty.
        output[0].div_ceil(output[0].div_ceil(strips))
    }

    /// Height and width of an output plane.
    pub fn output(&self) -> [usize; 2] {
        self.output
    }

    /// Numbers of one picture.
    pub(super) fn source_size(&self) -> usize {
        self.bottleneck.shape.channels * self.input[0] * self.input[1]
    }

    /// The first output row of a strip.
    pub(super) fn first_row(&self, strip: usize) -> usize {
        (strip * self.output[0].div_ceil(self.strips)).min(self.output[0])
    }

    /// The first block of channels of a group.
    pub(super) fn first_block(&self, group: usize) -> usize {
        group * self.bottleneck.depthwise.blocks() / self.groups
    }

    /// Rows of the padded picture under so many output rows.
    pub(super) fn under(&self, rows: usize) -> usize {
        under(&self.bottleneck.shape, rows)
    }
}

/// Rows of the padded picture under so many output rows.
fn under(shape: &BottleneckShape, rows: usize) -> usize {
    (rows - 1) * shape.stride[0] + (shape.kernel[0] - 1) * shape.dilation[0] + 1
}

/// Blocks of channels of so many pixels that enter into the sums at once.
fn at_once(pixels: usize) -> usize {
    (BLOCKS_BYTES / (pixels.max(1) * size_of::<Line>())).max(1)
}

//! Three convolutions that are done as one: what is between them is many times what goes in and comes out, and never leaves
//! the caches.
//!
//! It is what MobileNet v2 (Sandler et al., 2018) and its like are made of: single pixels of few channels become many channels,
//! each of which is convolved alone, and of these single pixels become few channels. A strip of output rows at a time: the
//! rows of the picture under it, with their borders, are sorted by their place in a step; their pixels are then what single
//! channels' kernels want to see, so that what the first convolution makes of them needs no sorting. Six channels at a time
//! become a strip of the depthwise convolution's output, all of which the last one is summed from. Rows that two strips see
//! are computed twice, which is little of what is saved.

use super::multiply::Taps;
use super::phases::Phases;
use super::{Bounds, COLUMNS, ROWS, Shape, packed};
use crate::Instructions;

/// Bytes of a strip, with all that is between: a part of a core's second cache.
const STRIP_BYTES: usize = 384 << 10;
/// What a byte beyond costs, written to the next cache and read from it, beside one multiplication.
const COST_OF_BYTE: usize = 8;
/// A picture is divided into no more strips.
const MOST_STRIPS: usize = 64;

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

/// Weights as they are read, with what comes after them.
pub(super) struct Part {
    /// In blocks, but for the depthwise convolution.
    pub weights: Vec<f32>,
    pub bias: Vec<f32>,
    pub bounds: Option<Bounds>,
}

impl Part {
    fn new(layer: Layer<'_>, out: usize, taps: usize, is_product: bool) -> Self {
        assert_eq!(layer.weights.len(), out * taps, "weights of {out} channels with {taps} taps");
        let bias = layer.bias.map_or_else(|| vec![0.0; out], <[f32]>::to_vec);
        assert_eq!(bias.len(), out, "a bias for each channel");
        let weights = if is_product { packed(layer.weights, taps) } else { layer.weights.to_vec() };
        Self { weights, bias, bounds: layer.bounds }
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
            expand: expand.map(|layer| Part::new(layer, wide, channels, true)),
            depthwise: Part::new(depthwise, wide, kernel[0] * kernel[1], false),
            project: Part::new(project, out, wide, true),
        }
    }

    /// How so many threads do it for so many pictures of a height and width.
    ///
    /// # Panics
    /// When the picture is empty, the kernel is larger than it with its borders, or it has 2^32 numbers with its channels.
    pub fn plan(&self, input: [usize; 2], pictures: usize, threads: usize) -> BottleneckPlan<'_> {
        BottleneckPlan::new(self, input, pictures, threads)
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
    /// How the picture's rows under a strip are sorted.
    pub(super) phases: Phases,
    /// Where each tap of the first output pixel lies in a sorted strip, and the last of these.
    pub(super) offsets: Vec<usize>,
    pub(super) reach: usize,
    /// Panels of a sorted strip.
    pub(super) panels: usize,
    /// Numbers from one channel's output strip to the next one's, between.
    pub(super) pitch: usize,
    /// Where the first convolution's taps lie in a copied panel, and the last one's in a strip.
    pub(super) expand_taps: Taps,
    pub(super) project_taps: Taps,
}

impl<'a> BottleneckPlan<'a> {
    fn new(bottleneck: &'a Bottleneck, input: [usize; 2], pictures: usize, threads: usize) -> Self {
        let shape = &bottleneck.shape;
        let depthwise = shape.depthwise();
        let output = depthwise.output(input);
        assert!(input.iter().all(|size| *size > 0), "a picture of {input:?} has no pixels");
        let side = |axis: usize| input[axis] + shape.padding[axis].0 + shape.padding[axis].1 + shape.stride[axis];
        let most = shape.channels.max(shape.wide).max(shape.out);
        let fits = [most, side(0), side(1)].iter().try_fold(1usize, |product, size| product.checked_mul(*size));
        assert!(
            fits.is_some_and(|all| all < 1 << 32),
            "a picture with its channels has fewer than 2^32 numbers: {shape:?} of {input:?}"
        );
        let strips = Self::strips(bottleneck, output, side(1), [pictures, threads]);
        let phases = Phases::new(&depthwise, [under(shape, output[0].div_ceil(strips)), side(1) - shape.stride[1]]);
        let across = 0..shape.kernel[1];
        let taps = (0..shape.kernel[0]).flat_map(|y| across.clone().map(move |x| [y, x]));
        let offsets = taps.map(|[y, x]| phases.place([y * shape.dilation[0], x * shape.dilation[1]]));
        let offsets: Vec<usize> = offsets.collect();
        let reach = offsets.iter().copied().max().unwrap_or(0);
        // An odd number of panels, lest the cache's places collide.
        let pitch = ((output[0].div_ceil(strips) * output[1]).div_ceil(COLUMNS) | 1) * COLUMNS;
        let project = (0..shape.wide).map(|channel| u32::try_from(channel * pitch).expect("fewer than 2^32 numbers"));
        Self {
            bottleneck,
            input,
            output,
            strips,
            panels: phases.plane().div_ceil(COLUMNS),
            phases,
            offsets,
            reach,
            pitch,
            expand_taps: Taps::copied(shape.channels),
            project_taps: Taps::new(project.collect()),
        }
    }

    /// As many strips as are done first: few, as the rows that two of them see are computed twice, but small enough for the
    /// cache, and enough for all threads.
    fn strips(bottleneck: &Bottleneck, output: [usize; 2], across: usize, [pictures, threads]: [usize; 2]) -> usize {
        let shape = &bottleneck.shape;
        let cost = |strips: usize| {
            let rows = output[0].div_ceil(strips);
            let seen = under(shape, rows).saturating_mul(across);
            let (copied, taps) = match &bottleneck.expand {
                Some(_) => (shape.channels + ROWS, shape.channels),
                None => (1, 1),
            };
            let narrowed = rows.saturating_mul(output[1]).saturating_mul(shape.wide);
            let bytes = copied.saturating_mul(seen).saturating_add(narrowed).saturating_mul(4);
            let beyond = bytes.saturating_sub(STRIP_BYTES).saturating_mul(COST_OF_BYTE);
            let products = seen.saturating_mul(taps * shape.wide).saturating_add(narrowed.saturating_mul(shape.out));
            let at_a_time = (strips * pictures.max(1)).div_ceil(threads.max(1));
            products.saturating_add(beyond).saturating_mul(at_a_time)
        };
        let strips = (1..=output[0].min(MOST_STRIPS)).min_by_key(|strips| cost(*strips)).unwrap_or(1);
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
        // All but the last have as many: panels begin at the same places whatever the strip is.
        (strip * self.output[0].div_ceil(self.strips)).min(self.output[0])
    }
}

/// Rows of the padded picture under so many output rows.
fn under(shape: &BottleneckShape, rows: usize) -> usize {
    (rows - 1) * shape.stride[0] + (shape.kernel[0] - 1) * shape.dilation[0] + 1
}

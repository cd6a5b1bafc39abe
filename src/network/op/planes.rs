//! Operations on planes of channels that are told more than a number or two.

use crate::network::Weights;

/// No picture is as large as this, nor what is added around it.
pub(super) const LARGEST_PADDING: usize = 1 << 16;

/// A two-dimensional convolution (a cross-correlation, as everywhere in the field).
#[derive(Clone, Debug, PartialEq)]
pub struct Convolution {
    /// `[out, in / groups, kernel height, kernel width]`.
    pub weight: Weights,
    /// `[out]`.
    pub bias: Option<Weights>,
    /// Step down and across.
    pub stride: [usize; 2],
    /// Zeros added `(before, after)`: top and bottom, left and right.
    pub padding: [(usize, usize); 2],
    /// Distance of the kernel's taps down and across; 1 is dense.
    pub dilation: [usize; 2],
    /// In how many independent parts the channels are convolved.
    pub groups: usize,
}

/// The transpose of a convolution: every input number spreads the kernel over the output.
#[derive(Clone, Debug, PartialEq)]
pub struct Deconvolution {
    /// `[in, out / groups, kernel height, kernel width]`.
    pub weight: Weights,
    /// `[out]`.
    pub bias: Option<Weights>,
    /// Step of the output down and across for a step of the input.
    pub stride: [usize; 2],
    /// Cut off `(before, after)`: top and bottom, left and right.
    pub padding: [(usize, usize); 2],
    /// Distance of the kernel's taps down and across; 1 is dense.
    pub dilation: [usize; 2],
    /// In how many independent parts the channels are convolved.
    pub groups: usize,
    /// Added at the bottom and at the right, where nothing but the bias falls.
    pub output_padding: [usize; 2],
}

/// A fully connected layer over everything the input holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Linear {
    /// `[out, channels * height * width]`.
    pub weight: Weights,
    /// `[out]`.
    pub bias: Option<Weights>,
}

/// What pooling keeps of a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PoolKind {
    /// The largest value.
    Maximum,
    /// The mean.
    Average {
        /// Whether zeros of the padding count as values. A window that reaches beyond the padding is cut there.
        count_padding: bool,
    },
}

/// Pooling over windows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pool {
    /// What is kept.
    pub kind: PoolKind,
    /// Height and width of the window.
    pub kernel: [usize; 2],
    /// Step down and across.
    pub stride: [usize; 2],
    /// Padding `(before, after)`: top and bottom, left and right.
    pub padding: [(usize, usize); 2],
    /// Whether a last window that is not full counts (as in Caffe), unless it would start outside picture and leading
    /// padding.
    pub ceil: bool,
}

/// Local response normalisation: `x / (k + alpha / size * Σ x²)^beta`, the sum over neighbours.
///
/// Krizhevsky, Sutskever, Hinton, "ImageNet classification with deep convolutional neural networks" (2012), section 3.3,
/// with Caffe's division of alpha by the size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Normalization {
    /// How many neighbours count, the value itself in the middle; odd.
    pub size: usize,
    /// Weight of the mean square.
    pub alpha: f32,
    /// Exponent.
    pub beta: f32,
    /// What keeps the divisor from zero.
    pub k: f32,
    /// Neighbours are the `size` by `size` values around, not the channels before and after.
    pub within_channel: bool,
}

/// How several inputs become one. Where one has length 1 along an axis it serves all places of the others there.
#[derive(Clone, Debug, PartialEq)]
pub enum Combination {
    /// The weighted sum; empty weights are all 1.
    Sum(Vec<f32>),
    /// The product.
    Product,
    /// The largest.
    Maximum,
    /// The smallest.
    Minimum,
    /// The first less all the others.
    Difference,
    /// The first divided by all the others.
    Quotient,
}

impl Normalization {
    /// Whether it can be done.
    ///
    /// # Errors
    /// Why not, in words.
    pub(super) fn fits(&self) -> Result<(), String> {
        let size = self.size;
        match () {
            () if size.is_multiple_of(2) => Err(format!("normalises over {size} neighbours; the number must be odd")),
            () if self.within_channel && size > LARGEST_PADDING => {
                Err(format!("normalises over {size} neighbours, more than any picture has"))
            }
            () => Ok(()),
        }
    }
}

impl Combination {
    /// Whether it can be done to so many inputs.
    ///
    /// # Errors
    /// Why not, in words.
    pub(in crate::network) fn fits(&self, count: usize) -> Result<(), String> {
        match self {
            Combination::Sum(weights) if !weights.is_empty() && weights.len() != count => {
                Err(format!("has {} coefficients for {count} inputs", weights.len()))
            }
            Combination::Sum(_)
            | Combination::Product
            | Combination::Maximum
            | Combination::Minimum
            | Combination::Difference
            | Combination::Quotient => Ok(()),
        }
    }
}

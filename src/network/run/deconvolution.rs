//! The transpose of a convolution.

use burn::tensor::{Device, Tensor, module::conv_transpose2d, ops::ConvTransposeOptions};

use super::{super::Deconvolution, upload::upload};

/// A deconvolution with its weights on the device.
pub(super) struct PreparedDeconvolution {
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    options: ConvTransposeOptions<2>,
    /// What is cut from the result where the two sides differ: the first line and column that stay.
    start: [usize; 2],
    /// Height and width of the output.
    output: [usize; 2],
}

impl PreparedDeconvolution {
    /// `shape` is the output's, `[c, h, w]`.
    pub fn new(deconvolution: &Deconvolution, [_, h, w]: [usize; 3], device: &Device) -> Self {
        let Deconvolution { weight, bias, stride, padding, dilation, groups, output_padding } = deconvolution;
        let is_even = padding.iter().all(|(before, after)| before == after);
        let cut = if is_even { padding.map(|(before, _)| before) } else { [0, 0] };
        Self {
            weight: upload(weight, device),
            bias: bias.as_ref().map(|bias| upload(bias, device)),
            options: ConvTransposeOptions::new(*stride, cut, *output_padding, *dilation, *groups),
            start: if is_even { [0, 0] } else { padding.map(|(before, _)| before) },
            output: [h, w],
        }
    }

    /// # Shapes
    /// `x`: `[n, c, h, w]`; returns `[n, out, h', w']`.
    pub fn apply(&self, x: Tensor<4>) -> Tensor<4> {
        let spread = conv_transpose2d(x, self.weight.clone(), self.bias.clone(), self.options.clone());
        let [_, _, h, w] = spread.dims();
        if [h, w] == self.output {
            return spread;
        }
        spread.narrow(2, self.start[0], self.output[0]).narrow(3, self.start[1], self.output[1])
    }
}

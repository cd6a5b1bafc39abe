//! Convolution on this processor.
//!
//! Where the processor has vector instructions that we know, [`panels`](super::panels) does the work. Elsewhere:
//!
//! burn's own (flex) first turns the picture's layout around on one thread and scatters every product back; for the
//! sizes of usual networks most of the time goes there. Here the pixels under the kernel are gathered a tile at a time,
//! small enough for the cache, and the product is written where it belongs.

use burn::tensor::{Device, Tensor, TensorData};
use faer::{Accum, MatMut, MatRef, Par, linalg::matmul::matmul};
use rayon::prelude::*;
use tiramisu_kernels::{
    Instructions,
    convolution::{Bounds, Sum},
};

use super::{
    super::Convolution,
    host::lend,
    host_elements::{self, lend_all},
    panels::{Panels, Pictures},
};

/// Numbers gathered at a time: 256 KiB, a part of a core's second cache.
const TILE_NUMBERS: usize = 1 << 16;

/// A convolution whose weights stay here.
pub(super) struct HostConvolution {
    convolution: Convolution,
    /// Between which numbers the output is kept.
    bounds: Option<Bounds>,
    /// The faster way, where the processor has the instructions for it.
    panels: Option<Panels>,
    device: Device,
}

/// Whether this processor has instructions that the kernels know, and they may be used ([`Instructions::MOST`]).
pub(super) fn are_kernels_fast() -> bool {
    !Instructions::best().are_plain()
}

/// Sizes of one run.
#[derive(Clone, Copy)]
struct Sizes {
    /// Of the input: channels of a group, height, width.
    input: [usize; 3],
    kernel: [usize; 2],
    /// Height and width of the output.
    output: [usize; 2],
    /// Output channels of a group.
    out: usize,
}

impl Sizes {
    /// Numbers under the kernel.
    fn taps(self) -> usize {
        self.input[0] * self.kernel[0] * self.kernel[1]
    }

    /// Pixels of an output plane.
    fn pixels(self) -> usize {
        self.output[0] * self.output[1]
    }
}

impl HostConvolution {
    /// `None` where burn's own way is the better one: on another device, and for one channel a group (which is no matrix
    /// product) where there is no faster way.
    pub fn new(convolution: &Convolution, bounds: Option<Bounds>, device: &Device) -> Option<Self> {
        if *device != Device::flex() {
            return None;
        }
        let is_depthwise = convolution.weight.shape[1] == 1 && convolution.groups > 1;
        let panels = if are_kernels_fast() { Panels::new(convolution, bounds) } else { None };
        let is_better = panels.is_some() || !is_depthwise;
        let mut convolution = convolution.clone();
        if panels.is_some() {
            // They have the weights; of these the shape is enough.
            convolution.weight.values = Default::default();
        }
        is_better.then(|| Self { convolution, bounds, panels, device: device.clone() })
    }

    /// # Shapes
    /// `x`: `[n, c, h, w]`; returns `[n, out, h', w']`.
    pub fn apply(&self, x: Tensor<4>) -> Tensor<4> {
        let [n, c, h, w] = x.dims();
        if let Some(panels) = &self.panels {
            return self.apply_panels(panels, x, None);
        }
        let Convolution { weight, stride, padding, dilation, groups, .. } = &self.convolution;
        let kernel = [weight.shape[2], weight.shape[3]];
        let along = |axis: usize, size: usize| {
            let extent = (kernel[axis] - 1) * dilation[axis] + 1;
            (size + padding[axis].0 + padding[axis].1 - extent) / stride[axis] + 1
        };
        let out = weight.shape[0];
        let sizes = Sizes { input: [c / groups, h, w], kernel, output: [along(0, h), along(1, w)], out: out / groups };
        let mut values = vec![0.0f32; n * out * sizes.pixels()];
        // A lone image is shared between threads inside the product, a batch between its images.
        let par = if n >= rayon::current_num_threads() { Par::Seq } else { Par::rayon(0) };
        let group_in = sizes.input[0] * h * w;
        let group_out = sizes.out * sizes.pixels();
        lend(x, |input| {
            input.par_chunks_exact(group_in).zip(values.par_chunks_exact_mut(group_out)).enumerate().for_each(
                |(index, (input, output))| {
                    self.apply_group(index % groups, sizes, input, output, par);
                    if let Some(bounds) = self.bounds {
                        output.iter_mut().for_each(|value| *value = bounds.keep(*value));
                    }
                },
            );
        });
        let [out_h, out_w] = sizes.output;
        Tensor::from_data(TensorData::new(values, [n, out, out_h, out_w]), &self.device)
    }

    /// As [`apply`](Self::apply), and the sum with what a shortcut brings, kept between bounds if there are any.
    ///
    /// # Shapes
    /// `added`: as what is returned.
    pub fn add(&self, x: Tensor<4>, added: Tensor<4>, bounds: Option<Bounds>) -> Tensor<4> {
        match &self.panels {
            Some(panels) => lend(added, |addend| self.apply_panels(panels, x, Some(Sum { addend, bounds }))),
            None => host_elements::sum(vec![self.apply(x), added], bounds),
        }
    }

    /// What each of some makes of its input, channels one behind the other.
    ///
    /// # Shapes
    /// As for [`apply`](Self::apply); returns `[n, sum of out, h', w']`.
    ///
    /// # Panics
    /// When there are none, or not as many inputs.
    pub fn join(all: &[&Self], inputs: Vec<Tensor<4>>) -> Tensor<4> {
        assert_eq!(all.len(), inputs.len(), "an input for each");
        let Some(panels) = all.iter().map(|one| one.panels.as_ref()).collect::<Option<Vec<&Panels>>>() else {
            return host_elements::concat(all.iter().zip(inputs).map(|(one, x)| one.apply(x)).collect());
        };
        let (n, device) = (inputs[0].dims()[0], &all[0].device);
        let sizes: Vec<[usize; 2]> = inputs.iter().map(|x| [x.dims()[2], x.dims()[3]]).collect();
        let out = all.iter().map(|one| one.convolution.weight.shape[0]).sum();
        let (values, [out_h, out_w]) = lend_all(inputs, |inputs| {
            let mut pictures = Vec::with_capacity(inputs.len());
            for (planes, size) in inputs.iter().zip(&sizes) {
                pictures.push(Pictures { planes, count: n, size: *size });
            }
            Panels::join(&panels, &pictures)
        });
        Tensor::from_data(TensorData::new(values, [n, out, out_h, out_w]), device)
    }

    fn apply_panels(&self, panels: &Panels, x: Tensor<4>, sum: Option<Sum<'_>>) -> Tensor<4> {
        let ([n, _, h, w], out) = (x.dims(), self.convolution.weight.shape[0]);
        let (values, [out_h, out_w]) = lend(x, |planes| panels.apply(Pictures { planes, count: n, size: [h, w] }, sum));
        Tensor::from_data(TensorData::new(values, [n, out, out_h, out_w]), &self.device)
    }

    /// One group of one image: `input` is `[c, h, w]`, `output` `[out, h', w']`.
    fn apply_group(&self, group: usize, sizes: Sizes, input: &[f32], output: &mut [f32], par: Par) {
        let (taps, pixels) = (sizes.taps(), sizes.pixels());
        let first = group * sizes.out;
        let weight = &self.convolution.weight.values[first * taps..][..sizes.out * taps];
        let weight = MatRef::from_row_major_slice(weight, sizes.out, taps);
        if let Some(bias) = &self.convolution.bias {
            for (plane, bias) in output.chunks_exact_mut(pixels).zip(&bias.values[first..]) {
                plane.fill(*bias);
            }
        }
        let mut output = MatMut::from_row_major_slice_mut(output, sizes.out, pixels);
        if self.is_plain_product() {
            let input = MatRef::from_row_major_slice(input, taps, pixels);
            matmul(output, Accum::Add, weight, input, 1.0, par);
            return;
        }
        let tile = (TILE_NUMBERS / taps).clamp(64, 4096).min(pixels);
        let mut gathered = vec![0.0f32; taps * tile];
        for start in (0..pixels).step_by(tile) {
            let count = tile.min(pixels - start);
            let gathered = &mut gathered[..taps * count];
            self.gather(sizes, input, start, gathered, count);
            let gathered = MatRef::from_row_major_slice(&*gathered, taps, count);
            matmul(output.as_mut().subcols_mut(start, count), Accum::Add, weight, gathered, 1.0, par);
        }
    }

    /// Whether every output pixel sees exactly the input pixel at its place.
    fn is_plain_product(&self) -> bool {
        let Convolution { weight, stride, padding, .. } = &self.convolution;
        weight.shape[2..] == [1, 1] && *stride == [1, 1] && *padding == [(0, 0); 2]
    }

    /// Writes what the kernel's taps see from `count` output pixels on: `[taps, count]`.
    fn gather(&self, sizes: Sizes, input: &[f32], start: usize, gathered: &mut [f32], count: usize) {
        let Convolution { stride, padding, dilation, .. } = &self.convolution;
        let [_, h, w] = sizes.input;
        let [kernel_h, kernel_w] = sizes.kernel;
        let out_w = sizes.output[1];
        for (tap, row) in gathered.chunks_exact_mut(count).enumerate() {
            let plane = &input[tap / (kernel_h * kernel_w) * h * w..][..h * w];
            let down = (tap / kernel_w % kernel_h) * dilation[0];
            let across = (tap % kernel_w) * dilation[1];
            // Output columns whose tap falls inside the picture.
            let first = padding[1].0.saturating_sub(across).div_ceil(stride[1]);
            let end = (w + padding[1].0).saturating_sub(across).div_ceil(stride[1]);
            let mut pixel = start;
            while pixel < start + count {
                let (y, x) = (pixel / out_w, pixel % out_w);
                let length = (out_w - x).min(start + count - pixel);
                let target = &mut row[pixel - start..][..length];
                pixel += length;
                let line = (y * stride[0] + down).checked_sub(padding[0].0).filter(|line| *line < h);
                let (first, end) = (first.clamp(x, x + length) - x, end.clamp(x, x + length) - x);
                let (Some(line), true) = (line, first < end) else {
                    target.fill(0.0);
                    continue;
                };
                target[..first].fill(0.0);
                target[end..].fill(0.0);
                let source = &plane[line * w + (x + first) * stride[1] + across - padding[1].0..(line + 1) * w];
                let target = &mut target[first..end];
                if stride[1] == 1 {
                    target.copy_from_slice(&source[..end - first]);
                } else {
                    target.iter_mut().zip(source.iter().step_by(stride[1])).for_each(|(to, from)| *to = *from);
                }
            }
        }
    }
}

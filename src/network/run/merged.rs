//! Convolutions of this processor whose filters see some channels as one, and others not at all.
//!
//! Where a filter has the same weights for two channels, it sees their sum, and where it has none for a channel, it does not
//! see it. So filters that see alike are taken together: the channels of a kind are summed first, which is next to nothing, and
//! the product is over the sums. Learned filters have no such weights; written ones do: what is for brightness sees no
//! colours, the phases of a stripe count alike, and most filters are for few channels.

mod kinds;

use burn::tensor::{Device, Tensor, TensorData};
use tiramisu_kernels::convolution::Bounds;

use self::kinds::{Kinds, Seen, cost, taken_together};
use super::{
    super::{Convolution, Weights},
    host::lend,
    host_convolution::HostConvolution,
};

/// So many filters, spread over all, tell whether more are worth a look: reading all of a learned network's takes long.
const SAMPLED: usize = 4;

/// A filter that tells apart more kinds of channels was learned.
const MOST_KINDS: usize = 256;

/// A convolution over sums of channels.
pub(super) struct MergedConvolution {
    parts: Vec<Part>,
    /// Filters of all parts.
    out: usize,
    device: Device,
}

/// Filters that see alike.
struct Part {
    /// Which of all they are.
    filters: Vec<usize>,
    /// For each sum the channels in it.
    sums: Vec<Vec<usize>>,
    convolution: HostConvolution,
}

impl MergedConvolution {
    /// `None` where it would spare less than a third, or another device computes.
    pub fn new(convolution: &Convolution, bounds: Option<Bounds>, device: &Device) -> Option<Self> {
        let Convolution { weight, groups, .. } = convolution;
        let &[out, channels, h, w] = weight.shape.as_slice() else { return None };
        if *groups != 1 || channels < 2 || out == 0 || *device != Device::flex() {
            return None;
        }
        let taps = h * w;
        let of = |filter: usize, channel: usize| &weight.values[(filter * channels + channel) * taps..][..taps];
        let kinds = |filter: usize, most: usize| Kinds::of(channels, most, |channel| of(filter, channel));
        let sampled = (0..SAMPLED).map(|number| number * out / SAMPLED);
        let few = (channels / 2).min(MOST_KINDS);
        if sampled.filter(|filter| kinds(*filter, few).is_some()).count() * 2 < SAMPLED {
            return None;
        }
        let each = (0..out).map(|filter| kinds(filter, channels.min(MOST_KINDS))).collect::<Option<Vec<_>>>()?;
        let seen = taken_together(each)?;
        let merged: usize = seen.iter().map(Seen::cost).sum();
        if merged * 3 > cost(out, channels) * 2 {
            return None;
        }
        let part = |Seen { filters, kinds }: Seen| {
            let sums = kinds.sums();
            let mut values = Vec::with_capacity(filters.len() * sums.len() * taps);
            for filter in &filters {
                sums.iter().for_each(|sum| values.extend_from_slice(of(*filter, sum[0])));
            }
            let bias = convolution.bias.as_ref();
            let part = Convolution {
                weight: Weights::new(vec![filters.len(), sums.len(), h, w], values),
                bias: bias.map(|bias| Weights::vector(filters.iter().map(|filter| bias.values[*filter]).collect())),
                ..convolution.clone()
            };
            let convolution = HostConvolution::new(&part, bounds, device)?;
            Some(Part { filters, sums, convolution })
        };
        let parts = seen.into_iter().map(part).collect::<Option<Vec<_>>>()?;
        Some(Self { parts, out, device: device.clone() })
    }

    /// # Shapes
    /// `x`: `[n, c, h, w]`; returns `[n, out, h', w']`.
    pub fn apply(&self, x: Tensor<4>) -> Tensor<4> {
        let [n, c, h, w] = x.dims();
        lend(x, |input| {
            let mut values = Vec::new();
            let mut plane = [0, 0];
            for part in &self.parts {
                let summed = part.sum(input, c, h * w);
                let summed = Tensor::from_data(TensorData::new(summed, [n, part.sums.len(), h, w]), &self.device);
                let found = part.convolution.apply(summed);
                let [_, count, height, width] = found.dims();
                if self.parts.len() == 1 {
                    return found;
                }
                plane = [height, width];
                let places = height * width;
                values.resize(n * self.out * places, 0.0);
                lend(found, |found| {
                    for (image, found) in found.chunks_exact(count * places).enumerate() {
                        for (filter, found) in part.filters.iter().zip(found.chunks_exact(places)) {
                            values[(image * self.out + filter) * places..][..places].copy_from_slice(found);
                        }
                    }
                });
            }
            Tensor::from_data(TensorData::new(values, [n, self.out, plane[0], plane[1]]), &self.device)
        })
    }
}

impl Part {
    /// # Shapes
    /// - `input`: `[n, channels, places]`
    /// - returns `[n, sums, places]`
    fn sum(&self, input: &[f32], channels: usize, places: usize) -> Vec<f32> {
        let images = input.chunks_exact(channels * places);
        let mut summed = Vec::with_capacity(images.len() * self.sums.len() * places);
        for image in images {
            let of = |channel: usize| &image[channel * places..][..places];
            for sum in &self.sums {
                let start = summed.len();
                summed.extend_from_slice(of(sum[0]));
                for channel in &sum[1..] {
                    summed[start..].iter_mut().zip(of(*channel)).for_each(|(sum, value)| *sum += value);
                }
            }
        }
        summed
    }
}

//! Convolutions of this processor that see some of their channels as one.
//!
//! Where every filter has the same weights for two channels, it sees their sum, and where it has none for a channel, it does
//! not see it. So those of a kind are summed first, which is next to nothing, and the product is over the sums. Learned
//! filters have no such weights; written ones do: the phases of a stripe count alike, and most filters are for few channels.

use burn::tensor::{Device, Tensor, TensorData};
use tiramisu_kernels::convolution::Bounds;

use super::{
    super::{Convolution, Weights},
    host::lend,
    host_convolution::HostConvolution,
};

/// Summing pays where at least so many channels become one on average.
const LEAST_SHARE: usize = 2;

/// A convolution over sums of channels.
pub(super) struct MergedConvolution {
    /// For each sum the channels in it.
    sums: Vec<Vec<usize>>,
    convolution: HostConvolution,
    device: Device,
}

impl MergedConvolution {
    /// `None` where few channels can be merged, or another device computes.
    pub fn new(convolution: &Convolution, bounds: Option<Bounds>, device: &Device) -> Option<Self> {
        let Convolution { weight, groups, .. } = convolution;
        let &[out, channels, h, w] = weight.shape.as_slice() else { return None };
        if *groups != 1 || channels < LEAST_SHARE || *device != Device::flex() {
            return None;
        }
        let taps = h * w;
        let of = |filter: usize, channel: usize| &weight.values[(filter * channels + channel) * taps..][..taps];
        let sums = alike(channels, out, of)?;
        if sums.is_empty() || sums.len() * LEAST_SHARE > channels {
            return None;
        }
        let mut values = Vec::with_capacity(out * sums.len() * taps);
        for filter in 0..out {
            sums.iter().for_each(|sum| values.extend_from_slice(of(filter, sum[0])));
        }
        let weight = Weights::new(vec![out, sums.len(), h, w], values);
        let merged = Convolution { weight, ..convolution.clone() };
        let convolution = HostConvolution::new(&merged, bounds, device)?;
        Some(Self { sums, convolution, device: device.clone() })
    }

    /// # Shapes
    /// `x`: `[n, c, h, w]`; returns `[n, out, h', w']`.
    pub fn apply(&self, x: Tensor<4>) -> Tensor<4> {
        let [n, c, h, w] = x.dims();
        let plane = h * w;
        let mut values = vec![0.0f32; n * self.sums.len() * plane];
        lend(x, |input| {
            let images = input.chunks_exact(c * plane).zip(values.chunks_exact_mut(self.sums.len() * plane));
            for (image, summed) in images {
                for (channels, summed) in self.sums.iter().zip(summed.chunks_exact_mut(plane)) {
                    for channel in channels {
                        let source = &image[channel * plane..][..plane];
                        summed.iter_mut().zip(source).for_each(|(sum, value)| *sum += value);
                    }
                }
            }
        });
        let summed = Tensor::from_data(TensorData::new(values, [n, self.sums.len(), h, w]), &self.device);
        self.convolution.apply(summed)
    }
}

/// The channels that all filters see alike, together, without those that none sees; `None` as soon as too few are alike.
fn alike<'a>(channels: usize, filters: usize, of: impl Fn(usize, usize) -> &'a [f32]) -> Option<Vec<Vec<usize>>> {
    let mut kinds: Vec<Vec<usize>> = vec![(0..channels).collect()];
    for filter in 0..filters {
        let mut finer: Vec<Vec<usize>> = Vec::with_capacity(kinds.len());
        for kind in kinds {
            let first = finer.len();
            for channel in kind {
                match finer[first..].iter_mut().find(|other| of(filter, other[0]) == of(filter, channel)) {
                    Some(other) => other.push(channel),
                    None => finer.push(vec![channel]),
                }
            }
        }
        kinds = finer;
        // One kind more than pays, since one of them may be what no filter sees.
        if kinds.len() > channels / LEAST_SHARE + 1 {
            return None;
        }
    }
    kinds.retain(|kind| (0..filters).any(|filter| of(filter, kind[0]).iter().any(|weight| *weight != 0.0)));
    Some(kinds)
}

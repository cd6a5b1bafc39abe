//! Local response normalisation on this processor.
//!
//! As a row of tensor operations it reads and writes everything seven times, which took a fifth of GoogLeNet's time for
//! two layers that hardly compute; here the neighbours are summed where the result goes, a stretch of a plane at a time.

use burn::tensor::{Device, Tensor, TensorData};

use super::{super::Normalization, host::lend, threads};

/// Neighbours that are summed one by one: networks have five. What has many more goes the way of other devices.
const MOST_NEIGHBOURS: usize = 15;
/// Places at a time: these and their neighbours stay in the first cache.
const PLACES: usize = 1024;

/// Whether [`across_channels`] can do this, and does it well.
pub(super) fn is_for(normalization: &Normalization, device: &Device) -> bool {
    !normalization.within_channel && normalization.size <= MOST_NEIGHBOURS && *device == Device::flex()
}

/// See [`Normalization`].
///
/// # Shapes
/// `x`: `[n, c, h, w]`; returns the same.
pub(super) fn across_channels(x: Tensor<4>, normalization: &Normalization) -> Tensor<4> {
    let (dims, device) = (x.dims(), x.device());
    let [_, channels, h, w] = dims;
    let places = (h * w).max(1);
    let mut values = vec![0.0f32; dims.iter().product()];
    lend(x, |input| {
        let planes = values.chunks_exact_mut(places).enumerate().collect();
        threads::each(planes, |(plane, out)| {
            let (image, channel) = (plane / channels, plane % channels);
            let image = &input[image * channels * places..][..channels * places];
            let reach = normalization.size / 2;
            let around = channel.saturating_sub(reach)..(channel + reach + 1).min(channels);
            for (piece, out) in out.chunks_mut(PLACES).enumerate() {
                let count = out.len();
                let of = |channel: usize| &image[channel * places + piece * PLACES..][..count];
                let own = of(channel);
                for neighbour in around.clone() {
                    add_squares(out, of(neighbour));
                }
                divide(out, own, normalization);
            }
        });
    });
    Tensor::from_data(TensorData::new(values, dims), &device)
}

fn add_squares(sums: &mut [f32], values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value * value;
    }
}

/// Sums of squares become the values, divided.
fn divide(sums: &mut [f32], values: &[f32], normalization: &Normalization) {
    let Normalization { size, alpha, beta, k, .. } = *normalization;
    let weight = alpha / size as f32;
    // Square roots are exact and much faster than general powers; 3/4 is what nearly every network uses.
    if beta == 0.75 {
        for (sum, value) in sums.iter_mut().zip(values) {
            let root = (k + weight * *sum).sqrt();
            *sum = value / (root * root.sqrt());
        }
    } else {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum = value / (k + weight * *sum).powf(beta);
        }
    }
}

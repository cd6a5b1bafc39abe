//! Space pooled away.

use burn::backend::Flex;
use burn::tensor::{Device, Int, Tensor, TensorData};
use tiramisu_kernels::Instructions;
use tiramisu_kernels::planes::{Summary, summary};

use crate::domain::Pooling;

/// One number a channel.
///
/// # Shapes
/// `activation`: `[n, c, h, w]`; returns `[n, c]`.
pub fn pool(activation: Tensor<4>, pooling: Pooling) -> Tensor<2> {
    let [n, c, h, w] = activation.dims();
    if let Some(summaries) = summaries_on_host(&activation) {
        let device = activation.device();
        return match pooling {
            Pooling::Average => on_host(&summaries, [n, c], &device, |summary| summary.mean),
            Pooling::Maximum => on_host(&summaries, [n, c], &device, |summary| summary.largest),
        };
    }
    let planes = activation.reshape([n * c, h * w]);
    let pooled = match pooling {
        _ if h * w == 1 => planes,
        Pooling::Average => planes.mean_dim(1),
        Pooling::Maximum => planes.max_dim(1),
    };
    pooled.reshape([n, c])
}

/// Both poolings, in the order of [`Pooling::ALL`].
///
/// # Shapes
/// `activation`: `[n, c, h, w]`; returns `[n, c]` twice.
pub fn pool_both(activation: Tensor<4>) -> [Tensor<2>; 2] {
    Pooling::ALL.map(|pooling| pool(activation.clone(), pooling))
}

/// Both poolings, in the order of [`Pooling::ALL`], and where in each map its largest value is: `y * width + x`. The
/// numbers are those of [`pool_both`]; of several places with the largest value the processor names the first.
///
/// # Shapes
/// `activation`: `[n, c, h, w]`; returns `[n, c]` three times.
pub fn pool_with_places(activation: Tensor<4>) -> ([Tensor<2>; 2], Tensor<2, Int>) {
    let [n, c, h, w] = activation.dims();
    if let Some(summaries) = summaries_on_host(&activation) {
        return pooled(&summaries, n, &activation.device());
    }
    if h * w == 1 {
        let places = Tensor::zeros([n, c], &activation.device());
        return (pool_both(activation), places);
    }
    let average = pool(activation.clone(), Pooling::Average);
    // The largest value and its place in one go: a pass less.
    let (maximum, places) = activation.reshape([n * c, h * w]).max_dim_with_indices(1);
    ([average, maximum.reshape([n, c])], places.reshape([n, c]))
}

/// As [`pool_with_places`], of what the planes of a batch's layer came to, channel by channel.
///
/// # Shapes
/// `summaries`: `[n, c]`; returns `[n, c]` three times.
pub fn pooled(summaries: &[Summary], n: usize, device: &Device) -> ([Tensor<2>; 2], Tensor<2, Int>) {
    let dims = [n, summaries.len().checked_div(n).unwrap_or(0)];
    let average = on_host(summaries, dims, device, |summary| summary.mean);
    let maximum = on_host(summaries, dims, device, |summary| summary.largest);
    let places: Vec<i64> = summaries.iter().map(|summary| summary.place as i64).collect();
    ([average, maximum], Tensor::from_data(TensorData::new(places, dims), device))
}

/// What every plane comes to, if the activation is on this processor and there is something to pool: all in one pass, while
/// the plane is in the cache. burn's own operations take two for the maximum, the second a number at a time.
fn summaries_on_host(activation: &Tensor<4>) -> Option<Vec<Summary>> {
    let [_, _, h, w] = activation.dims();
    if h * w == 0 || activation.device() != Device::flex() {
        return None;
    }
    // A lent tensor is not copied; one that is looked at in another order than it lies in memory is.
    let tensor = activation.clone().try_into_primitive::<Flex>().ok()?;
    let tensor = if tensor.as_slice::<f32>().is_some() { tensor } else { tensor.to_contiguous() };
    let instructions = Instructions::best();
    Some(tensor.as_slice::<f32>()?.chunks_exact(h * w).map(|plane| summary(instructions, plane)).collect())
}

/// One of the numbers of every plane as a tensor.
fn on_host(summaries: &[Summary], dims: [usize; 2], device: &Device, number: impl Fn(&Summary) -> f32) -> Tensor<2> {
    Tensor::from_data(TensorData::new(summaries.iter().map(number).collect::<Vec<f32>>(), dims), device)
}

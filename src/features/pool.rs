//! Space pooled away.

use burn::tensor::{Int, Tensor};

use crate::domain::Pooling;

/// One number a channel.
///
/// # Shapes
/// `activation`: `[n, c, h, w]`; returns `[n, c]`.
pub fn pool(activation: Tensor<4>, pooling: Pooling) -> Tensor<2> {
    let [n, c, h, w] = activation.dims();
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
    if h * w == 1 {
        let places = Tensor::zeros([n, c], &activation.device());
        return (pool_both(activation), places);
    }
    let average = pool(activation.clone(), Pooling::Average);
    // The largest value and its place in one go: burn looks for the place while the map is still in the cache.
    let (maximum, places) = activation.reshape([n * c, h * w]).max_dim_with_indices(1);
    ([average, maximum.reshape([n, c])], places.reshape([n, c]))
}

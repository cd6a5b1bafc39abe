//! Space pooled away.

use burn::tensor::Tensor;

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

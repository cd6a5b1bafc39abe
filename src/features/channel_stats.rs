//! How strong each channel of an activation is.

use burn::tensor::Tensor;

use super::FeaturesError;

/// One number a channel each, over space.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChannelStats {
    /// The mean.
    pub means: Vec<f32>,
    /// The smallest value.
    pub minima: Vec<f32>,
    /// The largest value.
    pub maxima: Vec<f32>,
}

/// Mean, smallest and largest value of every channel of one image, read from the device at once.
///
/// # Shapes
/// `activation`: `[1, c, h, w]`; every list has `c` entries.
///
/// # Errors
/// When the device fails.
pub fn channel_stats(activation: Tensor<4>) -> Result<ChannelStats, FeaturesError> {
    let [_, c, h, w] = activation.dims();
    let planes = activation.reshape([c, h * w]);
    let joined = Tensor::cat(vec![planes.clone().mean_dim(1), planes.clone().min_dim(1), planes.max_dim(1)], 1);
    let values: Vec<f32> =
        joined.try_into_vec_as().map_err(|error| FeaturesError::Device { reason: error.to_string() })?;
    let column = |place: usize| values.chunks_exact(3).map(|row| row[place]).collect();
    Ok(ChannelStats { means: column(0), minima: column(1), maxima: column(2) })
}

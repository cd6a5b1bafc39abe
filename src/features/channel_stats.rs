//! How strong each channel of an activation is, and where.

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
    /// Which share of all that is above 0 lies in the outermost cells; 0 where nothing is.
    pub borders: Vec<f32>,
}

/// Mean, smallest and largest value of every channel of one image, and how much of it lies along the border, read from the device at
/// once.
///
/// # Shapes
/// `activation`: `[1, c, h, w]`; every list has `c` entries.
///
/// # Errors
/// When the device fails.
pub fn channel_stats(activation: Tensor<4>) -> Result<ChannelStats, FeaturesError> {
    let [_, c, h, w] = activation.dims();
    let (cells, inner_cells) = (h * w, h.saturating_sub(2) * w.saturating_sub(2));
    // What is above 0: it is all there is after a ReLU, and before one what will be left of it.
    let fired = activation.clone().clamp_min(0.0);
    let inside: Tensor<2> = match inner_cells {
        0 => Tensor::zeros([c, 1], (&fired.device(), fired.dtype())),
        _ => fired.clone().slice([0..1, 0..c, 1..h - 1, 1..w - 1]).reshape([c, inner_cells]).mean_dim(1),
    };
    let planes = activation.reshape([c, cells]);
    let columns = vec![
        planes.clone().mean_dim(1),
        planes.clone().min_dim(1),
        planes.max_dim(1),
        fired.reshape([c, cells]).mean_dim(1),
        inside,
    ];
    let values: Vec<f32> = Tensor::cat(columns, 1)
        .try_into_vec_as()
        .map_err(|error| FeaturesError::Device { reason: error.to_string() })?;
    let column = |place: usize| values.chunks_exact(5).map(|row| row[place]).collect();
    // Means, and not sums, which half precision may not hold.
    let border = |row: &[f32]| {
        let (all, inside) = (row[3] * cells as f32, row[4] * inner_cells as f32);
        if all > 0.0 { (1.0 - inside / all).clamp(0.0, 1.0) } else { 0.0 }
    };
    let borders = values.chunks_exact(5).map(border).collect();
    Ok(ChannelStats { means: column(0), minima: column(1), maxima: column(2), borders })
}

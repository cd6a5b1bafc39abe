//! What the network says an image shows.

use burn::tensor::Tensor;

use super::{FeaturesError, pool};
use crate::domain::{ClassScale, ClassScore, Pooling};

/// The `k` most probable classes of every image in a batch, most probable first.
///
/// `activation` is what the graph's class layer puts out, and `scale` how that becomes probabilities; where a plane is left
/// its mean counts.
///
/// # Shapes
/// `activation`: `[n, classes, h, w]`; returns `n` lists.
///
/// # Errors
/// When the device fails.
pub fn class_scores(
    activation: Tensor<4>,
    scale: ClassScale,
    labels: &[String],
    k: usize,
) -> Result<Vec<Vec<ClassScore>>, FeaturesError> {
    let [_, classes, _, _] = activation.dims();
    let values: Vec<f32> = pool(activation, Pooling::Average)
        .try_into_vec_as()
        .map_err(|error| FeaturesError::Device { reason: error.to_string() })?;
    Ok(values.chunks_exact(classes).map(|logits| top_classes(logits, scale, labels, k)).collect())
}

/// The `k` most probable classes of one image, most probable first, ties by position.
pub fn top_classes(numbers: &[f32], scale: ClassScale, labels: &[String], k: usize) -> Vec<ClassScore> {
    let largest = numbers.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    // Shifted by the largest, so that nothing overflows; summed in f64, as there may be thousands.
    let weight = |number: f32| f64::from(number - largest).exp();
    let total: f64 = numbers.iter().map(|number| weight(*number)).sum();
    let mut order: Vec<usize> = (0..numbers.len()).collect();
    order.sort_by(|a, b| numbers[*b].total_cmp(&numbers[*a]).then(a.cmp(b)));
    order.truncate(k);
    order
        .into_iter()
        .map(|index| ClassScore {
            index,
            name: labels.get(index).cloned().unwrap_or_else(|| format!("class {index}")),
            probability: match scale {
                ClassScale::Softmax => (weight(numbers[index]) / total) as f32,
                ClassScale::AsTheyAre => numbers[index],
            },
        })
        .collect()
}

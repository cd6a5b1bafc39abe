//! What neighbours are asked for: images for and against, the mean of a class, a vector from outside, or all together.

use thiserror::Error;

use super::neighbours::probe_of;
use super::{Cancelled, rows};
use crate::domain::{ImageId, Metric, Vectors};

/// One vector that a probe is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct ProbePart {
    /// `[channels]`.
    pub vector: Vec<f32>,
    /// How much it counts: above 0 it speaks for, below 0 against, at 0 not at all.
    pub weight: f32,
}

/// Any number of vectors for and against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Probe {
    /// What it is made of, in no particular order.
    pub parts: Vec<ProbePart>,
}

/// Why no probe can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ProbeError {
    /// There is nothing in it, or nothing that counts.
    #[error("there is nothing to ask with: choose at least one image, class or vector")]
    Empty,
    /// A vector of another layer, or no vector of this network at all.
    #[error("the vector has {found} numbers where this layer has {expected}; was it made at another layer?")]
    WrongLength {
        /// Channels of the layer.
        expected: usize,
        /// Numbers of the vector.
        found: usize,
    },
    /// Infinite, or no number.
    #[error("number {at} of the vector is not finite")]
    NotFinite {
        /// Its place, from 0.
        at: usize,
    },
    /// An image that could not be read, or that this layer was not computed for.
    #[error("image {} has no vector at this layer", .image.0)]
    NoVector {
        /// The image.
        image: ImageId,
    },
}

/// The mean of some rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mean {
    /// `[channels]`; zeros when there was no image.
    pub vector: Vec<f32>,
    /// How many images it was taken over.
    pub images: usize,
}

impl Probe {
    /// Images with their weights. [`members`] says what to leave out of the answer.
    ///
    /// # Errors
    /// When an image has no vector or one that is not finite.
    pub fn of_images(vectors: &Vectors, examples: &[(ImageId, f32)]) -> Result<Self, ProbeError> {
        let mut probe = Self::default();
        for (image, weight) in examples {
            let vector = probe_of(vectors, *image).ok_or(ProbeError::NoVector { image: *image })?;
            probe.add(vector, *weight, vectors.matrix.columns())?;
        }
        Ok(probe)
    }

    /// Adds a vector from anywhere to a probe at a layer of `channels`.
    ///
    /// # Errors
    /// When it has another length, or a number (or the weight, told as the number after the last) that is not finite.
    pub fn add(&mut self, vector: Vec<f32>, weight: f32, channels: usize) -> Result<(), ProbeError> {
        if vector.len() != channels {
            return Err(ProbeError::WrongLength { expected: channels, found: vector.len() });
        }
        if let Some(at) = vector.iter().chain([&weight]).position(|value| !value.is_finite()) {
            return Err(ProbeError::NotFinite { at });
        }
        self.parts.push(ProbePart { vector, weight });
        Ok(())
    }

    /// Whether anything in it counts.
    ///
    /// # Errors
    /// When nothing does.
    pub fn check(&self) -> Result<(), ProbeError> {
        if self.parts.iter().any(|part| part.weight != 0.0) { Ok(()) } else { Err(ProbeError::Empty) }
    }

    /// The one vector that stands for all parts.
    ///
    /// With `p` the weighted mean of the parts for, `n` that of the parts against, and `g` the mean weight against over
    /// the mean weight for, it is
    /// - cosine and dot: `p - g n`, Rocchio's formula (The SMART Retrieval System, 1971, chapter 14, with the first
    ///   query left out and beta and gamma carried by the weights). For cosine every part is first given length 1, so
    ///   that a picture with strong activations does not speak louder.
    /// - Euclidean: `p + g (p - n)`. There a probe is a place, and `p - n` would be a difference of places, somewhere near
    ///   the origin; the place that has moved away from `n` is what is meant.
    ///
    /// Equal weights on each side thus give the plain means, and one image against at a weight of -0.2 counts a fifth of
    /// one for. Without parts for, `p` is the origin and `g` the mean weight against. The result can be all zeros (the
    /// same image for and against), which is like nothing. Sums are taken in f64.
    ///
    /// # Shapes
    /// Every part: `[channels]`; returns `[channels]`, or nothing of no part.
    ///
    /// # Panics
    /// When the parts do not have the same number of channels.
    pub fn vector(&self, metric: Metric) -> Vec<f32> {
        let channels = self.parts.first().map_or(0, |part| part.vector.len());
        let (mut of, mut against) = (Side::new(channels), Side::new(channels));
        for part in &self.parts {
            assert_eq!(part.vector.len(), channels, "all parts of a probe belong to one layer");
            let side = if part.weight > 0.0 { &mut of } else { &mut against };
            side.add(part, metric);
        }
        let weight_of = if of.parts == 0 { 1.0 } else { of.mean_weight() };
        let strength = against.mean_weight() / weight_of;
        let toward = if metric == Metric::Euclidean && of.parts > 0 { 1.0 + strength } else { 1.0 };
        (0..channels).map(|channel| rows::told(toward * of.mean(channel) - strength * against.mean(channel))).collect()
    }
}

/// The parts for, or those against.
struct Side {
    sum: Vec<f64>,
    weights: f64,
    parts: usize,
}

impl Side {
    fn new(channels: usize) -> Self {
        Self { sum: vec![0.0; channels], weights: 0.0, parts: 0 }
    }

    fn add(&mut self, part: &ProbePart, metric: Metric) {
        let weight = f64::from(part.weight.abs());
        if weight == 0.0 {
            return;
        }
        let factor = weight * one_over_length(&part.vector, metric);
        self.sum.iter_mut().zip(&part.vector).for_each(|(sum, value)| *sum += factor * f64::from(*value));
        self.weights += weight;
        self.parts += 1;
    }

    fn mean(&self, channel: usize) -> f64 {
        if self.weights > 0.0 { self.sum[channel] / self.weights } else { 0.0 }
    }

    fn mean_weight(&self) -> f64 {
        self.weights / self.parts.max(1) as f64
    }
}

/// What a vector is multiplied with before means are taken: only cosine looks at directions alone.
fn one_over_length(vector: &[f32], metric: Metric) -> f64 {
    if metric != Metric::Cosine {
        return 1.0;
    }
    let length = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    // Zeros stay zeros: an image without a direction speaks for none.
    if length > 0.0 { 1.0 / length } else { 0.0 }
}

/// The images a probe is made of, ascending and each once, to be left out of its answer.
pub fn members(examples: &[(ImageId, f32)]) -> Vec<ImageId> {
    let mut members: Vec<ImageId> = examples.iter().map(|(image, _)| *image).collect();
    members.sort_unstable();
    members.dedup();
    members
}

/// The mean of some images (a class, a tag, a selection) as a part of a probe; for cosine the mean of their directions.
/// `None` when cancelled.
///
/// Images without a vector, and those with a number that is not finite, are left out. Sums are taken in f64.
///
/// # Shapes
/// - `vectors.matrix`: `[images, channels]`
/// - returns `[channels]`
pub fn mean_of(vectors: &Vectors, images: &[ImageId], metric: Metric, cancelled: Cancelled<'_>) -> Option<Mean> {
    let channels = vectors.matrix.columns();
    let mut sum = vec![0.0f64; channels];
    let mut wide = vec![0.0f32; channels];
    let mut count = 0;
    for (number, image) in images.iter().enumerate() {
        if number % 1024 == 0 && cancelled() {
            return None;
        }
        let Some(row) = vectors.row_of(*image) else { continue };
        rows::widen(vectors.matrix.row(row), &mut wide);
        if wide.iter().all(|value| value.is_finite()) {
            let factor = one_over_length(&wide, metric);
            sum.iter_mut().zip(&wide).for_each(|(sum, value)| *sum += factor * f64::from(*value));
            count += 1;
        }
    }
    let vector = sum.iter().map(|sum| (sum / count.max(1) as f64) as f32).collect();
    Some(Mean { vector, images: count })
}

//! The numbers that came with a network.

use std::sync::Arc;

/// A tensor of numbers that came with the network; row-major.
#[derive(Clone, Debug, PartialEq)]
pub struct Weights {
    /// Length of each dimension.
    pub shape: Vec<usize>,
    /// As many numbers as the product of `shape`.
    pub values: Arc<[f32]>,
}

impl Weights {
    /// # Panics
    /// When the numbers do not fill the shape: whoever reads a file checks before.
    pub fn new(shape: Vec<usize>, values: Vec<f32>) -> Self {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "weights of shape {shape:?}");
        Self { shape, values: values.into() }
    }

    /// A vector.
    pub fn vector(values: Vec<f32>) -> Self {
        Self::new(vec![values.len()], values)
    }
}

//! A tensor's memory, where a shader can read it.

use std::sync::Arc;

/// `[c, h, w]` values of one activation.
#[derive(Clone, Debug)]
pub struct TensorView {
    shape: [usize; 3],
    values: Arc<[f32]>,
}

impl TensorView {
    /// Values on the host, in row-major order.
    pub fn from_host(shape: [usize; 3], values: Arc<[f32]>) -> Self {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "values must fill the shape");
        Self { shape, values }
    }

    /// `[channels, height, width]`.
    pub fn shape(&self) -> [usize; 3] {
        self.shape
    }
}

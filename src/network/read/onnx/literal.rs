//! Numbers that are known when the file is read: weights, and the sizes that shapes are computed from.

use std::sync::Arc;

use super::super::super::{Weights, general::count};

/// A tensor of known numbers.
///
/// Whole numbers are kept as single precision as well: sizes, axes and indices are far below 2^24, from where on that is
/// not exact, and the largest 64-bit numbers, which mean "to the end", stay large.
#[derive(Clone, Debug)]
pub(super) struct Literal {
    /// Row-major, with the file's own dimensions; none for a single number.
    pub weights: Weights,
    /// Whether the file calls them whole numbers (or truth values), which divide like such.
    pub is_whole: bool,
}

impl Literal {
    /// Checks that the numbers fill the dimensions.
    pub fn new(dims: Vec<usize>, values: Vec<f32>, is_whole: bool) -> Result<Self, String> {
        Self::shared(dims, values.into(), is_whole)
    }

    /// The same of numbers that are already where they stay.
    pub fn shared(dims: Vec<usize>, values: Arc<[f32]>, is_whole: bool) -> Result<Self, String> {
        if count(&dims)? != values.len() {
            return Err(format!("a tensor of shape {dims:?} holds {} numbers", values.len()));
        }
        Ok(Self { weights: Weights { shape: dims, values }, is_whole })
    }

    /// Whole numbers in a row.
    pub fn whole(values: &[i64]) -> Self {
        let values: Vec<f32> = values.iter().map(|value| *value as f32).collect();
        Self { weights: Weights::vector(values), is_whole: true }
    }

    /// The dimensions.
    pub fn dims(&self) -> &[usize] {
        &self.weights.shape
    }

    /// All numbers as whole ones.
    pub fn integers(&self) -> Vec<i64> {
        self.weights.values.iter().map(|value| *value as i64).collect()
    }

    /// The only number.
    pub fn scalar(&self) -> Option<f32> {
        match self.weights.values[..] {
            [value] => Some(value),
            _ => None,
        }
    }

    /// The same numbers with other dimensions.
    pub fn seen_as(&self, dims: Vec<usize>) -> Result<Weights, String> {
        if count(&dims)? != self.weights.values.len() {
            return Err(format!("{} numbers cannot be seen as {dims:?}", self.weights.values.len()));
        }
        Ok(Weights { shape: dims, values: self.weights.values.clone() })
    }
}

//! What comes out of a step, as it lies: as a tensor, or on this processor in lines.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use tiramisu_kernels::{
    Instructions,
    convolution::{Lined, Piece},
};

use super::{host::lend, scratch::with_memory, threads};

/// An activation, in at least one of both forms. What was turned into the other one is kept in both, as others may take it.
#[derive(Clone, Default)]
pub(super) struct Value {
    tensor: Option<Tensor<4>>,
    lined: Option<Arc<Lined>>,
}

impl From<Tensor<4>> for Value {
    fn from(tensor: Tensor<4>) -> Self {
        Self { tensor: Some(tensor), lined: None }
    }
}

impl From<Lined> for Value {
    fn from(lined: Lined) -> Self {
        Self { tensor: None, lined: Some(Arc::new(lined)) }
    }
}

impl Value {
    /// # Shapes
    /// Returns `[n, c, h, w]`.
    pub fn tensor(&mut self) -> Tensor<4> {
        let lined = &self.lined;
        let make = || planes(lined.as_deref().expect("a value has one of both forms"));
        self.tensor.get_or_insert_with(make).clone()
    }

    /// As a tensor that nobody else has, if nobody else has this value: an operation may work in its memory.
    ///
    /// # Shapes
    /// Returns `[n, c, h, w]`.
    pub fn into_tensor(mut self) -> Tensor<4> {
        self.tensor.take().unwrap_or_else(|| self.tensor())
    }

    /// Lies in lines from now on, or as a tensor, whatever else it does.
    pub fn take_form(&mut self, is_lined: bool) {
        if is_lined { drop(self.lined()) } else { drop(self.tensor()) }
    }

    /// # Panics
    /// When it lies on another device, or not in single precision.
    pub fn lined(&mut self) -> Arc<Lined> {
        let tensor = &self.tensor;
        let make = || Arc::new(lines(tensor.clone().expect("a value has one of both forms")));
        self.lined.get_or_insert_with(make).clone()
    }

    /// Its lines, if it lies so.
    pub fn as_lined(&self) -> Option<&Lined> {
        self.lined.as_deref()
    }
}

/// Has all threads of the pass do pieces of work with lines.
pub(super) fn do_all(pieces: Vec<Piece<'_>>) {
    threads::each(pieces, |piece| with_memory(|memory| piece.apply(memory)));
}

fn planes(lined: &Lined) -> Tensor<4> {
    let values = lined.to_planes(Instructions::best(), rayon::current_num_threads(), do_all);
    let [h, w] = lined.size();
    Tensor::from_data(TensorData::new(values, [lined.pictures(), lined.channels(), h, w]), &Device::flex())
}

fn lines(tensor: Tensor<4>) -> Lined {
    let [_, c, h, w] = tensor.dims();
    let threads = rayon::current_num_threads();
    lend(tensor, |planes| Lined::from_planes(Instructions::best(), planes, c, [h, w], threads, do_all))
}

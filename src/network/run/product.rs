//! Products of matrices, which burn 0.22.1 gets wrong in some sizes on some GPUs: on SwiftShader 10 numbers times 10 by 7
//! came back as zeros, while multiples of four were right.

use burn::tensor::{Device, Tensor};

/// The product, in sizes that are right on every device.
///
/// # Shapes
/// `a`: `[..., rows, inner]`, `b`: `[..., inner, columns]`; returns `[..., rows, columns]`.
pub(super) fn multiply<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    let (rows, columns) = (a.dims()[D - 2], b.dims()[D - 1]);
    let is_odd = [rows, columns, a.dims()[D - 1]].iter().any(|size| !size.is_multiple_of(4));
    if !is_odd || a.device() == Device::flex() {
        return a.matmul(b);
    }
    round_up(a).matmul(round_up(b)).narrow(D - 2, 0, rows).narrow(D - 1, 0, columns)
}

/// Zeros at the ends of the last two axes where their lengths are not multiples of four.
fn round_up<const D: usize>(x: Tensor<D>) -> Tensor<D> {
    let dims = x.dims();
    let mut rounded = dims;
    rounded[D - 2..].iter_mut().for_each(|size| *size = size.next_multiple_of(4));
    if rounded == dims {
        return x;
    }
    Tensor::zeros(rounded, (&x.device(), x.dtype())).slice_assign(dims.map(|size| 0..size), x)
}

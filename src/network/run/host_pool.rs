//! Pooling on this processor.
//!
//! burn's own (flex) asks for every pixel of every window whether it is inside; the kernels fold whole lines.

use burn::tensor::{Device, Tensor, TensorData};
use tiramisu_kernels::Instructions;
use tiramisu_kernels::pool::{self, Kind, Shape};

use super::{
    super::{Pool, PoolKind},
    host::lend,
    threads,
};

/// # Shapes
/// `x`: `[n, c, h, w]`; returns `[n, c, h', w']` for `output` `[h', w']`.
pub(super) fn pool(x: Tensor<4>, pool: &Pool, output: [usize; 2], device: &Device) -> Tensor<4> {
    let [n, c, h, w] = x.dims();
    let [out_h, out_w] = output;
    let windows = pool::Pool::new(Instructions::best(), shape(pool, [h, w], output));
    let mut values = vec![0.0f32; n * c * out_h * out_w];
    lend(x, |input| {
        let at_a_time = (n * c).div_ceil(threads::pieces()).max(1);
        let planes = input.chunks(h * w * at_a_time).zip(values.chunks_mut(out_h * out_w * at_a_time));
        threads::each(planes.collect(), |(planes, outs)| {
            let mut folder = windows.folder();
            let planes = planes.chunks_exact(h * w).zip(outs.chunks_exact_mut(out_h * out_w));
            planes.for_each(|(plane, out)| folder.fold(plane, out));
        });
    });
    Tensor::from_data(TensorData::new(values, [n, c, out_h, out_w]), device)
}

/// The kernels' sizes of a pool that makes such a height and width of another.
pub(super) fn shape(pool: &Pool, input: [usize; 2], output: [usize; 2]) -> Shape {
    let kind = match pool.kind {
        PoolKind::Maximum => Kind::Maximum,
        PoolKind::Average { count_padding } => Kind::Average { count_padding },
    };
    let Pool { kernel, stride, padding, .. } = *pool;
    Shape { kind, kernel, stride, padding, input, output }
}

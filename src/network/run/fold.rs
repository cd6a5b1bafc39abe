//! Operations on numbers that are known before anything runs.

use burn::tensor::{Device, Tensor, TensorData};

use super::{
    super::{
        Node, Op, Weights,
        general::count,
        layout::{kept, looked_at},
        op::LARGEST_ACTIVATION,
        shape::{self, Value},
    },
    prepared::Prepared,
};

/// What `op` makes of known numbers, on this processor.
///
/// `inputs` have the batch as their first dimension and are otherwise as a node's; the result has `[n, a, b, c]`, as kept.
///
/// # Errors
/// When the operation does not fit them.
pub(in super::super) fn fold(op: &Op, inputs: &[Weights]) -> Result<Weights, String> {
    let values: Vec<_> =
        inputs.iter().map(|input| Value { dims: &input.shape[1..], layout: Default::default() }).collect();
    let (dims, layout) = shape::infer(op, &values)?;
    let images = inputs.first().map_or(1, |input| input.shape[0]);
    if count(&dims)?.checked_mul(images).is_none_or(|count| count > LARGEST_ACTIVATION) {
        return Err(format!("makes {images} times {dims:?} numbers before any picture"));
    }
    let node = Node {
        name: String::new(),
        kind: String::new(),
        op: op.clone(),
        inputs: Vec::new(),
        shape: looked_at(&dims, layout),
        dims,
        layout,
        parameter_count: 0,
        stored_by_default: false,
    };
    let device = Device::flex();
    let tensors = inputs.iter().map(|input| {
        let [a, b, c] = kept(&input.shape[1..]);
        let data = TensorData::new(input.values.to_vec(), [input.shape[0], a, b, c]);
        Tensor::<4>::from_data(data, &device)
    });
    let result = Prepared::new(&node, &device).apply(tensors.collect());
    let shape = result.dims().to_vec();
    let values = result.try_into_vec_as::<f32>().map_err(|error| error.to_string())?;
    Ok(Weights::new(shape, values))
}

//! What a network says of its layers.

use tiramisu::network::analytic;
use tiramisu::network::{Combination, Convolution, Deconvolution, GraphBuilder, Linear, Op, Source, Weights};

fn zeros(shape: &[usize]) -> Weights {
    Weights::new(shape.to_vec(), vec![0.0; shape.iter().product()])
}

/// Three by three, to as large a plane.
fn convolution(from: usize, to: usize, groups: usize) -> Op {
    Op::Convolution(Convolution {
        weight: zeros(&[to, from / groups, 3, 3]),
        bias: Some(zeros(&[to])),
        stride: [1, 1],
        padding: [(1, 1); 2],
        dilation: [1, 1],
        groups,
    })
}

#[test]
fn layers_say_what_they_take_and_how_often_they_multiply() {
    let mut builder = GraphBuilder::new([3, 8, 8]).unwrap();
    let first = builder.push("first", "Convolution", convolution(3, 4, 1), &[Source::Input]).unwrap();
    let grouped = builder.push("grouped", "Convolution", convolution(4, 4, 2), &[first]).unwrap();
    let sum = builder.push("sum", "Eltwise", Op::Combine(Combination::Sum(Vec::new())), &[first, grouped]).unwrap();
    let deconvolution = Op::Deconvolution(Deconvolution {
        weight: zeros(&[4, 2, 3, 3]),
        bias: None,
        stride: [2, 2],
        padding: [(0, 0); 2],
        dilation: [1, 1],
        groups: 1,
        output_padding: [0; 2],
    });
    builder.push("larger", "Deconvolution", deconvolution, &[sum]).unwrap();
    let linear = Op::Linear(Linear { weight: zeros(&[10, 256]), bias: None });
    builder.push("scores", "InnerProduct", linear, &[sum]).unwrap();
    let preprocessing = analytic::graph().preprocessing;
    let layers = builder.finish("net", preprocessing).unwrap().layers();
    let inputs: Vec<_> = layers.iter().map(|layer| layer.inputs.clone()).collect();
    assert_eq!(inputs, [vec![None], vec![Some(0)], vec![Some(0), Some(1)], vec![Some(2)], vec![Some(2)]]);
    let products: Vec<u64> = layers.iter().map(|layer| layer.multiplications).collect();
    assert_eq!(products, [4 * 64 * 3 * 9, 4 * 64 * 2 * 9, 0, 4 * 64 * 2 * 9, 10 * 256]);
}

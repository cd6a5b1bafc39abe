//! Types of Caffe's layers that OpenCV does not read, against their formulas.

use std::sync::Arc;

use burn::tensor::{Device, Tensor, TensorData};
use tiramisu::network::Runner;

use super::{Files, describe, wire};

const LAYERS: &str = r#"
layer { name: "log" type: "Log" bottom: "data" top: "log" log_param { base: 2 scale: 0.5 shift: 3 } }
layer { name: "clip" type: "Clip" bottom: "data" top: "clip" clip_param { min: -0.25 max: 0.5 } }
layer { name: "swish" type: "Swish" bottom: "data" top: "swish" }
layer { name: "threshold" type: "Threshold" bottom: "data" top: "threshold" threshold_param { threshold: 0.1 } }
layer { name: "sum" type: "Reduction" bottom: "data" top: "sum" reduction_param { operation: SUM axis: 2 coeff: 2 } }
layer { name: "length" type: "Reduction" bottom: "data" top: "length" reduction_param { operation: SUMSQ axis: 1 } }
layer { name: "tile" type: "Tile" bottom: "data" top: "tile" tile_param { axis: 1 tiles: 2 } }
layer { name: "bias" type: "Bias" bottom: "data" top: "bias" bias_param { axis: 1 } }
layer { name: "mean" type: "Pooling" bottom: "data" top: "mean" pooling_param { pool: AVE global_pooling: true } }
layer { name: "axpy" type: "Axpy" bottom: "mean" bottom: "clip" bottom: "bias" top: "axpy" }
"#;

const PLANE: usize = 8 * 8;
const BIASES: [f32; 3] = [0.5, -1.0, 2.0];

fn channel(values: &[f32], channel: usize) -> &[f32] {
    &values[channel * PLANE..][..PLANE]
}

#[test]
fn layers_that_opencv_does_not_read_follow_their_formulas() {
    let weights = wire::layer("bias", &[wire::blob(&[3], &BIASES)]);
    let graph = Arc::new(Files::new(describe(LAYERS), weights).load().unwrap());
    let data: Vec<f32> = (0..3 * PLANE).map(|place| (place as f32 * 0.737).sin()).collect();
    let each = |function: &dyn Fn(f32) -> f32| data.iter().map(|x| function(*x)).collect::<Vec<f32>>();
    let sums: Vec<f32> = (0..3).map(|c| channel(&data, c).iter().sum()).collect();
    let clip = each(&|x| x.clamp(-0.25, 0.5));
    let bias: Vec<f32> = data.iter().enumerate().map(|(place, x)| x + BIASES[place / PLANE]).collect();
    let means: Vec<f32> = sums.iter().map(|sum| sum / PLANE as f32).collect();
    let axpy = (0..data.len()).map(|place| means[place / PLANE] * clip[place] + bias[place]).collect();
    let expected: [(&str, Vec<f32>); 10] = [
        ("log", each(&|x| (0.5 * x + 3.0).log2())),
        ("clip", clip),
        ("swish", each(&|x| x / (1.0 + (-x).exp()))),
        ("threshold", each(&|x| if x > 0.1 { 1.0 } else { 0.0 })),
        ("sum", sums.iter().map(|sum| 2.0 * sum).collect()),
        ("length", vec![data.iter().map(|x| x * x).sum()]),
        ("tile", data.repeat(2)),
        ("bias", bias),
        ("mean", means),
        ("axpy", axpy),
    ];
    let device = Device::flex();
    let runner = Runner::new(graph.clone(), &device).unwrap();
    let all: Vec<usize> = (0..graph.nodes.len()).collect();
    let mut compared = 0;
    runner.forward(Tensor::from_data(TensorData::new(data.clone(), [1, 3, 8, 8]), &device), &all, |layer, values| {
        let name = &graph.nodes[layer].name;
        let Some((_, expected)) = expected.iter().find(|(expected, _)| expected == name) else { return };
        let values: Vec<f32> = values.try_into_vec_as().unwrap();
        assert_eq!(values.len(), expected.len(), "{name}");
        for (value, expected) in values.iter().zip(expected) {
            assert!((value - expected).abs() <= 1e-5 * (1.0 + expected.abs()), "{name}: {value} for {expected}");
        }
        compared += 1;
    });
    assert_eq!(compared, expected.len());
}

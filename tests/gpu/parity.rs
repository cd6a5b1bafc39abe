//! Whether the GPU says what other programs said.

use std::sync::Arc;

use burn::tensor::Device;
use serde_json::Value;
use tiramisu::domain::Precision;
use tiramisu::gpu::OpenDevice;
use tiramisu::network::{Graph, Runner};

use crate::difference::difference;
use crate::passes::{answers, precisions};
use crate::picture;
use crate::report::Report;

/// Answers of onnxruntime and OpenCV to two pictures of [`picture::rgb`], through the networks as `networks.py` rounds them;
/// `references.py` made them.
const REFERENCES: &str = include_str!("references.json");
/// Pictures whose answers are compared.
const PICTURES: usize = 2;
/// Differences, as a share of the largest number of an answer, beyond which it is wrong.
const MOST_OFF: [f32; 2] = [1e-3, 3e-2];

/// Against the stored references; where there are none, against the processor here.
pub fn check(report: &mut Report, name: &str, graph: &Arc<Graph>, open: &OpenDevice) {
    let (width, height) = (graph.preprocessing.width, graph.preprocessing.height);
    let rgb: Vec<u8> = (0..PICTURES).flat_map(|number| picture::rgb(number, width, height)).collect();
    let (expected, by) = match stored(name) {
        Some(expected) => (expected, "the stored reference"),
        None => {
            let flex = Device::flex();
            let runner =
                Runner::with_precision(graph.clone(), &flex, Precision::Single).expect("a graph that loads runs");
            (answers(&runner, &rgb, PICTURES, &flex), "the processor")
        }
    };
    for (precision, word) in precisions(open) {
        let runner = Runner::with_precision(graph.clone(), &open.device, precision).expect("a graph that loads runs");
        let found = answers(&runner, &rgb, PICTURES, &open.device);
        let what = format!("{name}, {word}, largest difference from {by}");
        let off = difference(&found, &expected);
        let most = MOST_OFF[usize::from(precision == Precision::Half)];
        match off <= most {
            true => report.add(&what, f64::from(off), "of the largest number"),
            false => report.wrong(&what, &format!("{off} of the largest number; at most {most} is right")),
        }
    }
}

fn stored(name: &str) -> Option<Vec<f32>> {
    let references: Value = serde_json::from_str(REFERENCES).expect("the references are JSON");
    let answers = references[name]["answers"].as_array()?;
    let numbers = answers.iter().flat_map(|answer| answer.as_array().into_iter().flatten());
    Some(numbers.filter_map(Value::as_f64).map(|number| number as f32).collect())
}

//! The ONNX project's own tests of single operators, as `tests/golden/onnx/nodes.py` wrote them.

use std::{collections::BTreeMap, fs, path::Path, path::PathBuf, sync::Arc};

use burn::tensor::{Device, Tensor, TensorData};
use serde::Deserialize;
use tiramisu::network::Runner;

use super::load_file;
use crate::support::skipped;
use crate::support::tensors::read_tensors;

#[derive(Deserialize)]
struct Case {
    name: String,
    kinds: Vec<String>,
    ways: Vec<String>,
    reason: String,
}

/// What became of a way of a test.
enum Outcome {
    Passed,
    /// With why.
    Refused(String),
    /// With what was wrong.
    Failed(String),
}

fn run(network: &Path) -> Outcome {
    let graph = match load_file(network) {
        Ok(graph) => Arc::new(graph),
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    let device = Device::flex();
    let mut tensors = read_tensors(&network.with_extension("safetensors"));
    let (shape, pixels) = tensors.remove("input").unwrap();
    let runner = Runner::new(graph.clone(), &device).unwrap();
    for (name, (_, expected)) in tensors {
        let Some(layer) = graph.layer_named(&name) else {
            return Outcome::Refused(format!("{name} does not depend on the picture"));
        };
        let batch = Tensor::<4>::from_data(TensorData::new(pixels.clone(), shape.clone()), &device);
        let mut actual = Vec::new();
        runner.forward(batch, &[layer], |_, activation| actual = activation.try_into_vec_as::<f32>().unwrap());
        if actual.len() != expected.len() {
            return Outcome::Failed(format!("{} numbers instead of {}", actual.len(), expected.len()));
        }
        for (actual, expected) in actual.iter().zip(&expected) {
            let is_close = (actual - expected).abs() <= 1e-3 * expected.abs() + 1e-4;
            if !(is_close || actual == expected || (actual.is_nan() && expected.is_nan())) {
                return Outcome::Failed(format!("{actual} instead of {expected}"));
            }
        }
    }
    Outcome::Passed
}

/// So many are known to pass, with package `onnx` 1.17.
const LEAST_PASSED: usize = 660;

#[test]
fn operators_pass_the_tests_of_the_onnx_project() {
    let Some(folder) = std::env::var_os("TIRAMISU_ONNX_NODES").map(PathBuf::from) else {
        skipped!("TIRAMISU_ONNX_NODES names no folder that nodes.py wrote");
        return;
    };
    let cases: Vec<Case> = serde_json::from_slice(&fs::read(folder.join("cases.json")).unwrap()).unwrap();
    let (mut passed, mut failed) = (0, Vec::new());
    let mut refused: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for case in cases {
        let outcomes: Vec<Outcome> = case.ways.iter().map(|way| run(&folder.join(format!("{way}.onnx")))).collect();
        // A way that takes the first axis for pictures gives other numbers where an operator works along that axis: here
        // every picture is on its own.
        if outcomes.iter().any(|outcome| matches!(outcome, Outcome::Passed)) {
            passed += 1;
            continue;
        }
        let wrong = outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Failed(what) => Some(what.clone()),
            _ => None,
        });
        if let Some(what) = wrong {
            failed.push(format!("{}: {what}", case.name));
            continue;
        }
        let why = outcomes.into_iter().find_map(|outcome| match outcome {
            Outcome::Refused(why) => Some(why),
            _ => None,
        });
        let why = why.map_or(case.reason, |why| why.rsplit_once(": ").map_or(why.clone(), |(why, _)| why.to_owned()));
        refused.entry(case.kinds.join(" ")).or_default().push(format!("{}: {why}", case.name));
    }
    for (kinds, cases) in &refused {
        eprintln!("refused {:3} of {kinds}, as {}", cases.len(), cases[0]);
        if std::env::var_os("TIRAMISU_ONNX_NODES_ALL").is_some() {
            cases.iter().skip(1).for_each(|case| eprintln!("            {case}"));
        }
    }
    failed.iter().for_each(|case| eprintln!("failed {case}"));
    let refused_count: usize = refused.values().map(Vec::len).sum();
    eprintln!("{passed} passed, {refused_count} refused, {} failed", failed.len());
    assert!(failed.is_empty());
    assert!(passed >= LEAST_PASSED, "fewer than have passed before");
}

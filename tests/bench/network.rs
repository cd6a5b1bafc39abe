//! The network alone, on the CPU, beside other programs that run it.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use burn::tensor::Device;
use tiramisu::network::{self, Graph, NetworkChoice, Runner};

use super::table::{Table, median_secs};

/// Names further networks to time, ONNX files with spaces between.
const FURTHER: &str = "TIRAMISU_BENCH_NETWORKS";

/// Milliseconds an image at batches of 1 and 16.
pub fn measure(table: &mut Table) {
    let device = Device::flex();
    for choice in [NetworkChoice::Analytic, NetworkChoice::Builtin] {
        forward(table, &choice.title(), network::load(&choice).expect("what is part of the program loads"), &device);
    }
    match squeezenet() {
        Some(prototxt) => {
            let choice = NetworkChoice::from_file(&prototxt).expect("both halves are there");
            forward(table, "SqueezeNet v1.0", network::load(&choice).expect("SqueezeNet loads"), &device);
            peers(table, "SqueezeNet v1.0", &[&prototxt, &prototxt.with_extension("caffemodel")]);
        }
        None => table.skip("SqueezeNet v1.0 and its peers", "../shared/models is not there"),
    }
    for file in std::env::var(FURTHER).unwrap_or_default().split_whitespace().map(Path::new) {
        let choice = NetworkChoice::from_file(file).expect("the file is there");
        forward(table, &choice.title(), network::load(&choice).expect("the network loads"), &device);
        peers(table, &choice.title(), &[file]);
    }
}

/// SqueezeNet v1.0 in Caffe's format, if this machine has it.
pub fn squeezenet() -> Option<PathBuf> {
    shared("models/squeezenet_v1.0.prototxt")
}

/// What lies beside the project, if this machine has it.
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("TIRAMISU_SHARED") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let path = root.join(path);
    path.exists().then_some(path)
}

fn forward(table: &mut Table, name: &str, graph: Graph, device: &Device) {
    let graph = Arc::new(graph);
    let runner = Runner::new(graph.clone(), device).expect("a graph that loads runs");
    let last = graph.nodes.len() - 1;
    let preprocessing = &graph.preprocessing;
    let pixels = preprocessing.width * preprocessing.height * 3;
    let at_a_time = graph.images_at_a_time(device);
    for n in [1, 16] {
        let rgb: Vec<u8> = (0..n * pixels).map(|i| (i * 31 % 251) as u8).collect();
        let secs = median_secs(7, || {
            // As an extraction does it: no more at once than the runner advises.
            for rgb in rgb.chunks(at_a_time * pixels) {
                let batch = preprocessing.batch(rgb, rgb.len() / pixels, device);
                runner.forward(batch, &[last], |_, activation| {
                    std::hint::black_box(activation.into_data());
                });
            }
        });
        table.add(format!("{name}, burn flex, batch {n}"), secs / n as f64 * 1e3, "ms/image");
    }
}

/// Whatever `peers.py` finds installed: one line of JSON for each program.
fn peers(table: &mut Table, network: &str, files: &[&Path]) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bench/peers.py");
    let python = std::env::var("PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let output = Command::new(python).arg(script).args(files).output();
    let answer = match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).into_owned(),
        Ok(output) => {
            let why = String::from_utf8_lossy(&output.stderr).into_owned();
            return table.skip("onnxruntime, OpenCV", why.lines().last().unwrap_or("peers.py failed"));
        }
        Err(error) => return table.skip("onnxruntime, OpenCV", &format!("no python3: {error}")),
    };
    for line in answer.lines() {
        let Ok(found) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        let name = format!("{network}, {}", found["name"].as_str().unwrap_or("?"));
        match found["ms_per_image"].as_f64() {
            Some(ms) => table.add(format!("{name}, batch {}", found["batch"]), ms, "ms/image"),
            None => table.skip(name, found["skipped"].as_str().unwrap_or("no answer")),
        }
    }
}

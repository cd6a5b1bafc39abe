//! The network alone, on the CPU, beside other programs that run it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use burn::tensor::Device;
use tempfile::TempDir;
use tiramisu::domain::Precision;
use tiramisu::gpu::{self, Compute};
use tiramisu::network::{self, Graph, NetworkChoice, Runner};

use super::python;
use super::table::{Table, median};

/// Names further networks to time, ONNX files with spaces between.
const FURTHER: &str = "TIRAMISU_BENCH_NETWORKS";
/// Set to 1, networks are timed on the GPU as well, a software one included.
const ON_GPU: &str = "TIRAMISU_TEST_GPU";

/// An answer that is off by more than this, as a share of its largest number, is wrong; half precision is off by .002.
const MOST_DIFFERENCE: f32 = 0.02;

/// What runs the networks.
struct Place {
    name: String,
    device: Device,
    precision: Precision,
    /// Passes of which the median counts; a GPU that is a program takes seconds for one.
    passes: usize,
}

/// The processor; and the GPU in the precisions that it has, if it may be used.
fn places() -> Vec<Place> {
    let mut all =
        vec![Place { name: "burn flex".to_owned(), device: Device::flex(), precision: Precision::Single, passes: 7 }];
    if std::env::var_os(ON_GPU).is_some_and(|value| value == "1") {
        let open = gpu::open(Compute::Gpu).expect("the GPU that may be used opens");
        let name = format!("burn wgpu on {}", open.description);
        let passes = if open.software_adapter { 1 } else { 7 };
        if open.expect_half().is_ok() {
            let name = format!("{name}, half precision");
            all.push(Place { name, device: open.device.clone(), precision: Precision::Half, passes });
        }
        all.push(Place { name, device: open.device, precision: Precision::Single, passes });
    }
    all
}

/// Milliseconds an image at batches of 1 and 16.
pub fn measure(table: &mut Table) {
    let places = places();
    for choice in [NetworkChoice::Analytic, NetworkChoice::Builtin] {
        forward(table, &choice.title(), network::load(&choice).expect("what is part of the program loads"), &places);
    }
    match squeezenet() {
        Some(prototxt) => {
            let choice = NetworkChoice::from_file(&prototxt).expect("both halves are there");
            forward(table, "SqueezeNet v1.0", network::load(&choice).expect("SqueezeNet loads"), &places);
            peers(table, "SqueezeNet v1.0", &[&prototxt, &prototxt.with_extension("caffemodel")]);
        }
        None => table.skip("SqueezeNet v1.0 and its peers", "../shared/models is not there"),
    }
    match googlenet() {
        Ok((_folder, file)) => {
            let choice = NetworkChoice::from_file(&file).expect("the file is there");
            forward(table, "GoogLeNet", network::load(&choice).expect("GoogLeNet loads"), &places);
            peers(table, "GoogLeNet", &[&file]);
        }
        Err(why) => table.skip("GoogLeNet and its peers", &why),
    }
    for file in std::env::var(FURTHER).unwrap_or_default().split_whitespace().map(Path::new) {
        let choice = NetworkChoice::from_file(file).expect("the file is there");
        forward(table, &choice.title(), network::load(&choice).expect("the network loads"), &places);
        peers(table, &choice.title(), &[file]);
    }
}

/// SqueezeNet v1.0 in Caffe's format, if this machine has it.
pub fn squeezenet() -> Option<PathBuf> {
    shared("models/squeezenet_v1.0.prototxt")
}

/// GoogLeNet with random weights as an ONNX file, in a folder that lasts as long as the first is kept.
///
/// # Errors
/// In words, when what writes it is not installed.
fn googlenet() -> Result<(TempDir, PathBuf), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let file = folder.path().join("googlenet.onnx");
    let answers = python::ask("googlenet.py", [&file])?;
    match answers.first().and_then(|answer| answer["skipped"].as_str()) {
        Some(why) => Err(why.to_owned()),
        None => Ok((folder, file)),
    }
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

/// The largest difference, as a share of the largest number.
fn difference(a: &[f32], b: &[f32]) -> f32 {
    if a.len() != b.len() {
        return f32::INFINITY;
    }
    let largest = b.iter().fold(0.0f32, |most, value| most.max(value.abs()));
    let off = a
        .iter()
        .zip(b)
        .fold(0.0f32, |most, (a, b)| if (a - b).is_nan() { f32::INFINITY } else { most.max((a - b).abs()) });
    off / largest.max(f32::MIN_POSITIVE)
}

fn forward(table: &mut Table, name: &str, graph: Graph, places: &[Place]) {
    let graph = Arc::new(graph);
    let preprocessing = &graph.preprocessing;
    let pixels = preprocessing.width * preprocessing.height * 3;
    let picture = |n: usize| (0..n * pixels).map(|i| (i * 31 % 251) as u8).collect::<Vec<u8>>();
    let mut expected: Vec<f32> = Vec::new();
    for Place { name: place, device, precision, passes } in places {
        let runner = Runner::with_precision(graph.clone(), device, *precision).expect("a graph that loads runs");
        let at_a_time = graph.images_at_a_time(device);
        let answers = |rgb: &[u8]| {
            let mut answers = Vec::new();
            // As an extraction does it: no more at once than the runner advises.
            for rgb in rgb.chunks(at_a_time * pixels) {
                let batch = preprocessing.batch(rgb, rgb.len() / pixels, device);
                runner.forward(batch, &[graph.answer], |_, activation| {
                    answers.extend(activation.try_into_vec_as::<f32>().expect("the device answers"));
                });
            }
            answers
        };
        // How quickly a wrong answer is given says nothing, so that every pass answers for itself.
        for n in [1, 16] {
            let rgb = picture(n);
            // The first pass chooses kernels, which a person waits for once, and is not timed.
            let first = answers(&rgb);
            if expected.is_empty() {
                expected.clone_from(&first);
            }
            let off = |answer: &[f32]| match answer.len() == n * expected.len() {
                true => difference(&answer[..expected.len()], &expected),
                false => f32::INFINITY,
            };
            let mut most_off = off(&first);
            let mut secs = Vec::new();
            for _ in 0..*passes {
                let begun = Instant::now();
                let answer = answers(&rgb);
                secs.push(begun.elapsed().as_secs_f64());
                most_off = most_off.max(off(&answer));
            }
            let case = format!("{name}, {place}, batch {n}");
            if most_off > MOST_DIFFERENCE {
                table.skip(case, &format!("its answer is off by {most_off:.3} of the largest number"));
            } else {
                table.add(case, median(secs) / n as f64 * 1e3, "ms/image");
            }
        }
    }
}

/// Whatever `peers.py` finds installed.
fn peers(table: &mut Table, network: &str, files: &[&Path]) {
    let answers = match python::ask("peers.py", files) {
        Ok(answers) => answers,
        Err(why) => return table.skip("onnxruntime, OpenCV", &why),
    };
    for found in answers {
        let name = format!("{network}, {}", found["name"].as_str().unwrap_or("?"));
        match found["ms_per_image"].as_f64() {
            Some(ms) => table.add(format!("{name}, batch {}", found["batch"]), ms, "ms/image"),
            None => table.skip(name, found["skipped"].as_str().unwrap_or("no answer")),
        }
    }
}

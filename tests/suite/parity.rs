//! The forward pass against other programs: OpenCV's dnn on small networks of ours and on real SqueezeNet, torchvision on
//! thin members of its families.

mod torch;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use burn::tensor::{Device, DeviceKind, Tensor, TensorData};
use tiramisu::{
    domain::Precision,
    network::{Graph, NetworkChoice, Runner, load},
};

use crate::support::skipped;
use crate::support::{shared, tensors::read_tensors};

/// The share of a layer's largest magnitude by which a value may differ.
const TOLERANCE: f32 = 1e-3;
/// The same for half precision, whose numbers are rounded to one in 2,048 at every layer.
const HALF_TOLERANCE: f32 = 1e-2;

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe").join(name)
}

/// A GPU, if the person who runs the tests says that it may be used: software adapters can crash the process.
fn gpu() -> Option<Device> {
    if std::env::var_os("TIRAMISU_TEST_GPU").is_none_or(|value| value != "1") {
        skipped!("on the GPU: set TIRAMISU_TEST_GPU=1 where a Vulkan adapter other than lavapipe is installed");
        return None;
    }
    Some(Device::wgpu(DeviceKind::DefaultDevice))
}

/// Runs the file's input through the network and compares every layer of the file; returns how many there were.
fn compare(graph: Graph, reference: &Path, device: &Device) -> usize {
    let (compared, worst) = compare_in(Precision::Single, graph, reference, device);
    assert!(worst <= TOLERANCE, "{worst}");
    compared
}

/// As [`compare`]; returns also how far off the worst value was, as a share of its layer's largest.
fn compare_in(precision: Precision, graph: Graph, reference: &Path, device: &Device) -> (usize, f32) {
    let mut tensors = read_tensors(reference);
    let (shape, input) = tensors.remove("input").unwrap();
    let batch = Tensor::<4>::from_data(TensorData::new(input, shape), device);
    let graph = Arc::new(graph);
    let runner = Runner::with_precision(graph.clone(), device, precision).unwrap();
    let tolerance = if precision == Precision::Half { HALF_TOLERANCE } else { TOLERANCE };
    let layers = graph.layers();
    let wanted: Vec<usize> =
        tensors.keys().map(|name| graph.layer_named(name).unwrap_or_else(|| panic!("no layer {name}"))).collect();
    let mut compared = 0;
    let mut worst = (0.0f32, String::new());
    runner.forward(batch, &wanted, |layer, activation| {
        let name = &layers[layer].name;
        let (shape, expected) = &tensors[name];
        let [n, c, h, w] = activation.dims();
        assert_eq!([c, h, w], layers[layer].shape, "declared shape of {name}");
        assert_eq!(
            [n, c, h, w].iter().rev().skip_while(|dim| **dim == 1).collect::<Vec<_>>(),
            shape.iter().rev().skip_while(|dim| **dim == 1).collect::<Vec<_>>(),
            "shape of {name}"
        );
        let actual: Vec<f32> = activation.try_into_vec_as().unwrap();
        let largest = expected.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
        assert!(largest > 0.0, "{name} is all zeros and would prove nothing");
        for (actual, expected) in actual.iter().zip(expected) {
            let off = (actual - expected).abs() / largest;
            assert!(off <= tolerance, "{name}: {actual} instead of {expected}, largest {largest}");
            if off > worst.0 {
                worst = (off, name.clone());
            }
        }
        compared += 1;
    });
    assert_eq!(compared, tensors.len());
    eprintln!("{}: {compared} layers, worst {:.1e} of the largest at {}", graph.name, worst.0, worst.1);
    (compared, worst.0)
}

fn small(name: &str) -> Graph {
    load(&NetworkChoice::from_file(&golden(&format!("{name}.prototxt"))).unwrap()).unwrap()
}

fn compare_small(name: &str, device: &Device) {
    compare(small(name), &golden(&format!("{name}.safetensors")), device);
}

#[test]
fn windows_of_every_form_agree_with_opencv() {
    compare_small("windows", &Device::flex());
}

#[test]
fn pooling_rounds_up_and_cuts_windows_as_opencv_does() {
    compare_small("pools", &Device::flex());
}

#[test]
fn residual_blocks_and_classifiers_agree_with_opencv() {
    compare_small("residual", &Device::flex());
}

#[test]
fn the_format_before_agrees_with_opencv() {
    compare_small("old", &Device::flex());
}

#[test]
fn functions_of_one_number_agree_with_opencv() {
    compare_small("functions", &Device::flex());
}

#[test]
fn what_cuts_turns_and_joins_agrees_with_opencv() {
    compare_small("shapes", &Device::flex());
}

#[test]
fn small_networks_agree_with_opencv_on_the_gpu() {
    let Some(device) = gpu() else { return };
    for name in ["windows", "pools", "residual", "old", "functions", "shapes"] {
        compare_small(name, &device);
    }
}

/// The processor has no arithmetic in half precision and rounds to it where a GPU would: the same conversions, and numbers
/// as coarse.
#[test]
fn half_precision_agrees_with_opencv_but_for_its_rounding() {
    for name in ["windows", "pools", "residual", "old", "functions", "shapes"] {
        let reference = golden(&format!("{name}.safetensors"));
        let (_, worst) = compare_in(Precision::Half, small(name), &reference, &Device::flex());
        assert!(worst > 1e-5, "{name} was not rounded: {worst}");
    }
}

#[test]
fn half_precision_agrees_with_opencv_on_the_gpu() {
    let Some((graph, reference)) = squeezenet() else { return };
    let Some(device) = gpu() else { return };
    if !device.supports_dtype(burn::tensor::FloatDType::F16) {
        skipped!("this GPU has no half precision");
        return;
    }
    for name in ["windows", "pools", "residual", "old", "functions", "shapes"] {
        compare_in(Precision::Half, small(name), &golden(&format!("{name}.safetensors")), &device);
    }
    let (layers, _) = compare_in(Precision::Half, graph, &reference, &device);
    assert_eq!(layers, 33);
}

/// Compares a published network of full size; `tests/python/parity_caffe.py` makes the files, one network after the other,
/// and runs this.
#[test]
fn a_caffe_network_of_full_size_agrees_with_opencv() {
    let Some(folder) = std::env::var_os("TIRAMISU_PARITY_CAFFE").map(PathBuf::from) else {
        skipped!("run tests/python/parity_caffe.py");
        return;
    };
    let graph = load(&NetworkChoice::from_file(&folder.join("network.prototxt")).unwrap()).unwrap();
    compare(graph, &folder.join("expected.safetensors"), &Device::flex());
}

/// SqueezeNet v1.0 and its recorded activations.
fn squeezenet() -> Option<(Graph, PathBuf)> {
    let models = shared("models")?;
    let reference = shared("reference")?;
    let choice = NetworkChoice::from_file(&models.join("squeezenet_v1.0.caffemodel")).unwrap();
    Some((load(&choice).unwrap(), reference.join("squeezenet_v1.0_activations.safetensors")))
}

#[test]
fn squeezenet_agrees_with_opencv_at_every_recorded_layer() {
    let Some((graph, reference)) = squeezenet() else { return };
    assert_eq!(compare(graph, &reference, &Device::flex()), 33);
}

#[test]
fn squeezenet_agrees_with_opencv_on_the_gpu() {
    let Some((graph, reference)) = squeezenet() else { return };
    let Some(device) = gpu() else { return };
    assert_eq!(compare(graph, &reference, &device), 33);
}

#[test]
fn squeezenet_names_the_dalmatian() {
    let Some((graph, reference)) = squeezenet() else { return };
    let (shape, input) = read_tensors(&reference).remove("input").unwrap();
    let device = Device::flex();
    let labels = graph.labels.clone().expect("1,000 names lie beside the weights");
    let (class_layer, scale) = (graph.class_layer().expect("the network has labels"), graph.class_scale());
    let runner = Runner::new(Arc::new(graph), &device).unwrap();
    let mut scores = Vec::new();
    runner.forward(Tensor::from_data(TensorData::new(input, shape), &device), &[class_layer], |_, activation| {
        scores = tiramisu::features::class_scores(activation, scale, &labels, 5).unwrap();
    });
    assert_eq!(scores[0].len(), 5);
    assert!(scores[0][0].name.starts_with("dalmatian"), "{:?}", scores[0]);
    assert!(scores[0][0].probability > 0.5, "{:?}", scores[0]);
}

/// A processor without the instructions that are taken here runs convolutions in another way; so does this one when it is
/// told to, and everything must agree there, too.
#[test]
fn what_agrees_here_agrees_on_processors_without_our_instructions() {
    const MOST: &str = "TIRAMISU_INSTRUCTIONS";
    if std::env::var_os(MOST).is_some() {
        return;
    }
    let suite = std::env::current_exe().expect("the running tests");
    let again = std::process::Command::new(suite)
        .args(["parity::", "--skip", "on_the_gpu"])
        .env(MOST, "plain")
        .output()
        .expect("the tests start");
    let told = String::from_utf8_lossy(&again.stdout);
    assert!(again.status.success() && !told.contains(" 0 passed"), "{told}");
}

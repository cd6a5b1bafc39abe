//! Networks: chosen, read, run, and refused when their files are wrong.

mod analytic;
mod bad_files;
mod bottlenecks;
mod builtin;
mod choosing;
mod class_names;
mod fingerprints;
mod formulas;
mod hostile;
mod joins;
mod layer_titles;
mod layers;
mod lined;
mod memory;
mod pooling;
mod preparing;
mod pytorch;
mod residuals;
mod running;
mod vectors;
mod whoever_looks;
mod zoo;

use std::{
    fs,
    path::{Path, PathBuf},
};

use tempfile::TempDir;
use tiramisu::network::{Graph, NetworkChoice, NetworkError, load};

/// A small network of `tests/golden/caffe`.
fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/caffe").join(file)
}

fn load_golden(name: &str) -> Graph {
    load(&NetworkChoice::from_file(&golden(&format!("{name}.prototxt"))).unwrap()).unwrap()
}

/// A folder of the test's own with the two files of a network in it.
struct Files {
    folder: TempDir,
}

impl Files {
    /// With this description and these weights.
    fn new(prototxt: impl AsRef<[u8]>, caffemodel: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("net.prototxt"), prototxt).unwrap();
        fs::write(folder.path().join("net.caffemodel"), caffemodel).unwrap();
        Self { folder }
    }

    /// A copy of a golden network.
    fn copy_of(name: &str) -> Self {
        let read = |ending: &str| fs::read(golden(&format!("{name}.{ending}"))).unwrap();
        Self::new(read("prototxt"), read("caffemodel"))
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join(file)
    }

    fn write(&self, file: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(file), content).unwrap();
    }

    fn load(&self) -> Result<Graph, NetworkError> {
        load(&NetworkChoice::from_file(&self.path("net.prototxt"))?)
    }

    /// The message with which the network is refused.
    fn refusal(&self) -> String {
        let message = self.load().expect_err("this network must be refused").to_string();
        eprintln!("{message}");
        message
    }
}

/// Writes the few messages of Caffe's binary format that the tests need.
mod wire {
    pub fn varint(mut value: u64) -> Vec<u8> {
        let mut bytes = Vec::new();
        while value >= 0x80 {
            bytes.push(value as u8 | 0x80);
            value >>= 7;
        }
        bytes.push(value as u8);
        bytes
    }

    /// A field with a length: text, a message, packed numbers.
    pub fn field(number: u64, content: &[u8]) -> Vec<u8> {
        [varint(number << 3 | 2), varint(content.len() as u64), content.to_vec()].concat()
    }

    /// A blob that declares `shape` and holds `values`.
    pub fn blob(shape: &[u64], values: &[f32]) -> Vec<u8> {
        let dims: Vec<u8> = shape.iter().flat_map(|dim| varint(*dim)).collect();
        let data: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        [field(7, &field(1, &dims)), field(5, &data)].concat()
    }

    /// A layer of a network with its blobs.
    pub fn layer(name: &str, blobs: &[Vec<u8>]) -> Vec<u8> {
        let blobs: Vec<u8> = blobs.iter().flat_map(|blob| field(7, blob)).collect();
        field(100, &[field(1, name.as_bytes()), blobs].concat())
    }
}

/// A description that takes 3 x 8 x 8 and has these layers.
fn describe(layers: &str) -> String {
    format!("input: \"data\" input_shape {{ dim: 1 dim: 3 dim: 8 dim: 8 }}\n{layers}")
}

/// A 1 x 1 convolution named `conv` from `data`, with two outputs.
const CONV: &str = r#"layer { name: "conv" type: "Convolution" bottom: "data" top: "conv"
    convolution_param { num_output: 2 kernel_size: 1 } }
"#;

/// The weights of [`CONV`].
fn conv_weights() -> Vec<u8> {
    wire::layer("conv", &[wire::blob(&[2, 3, 1, 1], &[1.0, 0.0, 0.0, 0.0, -1.0, 0.5]), wire::blob(&[2], &[0.0, 1.0])])
}

#[test]
fn a_small_network_is_read_as_it_is_written() {
    let graph = Files::new(describe(CONV), conv_weights()).load().unwrap();
    assert_eq!(graph.input, [3, 8, 8]);
    assert_eq!((graph.preprocessing.width, graph.preprocessing.height), (8, 8));
    let layers = graph.layers();
    assert_eq!(layers.len(), 1);
    assert_eq!((layers[0].name.as_str(), layers[0].kind.as_str()), ("conv", "Convolution"));
    assert_eq!(layers[0].shape, [2, 8, 8]);
    assert_eq!(layers[0].parameter_count, 2 * 3 + 2);
}

#[test]
fn layers_that_work_in_place_are_layers_of_their_own() {
    let names: Vec<_> = load_golden("old").layers().into_iter().map(|layer| layer.name).collect();
    assert_eq!(names, ["conv1", "relu1", "norm1", "pool1", "conv2", "concat", "fc", "drop", "prob"]);
}

#[test]
fn what_is_stored_is_the_value_after_the_activation() {
    let stored = |name: &str| -> Vec<String> {
        load_golden(name).layers().into_iter().filter(|l| l.stored_by_default).map(|l| l.name).collect()
    };
    // conv1 → bn1 → scale1 → relu1; conv2 → bn2 → scale2, which three layers take; fc1 → relu_fc1; fc2 → softmax.
    assert_eq!(stored("residual"), ["relu1", "scale2", "relu_fc1", "fc2"]);
    // `depthwise` goes to two layers, so no activation stands in for it.
    assert_eq!(stored("windows"), ["relu1", "leaky", "one", "three", "concat", "depthwise"]);
    assert_eq!(stored("pools"), Vec::<String>::new());
}

#[test]
fn layers_of_the_training_phase_are_left_out() {
    let layers = r#"
        layer { name: "train" type: "Dropout" bottom: "data" top: "x" include { phase: TRAIN } }
        layer { name: "same" type: "ReLU" bottom: "data" top: "y" exclude { phase: TEST } }
        layer { name: "same" type: "TanH" bottom: "data" top: "y" include { phase: TEST } }
        layer { name: "staged" type: "ReLU" bottom: "y" top: "z" include { stage: "other" } }"#;
    let graph = Files::new(describe(layers), conv_weights()).load().unwrap();
    let layers = graph.layers();
    assert_eq!(layers.len(), 1);
    assert_eq!((layers[0].name.as_str(), layers[0].kind.as_str()), ("same", "TanH"));
}

#[test]
fn names_are_made_unique_also_as_columns() {
    let layers = r#"
        layer { name: "a/b" type: "ReLU" bottom: "data" top: "x" }
        layer { name: "a_b" type: "ReLU" bottom: "x" top: "y" }
        layer { name: "A/B" type: "ReLU" bottom: "y" top: "z" }
        layer { type: "ReLU" bottom: "z" top: "w" }"#;
    let graph = Files::new(describe(layers), conv_weights()).load().unwrap();
    let names: Vec<_> = graph.layers().into_iter().map(|layer| layer.name).collect();
    assert_eq!(names, ["a/b", "a_b_2", "A/B_3", "relu4"]);
}

#[test]
fn a_fingerprint_follows_weights_structure_and_preprocessing() {
    let files = Files::copy_of("windows");
    let original = files.load().unwrap();
    assert_eq!(original.fingerprint(), files.load().unwrap().fingerprint());
    assert_eq!(original.fingerprint().len(), 16);

    let mut other = original.clone();
    other.preprocessing.mean[1] += 1.0;
    assert_ne!(original.fingerprint(), other.fingerprint());

    let with_bias = |bias: f32| {
        let kernel = wire::blob(&[2, 3, 1, 1], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let weights = wire::layer("conv", &[kernel, wire::blob(&[2], &[0.0, bias])]);
        Files::new(describe(CONV), weights).load().unwrap().fingerprint()
    };
    assert_eq!(with_bias(1.0), with_bias(1.0));
    assert_ne!(with_bias(1.0), with_bias(1.0f32.next_up()));

    let text = fs::read_to_string(files.path("net.prototxt")).unwrap().replace("alpha: 0.9", "alpha: 0.8");
    let files = Files::new(text, fs::read(golden("windows.caffemodel")).unwrap());
    assert_ne!(original.fingerprint(), files.load().unwrap().fingerprint());
}

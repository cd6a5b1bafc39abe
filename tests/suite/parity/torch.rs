//! The forward pass against torchvision's, on thin members of its families.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use burn::tensor::{Device, Tensor, TensorData};
use tiramisu::network::{Graph, NetworkChoice, Runner, load};

use super::{TOLERANCE, gpu};
use crate::support::skipped;
use crate::support::tensors::read_tensors;

pub fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/torch").join(file)
}

fn network(file: &str) -> Graph {
    load(&NetworkChoice::from_file(&golden(file)).unwrap()).unwrap()
}

/// The picture of `make.py`.
///
/// # Shapes
/// Returns `[1, 3, side, side]`.
fn picture(side: usize, device: &Device) -> Tensor<4> {
    let number = |place: u64| ((place * 2_654_435_761) & 0xffff_ffff) as f64 / f64::from(1u32 << 31) - 1.0;
    let numbers: Vec<f32> = (0..3 * side * side).map(|place| number(place as u64) as f32).collect();
    Tensor::from_data(TensorData::new(numbers, [1, 3, side, side]), device)
}

/// What torchvision computed: for each layer its name, its largest magnitude, and values from its first to its last.
fn expected(name: &str) -> Vec<(String, f32, Vec<f32>)> {
    let path = golden(&format!("{name}.expected.safetensors"));
    let bytes = fs::read(&path).unwrap();
    let names = safetensors::SafeTensors::deserialize(&bytes).unwrap().tensor("names").unwrap().data().to_vec();
    let names = String::from_utf8(names).unwrap();
    let (shape, samples) = read_tensors(&path).remove("samples").unwrap();
    names
        .lines()
        .zip(samples.chunks(shape[1]))
        .map(|(name, row)| (name.to_owned(), row[0], row[1..].to_vec()))
        .collect()
}

/// Compares every layer that torchvision has as a module, and returns how many there were.
fn compare(file: &str, title: &str, device: &Device) {
    let graph = network(file);
    assert_eq!(graph.name, title);
    let expected = expected(file.split_once('.').unwrap().0);
    let find = |(name, ..): &(String, f32, Vec<f32>)| {
        graph.layer_named(name).unwrap_or_else(|| panic!("no layer {name} among {:?}", names(&graph)))
    };
    let wanted: Vec<usize> = expected.iter().map(find).collect();
    assert!(expected.len() > graph.nodes.len() / 2, "{} layers of {}", expected.len(), graph.nodes.len());
    let picture = picture(graph.input[1], device);
    let runner = Runner::new(Arc::new(graph), device).unwrap();
    let (mut compared, mut worst) = (0, (0.0f32, ""));
    runner.forward(picture, &wanted, |layer, activation| {
        let (name, largest, samples) = &expected[wanted.iter().position(|other| *other == layer).unwrap()];
        let actual: Vec<f32> = activation.try_into_vec_as().unwrap();
        let magnitude = actual.iter().fold(0.0f32, |largest, value| largest.max(value.abs()));
        assert!((magnitude - largest).abs() <= TOLERANCE * largest, "{name}: largest {magnitude} instead of {largest}");
        for (index, expected) in samples.iter().enumerate() {
            let place = index * (actual.len() - 1) / (samples.len() - 1);
            let off = (actual[place] - expected).abs() / largest;
            assert!(off <= TOLERANCE, "{name} at {place}: {} instead of {expected}, largest {largest}", actual[place]);
            if off > worst.0 {
                worst = (off, name);
            }
        }
        compared += 1;
    });
    assert_eq!(compared, expected.len());
    eprintln!("{title}: {compared} layers, worst {:.1e} of the largest at {}", worst.0, worst.1);
}

fn names(graph: &Graph) -> Vec<&str> {
    graph.nodes.iter().map(|node| node.name.as_str()).collect()
}

/// One thin member of every family, and the name by which it should be recognised. `tests/python/parity_torch.py` compares them in
/// full.
const MEMBERS: [(&str, &str); 19] = [
    ("alexnet.pth", "AlexNet"),
    ("vgg11_bn.pth", "VGG-11 with batch normalisation"),
    ("googlenet.safetensors", "GoogLeNet"),
    ("inception_v3.pth", "Inception v3"),
    ("squeezenet1_0.pth", "SqueezeNet 1.0"),
    ("squeezenet1_1.safetensors", "SqueezeNet 1.1"),
    ("resnet18.pth", "ResNet-18"),
    ("resnext.pth", "ResNeXt-17 2x4d"),
    ("densenet.pth", "DenseNet-23"),
    ("mobilenet_v2.pth", "MobileNet v2"),
    ("mobilenet_v3_large.safetensors", "MobileNet v3 large"),
    ("mobilenet_v3_small.pth", "MobileNet v3 small"),
    ("mnasnet.pth", "MNASNet"),
    ("shufflenet.pth", "ShuffleNet v2"),
    ("efficientnet_b0.pth", "EfficientNet"),
    ("efficientnet_v2.pth", "EfficientNet"),
    ("convnext.pth", "ConvNeXt"),
    ("regnet_x.pth", "RegNet X"),
    ("regnet_y.safetensors", "RegNet Y"),
];

#[test]
fn every_family_agrees_with_torchvision_at_every_module() {
    let wrong: Vec<&str> = MEMBERS
        .iter()
        .filter(|(file, title)| std::panic::catch_unwind(|| compare(file, title, &Device::flex())).is_err())
        .map(|(file, _)| *file)
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn every_family_agrees_with_torchvision_on_the_gpu() {
    let Some(device) = gpu() else { return };
    for (file, title) in MEMBERS {
        compare(file, title, &device);
    }
}

/// Compares a network of full size with every number of every module, and prints a line; `tests/python/parity_torch.py`
/// makes the files, one network after the other, and runs this.
#[test]
fn a_network_of_full_size_agrees_with_torchvision() {
    let Some(folder) = std::env::var_os("TIRAMISU_PARITY_TORCH").map(PathBuf::from) else {
        skipped!("run tests/python/parity_torch.py");
        return;
    };
    let weights =
        ["network.pth", "network.safetensors"].map(|file| folder.join(file)).into_iter().find(|p| p.is_file());
    let graph = load(&NetworkChoice::from_file(&weights.unwrap()).unwrap()).unwrap();
    super::compare(graph, &folder.join("expected.safetensors"), &Device::flex());
}

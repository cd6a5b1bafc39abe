//! PyTorch's files: what is recognised, and what is said of what is not.

use std::{collections::BTreeMap, fs, path::Path};

use safetensors::{Dtype, tensor::TensorView};
use tempfile::TempDir;
use tiramisu::{
    domain::{Fit, Interpolation},
    network::{Graph, NetworkChoice, NetworkError, load},
};

fn golden(file: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/torch").join(file)
}

fn read(path: &Path) -> Result<Graph, NetworkError> {
    load(&NetworkChoice::from_file(path)?)
}

/// A safetensors file of the test's own.
struct File {
    folder: TempDir,
    tensors: BTreeMap<String, (Dtype, Vec<usize>, Vec<u8>)>,
}

impl File {
    /// All tensors of a golden file.
    fn copy_of(name: &str) -> Self {
        let bytes = fs::read(golden(name)).unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let own = |view: &TensorView| (view.dtype(), view.shape().to_vec(), view.data().to_vec());
        let tensors = tensors.iter().map(|(name, view)| (name.to_owned(), own(&view))).collect();
        Self { folder: TempDir::new().unwrap(), tensors }
    }

    /// Zeros of these names and shapes.
    fn of(tensors: &[(&str, &[usize])]) -> Self {
        let zeros = |shape: &[usize]| (Dtype::F32, shape.to_vec(), vec![0; 4 * shape.iter().product::<usize>()]);
        let tensors = tensors.iter().map(|(name, shape)| ((*name).to_owned(), zeros(shape))).collect();
        Self { folder: TempDir::new().unwrap(), tensors }
    }

    fn read(&self) -> Result<Graph, NetworkError> {
        let path = self.folder.path().join("network.safetensors");
        let views = self
            .tensors
            .iter()
            .map(|(name, (dtype, shape, data))| (name.as_str(), TensorView::new(*dtype, shape.clone(), data).unwrap()));
        fs::write(&path, safetensors::serialize(views, None).unwrap()).unwrap();
        read(&path)
    }

    fn refusal(&self) -> String {
        let message = self.read().expect_err("this file must be refused").to_string();
        eprintln!("{message}");
        message
    }
}

#[test]
fn what_a_file_is_its_first_bytes_say_and_not_its_ending() {
    let folder = TempDir::new().unwrap();
    for (file, ending) in [("squeezenet1_1.safetensors", "pth"), ("squeezenet1_0.pth", "safetensors")] {
        let path = folder.path().join(format!("network.{ending}"));
        fs::copy(golden(file), &path).unwrap();
        assert_eq!(read(&path).unwrap().nodes.len(), read(&golden(file)).unwrap().nodes.len(), "{file} as .{ending}");
    }
}

#[test]
fn a_prefix_before_every_name_does_not_matter() {
    let mut file = File::copy_of("squeezenet1_1.safetensors");
    let plain = file.read().unwrap();
    for prefix in ["module.", "model.", "state_dict.module.backbone."] {
        let tensors = std::mem::take(&mut file.tensors);
        let renamed = File {
            folder: TempDir::new().unwrap(),
            tensors: tensors.iter().map(|(name, tensor)| (format!("{prefix}{name}"), tensor.clone())).collect(),
        };
        let graph = renamed.read().unwrap();
        assert_eq!(graph.fingerprint(), plain.fingerprint(), "{prefix}");
        file.tensors = tensors;
    }
    assert_eq!(plain.nodes[0].name, "features.0");
    assert!(plain.about.contains("SqueezeNet 1.1"), "{}", plain.about);
}

#[test]
fn what_lies_beside_the_network_in_its_file_is_passed_over() {
    let mut file = File::copy_of("squeezenet1_1.safetensors");
    file.tensors = file.tensors.into_iter().map(|(name, tensor)| (format!("model.{name}"), tensor)).collect();
    file.tensors.insert("optimizer.state.0.momentum".to_owned(), (Dtype::F32, vec![2], vec![0; 8]));
    file.read().unwrap();
}

#[test]
fn a_tensor_that_has_no_place_means_another_network() {
    let mut file = File::copy_of("squeezenet1_1.safetensors");
    file.tensors.insert("features.4.attention.weight".to_owned(), (Dtype::F32, vec![2], vec![0; 8]));
    let message = file.refusal();
    assert!(message.contains("SqueezeNet 1.1") && message.contains("`features.4.attention.weight`"), "{message}");
    assert!(message.contains("torch.onnx.export") && message.ends_with("network.safetensors"), "{message}");
}

#[test]
fn a_tensor_that_is_missing_is_named_with_its_layer() {
    let mut file = File::copy_of("squeezenet1_1.safetensors");
    file.tensors.remove("features.6.expand3x3.weight").unwrap();
    let message = file.refusal();
    assert!(message.contains("layer `features.6.expand3x3`"), "{message}");
    assert!(message.contains("no tensor `features.6.expand3x3.weight`"), "{message}");
}

#[test]
fn a_tensor_of_another_shape_is_refused_with_both_shapes() {
    let mut file = File::copy_of("squeezenet1_1.safetensors");
    let (dtype, shape, _) = file.tensors["features.3.squeeze.weight"].clone();
    let wrong = vec![shape[0], shape[1] + 1, 1, 1];
    let data = vec![0; 4 * wrong.iter().product::<usize>()];
    file.tensors.insert("features.3.squeeze.weight".to_owned(), (dtype, wrong, data));
    let message = file.refusal();
    assert!(message.contains("features.3.squeeze"), "{message}");
}

#[test]
fn an_unknown_architecture_gets_the_nearest_and_the_way_out() {
    let message = File::of(&[("encoder.weight", &[2, 2]), ("decoder.weight", &[2, 2])]).refusal();
    assert!(message.contains("`decoder.weight`") && message.contains("torch.onnx.export"), "{message}");
    assert!(message.contains("ResNet") && message.contains("ConvNeXt"), "{message}");
    let almost =
        [("m.layer1.0.conv1.weight", &[4, 4, 3, 3][..]), ("m.layer1.0.bn1.weight", &[4]), ("m.bn1.weight", &[4])];
    let message = File::of(&almost).refusal();
    assert!(message.contains("most like ResNet") && message.contains("`m.layer4.0.conv1.weight`"), "{message}");
}

#[test]
fn files_that_hold_no_tensors_are_refused() {
    let folder = TempDir::new().unwrap();
    for (name, content) in [
        ("empty.pth", &b""[..]),
        ("page.pth", b"<html><body>404 Not Found</body></html>"),
        ("page.safetensors", b"<html><body>404 Not Found</body></html>"),
        ("empty.safetensors", b"\x02\0\0\0\0\0\0\0{}"),
        ("long.safetensors", b"\xff\xff\xff\xff\xff\xff\xff\x7f{}"),
        // A pickle that would call a function.
        ("calls.pt", b"\x80\x02cposix\nsystem\nq\x00X\x04\x00\x00\x00trueq\x01\x85q\x02Rq\x03."),
    ] {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        let message = read(&path).expect_err(name).to_string();
        assert!(message.ends_with(name), "{message}");
    }
}

#[test]
fn pictures_are_prepared_as_torchvision_does() {
    let plain = read(&golden("resnet18.pth")).unwrap().preprocessing;
    assert_eq!((plain.width, plain.height, plain.fit), (224, 224, Fit::Crop { shorter_px: 256 }));
    assert_eq!(plain.interpolation, Interpolation::BilinearAntialiased);
    assert_eq!(plain.deviation, [58.395, 57.12, 57.375], "255 times .229, .224 and .225, as others write them");
    let inception = read(&golden("inception_v3.pth")).unwrap().preprocessing;
    assert_eq!((inception.width, inception.fit), (299, Fit::Crop { shorter_px: 342 }));
    // torchvision turns ImageNet's colours into these with a first step of the network's own.
    assert_eq!((inception.mean, inception.deviation), ([127.5; 3], [127.5; 3]));
    let efficient = read(&golden("efficientnet_b0.pth")).unwrap().preprocessing;
    assert_eq!(efficient.interpolation, Interpolation::BicubicAntialiased);
}

#[test]
fn class_names_beside_the_weights_are_taken() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("network.safetensors");
    fs::copy(golden("squeezenet1_1.safetensors"), &path).unwrap();
    assert_eq!(read(&path).unwrap().labels, None);
    fs::write(folder.path().join("labels.txt"), "a\nb\nc\nd\ne\nf\ng\n").unwrap();
    let graph = read(&path).unwrap();
    assert_eq!(graph.labels.as_deref().map(<[String]>::len), Some(7));
    assert_eq!(graph.layers()[graph.class_layer().unwrap()].name, "classifier.3");
}

#[test]
fn a_network_cut_off_before_its_classes_still_runs() {
    let mut file = File::copy_of("regnet_y.safetensors");
    for part in ["fc.weight", "fc.bias"] {
        file.tensors.remove(part).unwrap();
    }
    let graph = file.read().unwrap();
    assert_eq!((graph.name.as_str(), graph.nodes.last().unwrap().name.as_str()), ("RegNet Y", "avgpool"));
}

#[test]
fn a_part_of_a_larger_network_is_not_taken_for_the_whole() {
    let mut file = File::copy_of("regnet_y.safetensors");
    file.tensors.retain(|name, _| !name.starts_with("fc."));
    file.tensors = file.tensors.into_iter().map(|(name, tensor)| (format!("backbone.{name}"), tensor)).collect();
    file.read().unwrap();
    file.tensors.insert("decoder.weight".to_owned(), (Dtype::F32, vec![2], vec![0; 8]));
    let message = file.refusal();
    assert!(message.contains("RegNet Y") && message.contains("part of a larger network"), "{message}");
}

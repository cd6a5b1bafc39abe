//! What layers are called where people read.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use tiramisu::domain::{Layer, LayerTitles};
use tiramisu::network::{NetworkChoice, load};

fn layers(file: &Path) -> Vec<Layer> {
    load(&NetworkChoice::from_file(file).unwrap()).unwrap().layers()
}

fn golden(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file)
}

/// Every network among the golden files.
fn networks() -> Vec<PathBuf> {
    let folders = ["caffe", "onnx", "torch"].map(golden);
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap().flatten());
    let is_network = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_weights = name.contains("expected") || path.parent() != Some(&golden("torch"));
        [".prototxt", ".onnx", ".pth"].iter().any(|ending| name.ends_with(ending))
            || (name.ends_with(".safetensors") && !is_weights)
    };
    files.map(|file| file.path()).filter(is_network).collect()
}

#[test]
fn blocks_parts_and_layers_by_themselves_have_the_numbers_of_the_file_and_say_what_they_are() {
    for (file, expected) in [
        (
            "torch/squeezenet1_0.pth",
            &[
                ("features.0", "conv 1 · 6 channels"),
                ("features.1", "conv 1 ReLU · 6 channels"),
                ("features.2", "pool 1 · 6 channels"),
                ("features.3.squeeze", "block 3 squeeze · 1 channel"),
                ("features.3.squeeze_activation", "block 3 squeeze ReLU · 1 channel"),
                ("features.3.expand3x3_activation", "block 3 expand 3×3 ReLU · 4 channels"),
                ("features.12.concat", "block 12 · 32 channels"),
            ][..],
        ),
        (
            "torch/resnet18.pth",
            &[
                ("conv1", "conv 1 · 2 channels"),
                ("bn1", "norm 1 · 2 channels"),
                ("layer1.0.conv1", "block 1.0 conv 1 · 2 channels"),
                ("layer2.0.downsample.0", "block 2.0 downsample conv · 4 channels"),
                ("layer2.0.relu_2", "block 2.0 · 4 channels"),
            ],
        ),
        ("torch/googlenet.safetensors", &[("inception3a.concat", "inception 3a · 16 channels")]),
        (
            "torch/inception_v3.pth",
            &[("Conv2d_1a_3x3.relu", "conv 1a 3×3 · 1 channel"), ("Mixed_5b.concat", "mixed 5b · 8 channels")],
        ),
        ("torch/regnet_y.safetensors", &[("trunk_output.block1.block1-0.activation", "block 1.0 · 4 channels")]),
        ("torch/densenet.pth", &[("features.denseblock1.denselayer2.conv2", "dense block 1.2 · 2 channels")]),
        ("onnx/classic.onnx", &[("features.0/Conv", "conv 1 · 8 channels"), ("relu1", "ReLU 1 · 8 channels")]),
        ("caffe/residual.prototxt", &[("conv1", "conv 1 · 6 channels"), ("relu_fc1", "ReLU fc 1 · 10 channels")]),
    ] {
        let layers = layers(&golden(file));
        let titles = LayerTitles::of(&layers);
        for (name, title) in expected {
            let place = layers.iter().position(|layer| layer.name == *name);
            let place = place.unwrap_or_else(|| panic!("{file} has no {name}"));
            assert_eq!(titles.title(place), *title, "{file}: {name}");
            assert!(title.starts_with(titles.of_name(name)), "{file}: {name}");
        }
    }
}

#[test]
fn no_two_layers_of_a_network_are_called_the_same_and_all_names_are_short() {
    let networks = networks();
    assert!(networks.len() > 30, "{networks:?}");
    for file in networks {
        let layers = layers(&file);
        let titles = LayerTitles::of(&layers);
        let names: Vec<&str> = (0..layers.len()).map(|layer| titles.name(layer)).collect();
        let different: HashSet<&&str> = names.iter().collect();
        assert_eq!(different.len(), layers.len(), "{}: {names:?}", file.display());
        let is_short = |name: &&str| (1..=44).contains(&name.chars().count());
        assert!(names.iter().all(is_short), "{}: {names:?}", file.display());
    }
}

#[test]
fn whatever_layers_are_called_their_titles_differ() {
    let layer = |name: &str, kind: &str| Layer {
        name: name.into(),
        kind: kind.into(),
        shape: [3, 1, 1],
        parameter_count: 0,
        inputs: vec![None],
        multiplications: 0,
        stored_by_default: false,
    };
    let long = "an_operator_whose_name_has_the_whole_way_through_a_program_in_it";
    let names =
        ["", "/", "1", "1.0", "conv 1", "conv1", "conv_1", "CONV.1", "conv 1 (2)", long, "ребро", "層 1", "features.0"];
    let layers: Vec<Layer> = names.iter().map(|name| layer(name, "Conv")).collect();
    let titles = LayerTitles::of(&layers);
    let titles: HashSet<&str> = (0..layers.len()).map(|layer| titles.title(layer)).collect();
    assert_eq!(titles.len(), layers.len(), "{titles:?}");
    assert!(titles.iter().all(|title| title.chars().count() < 60 && !title.starts_with(' ')), "{titles:?}");
    assert_eq!(LayerTitles::of(&[]), LayerTitles::default());
    assert_eq!(LayerTitles::default().of_name("conv1"), "conv1", "of no network it is the name itself");
}

#[test]
fn in_little_room_a_block_stands_above_its_part_and_both_are_the_name() {
    let layers = layers(&golden("torch/squeezenet1_0.pth"));
    let titles = LayerTitles::of(&layers);
    let parts = |name: &str| {
        let layer = layers.iter().position(|layer| layer.name == name).expect("a layer");
        titles.block_and_part(layer)
    };
    assert_eq!(parts("features.3.expand3x3_activation"), ("block 3", "expand 3×3 ReLU"));
    assert_eq!(parts("features.12.concat"), ("block 12", ""), "what a block gives is the block");
    assert_eq!(parts("features.0"), ("conv 1", ""));
    assert_eq!(titles.block_and_part(layers.len()), ("", ""));
    let kinds = |name: &str| {
        let layer = layers.iter().position(|layer| layer.name == name).expect("a layer");
        titles.part_and_kind(layer)
    };
    assert_eq!(kinds("features.3.expand3x3_activation"), ("expand 3×3", "ReLU"));
    assert_eq!(kinds("features.3.expand3x3"), ("expand 3×3", ""), "what it does is not said twice");
    assert_eq!(kinds("features.12.concat"), ("", ""));
    assert_eq!(titles.part_and_kind(layers.len()), ("", ""));
    for file in networks() {
        let layers = self::layers(&file);
        let titles = LayerTitles::of(&layers);
        for layer in 0..layers.len() {
            let (block, part) = titles.block_and_part(layer);
            let whole = if part.is_empty() { block.to_owned() } else { format!("{block} {part}") };
            assert_eq!(whole, titles.name(layer), "{}", file.display());
        }
    }
}

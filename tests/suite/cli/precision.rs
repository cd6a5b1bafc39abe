//! What the verbs say of layers in single precision.

use std::path::Path;

use crate::support::command::Home;

#[test]
fn the_verbs_say_which_layers_are_in_single_precision_and_why() {
    let home = Home::new();
    let folder = home.path("pictures");
    std::fs::create_dir(&folder).expect("a folder");
    for grey in [80u8, 160, 255] {
        let path = folder.join(format!("{grey}.png"));
        image::RgbImage::from_pixel(9, 9, image::Rgb([grey; 3])).save(path).expect("a picture");
    }
    let network = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/onnx/loud.onnx");
    let (folder, network) = (folder.to_str().expect("UTF-8"), network.to_str().expect("UTF-8"));
    let extract =
        |more: &[&str]| home.run([&["extract", folder, "--network", network, "--compute", "cpu"], more].concat());
    let words = extract(&[]);
    assert_eq!(words.code, Some(0), "{words:?}");
    let sentence = "1 layer is stored in single precision, because half precision ends at 65,504: loud";
    assert!(words.stdout.lines().any(|line| line == sentence), "{words:?}");
    // Also where nothing is new.
    let told = extract(&["--json"]).good_json();
    let loud = |pooling: &str| serde_json::json!({ "layer": "loud", "pooling": pooling });
    assert_eq!(told["single_precision"], serde_json::json!([loud("average"), loud("maximum")]), "{told}");
    assert_eq!(told["problems"], serde_json::json!([]));
    let info = home.run(["info", folder]);
    assert!(info.stdout.contains(sentence) && info.stdout.contains("loud_average  (single precision)"), "{info:?}");
    let info = home.run(["info", folder, "--json"]).good_json();
    let layers = info["tables"][0]["layers"].as_array().expect("layers");
    let single: Vec<_> =
        layers.iter().filter(|layer| layer["precision"] == "single").map(|layer| &layer["layer"]).collect();
    assert_eq!(single, ["loud", "loud"], "{info}");
    let storage = home.run(["storage", folder]);
    assert!(
        storage.stdout.contains("loud_average: ") && storage.stdout.contains(", in single precision"),
        "{storage:?}"
    );
    // For whom a key-value store is: what three pictures take at each layer.
    let advised = home.run(["storage", folder, "--sizes-only", "--json"]).good_json()["key_value"].clone();
    let columns = info["tables"][0]["layers"].as_array().expect("layers");
    let width = |layer: &serde_json::Value| if layer["precision"] == "single" { 4 } else { 2 };
    let bytes: u64 = columns.iter().filter_map(|layer| Some(layer["channels"].as_u64()? * width(layer) * 3)).sum();
    assert!(bytes > 0, "{info}");
    let ratio = advised["memory_ratio"].as_f64().expect("a number");
    assert_eq!(advised["memory"], serde_json::json!((bytes as f64 * ratio) as u64), "{advised}");
    assert!(storage.stdout.contains("tiramisu_vision.redis"), "{storage:?}");
}

//! What is written for FiftyOne, which itself is seldom there: its `Dataset.from_json` took such a file, and is known to read these fields.

use std::path::Path;

use serde_json::{Value, json};

use super::{Set, text};

#[test]
fn samples_of_fiftyone_have_all_that_people_say_of_a_picture_in_fields_that_are_declared() {
    let set = Set::new();
    let images = set.images();
    let at = |place: usize| text(&images[place], "path");
    let rows: String = (0..12)
        .map(|place| format!("{},{},{}\n", at(place), ["cat", "dog"][place % 2], ["train", "val"][place / 6]))
        .collect();
    let table = set.write("labels.csv", &format!("path,label,split\n{rows}"));
    assert_eq!(set.run("import", &["--from", &table]).code, Some(0));
    set.run("tag", &["keep", "--where", "id < 3", "--json"]).good_json();
    let export = |name: &str| {
        let path = set.path(name);
        set.run("export", &["--to", &path, "--json"]).good_json();
        serde_json::from_slice::<Value>(&std::fs::read(&path).expect("a file")).expect("JSON")
    };

    let written = export("all.fiftyone.json");
    assert_eq!((&written["media_type"], &written["num_samples"]), (&json!("image"), &json!(12)));
    let samples = written["samples"].as_array().expect("a list");
    assert_eq!(samples.len(), 12);
    let of_labels = |kind: &str| format!("fiftyone.core.fields.EmbeddedDocumentField(fiftyone.core.labels.{kind})");
    assert_eq!(written["sample_fields"]["ground_truth"], of_labels("Classification"));
    assert!(written["sample_fields"].get("detections").is_none(), "nobody drew a box: {written}");
    for (place, sample) in samples.iter().enumerate() {
        let file = Path::new(text(sample, "filepath"));
        assert!(file.is_file() && file == set.folder.join(at(place)), "{sample}");
        let mut tags = vec![["train", "val"][place / 6]];
        tags.extend((place < 3).then_some("keep"));
        assert_eq!(sample["tags"], json!(tags));
        let label = ["cat", "dog"][place % 2];
        assert_eq!(sample["ground_truth"], json!({ "_cls": "Classification", "tags": [], "label": label }));
        let bytes = file.metadata().expect("a file").len();
        let (width, height) = (&images[place]["width"], &images[place]["height"]);
        let size = json!({ "_cls": "ImageMetadata", "size_bytes": bytes, "width": width, "height": height });
        assert_eq!(sample["metadata"], size);
        // Whatever a sample has is declared: FiftyOne refuses the rest.
        for field in sample.as_object().expect("fields").keys().filter(|field| !field.starts_with('_')) {
            assert!(written["sample_fields"].get(field).is_some(), "{field} of {sample}");
        }
    }

    // Boxes are shares of the sides: a quarter of the first picture at its middle, and a crowd that is all of it.
    let [width, height] = ["width", "height"].map(|side| images[0][side].as_f64().expect("a side"));
    let coco = json!({
        "images": [{ "id": 1, "file_name": at(0), "width": images[0]["width"], "height": images[0]["height"] }],
        "categories": [{ "id": 1, "name": "wheel" }, { "id": 2, "name": "door" }],
        "annotations": [
            { "id": 1, "image_id": 1, "category_id": 1, "bbox": [width / 4.0, height / 2.0, width / 2.0, height / 2.0] },
            { "id": 2, "image_id": 1, "category_id": 2, "bbox": [0, 0, width, height], "iscrowd": 1 },
        ],
    });
    let boxes = set.write("boxes.json", &coco.to_string());
    assert_eq!(set.run("import", &["--from", &boxes]).code, Some(0));
    let written = export("boxes.fiftyone.json");
    assert_eq!(written["sample_fields"]["detections"], of_labels("Detections"));
    assert_eq!(written["sample_fields"]["labels"], of_labels("Classifications"), "the first has two by now");
    let first = &written["samples"][0];
    assert_eq!(first["detections"]["_cls"], "Detections");
    let labels = first["labels"]["classifications"].as_array().expect("a list");
    assert!(first["ground_truth"].is_null() && labels.len() == 2, "{first}");
    let mut found: Vec<Value> = first["detections"]["detections"].as_array().expect("a list").clone();
    found.sort_by_key(|one| text(one, "label").to_owned());
    let told: Vec<Value> = found.iter().map(|one| json!([one["label"], one["bounding_box"], one["iscrowd"]])).collect();
    assert_eq!(told, [json!(["door", [0.0, 0.0, 1.0, 1.0], 1]), json!(["wheel", [0.25, 0.5, 0.5, 0.5], 0])]);
    assert_eq!(written["samples"][1]["detections"]["detections"], json!([]), "it has none");
}

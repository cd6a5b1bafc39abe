//! Samples of FiftyOne, as `fiftyone.Dataset.from_json` reads them: file, tags (and the split among them), size, labels and boxes.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::coco::entries;
use super::place::write_whole;
use super::{ExportError, ExportRow};

/// Writes what people say of `rows`: `ground_truth` (a classification), `labels` (classifications) where images have several,
/// and `detections`. Which fields there are is told at the beginning. Boxes are shares of the picture's sides there, so those of
/// pictures whose size is not known are left out.
///
/// # Errors
/// When `out` exists and `overwrite` is not given, or it cannot be written.
pub fn write(rows: &[ExportRow], out: &Path, overwrite: bool) -> Result<(), ExportError> {
    let of_labels = |kind: &str| format!("fiftyone.core.fields.EmbeddedDocumentField(fiftyone.core.labels.{kind})");
    let mut fields = Map::new();
    fields.insert("filepath".to_owned(), "fiftyone.core.fields.StringField".into());
    fields.insert("tags".to_owned(), "fiftyone.core.fields.ListField(fiftyone.core.fields.StringField)".into());
    let metadata = "fiftyone.core.fields.EmbeddedDocumentField(fiftyone.core.metadata.ImageMetadata)";
    fields.insert("metadata".to_owned(), metadata.into());
    fields.insert("ground_truth".to_owned(), of_labels("Classification").into());
    let have_several = rows.iter().any(|row| row.said.classes.len() > 1);
    if have_several {
        fields.insert("labels".to_owned(), of_labels("Classifications").into());
    }
    let have_boxes = rows.iter().any(|row| !row.said.boxes.is_empty());
    if have_boxes {
        fields.insert("detections".to_owned(), of_labels("Detections").into());
    }
    let name = out.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    write_whole(out, overwrite, |writer| {
        write!(
            writer,
            "{{\n\"name\": {},\n\"media_type\": \"image\",\n\"num_samples\": {},\n\"sample_fields\": {},\n\"info\": {{}},\n\"samples\": [\n",
            json!(name),
            rows.len(),
            Value::Object(fields)
        )?;
        entries(writer, rows.iter().map(|row| sample(row, have_several, have_boxes)))?;
        writer.write_all(b"]\n}\n")
    })
}

fn sample(row: &ExportRow, have_several: bool, have_boxes: bool) -> Value {
    let tags: Vec<&str> = row.said.split.iter().chain(&row.said.tags).map(String::as_str).collect();
    let is_known = row.record.width > 0 && row.record.height > 0;
    let mut sample = json!({ "filepath": row.source.to_string_lossy(), "tags": tags, "_media_type": "image" });
    sample["metadata"] = match is_known {
        true => json!({
            "_cls": "ImageMetadata",
            "size_bytes": row.record.file_bytes,
            "width": row.record.width,
            "height": row.record.height,
        }),
        false => Value::Null,
    };
    let classification = |label: &str| json!({ "_cls": "Classification", "tags": [], "label": label });
    sample["ground_truth"] = match row.said.classes.as_slice() {
        [only] => classification(only),
        _ => Value::Null,
    };
    if have_several {
        let all: Vec<Value> = row.said.classes.iter().map(|label| classification(label)).collect();
        sample["labels"] = json!({ "_cls": "Classifications", "classifications": all });
    }
    if have_boxes {
        let (width, height) = (f64::from(row.record.width), f64::from(row.record.height));
        let boxes = row.said.boxes.iter().filter(|_| is_known).map(|it| {
            json!({
                "_cls": "Detection",
                "tags": [],
                "attributes": {},
                "label": it.label,
                "bounding_box": [it.left / width, it.top / height, it.width / width, it.height / height],
                "iscrowd": u8::from(it.is_crowd),
            })
        });
        sample["detections"] = json!({ "_cls": "Detections", "detections": boxes.collect::<Vec<_>>() });
    }
    sample
}

//! COCO: one JSON file with `images`, `categories` and `annotations`.
//!
//! A box is an annotation with `bbox` and `area`. A class that no box of the image has is an annotation without them: a category
//! of the whole image. Programs that only look for boxes pass those over. `split` of an image is not of COCO, whose splits are
//! files; whoever does not know it leaves it alone.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::place::write_whole;
use super::{ExportError, ExportRow};

/// Writes what people say of `rows`. Images are numbered in their order from 1, categories in that of names, as annotations are.
///
/// # Errors
/// When `out` exists and `overwrite` is not given, or it cannot be written.
pub fn write(rows: &[ExportRow], out: &Path, overwrite: bool) -> Result<(), ExportError> {
    let categories = categories(rows);
    write_whole(out, overwrite, |writer| {
        let info = json!({ "description": "exported by Tiramisu", "version": env!("CARGO_PKG_VERSION") });
        write!(writer, "{{\n\"info\": {info},\n\"licenses\": [],\n")?;
        let images = rows.iter().enumerate().map(|(place, row)| image(place + 1, row));
        list(writer, "images", images)?;
        let named = categories.iter().map(|(name, id)| json!({ "id": id, "name": name, "supercategory": "" }));
        list(writer, "categories", named)?;
        let mut number = 0_usize;
        let annotations = rows.iter().enumerate().flat_map(|(place, row)| annotations(place + 1, row, &categories));
        let numbered = annotations.map(|mut annotation| {
            number += 1;
            annotation["id"] = number.into();
            annotation
        });
        writer.write_all(b"\"annotations\": [\n")?;
        entries(writer, numbered)?;
        writer.write_all(b"]\n}\n")
    })
}

fn categories(rows: &[ExportRow]) -> BTreeMap<&str, usize> {
    let names = rows.iter().flat_map(|row| {
        let marked = row.said.boxes.iter().filter_map(|it| it.label.as_deref());
        row.said.classes.iter().map(String::as_str).chain(marked)
    });
    let mut categories: BTreeMap<&str, usize> = names.map(|name| (name, 0)).collect();
    for (place, id) in categories.values_mut().enumerate() {
        *id = place + 1;
    }
    categories
}

fn image(id: usize, row: &ExportRow) -> Value {
    let record = &row.record;
    let mut image = json!({ "id": id, "file_name": record.path.text, "width": record.width, "height": record.height });
    if let Some(split) = &row.said.split {
        image["split"] = split.as_str().into();
    }
    image
}

fn annotations(image: usize, row: &ExportRow, categories: &BTreeMap<&str, usize>) -> Vec<Value> {
    let mut found = Vec::new();
    for it in &row.said.boxes {
        let mut annotation = json!({
            "image_id": image,
            "bbox": [it.left, it.top, it.width, it.height],
            "area": it.width * it.height,
            "iscrowd": u8::from(it.is_crowd),
        });
        if let Some(category) = it.label.as_deref().and_then(|label| categories.get(label)) {
            annotation["category_id"] = (*category).into();
        }
        found.push(annotation);
    }
    let is_marked = |class: &String| row.said.boxes.iter().any(|it| it.label.as_ref() == Some(class));
    let of_whole = row.said.classes.iter().filter(|class| !is_marked(class));
    found.extend(
        of_whole
            .filter_map(|class| categories.get(class.as_str()))
            .map(|category| json!({ "image_id": image, "category_id": category, "iscrowd": 0 })),
    );
    found
}

fn list(writer: &mut dyn Write, name: &str, values: impl Iterator<Item = Value>) -> io::Result<()> {
    writeln!(writer, "\"{name}\": [")?;
    entries(writer, values)?;
    writer.write_all(b"],\n")
}

/// One entry a line: readable, and line tools find their way.
pub(super) fn entries(writer: &mut dyn Write, values: impl Iterator<Item = Value>) -> io::Result<()> {
    for (place, value) in values.enumerate() {
        if place > 0 {
            writer.write_all(b",\n")?;
        }
        serde_json::to_writer(&mut *writer, &value)?;
    }
    writer.write_all(b"\n")
}

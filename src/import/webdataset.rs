//! WebDataset: tar archives in which `key.jpg`, `key.cls` and `key.json` are one sample. The last may have boxes (`objects`,
//! `boxes`), as Hugging Face's lines of JSON have them.
//!
//! Pictures within an archive are no files of a folder. What is said of them is kept for those that were unpacked, which are
//! found by the names that they have in the archive.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use serde_json::Value;
use tar::Archive;

use super::bounds::Budget;
use super::boxes::Boxes;
use super::cells::{BOXES, texts};
use super::{ImportError, files, paths};
use crate::domain::{Annotation, Remarks, is_picture_name, split_in_name};

/// The longest `.cls`, `.txt` or `.json` of a sample.
const MOST_ENTRY_BYTES: u64 = 1 << 20;

#[derive(Default)]
struct Sample {
    /// Its path, in bytes as it is in the archive.
    picture: Option<Vec<u8>>,
    label: Option<String>,
    split: Option<String>,
    /// What is marked in it, with the labels of that.
    marked: Annotation,
}

/// Reads an archive, or all that lie in a folder.
pub(super) fn read(
    path: &Path,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<Vec<Annotation>, ImportError> {
    let shards = match path.is_dir() {
        true => files::inside(path, &|path| files::ends(path, &["tar"]))?,
        false => vec![path.to_owned()],
    };
    let mut pictures = Vec::new();
    for shard in shards {
        of_shard(&shard, &mut pictures, remarks, within)?;
    }
    Ok(pictures)
}

fn of_shard(
    shard: &Path,
    pictures: &mut Vec<Annotation>,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<(), ImportError> {
    let unread =
        |error: std::io::Error| ImportError::not_understood(format!("this is no tar archive ({error})"), shard);
    let name = shard.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut archive = Archive::new(files::open(shard, u64::MAX)?);
    within.take_file(0, shard)?;
    let mut samples: HashMap<Vec<u8>, Sample> = HashMap::new();
    let mut keys = Vec::new();
    for entry in archive.entries().map_err(unread)? {
        let mut entry = entry.map_err(unread)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let bytes: Vec<u8> = entry.path_bytes().iter().map(|byte| if *byte == b'\\' { b'/' } else { *byte }).collect();
        let path = String::from_utf8_lossy(&bytes).into_owned();
        let (key, ending) = divided(&bytes);
        let ending = String::from_utf8_lossy(ending).to_lowercase();
        let is_label = matches!(ending.as_str(), "cls" | "cls.txt" | "label" | "json");
        let is_picture = is_picture_name(Path::new(&path));
        if !is_label && !is_picture {
            continue;
        }
        if !samples.contains_key(key) {
            within.take_picture(shard)?;
            within.take_bytes(bytes.len() as u64, shard)?;
            keys.push(key.to_owned());
        }
        let sample = samples.entry(key.to_owned()).or_default();
        if is_picture {
            sample.picture.get_or_insert(bytes);
            continue;
        }
        if entry.size() > MOST_ENTRY_BYTES {
            remarks.add(|| format!("{path} in {name} is longer than {MOST_ENTRY_BYTES} bytes and was left out"));
            continue;
        }
        within.take_file(entry.size(), shard)?;
        let mut text = String::new();
        if entry.by_ref().take(MOST_ENTRY_BYTES).read_to_string(&mut text).is_err() {
            remarks.add(|| format!("{path} in {name} is no text and was left out"));
            continue;
        }
        match ending == "json" {
            false => sample.label = Some(text.trim().to_owned()).filter(|label| !label.is_empty()),
            true => match serde_json::from_str::<Value>(&text) {
                Ok(said) => {
                    let word = |names: &[&str]| names.iter().find_map(|name| word_of(said.get(name)?));
                    sample.label =
                        sample.label.take().or_else(|| word(&["label", "class_name", "class", "category", "cls"]));
                    sample.split = word(&["split"]);
                    if let Some(value) = BOXES.iter().find_map(|name| said.get(name)) {
                        let names = ["labels", "categories", "label", "category"];
                        let names = names.iter().find_map(|name| said.get(name)).map(texts).unwrap_or_default();
                        let place = || format!("{path} in {name}");
                        Boxes { file: shard, remarks, within }.add_cell(&mut sample.marked, value, &names, &place)?;
                    }
                }
                Err(error) => remarks.add(|| format!("{path} in {name} is no JSON ({error}) and was left out")),
            },
        }
    }
    let split = split_in_name(&name);
    for key in keys {
        let Some(Sample { picture: Some(path), label, split: own, marked }) = samples.remove(&key) else { continue };
        let mut picture = Annotation::of("", name.clone());
        picture.set_path_bytes(&path);
        label.iter().chain(&marked.labels).for_each(|label| picture.add_label(label));
        picture.boxes = marked.boxes;
        picture.split = own.or_else(|| split.map(str::to_owned));
        pictures.push(picture);
    }
    Ok(())
}

/// The key of a sample and the ending of one of its files: the name is cut at its first dot.
fn divided(path: &[u8]) -> (&[u8], &[u8]) {
    let name = paths::file_name_bytes(path);
    let start = path.len() - name.len();
    match name.iter().position(|byte| *byte == b'.').filter(|dot| *dot > 0) {
        Some(dot) => (&path[..start + dot], &name[dot + 1..]),
        None => (path, b""),
    }
}

fn word_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

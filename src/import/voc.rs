//! Pascal VOC: an XML file a picture in `Annotations`, lists of each split in `ImageSets/Main`.
//!
//! A box goes from pixel (`xmin`, `ymin`) to (`xmax`, `ymax`), both included and counted from 1. So the left edge of the box is
//! `xmin - 1`, and its width `xmax - xmin + 1`.

use std::collections::HashMap;
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::bounds::Budget;
use super::{ImportError, files};
use crate::domain::{AnnotatedBox, Annotation, Remarks, split_of_word};

/// The largest XML file.
const MOST_BYTES: u64 = 16 << 20;
/// How deep elements may lie in each other: those of VOC, of parts in objects, are five deep.
const MOST_DEPTH: usize = 16;
/// The most boxes in one picture.
const MOST_IN_A_PICTURE: usize = 100_000;

/// Reads one file, all in a folder, or the folder of a data set.
pub(super) fn read(
    path: &Path,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<Vec<Annotation>, ImportError> {
    let is_xml = |path: &Path| files::ends(path, &["xml"]);
    let of_data_set = path.join("Annotations");
    let found = match () {
        () if !path.is_dir() => vec![path.to_owned()],
        () if of_data_set.is_dir() => files::below(&of_data_set, usize::MAX, &is_xml)?,
        () => files::inside(path, &is_xml)?,
    };
    let splits = splits(&path.join("ImageSets").join("Main"), remarks, within)?;
    let folder = if path.join("JPEGImages").is_dir() { "JPEGImages/" } else { "" };
    let mut pictures = Vec::with_capacity(found.len());
    for file in found {
        let (name, mut picture) = match of_file(&file, within) {
            Ok(read) => read,
            // One of many is no reason to give all of them up.
            Err(error @ ImportError::NotUnderstood { .. }) if path.is_dir() => {
                remarks.add(|| error.to_string());
                continue;
            }
            Err(error) => return Err(error),
        };
        let stem = Path::new(file.file_stem().unwrap_or_default());
        picture.split = stem.to_str().and_then(|stem| splits.get(stem)).map(|split| (*split).to_owned());
        picture.place = format!("{}.xml", stem.display());
        match name {
            Some(name) => picture.path = format!("{folder}{name}"),
            None => {
                picture.set_path(&Path::new(folder).join(stem));
                picture.lacks_ending = true;
            }
        }
        within.take_picture(&file)?;
        pictures.push(picture);
    }
    Ok(pictures)
}

/// The split of each picture, by its name without the ending. `trainval` is both, and lists of one class say nothing new.
fn splits(
    folder: &Path,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<HashMap<String, &'static str>, ImportError> {
    let mut splits = HashMap::new();
    if !folder.is_dir() {
        return Ok(splits);
    }
    for list in files::inside(folder, &|path| files::ends(path, &["txt"]))? {
        let stem = list.file_stem().unwrap_or_default().to_string_lossy().to_lowercase();
        let Some(split) = split_of_word(&stem) else { continue };
        for line in within.text(&list, files::MOST_TEXT_BYTES)?.lines() {
            let Some(name) = line.split_whitespace().next() else { continue };
            match splits.insert(name.to_owned(), split) {
                Some(known) if known != split => {
                    remarks.add(|| format!("{name} is in {known} and in {split}; it stays in {known}"));
                    splits.insert(name.to_owned(), known);
                }
                _ => {}
            }
        }
    }
    Ok(splits)
}

#[derive(Default)]
struct Object {
    name: Option<String>,
    /// `xmin`, `ymin`, `xmax`, `ymax`
    corners: [Option<f64>; 4],
}

/// The name of the picture, and what is said of it.
fn of_file(file: &Path, within: &mut Budget<'_>) -> Result<(Option<String>, Annotation), ImportError> {
    let text = within.text(file, MOST_BYTES)?;
    let mut reader = Reader::from_str(&text);
    let mut path: Vec<String> = Vec::new();
    let mut written = String::new();
    let (mut name, mut size) = (None, [None; 2]);
    let mut picture = Annotation::default();
    let mut object = Object::default();
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX).min(text.len());
        let line = || 1 + text.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count();
        let wrong = |why: String| ImportError::not_understood(format!("line {}: {why}", line()), file);
        match reader.read_event().map_err(|error| wrong(format!("this is no XML: {error}")))? {
            Event::Start(element) => {
                written.clear();
                path.push(String::from_utf8_lossy(element.name().as_ref()).into_owned());
                if path.len() > MOST_DEPTH {
                    return Err(wrong(format!("elements lie more than {MOST_DEPTH} deep in each other")));
                }
                if path.len() == 1 && path[0] != "annotation" {
                    return Err(wrong(format!("this is no annotation of Pascal VOC: it begins with <{}>", path[0])));
                }
                if path.len() == 2 && path[1] == "object" {
                    object = Object::default();
                }
            }
            Event::Text(words) => {
                written.push_str(&words.decode().map_err(|error| wrong(error.to_string()))?);
            }
            Event::CData(words) => {
                written.push_str(&words.decode().map_err(|error| wrong(error.to_string()))?);
            }
            Event::GeneralRef(entity) => written.push_str(&meaning(&entity).map_err(wrong)?),
            Event::End(_) => {
                let place: Vec<&str> = path.iter().map(String::as_str).collect();
                let value = written.trim();
                let number = || value.parse::<f64>().ok().filter(|number| number.is_finite());
                match place.as_slice() {
                    ["annotation", "filename"] if !value.is_empty() => name = Some(value.to_owned()),
                    ["annotation", "size", "width"] => size[0] = number(),
                    ["annotation", "size", "height"] => size[1] = number(),
                    ["annotation", "object", "name"] => object.name = Some(value.to_owned()),
                    ["annotation", "object", "bndbox", corner] => {
                        let corners = ["xmin", "ymin", "xmax", "ymax"];
                        if let Some(place) = corners.iter().position(|known| known == corner) {
                            let found = number().ok_or_else(|| wrong(format!("{corner} is no number: {value:?}")))?;
                            object.corners[place] = Some(found);
                        }
                    }
                    ["annotation", "object"] => {
                        let has_box = add(&mut picture, std::mem::take(&mut object)).map_err(wrong)?;
                        if has_box {
                            within.take_box(file)?;
                        }
                    }
                    _ => {}
                }
                written.clear();
                path.pop();
            }
            Event::Eof if path.is_empty() => break,
            Event::Eof => return Err(wrong(format!("it ends within <{}>", path.join("><")))),
            Event::DocType(_) | Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    let whole = |number: Option<f64>| number.filter(|number| *number >= 1.0).map(|number| number as u32);
    picture.size = whole(size[0]).zip(whole(size[1]));
    Ok((name, picture))
}

/// What an entity stands for. None is ever made of others, so none grows.
fn meaning(entity: &quick_xml::events::BytesRef<'_>) -> Result<String, String> {
    if let Some(letter) = entity.resolve_char_ref().map_err(|error| error.to_string())? {
        return Ok(letter.to_string());
    }
    let name = entity.decode().map_err(|error| error.to_string())?;
    match quick_xml::escape::resolve_predefined_entity(&name) {
        Some(text) => Ok(text.to_owned()),
        None => Err(format!("&{name}; is not known")),
    }
}

/// Says whether it has a box.
fn add(picture: &mut Annotation, object: Object) -> Result<bool, String> {
    let Some(name) = object.name.filter(|name| !name.is_empty()) else {
        return Err("an object has no name".to_owned());
    };
    picture.add_label(&name);
    if let [Some(left), Some(top), Some(right), Some(bottom)] = object.corners {
        let frame = [left - 1.0, top - 1.0, right - left + 1.0, bottom - top + 1.0];
        if frame[2] <= 0.0 || frame[3] <= 0.0 {
            return Err(format!("the box of {name} is empty: xmax or ymax is less than xmin or ymin"));
        }
        if picture.boxes.len() == MOST_IN_A_PICTURE {
            return Err(format!("there are more than {MOST_IN_A_PICTURE} boxes"));
        }
        picture.boxes.push(AnnotatedBox { frame, is_in_shares: false, label: Some(name), is_crowd: false });
        return Ok(true);
    }
    Ok(false)
}

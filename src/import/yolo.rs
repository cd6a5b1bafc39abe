//! YOLO: `data.yaml` says the classes and where the pictures of each split lie; each picture has a text file with a line a box:
//! class, middle and size as shares of the picture's sides.
//!
//! The text file of `images/a/b.jpg` is `labels/a/b.txt`, or lies beside the picture.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::yaml::{self, Value};
use super::{ImportError, MOST_BOXES, MOST_LABELS, files, paths};
use crate::domain::{AnnotatedBox, Annotation, Remarks, is_picture_name};

/// The largest `data.yaml`, and the largest text file of a picture.
const MOST_BYTES: u64 = 16 << 20;
/// Key of a split in `data.yaml`, and how we call it.
const SPLITS: [(&str, &str); 4] = [("train", "train"), ("val", "val"), ("valid", "val"), ("test", "test")];

/// Reads `data.yaml`, or a folder that it or `classes.txt` lies in.
pub(super) fn read(path: &Path, remarks: &mut Remarks) -> Result<Vec<Annotation>, ImportError> {
    let mut boxes = 0;
    if path.is_dir() {
        let found = files::inside(path, &|path| files::ends(path, &["yaml", "yml"]))?;
        let usual = found.iter().find(|file| file.file_stem().is_some_and(|stem| stem == "data" || stem == "dataset"));
        return match (usual, found.as_slice()) {
            (Some(file), _) | (None, [file]) => of_data_set(file, remarks, &mut boxes),
            (None, []) => of_text_files(path, remarks, &mut boxes),
            (None, _) => Err(ImportError::not_understood("several .yaml files lie in this folder; name one", path)),
        };
    }
    of_data_set(path, remarks, &mut boxes)
}

fn of_data_set(file: &Path, remarks: &mut Remarks, boxes: &mut usize) -> Result<Vec<Annotation>, ImportError> {
    let wrong = |why: String| ImportError::not_understood(why, file);
    let keys =
        yaml::read(&files::text(file, MOST_BYTES)?).map_err(|why| wrong(format!("this is no data.yaml: {why}")))?;
    let classes = classes(keys.get("names")).map_err(wrong)?;
    let beside = file.parent().unwrap_or(Path::new("/"));
    let root = root(keys.get("path"), beside, remarks);
    let mut pictures = Vec::new();
    let mut met = HashSet::new();
    for (key, split) in SPLITS {
        let places = match keys.get(key) {
            None | Some(Value::Nothing) => continue,
            Some(Value::Text(place)) => vec![place.clone()],
            Some(Value::List(places)) => places.clone(),
            Some(Value::Map(_) | Value::Other(_)) => {
                return Err(wrong(format!("{key} is no path and no list of paths")));
            }
        };
        for place in places.iter().filter(|place| !place.is_empty()) {
            // Roboflow writes `../train/images` beside `train`.
            let inside = place.trim_start_matches("../");
            let Some(plain) = paths::plain("", inside).filter(|_| !paths::is_absolute(place)) else {
                remarks.add(|| format!("{key}: {place} leads out of the data set's folder and was left out"));
                continue;
            };
            let (folder, list) = (root.join(&plain), files::ends(Path::new(&plain), &["txt"]));
            let found = match () {
                () if list && folder.is_file() => listed(&folder, remarks)?,
                () if folder.is_dir() => pictures_below(&folder, &root)?,
                () => labelled(&plain, &root)?,
            };
            if found.is_empty() {
                remarks.add(|| format!("{key}: there are neither pictures nor their text files: {}", folder.display()));
            }
            for mut picture in found {
                // A picture may be in several lists; the first counts.
                if !met.insert(picture.path.clone()) {
                    continue;
                }
                picture.split = Some(split.to_owned());
                for text in
                    text_files_of(&picture).iter().map(|text| root.join(text)).filter(|text| text.is_file()).take(1)
                {
                    add_boxes(&mut picture, &text, &classes, remarks, boxes)?;
                }
                if let Ok(below) = root.strip_prefix(beside) {
                    let prefix = below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
                    picture.path = paths::plain(&prefix, &picture.path).unwrap_or(picture.path);
                }
                pictures.push(picture);
            }
        }
    }
    Ok(pictures)
}

/// A folder of text files with `classes.txt`, without splits.
fn of_text_files(folder: &Path, remarks: &mut Remarks, boxes: &mut usize) -> Result<Vec<Annotation>, ImportError> {
    let list = folder.join("classes.txt");
    let names = if list.is_file() { files::text(&list, MOST_BYTES)? } else { String::new() };
    let names = names.lines().map(|line| line.trim().to_owned()).enumerate();
    let classes: BTreeMap<usize, String> = names.filter(|(_, name)| !name.is_empty()).collect();
    let mut pictures = Vec::new();
    for text in files::below(folder, usize::MAX, &|path| files::ends(path, &["txt"]))? {
        if text == list {
            continue;
        }
        let path = paths::without_ending(&files::relative(&text, folder)).to_owned();
        let mut picture = Annotation { lacks_ending: true, ..Annotation::of(path, "") };
        add_boxes(&mut picture, &text, &classes, remarks, boxes)?;
        pictures.push(picture);
    }
    Ok(pictures)
}

/// The names of the classes by their numbers.
fn classes(names: Option<&Value>) -> Result<BTreeMap<usize, String>, String> {
    let classes: BTreeMap<usize, String> = match names {
        Some(Value::List(names)) => names.iter().cloned().enumerate().collect(),
        Some(Value::Map(names)) => {
            let pair = |(number, name): &(String, String)| match number.parse() {
                Ok(number) => Ok((number, name.clone())),
                Err(_) => Err(format!("names: {number} is no number of a class")),
            };
            names.iter().map(pair).collect::<Result<_, _>>()?
        }
        Some(Value::Other(line)) => {
            return Err(format!("line {line}: names is no list and no map of numbers to names"));
        }
        Some(Value::Text(_) | Value::Nothing) | None => return Err("it has no list of `names`".to_owned()),
    };
    match classes.len() > MOST_LABELS {
        true => Err(format!("it has more than {MOST_LABELS} names")),
        false => Ok(classes),
    }
}

/// The folder that the paths are in: `path` where it lies in the folder of the file, or else that folder.
fn root(path: Option<&Value>, beside: &Path, remarks: &mut Remarks) -> PathBuf {
    let Some(Value::Text(path)) = path.filter(|path| **path != Value::Text(String::new())) else {
        return beside.to_owned();
    };
    let below = match paths::is_absolute(path) {
        true => paths::below(path, beside).or_else(|| (Path::new(path) == beside).then(String::new)),
        false if path == "." => Some(String::new()),
        false => paths::plain("", path),
    };
    match below.map(|below| beside.join(below)).filter(|folder| folder.is_dir()) {
        Some(folder) => folder,
        None => {
            remarks.add(|| format!("path: {path} is no folder beside the file; its own folder was taken instead"));
            beside.to_owned()
        }
    }
}

/// The pictures in a folder.
fn pictures_below(folder: &Path, root: &Path) -> Result<Vec<Annotation>, ImportError> {
    let found = files::below(folder, usize::MAX, &is_picture_name)?;
    if found.is_empty() {
        let plain = files::relative(folder, root);
        return labelled(&plain, root);
    }
    Ok(found.iter().map(|file| Annotation::of(files::relative(file, root), "")).collect())
}

/// The pictures of the text files that belong to a folder of pictures which are not there.
fn labelled(images: &str, root: &Path) -> Result<Vec<Annotation>, ImportError> {
    let folder = root.join(in_labels(images));
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let texts = files::below(&folder, usize::MAX, &|path| files::ends(path, &["txt"]))?;
    let picture = |text: &PathBuf| {
        let below = files::relative(text, &folder);
        let path = format!("{images}/{}", paths::without_ending(&below));
        Annotation { lacks_ending: true, ..Annotation::of(path, "") }
    };
    Ok(texts.iter().map(picture).collect())
}

/// The pictures that a file lists, one a line.
fn listed(list: &Path, remarks: &mut Remarks) -> Result<Vec<Annotation>, ImportError> {
    let text = files::text(list, files::MOST_TEXT_BYTES)?;
    let mut pictures = Vec::new();
    for (line, path) in text.lines().enumerate().map(|(line, path)| (line + 1, path.trim())) {
        if path.is_empty() {
            continue;
        }
        match paths::plain("", path).filter(|_| !paths::is_absolute(path)) {
            Some(plain) => pictures.push(Annotation::of(plain, format!("line {line}"))),
            None => {
                remarks.add(|| format!("line {line} leads out of the data set's folder: {path} ({})", list.display()))
            }
        }
    }
    Ok(pictures)
}

/// `labels/…` of `images/…`: the last folder of that name counts.
fn in_labels(images: &str) -> String {
    let mut parts: Vec<&str> = images.split('/').collect();
    if let Some(place) = parts.iter().rposition(|part| *part == "images") {
        parts[place] = "labels";
    }
    parts.join("/")
}

/// Where the text file of a picture may lie.
fn text_files_of(picture: &Annotation) -> [String; 2] {
    let stem = if picture.lacks_ending { &*picture.path } else { paths::without_ending(&picture.path) };
    [format!("{}.txt", in_labels(stem)), format!("{stem}.txt")]
}

/// The lines of a picture's text file.
fn add_boxes(
    picture: &mut Annotation,
    file: &Path,
    classes: &BTreeMap<usize, String>,
    remarks: &mut Remarks,
    boxes: &mut usize,
) -> Result<(), ImportError> {
    for (line, words) in files::text(file, MOST_BYTES)?.lines().enumerate().map(|(line, words)| (line + 1, words)) {
        let mut words = words.split_whitespace();
        let Some(class) = words.next() else { continue };
        let wrong = |why: String| ImportError::not_understood(format!("line {line} {why}"), file);
        let class: usize = class.parse().map_err(|_| wrong(format!("begins with {class:?}, which is no class")))?;
        let numbers: Vec<f64> = words
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map_err(|_| wrong("has a word that is no number".to_owned()))?;
        if numbers.iter().any(|number| !number.is_finite()) {
            return Err(wrong("has a number that is not finite".to_owned()));
        }
        let label = classes.get(&class).cloned().unwrap_or_else(|| class.to_string());
        if !classes.is_empty() && !classes.contains_key(&class) {
            remarks.add(|| format!("line {line} has class {class}, which has no name: {}", file.display()));
        }
        picture.add_label(&label);
        let frame = match numbers.as_slice() {
            // Of the whole picture.
            [] => continue,
            // The fifth says how certain a network was.
            [x, y, width, height] | [x, y, width, height, _] => [x - width / 2.0, y - height / 2.0, *width, *height],
            corners if corners.len() >= 6 && corners.len().is_multiple_of(2) => around(corners),
            _ => return Err(wrong(format!("has {} numbers after the class; a box has 4", numbers.len()))),
        };
        if frame[2] <= 0.0 || frame[3] <= 0.0 {
            remarks.add(|| format!("line {line} has an empty box, which was left out: {}", file.display()));
            continue;
        }
        *boxes += 1;
        if *boxes > MOST_BOXES {
            return Err(wrong(format!("is that of more than {MOST_BOXES} boxes")));
        }
        picture.boxes.push(AnnotatedBox { frame, is_in_shares: true, label: Some(label), is_crowd: false });
    }
    Ok(())
}

/// The box around the corners of an outline.
fn around(corners: &[f64]) -> [f64; 4] {
    let ends = |of: usize| {
        let all = corners.iter().skip(of).step_by(2).copied();
        all.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, most), at| (least.min(at), most.max(at)))
    };
    let ((left, right), (top, bottom)) = (ends(0), ends(1));
    [left, top, right - left, bottom - top]
}

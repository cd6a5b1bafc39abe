//! YOLO: `data.yaml` says the classes and where the pictures of each split lie; each picture has a text file with a line a box:
//! class, middle and size as shares of the picture's sides.
//!
//! The text file of `images/a/b.jpg` is `labels/a/b.txt`, or lies beside the picture. Other keys than `train`, `val` and `test` name
//! splits, too, where there are pictures at what stands there. A text file beside no picture, whose first line is no box, is
//! another thing, such as a README, and is passed over.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::bounds::Budget;
use super::yaml::{self, Value};
use super::{ImportError, MOST_LABELS, files, paths};
use crate::domain::{AnnotatedBox, Annotation, Remarks, counted, is_picture_name};

/// The largest `data.yaml`, and the largest text file of a picture.
const MOST_BYTES: u64 = 16 << 20;
/// Key of a split in `data.yaml`, and how we call it.
const SPLITS: [(&str, &str); 4] = [("train", "train"), ("val", "val"), ("valid", "val"), ("test", "test")];
/// Keys that name no split, whatever stands at them.
const NO_SPLITS: [&str; 6] = ["path", "names", "nc", "download", "kpt_shape", "flip_idx"];

/// Reads `data.yaml`, or a folder that it or `classes.txt` lies in.
pub(super) fn read(
    path: &Path,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<Vec<Annotation>, ImportError> {
    if path.is_dir() {
        let found = files::inside(path, &|path| files::ends(path, &["yaml", "yml"]))?;
        let usual = found.iter().find(|file| file.file_stem().is_some_and(|stem| stem == "data" || stem == "dataset"));
        return match (usual, found.as_slice()) {
            (Some(file), _) | (None, [file]) => of_data_set(file, remarks, within),
            (None, []) => of_text_files(path, remarks, within),
            (None, _) => Err(ImportError::not_understood("several .yaml files lie in this folder; name one", path)),
        };
    }
    of_data_set(path, remarks, within)
}

/// A picture, and its path from the data set's folder without its ending.
struct Found {
    picture: Annotation,
    stem: PathBuf,
}

/// Text files that hold no boxes: a README, say.
#[derive(Default)]
struct Strays {
    count: usize,
    first: Option<PathBuf>,
}

impl Strays {
    fn add(&mut self, file: &Path) {
        self.count += 1;
        self.first.get_or_insert_with(|| file.to_owned());
    }

    fn told(self, remarks: &mut Remarks) {
        if let Some(first) = self.first {
            let files = counted(self.count, "text file lies", "text files lie");
            remarks.add(|| format!("{files} beside no picture and hold no boxes; left out, first {}", first.display()));
        }
    }
}

fn of_data_set(file: &Path, remarks: &mut Remarks, within: &mut Budget<'_>) -> Result<Vec<Annotation>, ImportError> {
    let wrong = |why: String| ImportError::not_understood(why, file);
    let keys =
        yaml::read(&within.text(file, MOST_BYTES)?).map_err(|why| wrong(format!("this is no data.yaml: {why}")))?;
    let classes = classes(keys.get("names")).map_err(wrong)?;
    let beside = file.parent().unwrap_or(Path::new("/"));
    let root = root(keys.get("path"), beside, remarks);
    let mut pictures = Vec::new();
    let (mut met, mut strays) = (HashSet::new(), Strays::default());
    for (key, split) in splits_of(&keys) {
        let is_usual = SPLITS.iter().any(|(usual, _)| *usual == key);
        let places = match keys.get(key) {
            None | Some(Value::Nothing) => continue,
            Some(Value::Text(place)) => vec![place.clone()],
            Some(Value::List(places)) => places.clone(),
            Some(Value::Map(_) | Value::Other(_)) if !is_usual => continue,
            Some(Value::Map(_) | Value::Other(_)) => {
                return Err(wrong(format!("{key} is no path and no list of paths")));
            }
        };
        for place in places.iter().filter(|place| !place.is_empty()) {
            // Roboflow writes `../train/images` beside `train`.
            let inside = place.trim_start_matches("../");
            let Some(plain) = paths::plain("", inside).filter(|_| !paths::is_absolute(place)) else {
                if is_usual {
                    remarks.add(|| format!("{key}: {place} leads out of the data set's folder and was left out"));
                }
                continue;
            };
            let (folder, list) = (root.join(&plain), files::ends(Path::new(&plain), &["txt"]));
            // Any other key may say anything: it is a split if there are pictures where it leads.
            let of_labels = root.join(with_folder(Path::new(&plain), "images", "labels"));
            let leads_there = if list { lists_pictures(&folder) } else { folder.is_dir() || of_labels.is_dir() };
            if !is_usual && !leads_there {
                continue;
            }
            let found = match () {
                () if list && folder.is_file() => listed(&folder, remarks, within)?,
                () if folder.is_dir() => pictures_below(&folder, &root)?,
                () => labelled(&plain, &root)?,
            };
            if found.is_empty() && is_usual {
                remarks.add(|| format!("{key}: there are neither pictures nor their text files: {}", folder.display()));
            }
            for Found { mut picture, stem } in found {
                // A picture may be in several lists; the first counts.
                if !met.insert(picture.path_bytes().to_owned()) {
                    continue;
                }
                picture.split = Some(split.to_owned());
                let texts = text_files_of(&stem).map(|text| root.join(text));
                if let Some(text) = texts.iter().find(|text| text.is_file()) {
                    let words = within.text(text, MOST_BYTES)?;
                    if picture.lacks_ending && !begins_with_a_class(&words) {
                        strays.add(text);
                        continue;
                    }
                    add_boxes(&mut picture, text, &words, &classes, remarks, within)?;
                }
                if let Ok(below) = root.strip_prefix(beside) {
                    move_below(&mut picture, below);
                }
                within.take_picture(file)?;
                pictures.push(picture);
            }
        }
    }
    strays.told(remarks);
    Ok(pictures)
}

/// The keys that may name splits, and how each is called: the usual ones first, since a picture is in the first that has it.
fn splits_of(keys: &HashMap<String, Value>) -> Vec<(&str, &str)> {
    let is_other = |key: &&str| !NO_SPLITS.contains(key) && SPLITS.iter().all(|(usual, _)| usual != key);
    let mut others: Vec<&str> = keys.keys().map(String::as_str).filter(is_other).collect();
    others.sort_unstable();
    SPLITS.into_iter().chain(others.into_iter().map(|key| (key, key))).collect()
}

/// Whether the first line of a file is the path of a picture.
fn lists_pictures(list: &Path) -> bool {
    let head = files::head(list, 4096).unwrap_or_default();
    let text = String::from_utf8_lossy(&head);
    text.lines().map(str::trim).find(|line| !line.is_empty()).is_some_and(|line| is_picture_name(Path::new(line)))
}

/// The paths of a data set that lies in a folder beside `data.yaml` are from where that lies.
fn move_below(picture: &mut Annotation, folder: &Path) {
    let prefix = folder.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/");
    match &picture.raw {
        None => {
            if let Some(path) = paths::plain(&prefix, &picture.path) {
                picture.path = path;
            }
        }
        Some(_) if prefix.is_empty() => {}
        Some(raw) => {
            let moved = [folder.as_os_str().as_encoded_bytes(), b"/", raw].concat();
            picture.set_path_bytes(&moved);
        }
    }
}

/// A folder of text files with `classes.txt`, without splits.
fn of_text_files(
    folder: &Path,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<Vec<Annotation>, ImportError> {
    let list = folder.join("classes.txt");
    let names = if list.is_file() { within.text(&list, MOST_BYTES)? } else { String::new() };
    let names = names.lines().map(|line| line.trim().to_owned()).enumerate();
    let classes: BTreeMap<usize, String> = names.filter(|(_, name)| !name.is_empty()).collect();
    let of_pictures: HashSet<PathBuf> = files::below(folder, usize::MAX, &is_picture_name)?
        .iter()
        .map(|picture| below(picture, folder).with_extension(""))
        .collect();
    let mut pictures = Vec::new();
    let mut strays = Strays::default();
    for text in files::below(folder, usize::MAX, &|path| files::ends(path, &["txt"]))? {
        if text == list {
            continue;
        }
        let stem = below(&text, folder).with_extension("");
        let words = within.text(&text, MOST_BYTES)?;
        let has_picture = of_pictures.contains(&stem) || of_pictures.contains(&with_folder(&stem, "labels", "images"));
        if !has_picture && !begins_with_a_class(&words) {
            strays.add(&text);
            continue;
        }
        let mut picture = Annotation { lacks_ending: true, ..Annotation::default() };
        picture.set_path(&stem);
        add_boxes(&mut picture, &text, &words, &classes, remarks, within)?;
        within.take_picture(&text)?;
        pictures.push(picture);
    }
    strays.told(remarks);
    Ok(pictures)
}

fn below<'a>(file: &'a Path, folder: &Path) -> &'a Path {
    file.strip_prefix(folder).unwrap_or(file)
}

/// Whether a text is that of a picture: without boxes, or the first line begins with the number of a class.
fn begins_with_a_class(text: &str) -> bool {
    text.split_whitespace().next().is_none_or(|word| word.parse::<usize>().is_ok())
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
fn pictures_below(folder: &Path, root: &Path) -> Result<Vec<Found>, ImportError> {
    let found = files::below(folder, usize::MAX, &is_picture_name)?;
    if found.is_empty() {
        let plain = files::relative(folder, root);
        return labelled(&plain, root);
    }
    let picture = |file: &PathBuf| {
        let mut picture = Annotation::default();
        picture.set_path(below(file, root));
        Found { picture, stem: below(file, root).with_extension("") }
    };
    Ok(found.iter().map(picture).collect())
}

/// The pictures of the text files that belong to a folder of pictures which are not there.
fn labelled(images: &str, root: &Path) -> Result<Vec<Found>, ImportError> {
    let folder = root.join(with_folder(Path::new(images), "images", "labels"));
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let texts = files::below(&folder, usize::MAX, &|path| files::ends(path, &["txt"]))?;
    let picture = |text: &PathBuf| {
        let stem = Path::new(images).join(below(text, &folder).with_extension(""));
        let mut picture = Annotation { lacks_ending: true, ..Annotation::default() };
        picture.set_path(&stem);
        Found { picture, stem }
    };
    Ok(texts.iter().map(picture).collect())
}

/// The pictures that a file lists, one a line.
fn listed(list: &Path, remarks: &mut Remarks, within: &mut Budget<'_>) -> Result<Vec<Found>, ImportError> {
    let text = within.text(list, files::MOST_TEXT_BYTES)?;
    let mut pictures = Vec::new();
    for (line, path) in text.lines().enumerate().map(|(line, path)| (line + 1, path.trim())) {
        if path.is_empty() {
            continue;
        }
        match paths::plain("", path).filter(|_| !paths::is_absolute(path)) {
            Some(plain) => pictures.push(Found {
                stem: paths::without_ending(&plain).into(),
                picture: Annotation::of(plain, format!("line {line}")),
            }),
            None => {
                remarks.add(|| format!("line {line} leads out of the data set's folder: {path} ({})", list.display()))
            }
        }
    }
    Ok(pictures)
}

/// A path with another folder in the place of the last one of a name: `labels/…` of `images/…`.
fn with_folder(path: &Path, from: &str, to: &str) -> PathBuf {
    let parts: Vec<&OsStr> = path.iter().collect();
    let last = parts.iter().rposition(|part| *part == from);
    let part = |(at, part): (usize, &&OsStr)| OsString::from(if Some(at) == last { OsStr::new(to) } else { part });
    parts.iter().enumerate().map(part).collect()
}

/// Where the text file of a picture may lie.
fn text_files_of(stem: &Path) -> [PathBuf; 2] {
    let with_ending = |stem: PathBuf| {
        let mut name = stem.into_os_string();
        name.push(".txt");
        PathBuf::from(name)
    };
    [with_ending(with_folder(stem, "images", "labels")), with_ending(stem.to_owned())]
}

/// The lines of a picture's text file.
fn add_boxes(
    picture: &mut Annotation,
    file: &Path,
    text: &str,
    classes: &BTreeMap<usize, String>,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<(), ImportError> {
    for (line, words) in text.lines().enumerate().map(|(line, words)| (line + 1, words)) {
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
        within.take_box(file)?;
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

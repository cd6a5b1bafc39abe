//! Which images of the collection are spoken of.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use super::{Imported, paths};
use crate::domain::{AnnotatedBox, Annotation, ImageId, ImageRecord, Remarks};

/// What is said of one image.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchedPicture {
    /// The image.
    pub image: ImageId,
    /// Its labels, each once.
    pub labels: Vec<String>,
    /// Its split.
    pub split: Option<String>,
    /// What is marked in it.
    pub boxes: Vec<MatchedBox>,
    /// Whether there were more that do not fit the picture, so that nothing is known of what is marked in it.
    pub has_misfits: bool,
}

/// A box in pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct MatchedBox {
    /// From the left edge of the picture, from its top, width and height.
    pub frame: [f64; 4],
    /// What is in it.
    pub label: Option<String>,
    /// Whether many things stand close together.
    pub is_crowd: bool,
}

/// What of the files is about images of the collection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matched {
    /// By image, ascending.
    pub pictures: Vec<MatchedPicture>,
    /// How many were found by the name of their file alone.
    pub by_name: usize,
    /// What is about no image, and why.
    pub unmatched: Remarks,
    /// Boxes that were left out.
    pub without_boxes: Remarks,
}

/// Finds the images that `imported` speaks of: by the path from the folder of the files, by that from the collection's `folder`,
/// and else by the name of the file, if no other image has it.
pub fn match_pictures(imported: Imported, images: &[ImageRecord], folder: &Path) -> Matched {
    let known = Known::of(images);
    let prefix = imported
        .folder
        .strip_prefix(folder)
        .ok()
        .map(|below| below.to_string_lossy().replace(std::path::MAIN_SEPARATOR, "/"));
    let mut matched = Matched::default();
    let mut places: HashMap<ImageId, usize> = HashMap::new();
    let of_many = names_of_many(&imported.annotations.pictures);
    for picture in imported.annotations.pictures {
        let found = known.find(&picture, prefix.as_deref(), folder).and_then(|(image, is_by_name)| {
            match is_by_name && of_many.contains(name_of(&picture)) {
                true => Err("no image has this path, and several pictures of the file have this name"),
                false => Ok((image, is_by_name)),
            }
        });
        let (image, is_by_name) = match found {
            Ok(found) => found,
            Err(why) => {
                let place = if picture.place.is_empty() { String::new() } else { format!(" ({})", picture.place) };
                matched.unmatched.add(|| format!("{}{place}: {why}", picture.path));
                continue;
            }
        };
        matched.by_name += usize::from(is_by_name);
        let record = &images[image.index()];
        let boxes = in_pixels(&picture, record, &mut matched.without_boxes);
        let at = *places.entry(image).or_insert(matched.pictures.len());
        if at == matched.pictures.len() {
            matched.pictures.push(MatchedPicture {
                image,
                labels: Vec::new(),
                split: None,
                boxes: Vec::new(),
                has_misfits: false,
            });
        }
        // Two paths may be those of one image.
        let found = &mut matched.pictures[at];
        found.has_misfits |= boxes.is_none();
        found.boxes.extend(boxes.unwrap_or_default());
        found.split = found.split.take().or(picture.split);
        for label in picture.labels {
            if !found.labels.contains(&label) {
                found.labels.push(label);
            }
        }
    }
    matched.pictures.sort_by_key(|picture| picture.image);
    matched
}

/// The name of a picture's file.
fn name_of(picture: &Annotation) -> &str {
    picture.path.rsplit(['/', '\\']).next().unwrap_or_default()
}

/// Names that pictures in several places have: such a name alone says of none of them which image it is.
fn names_of_many(pictures: &[Annotation]) -> HashSet<String> {
    let (mut first, mut of_many) = (HashMap::new(), HashSet::new());
    for picture in pictures {
        let name = name_of(picture);
        if *first.entry(name).or_insert(picture.path.as_str()) != picture.path {
            of_many.insert(name.to_owned());
        }
    }
    of_many
}

/// Boxes in pixels of the picture as it is shown; `None` where they do not fit it.
fn in_pixels(picture: &Annotation, image: &ImageRecord, left_out: &mut Remarks) -> Option<Vec<MatchedBox>> {
    if picture.boxes.is_empty() {
        return Some(Vec::new());
    }
    let is_known = image.width > 0 && image.height > 0;
    let (width, height) = (image.width, image.height);
    if let Some((said_width, said_height)) = picture.size.filter(|size| is_known && *size != (width, height)) {
        left_out.add(|| {
            let turned = if (said_height, said_width) == (width, height) { ": it is turned when it is shown" } else { "" };
            format!(
                "{}: its boxes are for a picture of {said_width} × {said_height}, but it has {width} × {height}{turned}",
                image.path.text
            )
        });
        return None;
    }
    let scaled = |marked: &AnnotatedBox| {
        let [left, top, w, h] = marked.frame;
        let (x, y) = if marked.is_in_shares { (f64::from(width), f64::from(height)) } else { (1.0, 1.0) };
        let frame = [left * x, top * y, w * x, h * y];
        MatchedBox { frame, label: marked.label.clone(), is_crowd: marked.is_crowd }
    };
    if !is_known && picture.boxes.iter().any(|marked| marked.is_in_shares) {
        left_out.add(|| format!("{}: its size in pixels is not known, since it could not be read", image.path.text));
        return None;
    }
    Some(picture.boxes.iter().map(scaled).filter(|marked| marked.frame.iter().all(|at| at.is_finite())).collect())
}

/// The images by what they may be called. `None` where several are called so: the paths of two files that are not UTF-8 may be
/// the same text.
struct Known<'a> {
    by_bytes: HashMap<&'a [u8], ImageId>,
    by_bytes_of_stem: HashMap<&'a [u8], Option<ImageId>>,
    by_path: HashMap<&'a str, Option<ImageId>>,
    by_name: HashMap<&'a str, Option<ImageId>>,
    by_stem: HashMap<&'a str, Option<ImageId>>,
    by_name_stem: HashMap<&'a str, Option<ImageId>>,
}

impl<'a> Known<'a> {
    fn of(images: &'a [ImageRecord]) -> Self {
        let named = |name: fn(&'a str) -> &'a str| {
            let mut found: HashMap<&str, Option<ImageId>> = HashMap::with_capacity(images.len());
            for image in images {
                let entry = found.entry(name(&image.path.text));
                entry.and_modify(|known| *known = None).or_insert(Some(image.id));
            }
            found
        };
        let raw = || images.iter().filter_map(|image| Some((image.path.raw.as_deref()?, image.id)));
        let mut by_bytes_of_stem = HashMap::new();
        for (path, image) in raw() {
            let entry = by_bytes_of_stem.entry(paths::without_ending_bytes(path));
            entry.and_modify(|known| *known = None).or_insert(Some(image));
        }
        Self {
            by_bytes: raw().collect(),
            by_bytes_of_stem,
            by_path: named(|path| path),
            by_name: named(paths::file_name),
            by_stem: named(paths::without_ending),
            by_name_stem: named(|path| paths::without_ending(paths::file_name(path))),
        }
    }

    /// The image, and whether only its name says so.
    fn find(&self, picture: &Annotation, prefix: Option<&str>, folder: &Path) -> Result<(ImageId, bool), &'static str> {
        if let Some(raw) = &picture.raw {
            let image = self.at_bytes(raw, prefix, picture.lacks_ending);
            return image.map(|image| (image, false)).ok_or("no image of the collection has this path, byte by byte");
        }
        let written = &picture.path;
        let turned = written.replace('\\', "/");
        let mut leads_out = true;
        for path in [written, &turned] {
            let candidates = match paths::is_absolute(path) {
                true => [paths::below(path, folder), None],
                false => [prefix.and_then(|prefix| paths::plain(prefix, path)), paths::plain("", path)],
            };
            for path in candidates.iter().flatten() {
                leads_out = false;
                if let Some(image) = self.at(path, picture.lacks_ending) {
                    return Ok((image, false));
                }
            }
        }
        if leads_out {
            return Err("its path leads out of the collection's folder");
        }
        let name = paths::file_name(&turned);
        let by_name = if picture.lacks_ending { &self.by_name_stem } else { &self.by_name };
        match by_name.get(name) {
            Some(Some(image)) => Ok((*image, true)),
            Some(None) => Err("no image has this path, and several have this name"),
            None => Err("no image of the collection is called so"),
        }
    }

    fn at(&self, path: &str, lacks_ending: bool) -> Option<ImageId> {
        match lacks_ending {
            true => self.by_stem.get(path).copied().flatten(),
            false => self.by_path.get(path).copied().flatten(),
        }
    }

    /// The image at a path that is not UTF-8, from the folder of the files or from the collection's.
    fn at_bytes(&self, path: &[u8], prefix: Option<&str>, lacks_ending: bool) -> Option<ImageId> {
        let below = prefix.filter(|prefix| !prefix.is_empty()).map(|prefix| [prefix.as_bytes(), b"/", path].concat());
        let at = |path: &[u8]| match lacks_ending {
            true => self.by_bytes_of_stem.get(path).copied().flatten(),
            false => self.by_bytes.get(path).copied(),
        };
        below.as_deref().and_then(at).or_else(|| at(path))
    }
}

//! COCO: one JSON file with `images`, `categories` and `annotations`.
//!
//! Segmentations, captions and keypoints are passed over. An annotation without a box is a category of the whole picture.
//! Numbers of up to 15 digits are read exactly (COCO's have 7), longer ones to the nearest or the next double.

use std::collections::HashMap;
use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, SeqAccess, Visitor};

use super::bounded::Bounded;
use super::bounds::Budget;
use super::{ImportError, MOST_BOXES, MOST_LABELS, MOST_PICTURES, files};
use crate::domain::{AnnotatedBox, Annotation, Remarks};

/// The largest file. COCO's own are half a gigabyte.
const MOST_BYTES: u64 = 16 << 30;

#[derive(Deserialize)]
struct Document {
    images: Option<Bounded<Picture, MOST_PICTURES>>,
    annotations: Option<Bounded<Mark, MOST_BOXES>>,
    categories: Option<Bounded<Category, MOST_LABELS>>,
}

#[derive(Deserialize)]
struct Picture {
    id: Id,
    file_name: String,
    width: Option<u32>,
    height: Option<u32>,
    /// Not of COCO: our own export says it.
    split: Option<String>,
}

#[derive(Deserialize)]
struct Mark {
    image_id: Id,
    category_id: Option<Id>,
    #[serde(default, deserialize_with = "frame")]
    bbox: Option<[f64; 4]>,
    #[serde(default)]
    iscrowd: u8,
}

#[derive(Deserialize)]
struct Category {
    id: Id,
    name: String,
}

/// Numbers mostly, texts in files of some programs.
#[derive(PartialEq, Eq, Hash)]
enum Id {
    Number(i64),
    Text(Box<str>),
}

impl fmt::Display for Id {
    fn fmt(&self, words: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(words, "{number}"),
            Self::Text(text) => write!(words, "{text:?}"),
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyId;

        impl Visitor<'_> for AnyId {
            type Value = Id;

            fn expecting(&self, words: &mut fmt::Formatter<'_>) -> fmt::Result {
                words.write_str("an id (a whole number or a text)")
            }

            fn visit_i64<E: Error>(self, id: i64) -> Result<Id, E> {
                Ok(Id::Number(id))
            }

            fn visit_u64<E: Error>(self, id: u64) -> Result<Id, E> {
                i64::try_from(id).map(Id::Number).map_err(|_| E::custom(format!("the id {id} is too large")))
            }

            fn visit_str<E: Error>(self, id: &str) -> Result<Id, E> {
                Ok(Id::Text(id.into()))
            }
        }

        deserializer.deserialize_any(AnyId)
    }
}

/// Four numbers; `null` and an empty list are none.
fn frame<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<[f64; 4]>, D::Error> {
    struct Frame;

    impl<'de> Visitor<'de> for Frame {
        type Value = Option<[f64; 4]>;

        fn expecting(&self, words: &mut fmt::Formatter<'_>) -> fmt::Result {
            words.write_str("a bbox of four numbers: left, top, width, height")
        }

        fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut numbers: A) -> Result<Self::Value, A::Error> {
            let mut frame = [0.0; 4];
            for (place, number) in frame.iter_mut().enumerate() {
                *number = match numbers.next_element()? {
                    Some(number) => number,
                    None if place == 0 => return Ok(None),
                    None => return Err(A::Error::invalid_length(place, &self)),
                };
            }
            match numbers.next_element::<IgnoredAny>()? {
                None => Ok(Some(frame)),
                Some(_) => Err(A::Error::invalid_length(5, &self)),
            }
        }
    }

    deserializer.deserialize_any(Frame)
}

/// Reads a file, or the only one in a folder.
pub(super) fn read(
    path: &Path,
    remarks: &mut Remarks,
    within: &mut Budget<'_>,
) -> Result<Vec<Annotation>, ImportError> {
    let file = match path.is_dir() {
        true => only_one(path)?,
        false => path.to_owned(),
    };
    let reader = within.open(&file, MOST_BYTES)?;
    let document: Document = serde_json::from_reader(reader)
        .map_err(|error| ImportError::not_understood(format!("this is no COCO file: {error}"), &file))?;
    let Some(images) = document.images else {
        let why = "this is no COCO file of pictures: it has no \"images\"";
        return Err(ImportError::not_understood(why, &file));
    };
    let names: HashMap<Id, String> =
        document.categories.map(|list| list.0).unwrap_or_default().into_iter().map(|it| (it.id, it.name)).collect();
    let mut places = HashMap::with_capacity(images.0.len());
    let mut pictures = Vec::with_capacity(images.0.len());
    for (item, image) in images.0.into_iter().enumerate() {
        let mut picture = Annotation::of(image.file_name, format!("image {item}"));
        picture.size = image.width.zip(image.height).filter(|(width, height)| *width > 0 && *height > 0);
        picture.split = image.split;
        if places.contains_key(&image.id) {
            remarks.add(|| format!("image {item} has the id {} of an earlier one and was left out", image.id));
            continue;
        }
        within.take_picture(&file)?;
        places.insert(image.id, pictures.len());
        pictures.push(picture);
    }
    for (item, mark) in document.annotations.map(|list| list.0).unwrap_or_default().into_iter().enumerate() {
        let Some(picture) = places.get(&mark.image_id).map(|place| &mut pictures[*place]) else {
            remarks.add(|| format!("annotation {item} is of image {}, which the file does not list", mark.image_id));
            continue;
        };
        let label = match &mark.category_id {
            None => None,
            Some(category) => {
                let Some(name) = names.get(category) else {
                    remarks.add(|| format!("annotation {item} has category {category}, which the file does not list"));
                    continue;
                };
                picture.add_label(name);
                Some(name.clone())
            }
        };
        let Some(frame) = mark.bbox else { continue };
        if frame[2] <= 0.0 || frame[3] <= 0.0 {
            remarks.add(|| format!("annotation {item} has an empty box, which was left out"));
            continue;
        }
        within.take_box(&file)?;
        picture.boxes.push(AnnotatedBox { frame, is_in_shares: false, label, is_crowd: mark.iscrowd != 0 });
    }
    Ok(pictures)
}

fn only_one(folder: &Path) -> Result<std::path::PathBuf, ImportError> {
    let mut found = files::inside(folder, &|path| files::ends(path, &["json"]))?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(ImportError::not_understood("no .json file lies in this folder", folder)),
        several => {
            let why = format!("{several} .json files lie in this folder; name one");
            Err(ImportError::not_understood(why, folder))
        }
    }
}

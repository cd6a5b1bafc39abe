//! The boxes of a row, or of a sample: four numbers in columns of their own, or all boxes of a picture in one cell, as a table of
//! lists (`{"bbox": [[left, top, width, height], …], "categories": […]}`), a list of such boxes (`[{"bbox": …, "category": …}, …]`),
//! or of their numbers alone. What is no box is left out, and told.

use std::path::Path;

use serde_json::{Map, Value};

use super::ImportError;
use super::bounds::Budget;
use super::cells::{BOXES, number, texts};
use super::columns::Columns;
use crate::domain::{AnnotatedBox, Annotation, Remarks};

/// What the names of the boxes are called within it.
const NAMES: [&str; 6] = ["categories", "category", "labels", "label", "classes", "class"];
/// What says of a box that many things stand close together.
const CROWDS: [&str; 2] = ["iscrowd", "is_crowd"];
/// Numbers may be a little beyond the side that they are shares of, since they were rounded: so far, a box of pixels would be beyond
/// the first one as well.
const SHARE_TOLERANCE: f64 = 0.02;

/// Where boxes go, and what is told of those that are none.
pub(super) struct Boxes<'a, 'b> {
    pub(super) file: &'a Path,
    pub(super) remarks: &'a mut Remarks,
    pub(super) within: &'a mut Budget<'b>,
}

impl Boxes<'_, '_> {
    /// Adds those of a row, whose label or labels are `names`, to its picture; `place` says where it stands.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn add_row(
        &mut self,
        picture: &mut Annotation,
        columns: &Columns,
        names: &[String],
        cell: &dyn Fn(usize) -> Value,
        place: &dyn Fn() -> String,
    ) -> Result<(), ImportError> {
        if let Some(frame) = &columns.frame {
            match frame.frame(cell) {
                Ok(None) => {}
                Ok(Some(frame)) => {
                    let marked = Marked { frame: Ok(frame), label: names.first().cloned(), is_crowd: false };
                    self.add_marked(picture, [marked], place)?;
                }
                Err(why) => self.remarks.add(|| format!("{} has a box that was left out: {why}", place())),
            }
        }
        match columns.objects {
            Some(at) => self.add_cell(picture, &cell(at), names, place),
            None => Ok(()),
        }
    }

    /// Adds those of a cell. Where it is a list of numbers alone, the picture's labels are theirs if there are as many.
    ///
    /// # Errors
    /// When there are too many.
    pub(super) fn add_cell(
        &mut self,
        picture: &mut Annotation,
        value: &Value,
        names: &[String],
        place: &dyn Fn() -> String,
    ) -> Result<(), ImportError> {
        match in_cell(value, names) {
            Ok(marked) => self.add_marked(picture, marked, place),
            Err(why) => {
                self.remarks.add(|| format!("{} has boxes that were left out: {why}", place()));
                Ok(())
            }
        }
    }

    fn add_marked(
        &mut self,
        picture: &mut Annotation,
        marked: impl IntoIterator<Item = Marked>,
        place: &dyn Fn() -> String,
    ) -> Result<(), ImportError> {
        for (number, Marked { frame, label, is_crowd }) in (1..).zip(marked) {
            label.iter().for_each(|label| picture.add_label(label));
            let frame = frame.and_then(|frame| match frame[2] > 0.0 && frame[3] > 0.0 {
                true => Ok(frame),
                false => Err("is empty".to_owned()),
            });
            match frame {
                Ok(frame) => {
                    self.within.take_box(self.file)?;
                    picture.boxes.push(AnnotatedBox { frame, is_in_shares: false, label, is_crowd });
                }
                Err(why) => self.remarks.add(|| format!("{}: box {number} {why}, and was left out", place())),
            }
        }
        Ok(())
    }
}

/// Where nothing is larger than the side it lies on, numbers are shares of the sides and no pixels: in a file of pixels there is a
/// box that goes beyond the first.
pub(super) fn tell_shares(pictures: &mut [Annotation]) {
    let boxes = || pictures.iter().flat_map(|picture| &picture.boxes);
    let is_share = |marked: &AnnotatedBox| {
        let [left, top, width, height] = marked.frame;
        let (least, most) = (-SHARE_TOLERANCE, 1.0 + SHARE_TOLERANCE);
        left >= least && top >= least && left + width <= most && top + height <= most
    };
    if boxes().all(is_share) {
        pictures.iter_mut().flat_map(|picture| &mut picture.boxes).for_each(|marked| marked.is_in_shares = true);
    }
}

/// A box as it is written, or what it is instead.
struct Marked {
    frame: Result<[f64; 4], String>,
    label: Option<String>,
    is_crowd: bool,
}

impl Marked {
    fn of(frame: &Value, label: Option<&Value>, crowd: Option<&Value>) -> Self {
        let is_crowd =
            crowd.is_some_and(|said| said.as_bool().unwrap_or_else(|| said.as_f64().is_some_and(|it| it > 0.0)));
        Self { frame: four_numbers(frame), label: label.and_then(|label| texts(label).into_iter().next()), is_crowd }
    }
}

fn in_cell(value: &Value, names: &[String]) -> Result<Vec<Marked>, String> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.trim().is_empty() => Ok(Vec::new()),
        // In a table of texts.
        Value::String(text) => match serde_json::from_str(text) {
            Ok(Value::String(_)) => Err("it is a text".to_owned()),
            Ok(value) => in_cell(&value, names),
            Err(error) => Err(format!("it is no JSON ({error})")),
        },
        Value::Object(table) => in_table(table),
        Value::Array(list) if list.first().is_some_and(Value::is_number) => {
            Ok(vec![Marked { label: names.first().cloned(), ..Marked::of(value, None, None) }])
        }
        Value::Array(list) => {
            let alone = list.iter().all(Value::is_array).then_some(names).filter(|names| names.len() == list.len());
            Ok(list.iter().enumerate().map(|(at, item)| in_list(item, alone.map(|names| &names[at]))).collect())
        }
        Value::Bool(_) | Value::Number(_) => Err("it is neither a list nor a table".to_owned()),
    }
}

fn in_list(item: &Value, name: Option<&String>) -> Marked {
    if let Value::Object(entry) = item {
        return of_entry(entry);
    }
    Marked { label: name.cloned(), ..Marked::of(item, None, None) }
}

fn of_entry(entry: &Map<String, Value>) -> Marked {
    Marked::of(any(entry, &BOXES).unwrap_or(&Value::Null), any(entry, &NAMES), any(entry, &CROWDS))
}

/// A list each of boxes, of their names, and of what else is said of them; or one box.
fn in_table(table: &Map<String, Value>) -> Result<Vec<Marked>, String> {
    let names = any(table, &NAMES);
    let Some(frames) = any(table, &BOXES) else {
        return if table.is_empty() { Ok(Vec::new()) } else { Err("there is no bbox".to_owned()) };
    };
    let frames = match frames {
        Value::Null => return Ok(Vec::new()),
        Value::Array(frames) if frames.first().is_some_and(Value::is_number) => {
            return Ok(vec![of_entry(table)]);
        }
        Value::Array(frames) => frames,
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
            return Err("bbox is no list".to_owned());
        }
    };
    let names = match names {
        Some(Value::Array(names)) if names.len() == frames.len() => Some(names),
        Some(Value::Array(names)) => {
            return Err(format!("there are not as many categories as boxes ({}, {})", names.len(), frames.len()));
        }
        None | Some(Value::Null) => None,
        Some(_) => return Err("categories are no list".to_owned()),
    };
    let crowds = any(table, &CROWDS).and_then(Value::as_array).filter(|crowds| crowds.len() == frames.len());
    let of = |(at, frame): (usize, &Value)| Marked::of(frame, names.map(|it| &it[at]), crowds.map(|it| &it[at]));
    Ok(frames.iter().enumerate().map(of).collect())
}

fn any<'a>(table: &'a Map<String, Value>, names: &[&str]) -> Option<&'a Value> {
    names.iter().find_map(|name| table.get(*name))
}

fn four_numbers(value: &Value) -> Result<[f64; 4], String> {
    let numbers = value.as_array().filter(|numbers| numbers.len() == 4).ok_or("has not four numbers")?;
    let mut frame = [0.0; 4];
    for (into, value) in frame.iter_mut().zip(numbers) {
        *into = number(value).map_err(|why| format!("has {why}"))?.ok_or("has not four numbers")?;
    }
    Ok(frame)
}

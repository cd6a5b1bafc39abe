//! `tiramisu boxes FOLDER`

use std::path::PathBuf;

use anyhow::bail;
use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_CHANGED};
use super::listener::Listener;
use super::opening::Opening;
use super::{Console, Outcome, collection, query};
use crate::domain::{Example, ImageBox, Region, counted};
use crate::engine::{Event, Request};

/// Lists the boxes that were imported, each with its number.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu boxes ~/Pictures
  tiramisu boxes ~/Pictures --label cat --where \"split = 'val'\" --json
  tiramisu neighbours --folder ~/Pictures --box 12                 pictures like what is in box 12
  tiramisu neighbours --folder ~/Pictures --box 12 --anywhere      parts of pictures like it
  tiramisu export ~/Pictures --to boxes.json --format coco")]
pub struct BoxesArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// Only boxes with this label; may be given several times
    #[arg(long, value_name = "LABEL")]
    label: Vec<String>,
    /// Only boxes in images for which this predicate is true (see `tiramisu query --help`)
    #[arg(long = "where", value_name = "PREDICATE")]
    predicate: Option<String>,
    /// List them; this is also what is done without it
    #[arg(long)]
    list: bool,
    /// How to open the folder
    #[command(flatten)]
    opening: Opening,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

/// One line of the answer.
#[derive(Serialize)]
struct Row<'a> {
    #[serde(rename = "box")]
    number: u32,
    path: &'a str,
    label: Option<&'a str>,
    /// In pixels of the picture as it is shown.
    left: f64,
    top: f64,
    width: f64,
    height: f64,
    is_crowd: bool,
    /// As shares of the picture's sides, as far as it lies in the picture; null where its size is not known.
    region: Option<Region>,
}

impl Arguments for BoxesArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        NOTHING_CHANGED
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When the boxes cannot be read, or the predicate.
fn run(args: &BoxesArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_known(&args.folder, &args.opening, None, console)?;
    let matching = match &args.predicate {
        Some(predicate) => {
            let found = query::ask(&mut listener, predicate, None, console)?;
            found.remarks.iter().for_each(|remark| console.note(remark));
            Some(found.ids)
        }
        None => None,
    };
    let boxes = all(&mut listener, console)?;
    let is_wanted = |it: &&ImageBox| {
        let has_label = args.label.is_empty() || it.label.as_ref().is_some_and(|label| args.label.contains(label));
        has_label && matching.as_ref().is_none_or(|ids| ids.binary_search(&it.image).is_ok())
    };
    let rows: Vec<Row<'_>> = boxes
        .iter()
        .filter(is_wanted)
        .filter_map(|it| {
            let image = listener.images.get(it.image)?;
            Some(Row {
                number: it.id,
                path: image.path.text,
                label: it.label.as_deref(),
                left: it.left,
                top: it.top,
                width: it.width,
                height: it.height,
                is_crowd: it.is_crowd,
                region: it.region(&image.to_record()),
            })
        })
        .collect();
    let mut words = String::new();
    for row in &rows {
        let frame = format!("{:.1} {:.1} {:.1} × {:.1}", row.left, row.top, row.width, row.height);
        words += &format!("{:>8}  {:<20}  {frame:<32}  {}\n", row.number, row.label.unwrap_or("(none)"), row.path);
    }
    if rows.is_empty() {
        words += "no boxes; `tiramisu import` brings them in from COCO, YOLO or Pascal VOC\n";
    }
    console.answer(&serde_json::json!({ "count": rows.len(), "boxes": rows }), &words)?;
    if !console.is_json() && !rows.is_empty() {
        console.note(counted(rows.len(), "box", "boxes"));
    }
    Ok(Outcome::Done)
}

/// What is in a box, as part of a probe.
///
/// # Errors
/// When there is no such box, or it does not lie in its picture.
pub(super) fn example(number: u32, listener: &mut Listener, console: &mut Console) -> anyhow::Result<Example> {
    let boxes = all(listener, console)?;
    let Some(found) = boxes.iter().find(|it| it.id == number) else {
        bail!("there is no box {number}; `tiramisu boxes {}` lists them", listener.collection.folder.display());
    };
    listener.learn([found.image], console)?;
    let image = listener.record(found.image)?;
    match found.region(&image.to_record()) {
        Some(region) => Ok(Example::Region { image: found.image, region }),
        None => {
            bail!("box {number} does not lie in its picture, or the picture could not be read: {}", image.path.text)
        }
    }
}

/// All boxes there are.
///
/// # Errors
/// When they cannot be read.
pub(super) fn all(listener: &mut Listener, console: &mut Console) -> anyhow::Result<std::sync::Arc<Vec<ImageBox>>> {
    listener.ask(
        Request::TellBoxes,
        console,
        |event| {
            if let Event::Boxes(boxes) = event { Some(boxes.clone()) } else { None }
        },
    )
}

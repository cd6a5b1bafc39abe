//! `tiramisu boxes FOLDER`

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, COMMITTED_STAYS, NOTHING_CHANGED};
use super::listener::Listener;
use super::opening::Opening;
use super::parsers::one_of;
use super::{Console, Outcome, collection, query};
use crate::domain::{Example, ImageBox, Pooling, Region, counted};
use crate::engine::{AnalysisAnswer, AnalysisWish, CutOutReport, CutOutWish, Event, Request, WhichBoxes};

/// Lists the boxes that were imported, each with its number; or makes each a picture of its own, to be looked at, searched and
/// mapped like any other.
///
/// With --cut-out DIR every box is cut out of its picture into a file in DIR, in a folder of its label. DIR becomes a collection
/// with a workspace of its own, whose vectors are what the layers see under the boxes, as a search with --box has them:
/// choose them with --network, or in the window's menu Network. The list DIR/boxes.csv says where each file came from. Done
/// again, what is new is added.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu boxes ~/Pictures
  tiramisu boxes ~/Pictures --label cat --where \"split = 'val'\" --json
  tiramisu neighbours --folder ~/Pictures --box 12                 pictures like what is in box 12
  tiramisu neighbours --folder ~/Pictures --box 12 --anywhere      parts of pictures like it
  tiramisu boxes ~/Pictures --cut-out ~/boxes --layer fire9/concat             boxes as pictures of their own
  tiramisu neighbours ~/boxes/cat/tom_00c0ffee0123.jpg --network \"boxes of ladyfinger\"
  tiramisu project ~/boxes --network \"boxes of ladyfinger\" --out map.csv
  tiramisu export ~/Pictures --to boxes.json --format coco

Exit codes: 3 if --cut-out left some out; the answer says which and why.")]
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
    #[arg(long, conflicts_with = "cut_out")]
    list: bool,
    /// Make each a picture of its own in this folder: a new or empty one, or one of boxes that were cut out before
    #[arg(long, value_name = "DIR")]
    cut_out: Option<PathBuf>,
    /// Layers whose vectors they get, of those that see more than one place [default: the deepest stored layer before the
    /// class scores]
    #[arg(long = "layer", value_name = "NAME", requires = "cut_out")]
    layers: Vec<String>,
    /// How the places of a layer under a box become one vector: their average, each weighted by how much of it the box
    /// covers, or the largest value that it touches
    #[arg(long, default_value = "average", requires = "cut_out", value_parser = one_of(Pooling::ALL, Pooling::word))]
    pooling: Pooling,
    /// What to call the vectors [default: "boxes of" and the network]
    #[arg(long, value_name = "NAME", requires = "cut_out")]
    name: Option<String>,
    /// Where the workspace of the pictures of boxes lies [default: named after DIR, in the user's data directory]
    #[arg(long, value_name = "DIR", requires = "cut_out")]
    cut_out_workspace: Option<PathBuf>,
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
        if self.cut_out.is_some() { COMMITTED_STAYS } else { NOTHING_CHANGED }
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When the boxes cannot be read, or the predicate; when they cannot be cut out.
fn run(args: &BoxesArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_known(&args.folder, &args.opening, None, console)?;
    let matching = query::matching(&mut listener, args.predicate.as_deref(), console)?;
    let boxes = all(&mut listener, console)?;
    let is_wanted = |it: &&ImageBox| {
        let has_label = args.label.is_empty() || it.label.as_ref().is_some_and(|label| args.label.contains(label));
        has_label && matching.as_ref().is_none_or(|ids| ids.binary_search(&it.image).is_ok())
    };
    if let Some(folder) = &args.cut_out {
        let mut numbers: Vec<u32> = boxes.iter().filter(is_wanted).map(|it| it.id).collect();
        if numbers.is_empty() && !boxes.is_empty() {
            bail!("no box matches, so nothing was cut out");
        }
        numbers.sort_unstable();
        return cut_out(args, folder, numbers, &mut listener, console);
    }
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

/// Makes boxes pictures of their own.
fn cut_out(
    args: &BoxesArgs,
    folder: &Path,
    boxes: Vec<u32>,
    listener: &mut Listener,
    console: &mut Console,
) -> anyhow::Result<Outcome> {
    let mut layers = args.layers.clone();
    if layers.is_empty() {
        let collection = &listener.collection;
        layers.extend(collection.layers.get(collection.default_layer()).map(|layer| layer.name.clone()));
    }
    let wish = CutOutWish {
        boxes: WhichBoxes::Numbered(boxes),
        layers,
        pooling: args.pooling,
        folder: folder.to_owned(),
        workspace: args.cut_out_workspace.clone(),
        name: args.name.clone(),
    };
    let report: Arc<CutOutReport> = listener.analyse(AnalysisWish::CutOut(wish), console, |answer| {
        if let AnalysisAnswer::CutOut(report) = answer { Some(report.clone()) } else { None }
    })?;
    let CutOutReport { folder, network, layers, boxes, already, left_out, .. } = &*report;
    let are = counted(*boxes, "box is a picture", "boxes are pictures");
    let mut words = format!("{are} in {}, with vectors of {} as \"{network}\"\n", folder.display(), layers.join(", "));
    if *already > 0 {
        words += &format!("{} made before\n", counted(*already, "of them was", "of them were"));
    }
    if left_out.count > 0 {
        words += &format!("{} left out:\n", counted(left_out.count, "box", "boxes"));
        left_out.first.iter().for_each(|why| words += &format!("  {why}\n"));
        if left_out.count > left_out.first.len() {
            words += "  and more\n";
        }
    }
    console.answer(&*report, &words)?;
    Ok(if left_out.count == 0 { Outcome::Done } else { Outcome::DoneExceptSome })
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
pub(super) fn all(listener: &mut Listener, console: &mut Console) -> anyhow::Result<Arc<Vec<ImageBox>>> {
    listener.ask(
        Request::TellBoxes,
        console,
        |event| {
            if let Event::Boxes(boxes) = event { Some(boxes.clone()) } else { None }
        },
    )
}

//! `tiramisu import FOLDER --from FILE|DIR`

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use clap::Args as ClapArgs;
use clap::builder::PossibleValue;
use serde_json::{Value, json};

use super::arguments::{Arguments, NOTHING_CHANGED};
use super::opening::Opening;
use super::parsers::one_of;
use super::{Console, Interrupted, Misuse, Outcome, collection};
use crate::domain::{AnnotationFormat, ColumnNames, Remarks, Tags, counted};
use crate::engine::{Event, ImportParts, ImportReport, ImportWish, Request};

/// Imports labels, splits and boxes from the files of a data set. They are kept in the workspace (labels.lance, boxes.lance) and
/// belong to pictures by their paths; the pictures are not changed.
///
/// A picture is found by its path from the folder of FILE, then by its path from FOLDER, and else by its name, if no other has it.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
An imported label takes the place of the folder's name wherever labels are used. A picture that has several labels has none of them
as its label, nor the folder's name: then every label in the file is also a tag, such as label:cat. With --only boxes all labels stay
what they are.

Examples:
  tiramisu import ~/Pictures --from labels.csv                          columns path, label and split, or some of them
  tiramisu import ~/coco --from ~/coco/annotations/instances_val2017.json
  tiramisu import ~/coco --from ~/coco/annotations/instances_val2017.json --only boxes
  tiramisu import ~/dataset --from ~/dataset/data.yaml                  YOLO
  tiramisu import ~/VOC2012 --from ~/VOC2012                            Pascal VOC
  tiramisu import ~/Pictures --from table.csv --path-column img --label-column species
  tiramisu import ~/Pictures --from boxes.csv         a row a box: path, label, xmin, ymin, xmax, ymax (or x, y, width, height)
  tiramisu query ~/Pictures \"label = 'cat' and split = 'train'\"
  tiramisu query ~/Pictures \"tag('label:cat') and tag('label:dog')\"
  tiramisu boxes ~/Pictures                                             list the boxes
  tiramisu import ~/Pictures --forget                                   labels are the folders' names again

Labels that were given by hand stay what they are, whatever FILE says, unless --over-hand is said.")]
pub struct ImportArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// The file to import, or the folder of a data set
    #[arg(long, value_name = "FILE|DIR")]
    from: Option<PathBuf>,
    /// What it is [default: found out by what is in it]
    #[arg(long, value_parser = one_of(AnnotationFormat::ALL, format_in_help))]
    format: Option<AnnotationFormat>,
    /// The split of pictures of which the files say none
    #[arg(long, value_name = "NAME")]
    split: Option<String>,
    /// The column of paths in a table [default: path, file_name, image or the like]
    #[arg(long, value_name = "COLUMN")]
    path_column: Option<String>,
    /// The column of labels in a table [default: label, class, category or the like]
    #[arg(long, value_name = "COLUMN")]
    label_column: Option<String>,
    /// The column of splits in a table [default: split, set, subset or the like]
    #[arg(long, value_name = "COLUMN")]
    split_column: Option<String>,
    /// Import only these of what FILE says; all else stays as it is [default: all]
    #[arg(long, value_name = "PARTS", value_parser = one_of([ImportParts::Labels, ImportParts::Boxes], parts_in_help))]
    only: Option<ImportParts>,
    /// Replace labels that were given by hand, too; with --forget, forget them
    #[arg(long)]
    over_hand: bool,
    /// Forget all labels, splits and boxes that were imported, and the tags that labels became
    #[arg(long, conflicts_with_all = ["from", "format", "split", "only", "path_column", "label_column", "split_column"])]
    forget: bool,
    /// How to open the folder
    #[command(flatten)]
    opening: Opening,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for ImportArgs {
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
/// When the files cannot be read, speak of no picture of the collection or say nothing of those, or the workspace is open elsewhere.
fn run(args: &ImportArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let (request, from) = match (&args.from, args.forget) {
        (_, true) => (Request::ForgetImported { over_hand: args.over_hand }, None),
        (Some(from), false) => (Request::Import(wish(args, from.clone())?), Some(from)),
        (None, false) => bail!(Misuse("name what to import (--from FILE|DIR), or forget it all (--forget)".to_owned())),
    };
    let mut listener = collection::open_known(&args.folder, &args.opening, None, console)?;
    listener.send(request);
    // While files are read it can be stopped. Once it is written nobody could say what was: Ctrl-C has to wait that long.
    let end = loop {
        let outcome = listener.answer(console, |event| {
            if let Event::Imported(report) = event {
                return Some(End::Imported(report.clone()));
            }
            if let Event::ImportForgotten { labels_kept } = event {
                return Some(End::Forgotten { labels_kept: *labels_kept });
            }
            matches!(event, Event::ImportStopped).then_some(End::Stopped)
        });
        match outcome {
            Err(error) if error.is::<Interrupted>() => {}
            outcome => break outcome?,
        }
    };
    let report = match end {
        End::Imported(report) => report,
        End::Forgotten { labels_kept } => {
            let answer = json!({ "forgotten": true, "labels_by_hand_kept": labels_kept });
            console.answer(&answer, &forgotten_in_words(labels_kept))?;
            return Ok(Outcome::Done);
        }
        End::Stopped => bail!(Interrupted),
    };
    // What is not asked for is no part of what is said, nor can it be missing.
    let told = report.of_parts();
    console.answer(&answer(&told), &in_words(&told))?;
    if let Some(why) = report.refusal() {
        let from = from.map(|from| from.display().to_string()).unwrap_or_default();
        bail!("{why}, so nothing was imported: {from}");
    }
    let is_whole = told.left_out().next().is_none();
    Ok(if is_whole { Outcome::Done } else { Outcome::DoneExceptSome })
}

/// What came of it.
enum End {
    Imported(Arc<ImportReport>),
    Forgotten { labels_kept: usize },
    Stopped,
}

fn wish(args: &ImportArgs, path: PathBuf) -> Result<ImportWish, Misuse> {
    let cleaned = |split: &String| Tags::cleaned(split).map_err(|why| Misuse(why.replace("a tag", "a split")));
    Ok(ImportWish {
        path,
        format: args.format,
        split: args.split.as_ref().map(cleaned).transpose()?,
        columns: ColumnNames {
            path: args.path_column.clone(),
            label: args.label_column.clone(),
            split: args.split_column.clone(),
        },
        over_hand: args.over_hand,
        parts: args.only.unwrap_or_default(),
    })
}

fn answer(report: &ImportReport) -> Value {
    let list = |remarks: &Remarks| json!({ "count": remarks.count, "first": remarks.first });
    json!({
        "format": report.format.word(),
        "pictures": report.pictures,
        "matched": report.matched,
        "matched_by_name": report.by_name,
        "labelled": report.labelled,
        "with_several_labels": report.with_several,
        "in_splits": report.in_splits,
        "boxes": report.boxes.boxes,
        "images_with_boxes": report.boxes.images,
        "labels_by_hand_kept": if report.over_hand { 0 } else { report.labels_by_hand },
        "unmatched": list(&report.unmatched),
        "boxes_left_out": list(&report.without_boxes),
        "remarks": list(&report.remarks),
    })
}

fn forgotten_in_words(labels_kept: usize) -> String {
    match labels_kept {
        0 => "what was imported is forgotten; labels are the folders' names again\n".to_owned(),
        kept => format!(
            "what was imported is forgotten; {} kept (--over-hand forgets them, too), the others are the folders' names again\n",
            counted(kept, "label given by hand", "labels given by hand")
        ),
    }
}

fn in_words(report: &ImportReport) -> String {
    let mut words: String = report.facts().into_iter().map(|line| line + "\n").collect();
    if report.parts.has_labels() && report.labels_by_hand > 0 && !report.over_hand {
        words += "(--over-hand replaces labels given by hand, too)\n";
    }
    for (what, remarks) in report.left_out() {
        words += &format!("{} {what}:\n", remarks.count);
        remarks.first.iter().for_each(|remark| words += &format!("  {remark}\n"));
        if remarks.count > remarks.first.len() {
            words += &format!("  and {} more\n", remarks.count - remarks.first.len());
        }
    }
    words
}

/// A format as `--format` takes it.
fn format_in_help(format: AnnotationFormat) -> PossibleValue {
    PossibleValue::new(format.word()).help(format.about())
}

/// Parts as `--only` takes them.
fn parts_in_help(parts: ImportParts) -> PossibleValue {
    PossibleValue::new(parts.word()).help(match parts {
        ImportParts::All => "All that FILE says",
        ImportParts::Labels => "Labels and splits",
        ImportParts::Boxes => "Boxes",
    })
}

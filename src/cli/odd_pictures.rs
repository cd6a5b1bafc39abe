//! `tiramisu odd-pictures FOLDER`

use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_KEPT};
use super::opening::Opening;
use super::parsers::one_of;
use super::{Console, Outcome, collection};
use crate::domain::{OddKind, OddPicture, Oddity, counted};
use crate::engine::{AnalysisAnswer, AnalysisWish};

/// Finds pictures that something is wrong with, whatever they show: blurred, dark, bright, near-blank, of odd shape, tiny; and
/// lists the files that cannot be read. Stored as `odd_NETWORK.lance`.
///
/// Sharpness, brightness and entropy are measured at the size of a thumbnail. Blurred, shape and tiny are told beside what is
/// usual in the collection; what a quarter of the pictures are is not odd and is left out.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu odd-pictures ~/Pictures
  tiramisu odd-pictures ~/Pictures --only blurred --only dark --json
  tiramisu odd-pictures ~/Pictures --only unreadable")]
pub struct OddPicturesArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// List only those that are odd in these ways
    #[arg(long, value_name = "WAY", value_parser = one_of(OddKind::ALL, OddKind::word))]
    only: Vec<OddKind>,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    path: &'a str,
    label: Option<&'a str>,
    width: u32,
    height: u32,
    oddities: &'a [Oddity],
    reason: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    /// Images that were looked at.
    images: usize,
    /// Ways in which so many are that it is not odd here.
    common: &'a [OddKind],
    /// How many are odd in each way.
    counts: Vec<(&'static str, usize)>,
    table: String,
    /// Whether the measures are in that table.
    kept: bool,
    elapsed_secs: f64,
    rows: Vec<Row<'a>>,
}

impl Arguments for OddPicturesArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        NOTHING_KEPT
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When there is no image yet.
fn run(args: &OddPicturesArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_known(&args.folder, &args.opening, None, console)?;
    let pick = |answer: &AnalysisAnswer| answer.finding()?.odd_pictures().cloned();
    let report = listener.analyse(AnalysisWish::OddPictures, console, pick)?;
    let is_wanted = |odd: &&OddPicture| args.only.is_empty() || args.only.iter().any(|kind| odd.is(*kind));
    let mut rows = Vec::new();
    for odd in report.pictures.iter().filter(is_wanted) {
        let Some(image) = listener.images.get(odd.image) else { continue };
        rows.push(Row {
            path: image.path.text,
            label: image.label,
            width: image.width,
            height: image.height,
            oddities: &odd.oddities,
            reason: odd.reason(image.problem),
        });
    }
    let answer = Answer {
        images: report.compared,
        common: &report.common,
        counts: OddKind::ALL.map(|kind| (kind.word(), report.count(kind))).to_vec(),
        table: report.table(),
        kept: listener.is_kept,
        elapsed_secs: report.elapsed_secs,
        rows,
    };
    let counts: Vec<String> = OddKind::ALL
        .into_iter()
        .filter(|kind| report.count(*kind) > 0)
        .map(|kind| format!("{} {}", report.count(kind), kind.title()))
        .collect();
    let mut words = format!(
        "{} among {}, {:.1} s; {}\n",
        counted(report.pictures.len(), "odd picture", "odd pictures"),
        counted(answer.images, "image", "images"),
        answer.elapsed_secs,
        listener.kept_as(&answer.table)
    );
    if !counts.is_empty() {
        words += &format!("{}\n", counts.join(", "));
    }
    if !report.common.is_empty() {
        let common: Vec<&str> = report.common.iter().map(|kind| kind.title()).collect();
        words += &format!("so many are {} that it is not odd here\n", common.join(", or "));
    }
    for row in &answer.rows {
        words += &format!("{}\n      {}\n", row.path, row.reason);
    }
    console.answer(&answer, &words)?;
    Ok(Outcome::Done)
}

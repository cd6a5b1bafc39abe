//! `tiramisu duplicates FOLDER`

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_KEPT};
use super::opening::Opening;
use super::source::Source;
use super::{Console, Outcome, collection};
use crate::domain::{
    DuplicateReason, DuplicateReport, DuplicateWish, ImageId, StrategyChoice, Within, counted, distance_in_words,
};
use crate::engine::AnalysisWish;

/// Finds images that are the same picture: files of equal bytes, pictures that look alike, images that are the same to a
/// layer; in groups, with labels and splits that contradict each other. Stored as `duplicates_NETWORK.lance`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu duplicates ~/Pictures
  tiramisu duplicates ~/Pictures --only content
  tiramisu duplicates ~/Pictures --layer fire9/concat --share 0.2 --bits 8 --json")]
pub struct DuplicatesArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors to compare
    #[command(flatten)]
    source: Source,
    /// Two images are the same to the layer if the distance between them is at most this share of the distance to a
    /// tenth neighbour: to a typical one, and to each image's own
    #[arg(long, default_value_t = DuplicateWish::SHARE, value_parser = parse_share, allow_negative_numbers = true)]
    share: f32,
    /// Use this cosine distance (0 to 2) as the limit instead of --share, whatever the layer
    #[arg(long, conflicts_with = "share", value_parser = parse_distance, allow_negative_numbers = true)]
    distance: Option<f32>,
    /// Pictures look alike if their perceptual hashes differ in at most this many of 64 bits. The hash is pHash (Zauner
    /// 2010): the 8 x 8 lowest frequencies of the grey thumbnail, each above their median or not
    #[arg(long, default_value_t = DuplicateWish::BITS, value_parser = clap::value_parser!(u32).range(0..=64))]
    bits: u32,
    /// Compare only in these ways
    #[arg(long, value_name = "WAY")]
    only: Vec<Way>,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, ValueEnum)]
enum Way {
    /// Files of equal bytes
    Content,
    /// Pictures that look alike
    Appearance,
    /// Images that are the same to a layer
    Features,
}

#[derive(Serialize)]
struct Answer<'a> {
    table: String,
    /// Whether they are in that table.
    kept: bool,
    compared: usize,
    unread: usize,
    /// The layer whose vectors were compared, if any were.
    layer: Option<&'a str>,
    pooling: Option<&'static str>,
    /// Up to which cosine distance images were the same to it.
    within: Option<f32>,
    elapsed_secs: f64,
    /// Which strategy was chosen, and why, if there was a choice.
    choice: Option<&'a StrategyChoice>,
    groups: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    images: Vec<&'a str>,
    reasons: &'a [(DuplicateReason, f32)],
    labels: &'a [(String, usize)],
    splits: &'a [(String, usize)],
}

impl Arguments for DuplicatesArgs {
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
/// When nothing was extracted yet.
fn run(args: &DuplicatesArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_known(&args.folder, &args.opening, args.source.layer.as_deref(), console)?;
    let is_wanted = |way: Way| args.only.is_empty() || args.only.contains(&way);
    let within = args.distance.map_or(Within::Share { share: args.share }, Within::Distance);
    let features = match is_wanted(Way::Features) {
        true => Some((listener.source(&args.source)?, within)),
        false => None,
    };
    let wish = DuplicateWish {
        by_content: is_wanted(Way::Content),
        bits: is_wanted(Way::Appearance).then_some(args.bits),
        features,
    };
    let report =
        listener.analyse(AnalysisWish::Duplicates(wish), console, |answer| answer.finding()?.duplicates().cloned())?;
    let source = report.wish.features.as_ref().map(|(source, _)| source);
    let path = |id: &ImageId| listener.images.get(*id).map(|image| image.path.text);
    let rows = report.groups.iter().map(|group| Row {
        images: group.images.iter().filter_map(path).collect(),
        reasons: &group.reasons,
        labels: &group.labels,
        splits: &group.splits,
    });
    let answer = Answer {
        table: report.table(),
        kept: listener.is_kept,
        compared: report.compared,
        unread: report.unread,
        layer: source.map(|source| source.layer.as_str()),
        pooling: source.map(|source| source.pooling.word()),
        within: report.within,
        elapsed_secs: report.elapsed_secs,
        choice: listener.choice.as_ref(),
        groups: rows.collect(),
    };
    console.answer(&answer, &in_words(&answer, &report, &listener.kept_as(&answer.table)))?;
    Ok(if report.unread > 0 { Outcome::DoneExceptSome } else { Outcome::Done })
}

fn parse_distance(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(distance) if (0.0..=2.0).contains(&distance) => Ok(distance),
        _ => Err("a cosine distance lies between 0 and 2".to_owned()),
    }
}

fn parse_share(text: &str) -> Result<f32, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a share lies between 0 and 1".to_owned()),
    }
}

fn in_words(answer: &Answer, report: &DuplicateReport, kept: &str) -> String {
    let mut words = format!(
        "{} of the same picture among {}, {} redundant, {:.1} s; {kept}\n",
        counted(answer.groups.len(), "group", "groups"),
        counted(answer.compared, "image", "images"),
        report.copies(),
        answer.elapsed_secs,
    );
    if let Some(at) = report.layer_in_words() {
        words += &format!("vectors were compared {at}\n");
    }
    if answer.unread > 0 {
        words += &format!("{} could not be read and were left out\n", counted(answer.unread, "file", "files"));
    }
    for group in &answer.groups {
        let reasons: Vec<String> = group
            .reasons
            .iter()
            .map(|(reason, far)| match reason {
                DuplicateReason::Content => "equal bytes".to_owned(),
                DuplicateReason::Appearance => format!("look alike (up to {})", counted(*far as usize, "bit", "bits")),
                DuplicateReason::Features => {
                    format!("the same to {} (up to {})", answer.layer.unwrap_or("the layer"), distance_in_words(*far))
                }
            })
            .collect();
        words += &format!("\n{}\n", reasons.join(", "));
        for (what, values) in [("labels", group.labels), ("splits", group.splits)] {
            if !values.is_empty() {
                let values: Vec<String> = values.iter().map(|(value, count)| format!("{value} {count}")).collect();
                words += &format!("  different {what}: {}\n", values.join(", "));
            }
        }
        for image in &group.images {
            words += &format!("  {image}\n");
        }
    }
    words
}

//! `tiramisu suspicious-labels FOLDER`

use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_KEPT};
use super::opening::Opening;
use super::parsers::one_of;
use super::source::Source;
use super::{Console, Outcome, collection};
use crate::domain::{LabelScore, StrategyChoice, SuspiciousLabelWish, counted};
use crate::engine::{AnalysisAnswer, AnalysisWish};

/// Finds labels that are probably wrong: images whose neighbours have another label, by confident learning (Northcutt et al.
/// 2021), with the reason and how many layers agree. Stored as `suspicious_NETWORK_LAYER.lance`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu suspicious-labels ~/Pictures
  tiramisu suspicious-labels ~/Pictures --by confidence --top 100 --json
  tiramisu suspicious-labels ~/Pictures --layer fire9/concat --neighbours 25 --others 0")]
pub struct SuspiciousLabelsArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors decide
    #[command(flatten)]
    source: Source,
    /// margin: how much more probable another label is; confidence: how improbable its own is
    #[arg(long, default_value = "margin", value_parser = one_of(LabelScore::ALL, LabelScore::word))]
    by: LabelScore,
    /// How many neighbours to consider
    #[arg(
        short,
        long = "neighbours",
        default_value_t = SuspiciousLabelWish::NEIGHBOURS as u32,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    k: u32,
    /// How many further layers to ask whether they agree, from the deeper part of the network
    #[arg(long, value_name = "LAYERS", default_value_t = SuspiciousLabelWish::OTHERS)]
    others: usize,
    /// How many to list
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Row<'a> {
    rank: usize,
    path: &'a str,
    label: &'a str,
    likely: &'a str,
    margin: f32,
    confidence: f32,
    likely_neighbours: u32,
    label_neighbours: u32,
    layers: u32,
    middles: Option<u32>,
    reason: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    by: &'static str,
    /// The layer that decides.
    layer: &'a str,
    pooling: &'static str,
    /// All that were asked, the one that decides last.
    layers: &'a [String],
    /// How many neighbours of each image were considered.
    neighbours: usize,
    /// Images with a label and a vector.
    images: usize,
    /// How many different labels they have.
    labels: usize,
    /// How many of the labels are suspicious.
    suspicious: usize,
    table: String,
    /// Whether they are in that table.
    kept: bool,
    elapsed_secs: f64,
    /// Which strategy was chosen, and why, if there was a choice.
    choice: Option<&'a StrategyChoice>,
    /// The first of them.
    rows: Vec<Row<'a>>,
}

impl Arguments for SuspiciousLabelsArgs {
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
/// When nothing was extracted yet, or there are not two labels.
fn run(args: &SuspiciousLabelsArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_known(&args.folder, &args.opening, args.source.layer.as_deref(), console)?;
    let wish = SuspiciousLabelWish { source: listener.source(&args.source)?, k: args.k as usize, others: args.others };
    let pick = |answer: &AnalysisAnswer| answer.finding()?.suspicious_labels().cloned();
    let report = listener.analyse(AnalysisWish::SuspiciousLabels(wish), console, pick)?;
    console.note_neighbours(args.k as usize, report.compared);
    let mut rows = Vec::new();
    for (place, label) in report.ranked(args.by).into_iter().take(args.top as usize).enumerate() {
        let Some(image) = listener.images.get(label.image) else { continue };
        rows.push(Row {
            rank: place + 1,
            path: image.path.text,
            label: &label.given,
            likely: &label.likely,
            margin: label.margin,
            confidence: label.confidence,
            likely_neighbours: label.likely_neighbours,
            label_neighbours: label.given_neighbours,
            layers: label.layers,
            middles: label.middles,
            reason: report.reason(label),
        });
    }
    let answer = Answer {
        by: args.by.word(),
        layer: &report.wish.source.layer,
        pooling: report.wish.source.pooling.word(),
        layers: &report.layers,
        neighbours: report.neighbours,
        images: report.compared,
        labels: report.classes,
        suspicious: report.labels.len(),
        table: report.table(),
        kept: listener.is_kept,
        elapsed_secs: report.elapsed_secs,
        choice: listener.choice.as_ref(),
        rows,
    };
    let mut words = format!(
        "{} among {} with {} at {}, {:.1} s; {}\n",
        counted(answer.suspicious, "suspicious label", "suspicious labels"),
        counted(answer.images, "image", "images"),
        counted(answer.labels, "label", "labels"),
        answer.layer,
        answer.elapsed_secs,
        listener.kept_as(&answer.table)
    );
    for Row { rank, path, reason, .. } in &answer.rows {
        words += &format!("{rank:4}  {path}\n      {reason}\n");
    }
    console.answer(&answer, &words)?;
    Ok(Outcome::Done)
}

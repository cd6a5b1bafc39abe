//! `tiramisu embed FOLDER`

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::arguments::{Arguments, NOTHING_KEPT};
use super::opening::Opening;
use super::with_choice::WithChoice;
use super::{Console, Outcome, collection};
use crate::domain::{counted, in_words};
use crate::engine::{AnalysisAnswer, AnalysisWish, EmbeddingSummary, Thresholds};

/// Makes the full-network embedding: for every feature of every stored layer, whether it is unusually strong in an
/// image, unusually weak, or neither. This takes two bits per feature, stored as `embedding_NETWORK.lance`; the
/// collection's statistics are stored as `reference_NETWORK.lance`. The distance of two pictures is the number of
/// features that differ; strong and weak differ no more than strong and neither.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu embed ~/Pictures
  tiramisu embed ~/Pictures --quantiles 0.3,0.7
  tiramisu neighbours ~/Pictures/cats/tom.jpg --embedding")]
pub struct EmbedArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Weak below and strong above these numbers of standard deviations from the mean [default: -0.25,0.15]
    #[arg(long, value_name = "LOW,HIGH", value_parser = parse_pair, allow_hyphen_values = true)]
    fixed: Option<Pair>,
    /// Weak below and strong above these quantiles of each feature
    #[arg(long, value_name = "LOW,HIGH", value_parser = parse_shares, conflicts_with = "fixed")]
    quantiles: Option<Pair>,
    /// Choose the thresholds that separate the labels best (by Kolmogorov-Smirnov distance; our reading of the paper)
    #[arg(long, conflicts_with_all = ["fixed", "quantiles"])]
    supervised: bool,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug)]
struct Pair(f64, f64);

impl Arguments for EmbedArgs {
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
fn run(args: &EmbedArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_to_ask(&args.folder, &args.opening, None, console)?;
    let thresholds = match (args.fixed, args.quantiles) {
        (Some(Pair(low, high)), _) => Thresholds::Fixed { low, high },
        (None, Some(Pair(low, high))) => Thresholds::Quantiles { low, high },
        (None, None) if args.supervised => Thresholds::SUPERVISED,
        (None, None) => Thresholds::default(),
    };
    let summary = listener.analyse(AnalysisWish::Embed(thresholds), console, |answer| {
        if let AnalysisAnswer::Embedding(summary) = answer { Some(summary.clone()) } else { None }
    })?;
    console.answer(
        &WithChoice { answer: &summary, choice: listener.choice.as_ref() },
        &in_words(&summary, &listener.kept_as(&summary.table)),
    )?;
    Ok(Outcome::Done)
}

fn in_words(summary: &EmbeddingSummary, kept: &str) -> String {
    format!(
        "{} of {} for {}, {:.1} s; {kept}\n\
         {:.1} % strong, {:.1} % weak; {} instead of {} for the vectors\n",
        counted(summary.features, "feature", "features"),
        counted(summary.layers, "layer", "layers"),
        counted(summary.images, "image", "images"),
        summary.elapsed_secs,
        summary.share_strong * 100.0,
        summary.share_weak * 100.0,
        in_words::bytes(summary.bytes as u64),
        in_words::bytes(summary.bytes_of_vectors as u64),
    )
}

fn parse_pair(text: &str) -> Result<Pair, String> {
    let numbers = text.split_once(',').map(|(low, high)| (low.trim().parse::<f64>(), high.trim().parse::<f64>()));
    match numbers {
        Some((Ok(low), Ok(high))) if low <= high && low.is_finite() && high.is_finite() => Ok(Pair(low, high)),
        _ => Err("write two numbers with a comma between, the smaller one first".to_owned()),
    }
}

fn parse_shares(text: &str) -> Result<Pair, String> {
    match parse_pair(text)? {
        Pair(low, high) if low >= 0.0 && high <= 1.0 => Ok(Pair(low, high)),
        _ => Err("shares lie between 0 and 1".to_owned()),
    }
}

//! `tiramisu outliers FOLDER`

use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_KEPT};
use super::opening::Opening;
use super::parsers::one_of;
use super::source::Source;
use super::{Console, Outcome, collection};
use crate::domain::{OutlierScore, OutlierWish, StrategyChoice, counted};
use crate::engine::AnalysisWish;

/// Finds images unlike the others at a layer. The scores of all images are stored as `outliers_NETWORK_LAYER.lance`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu outliers ~/Pictures
  tiramisu outliers ~/Pictures --by factor --layer fire9/concat --top 50 --json")]
pub struct OutliersArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors to compare
    #[command(flatten)]
    source: Source,
    /// distance: far from the k-th neighbour; factor: in a sparser region than its neighbours (LOF); cluster: far from
    /// the centre of its own cluster
    #[arg(long, default_value = "distance", value_parser = one_of(OutlierScore::ALL, OutlierScore::word))]
    by: OutlierScore,
    /// How many neighbours to consider
    #[arg(short, long = "neighbours", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    k: u32,
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
    score: f32,
    label: Option<&'a str>,
    path: &'a str,
}

#[derive(Serialize)]
struct Answer<'a> {
    by: &'static str,
    layer: &'a str,
    images: usize,
    table: String,
    /// Whether they are in that table.
    kept: bool,
    elapsed_secs: f64,
    /// Which strategy was chosen, and why, if there was a choice.
    choice: Option<&'a StrategyChoice>,
    outliers: Vec<Row<'a>>,
}

impl Arguments for OutliersArgs {
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
fn run(args: &OutliersArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_known(&args.folder, &args.opening, args.source.layer.as_deref(), console)?;
    let wish = OutlierWish { source: listener.source(&args.source)?, k: args.k as usize };
    let report =
        listener.analyse(AnalysisWish::Outliers(wish), console, |answer| answer.finding()?.outliers().cloned())?;
    console.note_neighbours(args.k as usize, report.ids.len());
    let first = report.first(args.by, args.top as usize);
    let row = |(place, (id, score)): (usize, &(crate::domain::ImageId, f32))| {
        let image = listener.images.get(*id)?;
        Some(Row { rank: place + 1, score: *score, label: image.label, path: image.path.text })
    };
    let answer = Answer {
        by: args.by.word(),
        layer: &report.wish.source.layer,
        images: report.ids.len(),
        table: report.table(),
        kept: listener.is_kept,
        elapsed_secs: report.elapsed_secs,
        choice: listener.choice.as_ref(),
        outliers: first.iter().enumerate().filter_map(row).collect(),
    };
    let mut words = format!(
        "{} at {}, {}, {:.1} s; {}\n",
        args.by.title(),
        answer.layer,
        counted(answer.images, "image", "images"),
        answer.elapsed_secs,
        listener.kept_as(&answer.table)
    );
    for Row { rank, score, path, .. } in &answer.outliers {
        words += &format!("{rank:4}  {score:8.4}  {path}\n");
    }
    console.answer(&answer, &words)?;
    Ok(Outcome::Done)
}

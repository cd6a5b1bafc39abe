//! `tiramisu graph FOLDER --to FILE`

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args as ClapArgs, ValueEnum};

use super::arguments::{Arguments, NOTHING_KEPT};
use super::opening::Opening;
use super::parsers::one_of;
use super::source::Source;
use super::with_choice::WithChoice;
use super::{Console, Misuse, Outcome, collection};
use crate::domain::{GraphFormat, counted};
use crate::engine::{AnalysisAnswer, AnalysisWish, GraphKind, GraphSummary, GraphWish};

/// Writes a graph: images and their nearest neighbours, or images and the features that are strong in them. As lines
/// `source target weight` with the list of vertices beside them, or as GraphML.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu graph ~/Pictures --to near.graphml -k 10 --mutual
  tiramisu graph ~/Pictures --kind features --drop-hubs 0.5 --to features.edges      needs `tiramisu embed`
  tiramisu graph ~/Pictures --kind features --deviations 3 --to strong.edges")]
pub struct GraphArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// The file to write
    #[arg(long = "to", value_name = "FILE")]
    out: PathBuf,
    /// What the edges connect
    #[arg(long, default_value = "neighbours")]
    kind: Kind,
    /// Format of the file: lines of edges, or GraphML [default: by its ending]
    #[arg(long, value_parser = one_of(GraphFormat::ALL, GraphFormat::word))]
    format: Option<GraphFormat>,
    /// Nearest neighbours each image is joined with
    #[arg(short, long = "count", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    k: u32,
    /// Only edges between images that are neighbours of each other
    #[arg(long)]
    mutual: bool,
    /// Features count as strong above so many standard deviations [default: as in the embedding]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    deviations: Option<f64>,
    /// Leave out features that are strong in more than this share of the images
    #[arg(long, value_name = "SHARE", value_parser = parse_share, allow_negative_numbers = true)]
    drop_hubs: Option<f64>,
    /// Replace FILE if it exists, and the list of vertices beside lines of edges, FILE.vertices
    #[arg(long)]
    overwrite: bool,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors to compare
    #[command(flatten)]
    source: Source,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Kind {
    /// Images and their nearest neighbours at a layer
    Neighbours,
    /// Images and features
    Features,
}

impl Arguments for GraphArgs {
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
/// When nothing was extracted yet, or the file cannot be written.
fn run(args: &GraphArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let of_features = args.deviations.is_some() || args.drop_hubs.is_some();
    match args.kind {
        Kind::Neighbours if of_features => {
            bail!(Misuse("--deviations and --drop-hubs are for the graph of features; add --kind features".to_owned()))
        }
        Kind::Features if args.mutual => {
            bail!(Misuse("--mutual is for the graph of neighbours; leave it out, or --kind features".to_owned()))
        }
        Kind::Neighbours | Kind::Features => {}
    }
    let mut listener = collection::open_to_ask(&args.folder, &args.opening, args.source.layer.as_deref(), console)?;
    let kind = match args.kind {
        Kind::Neighbours => {
            GraphKind::Neighbours { source: listener.source(&args.source)?, k: args.k as usize, is_mutual: args.mutual }
        }
        Kind::Features => {
            GraphKind::Features { deviations: args.deviations, most_share: args.drop_hubs.unwrap_or(1.0) }
        }
    };
    let format = args.format.unwrap_or_else(|| GraphFormat::by_ending(&args.out));
    let out = std::path::absolute(&args.out)?;
    let wish = GraphWish { kind, format, out, overwrite: args.overwrite };
    let summary = listener.analyse(AnalysisWish::Graph(wish), console, |answer| {
        if let AnalysisAnswer::Graph(summary) = answer { Some(summary.clone()) } else { None }
    })?;
    if matches!(args.kind, Kind::Neighbours) {
        console.note_neighbours(args.k as usize, summary.images);
    }
    console.answer(&WithChoice { answer: &summary, choice: listener.choice.as_ref() }, &in_words(&summary))?;
    Ok(Outcome::Done)
}

fn in_words(summary: &GraphSummary) -> String {
    let mut words =
        format!("{} of {}", counted(summary.edges, "edge", "edges"), counted(summary.images, "image", "images"));
    if summary.features > 0 {
        words += &format!(" and {}", counted(summary.features, "feature", "features"));
    }
    if summary.hubs_dropped > 0 {
        words += &format!(" ({} left out)", counted(summary.hubs_dropped, "hub", "hubs"));
    }
    words += &format!(", {:.1} s, written to {}\n", summary.elapsed_secs, summary.out.display());
    if let Some(list) = &summary.vertex_list {
        words += &format!("the vertices: {}\n", list.display());
    }
    words
}

fn parse_share(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => Err("a share lies between 0 and 1".to_owned()),
    }
}

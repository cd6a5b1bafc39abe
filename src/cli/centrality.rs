//! `tiramisu centrality FOLDER`

use std::path::PathBuf;

use clap::Args as ClapArgs;
use clap::builder::PossibleValue;
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_KEPT};
use super::csv_table::csv_of;
use super::opening::Opening;
use super::parsers::one_of;
use super::source::Source;
use super::{Console, Outcome, collection};
use crate::domain::{
    Centrality, CentralityReport, CentralityWish, GraphFacts, ImageRef, StrategyChoice, counted, thousands,
};
use crate::engine::{self, AnalysisWish};

/// Measures where images stand in the graph that joins each with its nearest neighbours at a layer: which pictures are
/// typical, which are hubs that are near everything, and which are bridges between groups. What is measured of all images is
/// stored as `centrality_NETWORK_LAYER.lance`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu centrality ~/Pictures
  tiramisu centrality ~/Pictures --by betweenness --top 50 --json
  tiramisu centrality ~/Pictures --layer fire9/concat --out centrality.csv")]
pub struct CentralityArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors to compare
    #[command(flatten)]
    source: Source,
    /// What the images that are listed are highest in
    #[arg(long, default_value = "typicality", value_parser = one_of(Centrality::ALL, named))]
    by: Centrality,
    /// Nearest neighbours each image is joined with
    #[arg(short, long = "neighbours", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    k: u32,
    /// From how many images, drawn by chance, shortest paths are searched. The more, the surer are betweenness, harmonic
    /// centrality and distances; from all of them, they are exact [default: all of some thousand images, and of more as
    /// many as take about a minute of one core, at least 256]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(2..))]
    pivots: Option<u32>,
    /// Seed of the random numbers: the same seed draws the same images
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// How many to list
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    top: u32,
    /// CSV file to write: path, label and all that is measured of every image
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace FILE if it exists
    #[arg(long, requires = "out")]
    overwrite: bool,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

/// What is measured of one image.
#[derive(Serialize)]
struct Row<'a> {
    path: &'a str,
    label: Option<&'a str>,
    degree: u32,
    mutual_degree: u32,
    in_degree: u32,
    pagerank: f32,
    typicality: f32,
    betweenness: f32,
    harmonic: f32,
    community: u32,
    component: u32,
    strong_component: u32,
}

#[derive(Serialize)]
struct Answer<'a> {
    by: &'static str,
    layer: &'a str,
    pooling: &'static str,
    neighbours: usize,
    images: usize,
    table: String,
    /// Whether they are in that table.
    kept: bool,
    elapsed_secs: f64,
    /// Which strategy was chosen, and why, if there was a choice.
    choice: Option<&'a StrategyChoice>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<String>,
    graph: &'a GraphFacts,
    /// The most central first.
    most_central: Vec<Row<'a>>,
}

impl Arguments for CentralityArgs {
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
fn run(args: &CentralityArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    if let Some(out) = &args.out {
        // Before the work, not after it.
        engine::check_file(out, args.overwrite)?;
    }
    let mut listener = collection::open_known(&args.folder, &args.opening, args.source.layer.as_deref(), console)?;
    let wish = CentralityWish {
        k: args.k as usize,
        pivots: args.pivots.map(|pivots| pivots as usize),
        seed: args.seed,
        ..CentralityWish::new(listener.source(&args.source)?)
    };
    let report =
        listener.analyse(AnalysisWish::Centrality(wish), console, |answer| answer.finding()?.centrality().cloned())?;
    console.note_neighbours(args.k as usize, report.ids.len());
    let row = |row: usize| row_of(&report, row, listener.images.get(report.ids[row])?);
    if let Some(out) = &args.out {
        let table = csv_of((0..report.ids.len()).filter_map(row))?;
        engine::write_file(out, args.overwrite, &table)?;
    }
    let order = report.order(args.by);
    let answer = Answer {
        by: args.by.word(),
        layer: &report.wish.source.layer,
        pooling: report.wish.source.pooling.word(),
        neighbours: report.wish.k,
        images: report.ids.len(),
        table: report.table(),
        kept: listener.is_kept,
        elapsed_secs: report.elapsed_secs,
        choice: listener.choice.as_ref(),
        out: args.out.as_ref().map(|out| out.display().to_string()),
        graph: &report.facts,
        most_central: order.iter().take(args.top as usize).filter_map(|at| row(*at as usize)).collect(),
    };
    console.answer(&answer, &in_words(&answer, args.by, &listener.kept_as(&answer.table)))?;
    Ok(Outcome::Done)
}

fn row_of<'a>(report: &CentralityReport, row: usize, image: ImageRef<'a>) -> Option<Row<'a>> {
    Some(Row {
        path: image.path.text,
        label: image.label,
        degree: *report.degrees.get(row)?,
        mutual_degree: report.mutual_degrees[row],
        in_degree: report.in_degrees[row],
        pagerank: report.pageranks[row],
        typicality: report.typicalities[row],
        betweenness: report.betweennesses[row],
        harmonic: report.harmonics[row],
        community: report.communities[row],
        component: report.components[row],
        strong_component: report.strong_components[row],
    })
}

fn in_words(answer: &Answer, by: Centrality, kept: &str) -> String {
    let facts = answer.graph;
    let mut words = format!(
        "{} at {}, {}, {:.1} s; {kept}\n",
        by.title(),
        answer.layer,
        counted(answer.images, "image", "images"),
        answer.elapsed_secs,
    );
    words += &format!(
        "the graph: {}, {} of them mutual; {}\n",
        counted(facts.edges, "edge", "edges"),
        thousands(facts.mutual_edges),
        counted(facts.communities, "community", "communities"),
    );
    words += &format!(
        "hubs: skewness of the in-degrees {:.2}; {} among nobody's neighbours\n",
        facts.skewness,
        counted(facts.antihubs, "image is", "images are"),
    );
    words += &format!(
        "{}, the largest of {}; {}, the largest of {}\n",
        counted(facts.components, "connected component", "connected components"),
        counted(facts.largest_component, "image", "images"),
        counted(facts.strong_components, "strongly connected one", "strongly connected ones"),
        counted(facts.largest_strong_component, "image", "images"),
    );
    if let (Some(effective), Some(mean)) = (facts.effective_diameter, facts.mean_distance) {
        words += &format!(
            "steps between two images: {mean:.2} on average, at most {effective:.2} for 90 % of the pairs, up to {}\n",
            facts.longest_distance
        );
    }
    if let (Some(betweenness), Some(harmonic)) = (facts.betweenness_error, facts.harmonic_error) {
        words += &format!(
            "shortest paths from {} drawn by chance: the largest values of betweenness are estimated with a standard \
             error of {:.1} %, harmonic centrality with one of {:.1} %; --pivots {} would be exact\n",
            counted(facts.pivots, "image", "images"),
            betweenness * 100.0,
            harmonic * 100.0,
            answer.images,
        );
    }
    if let Some(out) = &answer.out {
        words += &format!("what is measured of each image is in {out}\n");
    }
    words += "      typicality  in-degree  betweenness  PageRank × images  community\n";
    for (place, row) in answer.most_central.iter().enumerate() {
        words += &format!(
            "{:4}  {:10.3}  {:9}  {:11.5}  {:17.2}  {:9}  {}\n",
            place + 1,
            row.typicality,
            row.in_degree,
            row.betweenness,
            row.pagerank * answer.images as f32,
            row.community,
            row.path
        );
    }
    words
}

/// As it is written on the command line, with what it means.
fn named(by: Centrality) -> PossibleValue {
    PossibleValue::new(by.word()).help(by.hint())
}

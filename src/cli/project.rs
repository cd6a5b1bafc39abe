//! `tiramisu project FOLDER`

use std::path::PathBuf;

use anyhow::Context;
use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_KEPT};
use super::csv_table::csv_of;
use super::opening::Opening;
use super::parsers::one_of;
use super::source::Source;
use super::{Console, Outcome, collection};
use crate::domain::{Faithfulness, ProjectionMethod, ProjectionWish, StrategyChoice, Trust, counted};
use crate::engine::{self, AnalysisAnswer, AnalysisWish};

/// Gives every image a place on a plane. The map is kept in the workspace, too.
///
/// Every map is judged by the 15 nearest neighbours of each image by cosine distance. UMAP, t-SNE and PaCMAP also use
/// cosine distance; principal components use the vectors without normalising their lengths. `kept` is the share of an
/// image's neighbours that are near it on the map.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu project ~/Pictures > map.csv
  tiramisu project ~/Pictures --layer fire9/concat --method umap --out map.csv
  tiramisu project ~/Pictures --layer fire9/concat --method umap --place")]
pub struct ProjectArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors to project
    #[command(flatten)]
    source: Source,
    /// The projection method
    #[arg(long, default_value = "pca", value_parser = one_of(ProjectionMethod::ALL, ProjectionMethod::word))]
    method: ProjectionMethod,
    /// Leave the existing map as it is, and place the images on it that were added later
    #[arg(long, conflicts_with = "seed")]
    place: bool,
    /// Measure how far a map by PCA can be believed by every image, and tell each its share: of very many that takes minutes,
    /// and a sample is measured otherwise
    #[arg(long, conflicts_with = "place")]
    judge_all: bool,
    /// Seed of the random numbers: the same seed gives the same map
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// CSV file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace FILE if it exists
    #[arg(long)]
    overwrite: bool,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Point<'a> {
    path: &'a str,
    label: Option<&'a str>,
    x: f32,
    y: f32,
    /// The share of its true neighbours that are near it on the map, where that was measured.
    kept: Option<f32>,
    /// Whether it got its place after the map was made.
    placed: bool,
}

/// How far some of the images can be believed to lie where they do.
#[derive(Serialize)]
struct Part {
    images: usize,
    neighbours_judged: usize,
    trustworthiness: f32,
    neighbours_kept: f32,
}

impl Part {
    fn of(trust: Trust) -> Self {
        Self {
            images: trust.images,
            neighbours_judged: trust.k,
            trustworthiness: trust.trustworthiness,
            neighbours_kept: trust.kept,
        }
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    layer: &'a str,
    pooling: &'a str,
    method: &'static str,
    /// Share of the total variance along each axis, of principal components.
    explained: Option<[f32; 2]>,
    /// Whether neighbours on the map are neighbours, in `0..=1`; of all images, those placed later among them.
    trustworthiness: Option<f32>,
    /// The share of an image's nearest neighbours that are near it on the map.
    neighbours_kept: Option<f32>,
    /// How many neighbours that is over.
    neighbours_judged: Option<usize>,
    /// By how many images both were measured, if not by each.
    #[serde(skip_serializing_if = "Option::is_none")]
    images_judged: Option<usize>,
    /// The same of the images that were placed later, and of the others before any was placed.
    #[serde(skip_serializing_if = "Option::is_none")]
    of_placed: Option<Part>,
    #[serde(skip_serializing_if = "Option::is_none")]
    as_made: Option<Part>,
    /// Which strategy was chosen, and why, if there was a choice.
    choice: Option<&'a StrategyChoice>,
    /// Images placed on a map that was there: this time, and in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    placed: Option<usize>,
    placed_in_all: usize,
    out: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    points: Vec<Point<'a>>,
}

impl Arguments for ProjectArgs {
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
fn run(args: &ProjectArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    if let Some(out) = &args.out {
        // Before the work, not after it.
        engine::check_file(out, args.overwrite)?;
    }
    let mut listener = collection::open_known(&args.folder, &args.opening, args.source.layer.as_deref(), console)?;
    let source = listener.source(&args.source)?;
    let wish = ProjectionWish { source, method: args.method, seed: args.seed };
    let wish = match (args.place, args.judge_all) {
        (true, _) => AnalysisWish::Place(wish),
        (false, true) => AnalysisWish::ProjectAndJudgeAll(wish),
        (false, false) => AnalysisWish::Project(wish),
    };
    let (projection, placed) = listener.analyse(wish, console, |answer| {
        if let AnalysisAnswer::Placed { projection, images } = answer {
            return Some((projection.clone(), Some(*images)));
        }
        answer.finished_map().map(|map| (map.clone(), None))
    })?;
    let faithfulness = projection.faithfulness.as_ref();
    if let Some(placed) = placed {
        let trust = faithfulness.map(Faithfulness::in_words).map_or(String::new(), |words| format!("\n{words}"));
        console.note(format!("{placed} of {} images placed on the existing map{trust}", projection.ids.len()));
    }
    let points: Vec<Point> = projection
        .ids
        .iter()
        .zip(&projection.points)
        .enumerate()
        .filter_map(|(row, (id, &[x, y]))| {
            let image = listener.images.get(*id)?;
            let kept = faithfulness.and_then(|known| known.kept_of_each.get(row).copied());
            let placed = projection.was_placed(*id);
            Some(Point { path: image.path.text, label: image.label, x, y, kept, placed })
        })
        .collect();
    let mut answer = Answer {
        layer: &projection.wish.source.layer,
        pooling: projection.wish.source.pooling.word(),
        method: projection.wish.method.word(),
        explained: projection.explained,
        trustworthiness: faithfulness.map(|known| known.trustworthiness),
        neighbours_kept: faithfulness.map(|known| known.kept),
        neighbours_judged: faithfulness.map(|known| known.k),
        images_judged: faithfulness.and_then(|known| known.sampled),
        of_placed: faithfulness.and_then(|known| known.of_placed).map(Part::of),
        as_made: faithfulness.and_then(|known| known.as_made).map(Part::of),
        choice: listener.choice.as_ref(),
        placed,
        placed_in_all: projection.placed.len(),
        out: args.out.as_ref().map(|out| out.display().to_string()),
        points: Vec::new(),
    };
    match &args.out {
        Some(out) => {
            engine::write_file(out, args.overwrite, &csv_of(&points)?)?;
            let mut what = format!("{} of {}", counted(points.len(), "point", "points"), answer.layer);
            if let Some([x, y]) = answer.explained {
                what += &format!(" ({:.1} % and {:.1} % of the variance)", x * 100.0, y * 100.0);
            }
            what += &format!(" written to {}", out.display());
            // Of images that were placed it was said above.
            if let Some(known) = faithfulness.filter(|_| placed.is_none()) {
                what += &format!("; {}", known.in_words());
            }
            console.answer(&answer, &format!("{what}\n"))?;
        }
        None => {
            let table = match console.is_json() {
                // Nobody reads it, and of a million points it takes a while.
                true => String::new(),
                false => String::from_utf8(csv_of(&points)?).context("a path in the workspace is not text")?,
            };
            answer.points = points;
            console.answer(&answer, &table)?;
        }
    }
    Ok(Outcome::Done)
}

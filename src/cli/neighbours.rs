//! `tiramisu neighbours IMAGE`

use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde::Serialize;

use super::args::{Opening, Source, metric_parser};
use super::listener::Listener;
use super::{Console, Outcome, collection};
use crate::domain::{Metric, Neighbour, StoredLayer};
use crate::engine::{Event, Look, NeighbourList, Request};

/// Finds the images most like one of them, exactly: every stored vector is compared.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu neighbours ~/Pictures/cats/tom.jpg
  tiramisu neighbours ~/Pictures/cats/tom.jpg --layer fire5/concat --metric euclidean -k 20 --json")]
pub struct NeighboursArgs {
    /// A picture of the collection
    image: PathBuf,
    /// The folder that was extracted [default: the nearest one above the picture that was]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors to compare
    #[command(flatten)]
    source: Source,
    /// How alike two vectors are
    #[arg(long, default_value = "cosine", value_parser = metric_parser())]
    metric: Metric,
    /// How many to find
    #[arg(short, long = "count", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    k: u32,
    /// Answer with one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

/// One line of the answer.
#[derive(Serialize)]
struct Row<'a> {
    rank: usize,
    score: f32,
    label: Option<&'a str>,
    path: &'a str,
}

#[derive(Serialize)]
struct Answer<'a> {
    probe: &'a str,
    layer: &'a str,
    pooling: &'a str,
    column: String,
    metric: Metric,
    searched: usize,
    elapsed_secs: f64,
    workspace: String,
    neighbours: Vec<Row<'a>>,
}

/// Runs the verb.
///
/// # Errors
/// When the picture is not in a collection, or has no vector at that layer.
pub fn run(args: &NeighboursArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let folder = collection::folder_of(&args.image, args.folder.as_deref(), args.opening.workspace.as_deref())?;
    let mut listener = collection::open_known(&folder, &args.opening, args.source.layer.as_deref(), console)?;
    let probe = listener.find(&args.image)?.id;
    let source = listener.source(&args.source)?;
    let list =
        ask(&mut listener, Look::Neighbours { probe, source, metric: args.metric, k: args.k as usize }, console)?;
    let image = |neighbour: &Neighbour| &listener.images[neighbour.image.index()];
    let rows = list.neighbours.iter().enumerate().map(|(place, neighbour)| Row {
        rank: place + 1,
        score: neighbour.score,
        label: image(neighbour).label.as_deref(),
        path: &image(neighbour).path.text,
    });
    let StoredLayer { layer, pooling } = &list.source;
    let answer = Answer {
        probe: &listener.images[probe.index()].path.text,
        layer,
        pooling: pooling.word(),
        column: list.source.column(),
        metric: list.metric,
        searched: list.searched,
        elapsed_secs: list.elapsed_secs,
        workspace: listener.collection.workspace.display().to_string(),
        neighbours: rows.collect(),
    };
    console.answer(&answer, &in_words(&answer))?;
    Ok(Outcome::Done)
}

/// Asks for neighbours and waits for them.
///
/// # Errors
/// When the engine cannot answer.
pub fn ask(listener: &mut Listener, look: Look, console: &mut Console) -> anyhow::Result<NeighbourList> {
    listener.problems.clear();
    listener.send(Request::Look(look));
    listener.wait(console, |listener, event| match event {
        Some(Event::Neighbours(list)) => Some(Ok(list.clone())),
        _ => listener.problems.first().map(|problem| Err(anyhow::anyhow!("{problem}"))),
    })?
}

fn in_words(answer: &Answer) -> String {
    let mut words = format!(
        "{} · {} ({}), {} over {} images, {:.1} ms\n",
        answer.probe,
        answer.layer,
        answer.pooling,
        answer.metric.word(),
        answer.searched,
        answer.elapsed_secs * 1e3
    );
    for Row { rank, score, path, .. } in &answer.neighbours {
        words += &format!("{rank:4}  {score:8.4}  {path}\n");
    }
    words
}

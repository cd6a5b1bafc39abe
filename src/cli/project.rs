//! `tiramisu project FOLDER`

use std::path::PathBuf;

use anyhow::{Context, anyhow};
use clap::Args as ClapArgs;
use serde::Serialize;

use super::args::{Opening, Source};
use super::{Console, Outcome, collection};
use crate::engine::{self, Event, Look, Request};

/// Gives every image a place on a plane: the first two principal components of its vectors.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu project ~/Pictures > map.csv
  tiramisu project ~/Pictures --layer fire9/concat --out map.csv")]
pub struct ProjectArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors to project
    #[command(flatten)]
    source: Source,
    /// CSV file to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace FILE if it exists
    #[arg(long)]
    overwrite: bool,
    /// Answer with one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Serialize)]
struct Point<'a> {
    path: &'a str,
    label: Option<&'a str>,
    x: f32,
    y: f32,
}

#[derive(Serialize)]
struct Answer<'a> {
    layer: &'a str,
    pooling: &'a str,
    /// Share of the total variance along each axis.
    explained: [f32; 2],
    out: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    points: Vec<Point<'a>>,
}

/// Runs the verb.
///
/// # Errors
/// When nothing was extracted yet, or the file cannot be written.
pub fn run(args: &ProjectArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_known(&args.folder, &args.opening, args.source.layer.as_deref(), console)?;
    let source = listener.source(&args.source)?;
    listener.problems.clear();
    listener.send(Request::Look(Look::Projection { source }));
    let projection = listener.wait(console, |listener, event| match event {
        Some(Event::Projected(projection)) => Some(Ok(projection.clone())),
        _ => listener.problems.first().map(|problem| Err(anyhow!("{problem}"))),
    })??;
    let points: Vec<Point> = projection
        .ids
        .iter()
        .zip(&projection.points)
        .filter_map(|(id, &[x, y])| {
            let image = listener.images.get(id.index())?;
            Some(Point { path: &image.path.text, label: image.label.as_deref(), x, y })
        })
        .collect();
    let mut answer = Answer {
        layer: &projection.source.layer,
        pooling: projection.source.pooling.word(),
        explained: projection.explained,
        out: args.out.as_ref().map(|out| out.display().to_string()),
        points: Vec::new(),
    };
    match &args.out {
        Some(out) => {
            let is_there = "the file exists already; say --overwrite to replace it";
            engine::write_file(out, args.overwrite, &csv_of(&points)?).map_err(|problem| match problem {
                None => anyhow!("{is_there}: {}", out.display()),
                Some(problem) => anyhow!("{problem}"),
            })?;
            let [x, y] = answer.explained;
            let what = format!(
                "{} points of {} ({:.1} % and {:.1} % of the variance)",
                points.len(),
                answer.layer,
                x * 100.0,
                y * 100.0
            );
            console.answer(&answer, &format!("{what} written to {}\n", out.display()))?;
        }
        None => {
            let table = String::from_utf8(csv_of(&points)?).context("a path in the workspace is not text")?;
            answer.points = points;
            console.answer(&answer, &table)?;
        }
    }
    Ok(Outcome::Done)
}

fn csv_of(points: &[Point]) -> anyhow::Result<Vec<u8>> {
    let mut table = csv::Writer::from_writer(Vec::new());
    for point in points {
        table.serialize(point)?;
    }
    Ok(table.into_inner()?)
}

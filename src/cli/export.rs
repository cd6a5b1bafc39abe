//! `tiramisu export FOLDER --to DIR|FILE`

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, bail};
use clap::Args as ClapArgs;
use clap::ValueEnum;

use super::args::{Opening, Source, metric_parser};
use super::console::count_in_words;
use super::listener::Listener;
use super::{Console, Outcome, collection, neighbours, query};
use crate::domain::{Filter, ImageId, Metric, NeighbourWish};
use crate::engine::{Event, ExportFormat, ExportRequest, ExportSummary, Request};

/// Takes images away. Nothing is ever replaced unasked: a copied file whose name is taken gets a number, a table that
/// exists needs --overwrite.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu export ~/Pictures --to all.csv
  tiramisu export ~/Pictures --label cats --label dogs --to pets.json
  tiramisu export ~/Pictures --where \"tag('keep') and width > 1024\" --to ~/kept
  tiramisu export ~/Pictures --like ~/Pictures/cats/tom.jpg -k 30 --to ~/like-tom")]
pub struct ExportArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// Where to: a folder for copies of the files, or a FILE.csv or FILE.json with a line an image
    #[arg(long, value_name = "DIR|FILE")]
    to: PathBuf,
    /// What to write [default: by the ending of DIR|FILE]
    #[arg(long)]
    format: Option<Format>,
    /// Only images with this label; may be given several times
    #[arg(long, value_name = "LABEL")]
    label: Vec<String>,
    /// Only images in whose path all these words occur
    #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
    text: String,
    /// Only images for which this is true (see `tiramisu query --help`)
    #[arg(long = "where", value_name = "PREDICATE")]
    predicate: Option<String>,
    /// Only this image, and then the images most like it with their scores
    #[arg(long, value_name = "IMAGE")]
    like: Option<PathBuf>,
    /// How many images with --like, beside the image itself
    #[arg(short, long = "count", default_value_t = 10, requires = "like", value_parser = clap::value_parser!(u32).range(1..))]
    k: u32,
    /// Which vectors --like compares
    #[command(flatten)]
    source: Source,
    /// How alike two vectors are, for --like
    #[arg(long, default_value = "cosine", value_parser = metric_parser())]
    metric: Metric,
    /// Replace an existing CSV or JSON file
    #[arg(long)]
    overwrite: bool,
    /// How to open the folder
    #[command(flatten)]
    opening: Opening,
    /// Answer with one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

/// What can be written.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Copies of the files
    Files,
    /// A table, one line an image
    Csv,
    /// The same as JSON
    Json,
}

/// Runs the verb.
///
/// # Errors
/// When nothing matches, or the target cannot be written or exists.
pub fn run(args: &ExportArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_known(&args.folder, &args.opening, args.source.layer.as_deref(), console)?;
    let (images, scores) = choose(args, &mut listener, console)?.into_iter().unzip();
    let request = ExportRequest {
        images,
        scores,
        format: args.format.map_or_else(|| format_of(&args.to), ExportFormat::from),
        target: args.to.clone(),
        overwrite: args.overwrite,
    };
    if request.images.is_empty() {
        bail!("no image of {} matches, so nothing was written", args.folder.display());
    }
    listener.problems.clear();
    listener.send(Request::Export(request));
    let summary = listener.wait(console, |listener, event| match event {
        Some(Event::Exported(summary)) => Some(Ok(summary.clone())),
        Some(Event::ExportExists(request)) => {
            Some(Err(anyhow!("the file exists already; say --overwrite to replace it: {}", request.target.display())))
        }
        _ => listener.problems.first().map(|problem| Err(anyhow!("{problem}"))),
    })??;
    // A path that is not UTF-8 has no exact form in JSON; this one is readable.
    let target = summary.target.display().to_string();
    let answer = serde_json::json!({
        "target": target,
        "written": summary.written,
        "renamed": summary.renamed,
        "failed": summary.failed,
        "interrupted": summary.cancelled,
    });
    console.answer(&answer, &in_words(&summary))?;
    Ok(match () {
        () if summary.cancelled => Outcome::Interrupted,
        () if summary.failed.is_empty() => Outcome::Done,
        () => Outcome::DoneExceptSome,
    })
}

/// The images to write, each with its score if there is one.
fn choose(
    args: &ExportArgs,
    listener: &mut Listener,
    console: &mut Console,
) -> anyhow::Result<Vec<(ImageId, Option<f32>)>> {
    let candidates: Vec<(ImageId, Option<f32>)> = match &args.like {
        None => listener.images.iter().map(|image| (image.id, None)).collect(),
        Some(image) => {
            let probe = listener.find(image)?.id;
            let source = listener.source(&args.source)?;
            let wish = NeighbourWish::of(probe, source, args.metric, args.k as usize);
            let list = neighbours::ask(listener, wish, console)?;
            let found = list.neighbours.into_iter().map(|neighbour| (neighbour.image, Some(neighbour.score)));
            std::iter::once((probe, None)).chain(found).collect()
        }
    };
    let labels: BTreeSet<String> = args.label.iter().cloned().collect();
    let filter = Filter { text: args.text.clone(), labels, ..Filter::default() };
    let matching = match &args.predicate {
        Some(predicate) => {
            let found = query::ask(listener, predicate, None, console)?;
            found.remarks.iter().for_each(|remark| console.note(remark));
            Some(found.ids)
        }
        None => None,
    };
    let passes = |id: &ImageId| {
        filter.accepts(&listener.images[id.index()])
            && matching.as_ref().is_none_or(|matching| matching.binary_search(id).is_ok())
    };
    Ok(candidates.into_iter().filter(|(id, _)| passes(id)).collect())
}

fn format_of(target: &Path) -> ExportFormat {
    match target.extension().and_then(|ending| ending.to_str()).map(str::to_ascii_lowercase).as_deref() {
        Some("csv") => ExportFormat::Csv,
        Some("json") => ExportFormat::Json,
        _ => ExportFormat::Files,
    }
}

impl From<Format> for ExportFormat {
    fn from(format: Format) -> Self {
        match format {
            Format::Files => ExportFormat::Files,
            Format::Csv => ExportFormat::Csv,
            Format::Json => ExportFormat::Json,
        }
    }
}

fn in_words(summary: &ExportSummary) -> String {
    let mut words = format!("{} written to {}\n", count_in_words(summary.written, "image"), summary.target.display());
    if summary.renamed > 0 {
        words += &format!(
            "{} got another name, as in `name (2).jpg`, since its own was taken; no file was replaced\n",
            count_in_words(summary.renamed, "copy").replace("copys", "copies")
        );
    }
    if summary.cancelled {
        words += "stopped before the end; what was written stays\n";
    }
    for (path, why) in &summary.failed {
        words += &format!("  not {path}: {why}\n");
    }
    words
}

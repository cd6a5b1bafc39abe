//! `tiramisu export FOLDER --to DIR|FILE`

mod checks;

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{anyhow, bail};
use clap::Args as ClapArgs;
use clap::builder::PossibleValue;

use super::arguments::{Arguments, WRITTEN_STAYS};
use super::collection::Place;
use super::listener::Listener;
use super::opening::Opening;
use super::parsers::one_of;
use super::source::Source;
use super::{Console, Outcome, collection, interrupt, named_images, neighbours, query};
use crate::domain::{
    ClassesBy, ClustersTold, DatasetOptions, Example, ExportFormat, FilePlacing, Filter, ImageId, MapPicture, Metric,
    NeighbourWish, Pooling, ProjectionMethod, ProjectionWish, StoredLayer, counted,
};
use crate::engine::{self, Event, ExportExists, ExportSummary, ExportWish, MapToExport, NamedImage, Request};

/// Stands for every stored layer.
const ALL_LAYERS: &str = "all";

/// Exports images. Nothing is replaced without asking: replacing what lies there needs --overwrite, and so does copying into a
/// folder that holds files already. Two copies of one name are told apart by a number.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu export ~/Pictures --to all.csv
  tiramisu export ~/Pictures --label cats --label dogs --to pets.json
  tiramisu export ~/Pictures --where \"tag('keep') and width > 1024\" --to ~/kept
  tiramisu export ~/Pictures --like ~/Pictures/cats/tom.jpg -k 30 --to ~/like-tom
  tiramisu query ~/Pictures \"width > 1024\" | tiramisu export ~/Pictures --images - --to ~/wide      files, one a line
  tiramisu export ~/Pictures --layer fire9/concat --to vectors.npy     numpy.load reads it; vectors.csv says whose rows
  tiramisu export ~/Pictures --layer fire2/concat --layer fire9/concat --to vectors.parquet
  tiramisu export ~/Pictures --layer all --pooling maximum --to vectors.parquet
  tiramisu export ~/Pictures --to pets.coco.json                           boxes and labels that were imported
  tiramisu export ~/Pictures --format yolo --to ~/yolo --link hard
  tiramisu export ~/Pictures --label cats --to cats.pdf                    a contact sheet
  tiramisu export ~/Pictures --label cats --format sheet --to cats.png     the same as pictures, one a page
  tiramisu export ~/Pictures --map umap --to map.html                      a map and its pictures, for any browser
  tiramisu export ~/Pictures --map umap --to map.png --width 4000 --pictures    the same to print
  tiramisu export ~/Pictures --clustering kmeans_20 --to clusters.csv      with the cluster of each image
  tiramisu export ~/Pictures --format folders --by cluster:kmeans_20 --to ~/by-cluster --link symbolic
  tiramisu export ~/Pictures --format folders --split 80,10,10 --to ~/to-train      train/LABEL, val/LABEL and test/LABEL")]
pub struct ExportArgs {
    /// The folder that was extracted
    folder: PathBuf,
    #[arg(long, value_name = "DIR|FILE", help = where_to())]
    to: PathBuf,
    /// What to write [default: by the ending of DIR|FILE]
    #[arg(long, value_parser = one_of(ExportFormat::ALL, format_in_help))]
    format: Option<ExportFormat>,
    /// Only images with this label; may be given several times
    #[arg(long, value_name = "LABEL")]
    label: Vec<String>,
    /// Only images in whose path all these words occur
    #[arg(long, value_name = "WORDS", default_value = "", hide_default_value = true)]
    text: String,
    /// Only images for which this is true (see `tiramisu query --help`)
    #[arg(long = "where", value_name = "PREDICATE")]
    predicate: Option<String>,
    /// Only this image, and then the images most like it with their scores; it may be a picture that is not in the collection
    #[arg(long, value_name = "IMAGE")]
    like: Option<PathBuf>,
    /// Only these images, in this order: their numbers or files, one a line; `-` reads them from standard input
    #[arg(long, value_name = "FILE|-", conflicts_with = "like")]
    images: Option<PathBuf>,
    /// How many images --like adds to the image itself
    #[arg(short, long = "count", default_value_t = 10, requires = "like", value_parser = clap::value_parser!(u32).range(1..))]
    k: u32,
    #[arg(long = "layer", value_name = "NAME", help = whose_vectors())]
    layers: Vec<String>,
    /// How a channel became one number
    #[arg(long, default_value = "average", value_parser = one_of(Pooling::ALL, Pooling::word))]
    pooling: Pooling,
    /// Which map of the layer is written, by the method that made it (see `tiramisu project --help`)
    #[arg(long, value_name = "METHOD", default_value = "umap", value_parser = one_of(ProjectionMethod::ALL, ProjectionMethod::word))]
    map: ProjectionMethod,
    /// How wide a map is as a picture, in pixels; its height follows [default: 2048]
    #[arg(long, value_name = "PIXELS", value_parser = clap::value_parser!(u32).range(widths()))]
    width: Option<u32>,
    /// Draw images as small pictures, not dots, into the picture of a map
    #[arg(long)]
    pictures: bool,
    /// How alike two vectors are, for --like
    #[arg(long, default_value = "cosine", value_parser = one_of(Metric::ALL, Metric::word))]
    metric: Metric,
    /// What the classes of a data set are: label (with its boxes), tag, cluster or cluster:NAME
    #[arg(long, value_name = "WHAT", default_value = "label", value_parser = classes_by)]
    by: ClassesBy,
    /// How pictures get into the folder of a data set: copied, as a second name of the same file, or as a link to it
    #[arg(long, default_value = "copy", value_parser = one_of(FilePlacing::ALL, FilePlacing::word))]
    link: FilePlacing,
    /// By what pictures of a data set are put into splits: imported (as they were), none, or by chance: how many per cent are to train,
    /// validate and test with, as in 80,10,10. Each split gets its share of every class
    #[arg(long, value_name = "HOW", default_value = "imported")]
    split: String,
    /// Where chance starts: the same seed gives the same splits of the same pictures
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Whose clusters stand in the column `cluster` of a CSV, JSON or Parquet file [default: those there are, if there is one
    /// clustering]
    #[arg(long, value_name = "NAME")]
    clustering: Option<String>,
    /// Write texts that begin like a formula into a CSV as they are; a spreadsheet computes them. Without this an apostrophe stands
    /// before them
    #[arg(long)]
    formulas: bool,
    /// Replace files that exist: FILE with the table of images that was written beside it, or in DIR those of the same names
    #[arg(long)]
    overwrite: bool,
    /// How to open the folder
    #[command(flatten)]
    opening: Opening,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for ExportArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        WRITTEN_STAYS
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When nothing matches, or the target cannot be written or exists.
fn run(args: &ExportArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let format = args.format.unwrap_or_else(|| ExportFormat::by_ending(&args.to));
    let splits = checks::of_arguments(args, format)?;
    // One alone may be misspelt, and then similar names are told.
    let layer = args.layers.first().filter(|layer| args.layers.len() == 1 && *layer != ALL_LAYERS);
    // Before anything is opened: a list may come from another program, and slowly.
    let named = args.images.as_deref().map(named_images::of_file).transpose()?;
    let mut listener = collection::open_known(&args.folder, &args.opening, layer.map(String::as_str), console)?;
    checks::of_copies(args, format, &listener.collection.folder)?;
    let vectors = if format.is_of_vectors() { vectors(args, &listener)? } else { Vec::new() };
    if vectors.len() > 1 && !format.takes_several_layers() {
        bail!(
            "{} holds the vectors of one layer; write several into {}",
            ExportFormat::files_in_words(|other| other == format),
            ExportFormat::files_in_words(ExportFormat::takes_several_layers)
        );
    }
    let map = match format.is_of_map() {
        true => Some(kept_map(args, &listener)?),
        false => None,
    };
    let chosen = choose(args, named.as_deref(), &mut listener, console)?;
    let request = ExportWish {
        images: chosen.iter().map(|(id, _)| *id).collect(),
        scores: chosen.into_iter().filter_map(|(id, score)| Some((id, score?))).collect(),
        format,
        vectors,
        target: args.to.clone(),
        map,
        dataset: DatasetOptions {
            clusters: args.clustering.clone().map_or_else(ClustersTold::default, ClustersTold::Of),
            by: args.by.clone(),
            placing: args.link,
            splits,
            has_formulas: args.formulas,
            map: MapPicture {
                width_px: args.width.unwrap_or(MapPicture::default().width_px),
                with_pictures: args.pictures,
                ..MapPicture::default()
            },
        },
        overwrite: args.overwrite,
    };
    if request.images.is_empty() {
        bail!("no image of {} matches, so nothing was written", args.folder.display());
    }
    checks::of_list(args, request.list().as_deref())?;
    let list = request.list().map(|list| list.display().to_string());
    let summary = listener.ask(Request::Export(request), console, |event| {
        if let Event::ExportExists(exists) = event {
            return Some(Err(anyhow!(exist_already(exists))));
        }
        if let Event::Exported(summary) = event { Some(Ok(summary.clone())) } else { None }
    })??;
    // A path that is not UTF-8 has no exact form in JSON; this one is readable.
    let target = summary.target.display().to_string();
    let mut answer = serde_json::json!({
        "target": target,
        "written": summary.written,
        "renamed": summary.renamed,
        "failed": summary.failed,
        "interrupted": summary.cancelled,
    });
    if summary.pages > 0 {
        answer["pages"] = summary.pages.into();
    }
    if let Some(list) = &list {
        answer["list"] = list.as_str().into();
    }
    console.answer(&answer, &in_words(&summary, format, list.as_deref()))?;
    Ok(match () {
        () if summary.cancelled => interrupt::outcome(),
        () if summary.failed.is_empty() => Outcome::Done,
        () => Outcome::DoneExceptSome,
    })
}

/// Whose vectors to write, in the order in which they were named, each once.
fn vectors(args: &ExportArgs, listener: &Listener) -> anyhow::Result<Vec<StoredLayer>> {
    if args.layers.is_empty() {
        return Ok(vec![listener.source(&source(args, None))?]);
    }
    let mut found: Vec<StoredLayer> = Vec::new();
    for layer in &args.layers {
        let named: Vec<StoredLayer> = match layer.as_str() {
            ALL_LAYERS => {
                let stored = listener.collection.stored.iter();
                stored.filter(|stored| stored.pooling == args.pooling).cloned().collect()
            }
            layer => vec![listener.source(&source(args, Some(layer)))?],
        };
        let is_new = |source: &StoredLayer| !found.contains(source);
        let new: Vec<StoredLayer> = named.into_iter().filter(is_new).collect();
        found.extend(new);
    }
    Ok(found)
}

/// The map to write.
fn kept_map(args: &ExportArgs, listener: &Listener) -> anyhow::Result<MapToExport> {
    let layer = args.layers.first().map(String::as_str).filter(|layer| *layer != ALL_LAYERS);
    let source = listener.source(&source(args, layer))?;
    Ok(MapToExport::Kept(ProjectionWish { source, method: args.map, seed: 0 }))
}

fn source(args: &ExportArgs, layer: Option<&str>) -> Source {
    Source { layer: layer.map(str::to_owned), pooling: args.pooling }
}

/// The images to write, each with its score if there is one.
fn choose(
    args: &ExportArgs,
    named: Option<&[NamedImage]>,
    listener: &mut Listener,
    console: &mut Console,
) -> anyhow::Result<Vec<(ImageId, Option<f64>)>> {
    let candidates: Vec<(ImageId, Option<f64>)> = match (named, &args.like) {
        (Some(list), _) => {
            let records = || Ok((listener.collection.folder.clone(), listener.images.to_vec()));
            let named = engine::images_named(list, listener.images.len(), records)?;
            named.into_iter().map(|id| (id, None)).collect()
        }
        (None, None) => listener.images.iter().map(|image| (image.id, None)).collect(),
        (None, Some(image)) => {
            let layer = args.layers.first().map(String::as_str).filter(|layer| *layer != ALL_LAYERS);
            let source = listener.source(&source(args, layer))?;
            let (probe, example) = match listener.look_for(image, console)? {
                Place::Inside(image) => (Some(image), Example::Image(image)),
                Place::Outside(path) => (None, Example::File { path, region: None }),
            };
            // Of a picture from outside nothing is written but what is like it.
            let wish = NeighbourWish::of_example(example, source, args.metric, args.k as usize);
            let list = neighbours::ask(listener, wish, console)?;
            let found = list.neighbours.into_iter().map(|neighbour| (neighbour.image, Some(neighbour.score)));
            probe.map(|probe| (probe, None)).into_iter().chain(found).collect()
        }
    };
    let labels: BTreeSet<String> = args.label.iter().cloned().collect();
    let filter = Filter { text: args.text.clone(), labels, ..Filter::default() };
    let matching = query::matching(listener, args.predicate.as_deref(), console)?;
    let passes = |id: &ImageId| {
        listener.images.get(*id).is_some_and(|image| filter.accepts(&image))
            && matching.as_ref().is_none_or(|matching| matching.binary_search(id).is_ok())
    };
    Ok(candidates.into_iter().filter(|(id, _)| passes(id)).collect())
}

fn classes_by(word: &str) -> Result<ClassesBy, String> {
    ClassesBy::from_word(word).ok_or_else(|| "write label, tag, cluster or cluster:NAME".to_owned())
}

fn widths() -> std::ops::RangeInclusive<i64> {
    i64::from(*MapPicture::WIDTHS_PX.start())..=i64::from(*MapPicture::WIDTHS_PX.end())
}

/// The help of `--to`.
fn where_to() -> String {
    let places = ExportFormat::ALL.map(|format| format.description().place);
    let [others @ .., last] = &places;
    format!("Where to: {}; or {last}", others.join("; "))
}

/// The help of `--layer`.
fn whose_vectors() -> String {
    format!(
        "Layer whose vectors are written: several, or `{ALL_LAYERS}` that are stored, into {}. The first is also the one \
         that --like compares at [default: the deepest stored layer before the class scores]",
        ExportFormat::files_in_words(ExportFormat::takes_several_layers)
    )
}

/// A format as `--format` takes it.
fn format_in_help(format: ExportFormat) -> PossibleValue {
    PossibleValue::new(format.description().word).help(format.description().about)
}

fn exist_already(exists: &ExportExists) -> String {
    let named: Vec<String> = exists.taken.iter().map(|file| file.display().to_string()).collect();
    let (exist, them) = match exists.taken.len() {
        1 => ("the file exists", "it"),
        _ => ("these files exist", "them"),
    };
    let why = match exists.request.list() {
        Some(list) if exists.taken == [list.clone()] => " (it says which image each row of the array belongs to)",
        _ => "",
    };
    format!("{exist} already{why}; add --overwrite to replace {them}: {}", named.join(", "))
}

fn in_words(summary: &ExportSummary, format: ExportFormat, list: Option<&str>) -> String {
    let written = match summary.written > summary.wanted {
        // One of several classes lies in the folder of each.
        true => format!(
            "{} written as {}",
            counted(summary.wanted, "image", "images"),
            counted(summary.written, "file", "files")
        ),
        false => format!("{} written", counted(summary.written, "image", "images")),
    };
    let mut words = format!("{written} to {}\n", summary.target.display());
    if summary.pages > 0 {
        words += &format!("that is the first of {}\n", counted(summary.pages, "page", "pages"));
    }
    if summary.renamed > 0 {
        let got = counted(summary.renamed, "copy got another name", "copies got other names");
        let was = if summary.renamed == 1 { "its own was" } else { "their own were" };
        words += &format!("{got}, as in `name (2).jpg`, since {was} taken; no file was replaced\n");
    }
    if let Some(list) = list.filter(|_| !summary.cancelled) {
        words += &format!("which image each row of the array is: {list}\n");
    }
    if summary.cancelled {
        words += "stopped before the end; what was written so far remains";
        // Copies alone lie in the way of the next attempt and may be replaced.
        let is_in_the_way = format == ExportFormat::Files && summary.written > 0;
        words += if is_in_the_way { "; add --overwrite to begin anew\n" } else { "\n" };
    }
    for (path, why) in &summary.failed {
        words += &format!("  not {path}: {why}\n");
    }
    words
}

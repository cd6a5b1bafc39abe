//! `tiramisu neighbours IMAGE...`

mod weighed;

use std::path::{Path, PathBuf};

use anyhow::bail;
use clap::Args as ClapArgs;
use serde::Serialize;

use self::weighed::{WeighedImage, WeighedLayer, WeighedMany, parse_example, parse_many, parse_part, parse_region};
use super::arguments::{Arguments, NOTHING_CHANGED};
use super::collection::Place;
use super::listener::Listener;
use super::opening::Opening;
use super::parsers::one_of;
use super::source::Source;
use super::vector_file::read_vector;
use super::{Console, Misuse, Outcome, boxes, collection, query};
use crate::domain::{
    Example, ImageSet, Metric, Neighbour, NeighbourWish, Region, Representation, StoredLayer, counted, write_score,
};
use crate::engine::{Event, Look, NeighbourList, Request};

/// Finds the images most like a probe. A probe is an image, any number of images for and against, a class, a part of an
/// image, or a vector from a file. Compares at one layer, at several, or over the whole network.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu neighbours ~/Pictures/cats/tom.jpg
  tiramisu neighbours ~/Pictures/cats/tom.jpg --layer fire5/concat --metric euclidean -k 20 --json
  tiramisu neighbours ~/Downloads/new.jpg --folder ~/Pictures            a picture that is not in the collection
  tiramisu neighbours tom.jpg --against rex.jpg              like the one and unlike the other
  tiramisu neighbours tom.jpg --example 0.5:kitten.jpg       with weights
  tiramisu neighbours tom.jpg --region 0.2,0.1,0.6,0.5       like a part of it: left, top, right, bottom in 0..1
  tiramisu neighbours tom.jpg --region 0.2,0.1,0.6,0.5 --anywhere       in any part of other pictures
  tiramisu neighbours tom.jpg --where \"width > 512 and not tag('blurred')\"
  tiramisu neighbours --class cats --folder ~/Pictures       like the mean of a label
  tiramisu neighbours --like tag:blurred --unlike 0.5:cluster:kmeans_20:3 --folder ~/Pictures
  tiramisu neighbours tom.jpg --mix fire2/concat=0.5 --mix fire9/concat=1
  tiramisu neighbours tom.jpg --embedding                    by the whole network; made by `tiramisu embed`")]
pub struct NeighboursArgs {
    /// Pictures to be like: of the collection, or any others, which go through the network for this query only
    images: Vec<PathBuf>,
    /// Pictures to be unlike
    #[arg(long, value_name = "IMAGE")]
    against: Vec<PathBuf>,
    /// Pictures with a weight: above 0 for, below 0 against
    #[arg(long, value_name = "WEIGHT:IMAGE", value_parser = parse_example, allow_hyphen_values = true)]
    example: Vec<WeighedImage>,
    /// Labels whose mean to be like
    #[arg(long, value_name = "LABEL")]
    class: Vec<String>,
    /// Tags, clusters or classes whose mean to be like: tag:NAME, cluster:CLUSTERING:NUMBER or class:NAME (made with
    /// `tiramisu class`); 0.5:tag:NAME counts half as much
    #[arg(long, value_name = "[WEIGHT:]WHAT:NAME", value_parser = parse_many)]
    like: Vec<WeighedMany>,
    /// Tags, clusters or classes whose mean to be unlike
    #[arg(long, value_name = "[WEIGHT:]WHAT:NAME", value_parser = parse_many)]
    unlike: Vec<WeighedMany>,
    /// Labels whose mean to be unlike
    #[arg(long, value_name = "LABEL")]
    against_class: Vec<String>,
    /// Files with one number per channel of the layer, separated by spaces, commas or line breaks
    #[arg(long, value_name = "FILE")]
    vector: Vec<PathBuf>,
    /// The part of the (single) picture to search with: left, top, right and bottom as shares of its sides. Its vector
    /// is the average over the layer's positions, each weighted by how much of it the part covers (with --pooling
    /// maximum: the largest value it touches). It is compared with the vectors of whole pictures
    #[arg(long, value_name = "L,T,R,B", group = "part", value_parser = parse_region)]
    region: Option<Region>,
    /// An imported box to search with, as with --region, by its number (see `tiramisu boxes`)
    #[arg(long = "box", value_name = "NUMBER", group = "part", conflicts_with_all = ["images", "embedding"])]
    of_box: Option<u32>,
    /// Search for that part anywhere in the others; needs the layer's activations to be stored (`tiramisu activations`)
    #[arg(long, requires = "part", conflicts_with = "mix")]
    anywhere: bool,
    /// Layers to mix, each with its weight
    #[arg(long, value_name = "LAYER=WEIGHT", value_parser = parse_part, conflicts_with_all = ["layer", "embedding"])]
    mix: Vec<WeighedLayer>,
    /// Compare by the full-network embedding. The score is the number of features whose codes (weak, neither, strong)
    /// differ between two pictures; the lower, the nearer
    #[arg(long, conflicts_with_all = ["layer", "metric", "region", "vector"])]
    embedding: bool,
    /// Only images with one of these labels are neighbours
    #[arg(long, value_name = "LABEL")]
    among: Vec<String>,
    /// Only images for which this predicate is true are neighbours (see `tiramisu query --help`)
    #[arg(long = "where", value_name = "PREDICATE", conflicts_with = "among")]
    predicate: Option<String>,
    /// Compare every image, even where an index would be quicker
    #[arg(long)]
    exact: bool,
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
    #[arg(long, default_value = "cosine", value_parser = one_of(Metric::ALL, Metric::word))]
    metric: Metric,
    /// How many to find
    #[arg(short, long = "count", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    k: u32,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

/// One line of the answer.
#[derive(Serialize)]
struct Row<'a> {
    rank: usize,
    #[serde(serialize_with = "write_score")]
    score: f64,
    /// Where in the picture, if parts were compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
    label: Option<&'a str>,
    path: &'a str,
}

#[derive(Serialize)]
struct Answer<'a> {
    probe: Option<String>,
    /// What the first example is called, if it is many images.
    like: Option<String>,
    examples: usize,
    /// Which of the pictures asked with are not in the collection.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    outside: Vec<String>,
    layer: String,
    pooling: Option<&'a str>,
    column: Option<String>,
    metric: &'a str,
    exact: bool,
    /// What the index finds of what there is, as it was measured.
    recall: Option<f64>,
    how: &'a str,
    searched: usize,
    elapsed_secs: f64,
    workspace: String,
    neighbours: Vec<Row<'a>>,
}

impl Arguments for NeighboursArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        NOTHING_CHANGED
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When a picture cannot be read, or there is nothing to compare with.
fn run(args: &NeighboursArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let named = args.images.iter().chain(&args.against).chain(args.example.iter().map(|WeighedImage(_, path)| path));
    let folder_of =
        |image: &PathBuf| collection::folder_of(image, args.folder.as_deref(), args.opening.workspace.as_deref());
    let folder = match named.clone().next() {
        // Some may lie outside; one that does not says which collection is meant.
        Some(image) => named.clone().find_map(|image| folder_of(image).ok()).map_or_else(|| folder_of(image), Ok)?,
        None => match (&args.folder, &args.opening.workspace) {
            (Some(folder), _) => folder.clone(),
            (None, Some(workspace)) => collection::folder_of_workspace(workspace)?,
            (None, None) => {
                bail!(Misuse("name a picture, or the folder that was extracted with --folder".to_owned()))
            }
        },
    };
    // Several layers, or all, are looked for in whatever was extracted.
    let is_one_layer = args.mix.is_empty() && !args.embedding;
    let layer = args.source.layer.as_deref().filter(|_| is_one_layer);
    let is_for_all = args.among.is_empty() && args.predicate.is_none();
    let will_ask = (is_one_layer && is_for_all && !args.exact && !args.anywhere).then_some(args.source.pooling);
    let mut listener = collection::open_to_ask_for(&folder, &args.opening, layer, will_ask, console)?;
    let of_box = args.of_box.map(|number| boxes::example(number, &mut listener, console)).transpose()?;
    let mut wish = wish_of(args, of_box, &mut listener, console)?;
    if let Some(predicate) = &args.predicate {
        let found = query::ask(&mut listener, predicate, None, console)?;
        found.remarks.iter().for_each(|remark| console.note(remark));
        if found.ids.is_empty() {
            bail!("no image matches --where, so there is nothing to compare with: {predicate}");
        }
        wish.among = Some(found.ids.iter().copied().collect());
    }
    let list = ask(&mut listener, wish, console)?;
    let named = list.wish.examples.iter().filter_map(|(example, _)| example.image());
    listener.learn(named.chain(list.neighbours.iter().map(|neighbour| neighbour.image)), console)?;
    let row = |(place, neighbour): (usize, &Neighbour)| {
        let image = listener.record(neighbour.image)?;
        Ok(Row {
            rank: place + 1,
            score: neighbour.score,
            region: list.parts.get(place).copied(),
            label: image.label,
            path: image.path.text,
        })
    };
    let rows = list.neighbours.iter().enumerate().map(row).collect::<anyhow::Result<Vec<Row>>>()?;
    let source = match &list.wish.at {
        Representation::Layer(source) => Some(source),
        Representation::Mix(_) | Representation::Embedding => None,
    };
    let outside = list.wish.examples.iter().filter_map(|(example, _)| {
        if let Example::File { path, .. } = example { Some(path.display().to_string()) } else { None }
    });
    let first = list.wish.examples.first().map(|(example, _)| example);
    let answer = Answer {
        probe: probe_of(&list.wish, &listener),
        like: first.filter(|first| !matches!(first, Example::File { .. })).and_then(Example::title),
        examples: list.wish.examples.len(),
        outside: outside.collect(),
        layer: list.wish.at.title(),
        pooling: source.map(|source| source.pooling.word()),
        column: source.map(StoredLayer::column),
        metric: list.wish.measure(),
        exact: list.is_exact,
        recall: list.recall,
        how: &list.how,
        searched: list.searched,
        elapsed_secs: list.elapsed_secs,
        workspace: listener.collection.workspace.display().to_string(),
        neighbours: rows,
    };
    console.answer(&answer, &in_words(&answer))?;
    listener.leave();
    Ok(Outcome::Done)
}

/// The first picture that speaks for the probe, by its path.
fn probe_of(wish: &NeighbourWish, listener: &Listener) -> Option<String> {
    wish.examples.iter().filter(|(_, weight)| *weight > 0.0).find_map(|(example, _)| {
        if let Example::File { path, .. } = example {
            return Some(path.display().to_string());
        }
        example.image().and_then(|id| Some(listener.record(id).ok()?.path.text.to_owned()))
    })
}

fn wish_of(
    args: &NeighboursArgs,
    of_box: Option<Example>,
    listener: &mut Listener,
    console: &mut Console,
) -> anyhow::Result<NeighbourWish> {
    let mut examples: Vec<(Example, f32)> = of_box.into_iter().map(|part| (part, 1.0)).collect();
    let mut image = |path: &Path, weight: f32| -> anyhow::Result<()> {
        let region = args.region.filter(|_| weight > 0.0);
        let example = match (listener.look_for(path, console)?, region) {
            (Place::Inside(image), Some(region)) => Example::Region { image, region },
            (Place::Inside(image), None) => Example::Image(image),
            (Place::Outside(path), region) => Example::File { path, region },
        };
        examples.push((example, weight));
        Ok(())
    };
    args.images.iter().try_for_each(|path| image(path, 1.0))?;
    args.against.iter().try_for_each(|path| image(path, -1.0))?;
    args.example.iter().try_for_each(|WeighedImage(weight, path)| image(path, *weight))?;
    examples.extend(args.class.iter().map(|label| (Example::Label(label.clone()), 1.0)));
    examples.extend(args.against_class.iter().map(|label| (Example::Label(label.clone()), -1.0)));
    examples.extend(args.like.iter().map(|WeighedMany(weight, many)| (many.clone(), *weight)));
    examples.extend(args.unlike.iter().map(|WeighedMany(weight, many)| (many.clone(), -weight)));
    for file in &args.vector {
        examples.push((Example::Vector(read_vector(file)?), 1.0));
    }
    if examples.is_empty() {
        let what = "a picture, a class (--class, --like) or a vector (--vector)";
        bail!(Misuse(format!("name {what} whose neighbours are looked for")));
    }
    let source = |layer: Option<String>| listener.source(&Source { layer, pooling: args.source.pooling });
    let at = match &args.mix[..] {
        _ if args.embedding => Representation::Embedding,
        [] => Representation::Layer(source(args.source.layer.clone())?),
        parts => Representation::Mix(
            parts
                .iter()
                .map(|WeighedLayer(layer, weight)| Ok((source(Some(layer.clone()))?, *weight)))
                .collect::<anyhow::Result<_>>()?,
        ),
    };
    let among = match &args.among[..] {
        [] => None,
        labels => Some(images_with(labels, listener, console)?),
    };
    Ok(NeighbourWish {
        examples,
        at,
        metric: args.metric,
        k: args.k as usize,
        among,
        anywhere: args.anywhere,
        exactly: args.exact,
    })
}

fn images_with(labels: &[String], listener: &mut Listener, console: &mut Console) -> anyhow::Result<ImageSet> {
    listener.wait_for_images(console)?;
    for label in labels {
        if listener.images.with_label(Some(label)).next().is_none() {
            bail!("no image has the label {label}; an image's label was imported, or is the name of its folder");
        }
    }
    Ok(labels.iter().flat_map(|label| listener.images.with_label(Some(label))).collect())
}

/// Asks for neighbours and waits for them.
///
/// # Errors
/// When the engine cannot answer.
pub fn ask(listener: &mut Listener, wish: NeighbourWish, console: &mut Console) -> anyhow::Result<NeighbourList> {
    listener.ask(Request::Look(Look::Neighbours(wish)), console, |event| {
        if let Event::Neighbours(list) = event { Some(list.clone()) } else { None }
    })
}

fn in_words(answer: &Answer) -> String {
    let pooling = answer.pooling.map(|pooling| format!(" ({pooling})")).unwrap_or_default();
    let probe = match (&answer.probe, answer.examples) {
        (Some(probe), 1) => probe.clone(),
        (Some(probe), count) => format!("{probe} and {} more", count - 1),
        (None, 1) => answer.like.clone().unwrap_or_else(|| "1 example".to_owned()),
        (None, count) => format!("{count} examples"),
    };
    let sure = if answer.exact { "exact" } else { "approximate" };
    let mut words = format!(
        "{probe} · {}{pooling}, {} over {}, {:.1} ms, {sure} ({})\n",
        answer.layer,
        answer.metric,
        counted(answer.searched, "image", "images"),
        answer.elapsed_secs * 1e3,
        answer.how,
    );
    if answer.neighbours.is_empty() {
        words += "there is no other image to compare with\n";
    }
    for Row { rank, score, region, path, .. } in &answer.neighbours {
        let place =
            region.map(|Region { left, top, right, bottom }| format!("  {left:.2},{top:.2},{right:.2},{bottom:.2}"));
        words += &format!("{rank:4}  {score:8.4}  {path}{}\n", place.unwrap_or_default());
    }
    words
}

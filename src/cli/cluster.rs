//! `tiramisu cluster FOLDER` and `tiramisu communities FOLDER`

use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, NOTHING_KEPT};
use super::csv_table::csv_of;
use super::opening::Opening;
use super::parsers::one_of;
use super::source::Source;
use super::{Console, Misuse, Outcome, collection};
use crate::domain::{ClusterMethod, ClusterWish, DistinguishingChannel, LabelAgreement, StrategyChoice, counted};
use crate::engine::{self, AnalysisWish};

/// What both verbs take.
#[derive(Debug, ClapArgs)]
pub struct Common {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// Which vectors to cluster
    #[command(flatten)]
    source: Source,
    /// Seed of the random numbers: the same seed gives the same clusters
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// CSV file to write: path, label, cluster and the cluster's name for every image; no cluster where it is in none
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace FILE if it exists
    #[arg(long, requires = "out")]
    overwrite: bool,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

/// Clusters images by what a layer sees in them. The clusters are stored in the workspace as `clusters_<name>.lance`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu cluster ~/Pictures --count 12
  tiramisu cluster ~/Pictures --count 12 --out clusters.csv
  tiramisu cluster ~/Pictures --method hdbscan --least 20 --layer fire9/concat --json
  tiramisu cluster ~/Pictures --method spectral --count 12")]
pub struct ClusterArgs {
    #[command(flatten)]
    common: Common,
    /// How clusters are found
    #[arg(long, default_value = "kmeans", value_parser = one_of(methods(false), ClusterMethod::word))]
    method: ClusterMethod,
    /// How many clusters (kmeans, spectral; hdbscan finds by itself how many there are) [default: 20]
    #[arg(short = 'k', long, value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// How many images make a region dense, the image in its centre included: min_samples of scikit-learn, one more
    /// than in the hdbscan package (hdbscan); nearest neighbours each image is joined with (spectral) [default: 15]
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..))]
    neighbours: Option<u32>,
    /// Smallest size of a cluster (only hdbscan) [default: 10]
    #[arg(long, value_parser = clap::value_parser!(u32).range(2..))]
    least: Option<u32>,
}

/// Finds communities in the graph that joins each image with its nearest neighbours. They are stored in the workspace
/// as `clusters_<name>.lance`.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu communities ~/Pictures
  tiramisu communities ~/Pictures --method fluid --count 20 --layer fire9/concat --json")]
pub struct CommunitiesArgs {
    #[command(flatten)]
    common: Common,
    /// How communities are found
    #[arg(long, default_value = "leiden", value_parser = one_of(methods(true), ClusterMethod::word))]
    method: ClusterMethod,
    /// How many communities (only fluid) [default: 20]
    #[arg(short = 'k', long, value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
    /// Nearest neighbours each image is joined with
    #[arg(long, default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    neighbours: u32,
    /// Resolution: a larger value gives more communities (only leiden) [default: 1]
    #[arg(long, value_parser = resolution, allow_negative_numbers = true)]
    resolution: Option<f64>,
}

impl Arguments for ClusterArgs {
    fn wants_json(&self) -> bool {
        self.common.json
    }

    fn what_stays(&self) -> &'static str {
        NOTHING_KEPT
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run_clusters(self, console)
    }
}

impl Arguments for CommunitiesArgs {
    fn wants_json(&self) -> bool {
        self.common.json
    }

    fn what_stays(&self) -> &'static str {
        NOTHING_KEPT
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run_communities(self, console)
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    name: String,
    table: String,
    /// Whether it is in that table.
    kept: bool,
    method: &'static str,
    layer: &'a str,
    pooling: &'static str,
    images: usize,
    unassigned: usize,
    /// How many groups were asked for, if the method takes a number; fewer are made of fewer images.
    asked: Option<usize>,
    elapsed_secs: f64,
    /// Which strategy was chosen, and why, if there was a choice.
    choice: Option<&'a StrategyChoice>,
    quality: Option<&'a str>,
    /// Over the images that have a label and a group; how many is said in it.
    agreement_with_labels: Option<LabelAgreement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: Option<String>,
    clusters: Vec<Row<'a>>,
    assignments: &'a [Assignment<'a>],
}

/// The group of one image.
#[derive(Serialize)]
struct Assignment<'a> {
    path: &'a str,
    label: Option<&'a str>,
    /// `None` if it is in none.
    cluster: Option<u32>,
    /// What a person calls the group.
    name: Option<&'a str>,
}

#[derive(Serialize)]
struct Row<'a> {
    cluster: usize,
    name: Option<&'a str>,
    size: usize,
    purity: Option<f32>,
    labels: &'a [(String, usize)],
    #[serde(rename = "telling")]
    distinguishing: Vec<DistinguishingRow<'a>>,
    exemplars: Vec<&'a str>,
}

#[derive(Serialize)]
struct DistinguishingRow<'a> {
    #[serde(flatten)]
    channel: &'a DistinguishingChannel,
    /// The class that the channel stands for, if it stands for one.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a str>,
    #[serde(skip)]
    title: String,
}

/// Runs `cluster`.
///
/// # Errors
/// When nothing was extracted yet.
fn run_clusters(args: &ClusterArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    only_of("--count", args.count.is_some(), args.method, &[ClusterMethod::KMeans, ClusterMethod::Spectral])?;
    only_of(
        "--neighbours",
        args.neighbours.is_some(),
        args.method,
        &[ClusterMethod::Density, ClusterMethod::Spectral],
    )?;
    only_of("--least", args.least.is_some(), args.method, &[ClusterMethod::Density])?;
    let change = |wish: &mut ClusterWish| {
        wish.method = args.method;
        wish.count = args.count.map_or(wish.count, |count| count as usize);
        wish.neighbours = args.neighbours.map_or(wish.neighbours, |neighbours| neighbours as usize);
        wish.least = args.least.map_or(wish.least, |least| least as usize);
    };
    run(&args.common, change, console)
}

/// Runs `communities`.
///
/// # Errors
/// When nothing was extracted yet.
fn run_communities(args: &CommunitiesArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    only_of("--count", args.count.is_some(), args.method, &[ClusterMethod::Fluid])?;
    only_of("--resolution", args.resolution.is_some(), args.method, &[ClusterMethod::Leiden])?;
    let change = |wish: &mut ClusterWish| {
        wish.method = args.method;
        wish.count = args.count.map_or(wish.count, |count| count as usize);
        wish.neighbours = args.neighbours as usize;
        wish.resolution = args.resolution.unwrap_or(wish.resolution);
    };
    run(&args.common, change, console)
}

/// Refuses an option that the method knows nothing of: ignored, it would be taken for heeded.
fn only_of(option: &str, is_given: bool, method: ClusterMethod, theirs: &[ClusterMethod]) -> Result<(), Misuse> {
    match is_given && !theirs.contains(&method) {
        true => {
            let its = theirs.iter().map(|its| its.word()).collect::<Vec<_>>().join(" or ");
            let method = method.word();
            Err(Misuse(format!("{option} means nothing to {method}; leave it out, or choose --method {its}")))
        }
        false => Ok(()),
    }
}

fn run(common: &Common, change: impl FnOnce(&mut ClusterWish), console: &mut Console) -> anyhow::Result<Outcome> {
    if let Some(out) = &common.out {
        // Before the work, not after it.
        engine::check_file(out, common.overwrite)?;
    }
    let layer = common.source.layer.as_deref();
    let mut listener = collection::open_known(&common.folder, &common.opening, layer, console)?;
    let mut wish = ClusterWish::new(ClusterMethod::KMeans, listener.source(&common.source)?);
    wish.seed = common.seed;
    change(&mut wish);
    let clustering = listener.analyse(AnalysisWish::Cluster(wish), console, |answer| answer.clusters().cloned())?;
    let path = |id: &crate::domain::ImageId| listener.images.get(*id).map(|image| image.path.text);
    let names = &listener.collection.class_names;
    let named = |channel: &'_ DistinguishingChannel| {
        let (layer, number) = (&channel.layer, channel.channel);
        (names.class_of(layer, number), names.channel_title(layer, number))
    };
    let rows = clustering.clusters.iter().enumerate().map(|(index, cluster)| Row {
        cluster: index,
        name: cluster.name.as_deref(),
        size: cluster.size,
        purity: cluster.purity(),
        labels: &cluster.labels,
        distinguishing: cluster
            .distinguishing
            .iter()
            .map(|channel| {
                let (class, title) = named(channel);
                DistinguishingRow { channel, class, title }
            })
            .collect(),
        exemplars: cluster.exemplars.iter().filter_map(path).collect(),
    });
    let assignments: Vec<Assignment> = clustering
        .ids
        .iter()
        .zip(&clustering.of)
        .filter_map(|(id, cluster)| {
            let image = listener.images.get(*id)?;
            let of = cluster.and_then(|cluster| clustering.clusters.get(cluster as usize));
            let name = of.and_then(|of| of.name.as_deref());
            Some(Assignment { path: image.path.text, label: image.label, cluster: *cluster, name })
        })
        .collect();
    if let Some(out) = &common.out {
        engine::write_file(out, common.overwrite, &csv_of(&assignments)?)?;
    }
    let answer = Answer {
        name: clustering.wish.name(),
        table: clustering.table(),
        kept: listener.is_kept,
        method: clustering.wish.method.word(),
        layer: &clustering.wish.source.layer,
        pooling: clustering.wish.source.pooling.word(),
        images: clustering.ids.len(),
        unassigned: clustering.unassigned(),
        asked: clustering.wish.method.takes_count().then_some(clustering.wish.count),
        elapsed_secs: clustering.elapsed_secs,
        choice: listener.choice.as_ref(),
        quality: clustering.quality.as_deref(),
        agreement_with_labels: clustering.agreement,
        out: common.out.as_ref().map(|out| out.display().to_string()),
        clusters: rows.collect(),
        assignments: &assignments,
    };
    if clustering.wish.method != ClusterMethod::KMeans {
        console.note_neighbours(clustering.wish.neighbours, answer.images);
    }
    let (wanted, found) = (clustering.wish.count, answer.clusters.len());
    if clustering.wish.method.takes_count() && found < wanted {
        let (asked, made) = (counted(wanted, "cluster was", "clusters were"), counted(found, "was", "were"));
        let images = counted(answer.images, "image", "images");
        console.note(format_args!("{asked} asked for, but only {made} found in {images}"));
    }
    console.answer(&answer, &in_words(&answer, &listener.kept_as(&answer.table)))?;
    Ok(Outcome::Done)
}

fn in_words(answer: &Answer, kept: &str) -> String {
    let mut words = format!(
        "{} of {} by {} at {}, {:.1} s; {kept}\n",
        counted(answer.clusters.len(), "cluster", "clusters"),
        counted(answer.images, "image", "images"),
        answer.method,
        answer.layer,
        answer.elapsed_secs,
    );
    if answer.unassigned > 0 {
        words += &format!("{} in no cluster\n", counted(answer.unassigned, "image", "images"));
    }
    if let Some(quality) = answer.quality {
        words += &format!("{quality}\n");
    }
    if let Some(LabelAgreement { nmi, ari, purity, images }) = answer.agreement_with_labels {
        words += &format!(
            "agreement with the labels, over the {images} of {} that have a label and a cluster: NMI {nmi:.3}, ARI \
             {ari:.3}, purity {purity:.3}\n",
            counted(answer.images, "image", "images")
        );
    }
    if let Some(out) = &answer.out {
        words += &format!("the cluster of each image is in {out}\n");
    }
    for row in &answer.clusters {
        let labels: Vec<String> = row.labels.iter().take(3).map(|(label, count)| format!("{label} {count}")).collect();
        let distinguishing: Vec<String> = row
            .distinguishing
            .iter()
            .take(2)
            .map(|DistinguishingRow { channel, title, .. }| {
                format!("{} {title} ({:+.1})", channel.layer, channel.mean_z)
            })
            .collect();
        words +=
            &format!("{:4} {:6}  {:40}  {}\n", row.cluster, row.size, labels.join(", "), distinguishing.join(", "));
    }
    words
}

/// Methods that make clusters of vectors, or communities of the graph.
fn methods(are_communities: bool) -> impl Iterator<Item = ClusterMethod> {
    ClusterMethod::ALL.into_iter().filter(move |method| method.is_community() == are_communities)
}

fn resolution(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value > 0.0 => Ok(value),
        _ => Err("a positive number is needed".to_owned()),
    }
}

//! `tiramisu activations FOLDER store|list|remove`

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args as ClapArgs, ValueEnum};
use serde::Serialize;

use super::arguments::{Arguments, COMMITTED_STAYS};
use super::listener::Listener;
use super::opening::Opening;
use super::{Console, Interrupted, Misuse, Outcome, collection};
use crate::domain::{StoredActivations, activation_bytes, counted, in_words};
use crate::engine::{ActivationsWish, AnalysisAnswer, AnalysisWish};

/// Stores whole activations of chosen layers, for `neighbours --region ... --anywhere`, which searches for a part of a
/// picture anywhere in the others, and for heat maps without running the network.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu activations ~/Pictures store --layer fire9/concat --dry-run     how many bytes that will be
  tiramisu activations ~/Pictures store --layer fire9/concat
  tiramisu activations ~/Pictures list
  tiramisu activations ~/Pictures remove --layer fire9/concat")]
pub struct ActivationsArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// What to do
    what: What,
    /// Of which layers
    #[arg(long = "layer", value_name = "LAYER")]
    layers: Vec<String>,
    /// Only say how many bytes they would take
    #[arg(long)]
    dry_run: bool,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// Run the network over all images and store the whole activations of these layers; continues where an earlier run
    /// stopped
    #[value(alias = "keep")]
    Store,
    /// List the layers whose activations are stored
    List,
    /// Remove the activations of layers
    #[value(alias = "drop")]
    Remove,
}

/// What keeping a layer costs.
#[derive(Serialize)]
struct Cost {
    layer: String,
    shape: [usize; 3],
    images: usize,
    /// Before they are compressed.
    bytes: u64,
}

impl Arguments for ActivationsArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        COMMITTED_STAYS
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When nothing was extracted yet, a layer does not exist, or the disk refuses.
fn run(args: &ActivationsArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    if args.what != What::List && args.layers.is_empty() {
        bail!(Misuse("name the layers with --layer; `tiramisu networks show NAME` lists them".to_owned()));
    }
    let mut listener = collection::open_known(&args.folder, &args.opening, None, console)?;
    let kept = match args.what {
        What::List => change(ActivationsWish::List, &mut listener, console)?,
        What::Remove => {
            let mut left = change(ActivationsWish::List, &mut listener, console)?;
            if let Some(unknown) = args.layers.iter().find(|layer| left.iter().all(|kept| kept.layer != **layer)) {
                bail!("no activations of {unknown} are stored");
            }
            for layer in &args.layers {
                left = change(ActivationsWish::Remove(layer.clone()), &mut listener, console)?;
            }
            left
        }
        What::Store => {
            let costs =
                args.layers.iter().map(|layer| cost(layer, &listener)).collect::<anyhow::Result<Vec<Cost>>>()?;
            let words: String = costs.iter().map(cost_in_words).collect();
            if args.dry_run {
                console.answer(&costs, &words)?;
                return Ok(Outcome::Done);
            }
            words.lines().for_each(|line| console.note(line));
            let kept = match change(ActivationsWish::Store(args.layers.clone()), &mut listener, console) {
                Ok(kept) => kept,
                Err(error) => {
                    // What was stored until then is told where it can be: the workspace may be what failed.
                    if let Ok(kept) = change(ActivationsWish::List, &mut listener, console) {
                        kept.iter().for_each(|kept| console.note(in_words(kept).trim_end()));
                    }
                    return Err(error);
                }
            };
            if listener
                .progress
                .as_ref()
                .is_some_and(|progress| progress.is_cancelled() && progress.done() < progress.total())
            {
                bail!(Interrupted);
            }
            kept
        }
    };
    let mut words: String = kept.iter().map(in_words).collect();
    if kept.is_empty() {
        words = "no activations are stored\n".to_owned();
    }
    console.answer(&kept, &words)?;
    Ok(Outcome::Done)
}

fn change(
    wish: ActivationsWish,
    listener: &mut Listener,
    console: &mut Console,
) -> anyhow::Result<Vec<StoredActivations>> {
    // What is stored is told also when not all of the wish could be done.
    listener.analyse_whole(AnalysisWish::Activations(wish), console, |answer| {
        if let AnalysisAnswer::Activations(kept) = answer { Some(kept.clone()) } else { None }
    })
}

fn cost(name: &str, listener: &Listener) -> anyhow::Result<Cost> {
    let Some(layer) = listener.collection.layers.iter().find(|layer| layer.name == name) else {
        bail!("the network has no layer {name}; `tiramisu networks show NAME` lists its layers");
    };
    let images = listener.images.len() - listener.images.problem_count();
    Ok(Cost { layer: name.to_owned(), shape: layer.shape, images, bytes: activation_bytes(images, layer.shape) })
}

fn cost_in_words(cost: &Cost) -> String {
    let [c, h, w] = cost.shape;
    format!(
        "{}, {c} x {h} x {w}: {}, at most {}\n",
        cost.layer,
        counted(cost.images, "image", "images"),
        in_words::bytes(cost.bytes)
    )
}

fn in_words(kept: &StoredActivations) -> String {
    let [c, h, w] = kept.shape;
    let of = activation_bytes(kept.images, kept.shape);
    format!(
        "{}, {c} x {h} x {w}: {}, {} on disk ({} before they were compressed)\n",
        kept.layer,
        counted(kept.images, "image", "images"),
        in_words::bytes(kept.bytes),
        in_words::bytes(of)
    )
}

//! `tiramisu run RECIPE FOLDER`

use std::path::PathBuf;

use anyhow::bail;
use clap::Args as ClapArgs;
use serde::Serialize;

use super::arguments::{Arguments, COMMITTED_STAYS};
use super::listener::Listener;
use super::opening::{Opening, network_named};
use super::parsers::one_of;
use super::{Console, Outcome, interrupt};
use crate::domain::{ImageRecord, ImageRef, Precision, Recipe, counted};
use crate::engine::{self, AnalysisWish, EngineOptions, OpenWish};
use crate::gpu::Compute;

/// Does what a recipe says: extracts what is missing, then makes its maps and clusters, and says of each whether it came out as
/// it was written down. On the same machine and the same pictures it does, to the last bit; other processors add numbers in
/// another order.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu run pictures.toml ~/Pictures
  tiramisu run pictures.toml ~/Pictures --workspace ~/again --json")]
pub struct RunArgs {
    /// The recipe, which `tiramisu recipe` writes
    recipe: PathBuf,
    /// The folder with the pictures
    folder: PathBuf,
    /// The network, if it is another file here than the recipe names; it has to be the same network
    #[arg(long, value_name = "NAME|FILE")]
    network: Option<PathBuf>,
    /// Where the workspace lies [default: named after the folder, in the user's data directory]
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// The device that computes; auto takes the GPU, unless there is none or it is a software renderer
    #[arg(long, default_value = "auto", value_parser = one_of(Compute::ALL, Compute::word))]
    compute: Compute,
    /// The graphics adapter that computes, by a part of its name, where there are several
    #[arg(long, value_name = "NAME")]
    adapter: Option<String>,
    /// The precision in which networks run: half takes half the memory and needs a GPU with 16-bit numbers [default: the recipe's]
    #[arg(long, value_parser = one_of(Precision::ALL, Precision::word))]
    precision: Option<Precision>,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for RunArgs {
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

/// What came of one map or clustering.
#[derive(Serialize)]
struct Made {
    what: &'static str,
    name: String,
    sha256: String,
    /// Whether it is as the recipe has it; `None` where that says nothing.
    is_same: Option<bool>,
    /// Whether it was changed by hand afterwards, which cannot be done again.
    changed_by_hand: bool,
}

/// Runs the verb.
///
/// # Errors
/// When the recipe or the folder cannot be read, or the network is another one.
fn run(args: &RunArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let recipe = engine::read_recipe(&args.recipe)?;
    let mut listener = open(args, &recipe, console)?;
    extract(&mut listener, console)?;
    let records: Vec<ImageRecord> = listener.images.iter().map(ImageRef::to_record).collect();
    let has_its_pictures = engine::pictures_of(&records) == recipe.pictures;
    if !has_its_pictures {
        console.note(format_args!(
            "these are not the {} the recipe was written of, so results are others, too",
            counted(recipe.pictures.count, "picture", "pictures")
        ));
    }
    let made = make(&recipe, &mut listener, &records, console)?;
    let differing = made.iter().filter(|it| it.is_same == Some(false)).count();
    let answer = serde_json::json!({
        "folder": listener.collection.folder.display().to_string(),
        "workspace": listener.collection.workspace.display().to_string(),
        "network": listener.collection.network_name,
        "images": records.len(),
        "with_vectors": listener.committed.map_or(0, |(images, _)| images),
        "has_its_pictures": has_its_pictures,
        "made": made,
    });
    console.answer(&answer, &in_words(&made))?;
    Ok(if has_its_pictures && differing > 0 { Outcome::DoneExceptSome } else { Outcome::Done })
}

fn open(args: &RunArgs, recipe: &Recipe, console: &mut Console) -> anyhow::Result<Listener> {
    let precision = args.precision.or(recipe.precision).unwrap_or_default();
    if recipe.precision.is_some_and(|written| written != precision) {
        let written = recipe.precision.unwrap_or_default().word();
        console.note(format_args!("the recipe was written in {written} precision, so numbers may differ a little"));
    }
    let (compute, adapter, precision) = (Some(args.compute), args.adapter.clone(), Some(precision));
    let opening = Opening { compute, adapter, precision, ..Opening::default() };
    let named = args.network.clone().unwrap_or_else(|| recipe.network.clone().into());
    let wish = OpenWish {
        folder: args.folder.clone(),
        workspace: args.workspace.clone(),
        network: network_named(&named),
        layers: Some(recipe.layers.clone()),
        extract: true,
    };
    let options: EngineOptions = opening.engine_options();
    let listener = Listener::open(options, wish, console)?;
    let found = &listener.collection.features;
    if *found != recipe.features {
        let prepared = recipe.preparation.as_ref();
        let prepared =
            prepared.map_or(String::new(), |it| format!("; its pictures are prepared so: {}", it.in_words()));
        bail!(
            "this is another network than the recipe's, or it prepares pictures otherwise (its vectors are called {found}, \
             the recipe's {}{prepared}); name the right one with --network: {}",
            recipe.features,
            named.display()
        );
    }
    Ok(listener)
}

fn extract(listener: &mut Listener, console: &mut Console) -> anyhow::Result<()> {
    let was_stopped = listener.wait(console, |listener, _| {
        let never_began = listener.progress.is_none().then(|| listener.failure()).flatten();
        never_began.map(Err).or(listener.job_end.map(Ok))
    })??;
    for problem in std::mem::take(&mut listener.problems) {
        console.note(problem);
    }
    if was_stopped {
        if interrupt::was_asked() {
            bail!(super::Interrupted);
        }
        bail!("extracting was stopped before its end; run the same command again");
    }
    Ok(())
}

fn make(
    recipe: &Recipe,
    listener: &mut Listener,
    records: &[ImageRecord],
    console: &mut Console,
) -> anyhow::Result<Vec<Made>> {
    let mut made = Vec::new();
    let same = |known: &Option<String>, found: &str| known.as_ref().map(|known| known == found);
    for map in &recipe.maps {
        let wish = map.wish();
        let name = wish.name();
        let found = listener.analyse(AnalysisWish::Project(wish), console, |answer| answer.finished_map().cloned())?;
        let sha256 = engine::digest_of_map(&found, records);
        let is_same = same(&map.sha256, &sha256);
        made.push(Made { what: "map", name, is_same, changed_by_hand: false, sha256 });
    }
    for clusters in &recipe.clusters {
        let wish = clusters.wish();
        let name = wish.name();
        let found = listener.analyse(AnalysisWish::Cluster(wish), console, |answer| answer.clusters().cloned())?;
        let sha256 = engine::digest_of_clusters(&found, records);
        let changed_by_hand = clusters.changed_by_hand;
        let is_same = if changed_by_hand { None } else { same(&clusters.sha256, &sha256) };
        made.push(Made { what: "clusters", name, is_same, changed_by_hand, sha256 });
    }
    Ok(made)
}

fn in_words(made: &[Made]) -> String {
    let mut words = String::new();
    for it in made {
        let outcome = match (it.is_same, it.changed_by_hand) {
            (_, true) => "made as they were found; that some were merged or split by hand since cannot be done again",
            (Some(true), false) => "the same",
            (Some(false), false) => "not the same",
            (None, false) => "made",
        };
        words += &format!("{:9} {}: {outcome}\n", it.what, it.name);
    }
    if made.is_empty() {
        words += "features are extracted; the recipe names no maps and no clusters\n";
    }
    words
}

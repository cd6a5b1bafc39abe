//! `tiramisu recipe FOLDER`

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::arguments::{Arguments, NOTHING_CHANGED};
use super::opening::Opening;
use super::{Console, Outcome, collection};
use crate::domain::counted;
use crate::engine::{self, Event, Request};

/// Writes down how what is known of a folder was made: the network, the layers, the maps and the clusters with their seeds, as
/// TOML. `tiramisu run` does it again, here or elsewhere, and says whether the numbers are the same.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu recipe ~/Pictures
  tiramisu recipe ~/Pictures --network resnet50 --out pictures.toml
  tiramisu run pictures.toml ~/Pictures")]
pub struct RecipeArgs {
    /// The folder that was extracted
    folder: PathBuf,
    /// How to open it
    #[command(flatten)]
    opening: Opening,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Replace FILE if it exists
    #[arg(long, requires = "out")]
    overwrite: bool,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for RecipeArgs {
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
/// When nothing was extracted with this network yet, or the file cannot be written.
fn run(args: &RecipeArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let mut listener = collection::open_to_ask(&args.folder, &args.opening, None, console)?;
    let recipe = listener.ask(Request::TellRecipe, console, |event| {
        if let Event::Recipe(recipe) = event { Some(recipe.clone()) } else { None }
    })?;
    let text = engine::recipe_in_text(&recipe)?;
    let words = match &args.out {
        None => text,
        Some(out) => {
            engine::write_file(out, args.overwrite, text.as_bytes())?;
            format!(
                "{}, {} and {} written to {}\n",
                counted(recipe.layers.len(), "layer", "layers"),
                counted(recipe.maps.len(), "map", "maps"),
                counted(recipe.clusters.len(), "clustering", "clusterings"),
                out.display()
            )
        }
    };
    let answer = serde_json::json!({
        "recipe": *recipe,
        "out": args.out.as_ref().map(|out| out.display().to_string()),
    });
    console.answer(&answer, &words)?;
    Ok(Outcome::Done)
}

//! `tiramisu pull FROM FOLDER`

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{anyhow, bail};
use clap::Args as ClapArgs;

use super::arguments::Arguments;
use super::{Console, Interrupted, Misuse, Outcome, interrupt};
use crate::domain::{counted, in_words};
use crate::engine::{Progress, PullWish, Pulled, place_of, pull};

/// What stays of it when it is stopped.
const FILES_STAY: &str = "Files that were brought stay; the same command continues from there.";

/// Brings a workspace that lies elsewhere, such as on a mounted disk of others, into a folder on this machine, with the versions
/// that it keeps. Done again, only what is new there is brought. Open the folder by its path, as any workspace.
///
/// The program itself reaches no store of objects: for S3 and what else pylance opens there is `pull` in the Python package.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu pull /mnt/lab/birds ~/birds
  tiramisu pull /mnt/lab/birds ~/birds --layer fire9/concat --pictures ~/Pictures/birds
  tiramisu neighbours ~/Pictures/birds/wren.jpg --workspace ~/birds --layer fire9/concat

From a store, in Python (pip install tiramisu-vision):
  from tiramisu_vision import pull
  pull('s3://bucket/birds', '/home/me/birds')")]
pub struct PullArgs {
    /// The workspace: a folder, or file:///FOLDER
    #[arg(value_name = "FROM")]
    from: String,
    /// The folder to bring it to: a new or empty one, or one that it was brought to before
    #[arg(value_name = "FOLDER")]
    to: PathBuf,
    /// Bring the vectors of this layer alone; may be given several times. Indices and whole activations are left out then
    #[arg(long = "layer", value_name = "NAME")]
    layers: Vec<String>,
    /// Where the pictures lie on this machine [default: as when it was brought before, or else where the workspace says]
    #[arg(long, value_name = "DIR")]
    pictures: Option<PathBuf>,
    /// Give up what was changed in the folder since it was brought. Tables that it alone has stay
    #[arg(long)]
    discard: bool,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for PullArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        FILES_STAY
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        run(self, console)
    }
}

/// Runs the verb.
///
/// # Errors
/// When there is no workspace, something else lies in the folder, or what was brought there was changed and is not to be given up.
fn run(args: &PullArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let wish = PullWish {
        from: place_of(&args.from).map_err(|problem| Misuse(problem.to_string()))?,
        to: args.to.clone(),
        layers: (!args.layers.is_empty()).then(|| args.layers.clone()),
        folder: args.pictures.clone(),
        discard: args.discard,
    };
    interrupt::listen();
    let progress = Arc::new(Progress::new("Bringing the workspace"));
    let counters = progress.clone();
    let work = std::thread::Builder::new().name("tiramisu-pull".into()).spawn(move || pull(&wish, &counters))?;
    while !work.is_finished() {
        std::thread::sleep(Duration::from_millis(10));
        match progress.total() {
            0 => console.show_waiting(),
            _ => console.show_bytes(&progress),
        }
        if interrupt::was_asked() {
            progress.cancel();
        }
    }
    console.hide();
    let Some(pulled) = work.join().map_err(|_| anyhow!("bringing the workspace failed"))?? else { bail!(Interrupted) };
    console.answer(&pulled, &words(&pulled))?;
    Ok(Outcome::Done)
}

fn words(pulled: &Pulled) -> String {
    let Pulled { workspace, folder, files, bytes, tables } = pulled;
    let place = format!("the workspace of {} is in {}\n", folder.display(), workspace.display());
    match tables.is_empty() && *files == 0 {
        true => format!("nothing is new; {place}"),
        false => format!(
            "{}, {}, brought of {}; {place}",
            counted(*files, "file", "files"),
            in_words::bytes(*bytes),
            counted(tables.len(), "table", "tables"),
        ),
    }
}

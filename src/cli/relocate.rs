//! `tiramisu relocate OLD NEW`

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::arguments::{Arguments, NOTHING_CHANGED};
use super::{Console, Outcome};
use crate::engine::{self, EngineOptions, Relocated};

/// Says that a folder of pictures was moved or renamed, so that its workspace goes along: vectors, tags, clusters and all.
/// The pictures themselves are only looked at.
///
/// Pictures that were moved or renamed within their folder need no word: `tiramisu extract` knows them by their content.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu relocate ~/Desktop/birds ~/Pictures/birds
  tiramisu relocate /media/old/birds /media/new/birds --workspace ~/birds-workspace")]
pub struct RelocateArgs {
    /// The folder as it was called before
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// Where its pictures are now
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// The workspace, if it does not lie in the usual place; it stays where it is
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for RelocateArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        NOTHING_CHANGED
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        let relocated = engine::relocate(&self.old, &self.new, self.workspace.as_deref(), &EngineOptions::default())?;
        console.answer(&relocated, &words(&relocated))?;
        Ok(Outcome::Done)
    }
}

fn words(relocated: &Relocated) -> String {
    let Relocated { from, folder, workspace, looked_for, found } = relocated;
    format!(
        "the workspace of {} is that of {} now: {found} of {looked_for} pictures that were looked for are there\n\
         workspace: {}\n",
        from.display(),
        folder.display(),
        workspace.display()
    )
}

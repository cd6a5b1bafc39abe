//! `tiramisu adopt FOLDER < rows`

use clap::Args as ClapArgs;

use super::adopting::Adopting;
use super::arguments::{Arguments, COMMITTED_STAYS};
use super::{Console, Outcome};
use crate::engine::AdoptKind;

/// Takes features that were made elsewhere into the workspace of a folder, so that they need not be extracted again: what
/// `tiramisu features` wrote, on this machine or on many, comes as an Arrow stream on standard input.
///
/// Pictures that are not on record are recorded, with the size and thumbnail that their rows have, or else those of their files.
/// What is there stays as it is, so the same rows may come twice; what is lacking afterwards `tiramisu extract` makes.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu features --thumbnails < pictures.arrows | tiramisu adopt ~/Pictures
  tiramisu adopt ~/Pictures --prefix hdfs:///photos/ < rows.arrows     paths that were written elsewhere

A table that Spark, Ray or COMPSs made with the Python package (pip install tiramisu-vision):
  from tiramisu_vision import shards
  shards.adopt('s3://bucket/table.lance', '/home/me/Pictures', prefix='s3://bucket/photos/')")]
pub struct AdoptArgs {
    /// Where they go
    #[command(flatten)]
    adopting: Adopting,
}

impl Arguments for AdoptArgs {
    fn wants_json(&self) -> bool {
        self.adopting.json
    }

    fn what_stays(&self) -> &'static str {
        COMMITTED_STAYS
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        self.adopting.run("adopt", AdoptKind::Features, console)
    }
}

//! `tiramisu tags export|import FOLDER FILE`

use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand};

use super::arguments::{Arguments, NOTHING_CHANGED};
use super::{Console, Outcome, collection};
use crate::domain::counted;
use crate::engine;

/// Keeps what you did by hand: tags and their colours, labels, names of clusters, and classes of your own, as one JSON file that belongs
/// to no workspace and is brought into any of the same folder.
#[derive(Debug, ClapArgs)]
#[command(after_help = "\
Examples:
  tiramisu tags export ~/Pictures ~/Backup/tags.json
  tiramisu tags import ~/Pictures ~/Backup/tags.json

Pictures are called by their paths below the folder. Importing removes nothing: what is new joins what is there. Tags and labels of pictures that are not on record wait until they are; a picture that was labelled by hand keeps its label; a cluster gets the name of the one that most of its pictures were in. Classes get their vectors when classes are made.")]
pub struct TagsArgs {
    /// Answer with one JSON document
    #[arg(long, global = true)]
    json: bool,
    /// What to do
    #[command(subcommand)]
    verb: TagsVerb,
}

/// What can be done with them.
#[derive(Debug, Subcommand)]
pub enum TagsVerb {
    /// Write tags, labels given by hand, names of clusters and classes to a file
    Export {
        /// The folder with the pictures, or a workspace
        #[arg(value_name = "FOLDER|WORKSPACE")]
        path: PathBuf,
        /// The file to write
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The workspace, if it does not lie in the usual place
        #[arg(long, value_name = "DIR")]
        workspace: Option<PathBuf>,
        /// Replace the file if it exists
        #[arg(long)]
        overwrite: bool,
    },
    /// Take those of a file into the workspace
    Import {
        /// The folder with the pictures, or a workspace
        #[arg(value_name = "FOLDER|WORKSPACE")]
        path: PathBuf,
        /// The file that was exported
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// The workspace, if it does not lie in the usual place
        #[arg(long, value_name = "DIR")]
        workspace: Option<PathBuf>,
    },
}

impl Arguments for TagsArgs {
    fn wants_json(&self) -> bool {
        self.json
    }

    fn what_stays(&self) -> &'static str {
        NOTHING_CHANGED
    }

    fn run(&self, console: &mut Console) -> anyhow::Result<Outcome> {
        match &self.verb {
            TagsVerb::Export { path, file, workspace, overwrite } => {
                let root = collection::workspace_at(path, workspace.as_deref())?;
                export(&root, file, *overwrite, console)?;
            }
            TagsVerb::Import { path, file, workspace } => {
                let root = collection::workspace_at(path, workspace.as_deref())?;
                let taken = engine::take_handwork(&root, file)?;
                console.answer(&taken, &taken.in_words())?;
            }
        }
        Ok(Outcome::Done)
    }
}

fn export(root: &Path, file: &Path, overwrite: bool, console: &mut Console) -> anyhow::Result<()> {
    engine::check_file(file, overwrite)?;
    let (found, remarks) = engine::handwork(root)?;
    remarks.iter().for_each(|remark| console.note(remark));
    engine::write_file(file, overwrite, &serde_json::to_vec_pretty(&found)?)?;
    let labelled: usize = found.labels.values().map(Vec::len).sum();
    let (tags, clusters, classes) = (found.tags.len(), found.clusters.len(), found.classes.len());
    let pictures: usize = found.tags.values().map(Vec::len).sum();
    let answer = serde_json::json!({
        "file": file.display().to_string(), "tags": tags, "tagged": pictures, "labels_by_hand": labelled, "clusters": clusters,
        "classes": classes, "remarks": remarks.iter().map(ToString::to_string).collect::<Vec<_>>(),
    });
    let words = format!(
        "{} of {}, {}, {} and {} in {}\n",
        counted(tags, "tag", "tags"),
        counted(pictures, "picture", "pictures"),
        counted(labelled, "label given by hand", "labels given by hand"),
        counted(clusters, "name of a cluster", "names of clusters"),
        counted(classes, "class", "classes"),
        file.display(),
    );
    console.answer(&answer, &words)?;
    Ok(())
}

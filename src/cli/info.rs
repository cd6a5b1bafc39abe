//! `tiramisu info [FOLDER|WORKSPACE]`

use std::path::PathBuf;

use clap::Args as ClapArgs;

use super::arguments::{Arguments, NOTHING_CHANGED};
use super::{Console, Outcome, collection};
use crate::domain::{counted, in_words, single_in_words};
use crate::engine::{self, WorkspaceDescription};

/// Says what is known of a folder: images, networks, layers, versions, bytes, and what was found in them. It only reads, so
/// it works while another process extracts.
#[derive(Debug, ClapArgs)]
pub struct InfoArgs {
    /// The folder with the pictures, or a workspace
    #[arg(value_name = "FOLDER|WORKSPACE", default_value = ".")]
    path: PathBuf,
    /// The workspace, if it does not lie in the usual place
    #[arg(long, value_name = "DIR")]
    workspace: Option<PathBuf>,
    /// Answer with one JSON document
    #[arg(long)]
    json: bool,
}

impl Arguments for InfoArgs {
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
/// When there is no workspace, or it cannot be read.
fn run(args: &InfoArgs, console: &mut Console) -> anyhow::Result<Outcome> {
    let workspace = collection::workspace_at(&args.path, args.workspace.as_deref())?;
    let description = engine::describe(&workspace)?;
    // A path that is not UTF-8 has no exact form in JSON; this one is readable.
    let answer = serde_json::json!({
        "folder": description.folder.display().to_string(),
        "workspace": description.workspace.display().to_string(),
        "images": description.images,
        "problems": description.problems,
        "gone": description.gone,
        "bytes": description.bytes,
        "tables": description.tables,
        "findings": description.findings,
        "remarks": description.remarks,
    });
    console.answer(&answer, &in_words(&description))?;
    Ok(Outcome::Done)
}

fn in_words(description: &WorkspaceDescription) -> String {
    let folder = match description.folder.as_os_str().is_empty() {
        true => "not known".to_owned(),
        false => description.folder.display().to_string(),
    };
    let mut words = format!("folder     {folder}\n");
    words += &format!("workspace  {}\n", description.workspace.display());
    words += &format!("images     {}", description.images);
    if description.problems > 0 {
        words += &format!(", {} of them could not be read", description.problems);
    }
    if description.gone > 0 {
        words += &format!(", {} no longer in the folder", description.gone);
    }
    words += &format!("\non disk    {}\n", in_words::bytes(description.bytes));
    for table in &description.tables {
        let channels: usize = table.layers.iter().map(|layer| layer.channels).sum();
        words += &format!(
            "\n{}.lance: {} with vectors of {}, version {}, {}; {} each in {}\n",
            table.name,
            counted(table.rows, "image", "images"),
            table.network,
            table.version,
            in_words::bytes(table.bytes),
            counted(channels, "feature", "features"),
            counted(table.layers.len(), "column", "columns"),
        );
        let readable = description.images - description.problems - description.gone;
        if let Some(name) = &table.supplements {
            words += &format!("  unfinished: becomes part of {name} when `tiramisu extract` has finished it\n");
        } else if table.rows < readable {
            let lacking = readable - table.rows;
            let verb = if table.is_own { "vectors` adds them" } else { "extract` continues" };
            words += &format!("  {lacking} more have none yet: `tiramisu {verb}\n");
        }
        if !table.single.is_empty() {
            words += &format!("  {}\n", single_in_words(&table.single));
        }
        for layer in &table.layers {
            let precision = if layer.precision == "single" { "  (single precision)" } else { "" };
            words += &format!("  {:5} {}{precision}\n", layer.channels, layer.column);
        }
    }
    if !description.findings.is_empty() {
        words += "\nfound\n";
    }
    for finding in &description.findings {
        let rows = counted(finding.rows, "row", "rows");
        words += &format!("  {:10} {}.lance, {rows}\n", finding.kind, finding.table);
    }
    for remark in &description.remarks {
        words += &format!("\n{remark}\n");
    }
    if description.tables.is_empty() {
        words += "\nnothing has been extracted with any network yet\n";
    }
    words
}

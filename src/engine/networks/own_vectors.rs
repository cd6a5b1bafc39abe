//! Vectors of a person's own, which stand where a network's would: their table says so, and no network is behind them.

use std::path::Path;

use crate::domain::{Layer, Pooling, StoredLayer, is_network_name};
use crate::engine::message::Problem;
use crate::engine::networks;
use crate::engine::places::fnv1a;
use crate::network::NetworkFacts;
use crate::store::{FeatureSpec, FeatureTable, Workspace};

/// Names of networks that are part of the program.
const TAKEN: [&str; 3] = ["builtin", "ladyfinger", "filters"];
/// Letters in a name.
const LONGEST_NAME: usize = 64;

/// What the table of vectors called `name` is about, which came from where `about` says.
pub fn own_spec(name: &str, about: &str, columns: Vec<(StoredLayer, usize)>) -> FeatureSpec {
    FeatureSpec::of_vectors(name, format!("{:016x}", fnv1a(format!("vectors {name}").as_bytes())), about, columns)
}

/// A layer for vectors of so many numbers.
pub fn own_layer(name: &str) -> StoredLayer {
    // Nothing was pooled; this is the pooling that is meant where none is named.
    StoredLayer { layer: name.to_owned(), pooling: Pooling::Average }
}

/// Whether vectors can be called so: no network may be, or it would not be clear what is meant.
///
/// # Errors
/// Why not.
pub fn check_name(name: &str, data_dir: Option<&Path>) -> Result<(), Problem> {
    let refuse = |why: String| {
        Err(Problem::new("Vectors cannot be called so", why).with_remedy("Choose another name with --name."))
    };
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.trim() != name {
        return refuse(format!("a name has 1 to {LONGEST_NAME} letters, and no space at its ends: {name:?}."));
    }
    if name.chars().any(|letter| letter.is_control() || ['/', '\\'].contains(&letter)) {
        return refuse(format!("a name has no slashes and no control characters: {name:?}."));
    }
    let is_network = TAKEN.contains(&name) || networks::show(name, data_dir).is_ok();
    if is_network || is_network_name(Path::new(name)) || Path::new(name).is_file() {
        return refuse(format!("{name} is a network, or looks like a network's file."));
    }
    Ok(())
}

/// Vectors as they lie open, to be read.
pub struct OpenVectors {
    /// The workspace.
    pub workspace: Workspace,
    /// What their table is called.
    pub name: String,
    /// The table.
    pub table: FeatureTable,
}

/// What stands in the place of a network for the vectors called `name` in the workspace at `root`; `None` if it has none. They were
/// opened for it, which whoever goes on with them need not do again.
///
/// # Errors
/// When the workspace or the table cannot be read.
pub(super) fn open(name: &str, root: &Path, only_looks: bool) -> Result<Option<(NetworkFacts, OpenVectors)>, Problem> {
    let table = own_spec(name, "", Vec::new()).table_name();
    // One look at the disk tells that a network's name is none of these.
    if !root.join(format!("{table}.lance")).is_dir() {
        return Ok(None);
    }
    let unread = |error| Problem::new("The vectors could not be read", error);
    let workspace = if only_looks { Workspace::look_into(root) } else { Workspace::open(root) }.map_err(unread)?;
    let Some(found) = workspace.find_features(&table).map_err(unread)? else { return Ok(None) };
    let spec = found.spec();
    let Some(about) = spec.origin() else { return Ok(None) };
    let layer = |(stored, channels): &(StoredLayer, usize)| Layer {
        name: stored.layer.clone(),
        kind: "Vectors".to_owned(),
        shape: [*channels, 1, 1],
        parameter_count: 0,
        inputs: vec![None],
        multiplications: 0,
        stored_by_default: true,
    };
    let layers = spec.columns.iter().map(layer).collect();
    let facts = NetworkFacts::of_vectors(name, in_words(name, &about), layers, spec.fingerprint);
    Ok(Some((facts, OpenVectors { workspace, name: table, table: found })))
}

/// What they are, for the person.
fn in_words(name: &str, about: &str) -> String {
    let origin = if about.is_empty() { String::new() } else { format!(" They come from: {about}.") };
    format!("Vectors of your own, stored as {name}. No network is behind them, so there are no heat maps.{origin}")
}

/// Why what takes a network cannot be done with vectors.
pub fn no_network(name: &str) -> Problem {
    Problem::new(
        format!("{name} has no network"),
        "these are vectors of your own, and no picture can be run through them.",
    )
    .with_remedy("Choose a network (--network, or the menu Network in the window).")
}

//! The networks we know, and what of them is on this machine.
//!
//! Files of a network lie in `networks/NAME` of the data directory, beside each other as their readers want them. A file
//! gets there by a download, by hand, or from a folder that the person names; what is downloaded gets its own name when it is whole.

mod add;
pub mod content;
mod download;
mod get;
pub(super) mod jobs;
mod known;
pub(super) mod layers;
mod opening;
pub(super) mod own_vectors;
mod recognise;
mod remembered;

use std::path::{Path, PathBuf};

use serde::Serialize;

pub use crate::engine::message::KnownFile;
pub use crate::engine::message::PreparationWish;
pub use add::{add, name_of, remove};
pub use download::download_config;
pub use get::{Downloaded, download_network};
pub(super) use opening::{LoadNetwork, OpenNetwork};
pub(super) use recognise::load;

pub use crate::network::{ColourOrder, Preprocessing};

use crate::domain::Layer;
use crate::engine::message::{KnownNetwork, NetworkFile, Problem};
use crate::engine::places;
use crate::network::zoo::{self, Entry};

/// Every network we know by name, and what is wrong with descriptions that cannot be used.
///
/// # Errors
/// When this machine has no place for user data.
pub fn list(data_dir: Option<&Path>) -> Result<(Vec<KnownNetwork>, Vec<Problem>), Problem> {
    let folder = folder(data_dir)?;
    let (entries, problems) = entries(&folder);
    let known = entries.iter().map(|(entry, is_own)| KnownNetwork::new(entry, *is_own, &folder)).collect();
    Ok((known, problems))
}

/// One network we know.
///
/// # Errors
/// When there is none of that name; the nearest ones are named.
pub fn show(name: &str, data_dir: Option<&Path>) -> Result<KnownNetwork, Problem> {
    let folder = folder(data_dir)?;
    let (entry, is_own) = find(name, &folder)?;
    Ok(KnownNetwork::new(&entry, is_own, &folder))
}

/// What a network that is on this machine consists of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inside {
    /// What it is called.
    pub name: String,
    /// What its file says of it.
    pub about: String,
    /// One picture as it takes it: `[channels, height, width]`.
    pub input: [usize; 3],
    /// Its layers, each after those that it takes.
    pub layers: Vec<Layer>,
}

/// Reads a network, in order to look at it.
///
/// # Errors
/// When it is not on this machine, or cannot be read.
pub fn look_inside(file: &NetworkFile, data_dir: Option<&Path>) -> Result<Inside, Problem> {
    let graph = load(file, data_dir)?;
    Ok(Inside { name: graph.name.clone(), about: graph.about.clone(), input: graph.input, layers: graph.layers() })
}

/// Where networks and descriptions of the person's own lie.
fn folder(data_dir: Option<&Path>) -> Result<PathBuf, Problem> {
    Ok(places::networks_dir(&places::data_dir(data_dir)?))
}

/// Ours and the person's, by name; theirs win. With each comes whether it is theirs.
fn entries(folder: &Path) -> (Vec<(Entry, bool)>, Vec<Problem>) {
    let (own, problems) = zoo::read_own(folder);
    let mut entries: Vec<(Entry, bool)> = zoo::embedded().into_iter().map(|entry| (entry, false)).collect();
    entries.retain(|(entry, _)| own.iter().all(|own| own.name != entry.name));
    entries.extend(own.into_iter().map(|entry| (entry, true)));
    entries.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
    let refused = |error| Problem::new("A description of a network is left out", error);
    (entries, problems.into_iter().map(refused).collect())
}

fn find(name: &str, folder: &Path) -> Result<(Entry, bool), Problem> {
    let (entries, problems) = entries(folder);
    let similar = similar(name, &entries);
    entries.into_iter().find(|(entry, _)| entry.name == name).ok_or_else(|| {
        // Its own description may be the broken one.
        let file = format!("{name}.toml");
        let broken = problems.into_iter().find(|problem| problem.why.ends_with(&file));
        broken.unwrap_or_else(|| {
            Problem::new(format!("There is no network called {name}"), similar)
                .with_remedy("`tiramisu networks list` names all; a file is named by its path.")
        })
    })
}

/// Networks whose names have something in common with `name`.
fn similar(name: &str, entries: &[(Entry, bool)]) -> String {
    let plain = |text: &str| text.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
    let stem: String = plain(name).chars().take(4).collect();
    let near = |(entry, _): &&(Entry, bool)| plain(&entry.name).contains(&stem);
    let names: Vec<&str> = entries.iter().filter(near).map(|(entry, _)| entry.name.as_str()).collect();
    match names[..] {
        [] => "no name is like it.".to_owned(),
        _ => format!("did you mean {}?", names.join(", ")),
    }
}

//! From what a person names to a network that runs: a name, or a file that may be one we know.

use std::path::Path;

use crate::domain::NetworkEnding;
use crate::engine::message::{KnownNetwork, NetworkFile, Problem, Progress};
use crate::engine::networks::content;
use crate::engine::networks::own_vectors::no_network;
use crate::engine::networks::{entries, find, folder};
use crate::network::zoo::Entry;
use crate::network::{self, Graph, NetworkChoice, Preprocessing};

/// Reads a network. Pictures are prepared for it as its description says: that of its name or, for a file, of the network
/// whose file it is by name and content. An unknown file, and known weights with layers of the person's own, are prepared
/// for as the reader thinks.
///
/// # Errors
/// When it is not here or cannot be read; the message names the file.
pub fn load(file: &NetworkFile, data_dir: Option<&Path>) -> Result<Graph, Problem> {
    match file {
        NetworkFile::Builtin => read(&NetworkChoice::Builtin),
        NetworkFile::Analytic => read(&NetworkChoice::Analytic),
        NetworkFile::File(path) => {
            let graph = read_file(path)?;
            match folder(data_dir).ok().and_then(|folder| recognise(path, &folder)) {
                Some(entry) if is_as_published(path, &entry, &graph) => describe(graph, &entry),
                _ => Ok(graph),
            }
        }
        NetworkFile::Vectors(name) => Err(no_network(name)),
        NetworkFile::Known(name) => {
            let folder = folder(data_dir)?;
            let (entry, is_own) = find(name, &folder)?;
            let known = KnownNetwork::new(&entry, is_own, &folder);
            if !known.is_here {
                return Err(missing(&known));
            }
            describe(read_file(&known.path)?, &entry)
        }
    }
}

fn read_file(path: &Path) -> Result<Graph, Problem> {
    read(&NetworkChoice::from_file(path).map_err(|error| Problem::new(WHAT, error))?)
}

fn read(choice: &NetworkChoice) -> Result<Graph, Problem> {
    network::load(choice).map_err(|error| Problem::new(WHAT, error))
}

const WHAT: &str = "The network could not be loaded";

fn missing(known: &KnownNetwork) -> Problem {
    let name = &known.name;
    if known.files.is_empty() {
        return Problem::new(WHAT, format!("{name} is not where it was: {}", known.path.display()))
            .with_remedy("Put the file back, or forget the network with `tiramisu networks remove`.");
    }
    Problem::new(WHAT, format!("{name} is not on this machine yet."))
        .with_remedy(format!("Download it under Networks in the window, or with `tiramisu networks download {name}`."))
}

/// The known network whose main file this is. Reads the whole file, but only if its name is right.
fn recognise(path: &Path, folder: &Path) -> Option<Entry> {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    // A description is no proof: a Caffe network is known by its weights.
    let weights = match NetworkChoice::from_file(&path) {
        Ok(NetworkChoice::Caffe { caffemodel, .. }) => caffemodel,
        Ok(
            NetworkChoice::Builtin | NetworkChoice::Analytic | NetworkChoice::Torch { .. } | NetworkChoice::Onnx { .. },
        )
        | Err(_) => path.clone(),
    };
    let name = weights.file_name()?.to_string_lossy().into_owned();
    let is_it = |entry: &Entry| {
        if let Some(own) = &entry.path {
            return *own == path || *own == weights;
        }
        let main = entry.files.first().filter(|main| main.name == name);
        let checksum = main.and_then(|main| main.checksum());
        checksum.is_some_and(|checksum| {
            let unstoppable = Progress::new("");
            matches!(content::matches(&weights, &checksum, &unstoppable), Ok(Some(true)))
        })
    };
    entries(folder).0.into_iter().map(|(entry, _)| entry).find(is_it)
}

/// Whether what is beside a known network's main file is as it was published, too: of a Caffe network the layers, which
/// a person may have changed to take larger pictures, or to prepare them otherwise.
fn is_as_published(path: &Path, entry: &Entry, graph: &Graph) -> bool {
    let [_, height, width] = graph.input;
    let has_size = |preprocessing: &Preprocessing| (preprocessing.width, preprocessing.height) == (width, height);
    if !entry.preprocessing.as_ref().is_none_or(has_size) {
        return false;
    }
    let Ok(NetworkChoice::Caffe { prototxt, .. }) = NetworkChoice::from_file(path) else { return true };
    let published =
        entry.files.iter().find(|file| NetworkEnding::of(Path::new(&file.name)) == Some(NetworkEnding::CaffeLayers));
    published
        .and_then(|file| file.checksum())
        .is_none_or(|checksum| matches!(content::matches(&prototxt, &checksum, &Progress::new("")), Ok(Some(true))))
}

/// Puts what the description knows in the place of what the reader guessed.
fn describe(mut graph: Graph, entry: &Entry) -> Result<Graph, Problem> {
    if let Some(preprocessing) = &entry.preprocessing {
        let [_, height, width] = graph.input;
        if (preprocessing.width, preprocessing.height) != (width, height) {
            let why = format!(
                "the description of {} says {} x {} pixels, but its file takes {width} x {height}.",
                entry.name, preprocessing.width, preprocessing.height
            );
            return Err(Problem::new(WHAT, why).with_remedy("Correct the description, or choose the file by its path."));
        }
        graph.preprocessing = preprocessing.clone();
    }
    if !entry.about.is_empty() {
        let licence = if entry.licence.is_empty() { "not stated" } else { &entry.licence };
        let prepared = graph.preprocessing.in_words();
        graph.about = format!("{} {} Licence: {licence}. Pictures are {prepared}.", entry.title, entry.about);
    }
    Ok(graph)
}

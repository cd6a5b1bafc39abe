//! Networks of the person's own: described, never copied.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::engine::message::{KnownNetwork, PreparationWish, Problem};
use crate::engine::networks::{entries, find, folder};
use crate::network::zoo::Entry;
use crate::network::{self, ColourOrder, NetworkChoice, Preprocessing};

/// Said of a known network that is prepared for otherwise than its makers did.
const OWN_PREPARATION: &str = ", own preparation";

/// Remembers the network in `file` under `name` (by default the file's). The file stays where it is.
///
/// # Errors
/// When it cannot be read as a network, the name is taken or no name, or the description cannot be written.
pub fn add(
    file: &Path,
    name: Option<&str>,
    wish: &PreparationWish,
    data_dir: Option<&Path>,
) -> Result<KnownNetwork, Problem> {
    let what = "The network could not be added";
    let refused = |why: String| Problem::new(what, why);
    let folder = folder(data_dir)?;
    let path = std::path::absolute(file).map_err(|error| refused(format!("{error}: {}", file.display())))?;
    let name = name.map_or_else(|| name_of(&path), str::to_owned);
    let (entries, _) = entries(&folder);
    if entries.iter().any(|(entry, _)| entry.name == name) {
        return Err(refused(format!("there is a network called {name}."))
            .with_remedy("Choose another name (--name on the command line), or remove that one first."));
    }
    let choice = NetworkChoice::from_file(&path).map_err(|error| refused(error.to_string()))?;
    let graph = network::load(&choice).map_err(|error| refused(error.to_string()))?;
    let preprocessing = wish.preprocessing(&graph.preprocessing, &folder)?;
    let is_its_file = |(entry, is_own): &&(Entry, bool)| KnownNetwork::new(entry, *is_own, &folder).path == path;
    let kin = entries.iter().find(is_its_file).map(|(entry, _)| entry.clone());
    let entry = Entry {
        name: name.clone(),
        classes: graph.labels.as_ref().map(Vec::len),
        // Published for pictures prepared as they were prepared there.
        top_1: None,
        path: Some(path),
        files: Vec::new(),
        // Written down even if nothing is wished: a later version may think otherwise of the file, and features shift
        // with it.
        preprocessing: Some(preprocessing),
        ..kin.map_or_else(|| undescribed(graph.name.clone()), in_other_words)
    };
    entry.check().map_err(|reason| refused(format!("{reason}.")))?;
    let description = toml::to_string(&entry).map_err(|error| refused(format!("it cannot be described ({error}).")))?;
    let target = description_of(&name, &folder);
    let written = fs::create_dir_all(&folder).and_then(|()| write_new(&target, &description));
    written.map_err(|error| {
        // One that cannot be read, or that names another network: somebody wrote it.
        if error.kind() == std::io::ErrorKind::AlreadyExists {
            return refused(format!("there is a description of that name: {}", target.display()))
                .with_remedy("Choose another name, or correct or delete that file.");
        }
        refused(format!("{error}: {}", target.display()))
    })?;
    Ok(KnownNetwork::new(&entry, true, &folder))
}

/// Never over what is there; whole or not at all.
fn write_new(target: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::File::create_new(target)?;
    file.write_all(text.as_bytes()).inspect_err(|_| {
        fs::remove_file(target).ok();
    })
}

/// Forgets a network of the person's own (the network's file stays), or deletes the downloaded files of another. Returns
/// what was deleted.
///
/// # Errors
/// When there is none of that name, or the disk refuses.
pub fn remove(name: &str, data_dir: Option<&Path>) -> Result<Vec<PathBuf>, Problem> {
    let folder = folder(data_dir)?;
    let (entry, is_own) = find(name, &folder)?;
    let home = folder.join(&entry.name);
    let mut paths = Vec::new();
    for file in &entry.files {
        let endings = ["", ".part", ".part.from", ".part.lock", ".copy"];
        paths.extend(endings.map(|ending| home.join(format!("{}{ending}", file.name))));
    }
    if is_own {
        paths.extend(description_of_entry(name, &folder));
    }
    let mut deleted = Vec::new();
    for path in paths.into_iter().filter(|path| path.is_file()) {
        let refused =
            |error| Problem::new(format!("{name} could not be removed"), format!("{error}: {}", path.display()));
        fs::remove_file(&path).map_err(refused)?;
        deleted.push(path);
    }
    // What else lies there is the person's.
    fs::remove_dir(&home).ok();
    Ok(deleted)
}

impl PreparationWish {
    /// Exactly `preprocessing`, but for the size: that is the file's.
    pub fn exactly(preprocessing: &Preprocessing) -> Self {
        Self {
            like: None,
            fit: Some(preprocessing.fit),
            interpolation: Some(preprocessing.interpolation),
            decoding: Some(preprocessing.decoding),
            blue_first: Some(preprocessing.channels == ColourOrder::Bgr),
            mean: Some(preprocessing.mean),
            deviation: Some(preprocessing.deviation),
            scale: Some(preprocessing.scale),
        }
    }

    fn preprocessing(&self, of_file: &Preprocessing, folder: &Path) -> Result<Preprocessing, Problem> {
        let like = match &self.like {
            Some(name) => find(name, folder)?.0.preprocessing,
            None => None,
        };
        let base = like.unwrap_or_else(|| of_file.clone());
        let order = self.blue_first.map(|blue| if blue { ColourOrder::Bgr } else { ColourOrder::Rgb });
        Ok(Preprocessing {
            // The file knows best what it takes.
            width: of_file.width,
            height: of_file.height,
            channels: order.unwrap_or(base.channels),
            mean: self.mean.unwrap_or(base.mean),
            scale: self.scale.unwrap_or(base.scale),
            fit: self.fit.unwrap_or(base.fit),
            interpolation: self.interpolation.unwrap_or(base.interpolation),
            decoding: self.decoding.unwrap_or(base.decoding),
            deviation: self.deviation.unwrap_or(base.deviation),
        })
    }
}

/// A network of which nothing is known but its file.
fn undescribed(title: String) -> Entry {
    Entry {
        name: String::new(),
        title,
        about: String::new(),
        publisher: String::new(),
        licence: String::new(),
        page: String::new(),
        classes: None,
        top_1: None,
        path: None,
        files: Vec::new(),
        preprocessing: None,
    }
}

/// The same network under another name: whose it is and on which terms stays true.
fn in_other_words(mut known: Entry) -> Entry {
    if !known.title.is_empty() && !known.title.ends_with(OWN_PREPARATION) {
        known.title += OWN_PREPARATION;
    }
    known
}

/// The file's name, as far as it can be a network's.
pub fn name_of(path: &Path) -> String {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let plain = stem.chars().map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '-' });
    plain.collect::<String>().trim_start_matches(['.', '_', '-']).chars().take(64).collect()
}

fn description_of(name: &str, folder: &Path) -> PathBuf {
    folder.join(format!("{name}.toml"))
}

/// Where the person described it: the file is named after the network, unless they wrote it by hand.
fn description_of_entry(name: &str, folder: &Path) -> Option<PathBuf> {
    let says_so = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_default();
        toml::from_str::<Entry>(&text).is_ok_and(|entry| entry.name == name)
    };
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_description = |path: &PathBuf| path.extension().is_some_and(|e| e == "toml") && path.is_file();
    let mut described = files.filter(is_description).filter(says_so);
    described.next()
}

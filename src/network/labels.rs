//! The names of a network's classes, from a text file beside it.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Graph, NetworkError, plain_file};
use crate::domain::counted;

/// A list of class names is never larger than this many bytes.
const LARGEST_FILE: u64 = 16 << 20;

/// Looks in `folder` for a list of exactly `count` names.
///
/// Tried in order: `synset_words.txt`, any `*synset*words*.txt`, `labels.txt`. One name a line; a WordNet id at the
/// start (`n01440764 tench`) is left out. Files that cannot be read or have another number of lines are passed over:
/// a network without names still runs.
pub(super) fn find(folder: &Path, count: usize) -> Option<Vec<String>> {
    candidates(folder).into_iter().find_map(|path| {
        let names = read(&path)?;
        (names.len() == count).then_some(names)
    })
}

impl Graph {
    /// Names the classes by a list that the person brings: one name a line, in the network's order, a WordNet id at the
    /// start left out.
    ///
    /// # Errors
    /// When the file cannot be read, or has another number of lines than the network has classes.
    pub fn name_classes(&mut self, list: &Path) -> Result<(), NetworkError> {
        let refuse = |reason: String| NetworkError::Choice { reason, path: list.to_owned() };
        let count = self.nodes.get(self.answer).map_or(0, |node| node.shape[0]);
        let names = read(list).ok_or_else(|| {
            let why = match fs::metadata(list) {
                Err(error) => error.to_string(),
                Ok(metadata) if !metadata.is_file() => "it is no plain file".to_owned(),
                Ok(metadata) if metadata.len() > LARGEST_FILE => "it is larger than 16 MB".to_owned(),
                Ok(_) => "it may not be read".to_owned(),
            };
            refuse(format!("the list of class names cannot be read ({why})"))
        })?;
        if names.len() != count {
            let mut reason = format!(
                "this list names {}, but {} has {count}; a list has one name a line, in the network's order",
                counted(names.len(), "class", "classes"),
                self.name
            );
            if names.len() + 1 == count {
                reason += " (many networks have one class more, for none of them, at the beginning: if this is such a \
                           one, put a line `background` first)";
            }
            return Err(refuse(reason));
        }
        self.labels = Some(names);
        Ok(())
    }
}

/// What there is to say of a network's class names.
pub(super) fn in_words(labels: Option<&[String]>) -> String {
    match labels {
        Some(labels) => format!("It knows {} classes by name.", labels.len()),
        None => {
            "No list of class names with the right number of lines lies beside it, so classes are not shown.".to_owned()
        }
    }
}

fn candidates(folder: &Path) -> Vec<PathBuf> {
    let is_synset_list = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        name.ends_with(".txt") && name.find("synset").is_some_and(|at| name[at..].contains("words"))
    };
    let entries = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut found: Vec<_> = entries.filter(is_synset_list).collect();
    found.sort();
    // The exact name first, wherever the alphabet puts it.
    found.sort_by_key(|path| path.file_name().is_none_or(|name| name != "synset_words.txt"));
    found.push(folder.join("labels.txt"));
    found
}

fn read(path: &Path) -> Option<Vec<String>> {
    let bytes = plain_file::read(path, LARGEST_FILE).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let lines = text.trim_start_matches('\u{feff}').lines().map(str::trim);
    Some(lines.filter(|line| !line.is_empty()).map(|line| without_synset(line).to_owned()).collect())
}

fn without_synset(line: &str) -> &str {
    match line.split_once(char::is_whitespace) {
        Some((id, name)) if is_synset(id) => name.trim_start(),
        _ => line,
    }
}

fn is_synset(id: &str) -> bool {
    id.len() == 9 && id.starts_with('n') && id[1..].bytes().all(|byte| byte.is_ascii_digit())
}

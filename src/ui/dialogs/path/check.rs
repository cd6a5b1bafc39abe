//! Whether a path that was written is an answer to the question, and if not, why not.

use std::fs::{self, Metadata};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::domain::file_ending::network_endings_in_words;
use crate::domain::{is_network_name, is_picture_name};
use crate::ui::Question;

/// The path that `text` means, if it answers `question`. Looks at the disk.
///
/// # Errors
/// What is wrong with it, in words for the person.
pub fn check(question: Question, text: &str) -> Result<PathBuf, String> {
    let path = written(text)?;
    let found = look(&path)?;
    match question {
        Question::Folder => match found {
            Some(metadata) if metadata.is_dir() => match fs::read_dir(&path) {
                Ok(_) => Ok(path),
                Err(error) => Err(format!("This folder cannot be read: {error}.")),
            },
            Some(_) if is_picture_name(&path) => Err(format!(
                "This is a picture. Write the folder that it lies in: {}",
                path.parent().unwrap_or(&path).display()
            )),
            Some(_) => Err("This is a file. Write a folder of pictures.".to_owned()),
            None => Err(missing(&path)),
        },
        Question::Network => match found {
            Some(metadata) if metadata.is_dir() => Err("This is a folder. Write the network's file in it.".to_owned()),
            Some(_) if is_network_name(&path) => Ok(path),
            Some(_) => Err(format!("This is not a network's file: those end in {}.", network_endings_in_words())),
            None => Err(missing(&path)),
        },
        // A data set is one or the other.
        Question::ImportFile | Question::ImportFolder => match found {
            Some(_) => Ok(path),
            None => Err(missing(&path)),
        },
        Question::MoveInto | Question::CutOutInto => match found {
            Some(metadata) if metadata.is_dir() => Ok(path),
            Some(_) => Err("This is a file. Write a folder; it may be a new one.".to_owned()),
            None => in_a_folder(path),
        },
        Question::Recipe => match found {
            Some(metadata) if metadata.is_dir() => {
                let example = path.join(question.usual_name());
                Err(format!("This is a folder. Write the file's name too: {}", example.display()))
            }
            // Whether it may be replaced is asked next.
            Some(_) => Ok(path),
            None => in_a_folder(path),
        },
        Question::Export(format) => match (format.file(), found) {
            (None, Some(metadata)) if metadata.is_dir() => Ok(path),
            (None, Some(_)) => Err("This is a file. Write a folder; it may be a new one.".to_owned()),
            (Some(file), Some(metadata)) if metadata.is_dir() => {
                let example = path.join(file.usual_name);
                Err(format!("This is a folder. Write the file's name too: {}", example.display()))
            }
            // Whether it may be replaced is asked next.
            (Some(_), Some(_)) => Ok(path),
            (_, None) => in_a_folder(path),
        },
    }
}

/// What a person writes for a path: `~` is home, and spaces around it mean nothing.
fn written(text: &str) -> Result<PathBuf, String> {
    let text = text.trim();
    let path = match text.strip_prefix('~') {
        Some(rest) if rest.is_empty() || rest.starts_with(['/', '\\']) => {
            let home =
                etcetera::home_dir().map_err(|error| format!("The folder that ~ stands for is not known: {error}."))?;
            home.join(rest.trim_start_matches(['/', '\\']))
        }
        _ => PathBuf::from(text),
    };
    match path.is_absolute() {
        true => Ok(path),
        false if text.is_empty() => Err(String::new()),
        false => Err("Write the whole path, from / or ~ on.".to_owned()),
    }
}

/// What lies at `path`, if anything does.
fn look(path: &Path) -> Result<Option<Metadata>, String> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(format!("This cannot be looked at: {error}.")),
    }
}

/// Where the path leaves what there is.
fn missing(path: &Path) -> String {
    let there = path.ancestors().skip(1).find(|folder| folder.exists());
    let Some(there) = there else { return "There is no file or folder with this name.".to_owned() };
    if !there.is_dir() {
        return format!("{} is a file, so there is nothing in it.", there.display());
    }
    let next = path.strip_prefix(there).ok().and_then(|rest| rest.components().next());
    let next = next.map(|next| next.as_os_str().to_string_lossy().into_owned()).unwrap_or_default();
    format!("There is nothing called {next} in {}.", there.display())
}

/// A new file or folder needs a folder to be made in.
fn in_a_folder(path: PathBuf) -> Result<PathBuf, String> {
    match path.parent() {
        Some(parent) if parent.is_dir() => Ok(path),
        Some(parent) if parent.exists() => Err(missing(&path)),
        Some(parent) => {
            Err(format!("{} Make the folder {} first, or write another.", missing(&path), parent.display()))
        }
        None => Err(missing(&path)),
    }
}

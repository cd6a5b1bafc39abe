//! A single file where a folder is to be opened: what it is, and what can be opened in its place.

use std::path::Path;

use crate::domain::is_raw_name;
use crate::engine::message::Problem;
use crate::images::{ImagesError, UnreadKind, look_at};

/// Lets pass what is no file.
///
/// # Errors
/// When a file lies at `path`: what that is, as its content says or, where that is of no known kind, its name.
pub fn refuse(path: &Path) -> Result<(), Problem> {
    if !std::fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return Ok(());
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let folder = path.parent().unwrap_or(path);
    let is_raw = match look_at(path) {
        Err(ImagesError::Unread { kind: UnreadKind::Raw, .. }) => true,
        Ok(()) | Err(ImagesError::Unread { .. } | ImagesError::Unsupported { .. }) => {
            let why = format!("what is opened is a folder of pictures: this one lies in {}", folder.display());
            return Err(Problem::new(format!("{name} is a single picture"), why).with_folder(folder));
        }
        // Damaged, empty or out of reach: the name is what is left.
        Err(_) => is_raw_name(path),
    };
    let problem = match is_raw {
        true => {
            let why = "it holds what a camera's sensor saw, as its maker writes it, which cannot be read";
            let remedy = format!(
                "Develop it to JPEG or TIFF, or open the folder that it lies in, if there are pictures beside it: {}",
                folder.display()
            );
            Problem::new(format!("{name} is a camera raw file"), why).with_remedy(remedy)
        }
        false => {
            let why = format!("this is a file, and no picture: {}", path.display());
            Problem::new("The folder could not be opened", why).with_remedy("Open a folder of pictures.")
        }
    };
    Err(problem.with_folder(folder))
}

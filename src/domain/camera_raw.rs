//! Camera raw files of a folder: what a sensor saw, as the camera's maker writes it, which nothing here reads.

use std::collections::BTreeSet;

use serde::Serialize;

use super::counted;

/// How many there are. They are no images of the collection: thousands of them would hide the pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CameraRaw {
    /// Those without a picture of their name beside them: what is in them is not seen.
    pub unread: usize,
    /// The first of those, below the folder.
    pub first: Option<String>,
    /// How their names end, in lower case and without the dot.
    pub endings: BTreeSet<String>,
    /// Those beside a picture of their name, which is seen in their place: many cameras and phones write both.
    pub beside_pictures: usize,
}

impl CameraRaw {
    /// That some are not read, and what to do, in one sentence for all; `None` if that is nothing to be told.
    pub fn in_words(&self) -> Option<String> {
        let first = self.first.as_ref().filter(|_| self.unread > 0)?;
        let endings: Vec<String> = self.endings.iter().map(|ending| format!(".{ending}")).collect();
        let (endings, count) = (endings.join(", "), counted(self.unread, "camera raw file", "camera raw files"));
        let which = match self.unread {
            1 => format!("{count} ({endings}) cannot be read, {first}: develop it"),
            _ => format!("{count} ({endings}) cannot be read, the first of them {first}: develop them"),
        };
        Some(format!("{which} to JPEG or TIFF, or have the camera write JPEGs beside its raw files"))
    }
}

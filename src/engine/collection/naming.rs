//! Images by the paths that people and other programs give them.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};

use crate::domain::{ImageId, ImagePath, ImageRecord};

/// The images on record by where they lie, and what a path says of the collection's folder.
pub struct ImageNames {
    folder: PathBuf,
    /// The same with links resolved, as far as it is there.
    real: PathBuf,
    by_path: HashMap<ImagePath, ImageId>,
}

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// An image on record.
    Image(ImageId),
    /// A file below the folder that is not on record.
    File(ImagePath),
}

impl ImageNames {
    /// Of these images of the collection in `folder`.
    pub fn of(folder: &Path, images: &[ImageRecord]) -> Self {
        Self {
            folder: folder.to_owned(),
            real: folder.canonicalize().unwrap_or_else(|_| folder.to_owned()),
            by_path: images.iter().map(|image| (image.path.clone(), image.id)).collect(),
        }
    }

    /// The image that a path names: absolute, relative to where the process is, or below the folder. Its file need not be
    /// there any more.
    pub fn find(&self, path: &Path) -> Option<ImageId> {
        match self.look_up(path)? {
            Named::Image(id) => Some(id),
            Named::File(_) => None,
        }
    }

    /// The same, or the file below the folder that a path names and that is not on record.
    pub fn look_up(&self, path: &Path) -> Option<Named> {
        let found = |places: Vec<ImagePath>| {
            let known = places.iter().find_map(|below| self.by_path.get(below));
            let is_there = |below: &ImagePath| below.below(&self.folder).is_file();
            known.map(|id| Named::Image(*id)).or_else(|| places.into_iter().find(is_there).map(Named::File))
        };
        // Following links asks the disk for each folder on the way.
        found(self.by_words(path)).or_else(|| found(self.by_links(path)))
    }

    /// Takes in an image that is on record now.
    pub fn add(&mut self, path: ImagePath, id: ImageId) {
        self.by_path.insert(path, id);
    }

    /// What a path says by itself, without asking the disk.
    fn by_words(&self, path: &Path) -> Vec<ImagePath> {
        let whole = std::path::absolute(path).ok();
        let of_whole = [&self.folder, &self.real].map(|folder| {
            let below = whole.as_deref()?.strip_prefix(folder).ok()?;
            plain(below)
        });
        let relative = if path.is_relative() { plain(path) } else { None };
        of_whole.into_iter().chain([relative]).flatten().collect()
    }

    /// The same with links followed; only of what is there.
    fn by_links(&self, path: &Path) -> Vec<ImagePath> {
        let places = [path.to_owned(), self.folder.join(path)];
        places.iter().filter_map(|place| plain(place.canonicalize().ok()?.strip_prefix(&self.real).ok()?)).collect()
    }
}

/// A path that leads down and nowhere else.
fn plain(path: &Path) -> Option<ImagePath> {
    let mut below = PathBuf::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => below.push(name),
            Component::CurDir => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    (!below.as_os_str().is_empty()).then(|| ImagePath::from_relative(&below))
}

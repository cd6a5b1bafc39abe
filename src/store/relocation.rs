//! A workspace whose pictures lie in another folder than they did.

use std::fs;
use std::path::Path;

use super::identity::Identity;
use super::{FileContents, StoreError, Workspace, durable};

impl Workspace {
    /// From now on the workspace at `root` is about the pictures in `image_folder`, and lies at `to`. Whoever is killed meanwhile
    /// may ask for the same again.
    ///
    /// # Errors
    /// When there is no workspace, when it is open elsewhere, when there is something at `to`, and when the disk does not let us.
    pub fn relocate(root: &Path, image_folder: &Path, to: &Path) -> Result<(), StoreError> {
        let writer = Self::open_to_write(root)?;
        if writer.root() != to && to.exists() {
            return Err(StoreError::NotAWorkspace { root: to.to_owned() });
        }
        let from = writer.root().to_owned();
        if from == to {
            return Identity::note_image_folder(to, image_folder);
        }
        // On some systems a folder with an open file in it cannot be renamed.
        drop(writer);
        let above = |path: &Path| path.parent().map_or(Ok(()), durable::sync_folder);
        let made = to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::rename(&from, to));
        let moved = made.and_then(|()| above(to)).and_then(|()| above(&from));
        moved.map_err(|error| StoreError::from_io("cannot move the workspace", to, error))?;
        // Last: until then it is found by the folder that it was about.
        let _writer = Self::open_to_write(to)?;
        Identity::note_image_folder(to, image_folder)
    }

    /// What the bytes of its pictures' files came to, as far as that is remembered.
    pub fn file_contents(&self) -> FileContents {
        FileContents::read(self.root(), self.image_count())
    }
}

//! What the targets share: files in a folder of the process's own, and what is expected of every network that was read.

#![cfg(feature = "program")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use tempfile::TempDir;
use tiramisu::network::{NetworkChoice, load};

/// Where `name` lies in a folder of this process's own: in memory where the system offers that.
pub fn place(name: &str) -> PathBuf {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let memory = Path::new("/dev/shm");
        let made = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        made.expect("a temporary folder")
    });
    folder.path().join(name)
}

/// Writes a file there.
pub fn write(name: &str, bytes: &[u8]) -> PathBuf {
    let path = place(name);
    fs::write(&path, bytes).expect("a file");
    path
}

/// Where a file or folder of `tests/golden` lies.
pub fn golden_place(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../golden").join(name)
}

/// A file of `tests/golden`.
pub fn golden(name: &str) -> Vec<u8> {
    let path = golden_place(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Copies a folder with all that is in it; there must be none at `to`.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("a copy");
        }
    }
}

/// Reads a network: either it fits together, or there is a message.
pub fn read_network(choice: &NetworkChoice) {
    match load(choice) {
        Ok(graph) => graph.check().expect("what was read fits together"),
        Err(error) => assert!(!error.to_string().is_empty(), "a refusal says why"),
    }
}

/// A small workspace.
pub mod workspace {
    use std::fs;

    use tiramisu::domain::{ImageId, ImagePath, ImageRecord};
    use tiramisu::store::{NewImage, Workspace};

    use super::{copy_folder, place};

    /// How many images it knows.
    pub const IMAGES: usize = 3;

    /// Makes one of that name, anew if there is one.
    pub fn make(name: &str) {
        let model = place(".model");
        if !model.exists() {
            let mut workspace = Workspace::open_or_create(&model, &place("pictures")).expect("a workspace");
            for id in 0..IMAGES as u32 {
                workspace.append_images(vec![image(id)]).expect("a commit");
            }
            let recorder = workspace.recorder().expect("a workspace");
            recorder.add_tag(&[ImageId(1)], "liked", |id| Some(image(id.0).record)).expect("a commit");
        }
        let root = place(name);
        fs::remove_dir_all(&root).ok();
        copy_folder(&model, &root);
    }

    /// Nobody changed it.
    pub fn expect_whole(name: &str) {
        let images = Workspace::open(&place(name)).and_then(|it| it.images()).expect("it opens");
        assert_eq!(images.len(), IMAGES);
    }

    fn image(id: u32) -> NewImage {
        let record = ImageRecord {
            id: ImageId(id),
            path: ImagePath { text: format!("{id}.png"), raw: None },
            label: None,
            width: 8,
            height: 8,
            file_bytes: 100,
            modified_unix_secs: 1_700_000_000,
            problem: None,
        };
        NewImage { record, thumbnail: None }
    }
}

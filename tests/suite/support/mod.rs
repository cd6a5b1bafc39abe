//! Fixtures shared by the suite.

pub mod collection;
pub mod command;
pub mod groups;
pub mod listener;
pub mod networks;
pub mod painted;
pub mod predicates;
pub mod renderer;
pub mod server;
pub mod small_png;
pub mod snapshot;
pub mod tensors;
pub mod window;

use std::path::{Path, PathBuf};

/// A file or folder of the outside data some tests use when it is there; says so when it is not.
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = match std::env::var_os("TIRAMISU_SHARED") {
        Some(root) => PathBuf::from(root),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
    };
    let path = root.join(path);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {} is not there", path.display());
    None
}

//! Fixtures shared by the suite.

pub mod collection;
pub mod command;
pub mod groups;
#[cfg(target_os = "linux")]
pub mod hanging;
pub mod input;
pub mod listener;
pub mod memory;
pub mod networks;
pub mod painted;
pub mod predicates;
pub mod renderer;
pub mod server;
pub mod small_disk;
pub mod small_png;
pub mod snapshot;
pub mod tensors;
pub mod window;

use std::fmt::Arguments;
use std::io::{Write, stderr};
use std::path::{Path, PathBuf};

/// Says of the test at hand that it does nothing here, and why.
macro_rules! skipped {
    ($($why:tt)*) => { $crate::support::say_skipped(format_args!($($why)*)) };
}
pub(crate) use skipped;

/// Says so on the terminal: what a test prints is shown only where it fails, and one that did nothing passes.
pub fn say_skipped(why: Arguments<'_>) {
    let thread = std::thread::current();
    writeln!(stderr(), "skipped: {}: {why}", thread.name().unwrap_or("a test")).ok();
}

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
    skipped!("{} is not there", path.display());
    None
}

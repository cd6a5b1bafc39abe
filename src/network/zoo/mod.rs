//! The networks we know: where they come from, their licence, checksums, preprocessing and labels.
//!
//! Each is a short TOML file. Those of `assets/networks` are part of the program; a person's own lie in the data
//! directory and win over ours of the same name, so a preprocessing can be changed without building anything. This room
//! knows what there is; the engine downloads and looks what is here.

mod address;
mod checksum;
mod entry;
mod list;

pub use address::is_own;
pub use checksum::Checksum;
pub use entry::{Entry, ZooFile};
pub use list::{embedded, read_own};

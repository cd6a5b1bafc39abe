//! The workspace on disk. Arrow and Lance names stop here.
//!
//! A workspace is a folder of [Lance](https://lance.org) tables, which `lance`, `lancedb`, DuckDB or Spark open directly:
//!
//! ```text
//! ROOT/workspace.json        format, image folder, when it was made
//! ROOT/images.lance          one row an image; row i is the image with id i
//! ROOT/<network>.lance       one row a readable image, one fixed-size list of half floats a stored layer
//! ROOT/clusters_<network>_<name>.lance  which cluster or community each image is in
//! ROOT/map_<network>_<name>.lance       where each image lies on a map
//! ROOT/embedding_<network>.lance        the full-network embedding of each image, two bits a feature
//! ROOT/reference_<network>.lance        what it is measured by: mean, deviation and thresholds of each feature
//! ```
//!
//! `images.lance`: `id` (u32), `path` (text below the image folder), `path_bytes` (the exact bytes where the name is not
//! UTF-8), `label`, `width`, `height` (pixels), `file_bytes`, `modified` (seconds, UTC), `problem` (why it could not be
//! read), `thumbnail` (JPEG).
//!
//! `<network>.lance`: `id`, `path`, `label` of the image, repeated so that the table is useful alone, then one column
//! for each stored layer and pooling, such as `fire9_concat_average`. The table's schema metadata holds JSON under the
//! key `tiramisu`: the network's name and fingerprint, its preprocessing, and which column is which layer.
//!
//! # Commits
//!
//! Every append is one commit and one version; what was not committed is invisible, so a process killed at any moment
//! leaves the state of the last commit and at most some files nobody refers to ([`Workspace::forget_old_versions`]
//! clears them away). The two tables cannot be committed as one: append to `images` first, to the features second.
//! A job resumes by set difference: images that are in the one table and not in the other still need their vectors.
//! Losing power is not being killed: nothing is synced to the platter, the file system's own promises hold.
//!
//! # Who may write
//!
//! One process at a time; [`Workspace::open_or_create`] takes a lock that the system lets go when the process ends.
//! [`Workspace::open`] only reads, takes no lock, and sees the state at the time of opening or of the last `refresh`.

mod clusterings;
mod columns;
mod counting;
mod embeddings;
mod error;
mod feature_table;
mod features;
mod history;
mod identity;
mod images;
mod lock;
mod projections;
mod put_back;
mod recorder;
mod storage;
mod supplement;
mod table;
mod table_versions;
mod upkeep;
mod version;
mod workspace;

pub use embeddings::{LayerNumbers, StoredEmbedding};
pub use error::StoreError;
pub use feature_table::FeatureTable;
pub use features::{FeatureRows, FeatureSpec, FeatureSummary};
pub use images::{NewImage, Thumbnail};
pub use recorder::Recorder;
pub use upkeep::Kept;
pub use version::Version;
pub use workspace::Workspace;

//! The workspace on disk. Arrow and Lance names stop here.
//!
//! A workspace is a folder of [Lance](https://lance.org) tables, which `lance`, `lancedb`, DuckDB or Spark open directly:
//!
//! ```text
//! ROOT/workspace.json        format, image folder, when it was made
//! ROOT/images.lance          one row an image; row i is the image with id i
//! ROOT/<network>.lance       one row a readable image, one fixed-size list of floats a stored layer
//! ROOT/clusters_<network>_<name>.lance  which cluster or community each image is in
//! ROOT/map_<network>_<name>.lance       where each image lies on a map
//! ROOT/indices.json                     which columns have an index, and how well each finds
//! ROOT/classes_<network>.lance          one vector a label, over all layers
//! ROOT/duplicates_<network>.lance       which images are the same picture, and why
//! ROOT/outliers_<network>_<layer>.lance how unlike the others each image is
//! ROOT/suspicious_<network>_<layer>.lance which labels are probably wrong, and why
//! ROOT/odd_<network>.lance              how sharp, bright and empty each picture is
//! ROOT/centrality_<network>_<layer>.lance where each image stands in the graph of nearest neighbours
//! ROOT/embedding_<network>.lance        the full-network embedding of each image, two bits a feature
//! ROOT/reference_<network>.lance        what it is measured by: mean, deviation and thresholds of each feature
//! ROOT/exemplars_<network>.lance        the images that excite each channel most
//! ROOT/statistics_<network>.lance       mean and deviation of each channel
//! ROOT/activations_<network>_<layer>.lance  whole activations, kept on request
//! ROOT/tags.lance            one row for each tag of each image: the words a person gave it
//! ROOT/tag_colours.json      the colours that a person chose for tags
//! ROOT/awaited_classes.json  classes that came without vectors, until those are made
//! ROOT/labels.lance          one row an image that a label or a split was imported for, or given by hand
//! ROOT/boxes.lance           one row for each box that was imported
//! ROOT/moves.lance           one row each time a picture was found in another place
//! ```
//!
//! `images.lance`: `id` (u32), `path` (text below the image folder), `path_bytes` (the exact bytes where the name is not
//! UTF-8), `label`, `width`, `height` (pixels), `file_bytes`, `modified` (seconds, UTC), `problem` (why it could not be
//! read), `thumbnail` (JPEG).
//!
//! `<network>.lance`: `id`, `path`, `label` of the image, repeated so that the table is useful alone, then one column
//! for each stored layer and pooling, such as `fire9_concat_average`: lists of half floats, or of single floats (`float`)
//! where a number of the layer is beyond 65,504, the largest half. The table's schema metadata holds JSON under the
//! key `tiramisu`: the network's name and fingerprint, its preprocessing, and which column is which layer.
//!
//! Vectors of a person's own are in such a table, too: its metadata calls them by their name in the place of a network, and the
//! preprocessing is `{"vectors": "where they came from"}`. They have the precision that they came in.
//!
//! `clusters_<network>_<name>.lance`: `id`, `path`, `label`, `cluster`; how they were made and what distinguishes each is JSON
//! in the metadata. `map_<network>_<name>.lance`: `id`, `path`, `label`, `x`, `y`, the share of its neighbours that each image
//! kept, and whether it was placed after the map was made.
//!
//! `exemplars_<network>.lance`: `layer`, `channel`, `rank` (from 0), `id` and `path` of the image, `value` (the largest of
//! its map), `row` and `column` of that value in the map (null where only the value was kept).
//! `statistics_<network>.lance`: `layer`, `pooling`, `channel`, `count`, `skipped` (numbers that were not finite), `mean`,
//! `std` and `m2` (the sum of squared deviations). The metadata of both holds JSON under the key `result`: among other
//! things which state of `<network>.lance` they are of; `covers` is null where they may lack images.
//!
//! `activations_<network>_<layer>.lance`: `id`, `path`, `file_bytes`, `modified` and `modified_nanos` of the image,
//! `activation`: the bytes of half floats (little-endian), `[channels, height, width]` row by row, or of single floats where
//! a number of the image is beyond 65,504: twice as many bytes then. The shape is JSON in the metadata under the key
//! `result`. In Python: `np.frombuffer(row, "<f2").reshape(channels, height, width)`.
//!
//! Tables of findings (`duplicates_…`, `outliers_…` and others): `id`, `path`, `label`, `file_bytes`, `modified` and
//! `modified_nanos` (beyond the second; null where it was not known, and not in tables of earlier versions; a second more for each
//! other picture of this very time that the file was before) of the image, and
//! the columns that the analysis names: the head of its file in `engine/analyses` says what they mean. The metadata's key
//! `result` says how it was found, and when (`found_at`).
//!
//! `tags.lance`: `id` and `path` of the image, `tag`. An image has as many rows as tags. A row whose path is not that of the
//! image with its id belongs to the image that has the path, or waits for it. So it is with labels and boxes.
//!
//! `labels.lance`: `id` and `path` of the image, `label` (null where none was imported, or several), `label_count` (how many were
//! imported: with 1 it is the image's label, with 0 its folder gives it, with more it has none and they are its tags, as in
//! `label:cat`), `split`, `origin` (who said the label: `hand`, or `import:` and the name of the file; null where that is not known,
//! and not in tables of earlier versions, in which all was imported as far as anybody knows). The column `label` of all other tables is
//! the folder's, or what the label was when they were written.
//!
//! `boxes.lance`: `id` and `path` of the image, `box` (its own number), `left`, `top`, `width`, `height` (double precision,
//! pixels of the upright picture), `label`, `is_crowd`.
//!
//! `moves.lance`: `id` of the image, `before` and `after` (paths below the image folder). Who moves or renames a picture need not
//! see all tables written anew: rows that name it as it was called when they were written are still its rows.
//!
//! # Ids and paths
//!
//! Rows belong to images by id, and say the path, too: where `images.lance` is not the one they were made beside (restored
//! from a backup, or the version before one that is not whole), an id may mean another picture. Rows that do not fit are
//! left out by who reads and removed by who writes ([`Workspace::repair`]); tags, imported labels and boxes go by their paths
//! and are never removed.
//! `.checked.json` remembers which states of tables fit which state of the images, `.records` which image lies where and what is
//! on record of it, and `.rows_<network>` which image each row of a table of vectors is of: so that a question need not read all of
//! a large table. Each says of which state it is, and may be deleted.
//!
//! `.brought.json` says what was brought from another workspace ([`pull`]), and what state it had then; the Python package's
//! `pull` reads and writes the same.
//!
//! `.handwork` has copies of tags, their colours, labels given by hand, names of clusters and classes, one a day; `tiramisu tags import` takes them. Classes of
//! a person's own are read from there where their table is damaged.
//!
//! `.times` remembers the parts of a second in which files were changed, when the system last changed anything of them, and since
//! when they are what they are ([`FileTimes`]), `.contents` what their bytes came to ([`FileContents`]): by these a picture is known again that was moved, and
//! one is told from another that has its size and time.
//! `.selection.json` and its like go between the window's selection and other programs ([`selection`]).
//!
//! # Questions
//!
//! [`Workspace::query`] finds the images for which a [predicate](crate::domain::Predicate) is true. What only concerns
//! `images.lance` becomes one filter of a scan, built from expressions and never from text; tags, clusters and single
//! features are read from their own tables, as sets of ids.
//!
//! # Commits
//!
//! Every append is one commit and one version; what was not committed is invisible, so a process killed at any moment
//! leaves the state of the last commit and at most some files nobody refers to ([`Workspace::delete_old_versions`]
//! clears them away). The two tables cannot be committed as one: append to `images` first, to the features second.
//! A job resumes by set difference: images that are in the one table and not in the other still need their vectors.
//! Losing power is not being killed: the files of a commit are put on the disk before it names them, and the commit itself before
//! anybody is told of it (`durable`). A version that did not reach the disk whole all the same, as those of other programs may
//! not, is passed over for the one before, and said so ([`Workspace::remarks`]).
//!
//! # Who may write
//!
//! One process at a time; [`Workspace::open_or_create`] takes a lock that the system lets go when the process ends.
//! [`Workspace::open`] only reads, takes no lock, and sees the state at the time of opening or of the last `refresh`.

// A new variant is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

mod activations;
mod aside;
mod assigned_cells;
mod beside;
mod boxes;
mod bytes_below;
mod channels;
mod checked;
mod classes;
mod clusterings;
mod columns;
mod commit_order;
mod counting;
mod cut_off;
mod deleting;
mod draft;
mod driver;
mod durable;
mod embeddings;
mod error;
mod exemplars;
mod feature_batch;
mod feature_table;
mod features;
mod file_contents;
mod file_state;
mod file_times;
mod findings;
mod handwork;
mod handwork_copies;
mod handwork_file;
mod history;
mod identity;
mod images;
mod images_by_path;
mod index;
mod index_building;
mod index_question;
mod index_records;
mod known_images;
mod labels;
mod lance_names;
mod lock;
mod maintenance;
mod manifests;
mod misfits;
mod moves;
mod names;
mod own_classes;
mod path_keys;
mod pictures;
mod plain_file;
mod projections;
mod pull;
mod query;
mod recorder;
mod relocation;
mod remembered;
mod replacing;
mod restore;
pub mod selection;
mod sole_index;
mod statistics;
mod storage;
pub mod stream;
mod supplement;
mod table;
mod table_versions;
mod tag_colours;
mod tags;
mod torn;
mod version;
mod version_names;
mod widening;
mod workspace;

pub use activations::ActivationTable;
pub use assigned_cells::{GoOn, IndexCells};
pub use boxes::NewBox;
pub use channels::LayerRecords;
pub use classes::StoredClasses;
pub use driver::{Reads, threads_to_decode_on};
pub use embeddings::{EmbeddingCodes, LayerNumbers, StoredEmbedding};
pub use error::StoreError;
pub use feature_table::FeatureTable;
pub use features::{FeatureRows, FeatureSpec, FeatureSummary};
pub use file_contents::{FileContent, FileContents};
pub use file_times::{FileTime, FileTimes, is_same_moment};
pub use findings::{FoundColumn, FoundTable, KeptFinding};
pub use handwork::TagsApart;
pub use images::{NewImage, Thumbnail};
pub use images_by_path::ImagesByPath;
pub use index_building::index_cells;
pub use labels::{ImportedState, NewLabel};
pub use maintenance::MaintenanceDone;
pub use misfits::MisfitReport;
pub use own_classes::OwnClasses;
pub use pull::{PullWish, Pulled, PulledSoFar, pull};
pub use query::QueryError;
pub use recorder::Recorder;
pub use version::{Stamp, Version};
pub use workspace::Workspace;

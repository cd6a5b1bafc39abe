//! Pictures in and features out as Arrow streams. No workspace is opened.
//!
//! # What comes in
//!
//! An [Arrow IPC stream](https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format) (not a file), compressed or
//! not. No batch has more than 4 GiB, nor have all dictionaries together: what is larger is refused before there is room for it.
//! One of the columns has the pictures: `path` (text: where a picture's file lies), or `content` or `bytes` (binary: the bytes
//! of the file). Text and binary may be large, views or dictionaries. Where there is more than one of these columns, or it has
//! another name, it is named. All other columns are whatever they like.
//!
//! # What goes out
//!
//! An Arrow IPC stream of the same rows in the same order. A batch that comes in goes out as one batch; one of more than
//! [`FeatureColumns::rows_at_most`] rows as several, none of them longer. The answer to a batch does not wait for the next
//! one, so who writes may read before writing on. Columns, in this order:
//!
//! - Those that came in, with their types and metadata as they were. The column of pictures' bytes is left out, unless it is asked
//!   for.
//! - `width`, `height` (`uint32`): of the upright picture in pixels; null where it cannot be read.
//! - `problem` (`utf8`): why there are no vectors, or not all of them; null where all is well. What cannot be read is a row
//!   like any other, with nulls.
//! - `thumbnail` (`binary`), if it is asked for: the small JPEG that a workspace has of the picture; null where it cannot be
//!   read.
//! - One column for each layer and pooling, named as in a workspace's own table (`fire9_concat_average`): fixed-size lists of
//!   `float16`, or of `float` if that is asked for. The field's metadata says `layer`, `pooling`, and `range` = `whole`.
//!
//! Half floats are those that a workspace stores, bit for bit. Where a number of a picture is beyond the largest half, a
//! workspace makes the whole column single; a stream's columns cannot change, so there that picture's vector is null and
//! `problem` says so. In single precision everything is as the network gives it.
//!
//! The schema's metadata is that of what came in, and under the key `tiramisu` JSON: `network`, `fingerprint`, `preprocessing`
//! as in a workspace's table, `version` (of the program), and `columns`, a list of `name`, `layer`, `pooling`, `item`
//! (`float16` or `float`) and `size`.
//!
//! A stream that is whole has the marker of its end. Some readers take a stream without it for a whole one: who read to its
//! end sees by the exit code whether all rows are there. It is 0, too, where the reader went before.

mod brought;
mod columns;
mod error;
mod input;
mod made;
mod messages;
mod output;

pub use brought::{BroughtColumns, BroughtKey, BroughtRows, BroughtStream, BroughtVectors};
pub use columns::{FeatureColumn, FeatureColumns};
pub use error::StreamError;
pub use input::{PictureColumn, PictureRef, PictureRows, PictureStream};
pub use made::{MadePicture, MadeRows};
pub use output::FeatureStream;

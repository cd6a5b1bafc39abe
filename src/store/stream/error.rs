//! What can go wrong with a stream, in words for the person.

use std::io;

use crate::domain::in_words;

/// Why a stream could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StreamError {
    /// Nothing came.
    #[error("there was nothing to read; an Arrow stream has a schema, even if it has no rows")]
    Empty,
    /// Something else came.
    #[error(
        "this is {what}, not an Arrow IPC stream; write one, for instance with pyarrow.ipc.new_stream or DuckDB's arrow \
         extension"
    )]
    NotAStream {
        /// What it is, as far as the first bytes tell.
        what: &'static str,
    },
    /// It began as a stream.
    #[error("the Arrow stream is broken: {reason}")]
    Broken {
        /// What the library said.
        reason: String,
    },
    /// More came at once than is held.
    #[error(
        "{what} of {} came in the Arrow stream, and at most {} are held at once; send smaller batches (in pyarrow: \
         write_table(pictures, max_chunksize=256))",
        in_words::bytes(*.bytes), in_words::bytes(*.most)
    )]
    TooLarge {
        /// What it is.
        what: &'static str,
        /// Its bytes.
        bytes: u64,
        /// Those that are held.
        most: u64,
    },
    /// Reading failed.
    #[error("the stream cannot be read: {0}")]
    Unreadable(io::Error),
    /// There is no column of pictures.
    #[error("there is no column {wanted}; {}", those_there_are(.there))]
    NoColumn {
        /// What was looked for.
        wanted: String,
        /// The columns there are.
        there: Vec<String>,
    },
    /// It is not clear where the pictures are.
    #[error("the columns {} may all hold the pictures; say which one does with --column", .found.join(", "))]
    ManyColumns {
        /// Their names.
        found: Vec<String>,
    },
    /// A column of pictures that are neither paths nor bytes.
    #[error("column {name} is of the type {found}; pictures are text (their paths) or binary (their files' bytes)")]
    WrongType {
        /// The column.
        name: String,
        /// Its type, in Arrow's words.
        found: String,
    },
    /// A column that is to say which image a row is of, and cannot.
    #[error("column {name} is of the type {found}; an image is named by text (its path) or a whole number (its id)")]
    NoKey {
        /// The column.
        name: String,
        /// Its type, in Arrow's words.
        found: String,
    },
    /// There is no column of vectors.
    #[error(
        "there is no column of vectors, a fixed-size list of float16 or float32; {}", those_there_are(.there)
    )]
    NoVectors {
        /// The columns there are.
        there: Vec<String>,
    },
    /// A column of numbers that is no column of vectors.
    #[error(
        "column {name} is of the type {found}; vectors are fixed-size lists of float16 or float32, as pyarrow's \
         cast(pyarrow.list_(pyarrow.float32(), LENGTH)) makes them"
    )]
    WrongVectors {
        /// The column.
        name: String,
        /// Its type, in Arrow's words.
        found: String,
    },
    /// Two columns of one name.
    #[error("column {name} of the input has the name of one that is to be added ({added}); rename it, or leave it out")]
    NameTaken {
        /// The one that came in.
        name: String,
        /// The one to be added.
        added: String,
    },
    /// Who reads has gone.
    #[error("nobody reads the features any more")]
    Closed,
    /// Writing failed.
    #[error("the features cannot be written: {0}")]
    Unwritable(io::Error),
    /// What the library made of rows.
    #[error("the features do not make a batch: {0}")]
    NoBatch(String),
}

/// The first of them: a table may have hundreds.
fn those_there_are(names: &[String]) -> String {
    const MOST: usize = 12;
    match names {
        [] => "there are no columns at all".to_owned(),
        names if names.len() <= MOST => format!("there are {}", names.join(", ")),
        names => format!("there are {}, and {} more", names[..MOST].join(", "), names.len() - MOST),
    }
}

//! What analyses found, as tables of their own beside the vectors.
//!
//! Each result is one small table under a plain name: `clusters_<name>.lance`, `map_<name>.lance`. Made again it is a new
//! version of the same table. What is not per image (how it was made, names of clusters) is JSON in the table's metadata.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard};

use super::driver::Driver;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, StringArray, UInt32Array};
use arrow_schema::{ArrowError, DataType, Field, Schema};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::lock::WriteLock;
use super::manifests::{is_hopeless, is_table};
use super::names::{IMAGES, readable_tables_in, table_path};
use super::table::{Table, damaged};
use super::{StoreError, Workspace};
use crate::domain::{ImageId, ImageRecord};

/// The key of a table's metadata that holds what is not per image, as JSON.
pub(super) const METADATA_KEY: &str = "result";

/// A writer of results, which may work beside the one that appends images and vectors: their tables are others.
#[derive(Clone)]
pub struct Recorder {
    root: PathBuf,
    driver: Arc<Driver>,
    lock: Arc<WriteLock>,
    /// What was set aside when it was opened.
    repaired: Vec<String>,
}

impl Recorder {
    /// Opens the workspace at `root` to write results; nobody else may write it meanwhile.
    ///
    /// # Errors
    /// When it is open elsewhere.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        // As a workspace: what somebody who was killed had begun is finished first.
        Workspace::open_to_write(root)?.recorder()
    }

    /// What the person should know: what was not whole and was set aside when it was opened, each a sentence.
    pub fn remarks(&self) -> &[String] {
        &self.repaired
    }

    /// Puts rows in the place of the table's, as one commit; makes the table if there is none. A row is an image's id, path
    /// and label (`record` says what is known of it) and what `further` has for it; `about` goes into the metadata.
    pub(super) fn write(
        &self,
        name: &str,
        about: &impl Serialize,
        ids: &[ImageId],
        record: impl Fn(ImageId) -> Option<ImageRecord>,
        further: Vec<(Field, ArrayRef)>,
    ) -> Result<u64, StoreError> {
        let rows = rows_of_results(about, ids, record, further).expect("one entry an image in every column");
        let schema = rows.schema();
        Table::overwrite(&self.driver, &self.path_of(name), Box::new(RecordBatchIterator::new([Ok(rows)], schema)))
    }

    pub(super) fn path_of(&self, name: &str) -> PathBuf {
        table_path(&self.root, name)
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    pub(super) fn driver(&self) -> &Arc<Driver> {
        &self.driver
    }

    /// See [`WriteLock::take_turn`].
    pub(super) fn take_turn(&self) -> MutexGuard<'_, ()> {
        self.lock.take_turn()
    }

    pub(super) fn reader(&self) -> Results<'_> {
        Results { root: &self.root, driver: &self.driver }
    }
}

impl Workspace {
    /// A writer of results beside this one.
    ///
    /// # Errors
    /// When the workspace was opened for reading only.
    pub fn recorder(&self) -> Result<Recorder, StoreError> {
        let lock = self.expect_writable()?.clone();
        let (driver, repaired) = (self.driver().clone(), self.repaired.clone());
        Ok(Recorder { root: self.root().to_owned(), driver, lock, repaired })
    }

    pub(super) fn results(&self) -> Results<'_> {
        Results { root: self.root(), driver: self.driver() }
    }
}

/// Tables of results, for reading.
pub(super) struct Results<'a> {
    pub(super) root: &'a Path,
    pub(super) driver: &'a Arc<Driver>,
}

impl Results<'_> {
    /// How many images are on record; none where that cannot be read.
    pub(super) fn image_count(&self) -> usize {
        Table::open(self.driver, &table_path(self.root, IMAGES)).and_then(|images| images.rows()).unwrap_or(0)
    }

    /// The tables whose names begin with `prefix`, without it, in the order of names.
    pub(super) fn names(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let names = readable_tables_in(self.root)?;
        Ok(names.iter().filter_map(|name| name.strip_prefix(prefix)).map(str::to_owned).collect())
    }

    /// Opens one of them; `None` when there is none of that name.
    pub(super) fn open(&self, name: &str) -> Result<Option<Table>, StoreError> {
        let path = table_path(self.root, name);
        if !is_table(&path) || is_hopeless(&path) {
            return Ok(None);
        }
        Table::open(self.driver, &path).map(Some)
    }
}

/// What a table's metadata says of a result.
pub(super) fn about<T: DeserializeOwned>(table: &Table) -> Result<T, StoreError> {
    let known = table.schema().metadata().get(METADATA_KEY).and_then(|json| serde_json::from_str(json).ok());
    known.ok_or_else(|| damaged(table, "it does not say how it was made"))
}

/// Rows of a table of results: an image's id, path and label (`record` says what is known of it) and what `further` has for it;
/// `about` goes into the metadata.
///
/// # Errors
/// When a column has more or fewer entries than there are images.
pub(super) fn rows_of_results(
    about: &impl Serialize,
    ids: &[ImageId],
    record: impl Fn(ImageId) -> Option<ImageRecord>,
    further: Vec<(Field, ArrayRef)>,
) -> Result<RecordBatch, ArrowError> {
    let json = serde_json::to_string(about).expect("names and numbers make JSON");
    let records: Vec<Option<ImageRecord>> = ids.iter().map(|id| record(*id)).collect();
    let path = records.iter().map(|record| Some(record.as_ref()?.path.text.as_str())).collect::<StringArray>();
    let label = records.iter().map(|record| record.as_ref()?.label.as_deref()).collect::<StringArray>();
    let mut columns: Vec<(Field, ArrayRef)> = vec![
        (Field::new("id", DataType::UInt32, false), Arc::new(UInt32Array::from_iter_values(ids.iter().map(|id| id.0)))),
        (Field::new("path", DataType::Utf8, true), Arc::new(path)),
        (Field::new("label", DataType::Utf8, true), Arc::new(label)),
    ];
    columns.extend(further);
    let (fields, arrays): (Vec<Field>, Vec<ArrayRef>) = columns.into_iter().unzip();
    let schema = Schema::new_with_metadata(fields, HashMap::from([(METADATA_KEY.to_owned(), json)]));
    RecordBatch::try_new(Arc::new(schema), arrays)
}

//! What a workspace costs, counted.
//!
//! What is counted, and how:
//!
//! - **memory**: files below the table's folder, from the file system; of a column, the pages that the footers of its
//!   files list (the latest version only). The ideal is the column's bare numbers: rows times width, or for texts and
//!   pictures the sum of their lengths.
//! - **reads**: the table is opened anew, so that nothing is remembered, and the query is run; the object store of Lance
//!   counts every byte that is asked of it from then on. Footers and lists of pages are among them, the manifest is not:
//!   it is read once an opening. What the system keeps of files in memory is counted like the disk. The ideal is the
//!   answer's bare numbers.
//! - **updates**: the last rows are written once more into a table in memory whose object store counts; for a column its
//!   file alone, for a table the whole commit, with a manifest as long as the real one. Indices have no part in it:
//!   they are brought up to date on their own, and what that
//!   wrote is counted when it happens, by the object store too: beside it stand the new vectors' bare numbers.

use std::path::Path;

use arrow_schema::{DataType, Schema};

use super::bytes_below::bytes_below;
use super::counting::{self, ASKED, COMMIT_ROWS};
use super::names::IMAGES;
use super::table::Table;
use super::{StoreError, Workspace};
use crate::domain::{Counted, IndexStorage, Precision, RepresentationStorage, StorageReport, TableStorage};

/// What says which image a row is of is no representation of it.
const NAMES: [&str; 6] = ["id", "path", "path_bytes", "label", "file_bytes", "modified"];
const THUMBNAIL: &str = "thumbnail";

/// Counting that a person can watch and stop.
struct Steps<'a> {
    done: usize,
    total: usize,
    tell: &'a mut dyn FnMut(usize, usize) -> bool,
    root: &'a Path,
}

impl Steps<'_> {
    /// Goes on, unless the person said to stop.
    fn check(&mut self) -> Result<(), StoreError> {
        match (self.tell)(self.done.min(self.total), self.total) {
            true => Ok(()),
            false => Err(StoreError::Stopped { path: self.root.to_owned() }),
        }
    }

    fn next(&mut self) -> Result<(), StoreError> {
        self.done += 1;
        self.check()
    }
}

impl Workspace {
    /// What every table, column and index costs. Reads and updates are counted only if `measured`: every column is read
    /// once then. `tell` is told how far that is, as `(done, total)`, and answers whether to go on.
    ///
    /// # Errors
    /// When a table cannot be read, and when `tell` says to stop.
    pub fn storage(
        &self,
        measured: bool,
        tell: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<StorageReport, StoreError> {
        let opened = |name: String| self.read_table(&name).map(|table| (name, table));
        let tables = self.tables()?.into_iter().map(opened).collect::<Result<Vec<_>, _>>()?;
        let total = tables.iter().map(|(name, table)| representations(name, &table.schema()).len() + 1).sum();
        let mut steps = Steps { done: 0, total, tell, root: self.root() };
        let mut counted = Vec::with_capacity(tables.len());
        for (name, table) in &tables {
            counted.push(self.table_storage(name, table, measured, &mut steps)?);
        }
        let (prefer, layout) = (self.preference(), self.layout());
        Ok(StorageReport { prefer, layout, bytes: bytes_below(self.root()), tables: counted })
    }

    fn table_storage(
        &self,
        name: &str,
        table: &Table,
        measured: bool,
        steps: &mut Steps<'_>,
    ) -> Result<TableStorage, StoreError> {
        let rows = table.rows()? as u64;
        let measured = measured && rows > 0;
        let schema = table.schema();
        let names = representations(name, &schema);
        let on_disk = table.bytes_of_columns()?;
        let bytes_of = |column: &str| on_disk.get(column).copied().unwrap_or(0);
        let mut ideal = 0;
        for field in schema.fields().iter().filter(|field| !names.contains(field.name())) {
            ideal += match counting::width(field.data_type()) {
                Some(width) => rows * width,
                None if measured => table.read_all(field.name(), &mut || steps.check())?.ideal,
                None => bytes_of(field.name()),
            };
        }
        steps.next()?;
        let mut columns = Vec::with_capacity(names.len());
        for column in names {
            let data_type = schema.field_with_name(&column).map_or(DataType::Null, |field| field.data_type().clone());
            let known = counting::width(&data_type).map(|width| rows * width);
            let mut of_column = RepresentationStorage {
                precision: precision(&data_type),
                query: query(&column, &data_type),
                memory: Counted { bytes: bytes_of(&column), ideal: known.unwrap_or(0) },
                read: None,
                update: None,
                column,
            };
            if measured {
                self.count_column(name, &data_type, &mut of_column, steps)?;
            }
            // Of values of any length the bare numbers are known once they were read.
            ideal += match of_column.memory.ideal {
                0 => of_column.memory.bytes,
                known => known,
            };
            columns.push(of_column);
            steps.next()?;
        }
        let indices = self.index_storage(name, table, measured, &columns)?;
        let history = table.history()?;
        let latest = history.iter().find(|version| version.number == table.version());
        let bytes = bytes_below(table.path());
        let in_indices: u64 = indices.iter().map(|index| index.memory.bytes).sum();
        let seen = latest.map_or(0, |version| version.bytes) + in_indices + table.manifest_bytes();
        Ok(TableStorage {
            table: name.to_owned(),
            rows,
            fragments: latest.map_or(0, |version| version.fragments),
            versions: history.len() as u64,
            memory: Counted { bytes, ideal },
            old_bytes: bytes.saturating_sub(seen),
            commit_rows: rows.min(COMMIT_ROWS),
            update: if measured { Some(table.rehearse_commit()?) } else { None },
            representations: columns,
            indices,
        })
    }

    /// Asks the question the column is for, and writes some of its rows once more.
    fn count_column(
        &self,
        name: &str,
        data_type: &DataType,
        of_column: &mut RepresentationStorage,
        steps: &mut Steps<'_>,
    ) -> Result<(), StoreError> {
        // Opened anew: nothing is remembered of what was read before.
        let fresh = || self.read_table_anew(name);
        let all = fresh()?.read_all(&of_column.column, &mut || steps.check())?;
        of_column.memory.ideal = all.ideal;
        of_column.read = Some(if of_column.column == THUMBNAIL {
            fresh()?.read_some(&of_column.column)?
        } else if is_vector(data_type) {
            let rows = fresh()?.rows()?.max(1) as u64;
            Counted { bytes: all.bytes, ideal: all.ideal / rows * rows.min(ASKED) }
        } else {
            all
        });
        of_column.update = Some(fresh()?.rehearse_column(&of_column.column)?);
        Ok(())
    }

    fn index_storage(
        &self,
        name: &str,
        table: &Table,
        measured: bool,
        columns: &[RepresentationStorage],
    ) -> Result<Vec<IndexStorage>, StoreError> {
        let mut indices = Vec::new();
        let schema = table.schema();
        let records = self.index_records(name, table)?;
        for index in table.indices()? {
            let of_column = columns.iter().find(|known| known.column == index.column);
            let read = match of_column.filter(|_| measured && index.is_of_vectors) {
                Some(_) => Some(self.read_table_anew(name)?.read_nearest(&index.column)?),
                None => None,
            };
            let extended = records.get(&index.column).and_then(|record| record.extended);
            let data_type = schema.field_with_name(&index.column).ok().map(|field| field.data_type());
            let width = data_type.and_then(counting::width).unwrap_or(0);
            indices.push(IndexStorage {
                memory: Counted { bytes: index.bytes, ideal: of_column.map_or(0, |known| known.memory.ideal) },
                read,
                update: extended.map(|extended| Counted { bytes: extended.bytes, ideal: extended.rows * width }),
                update_rows: extended.map_or(0, |extended| extended.rows),
                rows_outside: index.rows_outside,
                name: index.name,
                column: index.column,
            });
        }
        Ok(indices)
    }
}

/// The columns that say something of images.
fn representations(table: &str, schema: &Schema) -> Vec<String> {
    let says_something = |name: &&String| match table {
        IMAGES => *name == THUMBNAIL,
        _ => !NAMES.contains(&name.as_str()),
    };
    schema.fields().iter().map(|field| field.name()).filter(says_something).cloned().collect()
}

fn query(column: &str, data_type: &DataType) -> &'static str {
    if column == THUMBNAIL {
        "ten thumbnails"
    } else if is_vector(data_type) {
        "the ten nearest, every image compared"
    } else {
        "all rows"
    }
}

/// Of vectors of floats.
#[expect(clippy::wildcard_enum_match_arm, reason = "Arrow's types are many, of which a workspace has few")]
fn precision(data_type: &DataType) -> Option<&'static str> {
    let DataType::FixedSizeList(item, _) = data_type else { return None };
    match item.data_type() {
        DataType::Float16 => Some(Precision::Half.word()),
        DataType::Float32 => Some(Precision::Single.word()),
        _ => None,
    }
}

fn is_vector(data_type: &DataType) -> bool {
    matches!(data_type, DataType::FixedSizeList(..) | DataType::FixedSizeBinary(_))
}

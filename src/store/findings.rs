//! What was found of images, as tables: `duplicates_<features>.lance`, `outliers_<features>_<layer>_<pooling>.lance` and
//! whatever else an analysis finds that comes down to one row an image.
//!
//! Columns: `id`, `path`, `label` of the image, those of the analysis, and of which file's state a row is (`file_bytes`,
//! `modified`, `modified_nanos`): read again, what was found of pictures that are others now, or gone, is left out. The metadata's key `result`
//! holds as JSON how it was found, and when (`found_at`, seconds since 1970). What the columns of an analysis mean is said by
//! the analysis: nothing here knows one.

use std::sync::Arc;
use std::time::SystemTime;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float32Type, UInt32Type};
use arrow_array::{Array, ArrayRef, Float32Array, RecordBatch, StringArray, UInt32Array};
use arrow_schema::{DataType, Field};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::file_state::state_columns;
use super::names::table_path;
use super::recorder::about;
use super::table::{Table, damaged};
use super::{Recorder, StoreError, Workspace};
use crate::domain::{ImageId, ImageRecord};

const READ_ROWS: usize = 65_536;
/// What every table has besides the columns of its analysis.
const COMMON: [&str; 6] = ["id", "path", "label", "file_bytes", "modified", "modified_nanos"];

/// What was found of images, one row an image.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundTable<A> {
    /// What the table is called.
    pub name: String,
    /// What is not per image: how it was found.
    pub about: A,
    /// The images; ascending when it was read.
    pub ids: Vec<ImageId>,
    /// What was found, by the name of the column: a number or a word for each of the images.
    pub columns: Vec<(String, FoundColumn)>,
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub enum FoundColumn {
    /// Numbers of groups, or counts.
    Groups(Vec<u32>),
    /// Scores.
    Numbers(Vec<f32>),
    /// Scores that some images lack.
    SomeNumbers(Vec<Option<f32>>),
    /// Words.
    Words(Vec<String>),
}

impl FoundColumn {
    fn field(&self, name: &str) -> Field {
        match self {
            Self::Groups(_) => Field::new(name, DataType::UInt32, false),
            Self::Numbers(_) => Field::new(name, DataType::Float32, false),
            Self::SomeNumbers(_) => Field::new(name, DataType::Float32, true),
            Self::Words(_) => Field::new(name, DataType::Utf8, false),
        }
    }

    fn array(&self) -> ArrayRef {
        match self {
            Self::Groups(values) => Arc::new(UInt32Array::from_iter_values(values.iter().copied())),
            Self::Numbers(values) => Arc::new(Float32Array::from_iter_values(values.iter().copied())),
            Self::SomeNumbers(values) => Arc::new(values.iter().copied().collect::<Float32Array>()),
            Self::Words(values) => Arc::new(StringArray::from_iter_values(values)),
        }
    }

    /// An empty one for a column of a table; `None` of a type that is none of ours.
    #[expect(clippy::wildcard_enum_match_arm, reason = "Arrow has many types, and more may come")]
    fn like(field: &Field) -> Option<Self> {
        match field.data_type() {
            DataType::UInt32 => Some(Self::Groups(Vec::new())),
            DataType::Float32 if field.is_nullable() => Some(Self::SomeNumbers(Vec::new())),
            DataType::Float32 => Some(Self::Numbers(Vec::new())),
            DataType::Utf8 => Some(Self::Words(Vec::new())),
            _ => None,
        }
    }

    /// Appends the values of some rows; `None` when they have another type.
    fn append(&mut self, column: &ArrayRef) -> Option<()> {
        match self {
            Self::Groups(values) => values.extend(column.as_primitive_opt::<UInt32Type>()?.values()),
            Self::Numbers(values) => values.extend(column.as_primitive_opt::<Float32Type>()?.values()),
            Self::SomeNumbers(values) => values.extend(column.as_primitive_opt::<Float32Type>()?.iter()),
            Self::Words(values) => {
                let words = column.as_string_opt::<i32>()?;
                values.extend((0..words.len()).map(|row| words.value(row).to_owned()));
            }
        }
        Some(())
    }

    /// The values of some rows, in this order.
    fn taken(self, rows: &[usize]) -> Self {
        match self {
            Self::Groups(values) => Self::Groups(rows.iter().map(|row| values[*row]).collect()),
            Self::Numbers(values) => Self::Numbers(rows.iter().map(|row| values[*row]).collect()),
            Self::SomeNumbers(values) => Self::SomeNumbers(rows.iter().map(|row| values[*row]).collect()),
            Self::Words(mut values) => Self::Words(rows.iter().map(|row| std::mem::take(&mut values[*row])).collect()),
        }
    }
}

impl<A> FoundTable<A> {
    /// The numbers of groups, or the counts, in a column, if it is there and holds such.
    pub fn groups(&self, name: &str) -> Option<&[u32]> {
        if let FoundColumn::Groups(values) = self.column(name)? { Some(values) } else { None }
    }

    /// The words in a column, if it is there and holds such.
    pub fn words(&self, name: &str) -> Option<&[String]> {
        if let FoundColumn::Words(values) = self.column(name)? { Some(values) } else { None }
    }

    /// The scores in a column, if it is there and every image has one.
    pub fn numbers(&self, name: &str) -> Option<Vec<f32>> {
        self.some_numbers(name)?.into_iter().collect()
    }

    /// The scores in a column, if it is there and holds such.
    pub fn some_numbers(&self, name: &str) -> Option<Vec<Option<f32>>> {
        match self.column(name)? {
            FoundColumn::Numbers(values) => Some(values.iter().copied().map(Some).collect()),
            FoundColumn::SomeNumbers(values) => Some(values.clone()),
            FoundColumn::Groups(_) | FoundColumn::Words(_) => None,
        }
    }

    fn column(&self, name: &str) -> Option<&FoundColumn> {
        self.columns.iter().find(|(known, _)| known == name).map(|(_, column)| column)
    }
}

/// With the moment, by which the newest of several tables is known.
#[derive(Serialize, Deserialize)]
struct Dated<A> {
    #[serde(flatten)]
    about: A,
    /// Seconds since 1970. Tables of earlier versions lack it.
    #[serde(default)]
    found_at: f64,
}

impl Recorder {
    /// Writes what was found in the place of what a table of its name held; returns the version.
    ///
    /// `record` says what is known of an image.
    ///
    /// # Errors
    /// When the disk does not let us.
    pub fn save_found(
        &self,
        found: &FoundTable<impl Serialize>,
        record: impl Fn(ImageId) -> Option<ImageRecord>,
    ) -> Result<u64, StoreError> {
        let found_at = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs_f64();
        let columns = found.columns.iter().map(|(name, column)| (column.field(name), column.array()));
        let further = columns.chain(state_columns(&found.ids, &self.file_times(), &record)).collect();
        self.write(&found.name, &Dated { about: &found.about, found_at }, &found.ids, record, further)
    }
}

/// A table of something that was found, as far as it says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFinding {
    /// The table.
    pub table: String,
    /// What is in it: the first word of its name.
    pub kind: &'static str,
    /// How many rows it has.
    pub rows: usize,
    /// Its latest version.
    pub version: u64,
}

/// The first words of the names of tables of what was found; that of a table of vectors follows.
const KINDS: [&str; 9] =
    ["centrality", "classes", "clusters", "duplicates", "embedding", "map", "odd", "outliers", "suspicious"];

impl Workspace {
    /// The tables of what was found in the vectors of these tables, of every kind: clusters and maps, too. What cannot be read
    /// is left out, as it is where it is asked for.
    ///
    /// # Errors
    /// When the workspace cannot be listed.
    pub fn kept_findings(&self, features: &[&str]) -> Result<Vec<KeptFinding>, StoreError> {
        let is_of_table = |rest: &str| {
            features.iter().filter_map(|table| rest.strip_prefix(table)).any(|it| it.is_empty() || it.starts_with('_'))
        };
        let is_called = |name: &str, kind: &str| {
            name.strip_prefix(kind).and_then(|rest| rest.strip_prefix('_')).is_some_and(is_of_table)
        };
        let kind_of = |name: &str| KINDS.into_iter().find(|kind| is_called(name, kind));
        let tables = self.our_tables()?.into_iter().filter_map(|(name, table)| Some((kind_of(&name)?, name, table)));
        let finding = |(kind, name, table): (&'static str, String, Table)| {
            let rows = table.rows().inspect_err(|error| tracing::warn!("{error}")).ok()?;
            Some(KeptFinding { kind, rows, version: table.version(), table: name })
        };
        Ok(tables.filter_map(finding).collect())
    }

    /// What was found and is kept under this name; `None` when nothing is.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn found<A: DeserializeOwned>(&self, name: &str) -> Result<Option<FoundTable<A>>, StoreError> {
        let Some(table) = self.results().open(name)? else { return Ok(None) };
        let about: Dated<A> = about(&table)?;
        self.read_found(name, &table, about.about).map(Some)
    }

    /// What was found last of all that is kept under names that begin so; `None` when nothing is.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn latest_found<A: DeserializeOwned>(&self, prefix: &str) -> Result<Option<FoundTable<A>>, StoreError> {
        let mut latest: Option<(String, Table, Dated<A>)> = None;
        for rest in self.results().names(prefix)? {
            let name = format!("{prefix}{rest}");
            let Some(table) = self.results().open(&name)? else { continue };
            let about: Dated<A> = about(&table)?;
            if latest.as_ref().is_none_or(|(.., known)| known.found_at <= about.found_at) {
                latest = Some((name, table, about));
            }
        }
        latest.map(|(name, table, about)| self.read_found(&name, &table, about.about)).transpose()
    }

    /// What to say of a table that does not hold what its analysis writes.
    pub fn found_damaged<A>(&self, found: &FoundTable<A>, reason: &str) -> StoreError {
        StoreError::Damaged { reason: reason.to_owned(), path: table_path(self.root(), &found.name) }
    }

    fn read_found<A>(&self, name: &str, table: &Table, about: A) -> Result<FoundTable<A>, StoreError> {
        let wrong = || damaged(table, "its columns have other types");
        let fields = table.schema();
        let own = fields.fields().iter().filter(|field| !COMMON.contains(&field.name().as_str()));
        // What another program added in types of its own is none of ours.
        let own = own.filter_map(|field| Some((field.name().clone(), FoundColumn::like(field)?)));
        let mut columns: Vec<(String, FoundColumn)> = own.collect();
        let names: Vec<String> =
            std::iter::once("id".to_owned()).chain(columns.iter().map(|(name, _)| name.clone())).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let mut ids: Vec<ImageId> = Vec::new();
        table.scan(&names, READ_ROWS, |batch: &RecordBatch| {
            let of_batch = batch.column(0).as_primitive_opt::<UInt32Type>().ok_or_else(wrong)?;
            ids.extend(of_batch.values().iter().map(|id| ImageId(*id)));
            let arrays = &batch.columns()[1..];
            columns.iter_mut().zip(arrays).try_for_each(|((_, column), array)| column.append(array)).ok_or_else(wrong)
        })?;
        let changed = self.changed_since(table)?;
        let mut rows: Vec<usize> = (0..ids.len()).filter(|row| changed.binary_search(&ids[*row]).is_err()).collect();
        rows.sort_by_key(|row| ids[*row]);
        let columns = columns.into_iter().map(|(name, column)| (name, column.taken(&rows))).collect();
        let ids = rows.into_iter().map(|row| ids[row]).collect();
        Ok(FoundTable { name: name.to_owned(), about, ids, columns })
    }
}

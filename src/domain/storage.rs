//! What keeping things costs, and what a person would rather have cheap.
//!
//! Of three overheads, what is read beyond what was asked for, what is written beyond what is new, and what is stored
//! beyond what is known, two can be made small, and the third pays (Athanassoulis et al., "Designing Access Methods: The
//! RUM Conjecture", EDBT 2016). So they are measured and shown, and the person says which matters.

use serde::ser::SerializeStruct;
use serde::{Deserialize, Serialize, Serializer};

/// What is to be cheap; the other two pay for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preference {
    /// Questions: few files, and an index that is always whole.
    FastReads,
    /// New images: they are written once, and nothing else is written for their sake.
    CheapUpdates,
    /// The disk: no index, few files, no versions but the last and those with a name.
    LittleSpace,
}

impl Preference {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::FastReads, Self::CheapUpdates, Self::LittleSpace];

    /// The word of the command line.
    pub fn word(self) -> &'static str {
        match self {
            Self::FastReads => "fast-reads",
            Self::CheapUpdates => "cheap-updates",
            Self::LittleSpace => "little-space",
        }
    }

    /// The name in the window.
    pub fn title(self) -> &'static str {
        match self {
            Self::FastReads => "Fast reads",
            Self::CheapUpdates => "Cheap updates",
            Self::LittleSpace => "Little space",
        }
    }

    /// What it does, in a sentence.
    pub fn about(self) -> &'static str {
        match self {
            Self::FastReads => "Few files, and indices rebuilt as images are added; adding images writes more.",
            Self::CheapUpdates => "New images are written once, and indices only appended to; queries open more files.",
            Self::LittleSpace => {
                "No indices and few files, and old versions without a name are deleted; queries read everything."
            }
        }
    }
}

/// What becomes of an index when images come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum IndexMaintenance {
    /// It is trained and built anew.
    Rebuilt,
    /// What is new is added to it.
    Appended,
    /// There is none.
    None,
}

/// How tables are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StorageLayout {
    /// So many small files at the end of a table are let stand before they are put together.
    pub small_fragments: usize,
    /// What becomes of indices.
    pub index: IndexMaintenance,
    /// How many versions without a name are kept by maintenance; `None` for all.
    pub versions_kept: Option<usize>,
}

impl StorageLayout {
    /// The layout for a preference; without one, a middle way.
    pub fn of(preference: Option<Preference>) -> Self {
        let (small_fragments, index, versions_kept) = match preference {
            None => (64, IndexMaintenance::Appended, None),
            Some(Preference::FastReads) => (8, IndexMaintenance::Rebuilt, None),
            Some(Preference::CheapUpdates) => (256, IndexMaintenance::Appended, None),
            Some(Preference::LittleSpace) => (8, IndexMaintenance::None, Some(1)),
        };
        Self { small_fragments, index, versions_kept }
    }
}

/// Bytes that were counted, beside the bytes that would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// Bytes as counted.
    pub bytes: u64,
    /// Bytes of the bare numbers: what nobody could do without.
    pub ideal: u64,
}

impl Counted {
    /// How many times the ideal; at best 1. `None` where nothing was asked for.
    pub fn ratio(self) -> Option<f64> {
        (self.ideal > 0).then(|| self.bytes as f64 / self.ideal as f64)
    }
}

impl Serialize for Counted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Counted", 3)?;
        fields.serialize_field("bytes", &self.bytes)?;
        fields.serialize_field("ideal", &self.ideal)?;
        fields.serialize_field("ratio", &self.ratio())?;
        fields.end()
    }
}

/// What one representation of the images costs: a column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RepresentationStorage {
    /// The column.
    pub column: String,
    /// Of vectors: `half`, or `single` where half precision does not hold all of the numbers.
    pub precision: Option<&'static str>,
    /// Bytes on disk in the latest version, beside its bare numbers.
    pub memory: Counted,
    /// The question that was asked to count what is read.
    pub query: &'static str,
    /// Bytes read for it, beside the bytes of its answer; `None` before it is measured.
    pub read: Option<Counted>,
    /// Bytes of files written for a commit of [`TableStorage::commit_rows`] images, beside their bare numbers; `None`
    /// before it is measured.
    pub update: Option<Counted>,
}

/// What an index costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndexStorage {
    /// Its name.
    pub name: String,
    /// The column it is of.
    pub column: String,
    /// Bytes on disk, beside the bare numbers of its column.
    pub memory: Counted,
    /// Bytes read for the ten nearest of a vector, beside the bytes of these ten; `None` before it is measured.
    pub read: Option<Counted>,
    /// Bytes written when images were last taken in, beside these images' bare numbers; `None` if that never happened.
    pub update: Option<Counted>,
    /// How many images those were.
    pub update_rows: u64,
    /// Rows it does not know yet: they are compared one by one.
    pub rows_outside: u64,
}

/// What one table costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TableStorage {
    /// The table's name, without `.lance`.
    pub table: String,
    /// Rows of the latest version.
    pub rows: u64,
    /// Files they lie in.
    pub fragments: u64,
    /// Versions that are still there.
    pub versions: u64,
    /// All bytes below the table's folder, beside the bare numbers of its columns.
    pub memory: Counted,
    /// Of these, bytes that only older versions refer to, or nobody.
    pub old_bytes: u64,
    /// Rows of the commit that was rehearsed.
    pub commit_rows: u64,
    /// Bytes of all that such a commit writes, lists of files included, beside the rows' bare numbers; `None` before it
    /// is measured.
    pub update: Option<Counted>,
    /// Its columns.
    pub representations: Vec<RepresentationStorage>,
    /// Its indices.
    pub indices: Vec<IndexStorage>,
}

/// What a workspace costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StorageReport {
    /// What is to be cheap.
    pub prefer: Option<Preference>,
    /// How tables are laid out for it.
    pub layout: StorageLayout,
    /// All bytes on disk.
    pub bytes: u64,
    /// Table by table, the images first.
    pub tables: Vec<TableStorage>,
}

impl StorageReport {
    /// Whether reads and updates were counted.
    pub fn is_measured(&self) -> bool {
        self.tables.iter().any(|table| table.update.is_some())
    }

    /// Bytes that only older versions refer to.
    pub fn old_bytes(&self) -> u64 {
        self.tables.iter().map(|table| table.old_bytes).sum()
    }

    /// When vectors are better kept elsewhere, too; `None` where there are none.
    pub fn key_value_advice(&self) -> Option<KeyValueAdvice> {
        let columns = self.tables.iter().flat_map(|table| &table.representations);
        let numbers: u64 = columns.filter(|column| column.precision.is_some()).map(|column| column.memory.ideal).sum();
        (numbers > 0).then_some(KeyValueAdvice { memory: (numbers as f64 * KeyValueAdvice::MEMORY) as u64 })
    }
}

/// What a key-value store in memory is for, beside the tables. Of the three overheads it makes reads and updates of single
/// vectors cheap, and memory and the search for neighbours pay.
///
/// Its factors were measured with Redis and 20,000 vectors of 512 numbers: they come from the table that `tests/bench/homes.py`
/// prints, "Homes of vectors" in `tests/bench/README.md`, and are renewed with it (`tests/suite/cli/key_value.rs` compares).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyValueAdvice {
    /// Bytes of memory that it would need for all vectors of the workspace.
    pub memory: u64,
}

impl KeyValueAdvice {
    /// Memory, of the bare numbers: "room over the numbers themselves".
    pub const MEMORY: f64 = 1.39;
    /// How many times as quickly as from a table one vector is read: "one vector by key".
    pub const READ: f64 = 11.0;
    /// How many times as quickly as in a table one vector is changed: "one row changed".
    pub const CHANGE: f64 = 3.3;
    /// How many times as long as in a table it takes to compare all vectors with one: "ten neighbours, exact".
    pub const SEARCH: f64 = 6.2;
}

impl Serialize for KeyValueAdvice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("KeyValueAdvice", 5)?;
        fields.serialize_field("memory", &self.memory)?;
        fields.serialize_field("memory_ratio", &Self::MEMORY)?;
        fields.serialize_field("read_speed", &Self::READ)?;
        fields.serialize_field("change_speed", &Self::CHANGE)?;
        fields.serialize_field("search_slowness", &Self::SEARCH)?;
        fields.end()
    }
}

//! States of a table: what a person can list, name, go back to and compare.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// How a person says which version is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VersionName {
    /// The one that is seen.
    Latest,
    /// By its number.
    Number(u64),
    /// By a name it was given.
    Name(String),
}

impl VersionName {
    const LATEST: &str = "latest";
}

impl FromStr for VersionName {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.parse() {
            Ok(number) => Self::Number(number),
            Err(_) if text == Self::LATEST => Self::Latest,
            Err(_) => Self::Name(text.to_owned()),
        })
    }
}

impl fmt::Display for VersionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str(Self::LATEST),
            Self::Number(number) => write!(f, "{number}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// One commit of a table, at a glance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableVersion {
    /// Counts up with every commit.
    pub number: u64,
    /// When it was committed, in seconds since 1970.
    pub committed_unix_secs: i64,
    /// Rows.
    pub rows: u64,
    /// Bytes of the files it refers to; files are shared with other versions.
    pub bytes: u64,
    /// Files its rows lie in.
    pub fragments: u64,
    /// Layers of which it has vectors; `None` where it has none, and of old versions, which are not looked into.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layers: Option<u64>,
    /// Names it was given.
    pub tags: Vec<String>,
}

/// The versions of one table that are still there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TableHistory {
    /// The table's name, without `.lance`.
    pub table: String,
    /// Why it cannot be restored, if it cannot.
    pub fixed_because: Option<String>,
    /// Oldest first; the last one is what is seen.
    pub versions: Vec<TableVersion>,
    /// Names that cannot be read any more, sorted: which versions they are of nobody knows.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lost_names: Vec<LostName>,
}

/// A name of a version that cannot be read any more, and that no version has got again. Until one has, or the name is forgotten, no
/// old versions of its table are deleted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct LostName {
    /// The name.
    pub name: String,
    /// When it was given, in seconds since 1970; 0 where the system does not tell.
    pub given_unix_secs: i64,
}

impl TableHistory {
    /// The version that is seen.
    pub fn latest(&self) -> Option<&TableVersion> {
        self.versions.last()
    }
}

/// What distinguishes two versions of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionComparison {
    /// The table's name, without `.lance`.
    pub table: String,
    /// The one compared with.
    pub before: TableVersion,
    /// The one compared.
    pub after: TableVersion,
    /// Rows (told apart by their `id`, or counted where there is none) that are only in `after`.
    pub rows_added: u64,
    /// Rows that are only in `before`.
    pub rows_removed: u64,
    /// Columns that are only in `after`.
    pub columns_added: Vec<String>,
    /// Columns that are only in `before`.
    pub columns_removed: Vec<String>,
}

/// What going back came to, for one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restored {
    /// The table's name, without `.lance`.
    pub table: String,
    /// The version whose content it has again; `None` if it stayed and only rows were removed.
    pub from: Option<u64>,
    /// The version that it is now.
    pub version: u64,
    /// The version that it was until now: what was there then is still in it.
    pub before: u64,
    /// Rows that belonged to other pictures, or to what pictures were then, and were removed: extracting makes them anew.
    pub rows_removed: usize,
}

/// A moment as people write it, in universal time: `2026-11-23 15:16 UTC`.
pub fn moment_in_words(unix_secs: i64) -> String {
    let (days, secs) = (unix_secs.div_euclid(86_400), unix_secs.rem_euclid(86_400));
    // Howard Hinnant, "chrono-compatible low-level date algorithms": years begin in March, so that the leap day comes last.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02} UTC", secs / 3600, secs / 60 % 60)
}

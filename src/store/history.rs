//! Versions of all tables of a workspace: listed, named and compared.
//!
//! The tables are committed one by one, so a version is one of a table. A name given to all of them at once is what
//! makes a state of the whole workspace.

use std::collections::{HashMap, HashSet};

use arrow_array::cast::AsArray;
use arrow_array::types::UInt32Type;

use super::columns::columns_of;
use super::features::Maker;
use super::names::{IMAGES, MOVES, readable_tables_in};
use super::recorder::METADATA_KEY;
use super::table::{Table, damaged};
use super::{StoreError, Workspace, handwork, moves};
use crate::domain::{TableHistory, TableVersion, VersionComparison, VersionName};

const READ_ROWS: usize = 65_536;

/// So many of a table's latest versions are opened to see what is in them: it takes a file each.
const LOOKED_INTO: usize = 24;

impl Workspace {
    /// The names of all tables of ours, that of the images first. Those of other programs are passed over, and so is what
    /// cannot be opened.
    ///
    /// # Errors
    /// When the workspace cannot be listed.
    pub fn tables(&self) -> Result<Vec<String>, StoreError> {
        let mut names: Vec<String> = self.our_tables()?.into_iter().map(|(name, _)| name).collect();
        // It counts as there also where it cannot be opened.
        if !names.iter().any(|name| name == IMAGES) && readable_tables_in(self.root())?.iter().any(|n| n == IMAGES) {
            names.insert(0, IMAGES.to_owned());
        }
        Ok(names)
    }

    /// The same tables, open.
    pub(super) fn our_tables(&self) -> Result<Vec<(String, Table)>, StoreError> {
        let mut remarks = Vec::new();
        let tables = self.our_tables_with_remarks(&mut remarks)?;
        remarks.iter().for_each(|remark| tracing::warn!("{remark}"));
        Ok(tables)
    }

    /// The same tables, open; what there is to say of versions of them that are damaged and were set aside joins `remarks`.
    pub(super) fn our_tables_with_remarks(
        &self,
        remarks: &mut Vec<String>,
    ) -> Result<Vec<(String, Table)>, StoreError> {
        let mut tables = Vec::new();
        for name in readable_tables_in(self.root())? {
            let table = match self.read_table_with_remark(&name) {
                Ok((table, remark)) => {
                    remarks.extend(remark);
                    table
                }
                Err(error) => {
                    tracing::warn!("{error}");
                    continue;
                }
            };
            let schema = table.schema();
            let is_ours = name == IMAGES
                || moves::is_it(&name, &schema)
                || Maker::of_schema(&schema).is_some()
                || schema.metadata().contains_key(METADATA_KEY)
                || handwork::is_one(&name, &schema);
            tables.extend(is_ours.then_some((name, table)));
        }
        tables.sort_by_key(|(name, _)| (name != IMAGES, name.clone()));
        Ok(tables)
    }

    /// The versions of every table that are still there; of the latest of vectors with the number of their layers.
    ///
    /// # Errors
    /// When a table cannot be read.
    pub fn histories(&self) -> Result<Vec<TableHistory>, StoreError> {
        let history = |table: String| {
            let opened = self.read_table(&table)?;
            let mut versions = opened.history()?;
            if layers(&opened) > 0 {
                // One that cannot be opened is listed all the same.
                for version in versions.iter_mut().rev().take(LOOKED_INTO) {
                    version.layers = opened.at(version.number).ok().map(|table| layers(&table));
                }
            }
            let (fixed_because, lost_names) = (fixed_because(&table).map(str::to_owned), opened.lost_names()?);
            Ok(TableHistory { fixed_because, table, versions, lost_names })
        };
        self.tables()?.into_iter().map(history).collect()
    }

    /// Gives a version of a table a name, or the present state of all tables that can be restored. Returns which
    /// version of which table it was. What has a name is kept when old versions are forgotten. Who was killed meanwhile may have
    /// named some tables: named again in the same state, the others get it, too.
    ///
    /// # Errors
    /// When there is no such version, when the name cannot be one or is given already, and when the disk does not let us.
    /// Tables that had the name until then keep it, and none gets it.
    pub fn tag(
        &mut self,
        name: &str,
        table: Option<&str>,
        version: &VersionName,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        self.expect_writable()?;
        self.refresh()?;
        if table.is_none() {
            // That there are no tags, labels or boxes yet is part of the present state, too.
            self.ensure_tags()?;
            self.ensure_labels()?;
            self.ensure_boxes()?;
        }
        let names = match table {
            Some(table) => vec![table.to_owned()],
            None => self.tables()?.into_iter().filter(|table| fixed_because(table).is_none()).collect(),
        };
        let mut named: Vec<(String, u64)> = Vec::new();
        let mut given: Vec<(String, i64)> = Vec::new();
        let mut known_since: Option<i64> = None;
        for table in names {
            let outcome = self.known_table(&table).and_then(|opened| {
                let number = opened.number_of(version)?;
                // Which images belong to an older version is not known for certain.
                let images = (number == opened.version()).then(|| self.images.version());
                let is_new = opened.give_tag(name, number, images)?;
                let nanos =
                    if is_new { opened.committed_unix_nanos(number)? } else { opened.named_unix_nanos(name)? };
                Ok((number, is_new, nanos))
            });
            match outcome {
                Ok((number, is_new, nanos)) => {
                    match is_new {
                        true => given.push((table.clone(), nanos)),
                        false => known_since = Some(known_since.map_or(nanos, |since| since.min(nanos))),
                    }
                    named.push((table, number));
                }
                Err(error) => {
                    self.take_back(name, &given)?;
                    return Err(error);
                }
            }
        }
        // Somebody who was killed named what was there then. What is newer was not part of that state.
        let is_newer = |(_, committed): &&(String, i64)| known_since.is_some_and(|since| *committed > since);
        if let Some((newer, _)) = given.iter().find(is_newer) {
            self.take_back(name, &given)?;
            let reason = format!("it was given before {newer} was made; take it away first (`forget-name`)");
            return Err(StoreError::BadTag { name: name.to_owned(), reason, path: self.table_path(newer) });
        }
        Ok(named)
    }

    fn take_back(&self, name: &str, given: &[(String, i64)]) -> Result<(), StoreError> {
        for (table, _) in given {
            self.read_table(table)?.take_tag_back(name)?;
        }
        Ok(())
    }

    /// Takes a name away from the versions of one table or of all, and returns of which. The versions stay.
    ///
    /// # Errors
    /// When no version has the name, and when the disk does not let us.
    pub fn forget_name(&mut self, name: &str, table: Option<&str>) -> Result<Vec<String>, StoreError> {
        self.expect_writable()?;
        let names = match table {
            Some(table) => vec![table.to_owned()],
            None => self.tables()?,
        };
        let mut taken = Vec::new();
        for table in names {
            if self.known_table(&table)?.take_tag(name)? {
                taken.push(table);
            }
        }
        if taken.is_empty() {
            let path = table.map_or_else(|| self.root().to_owned(), |table| self.table_path(table));
            return Err(StoreError::NoSuchVersion { version: name.to_owned(), path });
        }
        Ok(taken)
    }

    /// Forgets a name that cannot be read any more in all tables where that is so, and returns in which. Where a version has the name it
    /// keeps it.
    ///
    /// # Errors
    /// When it can be read wherever it is, and when the disk does not let us.
    pub fn forget_lost_name(&mut self, name: &str) -> Result<Vec<String>, StoreError> {
        self.expect_writable()?;
        let mut taken = Vec::new();
        for table in self.tables()? {
            let opened = self.read_table(&table)?;
            if opened.lost_names()?.iter().any(|lost| lost.name == name) && opened.take_tag(name)? {
                taken.push(table);
            }
        }
        match taken.is_empty() {
            true => Err(StoreError::NoSuchVersion { version: name.to_owned(), path: self.root().to_owned() }),
            false => Ok(taken),
        }
    }

    /// What version `after` of a table has that `before` has not, and the other way round.
    ///
    /// # Errors
    /// When there is no such table or version, or one cannot be read.
    pub fn compare(
        &self,
        table: &str,
        before: &VersionName,
        after: &VersionName,
    ) -> Result<VersionComparison, StoreError> {
        let opened = self.known_table(table)?;
        let numbers = [opened.number_of(before)?, opened.number_of(after)?];
        let [before, after] = [opened.at(numbers[0])?, opened.at(numbers[1])?];
        let history = opened.history()?;
        let summary = |number: u64| -> Result<TableVersion, StoreError> {
            let missing = || StoreError::NoSuchVersion { version: number.to_string(), path: opened.path().to_owned() };
            history.iter().find(|version| version.number == number).cloned().ok_or_else(missing)
        };
        let (rows_added, rows_removed) = match (rows_by_id(&before)?, rows_by_id(&after)?) {
            (Some(before), Some(after)) => (rows_beyond(&after, &before), rows_beyond(&before, &after)),
            _ => {
                let [before, after] = [before.rows()? as u64, after.rows()? as u64];
                (after.saturating_sub(before), before.saturating_sub(after))
            }
        };
        let [of_before, of_after] = [columns(&before), columns(&after)];
        let lacking = |all: &[String], there: &[String]| -> Vec<String> {
            all.iter().filter(|name| !there.contains(name)).cloned().collect()
        };
        Ok(VersionComparison {
            table: table.to_owned(),
            before: summary(numbers[0])?,
            after: summary(numbers[1])?,
            rows_added,
            rows_removed,
            columns_added: lacking(&of_after, &of_before),
            columns_removed: lacking(&of_before, &of_after),
        })
    }

    /// Opens a table of ours.
    pub(super) fn known_table(&self, name: &str) -> Result<Table, StoreError> {
        match self.tables()?.iter().any(|table| table == name) {
            true => self.read_table(name),
            false => Err(StoreError::NoSuchResult { what: "table", name: name.to_owned() }),
        }
    }
}

/// Why a table cannot be restored to an earlier version; `None` if it can.
pub(super) fn fixed_because(table: &str) -> Option<&'static str> {
    if table == MOVES {
        return Some("it only says where pictures lay before they were moved, which stays true");
    }
    let is_half = table.starts_with("embedding_") || table.starts_with("reference_");
    is_half.then_some("it belongs to one version of another table; make the embedding anew instead")
}

/// The ids of a table's rows; `None` when it has none.
pub(super) fn ids(table: &Table) -> Result<Option<HashSet<u32>>, StoreError> {
    Ok(rows_by_id(table)?.map(|rows| rows.into_keys().collect()))
}

/// How many rows of a table each image has; `None` when it has no ids.
fn rows_by_id(table: &Table) -> Result<Option<HashMap<u32, u64>>, StoreError> {
    if !columns(table).iter().any(|name| name == "id") {
        return Ok(None);
    }
    let mut rows = HashMap::with_capacity(table.rows()?);
    table.scan(&["id"], READ_ROWS, |batch| {
        let column = batch.column(0).as_primitive_opt::<UInt32Type>();
        for id in column.ok_or_else(|| damaged(table, "its ids are no numbers"))?.values() {
            *rows.entry(*id).or_default() += 1;
        }
        Ok(())
    })?;
    Ok(Some(rows))
}

/// How many rows `these` have that `those` have not. An image may have many rows (exemplars, tags), so that those of one
/// table minus those of the other are always the difference of their numbers of rows.
fn rows_beyond(these: &HashMap<u32, u64>, those: &HashMap<u32, u64>) -> u64 {
    these.iter().map(|(id, rows)| rows.saturating_sub(those.get(id).copied().unwrap_or_default())).sum()
}

fn columns(table: &Table) -> Vec<String> {
    table.schema().fields().iter().map(|field| field.name().clone()).collect()
}

/// Of how many layers a table has vectors.
fn layers(table: &Table) -> u64 {
    let columns = columns_of(&table.schema());
    columns.iter().map(|column| &column.stored.layer).collect::<HashSet<_>>().len() as u64
}

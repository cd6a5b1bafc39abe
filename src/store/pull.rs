//! Bringing a workspace from another place, such as a mounted disk of others, to this one, and only what is new there the next
//! time.
//!
//! A table's files never change, so those that are here stay, and the one that makes a version visible comes last: whoever has the
//! workspace open sees the old state or the new one, and who was stopped or killed goes on from there. Of some layers alone a
//! table of their own is written here; rows are added to it as long as those there were stay as they are.
//!
//! What was brought is remembered in `.brought.json`, which the Python package's `pull` reads and writes as well. A table that was
//! changed here since then is not touched, and everything ends there, unless what was changed is to be given up: nothing of it would
//! be lost, but nobody could say which of the two states is meant. A table that was made anew there, or of which the version that is
//! here was deleted, is brought beside the one here, which stays until the other is whole; what both have does not come again.

mod files;
mod layers;
mod record;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use self::files::Copying;
use self::record::{BroughtTable, Record};
use super::columns::columns_of;
use super::driver::Driver;
use super::identity::{FILE, Identity};
use super::lock::WriteLock;
use super::manifests::is_table;
use super::names::{MOVES, readable_tables_in, table_path};
use super::table::Table;
use super::{Stamp, StoreError, own_classes, tag_colours};
use crate::domain::StoredLayer;

/// Says of indices which columns have one; of some layers alone there are none.
const INDICES: &str = "indices.json";
/// How tables of whole activations are called.
const ACTIVATIONS: &str = "activations_";
/// What could not be done.
const DOING: &str = "cannot bring the workspace";

/// What to bring, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PullWish {
    /// The workspace.
    pub from: PathBuf,
    /// The folder for it.
    pub to: PathBuf,
    /// The layers whose vectors are brought, by name; all if none are named.
    pub layers: Option<Vec<String>>,
    /// Where the pictures lie on this machine; if it is not said, where the workspace said that was brought here before, or else
    /// where the one there says.
    pub folder: Option<PathBuf>,
    /// Whether what was changed here since it was brought is given up. Tables that are here alone stay all the same.
    pub discard: bool,
}

/// What was brought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Pulled {
    /// Where it lies.
    pub workspace: PathBuf,
    /// The folder of its pictures.
    pub folder: PathBuf,
    /// Files that were brought; of tables of which only some layers are here, those that were written.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The tables in which something was new.
    pub tables: Vec<String>,
}

/// How far it is, in bytes; of some layers alone, those of their vectors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PulledSoFar {
    /// What is to come in all. Small files are not known before.
    pub expected_bytes: u64,
    /// What came.
    pub came_bytes: u64,
}

/// Brings a workspace. `goes_on` is told how far it is, and says whether to go on.
///
/// # Errors
/// When there is no workspace or not the layer, when something else lies where it goes to or was changed there, when a file
/// cannot be read or written. [`StoreError::Stopped`] when it does not go on. What came stays, and the next time begins there.
pub fn pull(wish: &PullWish, goes_on: &mut dyn FnMut(PulledSoFar) -> bool) -> Result<Pulled, StoreError> {
    let from = absolute(&wish.from)?;
    let to = absolute(&wish.to)?;
    let identity = Identity::read(&from)?.ok_or_else(|| StoreError::NoWorkspace { root: from.clone() })?;
    if identity.is_lost() {
        return Err(refused(format!("{FILE} is empty, so it is not known which folder it is about"), &from));
    }
    let (said_from, said_to) = (record::in_few_words(&from), record::in_few_words(&to));
    if said_to.starts_with(&said_from) || said_from.starts_with(&said_to) {
        return Err(refused("one lies in the other".to_owned(), &to));
    }
    let layers = wish.layers.clone().map(|mut layers| {
        layers.sort();
        layers.dedup();
        layers
    });
    record::make_folder(&to)?;
    // Before anything is read that another pull may be changing.
    let _lock = WriteLock::take(&to)?;
    let mut record = Record::of(&to, &said_from, &layers)?;
    let (there, here) = (Driver::start_to_look(&from)?, Driver::start(&to)?);
    let mut tables = Vec::new();
    for name in readable_tables_in(&from)? {
        // What was stored whole is the largest there is, and not of vectors.
        if layers.is_none() || !name.starts_with(ACTIVATIONS) {
            tables.push((Table::open(&there, &table_path(&from, &name))?, name));
        }
    }
    // What pictures were called before is here before anything says what they are called now.
    tables.sort_by_key(|(_, name)| name != MOVES);
    if let Some(layers) = &layers {
        expect_layers(layers, &tables, &from)?;
    }
    let mut copying = Copying::new(goes_on);
    let mut due = Vec::new();
    for (table, name) in &tables {
        let columns = columns_of(&table.schema());
        let is_wanted = |layers: &Vec<String>| columns.iter().any(|column| layers.contains(&column.stored.layer));
        if !columns.is_empty() && !layers.as_ref().is_none_or(is_wanted) {
            continue;
        }
        let mut known = record.tables.get(name).cloned();
        let path = table_path(&to, name);
        let was_here = here_now(&here, &path)?;
        if is_changed(known.as_ref(), was_here, table) {
            if !wish.discard {
                let why = "the table was changed here since it was brought; choose another folder, or add --discard to give up \
                           what was changed";
                return Err(refused(why.to_owned(), &path));
            }
            // Brought anew, whatever of it is the same.
            known = None;
        }
        if known
            .as_ref()
            .is_some_and(|known| known.there == table.stamp() && known.here == was_here && was_here.is_some())
        {
            continue;
        }
        let of_some = layers.as_ref().filter(|_| !columns.is_empty());
        copying.expect(match of_some {
            Some(layers) => layers::lacking_bytes(table, layers, known.as_ref()),
            None => files::lacking_bytes(table, &path)?,
        });
        due.push((table, name, path, known, of_some));
    }
    let mut changed = Vec::new();
    for (table, name, path, known, of_some) in due {
        let state = match of_some {
            Some(layers) => {
                let bringing = layers::Bringing { table, path: &path, driver: &here, layers, known: known.as_ref() };
                let begun = BroughtTable { there: table.stamp(), here: None, fragments: Vec::new() };
                // Half written it is nobody's.
                record.tables.insert(name.clone(), begun);
                record.keep(&to)?;
                bringing.bring(&mut copying)?
            }
            None => {
                files::bring_table(table, &path, &here, &mut copying)?;
                BroughtTable { there: table.stamp(), here: here_now(&here, &path)?, fragments: Vec::new() }
            }
        };
        changed.push(name.clone());
        record.tables.insert(name.clone(), state);
        record.keep(&to)?;
    }
    // What a person chose here is theirs.
    let is_chosen = |name: &str| [tag_colours::FILE, own_classes::AWAITED].contains(&name);
    let is_chosen_here = |name: &str| is_chosen(name) && to.join(name).exists();
    let is_left_out = |name: &str| name == FILE || (layers.is_some() && name == INDICES) || is_chosen_here(name);
    copying.small_files(&from, &to, &is_left_out)?;
    // Last: it makes a folder a workspace.
    let pictures = record.pictures_there.as_deref();
    let (folder, there) = copying.identity(&from.join(FILE), &to.join(FILE), wish.folder.as_deref(), pictures)?;
    if record.pictures_there.as_ref() != Some(&there) {
        record.pictures_there = Some(there);
        record.keep(&to)?;
    }
    Ok(Pulled { workspace: to, folder, files: copying.files, bytes: copying.bytes, tables: changed })
}

fn refused(reason: String, path: &Path) -> StoreError {
    StoreError::Table { doing: DOING, reason, path: path.to_owned() }
}

fn absolute(path: &Path) -> Result<PathBuf, StoreError> {
    if path.to_str().is_none() {
        return Err(StoreError::PathNotUnicode { root: path.to_owned() });
    }
    std::path::absolute(path).map_err(|error| StoreError::from_io("cannot find the workspace", path, error))
}

fn expect_layers(layers: &[String], tables: &[(Table, String)], from: &Path) -> Result<(), StoreError> {
    let columns: Vec<StoredLayer> =
        tables.iter().flat_map(|(table, _)| columns_of(&table.schema())).map(|column| column.stored).collect();
    let Some(lacking) = layers.iter().find(|layer| columns.iter().all(|stored| stored.layer != **layer)) else {
        return Ok(());
    };
    let mut names: Vec<&str> = columns.iter().map(|stored| stored.layer.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    Err(refused(format!("it has no layer {lacking}; it has {names}"), from))
}

/// Which state a table has here; `None` if it is not here.
fn here_now(driver: &Arc<Driver>, path: &Path) -> Result<Option<Stamp>, StoreError> {
    match is_table(path) {
        // Nothing is to be remembered of a table that may be made anew.
        true => Table::open(&driver.apart(), path).map(|table| Some(table.stamp())),
        false => Ok(None),
    }
}

/// Whether a table was changed here since it was brought, which is somebody's work.
fn is_changed(known: Option<&BroughtTable>, here: Option<Stamp>, there: &Table) -> bool {
    let Some(here) = here else { return false };
    let is_as_brought = match known {
        Some(BroughtTable { here: Some(brought), .. }) => *brought == here,
        // It was stopped while it was written.
        Some(BroughtTable { here: None, .. }) => true,
        None => false,
    };
    // Or before that was noted.
    !is_as_brought && !there.has_version(here)
}

//! Versions of a workspace's tables, for people and machines who maintain it. Each call opens the workspace, does its
//! work and lets go of it.

use std::path::Path;

use crate::domain::{Restored, TableHistory, VersionComparison, VersionName};
use crate::engine::collection::repair;
use crate::engine::message::Problem;
use crate::store::{StoreError, Workspace};

/// The versions of every table of the workspace at `root` that are still there.
///
/// # Errors
/// When there is no workspace, or it cannot be read.
pub fn histories(root: &Path) -> Result<Vec<TableHistory>, Problem> {
    let unread = |error: StoreError| Problem::new("The versions could not be listed", error);
    Workspace::look_into(root).and_then(|workspace| workspace.histories()).map_err(unread)
}

/// What of the workspace at `root` cannot be read and is done without. One that cannot be opened at all is for others to
/// tell.
pub fn remarks(root: &Path) -> Vec<Problem> {
    Workspace::look_into(root).map(|workspace| repair::remarks(&workspace)).unwrap_or_default()
}

/// What a later version of a table has that an earlier one has not, and the other way round.
///
/// # Errors
/// When there is no such version, or it cannot be read.
pub fn compare_versions(
    root: &Path,
    table: &str,
    before: &VersionName,
    after: &VersionName,
) -> Result<VersionComparison, Problem> {
    let compared = Workspace::look_into(root).and_then(|workspace| workspace.compare(table, before, after));
    compared.map_err(|error| Problem::new("The versions could not be compared", error))
}

/// Gives a version of a table a name, or the present state of all tables; returns which version of which table it was.
///
/// # Errors
/// When the workspace is open elsewhere, there is no such version, or it cannot have the name.
pub fn name_version(
    root: &Path,
    name: &str,
    table: Option<&str>,
    version: &VersionName,
) -> Result<Vec<(String, u64)>, Problem> {
    let tagged = Workspace::open_to_write(root).and_then(|mut workspace| workspace.tag(name, table, version));
    tagged.map_err(|error| Problem::new("The version could not be named", error))
}

/// Takes a name away from the versions of one table or of all; returns of which.
///
/// # Errors
/// When the workspace is open elsewhere, or no version has the name.
pub fn forget_version_name(root: &Path, name: &str, table: Option<&str>) -> Result<Vec<String>, Problem> {
    let taken = Workspace::open_to_write(root).and_then(|mut workspace| workspace.forget_name(name, table));
    taken.map_err(|error| Problem::new("The name could not be taken away", error))
}

/// Puts a version of a table back as its latest, or of all tables that have a tag; returns what changed.
///
/// # Errors
/// When the workspace is open elsewhere, there is no such version, or it must not come back; nothing is changed then.
pub fn restore_version(root: &Path, table: Option<&str>, version: &VersionName) -> Result<Vec<Restored>, Problem> {
    let done = Workspace::open_to_write(root).and_then(|mut workspace| workspace.restore(table, version));
    done.map_err(|error| Problem::new("The version could not be restored", error))
}

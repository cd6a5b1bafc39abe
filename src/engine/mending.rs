//! What is put right when a workspace is opened, and how the person hears of it.

use super::Problem;
use crate::store::{StoreError, Workspace};

/// Removes vectors of other pictures than those on record from a workspace that is open to write. Returns what there is to
/// say of that, and of what was mended already.
///
/// # Errors
/// When a table cannot be read, or the disk does not let us.
pub fn mend(workspace: &mut Workspace) -> Result<Vec<Problem>, StoreError> {
    let mut found = remarks(workspace);
    found.extend(workspace.drop_misfits()?.into_iter().map(|(table, images)| dropped(&table, images)));
    Ok(found)
}

/// As [`mend`], before `table` of a workspace that is open to be read is looked at. Where nothing is wrong with it, nothing
/// is written.
///
/// # Errors
/// When the vectors do not fit and cannot be removed: nobody may take them for those of the pictures on record.
pub fn mend_to_read(workspace: &mut Workspace, table: &str) -> Result<Vec<Problem>, Problem> {
    let what = "The vectors do not fit the pictures on record, and could not be removed";
    let refused = |error: StoreError| Problem::new(what, error);
    if workspace.misfits(table).map_err(|error| Problem::new("The workspace could not be opened", error))?.is_empty() {
        return Ok(remarks(workspace));
    }
    let mut writer = Workspace::open_to_write(workspace.root()).map_err(refused)?;
    let found = mend(&mut writer).map_err(refused)?;
    workspace.refresh().map_err(refused)?;
    Ok(found)
}

/// What of a workspace cannot be read and is done without.
pub fn remarks(workspace: &Workspace) -> Vec<Problem> {
    let remark = |why: String| Problem::new("Part of the workspace cannot be read", format!("{why}."));
    workspace.remarks().into_iter().map(remark).collect()
}

fn dropped(table: &str, images: usize) -> Problem {
    Problem::new("Vectors of other pictures were removed", where_from(table, images))
        .with_remedy("Extracting makes those that are missing.")
}

/// The same of a workspace in which nothing is changed.
pub fn unfit(table: &str, images: usize) -> Problem {
    Problem::new("There are vectors of other pictures", where_from(table, images))
        .with_remedy("They are never shown; extract again to replace them.")
}

fn where_from(table: &str, images: usize) -> String {
    let of = if images == 1 { "1 image".to_owned() } else { format!("{images} images") };
    format!(
        "in {table}.lance the vectors of {of} are not of the pictures that images.lance has on record, perhaps because one \
         of the two tables was restored from a backup."
    )
}

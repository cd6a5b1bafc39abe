//! Versions that did not reach the disk whole.
//!
//! A version is in a table when its manifest has its name. Where a power cut came before the content was on the disk, or another
//! program does not see to that, the name may be there and the content not. The version before is whole, so it is what the table
//! is then. Who reads passes over
//! what cannot be read; who may write also takes it out of the way, since the next commit needs its number. So it is with names that
//! were given to versions. Nothing is deleted: what is set aside ends in `.torn`.

use std::path::Path;
use std::sync::Arc;

use super::driver::Driver;

use super::aside::{in_words, rename};
use super::manifests::{is_cut, is_hopeless, is_latest_cut, manifests};
use super::names::{IMAGES, table_path, tables_in};
use super::table::{Table, expect_no_links};
use super::{StoreError, version_names};

/// What there is to say of the tables of the workspace at `root` whose latest versions, or names of versions, are not whole. Nothing is
/// changed.
pub(super) fn look(root: &Path) -> Vec<String> {
    let remark = |name: &str| {
        if is_hopeless(&table_path(root, name)) {
            return Some(format!(
                "{name}.lance cannot be read, perhaps because the power failed while it was written, and has no earlier \
                 version. It is ignored and has to be made again"
            ));
        }
        let manifests = manifests(&table_path(root, name));
        let whole = manifests.iter().find(|manifest| !is_cut(manifest))?;
        let latest = manifests.first().filter(|latest| latest.number != whole.number)?;
        Some(in_words(name, latest.number, Some(whole.number)))
    };
    let mut remarks = Vec::new();
    for name in tables_in(root).unwrap_or_default() {
        let path = table_path(root, &name);
        remarks.extend(remark(&name));
        remarks.extend(expect_no_links(&path).and_then(|()| version_names::look(&path)).unwrap_or_default());
    }
    remarks
}

/// Takes versions that lack their end out of the way of the next commit, and names of versions that cannot be read out of that of
/// cleaning up, in all tables of the workspace at `root`, and says of each what it did. Only with the write lock held: a commit that is
/// under way is not whole either. No other table is opened: this is done before every result that is saved.
///
/// # Errors
/// When the disk does not let us.
pub(super) fn set_aside(driver: &Arc<Driver>, root: &Path) -> Result<Vec<String>, StoreError> {
    let mut remarks = Vec::new();
    for name in tables_in(root)? {
        let path = table_path(root, &name);
        // Without its names a table is as good as with them.
        match expect_no_links(&path).and_then(|()| version_names::set_unreadable_aside(&path)) {
            Ok(of_names) => remarks.extend(of_names),
            Err(error) => tracing::warn!("{error}"),
        }
        if !is_latest_cut(&path) {
            continue;
        }
        match Table::open(driver, &path) {
            Ok(mut table) => remarks.extend(table.set_torn_aside()?),
            // Nothing was ever whole in it. Without images nobody could say what the other tables are about.
            Err(StoreError::Damaged { .. }) if name != IMAGES && is_hopeless(&path) => {
                remarks.push(in_words(&name, 1, None));
                rename(&path)?;
            }
            Err(error) => tracing::warn!("{error}"),
        }
    }
    remarks.iter().for_each(|remark| tracing::warn!("{remark}"));
    Ok(remarks)
}

//! Files first, then the version that names them, wherever Lance commits: what it wrote is put on the disk, and looked at, before its
//! manifest gets its name.
//!
//! Looked at, since Lance's writer of local files does not see that the disk did not take the last of what it wrote: the file is
//! shorter then, and named all the same. On a full disk a commit would be told whose rows nobody can read.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use lance::io::ObjectStore;
use lance::table::format::{IndexMetadata, Manifest};
use lance_table::format::Transaction;
use lance_table::io::commit::{
    CommitError, CommitHandler, ConditionalPutCommitHandler, ManifestLocation, ManifestNamingScheme, ManifestWriter,
    RenameCommitHandler,
};
use lance_table::io::deletion::{read_deletion_file, relative_deletion_file_path};
use object_store::path::Path;

use super::durable::OnDisk;

/// Commits to one table as Lance would, but for that.
#[derive(Debug)]
pub(super) struct InOrder {
    table: PathBuf,
    on_disk: Arc<OnDisk>,
    /// What Lance takes for files on a disk.
    usual: Arc<dyn CommitHandler>,
}

impl InOrder {
    /// Commits to the table at `table`, of which `on_disk` knows what is there.
    pub(super) fn new(table: PathBuf, on_disk: Arc<OnDisk>) -> Arc<Self> {
        let usual: Arc<dyn CommitHandler> =
            if cfg!(windows) { Arc::new(RenameCommitHandler) } else { Arc::new(ConditionalPutCommitHandler) };
        Arc::new(Self { table, on_disk, usual })
    }

    /// The first of the new files of a version that does not hold all that was written to it.
    async fn first_cut(
        &self,
        new: &HashSet<PathBuf>,
        manifest: &Manifest,
        indices: Option<&[IndexMetadata]>,
        base_path: &Path,
        object_store: &ObjectStore,
    ) -> Option<PathBuf> {
        let is_shorter = |path: &PathBuf, bytes: u64| {
            new.contains(path) && fs::metadata(path).is_ok_and(|metadata| metadata.len() < bytes)
        };
        for fragment in manifest.fragments.iter() {
            for file in &fragment.files {
                let path = self.table.join("data").join(&file.path);
                if file.file_size_bytes.get().is_some_and(|bytes| is_shorter(&path, bytes.get())) {
                    return Some(path);
                }
            }
            // Nobody says how long these are.
            let Some(deletions) = &fragment.deletion_file else { continue };
            let path = self.table.join(relative_deletion_file_path(fragment.id, deletions));
            if new.contains(&path) {
                let found = read_deletion_file(fragment.id, deletions, base_path, object_store).await;
                if !found.is_ok_and(|found| deletions.num_deleted_rows.is_none_or(|rows| rows == found.len())) {
                    return Some(path);
                }
            }
        }
        indices.into_iter().flatten().find_map(|index| {
            let folder = self.table.join("_indices").join(index.uuid.to_string());
            let mut files = index.files.iter().flatten().map(|file| (folder.join(&file.path), file.size_bytes));
            files.find(|(path, bytes)| is_shorter(path, *bytes)).map(|(path, _)| path)
        })
    }
}

#[async_trait::async_trait]
impl CommitHandler for InOrder {
    fn is_version_not_found_definitive(&self) -> bool {
        self.usual.is_version_not_found_definitive()
    }

    fn propagate_commit_error_after_success(&self) -> bool {
        self.usual.propagate_commit_error_after_success()
    }

    async fn commit(
        &self,
        manifest: &mut Manifest,
        indices: Option<Vec<IndexMetadata>>,
        base_path: &Path,
        object_store: &ObjectStore,
        manifest_writer: ManifestWriter,
        naming_scheme: ManifestNamingScheme,
        transaction: Option<Transaction>,
    ) -> Result<ManifestLocation, CommitError> {
        let (table, on_disk) = (self.table.clone(), self.on_disk.clone());
        let settled = tokio::task::spawn_blocking(move || on_disk.settle(&table)).await;
        let failed = |reason: String| CommitError::OtherError(lance::Error::io(reason));
        let settled = settled.map_err(|error| failed(error.to_string()))?;
        let new = settled.map_err(|error| failed(error.to_string()))?;
        if let Some(cut) = self.first_cut(&new, manifest, indices.as_deref(), base_path, object_store).await {
            // The reason there is, but for disks that fail: in the words that a full disk is known by.
            return Err(failed(format!("No space left on device: {}", cut.display())));
        }
        let usual = &self.usual;
        usual.commit(manifest, indices, base_path, object_store, manifest_writer, naming_scheme, transaction).await
    }
}

//! Files first, then the version that names them, wherever Lance commits: what it wrote is put on the disk before its manifest gets
//! its name.

use std::path::PathBuf;
use std::sync::Arc;

use lance::io::ObjectStore;
use lance::table::format::{IndexMetadata, Manifest};
use lance_table::format::Transaction;
use lance_table::io::commit::{
    CommitError, CommitHandler, ConditionalPutCommitHandler, ManifestLocation, ManifestNamingScheme, ManifestWriter,
    RenameCommitHandler,
};
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
        settled.map_err(|error| failed(error.to_string()))?.map_err(|error| failed(error.to_string()))?;
        let usual = &self.usual;
        usual.commit(manifest, indices, base_path, object_store, manifest_writer, naming_scheme, transaction).await
    }
}

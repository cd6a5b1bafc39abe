//! Whole activations that are kept in the workspace, at hand for questions.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::{ImageRecord, Numbers};
use crate::engine::collection::reader::WorkspaceReader;
use crate::engine::message::Problem;
use crate::store::{ActivationTable, Workspace};

/// Opens the table of a layer when it is first asked for, and keeps it open. Nobody waits for another's opening.
pub struct ActivationReader {
    workspace: Arc<WorkspaceReader>,
    features: String,
    open: Mutex<HashMap<String, Arc<ActivationTable>>>,
}

impl ActivationReader {
    /// Reads the activations of the table `features` of a workspace. Nothing is opened yet.
    pub fn new(workspace: Arc<WorkspaceReader>, features: String) -> Self {
        Self { workspace, features, open: Mutex::default() }
    }

    /// The activations of a layer; `None` if none are kept.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn table(&self, layer: &str) -> Result<Option<Arc<ActivationTable>>, Problem> {
        if let Some(known) = self.opened().get(layer) {
            return Ok(Some(known.clone()));
        }
        if !Workspace::may_have_activations(self.workspace.root(), &self.features) {
            return Ok(None);
        }
        let found = self
            .workspace
            .now()
            .and_then(|workspace| workspace.activations(&self.features, layer))
            .map_err(|error| Problem::new("The activations could not be read", error))?
            .map(Arc::new);
        if let Some(table) = &found {
            self.opened().insert(layer.to_owned(), table.clone());
        }
        Ok(found)
    }

    /// The activation of one image at a layer, and its shape `[channels, height, width]`; `None` if it is not kept, or its
    /// file has changed since, or it cannot be read: it can be made again.
    pub fn activation(&self, record: &ImageRecord, layer: &str) -> Option<(Numbers, [usize; 3])> {
        let found = self.table(layer).and_then(|table| {
            let Some(table) = table else { return Ok(None) };
            let values = table.get(record).map_err(|error| Problem::new("The activation could not be read", error))?;
            Ok(values.map(|values| (values, table.shape())))
        });
        found.unwrap_or_else(|problem| {
            tracing::warn!(%problem, "it is computed instead");
            self.forget();
            None
        })
    }

    /// Opens anew the next time: there are others now.
    pub fn forget(&self) {
        self.opened().clear();
    }

    fn opened(&self) -> MutexGuard<'_, HashMap<String, Arc<ActivationTable>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

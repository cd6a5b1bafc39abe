//! Whole activations that are kept in the workspace, at hand for questions.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use half::f16;

use super::Problem;
use crate::domain::ImageRecord;
use crate::store::{ActivationTable, Workspace};

/// Opens the table of a layer when it is first asked for; the last one stays open.
pub struct KeptShelf {
    root: PathBuf,
    features: String,
    open: Mutex<Option<(String, Arc<ActivationTable>)>>,
}

impl KeptShelf {
    /// Reads the activations of the table `features` of the workspace at `root`. Nothing is opened yet.
    pub fn new(root: PathBuf, features: String) -> Self {
        Self { root, features, open: Mutex::default() }
    }

    /// The activations of a layer; `None` if none are kept.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn table(&self, layer: &str) -> Result<Option<Arc<ActivationTable>>, Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, table)) = &*open
            && known == layer
        {
            return Ok(Some(table.clone()));
        }
        if !Workspace::may_have_activations(&self.root, &self.features, layer) {
            return Ok(None);
        }
        let found = Workspace::open(&self.root)
            .and_then(|workspace| workspace.activations(&self.features, layer))
            .map_err(|error| Problem::new("The activations could not be read", error))?
            .map(Arc::new);
        *open = found.clone().map(|table| (layer.to_owned(), table));
        Ok(found)
    }

    /// The activation of one image at a layer, and its shape `[channels, height, width]`; `None` if it is not kept, or its
    /// file has changed since, or it cannot be read: it can be made again.
    pub fn activation(&self, record: &ImageRecord, layer: &str) -> Option<(Vec<f16>, [usize; 3])> {
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
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

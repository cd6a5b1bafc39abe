//! A network as a collection is opened with it: what is known of it, and its weights when they are needed.

use std::path::Path;
use std::sync::Arc;

use super::own_vectors::{self, OpenVectors};
use super::recognise::load;
use super::remembered;
use crate::engine::message::{NetworkFile, Problem};
use crate::network::{Graph, NetworkFacts};

/// Gives the network.
pub type LoadNetwork = Arc<dyn Fn() -> Result<Arc<Graph>, Problem> + Send + Sync>;

/// What is known of a network, and the way to it.
#[derive(Clone)]
pub struct OpenNetwork {
    /// What is known of it.
    pub facts: NetworkFacts,
    load: LoadNetwork,
}

impl OpenNetwork {
    /// Reads it.
    ///
    /// # Errors
    /// As [`load`].
    pub fn read(file: &NetworkFile, data_dir: Option<&Path>) -> Result<Self, Problem> {
        Ok(Self::of(load(file, data_dir)?))
    }

    /// Reads it when it is needed, if what is known of it is remembered; else now.
    ///
    /// # Errors
    /// As [`load`].
    pub fn known(file: &NetworkFile, data_dir: Option<&Path>) -> Result<Self, Problem> {
        Self::known_or(remembered::load, file, data_dir)
    }

    /// The same, but what is known of it is not remembered.
    ///
    /// # Errors
    /// As [`load`].
    pub fn known_or_read(file: &NetworkFile, data_dir: Option<&Path>) -> Result<Self, Problem> {
        Self::known_or(load, file, data_dir)
    }

    fn known_or(
        read: impl Fn(&NetworkFile, Option<&Path>) -> Result<Graph, Problem>,
        file: &NetworkFile,
        data_dir: Option<&Path>,
    ) -> Result<Self, Problem> {
        match remembered::facts(file, data_dir) {
            Some(facts) => {
                let (file, data_dir) = (file.clone(), data_dir.map(Path::to_owned));
                let fingerprint = facts.fingerprint.clone();
                let load = move || {
                    let graph = load(&file, data_dir.as_deref())?;
                    match graph.fingerprint() == fingerprint {
                        true => Ok(Arc::new(graph)),
                        false => Err(Problem::new("The network cannot be run", "its file was changed meanwhile")
                            .with_remedy("Run the same command again.")),
                    }
                };
                Ok(Self { facts, load: Arc::new(load) })
            }
            None => Ok(Self::of(read(file, data_dir)?)),
        }
    }

    /// In the place of a network, the vectors called `name` in the workspace at `root`, which cannot be run; `None` if it has
    /// none. They lie open then, only to be looked at if `only_looks`.
    ///
    /// # Errors
    /// When the workspace cannot be read.
    pub fn of_vectors(name: &str, root: &Path, only_looks: bool) -> Result<Option<(Self, OpenVectors)>, Problem> {
        let Some((facts, vectors)) = own_vectors::open(name, root, only_looks)? else { return Ok(None) };
        let name = name.to_owned();
        Ok(Some((Self { facts, load: Arc::new(move || Err(own_vectors::no_network(&name))) }, vectors)))
    }

    fn of(graph: Graph) -> Self {
        let facts = NetworkFacts::of(&graph);
        let graph = Arc::new(graph);
        Self { facts, load: Arc::new(move || Ok(graph.clone())) }
    }

    /// The same network, for pictures that are decoded whole; `None` if they are.
    pub fn decoding_whole(&self) -> Option<Self> {
        Some(Self { facts: self.facts.decoding_whole()?, load: self.load.clone() })
    }

    /// The way to it.
    pub fn loader(&self) -> LoadNetwork {
        let (decoding, load) = (self.facts.preprocessing.decoding, self.load.clone());
        Arc::new(move || {
            let graph = load()?;
            match decoding == graph.preprocessing.decoding {
                true => Ok(graph),
                false => Ok(Arc::new(graph.decoding_whole())),
            }
        })
    }
}

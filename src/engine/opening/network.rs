//! The network that a collection is opened with, or what stands in its place.

use std::path::PathBuf;

use crate::engine::message::{NetworkFile, OpenWish, Problem};
use crate::engine::networks::OpenNetwork;
use crate::engine::networks::own_vectors::OpenVectors;
use crate::engine::options::EngineOptions;
use crate::engine::places;

/// Why a collection could not be opened: another network helps against the one, and against nothing else.
pub enum NotOpened {
    /// The network could not be loaded.
    Network(Problem),
    /// It is the folder, the workspace or a wish that makes no sense.
    Otherwise(Problem),
}

impl From<Problem> for NotOpened {
    fn from(problem: Problem) -> Self {
        Self::Otherwise(problem)
    }
}

/// The network that a wish names, or what stands in its place.
pub struct Found {
    /// What it is.
    pub network: OpenNetwork,
    /// The wish as it can be done: vectors of the person's own may be called by a name as networks are, and nothing is extracted with
    /// them.
    pub wish: OpenWish,
    /// The vectors, if it is these.
    pub vectors: Option<OpenVectors>,
}

/// Reads the network that a wish names.
///
/// # Errors
/// When the network cannot be read, or the workspace in which vectors of that name may lie.
pub fn network_of(wish: &OpenWish, options: &EngineOptions) -> Result<Found, NotOpened> {
    let data_dir = options.data_dir.as_deref();
    if let NetworkFile::Vectors(name) | NetworkFile::Known(name) = &wish.network {
        let found = OpenNetwork::of_vectors(name, &workspace_of(wish, options)?, options.only_looks)?;
        if let Some((network, vectors)) = found {
            let wish = OpenWish { network: NetworkFile::Vectors(name.clone()), extract: false, ..wish.clone() };
            return Ok(Found { network, wish, vectors: Some(vectors) });
        }
        if matches!(wish.network, NetworkFile::Vectors(_)) {
            let why = format!("the workspace of {} has no vectors of that name.", wish.folder.display());
            let problem = Problem::new(format!("There is nothing called {name}"), why)
                .with_remedy("`tiramisu info FOLDER` lists what there is; `tiramisu vectors` stores some.");
            return Err(NotOpened::Network(problem));
        }
    }
    let network = match wish.extract {
        true => OpenNetwork::read(&wish.network, data_dir),
        // What is known of it would be remembered, too.
        false if options.only_looks => OpenNetwork::known_or_read(&wish.network, data_dir),
        false => OpenNetwork::known(&wish.network, data_dir),
    }
    .map_err(|problem| match problem.remedy.is_empty() {
        true => problem.with_remedy("Choose another one (--network, or the menu Network in the window)."),
        false => problem,
    })
    .map_err(NotOpened::Network)?;
    Ok(Found { network, wish: wish.clone(), vectors: None })
}

/// Where the workspace lies.
fn workspace_of(wish: &OpenWish, options: &EngineOptions) -> Result<PathBuf, Problem> {
    match &wish.workspace {
        Some(workspace) => Ok(workspace.clone()),
        None => Ok(places::default_workspace(&wish.folder, &places::data_dir(options.data_dir.as_deref())?)),
    }
}

//! What stays, whatever is opened and closed.

pub mod networks;
pub mod notices;

use std::path::PathBuf;
use std::sync::Arc;

use super::{Combining, KnownNetworks, Notices, Place, TakeUp};
use crate::engine::{NetworkFile, Progress};

/// What stays, whatever is opened and closed.
#[derive(Clone, Debug, Default)]
pub struct Lasting {
    /// The network used for the next folder.
    pub network: NetworkFile,
    /// Whether the person has chosen that one since anything was open: then it is used whatever is remembered of a folder.
    pub has_chosen_network: bool,
    /// What a folder that was never open is looked at through; `None` for what was used last.
    pub default_network: Option<NetworkFile>,
    /// What is to be taken up once what is being opened is open.
    pub takes_up: Option<TakeUp>,
    /// Whether another folder is to be opened, and what is still shown is not where the person will be.
    pub(super) goes_elsewhere: bool,
    /// Where the workspace of what is being opened lies, if not in the usual place.
    pub asked_workspace: Option<PathBuf>,
    /// Whether what is opened is looked at as it is, with nothing extracted or written.
    pub only_looks: bool,
    /// Layers to store, by name, if the person chose them.
    pub wanted_layers: Option<Vec<String>>,
    /// Whether the next opening is of the same pictures, so that what is chosen is taken up again.
    pub(super) resumes: bool,
    /// The running or last export.
    pub export: Option<Arc<Progress>>,
    /// Where in the window one is.
    pub place: Place,
    /// How what is picked next joins the selection.
    pub combining: Combining,
    /// The networks we know, and their downloads.
    pub networks: KnownNetworks,
    /// What to tell the person.
    pub notices: Notices,
}

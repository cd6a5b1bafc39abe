//! What is opened again is taken up where the person was.
//!
//! A memory may be stale: another network is used now, a layer has another name, the picture is gone. What does not fit is
//! let go without a word, part by part.

use std::path::PathBuf;

use super::opened::OpenedCollection;
use super::{Lasting, LeftAt, LeftPicture, Place, Session, TakeUp};
use crate::engine::{Collection, Request};

impl Lasting {
    /// Goes on with the network that the person wants for new folders, if they want one, unless they have chosen another.
    pub fn use_default_network(&mut self) {
        if let Some(network) = self.default_network.as_ref().filter(|_| !self.has_chosen_network) {
            self.network = network.clone();
        }
    }

    /// Remembers where to go on in what is opened now; the network of then is used, unless the person has chosen one.
    /// What nobody has looked at yet begins in the first place: where another folder was left says nothing of it.
    pub(super) fn take_up(&mut self, folder: Option<PathBuf>, left: Option<LeftAt>) {
        self.goes_elsewhere = true;
        if left.is_none() {
            self.place = Place::default();
        }
        self.takes_up = left.map(|left| {
            let mut otherwise = None;
            if !self.has_chosen_network && self.network != left.network {
                otherwise = Some(std::mem::replace(&mut self.network, left.network.clone()));
            }
            TakeUp { folder, left, otherwise }
        });
    }

    /// It is open: goes where the person was, as far as that is still there.
    pub(super) fn go_on(&mut self, collection: &Collection, opened: &mut OpenedCollection) {
        let taken = self.takes_up.take_if(|takes_up| takes_up.is_of(collection));
        let Some(TakeUp { left, .. }) = taken else { return };
        self.place = left.place;
        opened.awaited_picture = left.picture;
        let layer = collection.layers.iter().position(|layer| layer.name == left.layer);
        if let Some(layer) = layer.filter(|_| left.network == collection.network_file) {
            opened.chosen.layer = layer;
        }
    }
}

impl Session {
    /// Where the person is in what is open; `None` while it is still to be taken up where they were, while another folder is about to be
    /// opened, and if nothing is open.
    pub fn left_at(&self) -> Option<LeftAt> {
        let is_settled = self.opened.awaited_picture.is_none() && !self.lasting.goes_elsewhere;
        let collection = self.collection().filter(|_| is_settled)?;
        let layer = collection.layers.get(self.opened.chosen.layer);
        let probe = self.opened.chosen.probe.and_then(|id| self.image(id));
        Some(LeftAt {
            network: collection.network_file.clone(),
            place: self.lasting.place,
            layer: layer.map(|layer| layer.name.clone()).unwrap_or_default(),
            picture: probe.map(|image| LeftPicture { id: image.id, path: image.path.to_path() }),
        })
    }

    /// The network of then could not be loaded: opens the same through the one that is used otherwise, if there is such a one.
    pub(super) fn open_otherwise(&mut self) -> Option<Request> {
        let takes_up = self.lasting.takes_up.as_mut()?;
        let network = takes_up.otherwise.take()?;
        let folder = takes_up.folder.clone();
        self.lasting.network = network.clone();
        Some(match folder {
            Some(folder) => {
                let workspace = self.lasting.asked_workspace.clone();
                self.open_request(folder, workspace)
            }
            None => Request::OpenSample { network },
        })
    }
}

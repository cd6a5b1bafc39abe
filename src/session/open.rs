//! Opening collections, and opening one again otherwise.

use std::path::PathBuf;

use super::{LeftAt, Session};
use crate::engine::{NetworkFile, OpenWish, Request};

/// What is to be open.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    /// A folder of pictures.
    Folder(PathBuf),
    /// A folder that was open before, with the workspace it had if that was chosen.
    Again {
        /// The folder.
        folder: PathBuf,
        /// Where its workspace lies; `None` for the usual place.
        workspace: Option<PathBuf>,
        /// Where the person was in it, if that is remembered.
        left: Option<LeftAt>,
    },
    /// A folder of pictures through this network, whatever is remembered of it.
    FolderThrough {
        /// The folder.
        folder: PathBuf,
        /// The network, or vectors of the person's own.
        network: NetworkFile,
    },
    /// The program's own sample pictures, and where the person was in them, if that is remembered.
    Sample(Option<LeftAt>),
    /// The present folder again, through another network. With no folder open it is the network of the next one.
    Through(NetworkFile),
    /// Folders that were never open through this network; `None` for the one used last. What is open stays as it is.
    UsuallyThrough(Option<NetworkFile>),
    /// The present folder again, storing the vectors of these layers, by name; `None` for the default ones.
    Storing(Option<Vec<String>>),
    /// The folder that waits for an answer, with the workspace of the one that it looks like.
    WithWorkspaceOfMoved,
    /// The same folder, as one that was never seen.
    Anew,
    /// That folder is not opened after all.
    NotYet,
    /// Nothing: what is open is closed, and the welcome view is back.
    Nothing,
}

impl Session {
    pub(super) fn open(&mut self, wish: Open) -> Vec<Request> {
        match wish {
            Open::Folder(folder) => self.open_another(folder, None, None),
            Open::Again { folder, workspace, left } => self.open_another(folder, workspace, left),
            Open::FolderThrough { folder, network } => {
                self.lasting.resumes = false;
                self.lasting.wanted_layers = None;
                self.lasting.take_up(Some(folder.clone()), None);
                self.lasting.network = network;
                vec![self.open_request(folder, None)]
            }
            Open::Sample(left) => {
                self.lasting.wanted_layers = None;
                self.lasting.asked_workspace = None;
                self.lasting.resumes = false;
                self.lasting.use_default_network();
                self.lasting.take_up(None, left);
                vec![Request::OpenSample { network: self.lasting.network.clone() }]
            }
            Open::Through(network) => {
                self.lasting.network = network;
                self.lasting.has_chosen_network = self.opened.folder().is_none();
                self.lasting.wanted_layers = None;
                self.reopen()
            }
            Open::UsuallyThrough(network) => {
                self.lasting.default_network = network;
                if self.opened.folder().is_none() {
                    self.lasting.use_default_network();
                }
                Vec::new()
            }
            Open::Storing(layers) => {
                self.lasting.wanted_layers = layers;
                self.reopen()
            }
            Open::WithWorkspaceOfMoved => {
                let Some(moved) = self.opened.moved_folder.take() else { return Vec::new() };
                vec![Request::OpenMoved { from: moved.from, wish: self.open_wish(moved.folder, None) }]
            }
            Open::Anew => {
                let Some(moved) = self.opened.moved_folder.take() else { return Vec::new() };
                vec![Request::OpenAnew(self.open_wish(moved.folder, None))]
            }
            Open::NotYet => {
                self.opened.moved_folder = None;
                self.lasting.goes_elsewhere = false;
                Vec::new()
            }
            Open::Nothing => {
                // Making the sample or extracting stops at once, before the engine takes the request.
                if let Some(progress) = &self.opened.progress {
                    progress.cancel();
                }
                vec![Request::Close]
            }
        }
    }

    fn open_another(&mut self, folder: PathBuf, workspace: Option<PathBuf>, left: Option<LeftAt>) -> Vec<Request> {
        self.lasting.resumes = false;
        // Layers are chosen for one collection; another one goes on with what its workspace has.
        self.lasting.wanted_layers = None;
        let is_open = self.opened.folder().as_ref() == Some(&folder);
        if !is_open {
            self.lasting.network = self.lasting.network.elsewhere();
            self.lasting.use_default_network();
        }
        match (is_open, left) {
            // Where the person is in it is where they stay.
            (true, None) => self.lasting.takes_up = None,
            (_, left) => self.lasting.take_up(Some(folder.clone()), left),
        }
        vec![self.open_request(folder, workspace)]
    }

    fn reopen(&mut self) -> Vec<Request> {
        let Some(folder) = self.opened.folder() else { return Vec::new() };
        let of_open = self.collection().map(|collection| collection.workspace.clone());
        let workspace = of_open.or_else(|| self.lasting.asked_workspace.clone());
        // What was chosen is taken up again, and nothing older.
        self.lasting.resumes = true;
        self.lasting.takes_up = None;
        vec![self.open_request(folder, workspace)]
    }

    pub(super) fn open_request(&mut self, folder: PathBuf, workspace: Option<PathBuf>) -> Request {
        Request::Open(self.open_wish(folder, workspace))
    }

    fn open_wish(&mut self, folder: PathBuf, workspace: Option<PathBuf>) -> OpenWish {
        self.lasting.asked_workspace.clone_from(&workspace);
        OpenWish {
            folder,
            workspace,
            network: self.lasting.network.clone(),
            layers: self.lasting.wanted_layers.clone(),
            extract: !self.lasting.only_looks,
        }
    }
}

//! Which networks there are, and which are on their way. Folders that are opened and closed change nothing of it.

use std::path::PathBuf;
use std::sync::Arc;

use super::notices::{NoticeOf, NoticeText, Notices};
use crate::engine::networks::PreparationWish;
use crate::engine::{KnownNetwork, Progress, Request};

/// What can be wished for the networks we know.
#[derive(Clone, Debug, PartialEq)]
pub enum Networks {
    /// Look which networks there are.
    List,
    /// Download what is missing of a network.
    Download(String),
    /// Stop downloading it; what has arrived stays.
    StopDownload(String),
    /// Remember a network's file, and how pictures are prepared for it.
    Add {
        /// The file; it stays where it is.
        file: PathBuf,
        /// What to call it.
        name: String,
        /// What is to be done otherwise than the file suggests.
        wish: PreparationWish,
    },
    /// Forget a network of one's own, or delete what was downloaded of another.
    Remove(String),
}

/// A download of a network that runs.
#[derive(Clone, Debug)]
pub struct Download {
    /// Which network.
    pub name: String,
    /// How many bytes of how many.
    pub progress: Arc<Progress>,
}

/// The networks we know.
#[derive(Clone, Debug, Default)]
pub struct KnownNetworks {
    /// All of them, once they were asked for.
    pub list: Option<Arc<Vec<KnownNetwork>>>,
    /// Downloads that run.
    pub downloads: Vec<Download>,
    /// The name of one that is being added.
    pub added: Option<String>,
}

impl KnownNetworks {
    /// What is known of the network called `name`.
    pub fn known(&self, name: &str) -> Option<&KnownNetwork> {
        self.list.as_ref()?.iter().find(|known| known.name == name)
    }

    /// The running download of the network called `name`.
    pub fn download(&self, name: &str) -> Option<&Download> {
        self.downloads.iter().find(|download| download.name == name)
    }

    pub(in crate::session) fn act(&mut self, wish: Networks) -> Vec<Request> {
        match wish {
            Networks::List => vec![Request::ListNetworks],
            // It is asked for once, however often it is wished for.
            Networks::Download(name) => match self.download(&name) {
                Some(_) => Vec::new(),
                None => vec![Request::DownloadNetwork(name)],
            },
            Networks::StopDownload(name) => {
                // Read by the download at once; the engine need not be asked.
                if let Some(download) = self.download(&name) {
                    download.progress.cancel();
                }
                Vec::new()
            }
            Networks::Add { file, name, wish } => {
                self.added = Some(name.clone());
                vec![Request::AddNetwork { file, name, wish }]
            }
            Networks::Remove(name) => vec![Request::RemoveNetwork(name)],
        }
    }

    pub(in crate::session) fn take(&mut self, networks: Arc<Vec<KnownNetwork>>) {
        self.list = Some(networks);
        if self.added.as_ref().is_some_and(|name| self.known(name).is_some()) {
            self.added = None;
        }
    }

    pub(in crate::session) fn take_download_start(&mut self, name: String, progress: Arc<Progress>) {
        self.downloads.retain(|download| download.name != name);
        self.downloads.push(Download { name, progress });
    }

    pub(in crate::session) fn take_download_end(&mut self, name: &str, cancelled: bool, notices: &mut Notices) {
        self.downloads.retain(|download| download.name != name);
        let title = self.known(name).map_or(name, |known| &known.title);
        let mut tell = |news: String| notices.tell_of(NoticeOf::Networks, NoticeText::News(news));
        if self.known(name).is_some_and(|known| known.is_here) {
            tell(format!("{title} is here now. Press Use under Networks to look through it."));
        } else if cancelled {
            let kept = "What was downloaded so far is saved; Download continues from there.";
            tell(format!("The download of {title} was stopped. {kept}"));
        }
        // Otherwise a problem has said why.
    }

    /// A network that is asked for in vain is not waited for any more.
    pub(in crate::session) fn give_up(&mut self, name: &str) {
        self.added.take_if(|added| added == name);
    }
}

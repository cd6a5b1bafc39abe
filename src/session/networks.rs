//! Which networks there are, and which are on their way. Folders that are opened and closed change nothing of it.

use std::sync::Arc;

use super::Fetch;
use super::Session;
use super::notice::NoticeText;
use crate::engine::{KnownNetwork, Problem, Progress, Request};

impl Session {
    /// What is known of the network called `name`.
    pub fn known(&self, name: &str) -> Option<&KnownNetwork> {
        self.networks.as_ref()?.iter().find(|known| known.name == name)
    }

    /// The running download of the network called `name`.
    pub fn fetch(&self, name: &str) -> Option<&Fetch> {
        self.fetches.iter().find(|fetch| fetch.name == name)
    }

    /// Asks for a network once, however often it is wished for.
    pub(super) fn fetch_network(&self, name: String) -> Vec<Request> {
        match self.fetch(&name) {
            Some(_) => Vec::new(),
            None => vec![Request::FetchNetwork(name)],
        }
    }

    /// Read by the download at once; the engine need not be asked.
    pub(super) fn cancel_fetch(&self, name: &str) -> Vec<Request> {
        if let Some(fetch) = self.fetch(name) {
            fetch.progress.cancel();
        }
        Vec::new()
    }

    pub(super) fn take_networks(&mut self, networks: Arc<Vec<KnownNetwork>>) {
        self.networks = Some(networks);
        if self.added.as_ref().is_some_and(|name| self.known(name).is_some()) {
            self.added = None;
        }
    }

    pub(super) fn take_fetch_start(&mut self, name: String, progress: Arc<Progress>) {
        self.fetches.retain(|fetch| fetch.name != name);
        self.fetches.push(Fetch { name, progress });
    }

    pub(super) fn take_fetch_end(&mut self, name: &str, cancelled: bool) {
        self.fetches.retain(|fetch| fetch.name != name);
        let title = self.known(name).map_or(name, |known| &known.title).to_owned();
        if self.known(name).is_some_and(|known| known.is_here) {
            self.tell(NoticeText::News(format!("{title} is here now. Press Use under Networks to look through it.")));
        } else if cancelled {
            let kept = "What has arrived is kept; Download goes on from there.";
            self.tell(NoticeText::News(format!("The download of {title} was stopped. {kept}")));
        }
        // Otherwise a problem has said why.
    }

    /// A network that is asked for in vain is not waited for any more.
    pub(super) fn give_up_network(&mut self, name: &str) {
        self.added.take_if(|added| added == name);
    }

    /// What is open or being opened is another matter.
    pub(super) fn tell_of_networks(&mut self, problem: Problem) {
        let text = NoticeText::Problem(problem);
        // A broken description is complained of whenever the list is asked for; once is enough.
        self.notices.retain(|notice| notice.text != text);
        self.tell(text);
    }
}

//! Which graphics adapters there are, found out off the window's thread: drivers take their time to be asked.

use std::sync::Arc;
use std::thread;

use crossbeam_channel::{Receiver, bounded};

use crate::ui::Waker;

/// Says what the graphics adapters are called.
pub type ListAdapters = Arc<dyn Fn() -> Vec<String> + Send + Sync>;

/// The names of the graphics adapters, once they are known.
pub struct AdapterList {
    names: Vec<String>,
    coming: Option<Receiver<Vec<String>>>,
}

impl AdapterList {
    /// Begins to look.
    pub fn begin(list: &ListAdapters, waker: &Waker) -> Self {
        let (done, coming) = bounded(1);
        let (list, waker) = (list.clone(), waker.clone());
        let spawned = thread::Builder::new().name("adapters".into()).spawn(move || {
            // The dialog may be closed by now.
            let _ = done.send(list());
            waker.wake();
        });
        Self { names: Vec::new(), coming: spawned.ok().map(|_| coming) }
    }

    /// Takes in what was found.
    pub(super) fn take_in(&mut self) {
        if let Some(names) = self.coming.as_ref().and_then(|coming| coming.try_recv().ok()) {
            self.names = names;
            self.coming = None;
        }
    }

    /// Those that are known.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether it is still being found out.
    pub(super) fn is_looking(&self) -> bool {
        self.coming.is_some()
    }
}

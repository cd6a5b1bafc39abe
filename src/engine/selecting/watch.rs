//! The thread that sees when another program asks for a selection, or what is selected.

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{RecvTimeoutError, Sender, bounded};

use crate::domain::{ImageId, counted, thousands};
use crate::engine::message::{Event, Problem};
use crate::engine::opened::Opened;
use crate::store::selection;

/// How often it looks whether there is a wish. That asks the disk for two names.
const EVERY: Duration = Duration::from_millis(250);

/// Watches as long as it is there.
pub struct SelectionWatch {
    /// Dropped, it ends the thread.
    stop: Option<Sender<()>>,
    join: Option<JoinHandle<()>>,
}

impl SelectionWatch {
    /// Starts the thread.
    ///
    /// # Errors
    /// When it cannot be started.
    pub fn start(opened: &Arc<Opened>) -> io::Result<Self> {
        let (stop, stopped) = bounded(0);
        let opened = opened.clone();
        let watch = move || {
            let mut said = String::new();
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(EVERY) {
                if selection::is_waiting(&opened.root) {
                    take(&opened, &mut said);
                }
                if selection::take_want(&opened.root) {
                    opened.outbox.tell(Event::SelectionWanted);
                }
            }
        };
        let join = std::thread::Builder::new().name("tiramisu-selection".into()).spawn(watch)?;
        Ok(Self { stop: Some(stop), join: Some(join) })
    }
}

impl Drop for SelectionWatch {
    fn drop(&mut self) {
        self.stop = None;
        if let Some(join) = self.join.take() {
            join.join().ok();
        }
    }
}

/// Takes the wish and tells it. `said` is what was wrong the last time: what cannot be taken is met again and again.
fn take(opened: &Opened, said: &mut String) {
    let images = match selection::take(&opened.root) {
        Ok(Some(images)) => images,
        Ok(None) => return,
        Err(error) => {
            let why = error.to_string();
            if *said != why {
                opened.outbox.remark(Problem::new("A selection that another program asked for was passed over", &why));
                *said = why;
            }
            return;
        }
    };
    said.clear();
    let all = images.len();
    let (known, unknown): (Vec<ImageId>, Vec<ImageId>) =
        images.into_iter().partition(|image| image.index() < opened.catalogue.len());
    if let Some(first) = unknown.first() {
        let why = format!(
            "{} of {} not in this collection, number {} among them: {}",
            thousands(unknown.len()),
            counted(all, "image is", "images are"),
            first.0,
            opened.root.display()
        );
        opened.outbox.remark(Problem::new("Another program asked to select images that are not here", why));
        if known.is_empty() {
            return;
        }
    }
    opened.outbox.tell(Event::SelectionAsked(known));
}

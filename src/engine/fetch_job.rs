//! Downloads for the window, each on a thread of its own.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use super::guard::guarded;
use super::outbox::Outbox;
use super::{Event, Problem, Progress, networks};

/// The downloads that run.
pub struct Fetches {
    data_dir: Option<PathBuf>,
    outbox: Outbox,
    running: Vec<(String, Arc<Progress>, JoinHandle<()>)>,
}

impl Fetches {
    /// None runs yet.
    pub fn new(data_dir: Option<PathBuf>, outbox: Outbox) -> Self {
        Self { data_dir, outbox, running: Vec::new() }
    }

    /// Tells which networks there are.
    pub fn list(&self) {
        tell_list(self.data_dir.as_ref(), &self.outbox, true);
    }

    /// Begins to get a network, unless that is being done.
    pub fn start(&mut self, name: String) {
        self.running.retain(|(_, _, join)| !join.is_finished());
        if self.running.iter().any(|(running, ..)| *running == name) {
            return;
        }
        let progress = Arc::new(Progress::new(format!("Downloading {name}")));
        self.outbox.tell(Event::FetchStarted(progress.clone()));
        let (data_dir, outbox, counters, wanted) =
            (self.data_dir.clone(), self.outbox.clone(), progress.clone(), name.clone());
        let work = move || {
            let fetched = guarded("The download failed", &outbox, || {
                networks::fetch(&wanted, data_dir.as_deref(), &[], &counters)
            });
            counters.end();
            match fetched {
                Some(Ok(Some(fetched))) => fetched.problems.into_iter().for_each(|problem| outbox.complain(problem)),
                Some(Err(problem)) => outbox.complain(problem),
                Some(Ok(None)) | None => {}
            }
            tell_list(data_dir.as_ref(), &outbox, false);
            outbox.tell(Event::FetchEnded { name: wanted, cancelled: counters.is_cancelled() });
        };
        match std::thread::Builder::new().name("tiramisu-fetch".into()).spawn(work) {
            Ok(join) => self.running.push((name, progress, join)),
            Err(error) => {
                self.outbox.complain(Problem::new("The download failed", error));
                self.outbox.tell(Event::FetchEnded { name, cancelled: false });
            }
        }
    }

    /// Stops all; what has arrived stays.
    pub fn stop(&mut self) {
        for (_, progress, join) in self.running.drain(..) {
            progress.cancel();
            join.join().ok();
        }
    }
}

fn tell_list(data_dir: Option<&PathBuf>, outbox: &Outbox, with_problems: bool) {
    match networks::list(data_dir.map(PathBuf::as_path)) {
        Ok((networks, problems)) => {
            outbox.tell(Event::Networks(Arc::new(networks)));
            problems.into_iter().filter(|_| with_problems).for_each(|problem| outbox.complain(problem));
        }
        Err(problem) => outbox.complain(problem),
    }
}

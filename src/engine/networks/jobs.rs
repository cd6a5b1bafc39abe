//! Downloads of networks and changes of what is remembered of them, each on a thread of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::engine::message::{Asked, Event, PreparationWish, Problem, Progress};
use crate::engine::networks;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::outbox::Outbox;

/// What runs.
pub struct Downloads {
    data_dir: Option<PathBuf>,
    outbox: Outbox,
    running: Vec<(String, Arc<Progress>, JoinHandle<()>)>,
    changes: Vec<JoinHandle<()>>,
}

impl Downloads {
    /// Nothing runs yet.
    pub fn new(data_dir: Option<PathBuf>, outbox: Outbox) -> Self {
        Self { data_dir, outbox, running: Vec::new(), changes: Vec::new() }
    }

    /// Tells which networks there are.
    pub fn list(&self) {
        tell_list(self.data_dir.as_deref(), &self.outbox, &Asked::Networks, true);
    }

    /// Begins to get a network, unless that is being done.
    pub fn start(&mut self, name: String) {
        if self.is_running(&name) {
            return;
        }
        let progress = Arc::new(Progress::new(format!("Downloading {name}")));
        self.outbox.tell(Event::DownloadStarted { name: name.clone(), progress: progress.clone() });
        let (data_dir, outbox, counters, wanted) =
            (self.data_dir.clone(), self.outbox.clone(), progress.clone(), name.clone());
        let of = Asked::Network(name.clone());
        let asked = of.clone();
        let work = move || {
            let of = asked;
            let _job = counters.enter_span();
            let downloaded = guarded("The download failed", &of, &outbox, || {
                networks::download_network(&wanted, data_dir.as_deref(), &[], &counters)
            });
            counters.end();
            match downloaded {
                Some(Ok(Some(downloaded))) => {
                    downloaded.problems.into_iter().for_each(|problem| outbox.complain(of.clone(), problem));
                }
                Some(Err(problem)) => outbox.complain(of.clone(), problem),
                Some(Ok(None)) | None => {}
            }
            tell_list(data_dir.as_deref(), &outbox, &of, false);
            outbox.tell(Event::DownloadEnded { name: wanted, cancelled: counters.is_cancelled() });
        };
        match std::thread::Builder::new().name("tiramisu-downloads".into()).spawn(work) {
            Ok(join) => self.running.push((name, progress, join)),
            Err(error) => {
                self.outbox.complain(of, Problem::new("The download failed", error));
                self.outbox.tell(Event::DownloadEnded { name, cancelled: false });
            }
        }
    }

    /// Remembers a network's file, which has to be read for that.
    pub fn add(&mut self, file: PathBuf, name: String, wish: PreparationWish) {
        self.change("The network could not be added", name.clone(), move |data_dir| {
            networks::add(&file, Some(&name), &wish, data_dir).map(|_| ())
        });
    }

    /// Forgets a network of the person's own, or deletes what was downloaded of another.
    pub fn remove(&mut self, name: String) {
        if self.is_running(&name) {
            let problem = Problem::new(format!("{name} could not be removed"), "it is being downloaded.");
            let problem = problem.with_remedy("Cancel the download first.");
            return self.outbox.complain(Asked::Network(name), problem);
        }
        self.change("The network could not be removed", name.clone(), move |data_dir| {
            networks::remove(&name, data_dir).map(|_| ())
        });
    }

    /// Stops all; what has arrived stays.
    pub fn stop(&mut self) {
        for (_, progress, join) in self.running.drain(..) {
            progress.cancel();
            join.join().ok();
        }
        self.changes.drain(..).for_each(|join| {
            join.join().ok();
        });
    }

    fn is_running(&mut self, name: &str) -> bool {
        self.running.retain(|(_, _, join)| !join.is_finished());
        self.running.iter().any(|(running, ..)| running == name)
    }

    /// Makes a change to the network `name` and tells which networks there are then, or `what` went wrong.
    fn change(
        &mut self,
        what: &'static str,
        name: String,
        change: impl FnOnce(Option<&Path>) -> Result<(), Problem> + Send + 'static,
    ) {
        self.changes.retain(|join| !join.is_finished());
        let (data_dir, outbox) = (self.data_dir.clone(), self.outbox.clone());
        let of = Asked::Network(name);
        let asked = of.clone();
        let work = move || {
            if let Some(Err(problem)) = guarded(what, &asked, &outbox, || change(data_dir.as_deref())) {
                outbox.complain(asked.clone(), problem);
            }
            tell_list(data_dir.as_deref(), &outbox, &asked, false);
        };
        match std::thread::Builder::new().name("tiramisu-networks".into()).spawn(work) {
            Ok(join) => self.changes.push(join),
            Err(error) => self.outbox.complain(of, Problem::new(what, error)),
        }
    }
}

/// Tells which networks there are; `of` what was asked for.
fn tell_list(data_dir: Option<&Path>, outbox: &Outbox, of: &Asked, with_problems: bool) {
    match networks::list(data_dir) {
        Ok((networks, problems)) => {
            outbox.tell(Event::Networks(Arc::new(networks)));
            problems.into_iter().filter(|_| with_problems).for_each(|problem| outbox.complain(of.clone(), problem));
        }
        Err(problem) => outbox.complain(of.clone(), problem),
    }
}

//! Maintenance of the workspace that is open, on a thread of its own.
//!
//! What changes the workspace has its writing end meanwhile, as an extraction has: neither runs beside the other. Nor do
//! analyses, which write results of their own: files of theirs that are not committed yet look like leftovers.

use std::path::Path;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, bounded};

use crate::engine::coordinator::{Coordinator, Incoming};
use crate::engine::extraction::writer::Writer;
use crate::engine::maintenance;
use crate::engine::message::{AnalysisAnswer, Asked, Event, MaintenanceReport, MaintenanceWish, Problem, Progress};
use crate::engine::thread::guard::guarded;
use crate::engine::thread::outbox::Outbox;
use crate::store::Workspace;

/// Work in the workspace that runs.
pub struct MaintenanceJob {
    writes: bool,
    progress: Arc<Progress>,
    join: JoinHandle<()>,
    /// The writing end comes back here, and whether the workspace is another now.
    returned: Receiver<(Option<Writer>, bool)>,
}

impl MaintenanceJob {
    /// Work on a thread that gives the writing end back through `returned`.
    pub(super) fn of(
        writes: bool,
        progress: Arc<Progress>,
        join: JoinHandle<()>,
        returned: Receiver<(Option<Writer>, bool)>,
    ) -> Self {
        Self { writes, progress, join, returned }
    }

    /// Whether it changes the workspace.
    pub fn writes(&self) -> bool {
        self.writes
    }

    /// Stops it and waits.
    pub fn stop(self) {
        self.progress.cancel();
        self.join.join().ok();
    }
}

impl Coordinator {
    /// Whether the workspace is being changed by maintenance.
    pub(super) fn is_maintenance_writing(&self) -> bool {
        self.maintenance.as_ref().is_some_and(MaintenanceJob::writes)
    }

    /// Says why what else was asked for must wait.
    pub(super) fn refuse_beside_maintenance(&self, of: Asked) {
        let why = "other work on the workspace is still running.";
        self.outbox.complain(of, Problem::new("That has to wait", why).with_remedy("Try again in a moment."));
    }

    /// Begins it.
    pub(super) fn maintain(&mut self, wish: MaintenanceWish) {
        let refuse = |why: &str, remedy: &str| {
            let problem = Problem::new("The workspace cannot be changed now", why).with_remedy(remedy);
            self.outbox.complain(Asked::Maintenance, problem);
        };
        if self.options.only_looks && !wish.only_inspects() {
            return refuse("the program was started only to look.", "Start it without --only-look.");
        }
        if let Some(running) = &self.maintenance {
            if wish.only_inspects() && !running.writes() {
                // The newest look counts; the earlier one gives way.
                running.progress.cancel();
            } else {
                return refuse("other work on it is still running.", "Try again in a moment.");
            }
        }
        if !wish.only_inspects() && self.job.is_some() {
            return refuse("features are being extracted into it.", "Wait until it has ended, or stop it.");
        }
        if !wish.only_inspects() && self.analyses.are_running() {
            return refuse("an analysis of it is running.", "Wait until it has ended, or stop it.");
        }
        let before = self.maintenance.take();
        let Some(open) = &mut self.open else { return };
        let mut writer = if wish.only_inspects() { None } else { open.lend() };
        let (root, features) = (open.opened.collection.workspace.clone(), open.opened.library.table_name().to_owned());
        let exact_bytes = open.opened.exact_bytes;
        let progress = Arc::new(Progress::new(wish.title()));
        let (give_back, returned) = bounded(1);
        let (outbox, incoming, generation) = (self.outbox.clone(), self.incoming.clone(), self.generation);
        let (asked, counters) = (wish.clone(), progress.clone());
        let work = move || {
            if let Some(before) = before {
                before.stop();
            }
            let _job = counters.enter_span();
            outbox.tell(Event::MaintenanceStarted(counters.clone()));
            let outcome = guarded("Workspace maintenance failed", &Asked::Maintenance, &outbox, || match &mut writer {
                Some(writer) => do_wish(writer, &asked, exact_bytes, &counters),
                None => maintenance::maintain(&root, std::slice::from_ref(&asked), exact_bytes, &counters),
            });
            counters.end();
            // Whatever came of it: what was begun is finished when the workspace is opened.
            let is_other = matches!(asked, MaintenanceWish::Restore { .. });
            // Before anything is told: whoever hears of the end may ask for more at once.
            give_back.send((writer, is_other)).ok();
            incoming.send(Incoming::MaintenanceEnded(generation)).ok();
            match outcome {
                Some(Ok(news)) => {
                    outbox.tell(Event::MaintenanceEnded(Arc::new(news)));
                    if matches!(asked, MaintenanceWish::Prefer(_)) {
                        tell_indices(&root, &features, &outbox);
                    }
                }
                // A look that gave way to another is no problem.
                Some(Err(_)) if asked.only_inspects() && counters.is_cancelled() => {}
                Some(Err(problem)) => outbox.complain(Asked::Maintenance, problem),
                None => {}
            }
        };
        match std::thread::Builder::new().name("tiramisu-maintenance".into()).spawn(work) {
            Ok(join) => self.maintenance = Some(MaintenanceJob::of(!wish.only_inspects(), progress, join, returned)),
            Err(error) => {
                self.outbox.complain(Asked::Maintenance, Problem::new("Workspace maintenance could not start", error))
            }
        }
    }

    /// It has ended: extracting needs the writing end again, and an earlier state is opened anew.
    pub(super) fn take_maintenance_back(&mut self) {
        // The end of a look that gave way is told while another runs.
        let Some(maintenance) = self.maintenance.take_if(|maintenance| !maintenance.returned.is_empty()) else {
            return;
        };
        maintenance.join.join().ok();
        let Ok((writer, is_other)) = maintenance.returned.recv() else { return };
        if let Some(open) = &mut self.open {
            // Their files may be others now.
            open.opened.kept.forget();
            match writer {
                Some(writer) => open.take_back(writer),
                None => open.hold_again(),
            }
        }
        if is_other && let Some(request) = self.last.clone() {
            // Not to extract at once: whoever goes back wants to see what was.
            self.open_and(&request, false);
        }
    }
}

/// A preference makes and drops indices, and neighbours are looked for by those there are.
fn tell_indices(root: &Path, features: &str, outbox: &Outbox) {
    match Workspace::open(root).and_then(|workspace| workspace.indices(features)) {
        Ok(indices) => outbox.tell(Event::Answered(AnalysisAnswer::Indices(indices))),
        Err(error) => tracing::warn!(%error, "indices are not listed"),
    }
}

fn do_wish(
    writer: &mut Writer,
    wish: &MaintenanceWish,
    exact_bytes: usize,
    progress: &Progress,
) -> Result<MaintenanceReport, Problem> {
    let outcome = maintenance::do_wish(&mut writer.workspace, wish, exact_bytes, progress);
    // Whatever came of it, the handles must see the latest versions before anything is appended.
    let refreshed = writer.refresh();
    let news = outcome?;
    refreshed.map_err(|error| Problem::new("The workspace could not be read again; open the folder anew", error))?;
    Ok(news)
}

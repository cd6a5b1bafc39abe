//! Moving files into folders, or saying where files would go, on a thread of its own. Who moves them has the workspace's writing end meanwhile, as maintenance has: nothing that
//! writes runs beside it.

use std::sync::Arc;

use crossbeam_channel::bounded;

use crate::engine::coordinator::maintenance::MaintenanceJob;
use crate::engine::coordinator::{Coordinator, Incoming};
use crate::engine::export::job;
use crate::engine::export::moving::Planned;
use crate::engine::extraction::writer::Writer;
use crate::engine::message::{Asked, Event, ExportWish, MoveSummary, MoveWish, Problem, Progress};
use crate::engine::opened::Opened;
use crate::engine::thread::guard::guarded;
use crate::store::Workspace;

const WHAT: &str = "Nothing was moved";

impl Coordinator {
    /// Says what would be moved, or moves it if the person agreed.
    pub(super) fn move_files(&mut self, wish: MoveWish) {
        let refuse = |why: &str, remedy: &str| {
            self.outbox.complain(Asked::Export, Problem::new(WHAT, why).with_remedy(remedy));
        };
        if self.options.only_looks {
            return refuse("the program was started only to look.", "Start it without --only-look.");
        }
        if self.maintenance.is_some() {
            return refuse("other work on the workspace is still running.", "Try again in a moment.");
        }
        if self.job.is_some() {
            return refuse("features are being extracted.", "Wait until that has ended, or stop it.");
        }
        if self.analyses.are_analysing() {
            return refuse("an analysis is running.", "Wait until it has ended, or stop it.");
        }
        let is_agreed = wish.is_agreed;
        let title = if is_agreed { "Moving files" } else { "Planning where files go" };
        self.beside(title, is_agreed, WHAT, move |writer, opened, progress| {
            let planned = Planned::of(&wish, opened, progress)?;
            match is_agreed {
                true => carry_out(&planned, writer, opened, progress).map(Event::Moved),
                false => Ok(Event::MoveToConfirm(Arc::new(planned.counts(opened)))),
            }
        });
    }

    /// Says what writing image folders would do.
    pub(super) fn plan_folders(&mut self, wish: ExportWish) {
        let what = "Nothing was exported";
        if self.maintenance.is_some() {
            let problem = Problem::new(what, "other work on the workspace is still running.");
            return self.outbox.complain(Asked::Export, problem.with_remedy("Try again in a moment."));
        }
        self.beside("Planning where files go", false, what, move |_, opened, progress| {
            job::plan_folders(&wish, opened, progress).map(|counts| Event::FoldersToConfirm(Arc::new(counts)))
        });
    }

    /// Does `work` on a thread of its own, with the workspace's writing end if it `writes`, and tells what comes of it.
    fn beside(
        &mut self,
        title: &str,
        writes: bool,
        what: &'static str,
        work: impl FnOnce(&mut Option<Writer>, &Opened, &Progress) -> Result<Event, Problem> + Send + 'static,
    ) {
        let before = self.analyses.take_aside();
        let Some(open) = &mut self.open else { return };
        let mut writer = if writes { open.lend() } else { None };
        let opened = open.opened.clone();
        let progress = Arc::new(Progress::new(title));
        let (give_back, returned) = bounded(1);
        let (outbox, incoming, generation) = (self.outbox.clone(), self.incoming.clone(), self.generation);
        let counters = progress.clone();
        let work = move || {
            // Tags that were just given say where files go.
            before.into_iter().for_each(|join| drop(join.join()));
            let _job = counters.enter_span();
            outbox.tell(Event::ExportStarted(counters.clone()));
            let outcome = guarded(what, &Asked::Export, &outbox, || work(&mut writer, &opened, &counters));
            counters.end();
            // Before anything is told: whoever hears of the end may ask for more at once.
            give_back.send((writer, false)).ok();
            incoming.send(Incoming::MaintenanceEnded(generation)).ok();
            match outcome {
                // Who closes the folder asks for no counts any more.
                Some(_) if !writes && counters.is_cancelled() => {}
                Some(Ok(event)) => outbox.tell(event),
                Some(Err(problem)) => outbox.complain(Asked::Export, problem),
                None => {}
            }
        };
        match std::thread::Builder::new().name("tiramisu-move".into()).spawn(work) {
            Ok(join) => self.maintenance = Some(MaintenanceJob::of(writes, progress, join, returned)),
            Err(error) => self.outbox.complain(Asked::Export, Problem::new(what, error)),
        }
    }
}

fn carry_out(
    planned: &Planned,
    writer: &mut Option<Writer>,
    opened: &Opened,
    progress: &Progress,
) -> Result<MoveSummary, Problem> {
    let unread = |error| Problem::new("The workspace could not be read again; open the folder anew", error);
    match writer {
        Some(writer) => {
            let summary = planned.carry_out(&mut writer.workspace, opened, progress)?;
            writer.refresh().map_err(unread)?;
            Ok(summary)
        }
        None => {
            // Before anything moves: who cannot write down where files are does not move them.
            let mut workspace = Workspace::open_to_write(&opened.root).map_err(|error| Problem::new(WHAT, error))?;
            planned.carry_out(&mut workspace, opened, progress)
        }
    }
}

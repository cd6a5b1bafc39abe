//! What runs: one analysis of a kind at a time. Asked for another, the earlier one is stopped: the newest wish counts, as with
//! looks. Beside them short work on what was made before, one after the other.

use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use super::{cluster, cut_outs, import, keeping, relabel, run, tag};
use crate::domain::{ImageSet, TagColour};
use crate::engine::message::{
    AnalysisWish, Asked, Event, ImportWish, Problem, Progress, Regroup, RegroupWish, RelabelWish,
};
use crate::engine::opened::Opened;
use crate::engine::thread::guard::guarded;

/// What runs.
#[derive(Default)]
pub struct Analyses {
    running: Vec<Running>,
    /// Short work on what was made before, one after the other.
    aside: Option<JoinHandle<()>>,
    /// Held by who does such work now.
    turn: Arc<Mutex<()>>,
    /// What is being imported, or was last: one import at a time, so that stopping and forgetting reach what is meant.
    importing: Option<Arc<Progress>>,
    /// Who imports: reads files beside all that, and takes a turn to write.
    importer: Option<JoinHandle<()>>,
    /// Files that are read to say what importing them would do.
    planning: Option<(Arc<Progress>, JoinHandle<()>)>,
}

/// What reading files for an import is called.
const READING: &str = "Reading labels and boxes";

struct Running {
    wish: AnalysisWish,
    progress: Arc<Progress>,
    join: JoinHandle<()>,
}

impl Analyses {
    /// Begins one; an earlier one of its kind is stopped. What only brings clusters back takes its turn with their names, which
    /// are of clusters as they are then.
    pub fn start(&mut self, wish: AnalysisWish, opened: Arc<Opened>) {
        if matches!(&wish, AnalysisWish::Regroup(RegroupWish { how: Regroup::Apply(_), .. })) {
            return self.do_aside(wish.asked(), opened, move |opened| {
                if let Err(problem) = run(&wish, opened, &Progress::of(&wish)) {
                    opened.outbox.complain(wish.asked(), problem);
                }
            });
        }
        self.running.retain(|running| !running.join.is_finished());
        let place = self.running.iter().position(|running| running.wish.is_like(&wish));
        let before = place.map(|place| self.running.remove(place));
        let progress = Arc::new(Progress::of(&wish));
        let (counters, outbox, asked) = (progress.clone(), opened.outbox.clone(), wish.clone());
        let to_refuse = outbox.clone();
        // Now, not when the one before has ended: whoever stops it meanwhile means this one.
        outbox.tell(Event::AnalysisStarted(progress.clone()));
        if let Some(before) = &before {
            before.progress.cancel();
        }
        let work = move || {
            if let Some(before) = before {
                before.join.join().ok();
            }
            let _job = counters.enter_span();
            let outcome = guarded("The analysis failed", &asked.asked(), &outbox, || run(&asked, &opened, &counters));
            counters.end();
            if let Some(Err(problem)) = outcome {
                outbox.complain(asked.asked(), problem);
            }
            outbox.tell(Event::AnalysisEnded { cancelled: counters.is_cancelled() });
        };
        match std::thread::Builder::new().name("tiramisu-analysis".into()).spawn(work) {
            Ok(join) => self.running.push(Running { wish, progress, join }),
            Err(error) => {
                progress.end();
                to_refuse.complain(wish.asked(), Problem::new("The analysis could not begin", error));
                to_refuse.tell(Event::AnalysisEnded { cancelled: false });
            }
        }
    }

    /// Tells a clustering that was made before.
    pub fn open_clustering(&mut self, name: String, opened: Arc<Opened>) {
        self.do_aside(Asked::Clustering, opened, move |opened| cluster::tell(&name, opened));
    }

    /// Tells what was found before and is kept.
    pub fn tell_kept(&mut self, opened: Arc<Opened>) {
        let all_told = keeping::AllTold(opened.outbox.clone());
        self.do_aside(Asked::Nothing, opened, move |opened| {
            let _all_told = all_told;
            keeping::tell(opened);
        });
    }

    /// Calls a cluster by a name, or by none.
    pub fn name_cluster(&mut self, clustering: String, cluster: usize, name: Option<String>, opened: Arc<Opened>) {
        self.do_aside(Asked::ClusterName, opened, move |opened| cluster::rename(&clustering, cluster, name, opened));
    }

    /// Tells the tags of the collection.
    pub fn list_tags(&mut self, opened: Arc<Opened>) {
        self.do_aside(Asked::Tags, opened, tag::tell);
    }

    /// Puts tags, imported labels and boxes back on pictures that were not on record before, and tells the tags of the
    /// collection.
    pub fn take_up_handwork(&mut self, opened: Arc<Opened>) {
        self.do_aside(Asked::Tags, opened, |opened| {
            import::take_up(opened);
            tag::take_up(opened);
        });
    }

    /// Imports labels, splits and boxes; refused while another import runs, which may be stopped. Tags do not wait until files are
    /// read: large ones take a while.
    pub fn import(&mut self, wish: ImportWish, opened: Arc<Opened>) {
        if self.importing.as_ref().is_some_and(|running| !running.has_ended()) {
            let problem = Problem::new(
                format!("{} was not imported", wish.path.display()),
                "another import of this folder is not at its end yet",
            );
            let problem = problem.with_remedy("Wait until that has ended, or stop it, and import again.");
            return opened.outbox.complain(Asked::Import, problem);
        }
        let progress = Arc::new(Progress::new("Importing labels and boxes"));
        let (before, turn) = (self.importer.take(), self.turn.clone());
        self.importer = read_files(opened, progress.clone(), move |opened, progress| {
            before.map(JoinHandle::join);
            import::import(&wish, opened, progress, &turn);
        });
        // Where no thread was to be had there is nothing to wait for.
        self.importing = self.importer.is_some().then_some(progress);
    }

    /// Tells what importing would do. Nothing waits for that. What was asked before is given up.
    pub fn plan_import(&mut self, wish: ImportWish, opened: Arc<Opened>) {
        let before = self.planning.take();
        if let Some((before, _)) = &before {
            before.cancel();
        }
        let progress = Arc::new(Progress::new(READING));
        let planner = read_files(opened, progress.clone(), move |opened, progress| {
            before.map(|(_, join)| join.join());
            import::plan(&wish, opened, progress);
        });
        self.planning = planner.map(|join| (progress, join));
    }

    /// Stops importing, or reading what is to be imported.
    pub fn stop_import(&self) {
        let planning = self.planning.iter().map(|(progress, _)| progress);
        self.importing.iter().chain(planning).for_each(|progress| progress.cancel());
    }

    /// Forgets all that was imported, and what is being read to be.
    pub fn forget_imported(&mut self, over_hand: bool, opened: Arc<Opened>) {
        self.importing.iter().for_each(|progress| progress.cancel());
        self.do_aside(Asked::Import, opened, move |opened| import::forget(over_hand, opened));
    }

    /// Tells all boxes.
    pub fn tell_boxes(&mut self, opened: Arc<Opened>) {
        self.do_aside(Asked::Boxes, opened, import::tell_boxes);
    }

    /// Tells how many boxes can be cut out.
    pub fn count_boxes(&mut self, opened: Arc<Opened>) {
        self.do_aside(Asked::Boxes, opened, cut_outs::tell_counts);
    }

    /// Gives a tag a colour, or the one of its name.
    pub fn colour_tag(&mut self, tag: String, colour: Option<TagColour>, opened: Arc<Opened>) {
        self.do_aside(Asked::Tag, opened, move |opened| tag::colour(&tag, colour, opened));
    }

    /// Gives images a tag, or takes it from them.
    pub fn tag(&mut self, images: ImageSet, tag: String, is_on: bool, opened: Arc<Opened>) {
        self.do_aside(Asked::Tag, opened, move |opened| tag::change(&images, &tag, is_on, opened));
    }

    /// Gives images a label by hand, or takes that back.
    pub fn relabel(&mut self, wish: RelabelWish, opened: Arc<Opened>) {
        self.do_aside(Asked::Label, opened, move |opened| relabel::change(&wish, opened));
    }

    /// Reads or writes a table off the thread that takes requests, after what was asked for before.
    fn do_aside(&mut self, of: Asked, opened: Arc<Opened>, work: impl FnOnce(&Opened) + Send + 'static) {
        let (before, turn) = (self.aside.take(), self.turn.clone());
        let (to_refuse, asked) = (opened.outbox.clone(), of.clone());
        let work = move || {
            before.map(JoinHandle::join);
            let _turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
            let outbox = opened.outbox.clone();
            guarded("The workspace could not be reached", &of, &outbox, || work(&opened));
        };
        match std::thread::Builder::new().name("tiramisu-results".into()).spawn(work) {
            Ok(join) => self.aside = Some(join),
            Err(error) => to_refuse.complain(asked, Problem::new("The workspace could not be reached", error)),
        }
    }

    /// Whether anything runs that may write a result.
    pub fn are_running(&self) -> bool {
        let is_running = |join: &JoinHandle<()>| !join.is_finished();
        let aside = self.aside.iter().chain(&self.importer);
        self.running.iter().map(|running| &running.join).chain(aside).any(is_running)
    }

    /// Whether an analysis runs.
    pub fn are_analysing(&self) -> bool {
        self.running.iter().any(|running| !running.join.is_finished())
    }

    /// What is still read or written of a table, for somebody who waits for that, off the thread that takes requests.
    pub fn take_aside(&mut self) -> Vec<JoinHandle<()>> {
        self.aside.take().into_iter().chain(self.importer.take()).collect()
    }

    /// Stops all and waits. One is stopped by whoever holds its progress.
    pub fn stop(&mut self) {
        self.running.iter().for_each(|running| running.progress.cancel());
        self.running.drain(..).for_each(|running| {
            running.join.join().ok();
        });
        self.stop_import();
        self.planning.take().map(|(_, join)| join.join());
        self.take_aside().into_iter().for_each(|join| drop(join.join()));
    }
}

/// Has files read on a thread of its own. `None`, which is told, where there is none to be had.
fn read_files(
    opened: Arc<Opened>,
    progress: Arc<Progress>,
    work: impl FnOnce(&Opened, &Arc<Progress>) + Send + 'static,
) -> Option<JoinHandle<()>> {
    let outbox = opened.outbox.clone();
    let read = move || {
        let outbox = opened.outbox.clone();
        guarded("The file could not be read", &Asked::Import, &outbox, || work(&opened, &progress));
        progress.end();
    };
    let begun = std::thread::Builder::new().name("tiramisu-import".into()).spawn(read);
    begun.map_err(|error| outbox.complain(Asked::Import, Problem::new("The file could not be read", error))).ok()
}

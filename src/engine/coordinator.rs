//! The thread that takes requests one by one and hands them on. It never works itself, but for opening and closing.

mod exporting;
mod maintenance;
mod moving;
mod orders;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender};

use crate::engine::analyses::Analyses;
use crate::engine::coordinator::maintenance::MaintenanceJob;
use crate::engine::extraction::extract::SampleWish;
use crate::engine::extraction::writer::Writer;
use crate::engine::message::{Asked, Event, NetworkFile, OpenWish, Problem, Progress, Request};
use crate::engine::networks::jobs::Downloads;
use crate::engine::opening::network::{Found, NotOpened, network_of};
use crate::engine::opening::{Open, SaidOfTables, single_file};
use crate::engine::options::EngineOptions;
use crate::engine::relocating::{moved_from, relocate};
use crate::engine::tensor::TensorHandle;
use crate::engine::thread::guard::guarded;
use crate::engine::thread::outbox::Outbox;
use crate::engine::{places, sample};
use crate::gpu::DeviceWhenNeeded;
use crate::images;
use crate::store::{Reads, selection};

/// What reaches the coordinator.
pub enum Incoming {
    /// From the listener.
    Request(Box<Request>),
    /// What was asked of the disk for what is open; nothing is sent if nothing is.
    CountReads(Sender<Reads>),
    /// Is answered once all is on the disk that is remembered of what is open.
    FinishRemembering(Sender<()>),
    /// An extraction ended; the number says of which opening.
    Ended(u64),
    /// Work in the workspace ended; the number says of which opening.
    MaintenanceEnded(u64),
}

/// State of the thread.
pub struct Coordinator {
    /// How the engine is set up.
    pub options: EngineOptions,
    /// Which device computes.
    pub device: DeviceWhenNeeded,
    /// To the network.
    pub tensor: TensorHandle,
    /// To the listener.
    pub outbox: Outbox,
    /// To itself.
    pub incoming: Sender<Incoming>,
    /// What is open.
    pub open: Option<Open>,
    /// What need not be said again of tables that were open.
    pub said: SaidOfTables,
    /// The running extraction.
    pub job: Option<Job>,
    /// Threads of exports.
    pub exports: Vec<(Arc<Progress>, JoinHandle<()>)>,
    /// Analyses of what is open.
    pub analyses: Analyses,
    /// Work in the workspace that runs.
    pub maintenance: Option<MaintenanceJob>,
    /// What was asked for when what is open was opened.
    pub last: Option<OpenWish>,
    /// Downloads of networks, and changes of what is remembered of them.
    pub downloads: Downloads,
    /// How often something was opened.
    pub generation: u64,
}

/// A running extraction.
pub struct Job {
    progress: Arc<Progress>,
    join: JoinHandle<()>,
    /// The writer comes back here; with it the lock on the workspace.
    returned: Receiver<Writer>,
}

impl Coordinator {
    /// Serves until nobody can ask any more.
    pub fn serve(mut self, inbox: &Receiver<Incoming>) {
        for order in inbox {
            if matches!(&order, Incoming::Request(request) if matches!(**request, Request::Shutdown)) {
                break;
            }
            self.do_guarded(order);
        }
        self.close();
        self.downloads.stop();
        for (progress, join) in self.exports.drain(..) {
            progress.cancel();
            join.join().ok();
        }
    }

    fn take(&mut self, request: Request) {
        match request {
            Request::Open(request) => {
                let may_be_moved = self.options.asks_of_moved && request.extract && request.workspace.is_none();
                match may_be_moved.then(|| moved_from(&request.folder, &self.options)).flatten() {
                    Some(moved) => self.outbox.tell(Event::LooksMoved(moved)),
                    None => self.open(&request),
                }
            }
            Request::OpenAnew(request) => self.open(&request),
            Request::OpenMoved { from, wish } => {
                // It may be the one that is open.
                self.close();
                match relocate(&from, &wish.folder, None, &self.options) {
                    Ok(_) => self.open(&wish),
                    Err(problem) => self.give_up(Asked::Open, problem),
                }
            }
            Request::OpenSample { network } => self.open_sample(network),
            Request::Close => {
                self.close();
                self.outbox.tell(Event::Closed);
            }
            Request::Extract => self.extract(),
            Request::Cancel => {
                if let Some(job) = &self.job {
                    job.progress.cancel();
                }
            }
            Request::Look(look) => {
                if let Some(open) = &self.open {
                    open.looks.look(look);
                }
            }
            Request::Export(request) => self.export(request),
            Request::PlanFolders(request) => self.plan_folders(request),
            Request::MoveFiles(wish) => self.move_files(wish),
            Request::SaveRecipe { target, overwrite } => self.save_recipe(target, overwrite),
            Request::TellRecipe => self.tell_recipe(),
            request if request.writes_results() && self.is_maintenance_writing() => {
                self.refuse_beside_maintenance(request.asked());
                // Whoever chose it shows it already.
                if let (Request::ColourTag { .. }, Some(open)) = (&request, &self.open) {
                    self.analyses.list_tags(open.opened.clone());
                }
            }
            Request::Maintain(wish) => self.maintain(wish),
            Request::Analyse(wish) => {
                if let Some(open) = &self.open {
                    self.analyses.start(wish, open.opened.clone());
                }
            }
            Request::OpenClustering(name) => {
                if let Some(open) = &self.open {
                    self.analyses.open_clustering(name, open.opened.clone());
                }
            }
            Request::TellStored => {
                if let Some(open) = &self.open {
                    self.analyses.tell_kept(open.opened.clone());
                }
            }
            Request::TellImages(wish) => {
                if let Some(open) = &self.open {
                    open.tell_images(&wish);
                }
            }
            Request::TellTags => {
                if let Some(open) = &self.open {
                    self.analyses.list_tags(open.opened.clone());
                }
            }
            Request::TellSelection(images) => {
                if let Some(open) = &self.open
                    && let Err(error) = selection::tell(&open.opened.root, images.iter())
                {
                    self.outbox.remark(Problem::new("Another program could not be told what is selected", error));
                }
            }
            Request::NameCluster { clustering, cluster, name } => {
                if let Some(open) = &self.open {
                    self.analyses.name_cluster(clustering, cluster, name, open.opened.clone());
                }
            }
            Request::Tag { images, tag, is_on } => {
                if let Some(open) = &self.open {
                    self.analyses.tag(images, tag, is_on, open.opened.clone());
                }
            }
            Request::ColourTag { tag, colour } => {
                if let Some(open) = &self.open {
                    self.analyses.colour_tag(tag, colour, open.opened.clone());
                }
            }
            Request::Relabel(wish) => {
                if let Some(open) = &self.open {
                    self.analyses.relabel(wish, open.opened.clone());
                }
            }
            Request::PlanImport(wish) => {
                if let Some(open) = &self.open {
                    self.analyses.plan_import(wish, open.opened.clone());
                }
            }
            Request::StopImport => self.analyses.stop_import(),
            Request::Import(wish) => {
                if let Some(open) = &self.open {
                    self.analyses.import(wish, open.opened.clone());
                }
            }
            Request::ForgetImported { over_hand } => {
                if let Some(open) = &self.open {
                    self.analyses.forget_imported(over_hand, open.opened.clone());
                }
            }
            Request::TellBoxes => {
                if let Some(open) = &self.open {
                    self.analyses.tell_boxes(open.opened.clone());
                }
            }
            Request::CountBoxes => {
                if let Some(open) = &self.open {
                    self.analyses.count_boxes(open.opened.clone());
                }
            }
            Request::ListNetworks => self.downloads.list(),
            Request::DownloadNetwork(name) => self.downloads.start(name),
            Request::AddNetwork { file, name, wish } => self.downloads.add(file, name, wish),
            Request::RemoveNetwork(name) => self.downloads.remove(name),
            Request::Shutdown => {}
        }
    }

    fn open(&mut self, request: &OpenWish) {
        self.open_and(request, request.extract);
    }

    /// Opens what is asked for and, if `extracts`, begins with it.
    pub(super) fn open_and(&mut self, request: &OpenWish, extracts: bool) {
        self.open_as(request, extracts, false);
    }

    /// The same; `makes_sample` if what is missing of the sample collection is to be made there.
    fn open_as(&mut self, request: &OpenWish, extracts: bool, makes_sample: bool) {
        let _open = tracing::info_span!("open").entered();
        let of_network = Asked::NetworkOf((!makes_sample).then(|| request.folder.clone()));
        // Neither a file in the place of a folder nor a network that cannot be read must cost what is open.
        let outbox = self.outbox.clone();
        let Found { network, wish, vectors } =
            match guarded("The network could not be loaded", &of_network, &outbox, || {
                single_file::refuse(&request.folder)?;
                tracing::debug_span!("load").in_scope(|| network_of(request, &self.options))
            }) {
                Some(Ok(found)) => found,
                Some(Err(NotOpened::Network(problem))) => return self.give_up(of_network, problem),
                Some(Err(NotOpened::Otherwise(problem))) => return self.give_up(Asked::Open, problem),
                None => return,
            };
        let (request, extracts) = (&wish, extracts && wish.extract);
        self.close();
        self.outbox.tell(Event::Opening(request.folder.clone()));
        let opened = guarded("The folder could not be opened", &Asked::Open, &outbox, || {
            let Self { options, device, tensor, outbox, said, .. } = &mut *self;
            Open::new(request, (network, vectors), options, device, tensor, outbox, said)
        });
        match opened {
            Some(Ok(mut open)) => {
                open.makes_sample = makes_sample;
                if open.tells_all {
                    open.opened.clone().tell_results();
                    self.analyses.list_tags(open.opened.clone());
                }
                if request.extract && !extracts {
                    // Nobody walks now: what is known is all there is.
                    self.outbox.tell(Event::Walked { total: open.opened.catalogue.len() });
                }
                self.open = Some(open);
                self.last = Some(request.clone());
                if extracts {
                    self.extract();
                }
            }
            Some(Err(NotOpened::Network(problem))) => self.give_up(of_network, problem),
            Some(Err(NotOpened::Otherwise(problem))) => self.give_up(Asked::Open, problem),
            None => self.outbox.tell(Event::Closed),
        }
    }

    fn give_up(&self, of: Asked, problem: Problem) {
        self.outbox.complain(of, problem);
        if self.open.is_none() {
            self.outbox.tell(Event::Closed);
        }
    }

    /// Opens the sample collection at once. What is missing of its pictures is made while the first ones are looked at.
    fn open_sample(&mut self, network: NetworkFile) {
        self.close();
        match self.sample_folder() {
            Ok(folder) => {
                let network = network.elsewhere();
                let request = OpenWish { folder, workspace: None, network, layers: None, extract: true };
                self.open_as(&request, true, true);
            }
            Err(problem) => self.give_up(Asked::Open, problem),
        }
    }

    /// Where the sample pictures lie.
    fn sample_folder(&self) -> Result<PathBuf, Problem> {
        let folder = places::sample_dir(&places::data_dir(self.options.data_dir.as_deref())?);
        std::fs::create_dir_all(&folder).map_err(|error| {
            let why = format!("{}: {error}", folder.display());
            Problem::new("The sample pictures could not be made", why)
        })?;
        Ok(folder)
    }

    /// What is missing of the sample collection, if that is open and to be made: a run that was stopped leaves some to the next.
    fn sample_to_make(&self) -> Option<SampleWish> {
        let folder = &self.open.as_ref().filter(|open| open.makes_sample)?.opened.folder;
        let count = self.options.sample_images;
        let mut there = 0;
        images::walk(folder, &|| false, &mut |_| {
            there += 1;
            std::ops::ControlFlow::Continue(())
        })
        .ok();
        (there != count).then_some(SampleWish { count, seed: sample::SAMPLE_SEED })
    }

    fn extract(&mut self) {
        let making = self.sample_to_make();
        let Some(open) = &mut self.open else { return };
        if self.job.is_some() {
            return;
        }
        if self.maintenance.as_ref().is_some_and(MaintenanceJob::writes) {
            return self.refuse_beside_maintenance(Asked::Extract);
        }
        let progress = Arc::new(Progress::new("Extracting features"));
        let (extraction, returned) = match open.extraction(&self.options, progress.clone(), making) {
            Ok(prepared) => prepared,
            Err(problem) => return self.outbox.complain(Asked::Extract, problem),
        };
        self.outbox.tell(Event::JobStarted(progress.clone()));
        let (outbox, incoming, generation) = (self.outbox.clone(), self.incoming.clone(), self.generation);
        let counters = progress.clone();
        let work = move || {
            let _job = counters.enter_span();
            let outcome = guarded("The extraction failed", &Asked::Extract, &outbox, || extraction.run());
            counters.end();
            let is_whole = matches!(outcome, Some(Ok(())));
            if let Some(Err(problem)) = outcome {
                outbox.complain(Asked::Extract, problem);
            }
            // In this order: who hears that it ended may ask for another at once, and that one needs the writer back. The coordinator
            // waits for this thread before it tells anything else of the collection.
            incoming.send(Incoming::Ended(generation)).ok();
            outbox.tell(Event::JobEnded { cancelled: is_whole && counters.is_cancelled() });
        };
        match std::thread::Builder::new().name("tiramisu-extract".into()).spawn(work) {
            Ok(join) => self.job = Some(Job { progress, join, returned }),
            Err(error) => self.outbox.complain(Asked::Extract, Problem::new("Nothing can be extracted", error)),
        }
    }

    /// The extraction has ended: the next one needs its writer.
    fn take_job_back(&mut self) {
        let Some(job) = self.job.take() else { return };
        job.join.join().ok();
        if let (Some(open), Ok(writer)) = (&mut self.open, job.returned.recv()) {
            open.take_back(writer);
            if open.handwork_waits {
                self.analyses.take_up_handwork(open.opened.clone());
            }
        }
    }

    /// Stops what runs and lets go of the workspace and its lock.
    fn close(&mut self) {
        self.generation += 1;
        self.analyses.stop();
        if let Some(maintenance) = self.maintenance.take() {
            maintenance.stop();
        }
        if let Some(job) = self.job.take() {
            job.progress.cancel();
            job.join.join().ok();
            drop(job.returned.recv());
        }
        if let Some(open) = &self.open {
            open.opened.stop_writing();
        }
        self.open = None;
    }
}

//! Analyses that take a while: maps by UMAP, t-SNE and PaCMAP, clusters, communities, the embedding. Each runs on a
//! thread of its own.
//!
//! One of a kind runs at a time. Asked for another, the earlier one is stopped: the newest wish counts, as with looks.

pub mod activations;
pub mod choosing;
pub mod classes;
mod cluster;
mod digest;
mod duplicates;
mod embed;
pub mod graph;
pub mod index;
mod kept;
mod outliers;
mod place;
mod project;
mod tag;
mod telling;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use super::guard::guarded;
use super::kept_shelf::KeptShelf;
use super::library::Library;
use super::message::AnalysisWish;
use super::outbox::Outbox;
use super::roll::Roll;
use super::tensor_thread::TensorHandle;
use super::{Collection, Event, Problem, Progress, mending};
use crate::domain::{ImageId, Resizing, StoredLayer};
use crate::store::{Recorder, StoreError, Workspace};

/// How the [problem](Problem::what) of a result ends that was told and could not be written.
pub const NOT_KEPT: &str = " is shown, but could not be kept";

/// What an analysis works on and where its result goes.
#[derive(Clone)]
pub struct Sources {
    /// The workspace.
    pub root: PathBuf,
    /// The folder with the pictures.
    pub folder: PathBuf,
    /// Every image.
    pub roll: Arc<Roll>,
    /// Vectors.
    pub library: Arc<Library>,
    /// All vectors there are, in network order.
    pub stored: Vec<StoredLayer>,
    /// The layer whose vectors are scores of classes, if one is stored.
    pub class_layer: Option<String>,
    /// What is open.
    pub collection: Arc<Collection>,
    /// How pictures get the network's input size.
    pub input: Resizing,
    /// To the network.
    pub tensor: TensorHandle,
    /// Whole activations.
    pub kept: Arc<KeptShelf>,
    /// Writes results, if this process holds the workspace; else it is opened when there is something to write.
    pub recorder: Option<Recorder>,
    /// To the listener.
    pub outbox: Outbox,
}

impl Sources {
    /// Somebody who may write results. What had to be set aside for it is told, unless it was when the collection was opened.
    ///
    /// # Errors
    /// When another process holds the workspace.
    pub fn recorder(&self) -> Result<Recorder, StoreError> {
        if let Some(recorder) = &self.recorder {
            return Ok(recorder.clone());
        }
        let recorder = Recorder::open(&self.root)?;
        let remarks = recorder.remarks().iter().map(|remark| mending::remark(remark.clone()));
        remarks
            .filter(|remark| !self.collection.remarks.contains(remark))
            .for_each(|remark| self.outbox.remark(remark));
        Ok(recorder)
    }

    /// Tells what results the workspace holds.
    pub fn tell_results(&self) {
        let features = self.library.table_name();
        let found = Workspace::open(&self.root).and_then(|workspace| {
            let (clusterings, maps) = (workspace.clusterings(features)?, workspace.projections(features)?);
            let has_embedding = workspace.embedding_version(features)?.is_some();
            Ok(Event::Results { clusterings, maps, has_embedding })
        });
        match found {
            Ok(event) => self.outbox.tell(event),
            Err(error) => tracing::warn!(%error, "results are not listed"),
        }
        if Workspace::may_have_indices(&self.root) {
            match Workspace::open(&self.root).and_then(|workspace| workspace.indices(features)) {
                Ok(indices) => self.outbox.tell(Event::Indices(indices)),
                Err(error) => tracing::warn!(%error, "indices are not listed"),
            }
        }
        match activations::kept(self) {
            Ok(kept) => self.outbox.tell(Event::ActivationsKept(kept)),
            Err(problem) => tracing::warn!(%problem, "activations are not listed"),
        }
    }

    /// A result that cannot be kept is shown all the same.
    fn saved(&self, what: &str, outcome: Result<u64, StoreError>) {
        match outcome {
            Ok(_) => self.tell_results(),
            Err(error) => self.outbox.complain(Problem::new(format!("{what}{NOT_KEPT}"), error)),
        }
    }
}

/// What runs.
#[derive(Default)]
pub struct Analyses {
    running: Vec<Running>,
    /// Short work on what was made before, one after the other.
    aside: Option<JoinHandle<()>>,
}

struct Running {
    wish: AnalysisWish,
    progress: Arc<Progress>,
    join: JoinHandle<()>,
}

impl Analyses {
    /// Begins one; an earlier one of its kind is stopped.
    pub fn start(&mut self, wish: AnalysisWish, sources: Sources) {
        self.running.retain(|running| !running.join.is_finished());
        let place = self.running.iter().position(|running| running.wish.is_like(&wish));
        let before = place.map(|place| self.running.remove(place));
        if let Some(before) = &before {
            before.progress.cancel();
        }
        let progress = Arc::new(Progress::new(wish.title()));
        let (counters, outbox, asked) = (progress.clone(), sources.outbox.clone(), wish.clone());
        let work = move || {
            if let Some(before) = before {
                before.join.join().ok();
            }
            outbox.tell(Event::AnalysisStarted(counters.clone()));
            let outcome = guarded("The analysis failed", &outbox, || match &asked {
                AnalysisWish::Cluster(wish) => cluster::run(wish, &sources, &counters),
                AnalysisWish::Project(wish) => project::run(wish, &sources, &counters),
                AnalysisWish::Show(wish) => project::show(wish, &sources, &counters),
                AnalysisWish::Place(wish) => place::run(wish, &sources, &counters),
                AnalysisWish::Duplicates(wish) => duplicates::run(wish, &sources, &counters),
                AnalysisWish::Outliers(wish) => outliers::run(wish, &sources, &counters),
                AnalysisWish::Index(wish) => index::run(wish, &sources, &counters),
                AnalysisWish::Classes(wish) => classes::run(wish, &sources, &counters),
                AnalysisWish::Graph(wish) => graph::run(wish, &sources, &counters),
                AnalysisWish::Activations(wish) => activations::run(wish, &sources, &counters),
                AnalysisWish::Embed(thresholds) => embed::run(*thresholds, &sources, &counters),
            });
            counters.end();
            if let Some(Err(problem)) = outcome {
                outbox.complain(problem);
            }
            outbox.tell(Event::AnalysisEnded { cancelled: counters.is_cancelled() });
        };
        match std::thread::Builder::new().name("tiramisu-analysis".into()).spawn(work) {
            Ok(join) => self.running.push(Running { wish, progress, join }),
            Err(error) => tracing::error!(%error, "no thread for the analysis"),
        }
    }

    /// Tells a clustering that was made before.
    pub fn open_clustering(&mut self, name: String, sources: Sources) {
        self.do_aside(sources, move |sources| tell_clustering(&name, sources));
    }

    /// Tells what was found before and is kept.
    pub fn tell_kept(&mut self, sources: Sources) {
        self.do_aside(sources, kept::tell);
    }

    /// Calls a cluster by a name, or by none.
    pub fn name_cluster(&mut self, clustering: String, cluster: usize, name: Option<String>, sources: Sources) {
        self.do_aside(sources, move |sources| name_cluster(&clustering, cluster, name, sources));
    }

    /// Tells the tags of the collection.
    pub fn list_tags(&mut self, sources: Sources) {
        self.do_aside(sources, tag::list);
    }

    /// Puts tags back on pictures that were not on record before, and tells the tags of the collection.
    pub fn take_up_tags(&mut self, sources: Sources) {
        self.do_aside(sources, tag::take_up);
    }

    /// Gives images a tag, or takes it from them.
    pub fn tag(&mut self, ids: Vec<ImageId>, tag: String, is_on: bool, sources: Sources) {
        self.do_aside(sources, move |sources| tag::change(&ids, &tag, is_on, sources));
    }

    /// Reads or writes a table off the thread that takes requests, after what was asked for before.
    fn do_aside(&mut self, sources: Sources, work: impl FnOnce(&Sources) + Send + 'static) {
        let before = self.aside.take();
        let work = move || {
            before.map(JoinHandle::join);
            let outbox = sources.outbox.clone();
            guarded("The workspace could not be reached", &outbox, || work(&sources));
        };
        match std::thread::Builder::new().name("tiramisu-results".into()).spawn(work) {
            Ok(join) => self.aside = Some(join),
            Err(error) => tracing::error!(%error, "no thread for the workspace"),
        }
    }

    /// Whether anything runs that may write a result.
    pub fn are_running(&self) -> bool {
        let is_running = |join: &JoinHandle<()>| !join.is_finished();
        self.running.iter().any(|running| is_running(&running.join)) || self.aside.as_ref().is_some_and(is_running)
    }

    /// Stops all.
    pub fn cancel(&self) {
        self.running.iter().for_each(|running| running.progress.cancel());
    }

    /// Stops all and waits.
    pub fn stop(&mut self) {
        self.cancel();
        self.running.drain(..).for_each(|running| {
            running.join.join().ok();
        });
        self.aside.take().map(JoinHandle::join);
    }
}

/// Tells a clustering that was made before.
fn tell_clustering(name: &str, sources: &Sources) {
    let found = Workspace::open(&sources.root).and_then(|w| w.clustering(sources.library.table_name(), name));
    match found {
        Ok(Some(clustering)) => sources.outbox.tell(Event::Clustered(Arc::new(clustering))),
        Ok(None) => sources.outbox.complain(Problem::new("The clustering is not there any more", name)),
        Err(error) => sources.outbox.complain(Problem::new("The clustering could not be read", error)),
    }
}

/// Calls a cluster by a name and tells the clustering as it is now.
fn name_cluster(clustering: &str, cluster: usize, name: Option<String>, sources: &Sources) {
    let features = sources.library.table_name();
    let rename =
        |recorder: Recorder| recorder.rename_cluster(features, clustering, cluster, name, |id| sources.roll.get(id));
    match sources.recorder().and_then(rename) {
        Ok(clustering) => sources.outbox.tell(Event::Clustered(Arc::new(clustering))),
        Err(error) => sources.outbox.complain(Problem::new("The cluster could not be named", error)),
    }
}

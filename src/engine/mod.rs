//! Long work off the window's thread: jobs with progress and cancel, looks, events. Knows no UI.
//!
//! Whoever listens (window or command line) starts an [`Engine`], sends it [`Request`]s and takes [`Event`]s from it.
//! Progress is read from atomics, a look is latest-wins, news is a small bounded queue.
//!
//! Threads are few and named. `tiramisu-engine` takes requests; `tiramisu-tensor` owns the network and every tensor;
//! `tiramisu-extract` walks and has pictures decoded (by `tiramisu-files`) while a job runs, `tiramisu-store` writes;
//! `tiramisu-thumbnails`, `-picture`, `-neighbours`, `-query`, `-map` and `-channels` answer looks from their own reading handles, each
//! from the first one on; `tiramisu-selection` sees what other programs ask a window to select.

// A new variant is to be missed by the compiler, not by the person.
#![deny(clippy::wildcard_enum_match_arm)]

mod adopting;
mod analyses;
pub mod classify;
mod collection;
mod coordinator;
mod export;
mod extraction;
mod glance;
mod looks;
pub mod maintenance;
pub mod message;
pub mod networks;
mod opened;
mod opening;
pub mod options;
mod places;
mod pulling;
mod recipe;
mod relocating;
pub mod sample;
mod selecting;
pub mod stream;
mod tensor;
mod thread;
mod watching;

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, after, bounded, select, unbounded};

pub use crate::analysis::embedding::Thresholds;
pub use crate::export::is_table_beside;
pub use crate::images::holds_files;
pub use crate::store::{Reads, threads_to_decode_on};
pub use adopting::{AdoptKind, AdoptReport, AdoptWish, adopt};
pub use analyses::arithmetic::{arithmetic, terms_of};
pub use classify::{Classification, Classified, ClassifyWish, classify};
pub use collection::describe::{WorkspaceDescription, describe, folder_of};
pub use collection::free_memory::free_memory;
pub use collection::no_vector::no_vector;
pub use collection::{describe, repair};
pub use export::class_files;
pub use export::job::{check_file, write_file};
pub use glance::{Glance, glance_at, glance_of, glance_prepared};
pub use maintenance::handwork::{handwork, take_handwork};
pub use maintenance::versions::{
    compare_versions, forget_version_name, histories, name_version, remarks, restore_version,
};
pub use maintenance::{index_plans, maintain, plan_indices};
// All that goes up and down.
pub use message::*;
pub use options::{EngineOptions, SAMPLE_IMAGES};
pub use places::workspace_of;
pub use pulling::{PullWish, Pulled, place_of, pull};
pub use recipe::{digest_of_clusters, digest_of_map, pictures_of, read_recipe, recipe_in_text};
pub use relocating::{Relocated, moved_from, relocate};
pub use sample::{check_sample_room, make_sample};
pub use selecting::{NamedImage, ask_selected, images_named, select, selected, selection_waits};
pub use stream::{StreamDescription, StreamEnd, StreamPlan, StreamWish, Streamed};

use analyses::Analyses;
use coordinator::{Coordinator, Incoming};
use networks::jobs::Downloads;
use tensor::TensorHandle;
use thread::outbox::Outbox;

use crate::domain::Precision;
use crate::gpu::{self, Compute, DeviceWhenNeeded};

/// Threads that live as long as the engine: one takes requests, one owns the network.
const THREADS: usize = 2;
/// How long a process that leaves waits for what is remembered for later questions.
const MOST_TO_LEAVE: Duration = Duration::from_secs(2);

/// The engine, seen by its listener.
///
/// Dropping it stops what runs, commits what is finished and waits until every thread has ended, however long that takes;
/// [`Engine::end_within`] waits no longer than it is told.
pub struct Engine {
    incoming: Sender<Incoming>,
    events: Receiver<Event>,
    gpu: DeviceWhenNeeded,
    joins: Vec<JoinHandle<()>>,
}

impl Engine {
    /// Opens the device, unless it is opened when it is needed ([`EngineOptions::is_brief`]), and starts the threads. `wake` is
    /// called after every event; it must not block.
    ///
    /// # Errors
    /// When the device that was asked for cannot be opened, or no thread can be started.
    pub fn start(options: EngineOptions, wake: impl Fn() + Send + Sync + 'static) -> Result<Self, Problem> {
        let unusable = |error| Problem::new("The compute device could not be opened", error);
        let is_certain =
            options.compute == Compute::Auto && options.adapter.is_none() && options.precision == Precision::Single;
        let gpu = match options.is_brief && is_certain {
            true => DeviceWhenNeeded::default(),
            false => {
                let mut gpu = gpu::open_with(options.compute, options.adapter.as_deref()).map_err(unusable)?;
                if options.precision == Precision::Half {
                    gpu.expect_half().map_err(unusable)?;
                    gpu.description += ", half precision";
                }
                gpu.draws_apart = options.draws_apart.unwrap_or(gpu.draws_apart);
                DeviceWhenNeeded::opened(gpu)
            }
        };
        let failed = |error: std::io::Error| Problem::new("Tiramisu could not start", error);
        let (outbox, events) = Outbox::new(wake);
        let (tensor, tensor_join) =
            TensorHandle::start(gpu.clone(), options.precision, outbox.clone()).map_err(failed)?;
        #[expect(
            clippy::disallowed_methods,
            reason = "requests are a person's clicks: few, and the listener must never wait"
        )]
        let (incoming, inbox) = unbounded();
        let downloads = Downloads::new(options.data_dir.clone(), outbox.clone());
        let coordinator = Coordinator {
            options,
            device: gpu.clone(),
            tensor,
            outbox,
            incoming: incoming.clone(),
            open: None,
            said: opening::SaidOfTables::default(),
            job: None,
            exports: Vec::new(),
            analyses: Analyses::default(),
            maintenance: None,
            last: None,
            downloads,
            generation: 0,
        };
        let join = std::thread::Builder::new()
            .name("tiramisu-engine".into())
            .spawn(move || coordinator.serve(&inbox))
            .map_err(failed)?;
        Ok(Self { incoming, events, gpu, joins: vec![join, tensor_join] })
    }

    /// Asks for something. Never blocks.
    pub fn send(&self, request: Request) {
        self.incoming.send(Incoming::Request(Box::new(request))).ok();
    }

    /// Where the facts arrive.
    pub fn events(&self) -> &Receiver<Event> {
        &self.events
    }

    /// A way to ask that can be given away.
    pub fn requests(&self) -> impl Fn(Request) + Send + Clone + 'static {
        let incoming = self.incoming.clone();
        move |request| {
            incoming.send(Incoming::Request(Box::new(request))).ok();
        }
    }

    /// For tests of what a question costs: what was asked of the disk for the collection that is open, since it was opened; waits until earlier requests are
    /// taken. `None` if nothing is open.
    pub fn reads(&self) -> Option<Reads> {
        let (reply, answer) = bounded(1);
        self.incoming.send(Incoming::CountReads(reply)).ok()?;
        answer.recv().ok()
    }

    /// For a process that has its answers and ends now: the threads end with it, which is some milliseconds sooner than one after
    /// another. What is remembered for later questions is on the disk before this returns; a device is closed in order.
    pub fn leave(self) {
        if self.has_device() {
            return;
        }
        let (reply, finished) = bounded(1);
        self.incoming.send(Incoming::FinishRemembering(reply)).ok();
        let enough = after(MOST_TO_LEAVE);
        loop {
            select! {
                recv(finished) -> _ => break,
                // A disk that hangs: the answer is there, and what finds the next one sooner is found again.
                recv(enough) -> _ => break,
                // Threads may be waiting for room in the queue of events: nobody reads it any more.
                recv(self.events) -> event => if event.is_err() { break },
            }
        }
        let _left = ManuallyDrop::new(self);
    }

    /// Stops what runs and commits what is finished, but waits no longer than `patience`. Returns whether every thread has ended:
    /// if not, some work cannot be stopped, and what it committed is saved. End the process then, and with it the lock on the
    /// workspace.
    #[must_use = "threads that have not ended hold the workspace until the process ends"]
    pub fn end_within(mut self, patience: Duration) -> bool {
        self.send(Request::Shutdown);
        let until = Instant::now() + patience;
        while self.joins.iter().any(|join| !join.is_finished()) && Instant::now() < until {
            self.make_room();
        }
        // Those that have ended are joined by the drop, the others by nobody.
        self.joins.retain(JoinHandle::is_finished);
        self.joins.len() == THREADS
    }

    /// Threads may be waiting for room in the queue of events: nobody reads it any more.
    fn make_room(&self) {
        self.events.recv_timeout(Duration::from_millis(5)).ok();
    }

    /// Whether a device that computes was opened.
    pub fn has_device(&self) -> bool {
        self.gpu.description().is_some()
    }

    /// The device that computes, and what a window is to draw with.
    pub fn gpu(&self) -> &gpu::OpenDevice {
        self.gpu.get()
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.send(Request::Shutdown);
        for join in std::mem::take(&mut self.joins) {
            while !join.is_finished() {
                self.make_room();
            }
            join.join().ok();
        }
    }
}

/// Where the workspace of `folder` lies unless the person chose a place.
///
/// # Errors
/// When this machine has no place for user data.
pub fn default_workspace(folder: &Path, data_dir: Option<&Path>) -> Result<PathBuf, Problem> {
    Ok(places::default_workspace(folder, &places::data_dir(data_dir)?))
}

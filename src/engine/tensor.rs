//! The one thread that owns the network and every tensor.
//!
//! cubecl orders work by thread, so a tensor never leaves this one; what goes in are bytes of pictures, what comes out
//! are vectors and views of a tensor's memory. Looks go before batches. Where this processor computes, there is no order to
//! keep, and other threads (`crew`) run the pictures of a batch.

mod answer;
mod batch;
mod channel_maps;
mod crew;
mod look;
mod looked_at;
mod point;
mod running;
mod strip;
mod survive;
mod thread;
mod wanted;

use std::sync::Arc;
use std::thread::JoinHandle;

use burn::tensor::Device;
use crossbeam_channel::{Sender, bounded};

pub use batch::{ActivationBatch, Batch, Pooled, RegionBatch};
pub use look::{Picture, Searcher, TensorLook};
pub use thread::images_in_a_batch;
pub use wanted::Wanted;

use look::TensorLookKind;
use thread::TensorThread;

use crate::domain::Precision;
use crate::engine::message::Problem;
use crate::engine::networks::LoadNetwork;
use crate::engine::thread::outbox::Outbox;
use crate::engine::thread::slot::Slot;
use crate::gpu::DeviceWhenNeeded;
use crate::network::Graph;

/// The way to the thread.
#[derive(Clone)]
pub struct TensorHandle {
    batches: Sender<TensorTask>,
    looks: Arc<Slot<TensorLook, TensorLookKind>>,
    device: DeviceWhenNeeded,
}

enum TensorTask {
    Use(Arc<Graph>, Sender<Result<(), Problem>>),
    UseWhenNeeded(LoadNetwork, Sender<()>),
    Run(Batch),
    RunActivations(ActivationBatch),
    RunRegions(RegionBatch),
}

impl TensorHandle {
    /// Starts the thread; it ends when every handle is gone.
    pub fn start(
        device: DeviceWhenNeeded,
        precision: Precision,
        outbox: Outbox,
    ) -> std::io::Result<(Self, JoinHandle<()>)> {
        let (batches, tasks) = bounded(1);
        let looks = Arc::new(Slot::of_kinds(TensorLook::kind));
        let thread = TensorThread {
            device: device.clone(),
            precision,
            outbox,
            running: None,
            waiting: None,
            crew: None,
            looks: looks.clone(),
            looked_at: [None, None],
        };
        let join = std::thread::Builder::new().name("tiramisu-tensor".into()).spawn(move || thread.serve(&tasks))?;
        Ok((Self { batches, looks, device }, join))
    }

    /// Where networks run.
    pub fn device(&self) -> &Device {
        &self.device.get().device
    }

    /// Puts a network on the device, dropping the one before. Waits until it is there.
    pub fn use_network(&self, graph: Arc<Graph>) -> Result<(), Problem> {
        let (reply, answer) = bounded(1);
        self.batches.send(TensorTask::Use(graph, reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }

    /// Puts a network on the device when it is first to run, dropping the one before. Waits until that is known: looks go
    /// before everything else.
    pub fn use_network_when_needed(&self, load: LoadNetwork) -> Result<(), Problem> {
        let (reply, answer) = bounded(1);
        self.batches.send(TensorTask::UseWhenNeeded(load, reply)).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())
    }

    /// Queues a batch; waits while one is in flight.
    pub fn run(&self, batch: Batch) -> Result<(), Problem> {
        self.batches.send(TensorTask::Run(batch)).map_err(|_| gone())
    }

    /// Queues a batch whose whole activations are wanted; waits while one is in flight.
    pub fn run_activations(&self, batch: ActivationBatch) -> Result<(), Problem> {
        self.batches.send(TensorTask::RunActivations(batch)).map_err(|_| gone())
    }

    /// Queues a batch of whose pictures parts are wanted; waits while one is in flight.
    pub fn run_regions(&self, batch: RegionBatch) -> Result<(), Problem> {
        self.batches.send(TensorTask::RunRegions(batch)).map_err(|_| gone())
    }

    /// Asks; a newer question of the same kind replaces an older one.
    pub fn look(&self, look: TensorLook) {
        if self.looks.is_closed() {
            tracing::error!("the tensor thread has ended");
        }
        self.looks.put(look);
    }
}

fn gone() -> Problem {
    Problem::new("The network cannot be run", "its thread has ended").with_remedy("Start Tiramisu again.")
}

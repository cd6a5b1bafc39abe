//! The thread itself: looks first, then batches, one after the other.

use std::sync::Arc;
use std::time::Instant;

use burn::tensor::Device;
use crossbeam_channel::{Receiver, select};

use super::TensorTask;
use super::gone;
use super::looked_at::LookedAt;
use crate::domain::{Numbers, Precision};
use crate::engine::message::{AnalysisKind, Asked, Problem, Stage};
use crate::engine::networks::LoadNetwork;
use crate::engine::tensor::batch::{ActivationBatch, Batch, Pooled};
use crate::engine::tensor::crew::Crew;
use crate::engine::tensor::look::{TensorLook, TensorLookKind};
use crate::engine::tensor::running::Running;
use crate::engine::thread::device_failure::{device_failed, not_on_device, panicked};
use crate::engine::thread::outbox::Outbox;
use crate::engine::thread::slot::Slot;
use crate::gpu::DeviceWhenNeeded;
use crate::network::{Graph, Runner};

pub(super) struct TensorThread {
    pub(super) device: DeviceWhenNeeded,
    pub(super) precision: Precision,
    pub(super) outbox: Outbox,
    pub(super) running: Option<Arc<Running>>,
    /// The network to put on the device when it is first to run.
    pub(super) waiting: Option<LoadNetwork>,
    /// Who runs batches of the present network on this processor.
    pub(super) crew: Option<Crew>,
    pub(super) looks: Arc<Slot<TensorLook, TensorLookKind>>,
    /// What views look at on a device that they cannot read: of the probe, and of the image beside it.
    pub(super) looked_at: [Option<LookedAt>; 2],
}

impl Drop for TensorThread {
    fn drop(&mut self) {
        self.looks.close();
    }
}

impl TensorThread {
    /// Answers and works until every handle is gone.
    pub(super) fn serve(mut self, tasks: &Receiver<TensorTask>) {
        let looks = self.looks.clone();
        loop {
            while let Some((look, number)) = looks.take() {
                self.look(&look, number);
            }
            select! {
                recv(looks.rung()) -> _ => {}
                recv(tasks) -> order => match order {
                    Ok(TensorTask::Use(graph, reply)) => {
                        self.let_go();
                        let outcome = self.survived(&Asked::Open, |thread| thread.adopt(graph.clone()));
                        reply.send(outcome.unwrap_or_else(|| Err(panicked()))).ok();
                    }
                    Ok(TensorTask::UseWhenNeeded(load, reply)) => {
                        self.let_go();
                        self.waiting = Some(load);
                        reply.send(()).ok();
                    }
                    Ok(TensorTask::Run(batch)) => self.run(batch),
                    Ok(TensorTask::RunActivations(batch)) => {
                        let reply = batch.reply.clone();
                        let of = Asked::Analysis(AnalysisKind::Activations);
                        let outcome = self.survived(&of, |thread| thread.whole_activations(&batch));
                        reply.send(outcome.unwrap_or_else(|| Err(panicked()))).ok();
                    }
                    Ok(TensorTask::RunRegions(batch)) => {
                        let reply = batch.reply.clone();
                        let of = Asked::Analysis(AnalysisKind::CutOuts);
                        let outcome = self.survived(&of, |thread| thread.regions(&batch));
                        reply.send(outcome.unwrap_or_else(|| Err(panicked()))).ok();
                    }
                    Err(_) => return,
                },
            }
        }
    }

    fn span_of(&self, look: &TensorLook) -> tracing::Span {
        let name = || Some(self.running.as_ref()?.graph.nodes.get(look.layer()?)?.name.as_str());
        tracing::debug_span!("look", kind = look.look_kind().word(), layer = name())
    }

    /// Answers a question, or says why not.
    fn look(&mut self, look: &TensorLook, number: u64) {
        let _look = self.span_of(look).entered();
        let of = look.asked();
        let Some(Err(problem)) = self.survived(&of, |thread| thread.answer(look, number)) else { return };
        match look {
            TensorLook::Vectors { reply, .. } => {
                reply.send(Err(problem)).ok();
            }
            TensorLook::Activations { .. }
            | TensorLook::Pair { .. }
            | TensorLook::Beside { .. }
            | TensorLook::Point { .. }
            | TensorLook::Strip { .. }
            | TensorLook::ChannelMaps(_)
            | TensorLook::Times => self.outbox.complain(of, problem),
        }
    }

    /// What was asked of the network before: of the next one the same words mean another layer, other times.
    fn let_go(&mut self) {
        (self.running, self.crew, self.waiting) = (None, None, None);
        self.looked_at = [None, None];
        // Somebody waits for vectors, and goes on once there is an answer.
        self.looks.keep_only(|look| matches!(look.kind(), TensorLookKind::Vectors(_) | TensorLookKind::WhyVectors));
    }

    /// The network, which is put on the device if it is not there yet.
    pub(super) fn ready(&mut self) -> Result<Arc<Running>, Problem> {
        if let (None, Some(load)) = (&self.running, self.waiting.clone()) {
            let graph = tracing::debug_span!("load").in_scope(|| load())?;
            self.adopt(graph)?;
            self.waiting = None;
        }
        self.running.clone().ok_or_else(gone)
    }

    pub(super) fn device(&self) -> &Device {
        &self.device.get().device
    }

    pub(super) fn adopt(&mut self, graph: Arc<Graph>) -> Result<(), Problem> {
        let runner = Runner::with_precision(graph.clone(), self.device(), self.precision).map_err(not_on_device)?;
        let members = members(&graph, self.device());
        if members > 0 {
            let crew = Crew::start(members, rayon::current_num_threads());
            self.crew = Some(crew.map_err(not_on_device)?);
        }
        self.running = Some(Arc::new(Running { graph, runner }));
        Ok(())
    }

    /// Runs a batch as one pass, or hands it to those who run its pictures and answer.
    fn run(&mut self, batch: Batch) {
        match (&self.running, &self.crew) {
            (Some(running), Some(crew)) if crew.is_for(&batch) => {
                crew.run(running, batch, self.precision, &self.outbox);
            }
            _ => {
                let outcome = self.survived(&Asked::Extract, |thread| thread.run_together(&batch));
                batch.reply.send(outcome.unwrap_or_else(|| Err(panicked()))).ok();
            }
        }
    }

    fn run_together(&mut self, batch: &Batch) -> Result<Option<Pooled>, Problem> {
        let running = self.ready()?;
        let _batch = tracing::debug_span!("batch", images = batch.count, layers = batch.wanted.layers.len()).entered();
        let started = Instant::now();
        let forward = tracing::debug_span!("forward").entered();
        let pooled = running.pass(&batch.rgb, batch.count, &batch.wanted, &batch.progress);
        drop(forward);
        let Some(pooled) = pooled else { return Ok(None) };
        // Where a GPU computes, `forward` only hands work to it, and the wait for its end is here.
        let _read = tracing::debug_span!("read").entered();
        let rows = pooled.read_rows().map_err(device_failed)?;
        batch.progress.spend(Stage::Network, started.elapsed());
        Ok(Some(Pooled { rows, precision: self.precision, elapsed_secs: started.elapsed().as_secs_f64() }))
    }

    fn whole_activations(&mut self, batch: &ActivationBatch) -> Result<Vec<Numbers>, Problem> {
        let running = self.ready()?;
        let _batch = tracing::debug_span!("batch", images = batch.count, layers = batch.layers.len()).entered();
        let input = running.graph.preprocessing.batch(&batch.rgb, batch.count, self.device());
        let mut maps = Vec::with_capacity(batch.layers.len());
        let mut failed = None;
        running.runner.forward(input, &batch.layers, |_, activation| {
            // Read at once: of many layers all activations together may be more than the device holds.
            match activation.try_into_vec_as::<f32>() {
                Ok(values) => maps.push(Numbers::narrowed(values)),
                Err(error) => failed = Some(format!("{error}")),
            }
        });
        match failed {
            None => Ok(maps),
            Some(error) => Err(device_failed(error)),
        }
    }
}

/// The most pictures of one batch.
const MOST_IN_A_BATCH: usize = 64;
/// Their bytes together.
const MOST_BYTES_IN_A_BATCH: usize = 24 << 20;

/// How many threads run pictures of their own; 0 where a batch is one pass.
fn members(graph: &Graph, device: &Device) -> usize {
    if *device != Device::flex() {
        return 0;
    }
    let threads = rayon::current_num_threads();
    match graph.passes_at_a_time(threads) {
        // All threads share a pass of many pictures, as pictures of their own would take too much memory.
        1 if threads > 1 => 0,
        // A thread that is alone takes them one by one as well: what a layer makes of a single one is still at hand, in the
        // cache, when the next layer asks for it. That is some 6 % of a pass through the built-in network.
        members => members,
    }
}

/// How many pictures a batch has at most.
pub fn images_in_a_batch(graph: &Graph, device: &Device) -> usize {
    if members(graph, device) == 0 {
        return graph.images_at_a_time(device);
    }
    let fit = MOST_BYTES_IN_A_BATCH / graph.input.iter().product::<usize>().max(1);
    1 << fit.clamp(1, MOST_IN_A_BATCH).ilog2()
}

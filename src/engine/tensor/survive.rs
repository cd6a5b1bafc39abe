//! A GPU may be lost (pulled out, reset, its driver renewed), and its memory may run out. What it had begun the processor does again.

use super::thread::TensorThread;
use crate::domain::Precision;
use crate::engine::message::{Asked, Event, Problem};
use crate::engine::thread::guard::{attempted, caught, guarded, tell_of_panic};
use crate::gpu::no_memory_in;

const WHAT: &str = "The network failed while it ran";

impl TensorThread {
    /// Does `work`, which is `of` what was asked for, and once more by the processor if it fails because the GPU was lost or had too little
    /// memory. If it panics, the listener is told and `None` comes back.
    pub(super) fn survived<T>(
        &mut self,
        of: &Asked,
        mut work: impl FnMut(&mut Self) -> Result<T, Problem>,
    ) -> Option<Result<T, Problem>> {
        let outcome = attempted(|| work(self));
        let said = match &outcome {
            Ok(Ok(_)) => return outcome.ok(),
            Ok(Err(problem)) => problem.why.clone(),
            Err(words) => words.clone(),
        };
        let outbox = self.outbox.clone();
        if caught(|| self.moves_to_processor(&said)).unwrap_or(false) {
            return guarded(WHAT, of, &outbox, || work(self));
        }
        if outcome.is_err() {
            tell_of_panic(WHAT, of, &outbox);
        }
        outcome.ok()
    }

    /// Whether the GPU is lost, or `said` that its memory ran out, and the processor has its work now, of which the listener is told.
    fn moves_to_processor(&mut self, said: &str) -> bool {
        let device = self.device.get();
        // The processor has no half precision, and numbers of two precisions are not to stand in one table.
        if self.precision == Precision::Half || device.graphics.is_none() {
            return false;
        }
        let no_memory = no_memory_in(said);
        if no_memory.is_none() && !device.is_lost() {
            return false;
        }
        let name = device.description.clone();
        let (problem, since) = match no_memory {
            Some(line) => (
                Problem::new(
                    "The graphics device has too little memory; networks run on the CPU from now on",
                    format!("{line} ({name})"),
                )
                .with_remedy(
                    "Nothing is lost. Close what else uses its memory and start Tiramisu again to compute on the GPU.",
                ),
                "the graphics device had too little memory",
            ),
            None => (
                Problem::new(
                    "The graphics device was lost; networks run on the CPU from now on",
                    format!("it does not answer any more ({name})"),
                )
                .with_remedy("Nothing is lost. Start Tiramisu again to compute on the GPU."),
                "the graphics device was lost",
            ),
        };
        let description = self.device.give_up(since).description.clone();
        (self.looked_at, self.crew) = ([None, None], None);
        let graph = self.running.take().map(|running| running.graph.clone());
        let moved = graph.map_or(Ok(()), |graph| self.adopt(graph));
        self.outbox.tell(Event::DeviceLost { problem, device: description });
        if let Err(problem) = &moved {
            self.outbox.complain(Asked::Open, problem.clone());
        }
        moved.is_ok()
    }
}

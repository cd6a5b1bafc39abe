//! A GPU may be lost: pulled out, reset, its driver renewed. What it had begun the processor does again.

use super::thread::TensorThread;
use crate::domain::Precision;
use crate::engine::message::{Asked, Event, Problem};
use crate::engine::thread::guard::{caught, guarded, tell_of_panic};

const WHAT: &str = "The network failed while it ran";

impl TensorThread {
    /// Does `work`, which is `of` what was asked for, and once more by the processor if it fails because the GPU was lost. If it
    /// panics, the listener is told and `None` comes back.
    pub(super) fn survived<T>(
        &mut self,
        of: &Asked,
        mut work: impl FnMut(&mut Self) -> Result<T, Problem>,
    ) -> Option<Result<T, Problem>> {
        let outcome = caught(|| work(self));
        if matches!(outcome, Some(Ok(_))) {
            return outcome;
        }
        let outbox = self.outbox.clone();
        if caught(|| self.moves_to_processor()).unwrap_or(false) {
            return guarded(WHAT, of, &outbox, || work(self));
        }
        if outcome.is_none() {
            tell_of_panic(WHAT, of, &outbox);
        }
        outcome
    }

    /// Whether the GPU is lost and the processor has its work now, of which the listener is told.
    fn moves_to_processor(&mut self) -> bool {
        // The processor has no half precision, and numbers of two precisions are not to stand in one table.
        if self.precision == Precision::Half || !self.device.get().is_lost() {
            return false;
        }
        let lost = self.device.get().description.clone();
        let description = self.device.give_up_lost().description.clone();
        (self.looked_at, self.crew) = ([None, None], None);
        let graph = self.running.take().map(|running| running.graph.clone());
        let moved = graph.map_or(Ok(()), |graph| self.adopt(graph));
        let why = format!("it does not answer any more ({lost})");
        let problem = Problem::new("The graphics device was lost; networks run on the CPU from now on", why)
            .with_remedy("Nothing is lost. Start Tiramisu again to compute on the GPU.");
        self.outbox.tell(Event::DeviceLost { problem, device: description });
        if let Err(problem) = &moved {
            self.outbox.complain(Asked::Open, problem.clone());
        }
        moved.is_ok()
    }
}

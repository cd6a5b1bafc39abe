//! A GPU may be lost (pulled out, reset, its driver renewed), and its memory may run out. What it had begun it does again where that
//! may help, and else the processor does.

use super::thread::TensorThread;
use crate::engine::message::{Asked, Event, Problem};
use crate::engine::thread::device_failure::{DeviceFailure, processor_goes_on, tried};
use crate::engine::thread::guard::{attempted, caught, guarded, tell_of_panic};

const WHAT: &str = "The network failed while it ran";

impl TensorThread {
    /// Does `work`, which is `of` what was asked for. Where the GPU fails for want of memory it is done once more, and then, or where
    /// the GPU was lost, by the processor. If it panics, the listener is told and `None` comes back.
    pub(super) fn survived<T>(
        &mut self,
        of: &Asked,
        mut work: impl FnMut(&mut Self) -> Result<T, Problem>,
    ) -> Option<Result<T, Problem>> {
        let outbox = self.outbox.clone();
        let device = self.device.clone();
        let (outcome, failure) = tried(device.get(), || attempted(|| work(self)));
        match failure {
            // Nothing failed, or something that another device would not do either.
            None => {
                if outcome.is_err() {
                    tell_of_panic(WHAT, of, &outbox);
                }
                outcome.ok()
            }
            Some(failure) if processor_goes_on(self.precision) => match caught(|| self.moves_to_processor(&failure)) {
                Some(Ok(())) => guarded(WHAT, of, &outbox, || work(self)),
                Some(Err(problem)) => Some(Err(problem)),
                None => {
                    tell_of_panic(WHAT, of, &outbox);
                    None
                }
            },
            Some(failure) => Some(Err(failure.stays(&self.device.get().description))),
        }
    }

    /// Gives the processor the GPU's work, of which the listener is told.
    fn moves_to_processor(&mut self, failure: &DeviceFailure) -> Result<(), Problem> {
        let problem = failure.moved(&self.device.get().description);
        let description = self.device.give_up(failure.since()).description.clone();
        (self.looked_at, self.crew) = ([None, None], None);
        let graph = self.running.take().map(|running| running.graph.clone());
        self.outbox.tell(Event::DeviceLost { problem, device: description });
        graph.map_or(Ok(()), |graph| self.adopt(graph))
    }
}

//! A GPU may be lost (pulled out, reset, its driver renewed), and its memory may run out. What it had begun it does again where that
//! may help, and else the processor does.

use super::thread::TensorThread;
use crate::domain::Precision;
use crate::engine::message::{Asked, Event, Problem};
use crate::engine::thread::device_failure::{self, Computes, Work};
use crate::engine::thread::guard::tell_of_panic;
use crate::gpu::DeviceWhenNeeded;

const WHAT: &str = "The network failed while it ran";

impl TensorThread {
    /// Does `work`, which is `of` what was asked for, whatever becomes of the GPU. If it panics, the listener is told and `None`
    /// comes back.
    pub(super) fn survived<T>(
        &mut self,
        of: &Asked,
        work: impl FnMut(&mut Self) -> Result<T, Problem>,
    ) -> Option<Result<T, Problem>> {
        let kind = if *of == Asked::Extract { Work::Extraction } else { Work::Look };
        let outcome = device_failure::survived(self, kind, work);
        if outcome.is_err() {
            tell_of_panic(WHAT, of, &self.outbox);
        }
        outcome.ok()
    }
}

impl Computes for TensorThread {
    fn device(&self) -> &DeviceWhenNeeded {
        &self.device
    }

    fn precision(&self) -> Precision {
        self.precision
    }

    fn make_room(&mut self) {
        // Whoever asks for a point of it has it computed again.
        self.looked_at = [None, None];
    }

    fn go_on(&mut self, problem: Problem) -> Result<(), Problem> {
        self.make_room();
        self.crew = None;
        let graph = self.running.take().map(|running| running.graph.clone());
        let device = self.device.get().description.clone();
        self.outbox.tell(Event::DeviceLost { problem, device });
        graph.map_or(Ok(()), |graph| self.adopt(graph))
    }
}

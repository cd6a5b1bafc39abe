//! What reaches the coordinator is done, and a panic on the way costs what is open and not the window.

use super::{Coordinator, Incoming};
use crate::engine::message::{Asked, Event};
use crate::engine::thread::guard::guarded;

impl Coordinator {
    /// Does what is asked. Should that panic, nobody knows what state it left, so what is open is closed, and said so; what is asked
    /// next is done.
    pub(super) fn do_guarded(&mut self, order: Incoming) {
        const WHAT: &str = "Tiramisu failed and closed what was open";
        let of = match &order {
            Incoming::Request(request) => request.asked(),
            Incoming::CountReads(_)
            | Incoming::FinishRemembering(_)
            | Incoming::Ended(_)
            | Incoming::MaintenanceEnded(_) => Asked::Nothing,
        };
        let outbox = self.outbox.clone();
        if guarded(WHAT, &of, &outbox, || self.do_order(order)).is_some() {
            return;
        }
        if guarded(WHAT, &Asked::Nothing, &outbox, || self.close()).is_none() {
            // Even that: what is left of it is let go.
            (self.open, self.job, self.maintenance) = (None, None, None);
        }
        guarded(WHAT, &Asked::Nothing, &outbox, || outbox.tell(Event::Closed));
    }

    fn do_order(&mut self, order: Incoming) {
        match order {
            Incoming::Request(request) => self.take(*request),
            Incoming::CountReads(reply) => {
                if let Some(open) = &self.open {
                    reply.send(open.opened.workspace.reads()).ok();
                }
            }
            Incoming::FinishRemembering(reply) => {
                if let Some(open) = &self.open {
                    open.opened.workspace.finish_remembering();
                }
                reply.send(()).ok();
            }
            // One of an earlier opening was joined when that was closed.
            Incoming::Ended(generation) if generation == self.generation => self.take_job_back(),
            Incoming::MaintenanceEnded(generation) if generation == self.generation => self.take_maintenance_back(),
            Incoming::Ended(_) | Incoming::MaintenanceEnded(_) => {}
        }
    }
}

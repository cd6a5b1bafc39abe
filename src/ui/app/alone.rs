//! Whether anybody answers: a window that looks alive and does nothing is the worst of all.

use crossbeam_channel::TryRecvError;

use super::App;
use crate::engine::{Event, Request};

impl App {
    /// What happened since, one after the other. That nobody is left who could tell is told once.
    pub(super) fn next_event(&mut self) -> Option<Event> {
        match self.events.try_recv() {
            Ok(event) => return Some(event),
            Err(TryRecvError::Disconnected) if !self.is_alone => {
                self.is_alone = true;
                self.session.note_engine_ended();
            }
            Err(TryRecvError::Disconnected | TryRecvError::Empty) => {}
        }
        None
    }

    /// What is asked for in vain is said to be.
    pub(super) fn complain_if_alone(&mut self, requests: &[Request]) {
        if self.is_alone && !requests.is_empty() {
            self.session.note_engine_ended();
        }
    }
}

//! Classes on their way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use eframe::egui;

use super::source::{Classified, Wanted, Work};
use crate::session::Colouring;
use crate::ui::later::{Asked, Later};
use crate::ui::paint::effort::{note_begun, note_done};

/// So many images are given their classes within a frame.
pub const AT_ONCE: usize = 1 << 13;

/// What came of it so far.
pub enum Answer {
    /// Here they are.
    Found(Classified),
    /// Ask again in another frame, which will come by itself.
    NotYet(Coming),
    /// There will be none.
    Never(Wanted),
}

/// Who drops it gives it up.
pub struct Coming {
    /// What the person chose.
    pub colouring: Colouring,
    /// By what, and of how many images.
    wanted: Wanted,
    later: Option<Later<Option<Classified>>>,
    is_given_up: Arc<AtomicBool>,
}

impl Coming {
    /// Has it done: at once if there is little of it, else by a thread that asks for a frame when it is done.
    pub fn begin(ctx: &egui::Context, colouring: Colouring, work: Work) -> Self {
        note_begun(0);
        let wanted = work.wanted();
        let is_given_up = Arc::new(AtomicBool::new(false));
        let is_stopped = is_given_up.clone();
        let later = Later::begin(ctx, work.len() <= AT_ONCE, move || work.run(&is_stopped));
        Self { colouring, wanted, later: Some(later), is_given_up }
    }

    /// What was found, or what to ask again.
    pub fn ask(mut self) -> Answer {
        match self.later.take().map_or(Asked::Never, Later::ask) {
            Asked::Here(Some(found)) => Answer::Found(found),
            Asked::NotYet(later) => {
                self.later = Some(later);
                Answer::NotYet(self)
            }
            // Only who drops it gives it up.
            Asked::Here(None) | Asked::Never => Answer::Never(self.wanted.clone()),
        }
    }
}

impl Drop for Coming {
    fn drop(&mut self) {
        self.is_given_up.store(true, Ordering::Relaxed);
        note_done();
    }
}

//! What happened since the last frame, as much of it as a frame has time for.

use std::time::{Duration, Instant};

use eframe::egui::Context;

use super::App;
use crate::ui::later::let_go;

/// Time for taking in news in one frame, which is to take four milliseconds with all that is drawn; what is left comes in the next.
const BUDGET: Duration = Duration::from_millis(2);

/// Where frames come slowly, as from a GPU that is a program, there is time for this share of what they take, up to the longer time: a
/// folder of a million pictures would be open no sooner for frames that are short and few.
const SHARE: u32 = 8;
const LONG_BUDGET: Duration = Duration::from_millis(4);

impl App {
    /// Takes in news, and says how many.
    pub(super) fn take_news(&mut self, ctx: &Context) -> usize {
        let began = Instant::now();
        let budget = match self.left_news.take() {
            Some(before) => (began.saturating_duration_since(before) / SHARE).clamp(BUDGET, LONG_BUDGET),
            None => BUDGET,
        };
        let span = tracing::trace_span!("events", taken = tracing::field::Empty).entered();
        let mut taken = 0;
        while let Some(event) = self.next_event() {
            taken += 1;
            self.note(&event);
            let requests = self.session.apply(event);
            self.send_all(requests);
            self.let_outgrown_go();
            if began.elapsed() > budget {
                self.left_news = Some(began);
                ctx.request_repaint();
                break;
            }
        }
        self.let_outgrown_go();
        span.record("taken", taken);
        taken
    }

    /// What is large and of no use any more goes where nobody waits.
    fn let_outgrown_go(&mut self) {
        let opened = &mut self.session.opened;
        opened.outgrown.take().into_iter().for_each(let_go);
        opened.outgrown_images.take().into_iter().for_each(let_go);
    }
}

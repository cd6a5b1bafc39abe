//! Says that another order is being made, if that takes long enough to be noticed.

use eframe::egui::{RichText, Ui};

use crate::session::Session;
use crate::ui::theme::palette;

/// Seconds after which it is said that an order is still being made.
const SLOW_SECS: f64 = 0.4;

/// Since when another order is being made.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrderingNote {
    since_secs: Option<f64>,
}

impl OrderingNote {
    /// Says that what is seen is not yet what was asked for.
    pub fn show(&mut self, ui: &mut Ui, session: &Session) {
        if !session.opened.is_ordering() {
            self.since_secs = None;
            return;
        }
        let now_secs = ui.ctx().time();
        let since_secs = *self.since_secs.get_or_insert(now_secs);
        if now_secs - since_secs < SLOW_SECS {
            ui.ctx().request_repaint_after_secs(SLOW_SECS as f32);
            return;
        }
        let hint = "The images are put in order. Until that is done they are shown as before";
        ui.label(RichText::new("Sorting…").small().color(palette().weak)).on_hover_text(hint);
    }
}

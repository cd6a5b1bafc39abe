//! How the engine, which knows no window, makes the window look.

use std::sync::{Arc, OnceLock};

use eframe::egui;

/// Asks the window for a frame; harmless before there is one.
///
/// The engine is started first and told to call [`Waker::wake`]; the window puts its context in when it opens.
#[derive(Clone, Default)]
pub struct Waker {
    window: Arc<OnceLock<egui::Context>>,
}

impl Waker {
    /// Asks for a frame.
    pub fn wake(&self) {
        if let Some(ctx) = self.window.get() {
            ctx.request_repaint();
        }
    }

    pub(super) fn attach(&self, ctx: &egui::Context) {
        // A process has one window; a second attachment would be the same context.
        self.window.get_or_init(|| ctx.clone());
    }
}

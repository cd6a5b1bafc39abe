//! Stands in until the view that paints is here.

use eframe::egui;

use crate::session::{Action, Session};
use crate::ui::thumbnails::Thumbnails;

/// The view's own state.
#[derive(Default)]
pub struct ActivationsView;

impl ActivationsView {
    /// Shows it.
    pub fn show(
        &mut self,
        _ui: &mut egui::Ui,
        _session: &Session,
        _thumbs: &mut Thumbnails,
        _actions: &mut Vec<Action>,
    ) {
    }
}

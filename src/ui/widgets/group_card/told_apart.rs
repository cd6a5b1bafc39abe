//! How well a group is told from the others, as its card says it.

use eframe::egui::{Rect, Role, Sense, Ui, WidgetInfo};

use crate::ui::widgets::text::capital;

/// How well a group is told from the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldApart {
    /// In a few words.
    pub words: String,
    /// With its numbers, and what they mean.
    pub hint: String,
}

impl ToldApart {
    /// Tells who points at the words in `room` the numbers; `what` is the group.
    pub fn tell_numbers(&self, ui: &Ui, room: Rect, what: &str) {
        let response = ui.interact(room, ui.make_persistent_id(("told apart", what)), Sense::hover());
        let name = format!("{}: {}", capital(what), self.words);
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
        response.on_hover_text(&self.hint);
    }
}

//! What lies over the views.

use eframe::egui::{Context, Rect};

use super::{App, drops};
use crate::session::Action;
use crate::ui::command::Command;

impl App {
    /// Draws notices, the tour, the menu of a picture, dialogs, and that one of the system's is waited for. `free` is where notices cover
    /// no button, if that is known; while a dialog covers all else (`is_covered`), the tour waits.
    pub(super) fn show_over(
        &mut self,
        ctx: &Context,
        free: Option<Rect>,
        is_covered: bool,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) {
        match self.dialog.shows_notices() {
            true => self.toasts.wait(),
            false => self.toasts.show(ctx, &self.session, free, actions),
        }
        if !is_covered && self.session.collection().is_some() {
            self.tour.show(ctx, &self.session);
        }
        self.show_picture_menu(ctx, actions, commands);
        self.show_dialog(ctx, actions, commands);
        self.take_meant();
        self.show_path_dialog(ctx);
        self.show_waiting(ctx);
        drops::show_drop_hint(ctx, self.views.neighbours.place(ctx).is_some());
    }
}

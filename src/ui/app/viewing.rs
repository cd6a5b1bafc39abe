//! One picture in the place of the views.

use eframe::egui::{self, Ui};

use super::App;
use crate::session::{Action, Choose};
use crate::ui::command::Command;
use crate::ui::picture_menu::Wishes;

impl App {
    /// Opens the viewer on the probe or, if nothing is looked at yet, on the first picture shown; or closes it.
    pub(super) fn toggle_viewer(&mut self) {
        self.viewer.is_open = !self.viewer.is_open;
        if self.viewer.is_open && self.session.opened.chosen.probe.is_none() {
            self.act(Choose::Step(0));
        }
    }

    /// Shows the menu of a picture, and does what it asks the desktop for.
    pub(super) fn show_picture_menu(
        &mut self,
        ctx: &egui::Context,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) {
        let mut hand_overs = Vec::new();
        self.picture_menu.is_in_viewer = self.is_viewing();
        let wishes = &mut Wishes { actions, commands, hand_overs: &mut hand_overs };
        self.picture_menu.show(ctx, &self.session, wishes);
        hand_overs.into_iter().for_each(|wish| self.desktop.hand_over(wish));
    }

    /// Opens the menu of the picture that is looked at, for the keyboard.
    pub(super) fn open_picture_menu(&mut self, ctx: &egui::Context) {
        if let Some(probe) = self.session.opened.chosen.probe {
            self.picture_menu.open(probe, ctx.content_rect().center());
        }
    }

    /// Whether a picture is to be shown in the place of the views.
    pub(super) fn is_viewing(&self) -> bool {
        self.viewer.is_open && self.session.opened.chosen.probe.is_some()
    }

    /// `is_covered`: a dialog lies over it, and has the keyboard.
    pub(super) fn show_viewer(&mut self, ui: &mut Ui, is_covered: bool, actions: &mut Vec<Action>) {
        let looks = self.views.activations.looks_of_channel(&self.session);
        let Self { session, thumbnails, viewer, .. } = self;
        viewer.has_keyboard = !is_covered;
        viewer.show(ui, session, looks, thumbnails, actions);
    }

    /// Lets go of the picture that nobody looks at closely any more.
    pub(super) fn rest_viewer(&mut self, actions: &mut Vec<Action>) {
        if !self.is_viewing() {
            self.viewer.rest(actions);
        }
    }

    /// Takes pictures that arrived; says how many bytes of thumbnails went up.
    pub(super) fn take_pictures(&mut self, ctx: &egui::Context) -> usize {
        let opened = &mut self.session.opened;
        // It leaves what is not of its own pictures; the viewer lets go of what nobody looks at any more.
        self.views.inside.begin_frame(ctx, &mut opened.picture_pieces, &mut opened.inside.crops);
        self.viewer.begin_frame(ctx, &mut opened.picture_pieces);
        self.thumbnails.begin_frame(ctx, &mut opened.arrived)
    }
}

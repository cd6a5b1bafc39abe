//! What the window remembers, and when it is written.

use std::thread;

use eframe::egui;

use super::App;
use crate::session::Action;
use crate::ui::command::Command;
use crate::ui::dialogs::SettingsContext;
use crate::ui::theme::{self, ThemeChoice};

/// Seconds without a change before settings are written: dragging a border changes them every frame.
const SETTLED_SECS: f64 = 0.5;

impl App {
    pub(super) fn choose_theme(&mut self, ctx: &egui::Context, choice: ThemeChoice) {
        self.settings.theme = choice;
        theme::choose(ctx, choice);
    }

    /// Shows the dialog that is open, if any. What it sets is followed at once.
    pub(super) fn show_dialog(&mut self, ctx: &egui::Context, actions: &mut Vec<Action>, commands: &mut Vec<Command>) {
        let theme = self.settings.theme;
        // What was open beside a button would lie over it, or take its keys.
        let (is_open, was_open) = (self.dialog.is_open(&self.session), egui::Id::unique("a dialog was open"));
        let was_open = ctx.data_mut(|data| std::mem::replace(data.get_temp_mut_or_default(was_open), is_open));
        if is_open && !was_open {
            egui::Popup::close_all(ctx);
        }
        let Self { dialog, session, settings, at_start, given, thumbnails, .. } = self;
        dialog.show(ctx, SettingsContext { session, settings, at_start, given, thumbnails, actions }, commands);
        if self.settings.theme != theme {
            theme::choose(ctx, self.settings.theme);
        }
    }

    /// Keeps what should be remembered up to date, and writes it once it has not changed for a while.
    pub(super) fn remember(&mut self, ctx: &egui::Context) {
        self.note_looks(ctx);
        if self.settings == self.saved {
            self.pending = None;
            return;
        }
        let now_secs = ctx.time();
        match &self.pending {
            Some((pending, since_secs)) if *pending == self.settings => {
                if now_secs - since_secs < SETTLED_SECS {
                    return;
                }
            }
            _ => {
                self.pending = Some((self.settings.clone(), now_secs));
                ctx.request_repaint_after_secs(SETTLED_SECS as f32);
                return;
            }
        }
        // Two at once could end in the wrong order, and leave the older one.
        if self.writing.as_ref().is_some_and(|writing| !writing.is_finished()) {
            ctx.request_repaint_after_secs(SETTLED_SECS as f32);
            return;
        }
        self.pending = None;
        self.saved = self.settings.clone();
        let (Some(dir), settings) = (self.settings_dir.clone(), self.settings.clone()) else { return };
        let spawned = thread::Builder::new().name("settings".into()).spawn(move || {
            if let Err(error) = settings.save(&dir) {
                tracing::warn!("{error}");
            }
        });
        match spawned {
            Ok(writing) => self.writing = Some(writing),
            Err(error) => tracing::warn!("no thread to save the settings: {error}"),
        }
    }

    fn note_looks(&mut self, ctx: &egui::Context) {
        self.zooming.follow(ctx, &mut self.settings, &mut self.session.lasting.notices);
        self.views.keep(&mut self.settings);
        let maps = &self.session.opened.chosen.maps;
        if self.settings.maps != *maps {
            self.settings.maps.clone_from(maps);
        }
        if let Some(rect) = ctx.input(|input| input.viewport().inner_rect) {
            // A window is made before anything in it is drawn larger.
            self.settings.window_size = Some((rect.size() * ctx.zoom_factor()).into());
        }
        self.settings.place = self.session.lasting.place;
        self.settings.inspector_width = self.inspector.width(self.settings.inspector_width);
        if self.settings.default_network != self.session.lasting.default_network {
            self.settings.default_network.clone_from(&self.session.lasting.default_network);
        }
        if let (Some(collection), Some(left)) = (self.session.collection(), self.session.left_at()) {
            self.settings.leave(collection, left);
        }
        self.places.keep(&mut self.settings);
    }

    /// Writes what is not written yet: the window closes.
    pub(super) fn remember_at_last(&mut self) {
        self.places.keep(&mut self.settings);
        // What is being written is older than what will be.
        if let Some(writing) = self.writing.take() {
            writing.join().ok();
        }
        let Some(dir) = &self.settings_dir else { return };
        if let Err(error) = self.settings.save(dir) {
            tracing::warn!("{error}");
        }
    }
}

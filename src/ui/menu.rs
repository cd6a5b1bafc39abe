//! The menu bar.

use eframe::egui::{self, Align, Button, Layout, MenuBar, RichText, Ui};

use super::command::{Command, keys_in_words};
use super::dock::{Dock, Pane};
use super::network_words;
use super::settings::Settings;
use super::theme::{ThemeChoice, palette};
use crate::engine::{ExportFormat, NetworkFile};
use crate::session::{Action, Phase, Session};

/// What the menu shows and may change.
pub struct Menu<'a> {
    /// What is known and chosen.
    pub session: &'a Session,
    /// What is remembered.
    pub settings: &'a Settings,
    /// The views.
    pub dock: &'a mut Dock,
    /// Where choices go.
    pub actions: &'a mut Vec<Action>,
    /// Where commands go.
    pub commands: &'a mut Vec<Command>,
    /// A theme the person chose.
    pub theme: &'a mut Option<ThemeChoice>,
}

impl Menu<'_> {
    /// Shows the bar.
    pub fn show(&mut self, ui: &mut Ui) {
        MenuBar::new().ui(ui, |ui| {
            ui.spacing_mut().button_padding = egui::vec2(8.0, 4.0);
            ui.menu_button("File", |ui| self.file(ui));
            ui.menu_button("Edit", |ui| self.edit(ui));
            ui.menu_button("View", |ui| self.view(ui));
            ui.menu_button("Network", |ui| self.network(ui));
            ui.menu_button("Help", |ui| {
                self.item(ui, Command::Shortcuts, true);
                self.item(ui, Command::About, true);
            });
        });
    }

    fn file(&mut self, ui: &mut Ui) {
        let is_open = self.session.collection().is_some();
        self.item(ui, Command::OpenFolder, true);
        self.item(ui, Command::OpenSample, true);
        ui.add_enabled_ui(!self.settings.recent.is_empty(), |ui| {
            ui.menu_button("Open recent", |ui| {
                for recent in &self.settings.recent {
                    if ui.button(recent.title()).clicked() {
                        self.actions.push(recent.open());
                    }
                }
            });
        });
        self.item(ui, Command::Workspace, is_open);
        self.item(ui, Command::CloseFolder, !matches!(self.session.opened.phase, Phase::Welcome));
        ui.separator();
        let can_export = !self.session.opened.chosen.selection.is_empty() || self.session.opened.neighbours.is_some();
        for format in ExportFormat::ALL {
            self.item(ui, Command::Export(format), is_open && can_export);
        }
        ui.separator();
        self.item(ui, Command::Quit, true);
    }

    fn edit(&mut self, ui: &mut Ui) {
        let some_shown = !self.session.opened.shown.is_empty();
        self.item(ui, Command::Undo, self.session.opened.history.can_undo());
        self.item(ui, Command::Redo, self.session.opened.history.can_redo());
        ui.separator();
        self.item(ui, Command::SelectAll, some_shown);
        self.item(ui, Command::SelectNone, !self.session.opened.chosen.selection.is_empty());
        self.item(ui, Command::InvertSelection, some_shown);
        ui.separator();
        self.item(ui, Command::Find, self.session.collection().is_some());
    }

    fn view(&mut self, ui: &mut Ui) {
        for pane in Pane::ALL {
            let mut open = self.dock.is_open(pane);
            if ui.checkbox(&mut open, pane.name()).clicked() {
                self.dock.set_open(pane, open);
            }
        }
        self.item(ui, Command::ResetLayout, true);
        ui.separator();
        self.item(ui, Command::PreviousLayer, self.session.collection().is_some());
        self.item(ui, Command::NextLayer, self.session.collection().is_some());
        ui.separator();
        ui.menu_button("Theme", |ui| {
            for choice in ThemeChoice::ALL {
                if ui.radio(self.settings.theme == choice, choice.word()).clicked() {
                    *self.theme = Some(choice);
                }
            }
        });
        self.item(ui, Command::ZoomIn, true);
        self.item(ui, Command::ZoomOut, true);
        self.item(ui, Command::ZoomReset, true);
    }

    fn network(&mut self, ui: &mut Ui) {
        let part_of_us =
            [(NetworkFile::Builtin, Command::BuiltinNetwork), (NetworkFile::Analytic, Command::AnalyticNetwork)];
        for (network, command) in part_of_us {
            let is_used = self.session.lasting.network == network;
            if ui.radio(is_used, command.name()).clicked() && !is_used {
                self.commands.push(command);
            }
        }
        if let network @ (NetworkFile::File(_) | NetworkFile::Known(_)) = &self.session.lasting.network {
            let radio = ui.radio(true, network_words::title(network, self.session));
            if let NetworkFile::File(path) = network {
                radio.on_hover_text(path.display().to_string());
            }
        }
        self.item(ui, Command::Networks, true);
        self.item(ui, Command::LoadNetwork, true);
        ui.separator();
        self.item(ui, Command::ChooseLayers, self.session.collection().is_some());
        self.item(ui, Command::Extract, self.session.collection().is_some() && !self.session.is_busy());
        self.item(ui, Command::Cancel, self.session.is_busy());
        if let Some(collection) = self.session.collection() {
            ui.separator();
            ui.set_max_width(300.0);
            // Menus stretch what is in them, words of a text among it.
            ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
                ui.label(RichText::new(&collection.network_about).small().color(palette().weak));
            });
        }
    }

    fn item(&mut self, ui: &mut Ui, command: Command, enabled: bool) {
        let mut button = Button::new(command.name());
        if let Some(keys) = command.shortcut() {
            button = button.shortcut_text(keys_in_words(&keys));
        }
        if ui.add_enabled(enabled, button).clicked() {
            self.commands.push(command);
        }
    }
}

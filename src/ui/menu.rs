//! The menu bar.

use eframe::egui::{self, Align, Layout, MenuBar, RichText, Ui};

use super::command::{Command, Section, keys_in_words};
use super::dock::Dock;
use super::export_menu;
use super::network_words;
use super::settings::Settings;
use super::theme::{ThemeChoice, palette};
use super::views::Pane;
use super::widgets::text::capital;
use crate::engine::NetworkFile;
use crate::session::{Action, Open, Session};

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
            ui.menu_button("Go", |ui| self.ways(ui));
            ui.menu_button("Network", |ui| self.network(ui));
            ui.menu_button("Help", |ui| self.section(ui, Section::Help));
        });
    }

    fn file(&mut self, ui: &mut Ui) {
        self.section(ui, Section::Open);
        ui.add_enabled_ui(!self.settings.recent.is_empty(), |ui| {
            let menu = ui.menu_button("Open recent", |ui| {
                for recent in self.settings.listed() {
                    if ui.button(recent.title()).clicked() {
                        self.actions.push(recent.open());
                    }
                }
            });
            menu.response.on_disabled_hover_text("No folder was opened yet");
        });
        self.section(ui, Section::Folder);
        ui.separator();
        self.section(ui, Section::Import);
        ui.menu_button("Export as", |ui| {
            let session = self.session;
            export_menu::show(ui, session, |ui, command| self.item(ui, command));
        });
        self.section(ui, Section::Files);
        ui.separator();
        self.section(ui, Section::Quit);
    }

    fn edit(&mut self, ui: &mut Ui) {
        self.section(ui, Section::Undo);
        ui.separator();
        self.section(ui, Section::Select);
        ui.separator();
        self.section(ui, Section::Find);
        ui.separator();
        self.section(ui, Section::Settings);
    }

    fn view(&mut self, ui: &mut Ui) {
        for pane in Pane::ALL {
            let mut open = self.dock.is_open(pane);
            if ui.checkbox(&mut open, pane.name()).clicked() {
                self.dock.set_open(pane, open);
            }
        }
        self.section(ui, Section::Arrangement);
        ui.separator();
        self.section(ui, Section::Picture);
        self.section(ui, Section::LayerBefore);
        self.section(ui, Section::LayerAfter);
        ui.separator();
        ui.menu_button("Theme", |ui| {
            for choice in ThemeChoice::ALL {
                if ui.radio(self.settings.theme == choice, choice.word()).clicked() {
                    *self.theme = Some(choice);
                }
            }
        });
        self.section(ui, Section::Zoom);
    }

    fn ways(&mut self, ui: &mut Ui) {
        self.section(ui, Section::Places);
        ui.separator();
        self.section(ui, Section::Ways);
    }

    fn network(&mut self, ui: &mut Ui) {
        self.section(ui, Section::OwnNetworks);
        self.own_vectors(ui);
        if let network @ (NetworkFile::File(_) | NetworkFile::Known(_)) = &self.session.lasting.network {
            let radio = ui.radio(true, network_words::title(network, self.session));
            if let NetworkFile::File(path) = network {
                radio.on_hover_text(path.display().to_string());
            }
        }
        self.section(ui, Section::Networks);
        ui.separator();
        self.section(ui, Section::Extraction);
        if let Some(collection) = self.session.collection() {
            ui.separator();
            ui.set_max_width(300.0);
            // Menus stretch what is in them, words of a text among it.
            ui.with_layout(Layout::top_down(Align::LEFT), |ui| {
                ui.label(RichText::new(&collection.network_about).small().color(palette().weak));
            });
        }
    }

    /// Vectors of the person's own, which stand where a network's would.
    fn own_vectors(&mut self, ui: &mut Ui) {
        for name in self.session.collection().iter().flat_map(|collection| &collection.vectors) {
            let vectors = NetworkFile::Vectors(name.clone());
            let is_used = self.session.lasting.network == vectors;
            if ui.radio(is_used, name).on_hover_text(network_words::VECTORS_ABOUT).clicked() && !is_used {
                self.actions.push(Open::Through(vectors).into());
            }
        }
    }

    /// The commands that stand here.
    fn section(&mut self, ui: &mut Ui, section: Section) {
        for command in Command::all() {
            if command.section() == Some(section) {
                self.item(ui, command);
            }
        }
    }

    fn item(&mut self, ui: &mut Ui, command: Command) {
        if let Some(is_used) = command.is_used(self.session) {
            if ui.radio(is_used, command.name()).clicked() && !is_used {
                self.commands.push(command);
            }
            return;
        }
        let keys = command.shortcut().map(|keys| keys_in_words(&keys));
        let lacks = command.lacks(self.session);
        let button = ui.add_enabled(lacks.is_none(), export_menu::entry(command, keys));
        let response = export_menu::named(button, command);
        let response = match command.takes(self.session) {
            Some(takes) => response.on_hover_ui(|ui| {
                ui.label(capital(&takes));
                let outcome = export_menu::outcome(command);
                if !outcome.is_empty() {
                    ui.label(RichText::new(outcome).small().color(palette().weak));
                }
            }),
            // What is brought in and taken away has names of its own, which not everybody knows.
            None if matches!(command.section(), Some(Section::Import | Section::Files)) => {
                response.on_hover_text(command.about())
            }
            None => response,
        };
        if response.on_disabled_hover_text(lacks.unwrap_or_default()).clicked() {
            self.commands.push(command);
        }
    }
}

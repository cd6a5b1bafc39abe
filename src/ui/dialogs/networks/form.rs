//! The fields of how pictures are prepared, and the name under which that is kept.

mod fields;
mod preview;

use std::path::PathBuf;

use eframe::egui::{RichText, TextEdit, Ui};

use self::preview::Preview;
use super::fact::field;
use super::sentence::sentence;
use crate::engine::KnownNetwork;
use crate::engine::networks::{PreparationWish, Preprocessing};
use crate::session::{Action, Networks, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::main_button;

/// What is being written.
pub(super) struct Form {
    /// The name it gets.
    pub name: String,
    file: PathBuf,
    original: Preprocessing,
    draft: Preprocessing,
    /// Whether it was handed over to be kept.
    is_sent: bool,
    preview: Preview,
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum FormEnd {
    /// Nothing yet.
    Open,
    /// The person thought better of it.
    Left,
}

impl Form {
    /// Begins with how pictures are prepared for `known`.
    pub(super) fn new(known: &KnownNetwork, preprocessing: Preprocessing, session: &Session) -> Self {
        // `squeezenet-own-2` is followed by `squeezenet-own-3`.
        let stem = known.name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches('-');
        let wanted = if stem.ends_with("-own") { stem.to_owned() } else { format!("{}-own", known.name) };
        Self {
            name: free_name(&wanted, session),
            file: known.path.clone(),
            original: preprocessing.clone(),
            draft: preprocessing,
            is_sent: false,
            preview: Preview::default(),
        }
    }

    /// Whether it is in the list by now.
    pub(super) fn is_saved(&self, session: &Session) -> bool {
        self.is_sent && session.lasting.networks.added.is_none() && session.lasting.networks.known(&self.name).is_some()
    }

    pub(super) fn show(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) -> FormEnd {
        // The engine has answered with a problem: it can be tried again.
        self.is_sent &= session.lasting.networks.added.is_some();
        ui.label(RichText::new(sentence(&self.draft.in_words())).color(palette().text));
        ui.add_space(4.0);
        if self.draft.check().is_ok() {
            self.preview.show(ui, session, self.draft.resizing());
            ui.add_space(4.0);
        }
        // Only for the moment in which it is saved: that is seen, and needs no reason.
        ui.add_enabled_ui(!self.is_sent, |ui| {
            fields::show(ui, &mut self.draft);
            field(ui, "Name", |ui| {
                ui.add(TextEdit::singleline(&mut self.name).char_limit(64).desired_width(220.0))
                    .accessible_name("Name of the network")
            });
        });
        let refused = self.refusal(session);
        if let Some(refusal) = &refused {
            ui.label(RichText::new(refusal).small().color(palette().warning));
        }
        let mut end = FormEnd::Open;
        ui.horizontal(|ui| {
            let can_save = refused.is_none() && !self.is_sent && self.draft != self.original;
            let save = ui.add_enabled_ui(can_save, |ui| main_button(ui, "Save as my own")).inner;
            if save.on_disabled_hover_text("Change something first").clicked() {
                self.is_sent = true;
                let wish = PreparationWish::exactly(&self.draft);
                actions.push(Networks::Add { file: self.file.clone(), name: self.name.clone(), wish }.into());
            }
            if ui.button("Leave as it is").clicked() {
                end = FormEnd::Left;
            }
            if self.is_sent {
                ui.label(RichText::new("Reading the network…").small().color(palette().weak));
            }
        });
        let hint = "The network in the list is not changed. Yours is added under its own name, and its features are \
                    stored separately, because they differ when pictures are prepared differently.";
        ui.label(RichText::new(hint).small().color(palette().weak));
        end
    }

    /// Why it cannot be kept like this.
    fn refusal(&self, session: &Session) -> Option<String> {
        if self.is_sent {
            return None;
        }
        if self.name.is_empty() {
            return Some("It needs a name.".to_owned());
        }
        if session.lasting.networks.known(&self.name).is_some() {
            return Some(format!("There is a network called {}; choose another name.", self.name));
        }
        self.draft.check().err().map(|reason| sentence(&reason))
    }
}

/// `wanted`, or with a number if there is such a network.
pub(super) fn free_name(wanted: &str, session: &Session) -> String {
    let numbered = (2..).map(|number| format!("{wanted}-{number}"));
    let mut names = std::iter::once(wanted.to_owned()).chain(numbered);
    names.find(|name| session.lasting.networks.known(name).is_none()).unwrap_or_default()
}

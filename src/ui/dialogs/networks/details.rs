//! The right side: everything that is known of one network.

use std::collections::BTreeSet;
use std::path::Path;

use eframe::egui::{RichText, ScrollArea, Ui};

use super::fact::{fact, fact_text, heading, link};
use super::form::free_name;
use super::sentence::sentence;
use super::{Item, NetworkDialog, files, offline};
use crate::engine::networks::{PreparationWish, name_of};
use crate::engine::{KnownNetwork, NetworkFile};
use crate::session::{Action, Networks, Session};
use crate::ui::network_words::{ANALYTIC_ABOUT, BUILTIN_ABOUT, VECTORS_ABOUT, format_name, preparation};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{counted, thousands};

/// What the small network is, beyond [`BUILTIN_ABOUT`].
const BUILTIN_ORIGIN: &str = "It has the layers of SqueezeNet 1.1 and was trained to see what SqueezeNet 1.0 sees.";

/// Of what is a part of the program.
const OWN_LICENCE: &str = "MIT or Apache 2.0, as the program";

/// Said of a file that was opened by its path.
const FILE_ABOUT: &str = "A file of yours, used where it is. If its content matches a network in this list, pictures \
                          are prepared as for that network; otherwise as its file format suggests.";

impl NetworkDialog {
    pub(super) fn show_details(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        // Another network is read from its beginning.
        let id = format!("{:?}", self.chosen);
        ScrollArea::vertical().id_salt(id).auto_shrink(false).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - 6.0);
            let Some(item) = self.item(session) else {
                ui.label(RichText::new("This network is not in the list yet.").color(palette().weak));
                return;
            };
            ui.label(RichText::new(item.title()).heading().color(palette().strong));
            match item {
                Item::Builtin => {
                    ui.label(BUILTIN_ABOUT);
                    ui.label(RichText::new(BUILTIN_ORIGIN).color(palette().weak));
                    fact_text(ui, "Licence", OWN_LICENCE);
                    show_in_use(ui, session, &NetworkFile::Builtin);
                }
                Item::Analytic => {
                    ui.label(ANALYTIC_ABOUT);
                    fact_text(ui, "Licence", OWN_LICENCE);
                    show_in_use(ui, session, &NetworkFile::Analytic);
                }
                Item::File(path) => {
                    ui.label(FILE_ABOUT);
                    ui.add_space(4.0);
                    fact_text(ui, "File", &path.display().to_string());
                    show_prepared(ui, session, path);
                    self.show_remember(ui, session, path, actions);
                }
                Item::Vectors(_) => {
                    ui.label(VECTORS_ABOUT);
                }
                Item::Known(known) => self.show_known(ui, session, known, actions),
            }
        });
    }

    fn show_known(&mut self, ui: &mut Ui, session: &Session, known: &KnownNetwork, actions: &mut Vec<Action>) {
        if !known.about.is_empty() {
            ui.label(&known.about);
        }
        ui.add_space(4.0);
        fact_text(ui, "Name", &known.name);
        fact_text(ui, "Format", format_name(known.format));
        fact_text(ui, "Publisher", &known.publisher);
        fact_text(ui, "Licence", &known.licence);
        if !known.page.is_empty() {
            fact(ui, "Page", |ui| link(ui, &known.page));
        }
        fact_text(ui, "Classes", &known.classes.map(thousands).unwrap_or_default());
        if let Some(top_1) = known.top_1 {
            fact_text(ui, "Top-1", &format!("{top_1:.1} % top-1 accuracy on ImageNet, as published"));
        }
        self.show_preparation(ui, session, known, actions);
        files::show(ui, known);
        if !known.is_here && !known.files.is_empty() {
            offline::show(ui, known, actions);
        }
    }

    /// A file without a name can get one.
    fn show_remember(&mut self, ui: &mut Ui, session: &Session, path: &Path, actions: &mut Vec<Action>) {
        ui.add_space(8.0);
        let is_known = |known: &KnownNetwork| known.path == path;
        if session.lasting.networks.list.iter().flat_map(|networks| networks.iter()).any(is_known) {
            ui.label(RichText::new("It is also in this list under a name.").color(palette().weak));
            return;
        }
        if session.lasting.networks.added.is_some() {
            ui.label(RichText::new("Reading it…").color(palette().weak));
            return;
        }
        let hint = "Add it to this list under a name. Then you can change how pictures are prepared for it";
        if ui.button("Remember it").on_hover_text(hint).clicked() {
            let name = free_name(&name_of(path), session);
            self.remembered = Some(name.clone());
            actions.push(Networks::Add { file: path.to_owned(), name, wish: PreparationWish::default() }.into());
        }
    }
}

/// How pictures are prepared for a file without a name, which is known once it was read.
fn show_prepared(ui: &mut Ui, session: &Session, path: &Path) {
    heading(ui, "How pictures are prepared");
    let is_it = |file: &NetworkFile| matches!(file, NetworkFile::File(own) if own == path);
    match session.collection().filter(|open| is_it(&open.network_file)) {
        Some(open) => {
            ui.label(sentence(&open.prepared));
            let layers = counted(open.layers.len(), "layer", "layers");
            fact_text(ui, "Layers", &format!("{layers} to look at"));
        }
        None => {
            ui.label("As for the network that its content is known to be, or as its format suggests.");
            let hint = "It is told here once a folder is open through it.";
            ui.label(RichText::new(hint).small().color(palette().weak));
        }
    }
}

/// What is known of a network of the program while a folder is looked at through it.
fn show_in_use(ui: &mut Ui, session: &Session, network: &NetworkFile) {
    let Some(open) = session.collection().filter(|open| open.network_file == *network) else {
        ui.add_space(4.0);
        let hint = "Open a folder with it to see its layers and how pictures are prepared.";
        ui.label(RichText::new(hint).small().color(palette().weak));
        return;
    };
    let stored: BTreeSet<&str> = open.stored.iter().map(|stored| stored.layer.as_str()).collect();
    let layers = counted(open.layers.len(), "layer", "layers");
    fact_text(ui, "Layers", &format!("{layers} to look at, {} of them stored here", thousands(stored.len())));
    fact_text(ui, "Pictures", &preparation(&open.resizing));
    let classes = if open.has_classes { thousands(open.class_count) } else { "none: it names nothing".to_owned() };
    fact_text(ui, "Classes", &classes);
    fact_text(ui, "In full", &open.network_about);
}

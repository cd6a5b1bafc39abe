//! Which file or folder is to be imported, and how it is to be read where that is not found out by itself.

use std::path::Path;

use eframe::egui::{CollapsingHeader, ComboBox, Key, RichText, TextEdit, Ui};

use crate::domain::{AnnotationFormat, ColumnNames, Tags};
use crate::engine::ImportWish;
use crate::session::{Action, Import};
use crate::ui::dialogs::path::PathField;
use crate::ui::theme::palette;
use crate::ui::widgets::text::main_button;
use crate::ui::{Question, Waker};

/// What is said first.
const ABOUT: &str = "Labels, splits and boxes that another program keeps of these pictures: COCO, YOLO, Pascal VOC, a table \
    (CSV), Hugging Face or WebDataset. You see what was recognised before anything is written.";

/// What is chosen so far.
pub(super) struct Choosing {
    pub(super) path: PathField,
    /// Whether the path is meant: it is looked at as soon as it is checked.
    is_meant: bool,
    format: Option<AnnotationFormat>,
    split: String,
    columns: [String; 3],
}

impl Choosing {
    pub(super) fn new(folder: &Path, waker: Waker) -> Self {
        Self {
            // Joined with nothing it ends in a separator, to be written on behind.
            path: PathField::new(Question::ImportFile, &folder.join(""), waker),
            is_meant: false,
            format: None,
            split: String::new(),
            columns: Default::default(),
        }
    }

    /// Says whether the dialog is to be closed.
    pub(super) fn show(&mut self, ui: &mut Ui, actions: &mut Vec<Action>) -> bool {
        ui.label(RichText::new(ABOUT).color(palette().weak));
        ui.add_space(6.0);
        ui.horizontal(|ui| {
            ui.label("From");
            if ui.button("Choose a file…").clicked() {
                self.path.ask(Question::ImportFile);
            }
            if ui.button("Choose a folder…").on_hover_text("Of a data set in many files").clicked() {
                self.path.ask(Question::ImportFolder);
            }
        });
        let field = self.path.show(ui);
        if field.changed() {
            self.is_meant = false;
        }
        // What was picked is looked at at once.
        self.is_meant |= self.path.take_picked();
        let is_entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        self.is_meant |= is_entered;
        self.path.show_verdict(ui);
        let split = self.show_options(ui);
        ui.add_space(8.0);
        let path = self.path.verdict().and_then(|verdict| verdict.as_ref().ok()).cloned();
        // What is put right later must not be looked at unasked.
        if matches!(self.path.verdict(), Some(Err(_))) || split.is_err() {
            if is_entered || self.is_meant {
                self.path.focus();
            }
            self.is_meant = false;
        }
        let mut is_declined = false;
        ui.horizontal(|ui| {
            let can_look = path.is_some() && split.is_ok();
            let button = ui.add_enabled_ui(can_look, |ui| main_button(ui, "See what is in it")).inner;
            let button = button.on_disabled_hover_text("Choose a file or a folder that is there first");
            self.is_meant |= button.clicked();
            is_declined = ui.button("Close").clicked();
        });
        if let (Some(path), Ok(split), true) = (path, split, self.is_meant) {
            self.is_meant = false;
            let columns = self.columns.each_ref().map(|name| Some(name.trim().to_owned()).filter(|it| !it.is_empty()));
            let [path_column, label, split_column] = columns;
            let columns = ColumnNames { path: path_column, label, split: split_column };
            let format = self.format;
            actions.push(Import::Look(ImportWish { path, format, split, columns, ..ImportWish::default() }).into());
        }
        is_declined
    }

    /// How it is to be read; gives the split of pictures that have none, or why it cannot be called so.
    fn show_options(&mut self, ui: &mut Ui) -> Result<Option<String>, ()> {
        let written = Some(self.split.trim()).filter(|split| !split.is_empty());
        let split = written.map(Tags::cleaned).transpose();
        CollapsingHeader::new("How to read it").show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.label("Its format is");
                let now = self.format.map_or("found out by what is in it", AnnotationFormat::title);
                let combo = ComboBox::from_id_salt("format of annotations").width(200.0).selected_text(now);
                let combo = combo.show_ui(ui, |ui| {
                    ui.selectable_value(&mut self.format, None, "found out by what is in it");
                    for format in AnnotationFormat::ALL {
                        let entry = ui.selectable_value(&mut self.format, Some(format), format.title());
                        entry.on_hover_text(format.about());
                    }
                });
                combo.response.accessible_name("Format");
            });
            ui.horizontal(|ui| {
                ui.label("Split of pictures of which it says none");
                let field = TextEdit::singleline(&mut self.split).desired_width(100.0).hint_text("train");
                ui.add(field).accessible_name("Split");
            });
            ui.horizontal_wrapped(|ui| {
                ui.label("Columns of a table: ");
                let named = ["paths", "labels", "splits"];
                for (name, of) in self.columns.iter_mut().zip(named) {
                    let field = TextEdit::singleline(name).desired_width(90.0).hint_text(of);
                    let field = ui.add(field).on_hover_text(format!("The column of {of}, if it has an unusual name"));
                    field.accessible_name(format!("Column of {of}"));
                }
            });
        });
        if let Err(why) = &split {
            ui.label(RichText::new(why.replace("a tag", "a split")).color(palette().problem));
        }
        split.map_err(drop)
    }
}

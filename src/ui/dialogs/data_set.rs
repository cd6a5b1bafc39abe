//! How pictures become a data set: by what, with which splits, and what becomes of their files.

use eframe::egui::{self, ComboBox, DragValue, RichText, Ui};

use super::{main_or_enter_if, modal, taken};
use crate::domain::{ClassesBy, DatasetOptions, ExportFormat, FilePlacing, SplitBy, SplitShares};
use crate::session::{Session, Taken};
use crate::ui::clustering_words::title;
use crate::ui::theme::palette;

/// What is chosen of a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct DataSetChoice {
    /// What the classes are.
    pub by: ClassesBy,
    /// How files get into it that stay where they are.
    pub placing: FilePlacing,
    /// Whether they go into the folders themselves instead.
    pub are_moved: bool,
    /// By what they are put into splits.
    pub splits: SplitBy,
    /// How large splits are that chance fills, also while it fills none.
    pub shares: SplitShares,
}

impl Default for DataSetChoice {
    fn default() -> Self {
        let DatasetOptions { by, placing, splits, .. } = DatasetOptions::default();
        Self { by, placing, are_moved: false, splits, shares: SplitShares::default() }
    }
}

impl DataSetChoice {
    /// The same as an export has it, beside what `others` says of other formats.
    pub fn options(&self, others: DatasetOptions) -> DatasetOptions {
        DatasetOptions { by: self.by.clone(), placing: self.placing, splits: self.splits, ..others }
    }
}

/// What is chosen so far.
pub struct DataSetDialog {
    format: ExportFormat,
    choice: DataSetChoice,
    /// What it is made of.
    taken: Taken,
    /// Whether it can be made of nothing but the selection.
    is_of_selection: bool,
    is_meant: bool,
}

impl DataSetDialog {
    /// Of these, beginning with what was chosen the last time, as far as that is still there.
    pub fn new(format: ExportFormat, taken: Taken, mut choice: DataSetChoice, session: &Session) -> Self {
        let is_there = match &choice.by {
            ClassesBy::Label => true,
            ClassesBy::Tag => has_tags(session),
            ClassesBy::Cluster(name) => name.as_ref().is_some_and(|name| session.opened.clusterings.contains(name)),
        };
        if !is_there || format == ExportFormat::Yolo {
            choice.by = ClassesBy::Label;
        }
        // Who says "move" of files that are selected means no others.
        let is_of_selection = choice.are_moved && taken == Taken::Selected;
        Self { format, choice, taken, is_of_selection, is_meant: false }
    }

    /// What the person wants, once they said so.
    pub fn meant(&self) -> Option<(ExportFormat, DataSetChoice, Taken)> {
        self.is_meant.then(|| (self.format, self.choice.clone(), self.taken))
    }

    pub(super) fn show(&mut self, ctx: &egui::Context, session: &Session) -> bool {
        let is_folders = self.format == ExportFormat::Folders;
        let of = self.format.description().title;
        let title = if is_folders { "Pictures into folders".to_owned() } else { format!("A data set for {of}") };
        modal(ctx, &title, 480.0, |ui| {
            let is_there = match self.is_of_selection {
                true => taken::show_selected(ui, session),
                false => taken::show(ui, session, &mut self.taken),
            };
            ui.add_space(6.0);
            if is_folders {
                ui.label("Each goes into a folder for its");
                self.show_classes(ui, session);
            } else if self.format == ExportFormat::Yolo {
                ui.label("With the boxes that are marked in them.");
            } else {
                ui.label("Their classes are by");
                self.show_classes(ui, session);
            }
            if self.format.holds_pictures() {
                ui.add_space(6.0);
                self.show_files(ui);
            }
            ui.add_space(6.0);
            self.show_splits(ui, session);
            ui.add_space(4.0);
            let note = RichText::new(self.note());
            ui.label(if self.choice.are_moved {
                note.color(palette().warning)
            } else {
                note.small().color(palette().weak)
            });
            ui.add_space(8.0);
            let mut is_declined = false;
            let main_word = if self.format.holds_pictures() { "Choose the folder…" } else { "Choose where…" };
            ui.horizontal(|ui| {
                self.is_meant = main_or_enter_if(ui, is_there, main_word);
                is_declined = ui.button("Cancel").clicked();
            });
            is_declined
        })
    }

    fn show_classes(&mut self, ui: &mut Ui, session: &Session) {
        let by = &mut self.choice.by;
        ui.radio_value(by, ClassesBy::Label, "label");
        ui.add_enabled_ui(has_tags(session), |ui| {
            ui.radio_value(by, ClassesBy::Tag, "tag").on_disabled_hover_text("No picture has a tag yet");
        });
        let shown = session.opened.clustering.as_ref().map(|shown| shown.wish.name());
        let stored = &session.opened.clusterings;
        let first = shown.or_else(|| stored.last().cloned());
        ui.add_enabled_ui(first.is_some(), |ui| {
            ui.horizontal(|ui| {
                let is_by_cluster = matches!(by, ClassesBy::Cluster(_));
                let radio = ui.radio(is_by_cluster, "cluster").on_disabled_hover_text("Make clusters first, in Groups");
                if radio.clicked() && !is_by_cluster {
                    *by = ClassesBy::Cluster(first);
                }
                let ClassesBy::Cluster(Some(name)) = by else { return };
                let words = title(session, name);
                let combo = ComboBox::from_id_salt("clustering of a data set").width(260.0).truncate();
                let combo = combo.selected_text(words).show_ui(ui, |ui| {
                    for other in stored {
                        ui.selectable_value(name, other.clone(), title(session, other)).on_hover_text(other);
                    }
                });
                combo.response.on_hover_text("Which clustering").accessible_name("Clustering");
            });
        });
    }

    fn show_files(&mut self, ui: &mut Ui) {
        ui.label("Their files are");
        let DataSetChoice { placing, are_moved, .. } = &mut self.choice;
        ui.horizontal_wrapped(|ui| {
            for other in FilePlacing::ALL {
                let (word, hint) = match other {
                    FilePlacing::Copy => ("copied", "Each takes its space again"),
                    FilePlacing::Hard => {
                        ("hard links", "A second name of the same file, which takes no space; on the same disk only")
                    }
                    FilePlacing::Symbolic => {
                        ("symbolic links", "They lead to where the files lie, and nowhere if those are moved")
                    }
                };
                if ui.radio(!*are_moved && *placing == other, word).on_hover_text(hint).clicked() {
                    (*placing, *are_moved) = (other, false);
                }
            }
            if self.format == ExportFormat::Folders {
                let hint = "Not copies: the files themselves. You are asked once more before the first one moves";
                ui.radio_value(are_moved, true, "moved away from where they lie").on_hover_text(hint);
            }
        });
    }

    fn show_splits(&mut self, ui: &mut Ui, session: &Session) {
        ui.label("Splits");
        let DataSetChoice { splits, shares, .. } = &mut self.choice;
        ui.horizontal_wrapped(|ui| {
            let have_imported = !session.opened.splits.images.is_empty();
            // Where none were imported, those are none.
            let is_none = *splits == SplitBy::Nothing || (*splits == SplitBy::Imported && !have_imported);
            if ui.radio(is_none, "none").clicked() {
                *splits = SplitBy::Nothing;
            }
            ui.add_enabled_ui(have_imported, |ui| {
                let is_imported = have_imported && *splits == SplitBy::Imported;
                let hint = "No splits were imported";
                if ui.radio(is_imported, "as imported").on_disabled_hover_text(hint).clicked() {
                    *splits = SplitBy::Imported;
                }
            });
            let hint = "By chance, each split getting its share of every class";
            if ui.radio(matches!(splits, SplitBy::Shares(_)), "train, validation, test").on_hover_text(hint).clicked() {
                *splits = SplitBy::Shares(*shares);
            }
        });
        let SplitBy::Shares(chosen) = splits else { return };
        ui.horizontal(|ui| {
            let share = |ui: &mut Ui, of: &mut u8, other: u8, word: &str, name: &str| {
                ui.label(word);
                // Something has to be left to train with.
                let value = DragValue::new(of).range(0..=99_u8.saturating_sub(other)).suffix(" %");
                ui.add(value).accessible_name(name);
            };
            ui.label(format!("train {} %,", chosen.train()));
            share(ui, &mut chosen.validation, chosen.test, "validation", "Share to validate with");
            share(ui, &mut chosen.test, chosen.validation, "test", "Share to test with");
            ui.label("seed");
            let hint = "The same seed gives the same splits of the same pictures";
            ui.add(DragValue::new(&mut chosen.seed)).on_hover_text(hint).accessible_name("Seed of the splits");
        });
        *shares = *chosen;
    }

    fn note(&self) -> &'static str {
        if self.choice.are_moved {
            return "The files leave the folders that they lie in, and Undo does not bring them back. You see what would be \
                    moved, and say yes or no, before anything is. A table, moved.csv, says where each came from.";
        }
        match (self.format == ExportFormat::Folders, self.format.holds_pictures()) {
            (true, _) => "Into a new or empty folder. You see how many pictures go where before anything is written.",
            (false, true) => "Into a new or empty folder.",
            (false, false) => self.format.outcome(),
        }
    }
}

fn has_tags(session: &Session) -> bool {
    session.opened.tags.words().next().is_some()
}

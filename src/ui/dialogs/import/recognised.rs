//! What was recognised in files, before it is imported and afterwards.

use eframe::egui::{Align, Layout, RichText, Ui};

use crate::engine::{ImportParts, ImportReport, ImportWish};
use crate::session::{Action, Import};
use crate::ui::command::Command;
use crate::ui::dialogs::{left_out, main_or_enter};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{counted, main_button};

/// What would be imported; says whether the dialog is to be closed. Enter imports it as soon as it `can_enter`.
pub(super) fn show_known(
    ui: &mut Ui,
    wish: &ImportWish,
    report: &ImportReport,
    can_enter: bool,
    actions: &mut Vec<Action>,
) -> bool {
    ui.label(RichText::new(wish.path.display().to_string()).small().color(palette().weak));
    ui.add_space(4.0);
    let refusal = report.refusal();
    if let Some(why) = &refusal {
        ui.label(RichText::new(format!("{why}.")).color(palette().warning));
    }
    show_facts(ui, report);
    let can_import = refusal.is_none();
    if can_import && report.has_both() {
        show_parts(ui, wish.parts, actions);
    }
    if can_import {
        for (note, is_loss) in notes(report) {
            ui.label(RichText::new(note).color(if is_loss { palette().warning } else { palette().weak }));
        }
    }
    if can_import && report.labels_by_hand > 0 && report.parts.has_labels() {
        let mut over_hand = wish.over_hand;
        let labels = counted(report.labels_by_hand, "label that was given by hand", "labels that were given by hand");
        let choice = ui.checkbox(&mut over_hand, format!("Replace {labels}, too"));
        if choice.on_hover_text("Else they stay what they are, whatever the file says").changed() {
            actions.push(Import::OverHand(over_hand).into());
        }
    }
    show_left_out(ui, &report.of_parts());
    ui.add_space(8.0);
    let mut is_done = false;
    ui.horizontal(|ui| {
        if ui.button("Choose another file").clicked() {
            actions.push(Import::Again.into());
        }
        is_done = ui.button("Cancel").on_hover_text("Nothing is imported").clicked();
        if is_done {
            actions.push(Import::Again.into());
        }
        if !can_import {
            return;
        }
        // At the other end of the line than what led here: whoever presses that twice, or stops too late, imports nothing unseen.
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = format!("Import {}", what(report));
            let is_meant = if can_enter { main_or_enter(ui, &words) } else { main_button(ui, &words).clicked() };
            if is_meant {
                actions.push(Import::Begin.into());
            }
        });
    });
    is_done
}

/// What was imported; says whether the dialog is to be closed.
pub(super) fn show_done(
    ui: &mut Ui,
    report: &ImportReport,
    actions: &mut Vec<Action>,
    commands: &mut Vec<Command>,
) -> bool {
    ui.label(RichText::new("Imported.").color(palette().good));
    show_facts(ui, report);
    show_left_out(ui, &report.of_parts());
    ui.add_space(8.0);
    let mut is_done = false;
    ui.horizontal(|ui| {
        if report.parts.has_boxes() && report.boxes.boxes > 0 && main_button(ui, Command::CutOut.name()).clicked() {
            commands.push(Command::CutOut);
        }
        if ui.button("Import another file").clicked() {
            actions.push(Import::Again.into());
        }
        is_done = ui.button("Close").clicked();
    });
    is_done
}

/// Lets labels be imported without the boxes, or boxes without the labels.
fn show_parts(ui: &mut Ui, now: ImportParts, actions: &mut Vec<Action>) {
    ui.horizontal_wrapped(|ui| {
        ui.label("Import");
        for parts in ImportParts::ALL {
            let (words, hint) = match parts {
                ImportParts::All => ("Labels and boxes", "All that was recognised"),
                ImportParts::Labels => ("Labels only", "With splits, where there are some; boxes stay as they are"),
                ImportParts::Boxes => ("Boxes only", "Labels and splits stay as they are"),
            };
            if ui.radio(parts == now, words).on_hover_text(hint).clicked() && parts != now {
                actions.push(Import::Parts(parts).into());
            }
        }
    });
    ui.add_space(2.0);
}

/// What becomes of labels, and of what was imported before; with each whether something is lost by it.
fn notes(report: &ImportReport) -> Vec<(String, bool)> {
    let pictures = |count| counted(count, "picture", "pictures");
    let has_labels = report.parts.has_labels();
    let mut notes = Vec::new();
    if has_labels && report.labelled > 0 {
        notes.push((format!("{}: the label takes the place of the folder's name.", pictures(report.labelled)), false));
    }
    if has_labels && report.with_several > 0 {
        let words = "several labels become tags, and the folder's name is no longer the label: they have none then.";
        notes.push((format!("{}: {words}", pictures(report.with_several)), true));
    }
    if !has_labels {
        notes.push(("Labels stay as they are: the names of folders, or what they were made since.".to_owned(), false));
    }
    if report.replaces_earlier {
        let words = match report.parts {
            ImportParts::All => "What was imported for the same pictures before is replaced",
            ImportParts::Labels => "Labels that were imported for the same pictures before are replaced",
            ImportParts::Boxes => "Boxes that were imported for the same pictures before are replaced",
        };
        notes.push((format!("{words}; the pictures themselves are not changed."), false));
    }
    notes
}

/// `labels, splits and 400 boxes`
pub(super) fn what(report: &ImportReport) -> String {
    let has_labels = report.parts.has_labels();
    let labels = (has_labels && report.labelled + report.with_several > 0).then(|| "labels".to_owned());
    let splits = (has_labels && report.in_splits > 0).then(|| "splits".to_owned());
    let boxes =
        (report.parts.has_boxes() && report.boxes.boxes > 0).then(|| counted(report.boxes.boxes, "box", "boxes"));
    let parts: Vec<String> = [labels, splits, boxes].into_iter().flatten().collect();
    match &parts[..] {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn show_facts(ui: &mut Ui, report: &ImportReport) {
    for (place, fact) in report.facts().into_iter().enumerate() {
        let text = RichText::new(fact);
        ui.label(if place == 0 { text.strong().color(palette().strong) } else { text });
    }
    ui.add_space(4.0);
}

fn show_left_out(ui: &mut Ui, report: &ImportReport) {
    for (what, remarks) in report.left_out() {
        left_out::show(ui, remarks, [what, what]);
    }
}

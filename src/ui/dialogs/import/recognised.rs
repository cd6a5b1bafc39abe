//! What was recognised in files, before it is imported and afterwards.

use eframe::egui::{Align, Layout, RichText, Ui};

use crate::engine::{ImportReport, ImportWish};
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
    let notes = if can_import { notes(report) } else { String::new() };
    if !notes.is_empty() {
        ui.label(RichText::new(notes).color(palette().weak));
    }
    if can_import && report.labels_by_hand > 0 {
        let mut over_hand = wish.over_hand;
        let labels = counted(report.labels_by_hand, "label that was given by hand", "labels that were given by hand");
        let choice = ui.checkbox(&mut over_hand, format!("Replace {labels}, too"));
        if choice.on_hover_text("Else they stay what they are, whatever the file says").changed() {
            actions.push(Import::OverHand(over_hand).into());
        }
    }
    show_left_out(ui, report);
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
    show_left_out(ui, report);
    ui.add_space(8.0);
    let mut is_done = false;
    ui.horizontal(|ui| {
        if report.boxes.boxes > 0 && main_button(ui, Command::CutOut.name()).clicked() {
            commands.push(Command::CutOut);
        }
        if ui.button("Import another file").clicked() {
            actions.push(Import::Again.into());
        }
        is_done = ui.button("Close").clicked();
    });
    is_done
}

/// What becomes of labels, and of what was imported before.
fn notes(report: &ImportReport) -> String {
    let labels = "These labels take the place of the folders' names wherever labels are used.";
    let earlier =
        "What was imported for the same pictures before is replaced; the pictures themselves are not changed.";
    let notes = [(report.labelled > 0, labels), (report.replaces_earlier, earlier)];
    notes.iter().filter(|(is_so, _)| *is_so).map(|(_, note)| *note).collect::<Vec<_>>().join(" ")
}

/// `labels, splits and 400 boxes`
pub(super) fn what(report: &ImportReport) -> String {
    let labels = (report.labelled + report.with_several > 0).then(|| "labels".to_owned());
    let splits = (report.in_splits > 0).then(|| "splits".to_owned());
    let boxes = (report.boxes.boxes > 0).then(|| counted(report.boxes.boxes, "box", "boxes"));
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

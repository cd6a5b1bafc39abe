//! What the workspace costs: bytes on disk, read and written, each beside the bare numbers that would do.

use eframe::egui::{Grid, RichText, Ui};

use super::{Confirmation, WorkspaceDialog, activations, scrolled};
use crate::domain::{Counted, Preference, TableStorage, single_in_words};
use crate::engine::{MaintenanceReport, MaintenanceWish};
use crate::session::{Action, Maintain, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, counted};

impl WorkspaceDialog {
    pub(super) fn show_storage(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        news: &MaintenanceReport,
        room: f32,
        actions: &mut Vec<Action>,
    ) {
        let report = &news.storage;
        let is_busy = session.opened.maintenance.is_busy();
        let on_disk = format!("{} on disk, {} of it in old versions", bytes(report.bytes), bytes(report.old_bytes()));
        ui.label(RichText::new(on_disk).color(palette().strong));
        ui.add_enabled_ui(!is_busy, |ui| {
            self.show_preference(ui, news, actions);
            ui.horizontal(|ui| {
                let hint = "Count the bytes that queries read and new images write. This reads every column once.";
                if ui.button("Measure reads and writes").on_hover_text(hint).clicked() {
                    actions.push(Maintain::Maintenance(MaintenanceWish::Inspect { measured: true }).into());
                }
                let hint = "Merge small files, so that queries open fewer of them.";
                if ui.button("Compact").on_hover_text(hint).clicked() {
                    actions.push(Maintain::Maintenance(MaintenanceWish::Compact).into());
                }
                if ui.button("Delete old versions…").clicked() {
                    self.asked = Some(Confirmation::DeleteVersions);
                }
            });
        });
        if !session.opened.in_single.is_empty() {
            ui.label(RichText::new(format!("{}.", single_in_words(&session.opened.in_single))).color(palette().weak));
        }
        self.show_index(ui, session, actions);
        activations::show(ui, session, actions);
        ui.add_space(4.0);
        let hint = match report.is_measured() {
            true => "In brackets: how many times the size of the bare numbers. 1 is the least possible.",
            false => "Reads and writes have not been measured yet.",
        };
        ui.label(RichText::new(hint).small().color(palette().weak));
        scrolled(ui, "storage", room - 90.0, |ui| {
            Grid::new("storage of tables").num_columns(4).striped(true).spacing([16.0, 4.0]).show(ui, |ui| {
                for title in ["", "On disk", "Read per query", "Written per image"] {
                    ui.label(RichText::new(title).small().color(palette().weak));
                }
                ui.end_row();
                report.tables.iter().for_each(|table| show_table(ui, table));
            });
        });
    }

    fn show_preference(&mut self, ui: &mut Ui, news: &MaintenanceReport, actions: &mut Vec<Action>) {
        ui.horizontal(|ui| {
            ui.label("What should be cheap?");
            let choices = [None].into_iter().chain(Preference::ALL.map(Some));
            for choice in choices {
                let title = choice.map_or("Balanced", Preference::title);
                let about =
                    choice.map_or("A balance between reading and writing. Nothing is deleted.", Preference::about);
                let is_chosen = news.storage.prefer == choice;
                let plan = news.plans.iter().find(|(preference, _)| Some(*preference) == choice);
                let plan = plan.map(|(_, plan)| plan.in_words()).unwrap_or_default();
                let response = ui.radio(is_chosen, title).on_hover_text(format!("{about} {plan}"));
                // One that was chosen before has more to build when images came.
                if !response.clicked() || (is_chosen && plan.is_empty()) {
                    continue;
                }
                match choice {
                    Some(preference @ (Preference::LittleSpace | Preference::FastReads))
                        if preference == Preference::LittleSpace || !plan.is_empty() =>
                    {
                        self.asked = Some(Confirmation::Prefer { preference, plan });
                    }
                    choice => actions.push(Maintain::Maintenance(MaintenanceWish::Prefer(choice)).into()),
                }
            }
        });
    }
}

fn show_table(ui: &mut Ui, table: &TableStorage) {
    let images = table.commit_rows.max(1);
    ui.label(RichText::new(&table.table).color(palette().strong)).on_hover_text(format!(
        "{}, {}, {}",
        counted(table.rows as usize, "row", "rows"),
        counted(table.fragments as usize, "file", "files"),
        counted(table.versions as usize, "version", "versions"),
    ));
    number(ui, Some(table.memory), 1);
    ui.label("");
    number(ui, table.update, images);
    ui.end_row();
    for column in &table.representations {
        let precision = if column.precision == Some("single") { " (single precision)" } else { "" };
        ui.label(format!("    {}{precision}", column.column)).on_hover_text(format!("Query: {}", column.query));
        number(ui, Some(column.memory), 1);
        number(ui, column.read, 1);
        number(ui, column.update, images);
        ui.end_row();
    }
    for index in &table.indices {
        let outside = counted(index.rows_outside as usize, "row is", "rows are");
        let written = match index.update_rows {
            0 => "No images were added since it was built".to_owned(),
            rows => format!("Written: counted when {} were last added", counted(rows as usize, "image", "images")),
        };
        let hint = format!("{outside} not in it. {written}");
        ui.label(format!("    index {} of {}", index.name, index.column)).on_hover_text(hint);
        number(ui, Some(index.memory), 1);
        number(ui, index.read, 1);
        number(ui, index.update, index.update_rows.max(1));
        ui.end_row();
    }
}

/// Bytes and how many times the ideal they are.
fn number(ui: &mut Ui, of: Option<Counted>, images: u64) {
    let text = match of {
        None => "–".to_owned(),
        Some(of) => match of.ratio() {
            Some(ratio) => format!("{} ({ratio:.2})", bytes(of.bytes / images)),
            None => bytes(of.bytes / images),
        },
    };
    ui.label(RichText::new(text).monospace().small());
}

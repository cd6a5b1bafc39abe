//! What the workspace costs in detail: bytes on disk, read and written, each beside the bare numbers that would do.

use eframe::egui::{Grid, RichText, Ui};

use super::overview::heading;
use super::{Confirmation, WAIT, WorkspaceDialog, activations, scrolled, words};
use crate::domain::{Counted, Preference, TableStorage, single_in_words};
use crate::engine::{MaintenanceReport, MaintenanceWish};
use crate::session::{Action, Maintain, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, counted, small};

impl WorkspaceDialog {
    pub(super) fn show_storage(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        news: &MaintenanceReport,
        actions: &mut Vec<Action>,
    ) {
        let report = &news.storage;
        let is_busy = session.opened.maintenance.is_busy();
        ui.add_enabled_ui(!is_busy, |ui| {
            self.show_preference(ui, news, actions);
            let measure = format!(
                "Counts the bytes that queries read and new images write, for the table below. Reads everything once: {}.",
                bytes(report.bytes)
            );
            if show_work(ui, "Measure reads and writes", &measure) {
                actions.push(Maintain::Maintenance(MaintenanceWish::Inspect { measured: true }).into());
            }
            let compact = "Merges small files, so that queries open fewer. Writes those files anew, which may take minutes; the old \
                           ones stay until old versions are deleted.";
            if show_work(ui, "Compact", compact) {
                actions.push(Maintain::Maintenance(MaintenanceWish::Compact).into());
            }
        });
        if !session.opened.in_single.is_empty() {
            ui.label(RichText::new(format!("{}.", single_in_words(&session.opened.in_single))).color(palette().weak));
        }
        heading(ui, "What makes searching quicker, or finer");
        self.show_index(ui, session, actions);
        activations::show(ui, session, actions);
        heading(ui, "What takes the space");
        ui.add_space(4.0);
        let hint = match report.is_measured() {
            true => {
                "After each number: how many times the bare numbers that is; 1× is the least possible. Point at a title or a \
                 line to see what it means."
            }
            false => "Reads and writes have not been measured yet. Point at a title or a line to see what it means.",
        };
        ui.label(RichText::new(hint).small().color(palette().weak));
        scrolled(ui, "storage", |ui| {
            Grid::new("storage of tables").num_columns(4).striped(true).spacing([16.0, 4.0]).show(ui, |ui| {
                for (title, about) in TITLES {
                    let title = ui.label(RichText::new(title).small().color(palette().weak));
                    title.on_hover_text(about);
                }
                ui.end_row();
                report.tables.iter().for_each(|table| show_table(ui, table, session));
            });
        });
    }

    fn show_preference(&mut self, ui: &mut Ui, news: &MaintenanceReport, actions: &mut Vec<Action>) {
        ui.horizontal(|ui| {
            ui.label("What matters most here?");
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

/// What stands above the columns, what each is, why one would care and what to do.
const TITLES: [(&str, &str); 4] = [
    ("What it is", "What lies in the workspace, and below it the parts that take most of it."),
    (
        "On disk",
        "The space that it takes. Where that is too much: Delete old versions…, Little space, or removing layers or whole \
         activations that you do not need.",
    ),
    (
        "Read for a question",
        "How much is read from disk to answer one question, such as the ten nearest of a picture. Questions that read \
         hundreds of megabytes make you wait: an index reads far less, and Fast reads keeps indices whole.",
    ),
    (
        "Written for a picture",
        "How much is written when a picture is added. It counts where you add pictures all the time, or the disk is \
         slow or shared: Cheap updates writes least.",
    ),
];

/// A table of more parts than these shows them when that is wished.
const FEW_PARTS: usize = 3;

/// A button, and beside it what it does and costs; says whether it was pressed.
fn show_work(ui: &mut Ui, title: &str, about: &str) -> bool {
    ui.horizontal_wrapped(|ui| {
        let is_pressed = ui.button(title).on_disabled_hover_text(WAIT).clicked();
        ui.label(RichText::new(about).small().color(palette().weak));
        is_pressed
    })
    .inner
}

fn show_table(ui: &mut Ui, table: &TableStorage, session: &Session) {
    let images = table.commit_rows.max(1);
    let of_table = words::of_table(&table.table, session);
    let parts = table.representations.len() + table.indices.len();
    let is_long = parts > FEW_PARTS;
    let id = ui.make_persistent_id(("parts of", &table.table));
    let mut is_open = !is_long || ui.data(|data| data.get_temp(id).unwrap_or_default());
    let title = ui.horizontal(|ui| {
        let title = ui.label(RichText::new(of_table.title).color(palette().strong));
        let words = if is_open { "fewer".to_owned() } else { counted(parts, "part", "parts") };
        if is_long && ui.add(small(RichText::new(words).small())).clicked() {
            is_open = !is_open;
            ui.data_mut(|data| data.insert_temp(id, is_open));
        }
        title
    });
    title.inner.on_hover_text(format!(
        "{}.\n{}.lance: {}, {}, {}",
        of_table.about,
        table.table,
        counted(table.rows as usize, of_table.rows[0], of_table.rows[1]),
        counted(table.fragments as usize, "file", "files"),
        counted(table.versions as usize, "version", "versions"),
    ));
    number(ui, Some(table.memory), 1);
    ui.label("");
    number(ui, table.update, images);
    ui.end_row();
    if !is_open {
        return;
    }
    for column in &table.representations {
        let precision = if column.precision == Some("single") { " (single precision)" } else { "" };
        let title = format!("    {}{precision}", words::of_column(&column.column, session));
        ui.label(title).on_hover_text(format!("Question: {}\nColumn {}", column.query, column.column));
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
        let hint = format!("{outside} not in it. {written}.\n{} of {}", index.name, index.column);
        ui.label(format!("    Index for {}", words::of_column(&index.column, session))).on_hover_text(hint);
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
            Some(ratio) => format!("{} · {ratio:.1}×", bytes(of.bytes / images)),
            None => bytes(of.bytes / images),
        },
    };
    ui.label(RichText::new(text).monospace().small());
}

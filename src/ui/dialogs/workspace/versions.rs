//! The versions of each table: listed, compared, gone back to.

use eframe::egui::{CollapsingHeader, RichText, Ui};

use super::comparing::show_comparison;
use super::{Confirmation, WAIT, WorkspaceDialog, scrolled, words};
use crate::domain::{TableHistory, VersionName, moment_in_words};
use crate::engine::MaintenanceReport;
use crate::session::{Action, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, counted, small};

/// So many of a table's versions are shown, the newest.
const SHOWN: usize = 100;

impl WorkspaceDialog {
    pub(super) fn show_versions(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        news: &MaintenanceReport,
        actions: &mut Vec<Action>,
    ) {
        let histories = &news.histories;
        let about = "Each change of a table is a version of it. To restore one makes it the latest again; what is there now stays a \
                     version, too. Other tables stay as they are: to go back with everything, name a state above.";
        ui.label(RichText::new(about).small().color(palette().weak));
        let can_change = !session.opened.maintenance.is_busy() && !session.is_busy();
        scrolled(ui, "versions", |ui| {
            for history in histories {
                let versions = counted(history.versions.len(), "version", "versions");
                let of_table = words::of_table(&history.table, session);
                let title = format!("{} · {versions}", of_table.title);
                let part = CollapsingHeader::new(title)
                    .id_salt(&history.table)
                    .default_open(histories.len() <= 12 && history.versions.len() <= 12);
                let part = part.show(ui, |ui| {
                    if let Some(reason) = &history.fixed_because {
                        ui.label(
                            RichText::new(format!("It cannot be restored: {reason}.")).small().color(palette().weak),
                        );
                    }
                    let compared = news.compared.as_ref().filter(|compared| compared.table == history.table);
                    if let Some(compared) = compared {
                        show_comparison(ui, compared, session);
                        ui.separator();
                    }
                    for (place, version) in history.versions.iter().enumerate().rev().take(SHOWN) {
                        ui.horizontal(|ui| {
                            self.show_version(ui, history, place, of_table.rows, can_change);
                            let can_ask = !session.opened.maintenance.is_busy();
                            self.show_compare(ui, history, (version, &of_table.title), can_ask, actions);
                        });
                    }
                    if history.versions.len() > SHOWN {
                        let hint = format!("and {} older ones", history.versions.len() - SHOWN);
                        ui.label(RichText::new(hint).small().color(palette().weak));
                    }
                });
                part.header_response.on_hover_text(format!("{}.\n{}.lance", of_table.about, history.table));
            }
        });
    }

    fn show_version(&mut self, ui: &mut Ui, history: &TableHistory, place: usize, rows: [&str; 2], can_change: bool) {
        let version = &history.versions[place];
        let beside = |place: Option<usize>| place.and_then(|place| history.versions.get(place));
        let (before, after) = (beside(place.checked_sub(1)), beside(Some(place + 1)));
        let is_latest = after.is_none();
        let when = format!("{:5}  {}", version.number, moment_in_words(version.committed_unix_secs));
        ui.label(RichText::new(when).monospace().small().color(palette().weak));
        let what = ui.label(RichText::new(words::of_version(version, before, after, rows)).small());
        let files = counted(version.fragments as usize, "file", "files");
        what.on_hover_text(format!("{} in {files}, most of them shared with other versions", bytes(version.bytes)));
        for tag in &version.tags {
            ui.label(RichText::new(tag).small().color(palette().strong));
        }
        if is_latest {
            ui.label(RichText::new("as it is now").small().color(palette().weak));
        } else if history.fixed_because.is_none() {
            ui.add_enabled_ui(can_change, |ui| {
                let button = ui.add(small(format!("Restore {}…", version.number)));
                if button.on_disabled_hover_text(WAIT).clicked() {
                    let (table, version) = (Some(history.table.clone()), VersionName::Number(version.number));
                    self.asked = Some(Confirmation::Restore { table, version });
                }
            });
        }
    }
}

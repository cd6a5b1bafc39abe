//! The states of the workspace: listed, named, gone back to.

use eframe::egui::{CollapsingHeader, RichText, TextEdit, Ui};

use super::comparing::show_comparison;
use super::{Confirmation, WorkspaceDialog, scrolled, words};
use crate::domain::{TableHistory, VersionName, moment_in_words};
use crate::engine::{MaintenanceReport, MaintenanceWish};
use crate::session::{Action, Maintain, Session};
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
        below: f32,
        actions: &mut Vec<Action>,
    ) {
        let histories = &news.histories;
        let about = "Each change of what is stored is a version. A name marks the present state of everything: Delete old \
                     versions… leaves it, and it can be restored as a whole. To restore a version makes it the latest again; what is \
                     there now stays a version, too. Your pictures are not touched.";
        ui.label(RichText::new(about).small().color(palette().weak));
        let can_change = !session.opened.maintenance.is_busy() && !session.is_busy();
        ui.add_enabled_ui(can_change, |ui| {
            ui.horizontal(|ui| {
                let label = ui.label("Name for the present state:");
                ui.add(TextEdit::singleline(&mut self.tag).desired_width(180.0)).labelled_by(label.id);
                let name = self.tag.trim().to_owned();
                ui.add_enabled_ui(!name.is_empty(), |ui| {
                    if ui.button("Name it").on_hover_text("Letters, digits, dots, dashes and underscores").clicked() {
                        actions.push(Maintain::Maintenance(MaintenanceWish::NameVersion(name)).into());
                        self.tag.clear();
                    }
                });
            });
            self.show_names(ui, histories, actions);
        });
        if session.is_busy() {
            let hint = "Features are being extracted. Versions can be named and restored when that has ended.";
            ui.label(RichText::new(hint).small().color(palette().weak));
        }
        scrolled(ui, "versions", below, |ui| {
            for history in histories {
                let versions = counted(history.versions.len(), "version", "versions");
                let of_table = words::of_table(&history.table, session);
                let title = format!("{} · {versions}", of_table.title);
                let part =
                    CollapsingHeader::new(title).id_salt(&history.table).default_open(history.versions.len() <= 12);
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

    /// States of the whole workspace.
    fn show_names(&mut self, ui: &mut Ui, histories: &[TableHistory], actions: &mut Vec<Action>) {
        let all = histories.iter().flat_map(|history| &history.versions).flat_map(|version| &version.tags);
        let mut names: Vec<&String> = all.collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            ui.horizontal(|ui| {
                ui.label(RichText::new(name).color(palette().strong));
                if ui.button(format!("Restore {name}…")).clicked() {
                    self.asked = Some(Confirmation::Restore { table: None, version: VersionName::Name(name.clone()) });
                }
                if ui.button(format!("Forget the name {name}")).clicked() {
                    actions.push(Maintain::Maintenance(MaintenanceWish::ForgetName(name.clone())).into());
                }
            });
        }
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
                if ui.add(small(format!("Restore {}…", version.number))).clicked() {
                    let (table, version) = (Some(history.table.clone()), VersionName::Number(version.number));
                    self.asked = Some(Confirmation::Restore { table, version });
                }
            });
        }
    }
}

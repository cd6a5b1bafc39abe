//! What a person wants of the workspace: how much it takes, whether all is well, room, and the way back to an earlier state.

use std::collections::BTreeMap;

use eframe::egui::{RichText, TextEdit, Ui};

use super::lost_names::show_lost_names;
use super::{Confirmation, WAIT, WorkspaceDialog, words};
use crate::domain::{TableHistory, VersionName, moment_in_words};
use crate::engine::{MaintenanceReport, MaintenanceWish};
use crate::session::{Action, Maintain, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, counted};

impl WorkspaceDialog {
    pub(super) fn show_overview(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        news: &MaintenanceReport,
        actions: &mut Vec<Action>,
    ) {
        heading(ui, "How much it takes");
        ui.label(RichText::new(words::in_all(&news.storage, session)).color(palette().strong));
        heading(ui, "Is all well?");
        show_health(ui, session);
        heading(ui, "Make room");
        self.show_room(ui, session, news);
        heading(ui, "Go back to an earlier state");
        self.show_states(ui, session, news, actions);
    }

    /// What can be deleted, and what that costs.
    fn show_room(&mut self, ui: &mut Ui, session: &Session, news: &MaintenanceReport) {
        let old = news.storage.old_bytes();
        let is_free = !session.opened.maintenance.is_busy();
        ui.horizontal_wrapped(|ui| {
            ui.add_enabled_ui(is_free && old > 0, |ui| {
                let why_not = if old == 0 { "There is none" } else { WAIT };
                if ui.button("Delete old versions…").on_disabled_hover_text(why_not).clicked() {
                    self.asked = Some(Confirmation::DeleteVersions);
                }
            });
            let words = match old {
                0 => "Nothing to delete: there are no old versions.".to_owned(),
                old => format!(
                    "Frees {}. Earlier states that have no name are gone then; everything as it is now stays.",
                    bytes(old)
                ),
            };
            ui.label(RichText::new(words).color(palette().weak));
        });
    }

    /// States of the whole workspace that have a name.
    fn show_states(&mut self, ui: &mut Ui, session: &Session, news: &MaintenanceReport, actions: &mut Vec<Action>) {
        let can_change = !session.opened.maintenance.is_busy() && !session.is_busy();
        let about = "Name the present state before you try something: tags, clusters, maps and vectors can be brought back to it as a \
                     whole. It takes no space until something changes. Your pictures are not touched.";
        ui.label(RichText::new(about).color(palette().weak));
        ui.add_enabled_ui(can_change, |ui| {
            ui.horizontal(|ui| {
                let label = ui.label("Name for the present state:");
                ui.add(TextEdit::singleline(&mut self.tag).desired_width(180.0)).labelled_by(label.id);
                let name = self.tag.trim().to_owned();
                ui.add_enabled_ui(!name.is_empty(), |ui| {
                    let button = ui.button("Name it").on_hover_text("Letters, digits, dots, dashes and underscores");
                    let why_not = if can_change { "Write a name first" } else { WAIT };
                    if button.on_disabled_hover_text(why_not).clicked() {
                        actions.push(Maintain::Maintenance(MaintenanceWish::NameVersion(name)).into());
                        self.tag.clear();
                    }
                });
            });
            let states = states(&news.histories);
            if states.is_empty() {
                ui.label(RichText::new("No state has a name yet.").color(palette().weak));
            }
            for (name, unix_secs) in states {
                ui.horizontal(|ui| {
                    ui.label(RichText::new(name).color(palette().strong));
                    ui.label(RichText::new(moment_in_words(unix_secs)).small().color(palette().weak));
                    let hint = "You are asked first. What is there now stays a version, to come back to";
                    if ui.button(format!("Restore {name}…")).on_hover_text(hint).clicked() {
                        let version = VersionName::Name(name.to_owned());
                        self.asked = Some(Confirmation::Restore { table: None, version });
                    }
                    let hint =
                        "The state stays until old versions are deleted, but cannot be restored as a whole any more";
                    if ui.button(format!("Forget the name {name}")).on_hover_text(hint).clicked() {
                        actions.push(Maintain::Maintenance(MaintenanceWish::ForgetName(name.to_owned())).into());
                    }
                });
            }
            show_lost_names(ui, session, &news.histories, actions);
        });
        if session.is_busy() {
            let hint = "Features are being extracted. Versions can be named and restored when that has ended.";
            ui.label(RichText::new(hint).small().color(palette().weak));
        }
    }
}

/// A title above a part.
pub(super) fn heading(ui: &mut Ui, text: &str) {
    ui.add_space(6.0);
    ui.label(RichText::new(text).small().color(palette().accent));
}

/// The names of states, and when the last table came to what it was then.
fn states(histories: &[TableHistory]) -> BTreeMap<&str, i64> {
    let mut states = BTreeMap::new();
    for version in histories.iter().flat_map(|history| &history.versions) {
        for name in &version.tags {
            let since = states.entry(name.as_str()).or_insert(version.committed_unix_secs);
            *since = version.committed_unix_secs.max(*since);
        }
    }
    states
}

/// What is amiss, or that nothing is.
fn show_health(ui: &mut Ui, session: &Session) {
    let opened = &session.opened;
    let remarks = session.collection().map_or(&[][..], |collection| &collection.remarks[..]);
    if opened.maintenance.problem.is_none() && remarks.is_empty() {
        ui.label(RichText::new("Nothing amiss was found when it was opened.").color(palette().good));
    }
    for remark in remarks {
        ui.label(RichText::new(format!("{}: {}", remark.what, remark.reason())).color(palette().warning));
    }
    let unreadable = opened.problem_count - opened.gone_count.min(opened.problem_count);
    if unreadable > 0 {
        let pictures = counted(unreadable, "picture could", "pictures could");
        let words = format!("{pictures} not be read: they are listed in Check, under Unreadable files.");
        ui.label(RichText::new(words).color(palette().weak));
    }
}

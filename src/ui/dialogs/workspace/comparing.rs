//! Two versions of a table, side by side: one is picked, then the other.

use eframe::egui::{Button, RichText, Ui};

use super::{WAIT, WorkspaceDialog, words};
use crate::domain::{TableHistory, TableVersion, VersionComparison, VersionName, moment_in_words};
use crate::engine::MaintenanceWish;
use crate::session::{Action, Maintain, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::counted;

/// More columns than this are counted, not named.
const NAMED: usize = 12;

impl WorkspaceDialog {
    /// A button that picks a version, or compares it with the one that was picked before.
    pub(super) fn show_compare(
        &mut self,
        ui: &mut Ui,
        history: &TableHistory,
        (version, title): (&TableVersion, &str),
        can_ask: bool,
        actions: &mut Vec<Action>,
    ) {
        if history.versions.len() < 2 {
            return;
        }
        let picked = self.picked.as_ref().filter(|(table, _)| *table == history.table).map(|(_, number)| *number);
        let (text, hint) = match picked {
            None => ("Compare", "Then choose the version to compare it with".to_owned()),
            Some(number) if number == version.number => ("Compared with…", "Cancel the comparison".to_owned()),
            Some(number) => ("With this", format!("Show how versions {number} and {} differ", version.number)),
        };
        let button = Button::selectable(picked == Some(version.number), RichText::new(text).small()).small();
        let response = ui.add_enabled(can_ask, button).on_hover_text(hint).on_disabled_hover_text(WAIT);
        if !response.accessible_name(format!("Compare version {} of {title}", version.number)).clicked() {
            return;
        }
        match picked {
            None => self.picked = Some((history.table.clone(), version.number)),
            Some(number) => {
                self.picked = None;
                if number != version.number {
                    let (before, after) = (number.min(version.number), number.max(version.number));
                    actions.push(
                        Maintain::Maintenance(MaintenanceWish::Compare {
                            table: history.table.clone(),
                            before: VersionName::Number(before),
                            after: VersionName::Number(after),
                        })
                        .into(),
                    );
                }
            }
        }
    }
}

/// What the later version has that the earlier has not, and the other way round.
pub(super) fn show_comparison(ui: &mut Ui, compared: &VersionComparison, session: &Session) {
    let (before, after) = (&compared.before, &compared.after);
    let moment = |version: &TableVersion| moment_in_words(version.committed_unix_secs);
    let title = format!("From version {} ({}) to {} ({}):", before.number, moment(before), after.number, moment(after));
    ui.label(RichText::new(title).color(palette().strong));
    let added = counted(compared.rows_added as usize, "row", "rows");
    let rows = match (compared.rows_added, compared.rows_removed) {
        (0, 0) => "No rows were added or removed.".to_owned(),
        (_, removed) => format!("{added} added, {removed} removed."),
    };
    ui.label(rows);
    for (sign, names, colour) in
        [('+', &compared.columns_added, palette().good), ('−', &compared.columns_removed, palette().problem)]
    {
        for name in names.iter().take(NAMED) {
            let what = RichText::new(format!("{sign} {}", words::of_column(name, session)));
            ui.label(what.small().color(colour)).on_hover_text(format!("Column {name}"));
        }
        if names.len() > NAMED {
            ui.label(RichText::new(format!("{sign} {} more columns", names.len() - NAMED)).small().color(colour));
        }
    }
}

//! Names of states that cannot be read any more: which, since when, and what to do.

use std::collections::{BTreeMap, BTreeSet};

use eframe::egui::{RichText, Ui};

use super::words;
use crate::domain::{TableHistory, moment_in_words};
use crate::engine::MaintenanceWish;
use crate::session::{Action, Maintain, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::counted;

/// So many tables are called by their titles.
const TITLED: usize = 3;

/// Where a name cannot be read any more.
#[derive(Default)]
struct Lost<'a> {
    tables: Vec<&'a str>,
    given_unix_secs: i64,
}

/// Each with what can be done about it; nothing where all names can be read.
pub(super) fn show_lost_names(ui: &mut Ui, session: &Session, histories: &[TableHistory], actions: &mut Vec<Action>) {
    let mut lost: BTreeMap<&str, Lost<'_>> = BTreeMap::new();
    for (history, name) in
        histories.iter().flat_map(|history| history.lost_names.iter().map(move |name| (history, name)))
    {
        let of_name = lost.entry(&name.name).or_default();
        of_name.tables.push(&history.table);
        of_name.given_unix_secs = of_name.given_unix_secs.max(name.given_unix_secs);
    }
    let versions = histories.iter().flat_map(|history| &history.versions);
    let known: BTreeSet<&str> = versions.flat_map(|version| &version.tags).map(String::as_str).collect();
    for (name, Lost { tables, given_unix_secs }) in lost {
        let is_known_elsewhere = known.contains(name);
        let given = match given_unix_secs {
            0 => String::new(),
            given => format!(", given {},", moment_in_words(given)),
        };
        let titles = titles(&tables, session);
        let what = format!(
            "{name}{given} cannot be read any more, so nobody knows which state it named. It was a name of: {titles}."
        );
        ui.label(RichText::new(what).color(palette().warning));
        let ways = match is_known_elsewhere {
            true => "Forget it there: other tables keep the name.",
            false => "Give the name anew, or forget it.",
        };
        let why =
            format!("Until then none of their old versions are deleted, since it may have been one of them. {ways}");
        ui.label(RichText::new(why).color(palette().weak));
        ui.horizontal(|ui| {
            let mut wish = |wish| actions.push(Maintain::Maintenance(wish).into());
            if !is_known_elsewhere && ui.button(format!("Call the present state {name}")).clicked() {
                wish(MaintenanceWish::NameVersion(name.to_owned()));
            }
            let forget = ui.button(format!("Forget the name {name} where it is lost"));
            if forget.on_hover_text("No version is deleted by that").clicked() {
                wish(MaintenanceWish::ForgetLostName(name.to_owned()));
            }
        });
    }
}

/// `Pictures on record, Tags and 3 further tables`
fn titles(tables: &[&str], session: &Session) -> String {
    let titles: Vec<String> = tables.iter().take(TITLED).map(|table| words::of_table(table, session).title).collect();
    match tables.len().saturating_sub(TITLED) {
        0 => titles.join(", "),
        more => format!("{} and {}", titles.join(", "), counted(more, "further table", "further tables")),
    }
}

//! Nothing but what is selected: the button that shows nothing else, and what is said once that is not selected any more.

use eframe::egui::{Button, Label, RichText, Ui};

use super::sign;
use crate::domain::{Filter, ImageSet};
use crate::session::{Action, Choose, Session};
use crate::ui::command::Command;
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::text::thousands;

/// Height of the words and the button below them, in points.
const HEIGHT: f32 = 46.0;

/// What can be seen alone, if that is so and nothing is selected.
pub(super) fn left_alone(session: &Session) -> Option<&ImageSet> {
    let chosen = &session.opened.chosen;
    chosen.filter.only.as_ref().filter(|_| chosen.selection.is_empty())
}

/// A button that hides all that is not selected, and shows it again.
pub(super) fn show_button(ui: &mut Ui, session: &Session, has_words: bool, actions: &mut Vec<Action>) {
    let only = session.opened.chosen.filter.only.as_ref();
    // What is selected may be something else by now.
    let word = only
        .map_or_else(|| "Only these".to_owned(), |only| format!("Only {}", thousands(session.opened.shown_of(only))));
    let button = Button::selectable(only.is_some(), sign(Icon::Query, &word, has_words)).frame_when_inactive(true);
    let response = ui.add_enabled(Command::OnlySelected.is_enabled(session), button);
    let hint = match only {
        Some(_) => "Show the others again, too",
        None => "Show nothing but these pictures in gallery, table and map",
    };
    let response = response.on_hover_text(Command::OnlySelected.with_keys(hint));
    let why_not = Command::OnlySelected.lacks(session).unwrap_or_default();
    if response.on_disabled_hover_text(why_not).accessible_name("Show only the selected").clicked() {
        actions.push(Choose::Filter(session.opened.chosen.filter_by_selection()).into());
    }
}

/// Says it where there is room for pictures of the selection, with a way to see the others again.
pub(super) fn show_left_alone(ui: &mut Ui, session: &Session, only: &ImageSet, actions: &mut Vec<Action>) {
    ui.vertical_centered(|ui| {
        ui.add_space(((ui.available_height() - HEIGHT) / 2.0).max(0.0));
        let words = RichText::new(in_words(session, only)).small().color(palette().accent);
        ui.add(Label::new(words).wrap().selectable(false));
        if ui.button("Show the others again").clicked() {
            let filter = Filter { only: None, ..session.opened.chosen.filter.clone() };
            actions.push(Choose::Filter(filter).into());
        }
    });
}

/// The same in a line, and all of it while the pointer is there.
pub(super) fn show_in_line(ui: &mut Ui, session: &Session, only: &ImageSet) {
    let words = format!("None selected, only {} can be seen", thousands(session.opened.shown_of(only)));
    let hint = format!("{} The button at the right shows the others again.", in_words(session, only));
    ui.add(Label::new(RichText::new(words).color(palette().accent)).truncate()).on_hover_text(hint);
}

fn in_words(session: &Session, only: &ImageSet) -> String {
    let which = match (session.opened.shown_of(only), only.len()) {
        (1, 1) => "Only the picture that was selected before".to_owned(),
        (all, many) if all == many => format!("Only the {} pictures that were selected before", thousands(many)),
        (0, 1) => "Not even the picture that was selected before".to_owned(),
        (0, many) => format!("None of the {} pictures that were selected before", thousands(many)),
        (some, many) => {
            format!("Only {} of the {} pictures that were selected before", thousands(some), thousands(many))
        }
    };
    format!("Nothing is selected any more. {which} can still be seen.")
}

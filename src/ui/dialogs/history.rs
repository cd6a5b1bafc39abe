//! What was done and in which place, the newest first: a click goes back to where that was just done.

use eframe::egui::{self, Button, RichText, ScrollArea, Ui, vec2};

use super::modal;
use crate::session::{Action, Choose, Done, Session};
use crate::ui::command::Command;
use crate::ui::theme::palette;

/// So many choices are listed.
const LISTED: usize = 100;

/// What was done, in words, and when that was put into words.
#[derive(Default)]
pub struct HistoryDialog {
    known: Option<(u64, Vec<Done>)>,
}

impl HistoryDialog {
    /// Puts it into words again if something else was done since: that takes as long as what was done.
    fn words(&mut self, session: &Session) -> &[Done] {
        let state = session.opened.history_state();
        let known = self.known.take().filter(|(known, _)| *known == state);
        let known = known.unwrap_or_else(|| (state, session.opened.done(LISTED)));
        &self.known.insert(known).1
    }

    /// Shows the dialog; true once it is done.
    pub(super) fn show(&mut self, ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) -> bool {
        modal(ctx, "History", 460.0, |ui| show(ui, self.words(session), actions))
    }
}

fn show(ui: &mut Ui, done: &[Done], actions: &mut Vec<Action>) -> bool {
    if done.is_empty() {
        ui.label("Nothing was chosen yet that could be taken back.");
        return false;
    }
    let hint = Command::Redo.with_keys("Click a line to go back to it. Redo brings back what was after it");
    ui.label(RichText::new(hint).small().color(palette().weak));
    ui.add_space(6.0);
    let mut back_by = None;
    ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
        for (steps, Done { words, place }) in done.iter().enumerate() {
            let text = if steps == 0 { format!("{words}  (now)") } else { words.clone() };
            let place = place.name();
            let of_place = RichText::new(place).small().color(palette().weak);
            let button = Button::selectable(steps == 0, text).right_text(of_place).truncate();
            let button = ui.add_sized(vec2(ui.available_width(), ui.spacing().interact_size.y), button);
            if button.accessible_name(format!("{}. {words} ({place})", steps + 1)).clicked() && steps > 0 {
                back_by = Some(steps);
            }
        }
        let first = if done.len() < LISTED { "Before all of it" } else { "Before these" };
        if ui.add(Button::selectable(false, first)).clicked() {
            back_by = Some(done.len());
        }
    });
    if let Some(steps) = back_by {
        actions.push(Choose::BackBy(steps).into());
    }
    false
}

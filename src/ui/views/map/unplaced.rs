//! The row that says which images the map lacks, and offers to place them.

use eframe::egui::{Button, Frame, Margin, Ui};

use crate::session::{Action, Session};
use crate::ui::theme;
use crate::ui::widgets::text::thousands;

/// Draws it where images are missing, nothing else.
pub fn show(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let count = session.unplaced();
    if count == 0 {
        return;
    }
    let (what, offer) = match count {
        1 => ("1 image is not on this map".to_owned(), "Place it"),
        _ => (format!("{} images are not on this map", thousands(count)), "Place them"),
    };
    Frame::new().inner_margin(Margin::symmetric(8, 4)).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.colored_label(theme::palette().strong, what);
            let is_free = !session.is_analysing();
            let busy = "Another analysis is at work";
            let place = ui.add_enabled(is_free, Button::new(offer)).on_disabled_hover_text(busy);
            let hint = "Each gets a place among the images most like it. All others stay where they are.";
            if place.on_hover_text(hint).clicked() {
                actions.push(Action::PlaceOnMap);
            }
            let anew = ui.add_enabled(is_free, Button::new("Make anew")).on_disabled_hover_text(busy);
            if anew.on_hover_text("Make the map of all images; every point may move.").clicked() {
                actions.push(Action::MakeMapAnew);
            }
        });
    });
}

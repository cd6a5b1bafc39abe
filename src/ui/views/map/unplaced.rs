//! The row that says which images the map lacks or was not made of, and offers to place them or to make it anew.

use eframe::egui::{Button, Frame, Margin, Ui};

use crate::session::{Action, Analyse, Session};
use crate::ui::theme;
use crate::ui::widgets::text::counted;

/// Draws it for the map of this number, where images are missing or were placed later, nothing else.
pub fn show(ui: &mut Ui, session: &Session, map: u32, actions: &mut Vec<Action>) {
    let (missing, placed) = (session.opened.unplaced(map), session.opened.placed_later(map));
    if missing == 0 && placed == 0 {
        return;
    }
    let palette = theme::palette();
    let (what, colour) = match (missing, placed) {
        (0, _) => (format!("{} placed on this map later", counted(placed, "image was", "images were")), palette.weak),
        _ => (format!("{} not on this map", counted(missing, "image is", "images are")), palette.strong),
    };
    Frame::new().inner_margin(Margin::symmetric(8, 4)).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.colored_label(colour, what);
            let is_free = !session.is_analysing();
            let busy = "Another analysis is running";
            if missing > 0 {
                let offer = if missing == 1 { "Place it" } else { "Place them" };
                let place = ui.add_enabled(is_free, Button::new(offer)).on_disabled_hover_text(busy);
                let hint = "Each gets a place among the images most like it. All others stay where they are.";
                if place.on_hover_text(hint).clicked() {
                    actions.push(Analyse::PlaceOnMap(map).into());
                }
            }
            let anew = ui.add_enabled(is_free, Button::new("Make anew")).on_disabled_hover_text(busy);
            if anew.on_hover_text("Make the map of all images; every point may move.").clicked() {
                actions.push(Analyse::MakeMapAnew(map).into());
            }
        });
    });
}

//! A box that is looked for in every part of other pictures.

use eframe::egui::{ProgressBar, RichText, Spinner, Ui};

use crate::domain::activation_bytes;
use crate::engine::ActivationsWish;
use crate::session::{Action, Choose, Maintain, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, small};

/// Whether the box is looked for in every part of other pictures; and where that cannot be done yet, what it costs.
pub(super) fn show(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let layer = session.collection().and_then(|collection| collection.layers.get(session.opened.chosen.layer));
    let Some(layer) = layer else { return };
    if session.opened.stored_activations(&layer.name).is_some() {
        let mut anywhere = session.opened.chosen.anywhere;
        let hint = "Compare the box with every part of other pictures, not with the whole of each";
        if ui.checkbox(&mut anywhere, "Anywhere").on_hover_text(hint).changed() {
            actions.push(Choose::Anywhere(anywhere).into());
        }
        let is_there = session.opened.neighbours.as_ref().is_some_and(|list| list.wish.anywhere);
        if session.opened.chosen.anywhere && !is_there && session.opened.neighbours_problem.is_none() {
            ui.add(Spinner::new().size(12.0));
            ui.label(RichText::new("Comparing every part").small().color(palette().weak));
        }
        return;
    }
    let running = session.opened.analysis.as_ref().filter(|_| session.opened.chosen.anywhere);
    if let Some(progress) = running.filter(|progress| !progress.has_ended()) {
        ui.add(ProgressBar::new(progress.share()).desired_width(90.0).desired_height(10.0));
        ui.label(RichText::new("Storing activations").small().color(palette().weak));
        return;
    }
    let images = session.opened.images.len() - session.opened.problem_count;
    let cost = bytes(activation_bytes(images, layer.shape));
    let hint = format!(
        "Search for the box in every part of other pictures. This stores the whole activations of {}: at most {cost} \
         on disk.",
        session.opened.layer_titles.of_name(&layer.name)
    );
    let is_free = !session.is_analysing() && !session.opened.maintenance.is_busy();
    let button = ui.add_enabled(is_free, small(format!("Anywhere (stores {cost})")));
    if button.on_hover_text(hint).clicked() {
        actions.push(Choose::Anywhere(true).into());
        actions.push(Maintain::Activations(ActivationsWish::Store(vec![layer.name.clone()])).into());
    }
}

//! Whole activations that are kept: of which layers, what they cost, and the ways to change that.

use eframe::egui::Ui;

use super::WAIT;
use crate::domain::activation_bytes;
use crate::engine::ActivationsWish;
use crate::session::{Action, Maintain, Session};
use crate::ui::widgets::text::{bytes, counted, shape_text};

pub(super) fn show(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let Some(collection) = session.collection() else { return };
    let is_free = !session.opened.maintenance.is_busy() && !session.is_analysing();
    let titles = &session.opened.layer_titles;
    for kept in &session.opened.stored_activations {
        ui.horizontal_wrapped(|ui| {
            let images = counted(kept.images, "image", "images");
            ui.label(format!("Whole activations of {}: {images}, {}", titles.of_name(&kept.layer), bytes(kept.bytes)));
            ui.add_enabled_ui(is_free, |ui| {
                let name = format!("Remove the activations of {}", titles.of_name(&kept.layer));
                if ui.button("Remove").on_hover_text(name).on_disabled_hover_text(WAIT).clicked() {
                    actions.push(Maintain::Activations(ActivationsWish::Remove(kept.layer.clone())).into());
                }
            });
        });
    }
    let Some(layer) = collection.layers.get(session.opened.chosen.layer) else { return };
    let readable = session.opened.images.len() - session.opened.problem_count;
    let there = session.opened.stored_activations(&layer.name).map_or(0, |kept| kept.images);
    if there >= readable {
        return;
    }
    let cost = bytes(activation_bytes(readable - there, layer.shape));
    ui.horizontal_wrapped(|ui| {
        ui.label(format!("{} has {} numbers per image.", titles.of_name(&layer.name), shape_text(layer.shape)));
        ui.add_enabled_ui(is_free, |ui| {
            let hint = "Runs the network over all images again. Then you can search for a part of a picture anywhere \
                        in the others. They are compressed; this is the most they can take.";
            let button = ui.button(format!("Store whole activations (at most {cost})")).on_hover_text(hint);
            if button.on_disabled_hover_text(WAIT).clicked() {
                actions.push(Maintain::Activations(ActivationsWish::Store(vec![layer.name.clone()])).into());
            }
        });
    });
}

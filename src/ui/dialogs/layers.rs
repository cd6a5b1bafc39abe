//! Which layers are stored.

use std::collections::BTreeSet;

use eframe::egui::{self, Align, Button, Layout, RichText, ScrollArea, Ui};

use super::modal;
use crate::domain::{Layer, Pooling};
use crate::engine::Collection;
use crate::session::{Action, Open, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, counted, main_button};

/// Bytes of a stored feature: half precision.
const FEATURE_BYTES: usize = 2;

/// The layers ticked so far.
pub struct LayerDialog {
    ticked: BTreeSet<usize>,
}

impl LayerDialog {
    /// Starts with what is stored now.
    pub fn new(collection: &Collection) -> Self {
        let is_stored = |layer: &Layer| collection.stored.iter().any(|stored| stored.layer == layer.name);
        Self { ticked: indices(&collection.layers, is_stored) }
    }

    /// Says whether it is done.
    pub(super) fn show(&mut self, ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) -> bool {
        let Some(collection) = session.collection() else { return true };
        let layers = &collection.layers;
        modal(ctx, "Stored layers", 480.0, |ui| {
            ui.label(
                RichText::new(
                    "You can look at every layer. Neighbours and maps need its features to be stored: for each \
                     channel its average and its maximum over space.",
                )
                .color(palette().weak),
            );
            self.show_presets(ui, layers);
            let room = ctx.content_rect().height() - 300.0;
            ScrollArea::vertical().max_height(room.max(80.0)).auto_shrink([false, true]).show(ui, |ui| {
                for (index, layer) in layers.iter().enumerate() {
                    self.show_row(ui, index, layer, session.opened.layer_titles.name(index));
                }
            });
            ui.separator();
            self.show_end(ui, session, collection, actions)
        })
    }

    fn show_presets(&mut self, ui: &mut Ui, layers: &[Layer]) {
        ui.horizontal(|ui| {
            if ui.button("Default").clicked() {
                self.ticked = indices(layers, |layer| layer.stored_by_default);
            }
            if ui.button("All").clicked() {
                self.ticked = indices(layers, |_| true);
            }
            if ui.button("None").clicked() {
                self.ticked.clear();
            }
        });
    }

    fn show_row(&mut self, ui: &mut Ui, index: usize, layer: &Layer, title: &str) {
        ui.horizontal(|ui| {
            let mut is_ticked = self.ticked.contains(&index);
            if ui.checkbox(&mut is_ticked, title).on_hover_text(&layer.name).changed() {
                match is_ticked {
                    true => self.ticked.insert(index),
                    false => self.ticked.remove(&index),
                };
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let [c, h, w] = layer.shape;
                ui.add_space(12.0);
                ui.label(RichText::new(format!("{c} × {h} × {w}")).small().monospace().color(palette().weak));
                ui.add(egui::Label::new(RichText::new(&layer.kind).small().color(palette().weak)).truncate());
            });
        });
    }

    fn show_end(&self, ui: &mut Ui, session: &Session, collection: &Collection, actions: &mut Vec<Action>) -> bool {
        let layers = &collection.layers;
        let features: usize = self.ticked.iter().map(|&index| layers[index].shape[0]).sum();
        let size = bytes((features * FEATURE_BYTES * Pooling::ALL.len() * 1000) as u64);
        let text = format!("{}, about {size} for 1,000 images", counted(self.ticked.len(), "layer", "layers"));
        ui.label(RichText::new(text).color(palette().text));
        let before = LayerDialog::new(collection).ticked;
        let mut is_done = false;
        ui.horizontal(|ui| {
            let can_store = !self.ticked.is_empty() && self.ticked != before;
            ui.add_enabled_ui(can_store, |ui| {
                let why_not = if self.ticked.is_empty() { "Tick a layer first" } else { "These are stored already" };
                if main_button(ui, "Store these").on_disabled_hover_text(why_not).clicked() {
                    let names = self.ticked.iter().map(|&index| layers[index].name.clone()).collect();
                    actions.push(Open::Storing(Some(names)).into());
                    is_done = true;
                }
            });
            is_done |= ui.add(Button::new("Cancel")).clicked();
        });
        if !session.opened.images.is_empty() {
            let hint = "Layers that are not stored yet are extracted and added. Nothing already stored is deleted. \
                        The views then show the chosen layers.";
            ui.label(RichText::new(hint).small().color(palette().weak));
        }
        is_done
    }
}

fn indices(layers: &[Layer], wanted: impl Fn(&Layer) -> bool) -> BTreeSet<usize> {
    (0..layers.len()).filter(|&index| wanted(&layers[index])).collect()
}

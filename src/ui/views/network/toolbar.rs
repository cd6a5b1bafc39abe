//! The row above the drawing.

use eframe::egui::{Align, Button, Frame, Key, Label, Layout, Margin, RichText, TextEdit, Ui};

use super::NetworkView;
use crate::engine::Collection;
use crate::session::{Action, Ask, Choose, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{counted, millis, with_unit};

/// Draws it.
pub fn show(
    ui: &mut Ui,
    view: &mut NetworkView,
    collection: &Collection,
    session: &Session,
    actions: &mut Vec<Action>,
) {
    Frame::new().inner_margin(Margin::symmetric(8, 4)).show(ui, |ui| {
        ui.horizontal(|ui| {
            if ui.button("Fit").on_hover_text("Show the whole network. Double-click does so too.").clicked() {
                view.fit();
            }
            let edit = TextEdit::singleline(&mut view.search).hint_text("Find a layer").desired_width(150.0);
            let response =
                ui.add(edit).on_hover_text("Enter goes from one to the next").accessible_name("Find a layer");
            if !view.search.is_empty() {
                let found = view.found(collection, &session.opened.layer_titles);
                let words = if found.is_empty() { "none".into() } else { format!("{} found", found.len()) };
                ui.label(RichText::new(words).small().color(palette().weak));
                let enter = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
                let current = session.opened.chosen.layer;
                let next = found.iter().find(|&&index| index > current).or(found.first());
                if let (true, Some(&next)) = (enter, next) {
                    actions.push(Choose::Layer(next).into());
                    response.request_focus();
                }
            }
            let hint = "Runs a grey picture and measures how long each layer takes on this device";
            let wait = "Wait until the extraction has ended: while it runs, every layer takes longer";
            let button = ui.add_enabled(!session.is_busy(), Button::new("Measure time"));
            if button.on_hover_text(hint).on_disabled_hover_text(wait).clicked() {
                actions.push(Ask::LayerTimes.into());
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if let Some(secs) = &session.opened.layer_secs {
                    let text = RichText::new(millis(secs.iter().sum())).small().color(palette().text);
                    ui.label(text).on_hover_text("All layers for one image, measured one after the other");
                }
                ui.add(Label::new(RichText::new(about(collection)).small().color(palette().weak)).truncate());
            });
        });
    });
}

/// `66 layers · 1.2 M weights · 861.3 M multiplications per image`.
fn about(collection: &Collection) -> String {
    let weights: usize = collection.layers.iter().map(|layer| layer.parameter_count).sum();
    let multiplications: u64 = collection.layers.iter().map(|layer| layer.multiplications).sum();
    let mut text = counted(collection.layers.len(), "layer", "layers");
    text += &format!("  ·  {} weights", with_unit(weights as u64));
    if multiplications > 0 {
        text += &format!("  ·  {} multiplications per image", with_unit(multiplications));
    }
    text
}

//! One line for each part of how pictures are prepared.

use eframe::egui::{Button, ComboBox, DragValue, Ui};

use super::field;
use crate::domain::{Decoding, Fit, Interpolation};
use crate::engine::networks::{ColourOrder, Preprocessing};

/// What a crop begins with: the shorter side is somewhat longer than the input, as the makers of most networks did it.
const SHORTER_PER_SIDE: f32 = 256.0 / 224.0;

/// Shows all of them.
pub(super) fn show(ui: &mut Ui, draft: &mut Preprocessing) {
    field(ui, "Proportions", |ui| show_fit(ui, draft));
    field(ui, "Decoding", |ui| show_decoding(ui, &mut draft.decoding));
    field(ui, "Pixels", |ui| show_interpolation(ui, &mut draft.interpolation));
    field(ui, "Colours", |ui| show_order(ui, draft));
    let order = draft.channels;
    field(ui, "Mean", |ui| show_triple(ui, "Mean", order, &mut draft.mean));
    field(ui, "Scale", |ui| {
        ui.add(DragValue::new(&mut draft.scale).speed(0.001).max_decimals(8))
            .on_hover_text("Every value is multiplied by this after the mean was subtracted")
            .accessible_name("Scale")
    });
    field(ui, "Deviation", |ui| show_triple(ui, "Deviation", order, &mut draft.deviation));
}

fn show_fit(ui: &mut Ui, draft: &mut Preprocessing) {
    let shorter_px = (draft.width.min(draft.height) as f32 * SHORTER_PER_SIDE).round() as u32;
    let fits = [Fit::Stretch, Fit::Crop { shorter_px }, Fit::Letterbox { fill: [0; 3] }];
    let is_same = |fit: &Fit| std::mem::discriminant(fit) == std::mem::discriminant(&draft.fit);
    let mut chosen = None;
    let combo = ComboBox::from_id_salt("fit").width(190.0).selected_text(fit_in_words(draft.fit)).show_ui(ui, |ui| {
        for fit in fits {
            if ui.add(Button::selectable(is_same(&fit), fit_in_words(fit))).clicked() && !is_same(&fit) {
                chosen = Some(fit);
            }
        }
    });
    combo.response.accessible_name("Proportions");
    draft.fit = chosen.unwrap_or(draft.fit);
    match &mut draft.fit {
        Fit::Stretch => {}
        Fit::Crop { shorter_px } => {
            let pixels = DragValue::new(shorter_px).range(1..=4096).suffix(" px");
            ui.add(pixels).on_hover_text("Length of the shorter side").accessible_name("Shorter side");
        }
        Fit::Letterbox { fill } => {
            ui.color_edit_button_srgb(fill).on_hover_text("Background colour").accessible_name("Ground");
        }
    }
}

fn fit_in_words(fit: Fit) -> &'static str {
    match fit {
        Fit::Stretch => "Stretched",
        Fit::Crop { .. } => "Shorter side, its middle",
        Fit::Letterbox { .. } => "Whole, on a background",
    }
}

fn show_interpolation(ui: &mut Ui, interpolation: &mut Interpolation) {
    let shown = interpolation.word();
    let combo = ComboBox::from_id_salt("interpolation").width(190.0).selected_text(shown).show_ui(ui, |ui| {
        for other in Interpolation::ALL {
            ui.selectable_value(interpolation, other, other.word());
        }
    });
    combo
        .response
        .on_hover_text("How pixels are interpolated when the picture is resized")
        .accessible_name("Interpolation");
}

fn show_decoding(ui: &mut Ui, decoding: &mut Decoding) {
    for (other, word, meaning) in [
        (Decoding::Whole, "whole", "Every pixel is decoded, as the network's makers did it"),
        (
            Decoding::Scaled,
            "scaled",
            "Of large JPEGs no more is decoded than resizing needs: several times faster, with slightly other features",
        ),
    ] {
        ui.radio_value(decoding, other, word).on_hover_text(meaning);
    }
}

fn show_order(ui: &mut Ui, draft: &mut Preprocessing) {
    for (order, word) in [(ColourOrder::Rgb, "red first"), (ColourOrder::Bgr, "blue first")] {
        if ui.radio(draft.channels == order, word).clicked() && draft.channels != order {
            draft.channels = order;
            // The numbers are those of a colour and go with it.
            draft.mean.reverse();
            draft.deviation.reverse();
        }
    }
}

/// Numbers for red, green and blue, which `values` holds in the network's order.
fn show_triple(ui: &mut Ui, what: &str, order: ColourOrder, values: &mut [f32; 3]) {
    for (place, colour) in ["red", "green", "blue"].into_iter().enumerate() {
        let index = if order == ColourOrder::Bgr { 2 - place } else { place };
        let number = DragValue::new(&mut values[index]).speed(0.25).max_decimals(4).prefix(format!("{colour} "));
        ui.add(number).accessible_name(format!("{what} of {colour}"));
    }
}

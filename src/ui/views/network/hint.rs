//! All there is to know of the layer under the pointer.

use eframe::egui::{Grid, RichText, Ui};

use crate::domain::LayerTitles;
use crate::engine::Collection;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, millis, shape_text, thousands, with_unit};

/// More inputs than this are counted, not named.
const NAMED_INPUTS: usize = 4;

/// Shows it.
pub fn show(
    ui: &mut Ui,
    collection: &Collection,
    titles: &LayerTitles,
    index: usize,
    is_stored: bool,
    secs: Option<f64>,
) {
    let layer = &collection.layers[index];
    ui.label(RichText::new(titles.name(index)).strong().color(palette().strong));
    let mut rows = vec![
        ("In the file", layer.name.clone()),
        ("Kind", layer.kind.clone()),
        ("Shape", shape_text(layer.shape)),
        ("Takes", inputs(titles, &layer.inputs)),
        ("Weights", if layer.parameter_count == 0 { "none".into() } else { thousands(layer.parameter_count) }),
    ];
    if layer.multiplications > 0 {
        rows.push(("Multiplies", format!("{} times per image", with_unit(layer.multiplications))));
    }
    // As 32-bit numbers, which is what runs and what is drawn.
    let activation_bytes = layer.shape.iter().product::<usize>() as u64 * 4;
    rows.push(("Activation", format!("{} per image", bytes(activation_bytes))));
    if let Some(secs) = secs {
        rows.push(("Time", format!("{} for one image", millis(secs))));
    }
    rows.push(("Vectors", if is_stored { "stored" } else { "not stored" }.into()));
    Grid::new("layer under the pointer").num_columns(2).spacing([14.0, 2.0]).show(ui, |ui| {
        for (what, value) in rows {
            ui.label(RichText::new(what).small().color(palette().weak));
            ui.label(RichText::new(value).small());
            ui.end_row();
        }
    });
}

fn inputs(titles: &LayerTitles, inputs: &[Option<usize>]) -> String {
    if inputs.len() > NAMED_INPUTS {
        return format!("{} layers", thousands(inputs.len()));
    }
    let name = |input: &Option<usize>| match input {
        Some(index) => titles.name(*index).to_owned(),
        None => "the picture".into(),
    };
    let names: Vec<String> = inputs.iter().map(name).collect();
    if names.is_empty() { "nothing".into() } else { names.join(", ") }
}

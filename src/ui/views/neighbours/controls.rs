//! By what neighbours are found: layer or layers, pooling, measure, number.

use eframe::egui::{ComboBox, DragValue, TextStyle, Ui, WidgetText};

use super::like;
use crate::domain::{Metric, Pooling};
use crate::engine::Collection;
use crate::session::{Action, Choose, Comparison, Session, stored_layers};
use crate::ui::command::Command;
use crate::ui::icons::Icon;
use crate::ui::landmarks::Landmark;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{capital, layer_in_room};

/// Width of the choice of a layer, in points.
const LAYER: f32 = 150.0;

const EMBEDDING: &str = "The full-network embedding. The score is the number of features whose codes (weak, neither, \
                         strong) differ between two images; the lower, the nearer";

/// In one line that wraps where there is no room; `at_end` of it stands what is of the answer.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    collection: &Collection,
    at_every_depth: &mut bool,
    actions: &mut Vec<Action>,
    at_end: impl FnOnce(&mut Ui, &mut Vec<Action>),
) {
    let chosen = &session.opened.chosen;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        like::show(ui, session, actions);
        let hint = "A row of neighbours for each layer, from colours and edges to parts and things";
        let every_depth = ui.toggle_value(at_every_depth, "Every depth");
        Landmark::EveryDepth.mark(ui, every_depth.rect);
        every_depth.on_hover_text(Command::EveryDepth.with_keys(hint));
        if !*at_every_depth {
            show_comparison(ui, session, collection, actions);
        }
        if *at_every_depth || chosen.comparison != Comparison::Network {
            show_pooling(ui, session, actions);
            show_metric(ui, session, actions);
        }
        show_count(ui, *at_every_depth, chosen.neighbour_count, actions);
        let mut only_shown = chosen.only_shown;
        let hint = "Only among the images that the gallery shows";
        if ui.checkbox(&mut only_shown, "Shown only").on_hover_text(hint).changed() {
            actions.push(Choose::OnlyShown(only_shown).into());
        }
        at_end(ui, actions);
    });
    if let (Comparison::Mix(layers), false) = (&chosen.comparison, *at_every_depth) {
        show_mix(ui, session, collection, layers, actions);
    }
}

/// How many are asked for. A row for each depth has as many as there is room for.
fn show_count(ui: &mut Ui, at_every_depth: bool, mut count: usize, actions: &mut Vec<Action>) {
    if at_every_depth {
        return;
    }
    let drag = DragValue::new(&mut count).range(1..=1000).speed(0.25).suffix(" nearest").update_while_editing(false);
    if ui.add(drag).on_hover_text("How many neighbours").accessible_name("Number of neighbours").changed() {
        actions.push(Choose::NeighbourCount(count).into());
    }
}

fn show_comparison(ui: &mut Ui, session: &Session, collection: &Collection, actions: &mut Vec<Action>) {
    let (chosen, titles) = (&session.opened.chosen, &session.opened.layer_titles);
    let size = TextStyle::Button.resolve(ui.style()).size;
    let room = LAYER - ui.spacing().icon_width - ui.spacing().icon_spacing - 2.0 * ui.spacing().button_padding.x;
    let now: WidgetText = match &chosen.comparison {
        Comparison::Layer => layer_in_room(ui.painter(), titles, chosen.layer, size, palette().text, room).into(),
        Comparison::Mix(_) => "Mix of layers".into(),
        Comparison::Network => "Whole network".into(),
    };
    let combo = ComboBox::from_id_salt("layer").width(LAYER).truncate().selected_text(now).show_ui(ui, |ui| {
        let is_network = chosen.comparison == Comparison::Network;
        if ui.selectable_label(is_network, "Whole network").on_hover_text(EMBEDDING).clicked() {
            actions.push(Choose::Comparison(Comparison::Network).into());
        }
        let is_mix = matches!(chosen.comparison, Comparison::Mix(_));
        if ui.selectable_label(is_mix, "Mix of layers").on_hover_text("Several layers, each with a weight").clicked()
            && !is_mix
        {
            actions.push(Choose::Comparison(Comparison::Mix(vec![(chosen.layer, 1.0)])).into());
        }
        ui.separator();
        for index in stored_layers(collection, chosen.pooling) {
            let is_now = chosen.comparison == Comparison::Layer && index == chosen.layer;
            let row = ui.selectable_label(is_now, titles.title(index));
            if row.on_hover_text(&collection.layers[index].name).clicked() {
                actions.push(Choose::Comparison(Comparison::Layer).into());
                actions.push(Choose::Layer(index).into());
            }
        }
    });
    let file_name = collection.layers.get(chosen.layer).map_or("", |layer| &layer.name);
    let hint = match &chosen.comparison {
        Comparison::Layer => {
            format!("The layer whose features are compared: {}, {file_name}", titles.title(chosen.layer))
        }
        Comparison::Mix(_) | Comparison::Network => "The layers whose features are compared".to_owned(),
    };
    combo.response.on_hover_text(hint).accessible_name("Layer");
}

fn show_pooling(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let now = session.opened.chosen.pooling;
    let combo = ComboBox::from_id_salt("pooling").width(78.0).selected_text(capital(now.word())).show_ui(ui, |ui| {
        for pooling in Pooling::ALL {
            if ui.selectable_label(pooling == now, capital(pooling.word())).clicked() {
                actions.push(Choose::Pooling(pooling).into());
            }
        }
    });
    let hint = "How each channel is reduced to one number. For transformers the patch tokens count, not the class \
                token.";
    combo.response.on_hover_text(hint).accessible_name("Pooling");
}

fn show_metric(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let now = session.opened.chosen.metric;
    let combo = ComboBox::from_id_salt("metric").width(78.0).selected_text(capital(now.word())).show_ui(ui, |ui| {
        for metric in Metric::ALL {
            if ui.selectable_label(metric == now, capital(metric.word())).on_hover_text(metric.hint()).clicked() {
                actions.push(Choose::Metric(metric).into());
            }
        }
    });
    let hint = format!("The metric that ranks neighbours. {}.", now.hint());
    combo.response.on_hover_text(hint).accessible_name("Metric");
}

/// The layers of the mix with their weights, and a way to add one.
fn show_mix(
    ui: &mut Ui,
    session: &Session,
    collection: &Collection,
    layers: &[(usize, f32)],
    actions: &mut Vec<Action>,
) {
    let with = |layers: Vec<(usize, f32)>| Choose::Comparison(Comparison::Mix(layers)).into();
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        for (place, &(index, weight)) in layers.iter().enumerate() {
            let layer = session.opened.layer_titles.name(index);
            let mut changed = weight;
            let drag = DragValue::new(&mut changed).range(-10.0..=10.0).speed(0.01).max_decimals(2);
            let drag = drag.prefix(format!("{layer} × ")).update_while_editing(false);
            let hint = "The weight of this layer. If it is negative, images that are unlike at this layer come first";
            let name = format!("Weight of {layer}");
            if ui.add(drag).on_hover_text(hint).accessible_name(name).changed() {
                let mut layers = layers.to_vec();
                layers[place].1 = changed;
                actions.push(with(layers));
            }
            let name = format!("Take {layer} out of the mix");
            if layers.len() > 1 && Icon::Close.small_button(ui, &name).clicked() {
                let mut layers = layers.to_vec();
                layers.remove(place);
                actions.push(with(layers));
            }
        }
        let combo = ComboBox::from_id_salt("add to mix").width(84.0).selected_text("Add layer").show_ui(ui, |ui| {
            for index in stored_layers(collection, session.opened.chosen.pooling) {
                if layers.iter().all(|(known, _)| *known != index)
                    && ui.selectable_label(false, session.opened.layer_titles.title(index)).clicked()
                {
                    actions.push(with(layers.iter().copied().chain([(index, 1.0)]).collect()));
                }
            }
        });
        combo.response.accessible_name("Add a layer to the mix");
    });
}

//! What else speaks for or against what is looked for.

use eframe::egui::{Button, Color32, RichText, Ui};

use crate::domain::{ImageId, activation_bytes};
use crate::engine::ActivationsWish;
use crate::session::{Action, Choose, Comparison, Maintain, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::bytes;

/// More than this are counted, not named.
const NAMED: usize = 8;

/// Buttons that take the selection in, and what is in, one a chip.
pub fn show(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let chosen = &session.opened.chosen;
    let probe = chosen.probe.filter(|_| chosen.like.is_none());
    if probe.is_none() && chosen.like.is_none() {
        return;
    }
    let others: Vec<ImageId> = chosen.selection.iter().filter(|id| Some(*id) != probe).take(1001).collect();
    // A handful of pictures is an example; a thousand are a class.
    let can_add = !others.is_empty() && others.len() <= 1000;
    if chosen.examples.is_empty() && chosen.region.is_none() && !can_add {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let count = others.len();
        for (word, weight, hint) in
            [("+ Selection", 1.0, "Also like the selected images"), ("− Selection", -1.0, "Unlike the selected images")]
        {
            let button = ui.add_enabled(can_add, Button::new(word).small());
            if button.on_hover_text(format!("{hint} ({count})")).clicked() {
                actions.push(Choose::AddExamples(others.clone(), weight).into());
            }
        }
        if chosen.region.is_some()
            && probe.is_some()
            && chip(ui, "part of the probe", palette().text, "Search with the whole picture")
        {
            actions.push(Choose::Region(None).into());
        }
        if chosen.region.is_some() && chosen.comparison == Comparison::Layer {
            show_anywhere(ui, session, actions);
        }
        for (id, weight) in chosen.examples.iter().take(NAMED) {
            let Some(image) = session.image(*id) else { continue };
            let (sign, colour) = if *weight > 0.0 { ("+", palette().good) } else { ("−", palette().problem) };
            let name = format!("{sign} {}", image.path.file_name());
            if chip(ui, &name, colour, &format!("Leave out {}", image.path.text)) {
                actions.push(Choose::RemoveExample(*id).into());
            }
        }
        if chosen.examples.len() > NAMED {
            ui.label(RichText::new(format!("and {} more", chosen.examples.len() - NAMED)).small());
        }
        if chosen.examples.len() > 1 && ui.small_button("Clear").clicked() {
            actions.extend(chosen.examples.iter().map(|(id, _)| Choose::RemoveExample(*id).into()));
        }
    });
}

/// Whether the box is looked for in every part of other pictures; and where that cannot be done yet, what it costs.
fn show_anywhere(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let layer = session.collection().and_then(|collection| collection.layers.get(session.opened.chosen.layer));
    let Some(layer) = layer else { return };
    if session.opened.stored_activations(&layer.name).is_some() {
        let mut anywhere = session.opened.chosen.anywhere;
        let hint = "Compare the box with every part of other pictures, not with the whole of each";
        if ui.checkbox(&mut anywhere, "Anywhere").on_hover_text(hint).changed() {
            actions.push(Choose::Anywhere(anywhere).into());
        }
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
    let button = ui.add_enabled(is_free, Button::new(format!("Anywhere (stores {cost})")).small());
    if button.on_hover_text(hint).clicked() {
        actions.push(Choose::Anywhere(true).into());
        actions.push(Maintain::Activations(ActivationsWish::Store(vec![layer.name.clone()])).into());
    }
}

/// A word with a cross; whether the cross was clicked.
fn chip(ui: &mut Ui, text: &str, colour: Color32, hint: &str) -> bool {
    let text = RichText::new(format!("{text}  ×")).small().color(colour);
    ui.add(Button::new(text).small()).on_hover_text(hint).clicked()
}

//! A box that is looked for in every part of other pictures.

use eframe::egui::{ProgressBar, RichText, Ui};

use crate::domain::activation_bytes;
use crate::engine::{ActivationsWish, AnalysisKind, Progress};
use crate::session::{Action, Choose, Maintain, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, small};

/// Whether the region is looked for in every part of other pictures; and where that cannot be done yet, what it costs.
pub(super) fn show(ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
    let layer = session.collection().and_then(|collection| collection.layers.get(session.opened.chosen.layer));
    let Some(layer) = layer else { return };
    if session.opened.stored_activations(&layer.name).is_some() {
        let mut anywhere = session.opened.chosen.anywhere;
        let hint = "Compare the region with every part of other pictures, not with the whole of each";
        if ui.checkbox(&mut anywhere, "Anywhere").on_hover_text(hint).changed() {
            actions.push(Choose::Anywhere(anywhere).into());
        }
        if let Some(comparison) = session.opened.running_comparison() {
            show_share(ui, comparison, "Comparing every part");
        }
        return;
    }
    if let Some(running) = session.opened.analyses.of(AnalysisKind::Activations) {
        show_share(ui, &running.progress, "Storing activations");
        return;
    }
    let images = session.opened.images.len() - session.opened.problem_count;
    let cost = bytes(activation_bytes(images, layer.shape));
    let hint = format!(
        "Search for the region in every part of other pictures. This stores the whole activations of {}: at most {cost} \
         on disk.",
        session.opened.layer_titles.of_name(&layer.name)
    );
    let is_free = !session.is_analysing() && !session.opened.maintenance.is_busy();
    let button = ui.add_enabled(is_free, small(format!("Anywhere (stores {cost})")));
    let wait = "Wait until what runs has ended: see Jobs and problems";
    if button.on_hover_text(hint).on_disabled_hover_text(wait).clicked() {
        actions.push(Choose::Anywhere(true).into());
        actions.push(Maintain::Activations(ActivationsWish::Store(vec![layer.name.clone()])).into());
    }
}

/// How far something is, which the list of jobs tells in full.
fn show_share(ui: &mut Ui, progress: &Progress, words: &str) {
    // The part that is still empty.
    ui.visuals_mut().extreme_bg_color = palette().lifted;
    ui.add(ProgressBar::new(progress.share()).desired_width(90.0).desired_height(6.0).fill(palette().accent))
        .on_hover_text(&progress.title)
        .accessible_name(words);
    ui.label(RichText::new(words).small().color(palette().weak));
}

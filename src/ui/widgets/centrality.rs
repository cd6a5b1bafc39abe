//! Centrality where it is an order or a colour: measured when it is chosen, and how far that is.

use eframe::egui::{Button, Label, ProgressBar, RichText, Ui};

use crate::domain::Centrality;
use crate::engine::{AnalysisKind, AnalysisWish};
use crate::session::{Action, Analyse, Begun, Session};
use crate::ui::theme::palette;

/// An entry of a list; says whether it was chosen. What is not known at the current layer is measured then.
pub fn show_entry(ui: &mut Ui, session: &Session, by: Centrality, entry: Button, actions: &mut Vec<Action>) -> bool {
    let missing = session.opened.centrality_to_measure();
    let can =
        missing.is_some() || session.opened.standing(by).is_some() || session.opened.is_at(AnalysisKind::Centrality);
    let titles = &session.opened.layer_titles;
    let of = match (session.opened.centrality(), &missing) {
        (Some(known), None) => {
            let layer = titles.of_name(&known.wish.source.layer);
            format!("Measured at {layer} among {} neighbours each", known.wish.k)
        }
        (_, Some(wish)) => {
            format!("To be measured at {} among {} neighbours each", titles.of_name(&wish.source.layer), wish.k)
        }
        (None, None) => "Being measured".to_owned(),
    };
    let clicked = ui
        .add_enabled(can, entry)
        .on_hover_text(format!("{}. {of}.", by.hint()))
        .on_disabled_hover_text("The current layer is not stored, or no image has vectors yet")
        .clicked();
    if let (true, Some(wish)) = (clicked, missing) {
        actions.push(AnalysisWish::Centrality(wish).into());
    }
    clicked
}

/// What is missing so that images stand in this order: how far it is, and a way to stop; or a way to begin.
pub fn show_measuring(ui: &mut Ui, session: &Session, by: Centrality, actions: &mut Vec<Action>) {
    let running = session.opened.analyses.of(AnalysisKind::Centrality);
    let missing = session.opened.centrality_to_measure();
    let is_known = session.opened.standing(by).is_some();
    if running.is_none() && (is_known || missing.is_none()) {
        return;
    }
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        if let Some(Begun { number, progress, .. }) = running {
            let bar = ProgressBar::new(progress.share()).desired_width(120.0).desired_height(6.0);
            ui.add(bar.fill(palette().accent)).accessible_name(&*progress.title);
            let share = progress.share() * 100.0;
            ui.add(Label::new(RichText::new(format!("{}, {share:.0} %", progress.title)).small()).truncate());
            if ui.button("Stop").on_hover_text("Stop measuring").clicked() {
                actions.push(Analyse::Stop(*number).into());
            }
        } else if let Some(wish) = missing {
            ui.label(RichText::new("Not measured yet: these are in the order of the folder").small());
            if ui.button("Measure").on_hover_text(by.hint()).clicked() {
                actions.push(AnalysisWish::Centrality(wish).into());
            }
        }
    });
}

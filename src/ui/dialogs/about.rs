//! What this is.

use eframe::egui::{self, RichText};

use super::modal;
use crate::session::Session;
use crate::ui::theme::palette;

/// Says whether it is done.
pub(super) fn show(ctx: &egui::Context, session: &Session) -> bool {
    modal(ctx, "About Tiramisu", 440.0, |ui| {
        ui.label(concat!("Version ", env!("CARGO_PKG_VERSION")));
        ui.label(
            "Look inside a convolutional network through your own pictures: what every layer saw of them, which of them \
             are alike at which depth, and how they lie on a map.",
        );
        ui.label(
            RichText::new("After the environment of Garcia-Gasulla et al. (Tiramisu, Barcelona 2016).")
                .color(palette().weak),
        );
        if let Some(collection) = session.collection() {
            ui.add_space(8.0);
            ui.label(RichText::new(&collection.network_name).strong().color(palette().strong));
            ui.label(&collection.network_about);
            ui.label(RichText::new(format!("Computing on {}", collection.device)).small().color(palette().weak));
            let workspace = format!("Workspace: {}", collection.workspace.display());
            ui.label(RichText::new(workspace).small().color(palette().weak));
        }
        ui.add_space(8.0);
        ui.button("Close").clicked()
    })
}

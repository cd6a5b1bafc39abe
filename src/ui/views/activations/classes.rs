//! What the network says the image shows.

use eframe::egui::{Frame, Margin, Panel, RichText, Ui};

use crate::session::Session;
use crate::ui::theme;
use crate::ui::widgets::class_bar;

/// How many classes are listed.
const COUNT: usize = 5;

/// Draws the best classes at the bottom of the layer list, if the network names any.
pub fn show(ui: &mut Ui, session: &Session) {
    let Some(activation) = session.opened.activation.as_ref().filter(|activation| !activation.classes.is_empty())
    else {
        return;
    };
    let frame = Frame::new().inner_margin(Margin { left: 4, right: 8, top: 8, bottom: 4 });
    Panel::bottom("classes").resizable(false).frame(frame).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 3.0;
        ui.label(RichText::new("The network sees").size(11.5).color(theme::palette().weak));
        for class in activation.classes.iter().take(COUNT) {
            class_bar::show(ui, class);
        }
    });
}

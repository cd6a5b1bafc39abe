//! All tags, and the colour of each.

use eframe::egui::{self, RichText, ScrollArea, Ui};

use super::modal;
use crate::session::{Action, Session};
use crate::ui::theme::palette;
use crate::ui::widgets::tag_dot;
use crate::ui::widgets::text::{paint_line, thousands};

/// Height of a row in points.
const ROW: f32 = 24.0;
/// Room for the dots to choose from, in points.
const DOTS: f32 = 290.0;

pub(super) fn show(ctx: &egui::Context, session: &Session, actions: &mut Vec<Action>) -> bool {
    modal(ctx, "Colours of tags", 520.0, |ui| {
        let tags = &session.opened.tags;
        let count = tags.words().count();
        if count == 0 {
            ui.label("No picture has a tag yet.");
            return false;
        }
        let hint =
            "Each tag has a colour by its name until you choose one. They are told apart by colour-blind people, too.";
        ui.label(RichText::new(hint).small().color(palette().weak));
        ui.add_space(6.0);
        // The same for all rows: what one takes beyond its room must not push the next one away.
        let name_width = (ui.available_width() - DOTS).max(60.0);
        ScrollArea::vertical().max_height(360.0).show_rows(ui, ROW, count, |ui, rows| {
            for (tag, images) in tags.words().skip(rows.start).take(rows.len()) {
                show_row(ui, session, (tag, images.len(), name_width), actions);
            }
        });
        false
    })
}

fn show_row(ui: &mut Ui, session: &Session, (tag, images, width): (&str, usize, f32), actions: &mut Vec<Action>) {
    ui.horizontal(|ui| {
        ui.set_min_height(ROW - ui.spacing().item_spacing.y);
        let (_, rect) = ui.allocate_space(egui::vec2(width, 18.0));
        ui.painter().circle_filled(rect.left_center() + egui::vec2(5.0, 0.0), 4.0, tag_dot::colour_of(session, tag));
        let name = rect.with_min_x(rect.left() + 16.0);
        paint_line(ui, name, &format!("{tag}  {}", thousands(images)), egui::TextStyle::Body, palette().text);
        tag_dot::choice(ui, session, tag, actions);
    });
}

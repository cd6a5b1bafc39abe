//! The network one looks through, and how pictures are prepared for it.

use eframe::egui::{Align2, Role, Sense, Ui, WidgetInfo, vec2};

use crate::session::Session;
use crate::ui::command::Command;
use crate::ui::network_words::preparation;
use crate::ui::theme::palette;
use crate::ui::widgets::text::single_line;

/// Draws it in so many points; a click lists all networks.
pub(super) fn show(ui: &mut Ui, session: &Session, width: f32, commands: &mut Vec<Command>) {
    let Some(collection) = session.collection() else { return };
    let palette = palette();
    let (rect, response) = ui.allocate_exact_size(vec2(width, 34.0), Sense::click());
    let prepared = preparation(&collection.resizing);
    response.widget_info(|| {
        WidgetInfo::labeled(Role::Button, true, format!("Network in use: {}, {prepared}", collection.network_name))
    });
    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 6.0, palette.lifted);
    }
    let inside = rect.shrink2(vec2(8.0, 2.0));
    let name = single_line(painter, collection.network_name.clone(), 12.5, palette.strong, inside.width());
    let about = single_line(painter, prepared, 10.5, palette.weak, inside.width());
    let both = name.size().y + about.size().y;
    let place = Align2::LEFT_CENTER.align_size_within_rect(vec2(inside.width(), both), inside);
    let below = vec2(0.0, name.size().y);
    painter.galley(place.min, name, palette.strong);
    painter.galley(place.min + below, about, palette.weak);
    let response = response.on_hover_ui(|ui| {
        ui.strong(&collection.network_name);
        ui.label(&collection.network_about);
        ui.weak(format!("Pictures become {}", preparation(&collection.resizing)));
        ui.weak(format!("Workspace: {}", collection.workspace.display()));
        ui.weak(Command::Networks.with_keys("Click for other networks"));
    });
    if response.clicked() {
        commands.push(Command::Networks);
    }
}

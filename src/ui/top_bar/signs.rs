//! Small buttons with nothing but a sign: back, forward, the inspector.

use eframe::egui::{Response, Role, Sense, Ui, Vec2, WidgetInfo};

use crate::session::Session;
use crate::ui::command::Command;
use crate::ui::icons::Icon;
use crate::ui::inspector;
use crate::ui::theme::palette;

/// Side of a sign in points.
const ICON: f32 = 18.0;

/// Back and forward.
pub(super) fn ways(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let hints = ["Where you were before: place, picture, layer, question", "Where you came back from"];
    let ways = [(Command::GoBack, Icon::Back), (Command::GoForward, Icon::Forward)];
    for ((command, icon), hint) in ways.into_iter().zip(hints) {
        let is_enabled = command.is_enabled(session);
        if button(ui, command.name(), icon, is_enabled, false, &command.with_keys(hint)).clicked() {
            commands.push(command);
        }
    }
    ui.spacing_mut().item_spacing.x = 6.0;
    ui.add_space(2.0);
}

/// Shows or hides the inspector.
pub(super) fn inspector_toggle(ui: &mut Ui, is_there: bool, commands: &mut Vec<Command>) {
    let has_room = inspector::has_room(ui.ctx());
    let command = Command::Inspector;
    let hint = match has_room {
        true => command.with_keys("What is known of the current picture, at the right"),
        false => "What is known of the current picture stands at the right of a wider window".to_owned(),
    };
    if button(ui, "Inspector", Icon::Sidebar, has_room, is_there && has_room, &hint).clicked() {
        commands.push(command);
    }
}

fn button(ui: &mut Ui, name: &str, icon: Icon, is_enabled: bool, is_on: bool, hint: &str) -> Response {
    let sense = if is_enabled { Sense::click() } else { Sense::hover() };
    let (rect, response) = ui.allocate_exact_size(Vec2::splat(28.0), sense);
    response.widget_info(|| WidgetInfo::selected(Role::Button, is_enabled, is_on, name));
    let palette = palette();
    if is_enabled && (response.hovered() || response.has_focus()) {
        ui.painter().rect_filled(rect, 6.0, palette.lifted);
    }
    let colour = match (is_enabled, response.hovered() || is_on) {
        (false, _) => palette.weak.gamma_multiply(0.45),
        (true, true) => palette.strong,
        (true, false) => palette.text,
    };
    match is_on {
        true => icon.paint_filled(ui.painter(), rect.center(), ICON, colour),
        false => icon.paint(ui.painter(), rect.center(), ICON, colour),
    }
    response.on_hover_text(hint)
}

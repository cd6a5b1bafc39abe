//! Small buttons that are drawn: back, forward, the inspector.

use eframe::egui::{Painter, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

use crate::session::Session;
use crate::ui::command::Command;
use crate::ui::inspector;
use crate::ui::theme::palette;

/// Back and forward.
pub(super) fn ways(ui: &mut Ui, session: &Session, commands: &mut Vec<Command>) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let hints = ["Where you were before: place, picture, layer, question", "Where you came back from"];
    for ((command, to), hint) in [(Command::GoBack, -1.0), (Command::GoForward, 1.0)].into_iter().zip(hints) {
        let sign = |painter: &Painter, rect: Rect, stroke: Stroke| {
            let at = |x: f32, y: f32| rect.center() + vec2(x * to, y);
            painter.line(vec![at(-2.0, -4.5), at(2.5, 0.0), at(-2.0, 4.5)], stroke);
        };
        let is_enabled = command.is_enabled(session);
        if button(ui, command.name(), is_enabled, false, &command.with_keys(hint), &sign).clicked() {
            commands.push(command);
        }
    }
    ui.spacing_mut().item_spacing.x = 6.0;
    ui.add_space(2.0);
}

/// Shows or hides the inspector.
pub(super) fn inspector_toggle(ui: &mut Ui, is_there: bool, commands: &mut Vec<Command>) {
    let has_room = inspector::has_room(ui.ctx());
    let sign = |painter: &Painter, rect: Rect, stroke: Stroke| {
        let frame = Rect::from_center_size(rect.center(), vec2(16.0, 13.0));
        painter.rect_stroke(frame, 2.5, stroke, StrokeKind::Middle);
        let side = Rect::from_min_max(frame.right_top() - vec2(5.5, 0.0), frame.max);
        match is_there && has_room {
            true => drop(painter.rect_filled(side, 2.0, stroke.color)),
            false => drop(painter.vline(side.left(), side.y_range(), stroke)),
        }
    };
    let command = Command::Inspector;
    let hint = match has_room {
        true => command.with_keys("What is known of the current picture, at the right"),
        false => "What is known of the current picture stands at the right of a wider window".to_owned(),
    };
    if button(ui, "Inspector", has_room, is_there && has_room, &hint, &sign).clicked() {
        commands.push(command);
    }
}

fn button(
    ui: &mut Ui,
    name: &str,
    is_enabled: bool,
    is_on: bool,
    hint: &str,
    sign: &dyn Fn(&Painter, Rect, Stroke),
) -> Response {
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
    sign(ui.painter(), rect, Stroke::new(1.6, colour));
    response.on_hover_text(hint)
}

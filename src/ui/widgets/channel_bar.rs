//! A channel of a layer without planes: one number, as a bar with its name, beside those of the other channels.

use eframe::egui::{CursorIcon, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::text::paint_name_and_number;
use crate::domain::short_class_name;
use crate::session::Session;
use crate::ui::theme::{self, palette};

/// One bar.
pub struct ChannelBar<'a> {
    /// What it is called to screen readers.
    pub name: &'a str,
    /// What is written at its left.
    pub heading: &'a str,
    /// What is written at its right.
    pub numbers: &'a str,
    /// What the channel gives: for a picture, or for two that are beside each other.
    pub values: &'a [f32],
    /// What fills a bar: see [`largest_amount`].
    pub most: f32,
    /// Whether it is the channel that is looked at.
    pub is_kept: bool,
}

impl ChannelBar<'_> {
    /// Height in points.
    pub const HEIGHT: f32 = 24.0;

    /// Draws it as wide as there is room.
    pub fn show(&self, ui: &mut Ui, id: Id) -> Response {
        let (_, rect) = ui.allocate_space(vec2(ui.available_width(), Self::HEIGHT));
        let response = ui.interact(rect, id, Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, self.is_kept, self.name));
        let inner = rect.shrink2(vec2(0.0, 2.0));
        let ground = palette().raised.gamma_multiply(if response.hovered() { 1.0 } else { 0.6 });
        ui.painter().rect_filled(inner, 3.0, ground);
        let height = inner.height() / self.values.len().max(1) as f32;
        for (side, value) in self.values.iter().copied().enumerate() {
            let is_known = self.most > 0.0 && value.is_finite();
            let share = if is_known { (value.abs() / self.most).clamp(0.0, 1.0) } else { 0.0 };
            let corner = pos2(inner.left(), inner.top() + side as f32 * height);
            let filled = Rect::from_min_size(corner, vec2(inner.width() * share, height));
            // Below zero it speaks against.
            let colour = if value < 0.0 { palette().problem.gamma_multiply(0.35) } else { palette().accent_fill };
            ui.painter().rect_filled(filled, 3.0, if side == 0 { colour } else { colour.gamma_multiply(0.6) });
        }
        if self.is_kept {
            let stroke = Stroke::new(1.5, theme::selected());
            ui.painter().rect_stroke(inner, 3.0, stroke, StrokeKind::Inside);
        }
        paint_name_and_number(ui, inner.shrink2(vec2(7.0, 0.0)), self.heading, self.numbers, self.is_kept);
        response.on_hover_cursor(CursorIcon::PointingHand)
    }
}

/// What fills the longest bar: the largest amount, whatever its sign.
pub fn largest_amount(values: impl Iterator<Item = f32>) -> f32 {
    values.filter(|value| value.is_finite()).fold(0.0, |most: f32, value| most.max(value.abs()))
}

/// What is written on the bar of a channel: its class, or its number.
pub fn heading_of(session: &Session, layer: usize, channel: usize) -> String {
    let class = session.opened.class_of(layer, channel).map(short_class_name);
    class.map_or_else(|| format!("Channel {channel}"), str::to_owned)
}

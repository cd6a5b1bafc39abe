//! Draws one layer, with as much text as can be read.

use std::sync::Arc;

use eframe::egui::{Color32, CornerRadius, Galley, Painter, Rect, Stroke, StrokeKind, pos2};

use super::family::Family;
use crate::domain::Layer;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{first_words, millis, shape_text, single_line, with_unit};

/// Boxes this high, in points of the screen, have room for a name; for a second line; for all.
const HEIGHTS: [f32; 3] = [13.0, 32.0, 62.0];

/// How a layer stands out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks {
    /// It is the layer looked at.
    pub is_current: bool,
    /// The pointer is over it.
    pub is_hovered: bool,
    /// Its vectors are stored.
    pub is_stored: bool,
    /// It is not what is searched for.
    pub is_dimmed: bool,
    /// How long it takes for one picture, if that was measured.
    pub secs: Option<f64>,
    /// How long the slowest layer takes.
    pub slowest: f64,
}

/// Whether a box so high, in points of the screen, has a dot where its vectors are stored.
pub fn has_dot(height: f32) -> bool {
    height >= HEIGHTS[0]
}

/// Draws a layer's box. `names` are its name, what of it tells it from the rest of its block, and what it does to that: empty where
/// there is nothing of the kind. The lines that lead to a box say of which block it is, and what it follows.
pub fn draw(painter: &Painter, rect: Rect, layer: &Layer, names: [&str; 3], marks: Marks) {
    let height = rect.height();
    let strength = if marks.is_dimmed { 0.22 } else { 1.0 };
    frame(painter, rect, Family::of(&layer.kind).colour(), marks, strength);
    if !has_dot(height) {
        return;
    }
    if let Some(secs) = marks.secs {
        draw_time(painter, rect, (secs / marks.slowest.max(f64::MIN_POSITIVE)) as f32, strength);
    }
    let dot = (height * 0.055).clamp(1.4, 3.0);
    if marks.is_stored {
        let colour = palette().accent.gamma_multiply(strength);
        painter.circle_filled(pos2(rect.right() - 2.8 * dot, rect.top() + 2.8 * dot), dot, colour);
    }
    let [strong, text, weak] =
        [palette().strong, palette().text, palette().weak].map(|colour| colour.gamma_multiply(strength));
    let name_colour = if marks.is_current || marks.is_hovered { strong } else { text };
    let is_small = height < HEIGHTS[1];
    let inside = Rect::from_min_max(
        pos2(rect.left() + (height * 0.24).clamp(5.0, 12.0), rect.top()),
        // A small box has no room to keep the dot's column free; its corner is above the text.
        pos2(rect.right() - if is_small { 2.0 } else { 6.5 * dot }, rect.bottom()),
    );
    let line = |share_down: f32, galley: Arc<Galley>, colour: Color32| {
        let top = rect.top() + height * share_down - galley.size().y / 2.0;
        painter.galley(pos2(inside.left(), top), galley, colour);
    };
    if is_small {
        let galley = name_of(painter, names, half_points(height * 0.46, 8.0, 12.5), name_colour, inside.width());
        line(0.5, galley, name_colour);
        return;
    }
    let is_full = height >= HEIGHTS[2];
    let [first, second] = if is_full { [0.26, 0.54] } else { [0.32, 0.69] };
    let name_size =
        if is_full { half_points(height * 0.19, 12.5, 15.0) } else { half_points(height * 0.28, 9.5, 13.5) };
    let small = if is_full { half_points(height * 0.155, 10.5, 12.5) } else { half_points(height * 0.235, 8.5, 11.5) };
    line(first, name_of(painter, names, name_size, name_colour, inside.width()), name_colour);
    let about = format!("{}  ·  {}", layer.kind, shape_text(layer.shape));
    line(second, single_line(painter, about, small, weak, inside.width()), weak);
    if is_full {
        line(0.79, single_line(painter, cost(layer, marks.secs), small, weak, inside.width()), weak);
    }
}

/// The whole name or, where there is no room for it, its part, or what it does to the layer before it; the first words of its part
/// where it does nothing that has a name.
fn name_of(painter: &Painter, names: [&str; 3], size: f32, colour: Color32, width: f32) -> Arc<Galley> {
    let line = |name: &&str| single_line(painter, (*name).to_owned(), size, colour, width);
    let [title, part, _] = names;
    let fits = names.iter().filter(|name| !name.is_empty()).map(line).find(|galley| !galley.elided);
    fits.unwrap_or_else(|| first_words(painter, if part.is_empty() { title } else { part }, size, colour, width))
}

/// The picture that goes in.
pub fn draw_picture(painter: &Painter, rect: Rect) {
    let stroke = Stroke::new(1.0, palette().weak);
    let corner = rect.height() / 2.0;
    painter.rect(rect, corner, palette().panel, stroke, StrokeKind::Inside);
    if rect.height() >= HEIGHTS[0] {
        let galley = single_line(
            painter,
            "Picture".into(),
            half_points(rect.height() * 0.4, 8.5, 14.0),
            palette().weak,
            rect.width(),
        );
        painter.galley(rect.center() - galley.size() / 2.0, galley, palette().weak);
    }
}

/// Far away a spot of its colour; near a card with an edge of it.
fn frame(painter: &Painter, rect: Rect, colour: Color32, marks: Marks, strength: f32) {
    let ground = palette().ground;
    let nearness = ((rect.height() - 9.0) / 14.0).clamp(0.0, 1.0);
    let card = palette().panel.lerp_to_gamma(colour, if palette().is_dark { 0.17 } else { 0.14 });
    let mut fill = colour.lerp_to_gamma(card, nearness);
    if marks.is_current {
        fill = palette().accent.lerp_to_gamma(palette().accent_fill, nearness);
    } else if marks.is_hovered {
        fill = fill.lerp_to_gamma(palette().strong, 0.10);
    }
    // Opaque, so that lines do not shine through.
    let fill = ground.lerp_to_gamma(fill, strength);
    let corner = (rect.height() * 0.15).clamp(0.5, 8.0);
    if nearness > 0.0 {
        // The left in the colour of the edge, then the card over all but the edge: a clip would cost a draw call.
        let left = Rect::from_min_max(rect.min, pos2(rect.left() + 2.0 * corner, rect.bottom()));
        let left_corners = CornerRadius { ne: 0, se: 0, ..CornerRadius::from(corner) };
        painter.rect_filled(left, left_corners, ground.lerp_to_gamma(colour, strength));
        let edge = (rect.height() * 0.09).clamp(1.5, 5.0) * nearness;
        let card = Rect::from_min_max(pos2(rect.left() + edge, rect.top()), rect.max);
        painter.rect_filled(card, CornerRadius { nw: 0, sw: 0, ..CornerRadius::from(corner) }, fill);
    } else {
        painter.rect_filled(rect, corner, fill);
    }
    let outline = match marks {
        Marks { is_current: true, .. } => Some(Stroke::new(if nearness > 0.5 { 2.0 } else { 1.5 }, palette().accent)),
        Marks { is_hovered: true, .. } => Some(Stroke::new(1.0, palette().strong)),
        _ => None,
    };
    if let Some(stroke) = outline {
        // Outside, so that it can be seen on a box of two points.
        painter.rect_stroke(rect, corner, stroke, StrokeKind::Outside);
    }
}

/// How long a layer takes beside the slowest one: a bar along the lower edge.
fn draw_time(painter: &Painter, rect: Rect, share: f32, strength: f32) {
    let thickness = (rect.height() * 0.06).clamp(1.0, 4.0);
    let inset = (rect.height() * 0.24).clamp(5.0, 12.0);
    let room = (rect.width() - 2.0 * inset).max(0.0);
    let bottom = rect.bottom() - thickness.max(rect.height() * 0.04);
    let bar = Rect::from_min_max(
        pos2(rect.left() + inset, bottom - thickness),
        pos2(rect.left() + inset + room * share.clamp(0.0, 1.0), bottom),
    );
    painter.rect_filled(bar, thickness / 2.0, palette().warning.gamma_multiply(strength));
}

/// `1.3 ms  ·  14 k weights  ·  198.9 M multiplications`, or that there are none.
fn cost(layer: &Layer, secs: Option<f64>) -> String {
    let mut parts: Vec<String> = secs.map(millis).into_iter().collect();
    if layer.parameter_count > 0 {
        parts.push(format!("{} weights", with_unit(layer.parameter_count as u64)));
    }
    if layer.multiplications > 0 {
        parts.push(format!("{} multiplications", with_unit(layer.multiplications)));
    }
    if parts.is_empty() { "no weights".into() } else { parts.join("  ·  ") }
}

/// Sizes in steps of half a point: every size that is drawn takes room among the glyphs on the device.
fn half_points(size: f32, min: f32, max: f32) -> f32 {
    (size.clamp(min, max) * 2.0).round() / 2.0
}

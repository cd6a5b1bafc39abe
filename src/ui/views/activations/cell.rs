//! One channel: what it is called and what is known of it.

use eframe::egui::{Pos2, Rect, Response, RichText, Role, Ui, WidgetInfo};

use super::order::short;
use crate::engine::ActivationView;
use crate::ui::theme;

/// Gives a cell its accessible name.
pub fn name(response: &Response, heading: &str, is_enlarged: bool) {
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_enlarged, heading));
}

/// What the pointer tells over a channel drawn in `rect`, below its name.
pub fn hint(
    ui: &mut Ui,
    heading: &str,
    activation: &ActivationView,
    channel: usize,
    rect: Rect,
    pointer: Option<Pos2>,
) {
    let palette = theme::palette();
    let [_, h, w] = activation.values.shape();
    ui.label(RichText::new(heading).color(palette.strong));
    if h * w == 1 {
        ui.label(RichText::new(stats(activation, channel)[0].1.clone()).color(palette.text));
        return;
    }
    let known = stats(activation, channel).map(|(word, value)| format!("{word} {value}")).join("   ");
    ui.label(RichText::new(known).color(palette.text));
    let Some((x, y)) = pointer.and_then(|pointer| place_under(rect, pointer, [h, w])) else { return };
    let at = match activation.values.value(channel, y, x) {
        Some(value) => format!("{} at column {x}, row {y}", short(value)),
        None => format!("column {x}, row {y}"),
    };
    ui.label(RichText::new(at).color(palette.weak));
}

/// Mean, smallest and largest value.
pub fn stats(activation: &ActivationView, channel: usize) -> [(&'static str, String); 3] {
    let of = |values: &[f32]| values.get(channel).map_or_else(|| "?".into(), |&value| short(value));
    [("mean", of(&activation.means)), ("min", of(&activation.minima)), ("max", of(&activation.maxima))]
}

/// Column and row of a `[h, w]` channel drawn in `rect`.
pub fn place_under(rect: Rect, pointer: Pos2, [h, w]: [usize; 2]) -> Option<(usize, usize)> {
    if !rect.contains(pointer) || rect.area() <= 0.0 || h * w == 0 {
        return None;
    }
    let share = (pointer - rect.min) / rect.size();
    Some((((share.x * w as f32) as usize).min(w - 1), ((share.y * h as f32) as usize).min(h - 1)))
}

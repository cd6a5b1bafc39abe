//! Why what stands in a field cannot be used: a line beneath the field, which lies over what is there, so that nothing moves.

use eframe::egui::{Align2, Area, Color32, Frame, Label, Margin, Order, Rect, Response, RichText, Stroke, Ui, vec2};

use crate::ui::theme::palette;

/// How wide the line is at least and at most, in points: a field may be a sliver, and one as wide as the window is hard to read.
const WIDTHS: [f32; 2] = [240.0, 440.0];
/// Between the field and the line, in points.
const GAP: f32 = 3.0;
/// With less room than this below a field, in points, the line stands above it.
const ROOM_BELOW: f32 = 90.0;

/// Says it beneath `field` or, where that is at the lower edge of the window, above it. `covered` is what lies beneath the field
/// already: what is offered for it.
pub fn beneath(field: &Response, covered: Option<Rect>, why: &str) {
    let colour = palette().problem;
    show(field, covered, colour, false, |ui| line(ui, why, colour));
}

/// Says why nothing comes of what stands in the field, which is no fault, and offers something else to be done with it; says whether
/// that was taken.
pub fn offer_beneath(field: &Response, why: &str, offer: &str) -> bool {
    show(field, None, palette().weak, true, |ui| {
        line(ui, why, palette().text);
        ui.button(RichText::new(offer).small()).clicked()
    })
}

fn line(ui: &mut Ui, words: &str, colour: Color32) {
    ui.add(Label::new(RichText::new(words).small().color(colour)).wrap().selectable(false));
}

fn show<T>(
    field: &Response,
    covered: Option<Rect>,
    colour: Color32,
    is_clickable: bool,
    content: impl FnOnce(&mut Ui) -> T,
) -> T {
    let ctx = &field.ctx;
    let window = ctx.content_rect();
    let above = covered.map_or(field.rect, |covered| field.rect.union(covered));
    let is_above = covered.is_none() && window.bottom() - field.rect.bottom() < ROOM_BELOW;
    let (corner, at) = match is_above {
        true => (Align2::LEFT_BOTTOM, field.rect.left_top() - vec2(0.0, GAP)),
        false => (Align2::LEFT_TOP, above.left_bottom() + vec2(0.0, GAP)),
    };
    let width = field.rect.width().clamp(WIDTHS[0], WIDTHS[1]).min(window.width() - 24.0);
    // Above the views and below dialogs: what is in one of those says it there.
    let area = Area::new(field.id.with("why it cannot be used"))
        .order(Order::Middle)
        .interactable(is_clickable)
        .fade_in(false);
    let shown = area.fixed_pos(at).pivot(corner).constrain_to(window.shrink(4.0)).show(ctx, |ui| {
        let frame = Frame::new().fill(palette().panel).stroke(Stroke::new(1.0, colour)).corner_radius(4.0);
        let framed = frame.inner_margin(Margin::symmetric(8, 4)).show(ui, |ui| {
            ui.set_max_width(width);
            content(ui)
        });
        framed.inner
    });
    shown.inner
}

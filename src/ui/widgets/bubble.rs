//! Where what is told of something lies while the pointer is over it: beside that, and never over the tray of the selection, which one
//! fills meanwhile.

use eframe::egui::{AreaState, Context, Rect, RectAlign, Response, Tooltip, Ui, Vec2, vec2};

use crate::ui::landmarks::Landmark;

/// Where it may lie, the best place first.
const PLACES: [RectAlign; 8] = [
    RectAlign::BOTTOM_START,
    RectAlign::TOP_START,
    RectAlign::BOTTOM_END,
    RectAlign::TOP_END,
    RectAlign::RIGHT_START,
    RectAlign::LEFT_START,
    RectAlign::RIGHT_END,
    RectAlign::LEFT_END,
];

/// From what it is about to it, in points.
const GAP: f32 = 4.0;
/// About so large is what says a name and some facts, in points.
const USUAL: Vec2 = vec2(200.0, 92.0);

/// Tells `contents` while the pointer is over it.
pub fn on_hover_ui(response: &Response, contents: impl FnOnce(&mut Ui)) {
    let mut tooltip = Tooltip::for_enabled(response);
    let size = size_of(response).unwrap_or(USUAL);
    tooltip.popup = tooltip.popup.align(place(&response.ctx, response.rect, GAP, size));
    tooltip.show(contents);
}

/// Tells `contents` at once of a part of what the pointer is over, which lies in `about`. Until it was drawn it is taken to be as large
/// as `usual`.
pub fn show_beside(response: &Response, about: Rect, usual: Vec2, contents: impl FnOnce(&mut Ui)) {
    let mut tooltip = Tooltip::for_widget(response);
    let size = size_of(response).unwrap_or(usual);
    let place = place(&response.ctx, about, GAP, size);
    tooltip.popup = tooltip.popup.anchor(about).gap(GAP).align(place);
    tooltip.show(contents);
}

/// How large it was when it was drawn last.
fn size_of(response: &Response) -> Option<Vec2> {
    AreaState::load(&response.ctx, Tooltip::next_tooltip_id(&response.ctx, response.id))?.size
}

/// The first place that has room above the tray.
fn place(ctx: &Context, about: Rect, gap: f32, size: Vec2) -> RectAlign {
    let window = ctx.content_rect();
    let tray = Landmark::Selection.find(ctx).filter(|tray| tray.top() >= about.top());
    let room = window.with_max_y(tray.map_or(window.bottom(), |tray| tray.top()));
    RectAlign::find_best_align(PLACES.into_iter(), room, about, gap, size).unwrap_or_default()
}

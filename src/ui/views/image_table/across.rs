//! Moving the columns across, where they are wider than the view.

use eframe::egui::{Rangef, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::layout::Columns;
use crate::ui::theme::palette;

/// Height of the bar, in points.
const BAR_HEIGHT: f32 = 9.0;
/// The handle is at least so long.
const LEAST_HANDLE: f32 = 24.0;

/// How far the columns are moved to the left.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Across {
    offset: f32,
    /// Where the handle of the bar is held, in points from its left end.
    held: Option<f32>,
}

impl Across {
    /// Follows a wheel that turns sideways, and moves the columns.
    pub(super) fn begin(&mut self, ui: &Ui, area: Rect, columns: Columns) -> Columns {
        if ui.is_enabled() && ui.rect_contains_pointer(area) {
            self.offset -= ui.input(|input| input.smooth_scroll_delta().x);
        }
        self.offset = self.offset.clamp(0.0, columns.travel());
        let offset = self.offset;
        columns.moved(offset)
    }

    /// Moves them by so many points.
    pub(super) fn push(&mut self, points: f32) {
        self.offset += points;
    }

    /// Brings what lies there into sight.
    pub(super) fn reveal(&mut self, columns: &Columns, across: Rangef) {
        if across.min < columns.fixed_right {
            self.offset -= columns.fixed_right - across.min;
        } else if across.max > columns.view.max {
            self.offset += (across.max - columns.view.max).min(across.min - columns.fixed_right);
        }
    }

    /// How much room the bar takes; nothing where all columns are seen.
    pub(super) fn bar_height(columns: &Columns) -> f32 {
        if columns.travel() > 0.0 { BAR_HEIGHT } else { 0.0 }
    }

    /// Draws the bar along the lower edge.
    pub(super) fn show_bar(&mut self, ui: &Ui, area: Rect, columns: &Columns) {
        let travel = columns.travel();
        if travel <= 0.0 {
            return;
        }
        let room = Rect::from_min_max(
            pos2(columns.fixed_right, area.bottom() - BAR_HEIGHT),
            pos2(columns.view.max, area.bottom()),
        );
        let response = ui.interact(room, ui.scope_id().with("across"), Sense::CLICK | Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, "Table columns scroll bar"));
        let length = (room.width() * room.width() / columns.content).max(LEAST_HANDLE).min(room.width());
        let way = (room.width() - length).max(1.0);
        match response.interact_pointer_pos() {
            Some(pointer) => {
                let now = room.left() + self.offset / travel * way;
                let is_on_handle = (now..now + length).contains(&pointer.x);
                let held = *self.held.get_or_insert(if is_on_handle { pointer.x - now } else { length / 2.0 });
                self.offset = ((pointer.x - held - room.left()) / way * travel).clamp(0.0, travel);
            }
            None => self.held = None,
        }
        let is_used = response.hovered() || response.dragged();
        let thickness = if is_used { 6.0 } else { 3.0 };
        let left = room.left() + self.offset / travel * way;
        let handle = Rect::from_min_size(pos2(left, room.center().y - thickness / 2.0), vec2(length, thickness));
        let colour = if is_used { palette().weak } else { palette().weak.gamma_multiply(0.6) };
        ui.painter().rect_filled(handle, thickness / 2.0, colour);
    }
}

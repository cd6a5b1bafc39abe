//! Scrolling a grid of any length.
//!
//! egui's own scroll areas count in points of 32-bit numbers: a grid of ten million rows is a billion points high, where
//! such numbers are 64 apart, and tiles would jump. Here the place is a row and a part of it, in 64 bits, and only what is
//! seen is ever turned into points. It looks and behaves like the other scroll areas.

use eframe::egui::{
    self, Color32, CornerRadius, Direction, Id, Pos2, Rangef, Rect, Role, Sense, Shape, Ui, WidgetInfo, lerp, pos2,
    vec2,
};

use super::GridLayout;

/// How long the grid takes to a row that is to be seen, in seconds.
const GLIDE_SECS: f64 = 0.2;

/// Where a grid is scrolled to.
#[derive(Clone, Debug, Default)]
pub struct RowScroll {
    /// The row at the upper edge, and how much of it is above.
    top: f64,
    glide: Option<Glide>,
    /// How many columns the rows were of.
    columns: usize,
    /// Where the handle of the bar is held, in points from its upper end.
    held: Option<f32>,
}

/// On the way to another row.
#[derive(Clone, Copy, Debug)]
struct Glide {
    from: f64,
    to: f64,
    begun_secs: f64,
}

impl RowScroll {
    /// The row at the upper edge, and how much of it is above.
    pub fn top(&self) -> f64 {
        self.top
    }

    /// Follows the wheel, and what was on its way. Called before the grid is drawn into `area`.
    pub fn begin(&mut self, ui: &Ui, layout: GridLayout, area: Rect) {
        if self.columns != layout.columns {
            if self.columns > 0 {
                // Wider tiles are in other rows: what was seen first is still seen first.
                let first = self.top.floor() * self.columns as f64;
                self.top = (first / layout.columns as f64).floor() + self.top.fract();
                self.glide = None;
            }
            self.columns = layout.columns;
        }
        if ui.is_enabled() && ui.rect_contains_pointer(area) {
            let wheel = ui.input(|input| input.smooth_scroll_delta().y);
            let before = self.top;
            self.push(layout, area.height(), -f64::from(wheel));
            if self.top != before {
                // Nothing around it is to scroll as well.
                ui.input_mut(|input| input.smooth_scroll_delta.y = 0.0);
            }
        }
        if let Some(Glide { from, to, begun_secs }) = self.glide {
            let share = ((ui.ctx().time() - begun_secs) / GLIDE_SECS).clamp(0.0, 1.0);
            // Fast at first: it answers at once, and arrives softly.
            self.top = from + (to - from) * (1.0 - (1.0 - share).powi(3));
            if share >= 1.0 {
                self.glide = None;
            }
            ui.ctx().request_repaint();
        }
        self.clamp(layout, area.height());
    }

    /// Scrolls down by so many points.
    pub fn push(&mut self, layout: GridLayout, height: f32, points: f64) {
        if points != 0.0 {
            self.glide = None;
            self.top += points / layout.row_height();
            self.clamp(layout, height);
        }
    }

    /// Brings a cell into sight, if it is not.
    pub fn reveal(&mut self, ui: &Ui, layout: GridLayout, height: f32, cell: usize) {
        let row = (cell / layout.columns) as f64;
        let (gap, seen) = (f64::from(layout.gap) / layout.row_height(), f64::from(height) / layout.row_height());
        // Where it is going to be, if it is on its way.
        let top = self.glide.map_or(self.top, |glide| glide.to);
        let to = match () {
            () if row < top => row - gap,
            () if row + 1.0 - gap > top + seen => row + 1.0 - seen,
            () => return,
        };
        self.glide_to(ui, to.clamp(0.0, layout.last_top(height)), seen);
    }

    /// Brings a cell to the upper edge.
    pub fn go_to(&mut self, ui: &Ui, layout: GridLayout, height: f32, cell: usize) {
        let row = (cell / layout.columns) as f64;
        let seen = f64::from(height) / layout.row_height();
        self.glide_to(ui, row.clamp(0.0, layout.last_top(height)), seen);
    }

    /// Draws the bar and the fading edges. Called after the grid was drawn into `area`, whose right end is free for the bar.
    pub fn end(&mut self, ui: &Ui, layout: GridLayout, area: Rect, id: Id, name: &str) {
        let last_top = layout.last_top(area.height());
        if last_top <= 0.0 {
            return;
        }
        let style = ui.spacing().scroll;
        let points = layout.row_height();
        let bar_width = style.allocated_width();
        fade(
            ui,
            Rect::from_min_max(area.min, pos2(area.right() - bar_width, area.bottom())),
            [(self.top * points) as f32, ((last_top - self.top) * points) as f32],
        );
        let room = Rect::from_x_y_ranges(Rangef::new(area.right() - style.bar_width, area.right()), area.y_range());
        let response = ui.interact(room, id.with("bar"), Sense::CLICK | Sense::DRAG);
        response.widget_info(|| WidgetInfo::labeled(Role::ScrollBar, true, name));
        let share_seen = f64::from(area.height()) / (layout.rows() as f64 * points).max(1.0);
        let length = ((f64::from(area.height()) * share_seen) as f32).max(style.handle_min_length).min(area.height());
        let travel = f64::from((area.height() - length).max(1.0));
        let handle_top = |top: f64| area.top() + (top / last_top * travel) as f32;
        match response.interact_pointer_pos() {
            Some(pointer) => {
                let now = handle_top(self.top);
                let is_on_handle = (now..now + length).contains(&pointer.y);
                // Beside the handle it comes to the pointer.
                let held = *self.held.get_or_insert(if is_on_handle { pointer.y - now } else { length / 2.0 });
                self.glide = None;
                self.top = f64::from(pointer.y - held - area.top()) / travel * last_top;
                self.clamp(layout, area.height());
            }
            None => self.held = None,
        }
        let is_used = response.hovered() || response.dragged();
        let is_near = ui.rect_contains_pointer(area) && ui.ctx().dragged_id().is_none() || is_used;
        let used = ui.ctx().animate_bool_responsive(id.with("bar used"), is_used);
        let near = ui.ctx().animate_bool_responsive(id.with("bar near"), is_near);
        let width = lerp(style.floating_width..=style.bar_width, used);
        let bar = Rect::from_min_max(pos2(area.right() - width, area.top()), area.right_bottom());
        let handle = Rect::from_min_size(pos2(bar.left(), handle_top(self.top)), vec2(width, length));
        let is_on_handle = response.hovered()
            && ui.input(|input| input.pointer.latest_pos().is_some_and(|pos: Pos2| handle.contains(pos)));
        let visuals = match () {
            () if response.is_pointer_button_down_on() => &ui.visuals().widgets.active,
            () if is_on_handle => &ui.visuals().widgets.hovered,
            () => &ui.visuals().widgets.inactive,
        };
        let [handle_opacity, ground_opacity] = match is_used {
            true => [style.interact_handle_opacity, style.interact_background_opacity],
            false => [
                lerp(style.dormant_handle_opacity..=style.active_handle_opacity, near),
                if is_near { style.active_background_opacity } else { style.dormant_background_opacity },
            ],
        };
        let fill = |rect: Rect, radius: CornerRadius, colour: Color32| {
            ui.painter().add(Shape::rect_filled(rect, radius, colour));
        };
        fill(bar, visuals.corner_radius, ui.visuals().extreme_bg_color.gamma_multiply(ground_opacity));
        fill(handle, visuals.corner_radius, visuals.fg_stroke.color.gamma_multiply(handle_opacity));
    }

    /// A way of more than a page begins a page before its end: nobody sees what is between.
    fn glide_to(&mut self, ui: &Ui, to: f64, page: f64) {
        let from = self.top.clamp(to - page, to + page);
        self.glide = Some(Glide { from, to, begun_secs: ui.ctx().time() });
        ui.ctx().request_repaint();
    }

    fn clamp(&mut self, layout: GridLayout, height: f32) {
        self.top = self.top.clamp(0.0, layout.last_top(height));
    }
}

/// Lets the upper and the lower edge fade as far as there is more beyond, so many points each.
fn fade(ui: &Ui, area: Rect, beyond: [f32; 2]) {
    let egui::style::ScrollFadeStyle { strength, size } = ui.spacing().scroll.fade;
    if strength <= 0.0 {
        return;
    }
    let ground = ui.stack().bg_color();
    let colour = |beyond: f32| ground.gamma_multiply((beyond / size).clamp(0.0, 1.0) * strength);
    let edge = |top: f32| Rect::from_min_size(pos2(area.left(), top), vec2(area.width(), size));
    let edges = [(area.top(), Direction::TopDown), (area.bottom() - size, Direction::BottomUp)];
    for ((top, direction), beyond) in edges.into_iter().zip(beyond) {
        if beyond > 0.0 {
            let colours = [colour(beyond), Color32::TRANSPARENT];
            ui.painter().add(Shape::gradient_rect(edge(top), direction, colours));
        }
    }
}

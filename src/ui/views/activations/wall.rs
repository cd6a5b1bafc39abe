//! All channels of a layer that has planes, side by side.

use eframe::egui::{Align2, Color32, CursorIcon, FontId, Id, Rect, ScrollArea, Sense, Stroke, StrokeKind, Ui, vec2};

use super::{ActivationsView, cell, short};
use crate::engine::ActivationView;
use crate::session::{Action, Choose, Session};
use crate::ui::paint::{HeatMapCell, heat_maps};
use crate::ui::theme;
use crate::ui::widgets::on_picture::map_ratio;

/// Where the cells of a wall are.
#[derive(Clone, Copy, Debug)]
struct Arrangement {
    columns: usize,
    lines: usize,
    cell: [f32; 2],
    gap: f32,
    margin: f32,
}

impl Arrangement {
    /// As many columns as fit; cells have the shape of the channels.
    fn new([count, h, w]: [usize; 3], side: f32, width: f32) -> Self {
        let gap = 6.0;
        let ratio = map_ratio([h, w]);
        let cell = if ratio >= 1.0 { [side, side / ratio] } else { [side * ratio, side] };
        let margin = 8.0;
        let room = (width - 2.0 * margin).max(cell[0]);
        let columns = (((room + gap) / (cell[0] + gap)) as usize).clamp(1, count.max(1));
        // Cells grow a little so that the lines are full; a wall of one line keeps its size.
        let full = (room + gap) / columns as f32 - gap;
        let growth = if count > columns { full / cell[0] } else { 1.0 };
        let cell = cell.map(|length| length * growth);
        Self { columns, lines: count.div_ceil(columns), cell, gap, margin }
    }

    fn height(&self) -> f32 {
        self.lines as f32 * (self.cell[1] + self.gap) - self.gap + 2.0 * self.margin
    }

    /// The lines that touch a stretch of the wall.
    fn lines_in(&self, top: f32, bottom: f32) -> std::ops::Range<usize> {
        let line = |y: f32| ((y - self.margin) / (self.cell[1] + self.gap)).max(0.0) as usize;
        line(top).min(self.lines)..(line(bottom) + 1).min(self.lines)
    }

    fn rect(&self, origin: eframe::egui::Pos2, place: usize) -> Rect {
        let [column, line] = [place % self.columns, place / self.columns];
        let x = self.margin + column as f32 * (self.cell[0] + self.gap);
        let y = self.margin + line as f32 * (self.cell[1] + self.gap);
        Rect::from_min_size(origin + vec2(x, y), vec2(self.cell[0], self.cell[1]))
    }
}

/// Draws the wall; only lines in view cost anything.
pub fn show(
    ui: &mut Ui,
    view: &mut ActivationsView,
    activation: &ActivationView,
    enlarged: Option<usize>,
    session: &Session,
    actions: &mut Vec<Action>,
) {
    let shape = activation.values.shape();
    let order = view.order_cache.channels(activation, view.order, view.unusual.as_ref());
    let (style, scale, side) = (view.style, view.scale, view.cell_side);
    ScrollArea::vertical().id_salt("channels").auto_shrink([false, false]).show_viewport(ui, |ui, seen| {
        let arrangement = Arrangement::new(shape, side, ui.available_width());
        let (wall, _) = ui.allocate_exact_size(vec2(ui.available_width(), arrangement.height()), Sense::hover());
        let lines = arrangement.lines_in(seen.top(), seen.bottom());
        let first = lines.start * arrangement.columns;
        let last = (lines.end * arrangement.columns).min(order.len());
        let visible: Vec<(usize, Rect)> = order
            .get(first..last)
            .unwrap_or_default()
            .iter()
            .enumerate()
            .map(|(place, &channel)| (channel, arrangement.rect(wall.min, first + place)))
            .collect();
        let cells = visible
            .iter()
            .map(|&(channel, rect)| HeatMapCell {
                rect,
                channel,
                range: scale.range(activation, channel, style.colours),
            })
            .collect();
        // What is outside of the view would only make the viewport larger than the screen.
        let drawn = wall.intersect(ui.clip_rect());
        if drawn.is_positive() {
            ui.painter().add(heat_maps(Id::unique("wall of channels"), drawn, &activation.values, cells, style));
        }
        for (channel, rect) in visible {
            let is_enlarged = enlarged == Some(channel);
            let response = ui.interact(rect, Id::unique("channel").with(channel), Sense::click());
            let heading = session.opened.channel_heading(activation.layer, channel);
            cell::name(&response, &heading, is_enlarged);
            let value = activation.maxima.get(channel).copied();
            decorate(ui, rect, channel, value, is_enlarged, response.hovered());
            if response.clicked() {
                actions.push(Choose::Channel(if is_enlarged { None } else { Some(channel) }).into());
            }
            let pointer = response.hover_pos();
            response
                .on_hover_cursor(CursorIcon::PointingHand)
                .on_hover_ui_at_pointer(|ui| cell::hint(ui, &heading, activation, channel, rect, pointer));
        }
    });
}

/// Frames a cell that stands out and, where there is room, writes its number into a corner, and into the one below it how strongly the
/// channel responds at most.
fn decorate(ui: &Ui, rect: Rect, channel: usize, value: Option<f32>, is_enlarged: bool, is_hovered: bool) {
    if is_enlarged || is_hovered {
        let colour = if is_enlarged { theme::selected() } else { theme::hovered() };
        ui.painter().rect_stroke(rect, 2.0, Stroke::new(2.0, colour), StrokeKind::Outside);
    }
    if rect.width() >= 60.0 && rect.height() >= 40.0 {
        let write = |text: String, anchor: Align2| {
            let galley = ui.painter().layout_no_wrap(text, FontId::proportional(10.5), Color32::WHITE);
            let back = anchor.align_size_within_rect(galley.size() + vec2(7.0, 2.0), rect);
            ui.painter().rect_filled(back, 2.0, Color32::from_black_alpha(110));
            ui.painter().galley(back.min + vec2(3.0, 1.0), galley, Color32::WHITE);
        };
        write(channel.to_string(), Align2::LEFT_TOP);
        if let Some(value) = value.filter(|_| rect.height() >= 64.0) {
            write(short(value), Align2::RIGHT_BOTTOM);
        }
    }
}

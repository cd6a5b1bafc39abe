//! Which channels give most at the place of the picture that the pointer is over.

use eframe::egui::{Color32, FontId, Id, Pos2, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

use super::scene::Scene;
use super::{InsideView, channel_name};
use crate::domain::{ChannelValue, strongest_channels};
use crate::engine::{ActivationView, PointWish};
use crate::session::{Action, Ask, Session};
use crate::ui::theme::palette;
use crate::ui::views::ViewContext;
use crate::ui::views::activations::short;
use crate::ui::widgets::text::single_line;

/// How many channels are named.
const COUNT: usize = 5;
/// Width of the list in points.
const WIDTH: f32 = 226.0;
/// Height of a line.
const ROW: f32 = 19.0;

/// A place of an activation that the pointer is over.
pub(super) struct Pointed<'a> {
    pub(super) activation: &'a ActivationView,
    /// Row and column.
    pub(super) cell: [usize; 2],
    pub(super) pointer: Pos2,
}

/// The ranking of one place, made once.
#[derive(Debug, Default)]
pub(super) struct PointRanking {
    /// Of which activation, and where.
    key: Option<(u64, [usize; 2])>,
    /// One value a channel.
    values: Vec<f32>,
    strongest: Vec<ChannelValue>,
}

impl PointRanking {
    /// The channels that give most there. Where only the graphics device has the activation they are asked for; until they are
    /// there, nothing is.
    pub(super) fn strongest(
        &mut self,
        pointed: &Pointed<'_>,
        session: &Session,
        actions: &mut Vec<Action>,
    ) -> &[ChannelValue] {
        let Pointed { activation, cell, .. } = pointed;
        let key = Some((activation.values.id(), *cell));
        if self.key != key {
            let wish = PointWish { image: activation.image, layer: activation.layer, place: *cell };
            let told = session.opened.inside.point.as_ref().filter(|told| told.wish == wish);
            let values = activation.values.values_at(*cell).or_else(|| told.map(|told| told.values.clone()));
            match values {
                Some(values) => {
                    (self.key, self.strongest) = (key, strongest_channels(&values, COUNT));
                    self.values = values;
                }
                None => {
                    (self.key, self.strongest, self.values) = (None, Vec::new(), Vec::new());
                    actions.push(Ask::Point(wish).into());
                }
            }
        }
        &self.strongest
    }
}

/// Draws the list in a corner of `room` that the pointer is not near.
pub(super) fn show(
    ui: &Ui,
    room: Rect,
    view: &mut InsideView,
    scene: &Scene<'_>,
    pointed: &Pointed<'_>,
    laid_over: Option<usize>,
    cx: &mut ViewContext<'_>,
) {
    let strongest = view.ranking.strongest(pointed, scene.session, cx.actions).to_vec();
    if strongest.is_empty() {
        return;
    }
    let mut rows = strongest.clone();
    // What is laid over is told of, too: it is what one looks at.
    let also = laid_over.filter(|channel| strongest.iter().all(|found| found.channel != *channel));
    let also = also.and_then(|channel| Some(ChannelValue { channel, value: *view.ranking.values.get(channel)? }));
    rows.extend(also);
    let size = vec2(WIDTH.min(room.width() - 12.0), ROW * (rows.len() + 1) as f32 + 10.0);
    let is_left = pointed.pointer.x > room.center().x;
    let left = if is_left { room.left() + 6.0 } else { room.right() - size.x - 6.0 };
    let rect = Rect::from_min_size(pos2(left, room.bottom() - size.y - 6.0), size);
    ui.painter().rect_filled(rect, 6.0, Color32::from_black_alpha(190));
    let inner = rect.shrink2(vec2(8.0, 5.0));
    let row_rect =
        |place: usize| Rect::from_min_size(inner.min + vec2(0.0, place as f32 * ROW), vec2(inner.width(), ROW));
    let [row, column] = pointed.cell;
    let head = format!("Strongest here: row {row}, column {column}");
    let galley = single_line(ui.painter(), head.clone(), 11.0, Color32::from_gray(190), inner.width());
    ui.painter().galley(row_rect(0).min + vec2(0.0, 2.0), galley, Color32::WHITE);
    ui.interact(row_rect(0), Id::unique("inside: here"), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, &head));
    let most = strongest.first().map_or(0.0, |first| first.value).abs().max(f32::MIN_POSITIVE);
    for (place, found) in rows.iter().enumerate() {
        let is_also = place >= strongest.len();
        line(ui, row_rect(place + 1), scene, found, most, is_also, laid_over == Some(found.channel));
    }
}

fn line(ui: &Ui, rect: Rect, scene: &Scene<'_>, found: &ChannelValue, most: f32, is_also: bool, is_laid_over: bool) {
    let painter = ui.painter_at(rect);
    let name = channel_name(scene.session, scene.activation.layer, found.channel);
    let value = short(found.value);
    let words = if is_also { format!("Laid over: {name}, {value}") } else { format!("Here: {name}, {value}") };
    ui.interact(rect, Id::unique("inside: here").with((found.channel, is_also)), Sense::hover())
        .widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    let share = (found.value / most).clamp(0.0, 1.0);
    let bar = Rect::from_min_size(rect.min + vec2(0.0, 1.0), vec2(rect.width() * share, rect.height() - 2.0));
    // The list is dark in both themes, as the picture under it may be anything.
    painter.rect_filled(bar, 2.0, Color32::from_rgba_unmultiplied(233, 174, 97, 60));
    let colour = if is_laid_over { palette_on_dark() } else { Color32::WHITE };
    let number = painter.layout_no_wrap(value, FontId::proportional(12.0), colour);
    let at = pos2(rect.right() - number.size().x - 2.0, rect.center().y - number.size().y / 2.0);
    let room = rect.width() - number.size().x - 12.0;
    painter.galley(at, number, colour);
    let name = single_line(&painter, name, 12.0, colour, room);
    painter.galley(pos2(rect.left() + 4.0, rect.center().y - name.size().y / 2.0), name, colour);
}

/// What matters, on a dark ground.
fn palette_on_dark() -> Color32 {
    if palette().is_dark { palette().accent } else { crate::ui::theme::Palette::DARK.accent }
}

//! The channels of a layer, one a card: where each responds in the picture, and where in others.

use eframe::egui::{
    Color32, CursorIcon, Id, Label, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    pos2, vec2,
};

use super::scene::Scene;
use super::{InsideView, channel_name, exemplars, two_rooms};
use crate::domain::ImageId;
use crate::engine::ActivationView;
use crate::gpu::TensorView;
use crate::session::{Choose, Session};
use crate::ui::landmarks::Landmark;
use crate::ui::paint::{HeatMapCell, HeatMapStyle, heat_maps};
use crate::ui::theme::{self, palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::ViewContext;
use crate::ui::views::activations::short;
use crate::ui::widgets::GridLayout;
use crate::ui::widgets::on_picture::{footprint, input_rect, shade};
use crate::ui::widgets::text::paint_name_and_number;
use crate::ui::widgets::tile::{fit, paint_waiting};

/// Width of a card at least, in points.
const WIDTH: f32 = 172.0;
/// The same of a card with two pictures.
const WIDTH_OF_TWO: f32 = 236.0;
/// A card is no narrower than this share of that, so that all of it can be seen.
const NARROWEST: f32 = 0.8;
/// Height of the line of words.
const WORDS: f32 = 20.0;
const GAP: f32 = 4.0;
/// Between cards.
const BETWEEN: f32 = 12.0;

/// What is said of a channel that fires along the border of what the network sees.
pub(super) const ALONG_BORDER: &str =
    "It fires along the border: often that is the padding of the network, which begins there, and not the picture";

/// Draws those that are in sight.
pub(super) fn show(ui: &mut Ui, view: &mut InsideView, scene: &Scene<'_>, order: &[usize], cx: &mut ViewContext<'_>) {
    let why_none = exemplars::why_none(scene);
    if let Some(why) = why_none {
        ui.add(Label::new(RichText::new(why).small().color(palette().weak)).wrap());
        ui.add_space(2.0);
    }
    let has_row = why_none.is_none();
    Landmark::Channels.mark(ui, ui.available_rect_before_wrap());
    ScrollArea::vertical().id_salt("inside: channels").auto_shrink([false, false]).show_viewport(ui, |ui, seen| {
        let grid = layout(scene, vec2(ui.available_width(), seen.height()), has_row, order.len());
        let (area, _) = ui.allocate_exact_size(vec2(ui.available_width(), grid.height().max(1.0)), Sense::hover());
        let rows = grid.rows_in(seen.y_range());
        for place in grid.cells_of(rows) {
            let rect = grid.rect_of(place).translate(area.min.to_vec2());
            card(ui, rect, has_row, view, scene, order[place], cx);
        }
    });
}

/// Cards as wide as columns fill the room; somewhat narrower ones where these would be cut off at the bottom and they are not.
fn layout(scene: &Scene<'_>, room: Vec2, has_row: bool, count: usize) -> GridLayout {
    let wanted = if scene.beside.is_some() { WIDTH_OF_TWO } else { WIDTH };
    let of = |columns: usize| {
        let side = ((room.x - BETWEEN * (columns - 1) as f32) / columns as f32).floor().clamp(60.0, wanted * 1.9);
        let row = if has_row { crop_side(side) + GAP } else { 0.0 };
        let cell = vec2(side, picture_height(scene, side) + WORDS + row);
        GridLayout { columns, cell, gap: BETWEEN, count }
    };
    let usual = (((room.x + BETWEEN) / (wanted + BETWEEN)) as usize).max(1);
    let narrower = (usual..usual + 2).map(of).filter(|layout| layout.cell.x >= wanted * NARROWEST);
    let mut whole = narrower.filter(|layout| layout.cell.y <= room.y);
    whole.next().unwrap_or_else(|| of(usual))
}

/// Side of an exemplar in a card so wide.
fn crop_side(width: f32) -> f32 {
    ((width - GAP * (exemplars::COUNT - 1) as f32) / exemplars::COUNT as f32).floor()
}

/// As high as the picture is, if it is neither a tower nor a ribbon.
fn picture_height(scene: &Scene<'_>, width: f32) -> f32 {
    let ratio = |view: &ActivationView| {
        let image = scene.session.image(view.image).filter(|image| image.width > 0 && image.height > 0);
        image.map_or(1.0, |image| image.width as f32 / image.height as f32).clamp(0.75, 2.0)
    };
    match scene.beside {
        None => (width / ratio(scene.activation)).round(),
        Some(beside) => ((width / 2.0) / ratio(scene.activation).max(ratio(beside))).round(),
    }
}

fn card(
    ui: &Ui,
    rect: Rect,
    has_row: bool,
    view: &mut InsideView,
    scene: &Scene<'_>,
    channel: usize,
    cx: &mut ViewContext<'_>,
) {
    let row = if has_row { crop_side(rect.width()) + GAP } else { 0.0 };
    let picture = Rect::from_min_size(rect.min, vec2(rect.width(), rect.height() - WORDS - row));
    Landmark::Channel.mark(ui, picture);
    let words = Rect::from_min_size(picture.left_bottom(), vec2(rect.width(), WORDS));
    let response = ui.interact(picture.union(words), Id::unique("inside: card").with(channel), Sense::click());
    let is_kept = scene.session.opened.chosen.channel == Some(channel);
    let name = channel_name(scene.session, scene.activation.layer, channel);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_kept, format!("Look at {name}")));
    over_pictures(ui, picture, scene, channel, "card", cx.thumbs);
    if is_kept || response.hovered() {
        let colour = if is_kept { theme::selected() } else { theme::hovered() };
        ui.painter().rect_stroke(picture, 3.0, Stroke::new(2.0, colour), StrokeKind::Outside);
    }
    paint_name_and_number(
        ui,
        words,
        &scene.session.opened.channel_heading(scene.activation.layer, channel),
        &numbers(scene, channel),
        is_kept,
    );
    if response.hovered() {
        view.pointed = Some((scene.activation.layer, channel));
    }
    if response.clicked() {
        cx.actions.push(Choose::Channel((!is_kept).then_some(channel)).into());
    }
    let response = response.on_hover_cursor(CursorIcon::PointingHand);
    if scene.activation.fires_along_border(channel) {
        response.on_hover_text(ALONG_BORDER);
    }
    if has_row {
        let top = words.bottom();
        let row = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), crop_side(rect.width())));
        exemplars::show(ui, row, GAP, view, scene, channel, cx);
    }
}

/// What a channel gives at most, how much that is of its most in any picture, and how unusual that is, if that is known; whether it
/// fires along the border stands first.
pub(super) fn numbers(scene: &Scene<'_>, channel: usize) -> String {
    let largest: Vec<String> = scene.largest(channel).map(short).collect();
    let share = scene.share_of_most(channel).filter(|_| scene.has_planes() && scene.beside.is_none());
    let share = share.map_or_else(String::new, |share| format!(" · {:.0} %", share * 100.0));
    let border = if scene.activation.fires_along_border(channel) { "border · " } else { "" };
    match scene.z(channel) {
        Some(z) => format!("{border}{z:+.1} σ · {}{share}", largest.join(" | ")),
        None => format!("{border}{}{share}", largest.join(" | ")),
    }
}

/// Draws a channel over the picture, and over the one beside it.
fn over_pictures(ui: &Ui, rect: Rect, scene: &Scene<'_>, channel: usize, place: &str, thumbs: &mut Thumbnails) {
    let rooms = if scene.beside.is_some() { two_rooms(rect) } else { [rect; 2] };
    for (side, (view, room)) in scene.views().zip(rooms).enumerate() {
        let slot = Id::unique("inside: channel over a picture").with((place, channel, side));
        let laid = LaidOver { values: &view.values, channel, range: scene.range(channel), style: scene.style };
        paint_over(ui, room, scene.session, view.image, &laid, slot, thumbs);
    }
}

/// One channel of an activation, and how it is drawn.
pub(super) struct LaidOver<'a> {
    pub(super) values: &'a TensorView,
    pub(super) channel: usize,
    /// The values at the ends of the colours.
    pub(super) range: [f32; 2],
    pub(super) style: HeatMapStyle,
}

/// Draws the thumbnail of a picture with a channel over it, at its true place. `slot` names the place in the window.
pub(super) fn paint_over(
    ui: &Ui,
    room: Rect,
    session: &Session,
    image: ImageId,
    laid: &LaidOver<'_>,
    slot: Id,
    thumbs: &mut Thumbnails,
) {
    ui.painter().rect_filled(room, 3.0, palette().ground);
    let Some((texture, size)) = thumbs.get(image) else {
        paint_waiting(ui.painter(), room);
        return;
    };
    let picture = fit(room, size);
    let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
    ui.painter().image(texture, picture, whole, Color32::WHITE);
    let input = footprint(session, image, Some(size)).map_or(picture, |footprint| input_rect(&footprint, picture));
    let seen = picture.intersect(input).intersect(ui.clip_rect());
    if seen.is_positive() {
        let cells = vec![HeatMapCell { rect: input, channel: laid.channel, range: laid.range }];
        ui.painter().rect_filled(seen, 0.0, shade(laid.style));
        ui.painter().add(heat_maps(slot, seen, laid.values, cells, laid.style));
    }
}

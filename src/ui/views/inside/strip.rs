//! The layers from the first to the last, each with the channel that the picture excites most: from colours to things.

use eframe::egui::{
    CursorIcon, Id, Label, Rect, RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, TextStyle, Ui, Vec2,
    WidgetInfo, pos2, vec2,
};

use super::cards::LaidOver;
use super::{InsideView, cards};
use crate::domain::{ImageId, short_class_name};
use crate::engine::{LayerStrip, StripLayer};
use crate::session::{Choose, Session, strip_layers};
use crate::ui::theme::{self, palette};
use crate::ui::views::ViewContext;
use crate::ui::views::activations::short;
use crate::ui::widgets::on_picture::overlay_style;
use crate::ui::widgets::text::{first_words, shape_text, single_line};
use crate::ui::widgets::tile::{fit, paint_picture, paint_waiting};

/// Height of a picture in points.
const PICTURE: f32 = 62.0;
/// Height of a layer's name: its block, and below it which part of that.
const NAME: f32 = 29.0;
const GAP: f32 = 6.0;

/// For what the strip was last scrolled, and how far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scrolled {
    to: Option<ScrolledTo>,
    offset: f32,
}

/// The layer looked at, among how many; how wide a layer is, and how wide the strip: when any of these changes, the layer may be
/// out of sight.
#[derive(Clone, Copy, Debug, PartialEq)]
struct ScrolledTo {
    place: usize,
    count: usize,
    cell: f32,
    room: f32,
}

impl Scrolled {
    /// Where the strip is to be scrolled, if it is to be: as little as shows the layer and half of those beside it.
    fn follow(&mut self, to: Option<ScrolledTo>) -> Option<f32> {
        if self.to == to {
            return None;
        }
        let before = std::mem::replace(&mut self.to, to);
        let ScrolledTo { place, count, cell, room } = to?;
        let step = cell + GAP;
        let (left, right) = ((place as f32 - 0.5) * step, (place as f32 + 1.5) * step);
        let whole = (count as f32 * step - GAP - room).max(0.0);
        let middle = (left + right - room) / 2.0;
        // Of other layers, or of other sizes, what was in sight says nothing.
        let is_same_strip = before.is_some_and(|before| (before.count, before.cell) == (count, cell));
        let offset = match is_same_strip && right - left <= room {
            true => self.offset.clamp(right - room, left),
            false => middle,
        };
        Some(offset.clamp(0.0, whole))
    }
}

/// What all of it takes, in points: a scrolled area takes no more than there is, and would stay too low for the names.
pub(super) fn height(ui: &Ui, session: &Session) -> f32 {
    let words = ui.text_style_height(&TextStyle::Small).max(ui.spacing().interact_size.y);
    let layers = pictures_height(session.opened.chosen.beside.is_some()) + NAME;
    words + ui.spacing().item_spacing.y + layers + ui.spacing().scroll.allocated_width()
}

/// The pictures of a layer, one above the other.
fn pictures_height(has_beside: bool) -> f32 {
    if has_beside { 2.0 * PICTURE + 2.0 } else { PICTURE }
}

/// Draws the layers that are in sight.
pub(super) fn show(ui: &mut Ui, view: &mut InsideView, cx: &mut ViewContext<'_>) {
    let session = cx.session;
    let (Some(collection), Some(image)) = (session.collection().cloned(), session.opened.chosen.probe) else { return };
    let layers = strip_layers(&collection);
    let inside = &session.opened.inside;
    let strip = inside.strip.as_deref().filter(|strip| strip.wish.image == image);
    let beside = strip.and_then(|strip| strip.wish.beside).filter(|other| Some(*other) == session.opened.chosen.beside);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let words = "From colours to things: the strongest channel of each layer";
        ui.label(RichText::new(words).small().color(palette().weak)).on_hover_text("Click one to look at that layer");
        if strip.is_none() && inside.strip_problem.is_none() {
            ui.spinner();
        }
        if let Some(problem) = &inside.strip_problem {
            let words = RichText::new(problem.reason()).small().color(palette().problem);
            ui.add(Label::new(words).truncate());
        }
    });
    let size = vec2(PICTURE * ratio(session, image), pictures_height(beside.is_some()) + NAME);
    let current = current(&layers, session.opened.chosen.layer);
    // It would spring back from where the current layer is: how far a strip of wider pictures goes it knows a frame later.
    ui.spacing_mut().scroll.kinetic.rubber_band = false;
    let mut area = ScrollArea::horizontal().id_salt("inside: layers").auto_shrink([false, true]);
    let (count, cell_width, room) = (layers.len(), size.x, ui.available_width());
    let to = current.map(|place| ScrolledTo { place, count, cell: cell_width, room });
    if let Some(offset) = view.strip.follow(to) {
        area = area.horizontal_scroll_offset(offset);
    }
    let in_sight = area.show_viewport(ui, |ui, seen| {
        let width = layers.len() as f32 * (size.x + GAP) - GAP;
        let (all, _) = ui.allocate_exact_size(vec2(width.max(1.0), size.y), Sense::hover());
        let place = |x: f32| (x.max(0.0) / (size.x + GAP)) as usize;
        let last = (place(seen.right()) + 1).min(layers.len());
        for (at, &layer) in layers.iter().enumerate().take(last).skip(place(seen.left())) {
            let rect = Rect::from_min_size(all.min + vec2(at as f32 * (size.x + GAP), 0.0), size);
            let found = strip.and_then(|strip| strip.layers.iter().find(|found| found.layer == layer));
            let is_current = current == Some(at);
            let is_it = is_current && session.opened.chosen.layer == layer;
            cell(ui, rect, layer, (image, beside), (found, strip), (is_current, is_it), cx);
        }
        seen.left()
    });
    view.strip.offset = in_sight.inner;
}

/// The place of the layer looked at, or of the last one before it.
fn current(layers: &[usize], layer: usize) -> Option<usize> {
    layers.iter().rposition(|of| *of <= layer).or((!layers.is_empty()).then_some(0))
}

/// Width to height of the picture, if it is neither a tower nor a ribbon.
fn ratio(session: &Session, image: ImageId) -> f32 {
    let image = session.image(image).filter(|image| image.width > 0 && image.height > 0);
    image.map_or(1.0, |image| image.width as f32 / image.height as f32).clamp(0.8, 1.6)
}

fn cell(
    ui: &Ui,
    rect: Rect,
    layer: usize,
    (image, beside): (ImageId, Option<ImageId>),
    (found, strip): (Option<&StripLayer>, Option<&LayerStrip>),
    (is_current, is_it): (bool, bool),
    cx: &mut ViewContext<'_>,
) {
    let session = cx.session;
    let Some(known) = session.collection().and_then(|open| open.layers.get(layer)) else { return };
    let response = ui.interact(rect, Id::unique("inside: layer").with(layer), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_it, format!("Depth: {}", known.name)));
    for (side, image) in std::iter::once(image).chain(beside).enumerate() {
        let top = rect.top() + side as f32 * (PICTURE + 2.0);
        let room = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), PICTURE));
        picture(ui, room, image, (found, side), cx);
    }
    let pictures = Rect::from_min_max(rect.min, pos2(rect.right(), rect.bottom() - NAME));
    if is_current || response.hovered() {
        let colour = match (is_it, is_current) {
            (true, _) => theme::selected(),
            (false, true) => palette().line,
            (false, false) => theme::hovered(),
        };
        ui.painter().rect_stroke(pictures, 3.0, Stroke::new(2.0, colour), StrokeKind::Outside);
    }
    let colour = if is_it { palette().strong } else { palette().weak };
    let (block, part) = session.opened.layer_titles.block_and_part(layer);
    for (line, text, size) in [(0.0, block, 11.0), (13.0, part, 10.0)] {
        let name = first_words(ui.painter(), text, size, colour, rect.width());
        let at = pos2(rect.center().x - name.size().x / 2.0, rect.bottom() - NAME + 2.0 + line);
        // At the ends of the strip half a picture says that it goes on; half a word says nothing.
        let seen = ui.clip_rect().x_range().expand(0.5);
        if seen.contains(at.x) && seen.contains(at.x + name.size().x) {
            ui.painter_at(rect).galley(at, name, colour);
        }
    }
    if response.clicked() && !is_it {
        cx.actions.push(Choose::Layer(layer).into());
    }
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_ui(|ui| {
        ui.label(RichText::new(&known.name).color(palette().strong));
        ui.label(format!("{}, {}", known.kind, shape_text(known.shape)));
        if let (Some(found), Some(_)) = (found, strip) {
            let largest: Vec<String> = found.largest.iter().copied().map(short).collect();
            let heading = session.opened.channel_heading(layer, found.channel);
            ui.label(
                RichText::new(format!("{heading}: {} at most", largest.join(" and "))).small().color(palette().weak),
            );
        }
    });
}

/// One picture with the layer's strongest channel over it; of a layer without planes the channel's name.
fn picture(ui: &Ui, room: Rect, image: ImageId, (found, side): (Option<&StripLayer>, usize), cx: &mut ViewContext<'_>) {
    let map = found.and_then(|found| Some((found, found.maps.get(side)?)));
    let Some((found, values)) = map else {
        match cx.thumbs.get(image) {
            Some((texture, size)) => paint_picture(ui.painter(), room, texture, size),
            None => paint_waiting(ui.painter(), room),
        }
        return;
    };
    let [_, h, w] = values.shape();
    if h * w == 1 {
        number(ui, room, found, side, cx);
        return;
    }
    let style = overlay_style(found.range, 0.85);
    let [low, high] = found.range;
    let laid = LaidOver { values, channel: 0, range: style.colours.range(low, high), style };
    let slot = Id::unique("inside: strip").with((found.layer, side));
    cards::paint_over(ui, room, cx.session, image, &laid, slot, cx.thumbs);
}

/// The picture, dimmed, with the name of the channel and its number over it.
fn number(ui: &Ui, room: Rect, found: &StripLayer, side: usize, cx: &mut ViewContext<'_>) {
    let painter = ui.painter_at(room);
    painter.rect_filled(room, 3.0, palette().raised.gamma_multiply(0.7));
    let opened = &cx.session.opened;
    let class = opened.class_of(found.layer, found.channel).map(short_class_name);
    let name = class.map_or_else(|| format!("#{}", found.channel), str::to_owned);
    let value = found.largest.get(side).copied().map_or_else(String::new, short);
    let inner = fit(room, Vec2::splat(room.width())).union(room).shrink(4.0);
    let name = single_line(&painter, name, 12.0, palette().strong, inner.width());
    let value = single_line(&painter, value, 11.0, palette().weak, inner.width());
    let top = room.center().y - (name.size().y + value.size().y) / 2.0;
    let centred = |width: f32| room.center().x - width / 2.0;
    painter.galley(pos2(centred(value.size().x), top + name.size().y), value, palette().weak);
    painter.galley(pos2(centred(name.size().x), top), name, palette().strong);
}

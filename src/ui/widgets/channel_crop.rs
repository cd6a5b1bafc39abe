//! A channel as a person sees it: the piece of a picture where it fires, with that place marked.

use eframe::egui::{
    Button, Color32, Popup, PopupCloseBehavior, Rect, RichText, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo,
    vec2,
};

use super::asked_menu;
use super::on_picture::{footprint, input_rect, overlay_style, paint_part, part_around, part_rect, shade};
use super::tile::{self, paint_broken, paint_waiting};
use crate::domain::{Exemplar, Footprint, ImageId, Region};
use crate::engine::{ChannelMap, ChannelMapWish};
use crate::session::Session;
use crate::ui::paint::{HeatMapCell, heat_maps};
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;

/// Crops in the popup of a channel, and how large each is in points.
const SHOWN: usize = 6;
const SIDE: f32 = 84.0;

/// How strongly a channel covers its crop.
const STRENGTH: f32 = 0.8;

/// A channel of a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelOf {
    /// Index in `Collection::layers`.
    pub layer: usize,
    /// Its number.
    pub channel: usize,
}

impl ChannelOf {
    /// What it is called: `block 12 #17`.
    pub fn title(self, session: &Session) -> String {
        let layer = session.opened.layer_titles.name(self.layer);
        let Some(open) = session.collection() else { return String::new() };
        let name = open.layers.get(self.layer).map_or("", |layer| &layer.name);
        format!("{layer} {}", session.opened.channel_title(name, self.channel))
    }

    /// Height and width of its maps.
    fn cells(self, session: &Session) -> [usize; 2] {
        let layer = session.collection().and_then(|open| open.layers.get(self.layer));
        layer.map_or([1, 1], |layer| [layer.shape[1], layer.shape[2]])
    }

    /// The image of a group that excites it most, or of the whole collection if none of the group is known to.
    fn exemplar(self, session: &Session, is_member: &dyn Fn(ImageId) -> bool) -> Option<Exemplar> {
        let known = session.opened.groups.exemplars(self.layer, self.channel)?;
        known.iter().find(|exemplar| is_member(exemplar.image)).or_else(|| known.first()).copied()
    }
}

/// Draws the channel into `rect` as a button that shows more of it; nothing elsewhere changes until the person asks for that. `words`
/// say how it stands out. Says whether the channel is to be looked into everywhere.
#[expect(clippy::too_many_arguments, reason = "a crop is drawn from all that is known of channel and group")]
pub fn show(
    ui: &Ui,
    rect: Rect,
    of: ChannelOf,
    session: &Session,
    thumbs: &mut Thumbnails,
    is_member: &dyn Fn(ImageId) -> bool,
    wanted: &mut Vec<ChannelMapWish>,
    name: &str,
    words: &str,
) -> bool {
    let id = ui.make_persistent_id(("channel crop", name));
    let response = ui.interact(rect, id, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    match of.exemplar(session, is_member) {
        Some(exemplar) => {
            asked_menu::offer(&response, exemplar.image);
            paint_crop(ui, rect, of, &exemplar, session, thumbs, wanted);
        }
        None => paint_waiting(ui.painter(), rect),
    }
    let stroke = match (response.has_focus(), response.hovered()) {
        (true, _) => Stroke::new(2.0, palette().accent),
        (false, true) => Stroke::new(1.5, palette().strong),
        (false, false) => Stroke::new(1.0, palette().line),
    };
    ui.painter().rect_stroke(rect, 4.0, stroke, StrokeKind::Inside);
    let mut looks_into = false;
    Popup::menu(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_max_width((SIDE + 4.0) * 3.0);
        ui.label(RichText::new(of.title(session)).color(palette().strong));
        ui.label(RichText::new(words).small().color(palette().weak));
        show_more(ui, of, session, thumbs, wanted);
        let hint = "Look at this layer everywhere, with this channel enlarged";
        let look = ui.add(Button::new("Look inside")).on_hover_text(hint);
        if look.accessible_name(format!("Look inside {}", of.title(session))).clicked() {
            looks_into = true;
            ui.close();
        }
    });
    let hint = format!("{}: {words}. Click to see more of it.", of.title(session));
    response.on_hover_text(hint);
    looks_into
}

/// Draws the channel into `rect` and nothing else.
pub fn paint(
    ui: &Ui,
    rect: Rect,
    of: ChannelOf,
    session: &Session,
    thumbs: &mut Thumbnails,
    wanted: &mut Vec<ChannelMapWish>,
) {
    match of.exemplar(session, &|_| false) {
        Some(exemplar) => paint_crop(ui, rect, of, &exemplar, session, thumbs, wanted),
        None => paint_waiting(ui.painter(), rect),
    }
}

fn show_more(ui: &mut Ui, of: ChannelOf, session: &Session, thumbs: &mut Thumbnails, wanted: &mut Vec<ChannelMapWish>) {
    let Some(known) = session.opened.groups.exemplars(of.layer, of.channel) else {
        ui.spinner();
        return;
    };
    if known.is_empty() {
        ui.label("Which pictures excite it is not known: its largest values are not stored.");
    }
    for row in known.iter().take(SHOWN).collect::<Vec<_>>().chunks(3) {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 4.0;
            for exemplar in row {
                let (rect, response) = ui.allocate_exact_size(Vec2::splat(SIDE), Sense::CLICK);
                let path = session.image(exemplar.image).map_or("", |image| image.path.text);
                let name = format!("{}: {path}", of.title(session));
                response.widget_info(|| WidgetInfo::labeled(Role::Image, true, name.as_str()));
                asked_menu::offer(&response, exemplar.image);
                paint_crop(ui, rect, of, exemplar, session, thumbs, wanted);
            }
        });
    }
}

/// Cut around the place where it fires, of the thumbnail: what is small on the screen needs no more.
fn paint_crop(
    ui: &Ui,
    rect: Rect,
    of: ChannelOf,
    exemplar: &Exemplar,
    session: &Session,
    thumbs: &mut Thumbnails,
    wanted: &mut Vec<ChannelMapWish>,
) {
    let Some(image) = session.image(exemplar.image) else { return };
    let thumbnail = thumbs.get(image.id);
    let cells = of.cells(session);
    let place = exemplar.place.filter(|_| cells[0] * cells[1] > 1);
    let size = thumbnail.map(|(_, size)| size);
    let part = place.and_then(|place| part_around(session, image, place, cells, size));
    match (thumbnail, part) {
        (Some((texture, _)), Some(part)) => {
            paint_part(ui.painter(), rect, texture, part);
            let wish = ChannelMapWish { image: image.id, layer: of.layer, channel: of.channel };
            match (session.opened.groups.map(wish), footprint(session, image.id, size)) {
                (Some(known), Some(seen)) => lay_over(ui, rect, part, &seen, known),
                // Until the network has looked at it again one sees where the channel fires most.
                _ => {
                    wanted.push(wish);
                    if let Some(place) = place {
                        paint_fire(ui, rect, part, fired(session, image.id, place, cells, size));
                    }
                }
            }
        }
        (Some((texture, size)), None) => tile::paint_picture(ui.painter(), rect, texture, size),
        (None, _) if image.problem.is_some() => paint_broken(ui.painter(), rect),
        (None, _) => paint_waiting(ui.painter(), rect),
    }
}

/// What the cell where it fires covers of the picture.
fn fired(
    session: &Session,
    image: ImageId,
    [row, column]: [u32; 2],
    cells: [usize; 2],
    px: Option<Vec2>,
) -> Option<Region> {
    let (row, column) = (row as usize, column as usize);
    footprint(session, image, px)?.cells(row..row + 1, column..column + 1, cells)
}

/// Where a whole picture would lie of which the part fills `rect`.
fn whole_of(rect: Rect, part: Region) -> Rect {
    let share = vec2(part.right - part.left, part.bottom - part.top);
    Rect::from_min_size(rect.min - rect.size() * vec2(part.left, part.top) / share, rect.size() / share)
}

/// The channel over the part of the picture, at its true place, as over the whole picture elsewhere.
fn lay_over(ui: &Ui, rect: Rect, part: Region, seen: &Footprint, known: &ChannelMap) {
    let style = overlay_style(known.range, STRENGTH);
    let range = style.colours.range(known.range[0], known.range[1]);
    let input = input_rect(seen, whole_of(rect, part));
    let shown = rect.intersect(input).intersect(ui.clip_rect());
    if !shown.is_positive() {
        return;
    }
    ui.painter().rect_filled(shown, 0.0, shade(style));
    // One of its own for each place in a view, which is the same while the view is scrolled.
    let slot = ui.next_auto_id().with(("channel map", known.wish));
    let cells = vec![HeatMapCell { rect: input, channel: 0, range }];
    ui.painter().add(heat_maps(slot, shown, &known.map, cells, style));
}

/// A glow over the place, fading towards what it covers.
fn paint_fire(ui: &Ui, rect: Rect, part: Region, fired: Option<Region>) {
    let Some(fired) = fired else { return };
    let at = part_rect(fired, whole_of(rect, part));
    let painter = ui.painter_at(rect);
    let reach = at.width().max(at.height()).max(6.0);
    for (share, alpha) in [(1.1, 26), (0.85, 34), (0.6, 46)] {
        let colour = Color32::from_rgba_unmultiplied(255, 140, 30, alpha);
        painter.circle_filled(at.center(), reach * share, colour);
    }
    painter.rect_stroke(at, 2.0, Stroke::new(1.5, Color32::from_rgb(255, 190, 90)), StrokeKind::Middle);
}

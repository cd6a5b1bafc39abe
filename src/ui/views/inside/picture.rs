//! The picture, and the one beside it: at their own resolution, with the channel over what the network sees of them.

use eframe::egui::{
    Color32, CursorIcon, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2,
};

use super::point::Pointed;
use super::scene::Scene;
use super::{InsideView, caption, cards, point, two_rooms};
use crate::domain::{Footprint, ImageId};
use crate::engine::ActivationView;
use crate::session::Choose;
use crate::ui::paint::{HeatMapCell, heat_maps};
use crate::ui::viewer::{Closeup, Placed, boxes};
use crate::ui::views::ViewContext;
use crate::ui::views::activations::short;
use crate::ui::views::neighbours::region;
use crate::ui::widgets::asked_menu;
use crate::ui::widgets::on_picture::{footprint, input_rect, part_rect, shade, veil_around};

/// Draws them in what is left of `ui`, with this channel over them.
pub(super) fn show(
    ui: &mut Ui,
    view: &mut InsideView,
    scene: Option<&Scene<'_>>,
    channel: Option<usize>,
    cx: &mut ViewContext<'_>,
) {
    let room = ui.available_rect_before_wrap().shrink(2.0);
    let chosen = &cx.session.opened.chosen;
    let (images, other) = ([chosen.probe, chosen.beside], chosen.beside);
    let rooms = if other.is_some() { two_rooms(room) } else { [room; 2] };
    let mut pointed = None;
    for (side, image) in images.into_iter().enumerate() {
        let Some(image) = image else {
            view.closeups[side] = None;
            continue;
        };
        if view.closeups[side].as_ref().is_none_or(|closeup| closeup.image() != image) {
            view.closeups[side] = Some(Closeup::filling(image));
        }
        let Some(placed) = one(ui, rooms[side], side, image, view, cx) else { continue };
        let mut caption = Rect::NOTHING;
        if let Some(scene) = scene {
            let activation = if side == 0 { Some(scene.activation) } else { scene.beside };
            if let Some(activation) = activation.filter(|activation| activation.image == image) {
                let (here, said) = lay_over(ui, &placed, activation, view, scene, channel, cx);
                (pointed, caption) = (pointed.or(here), said);
            }
        }
        if side == 0 && view.has_boxes {
            let Placed { place, size } = placed.placed;
            boxes::show(ui, cx.session, (image, size), [place, placed.room], caption, cx.actions);
        }
        if side == 0 {
            show_region(ui, [placed.placed.place, placed.room], image, view, cx);
        }
    }
    // One picture is decoded at a time; the second is asked for when the first is there.
    let failed = |image: ImageId| cx.session.opened.picture_problem.as_ref().is_some_and(|(of, _)| *of == image);
    let waiting = view.closeups.iter_mut().flatten().find(|closeup| closeup.is_waiting() && !failed(closeup.image()));
    cx.actions.extend(waiting.and_then(|closeup| closeup.ask(ui.ctx())));
    if let (Some(scene), Some(pointed)) = (scene, pointed) {
        point::show(ui, room, view, scene, &pointed, channel, cx);
    }
}

/// The region of the picture that neighbours are asked with, which can be drawn where that was wished, or while Shift is held.
fn show_region(ui: &mut Ui, [place, room]: [Rect; 2], image: ImageId, view: &mut InsideView, cx: &mut ViewContext<'_>) {
    let chosen = &cx.session.opened.chosen;
    if chosen.asked_probe() != Some(image) || !region::can_be_drawn(cx.session) {
        (view.draws_region, view.region_from) = (false, None);
        return;
    }
    if view.draws_region || view.region_from.is_some() || ui.input(|input| input.modifiers.shift) {
        let before = cx.actions.len();
        region::show(ui, cx.session, [place, room], &mut view.region_from, cx.actions);
        view.draws_region &= cx.actions.len() == before;
    } else if let Some(region) = chosen.region {
        region::paint(&ui.painter_at(room), part_rect(region, place));
    }
}

/// One of them, drawn.
struct Drawn {
    /// The first or the second.
    side: usize,
    room: Rect,
    response: Response,
    placed: Placed,
}

/// Draws one of them, without what lies over it.
fn one(
    ui: &Ui,
    room: Rect,
    side: usize,
    image: ImageId,
    view: &mut InsideView,
    cx: &mut ViewContext<'_>,
) -> Option<Drawn> {
    let record = cx.session.image(image)?;
    let response = ui.interact(room, Id::unique("inside: picture").with(side), Sense::click_and_drag());
    let name = if side == 0 { "Looking inside" } else { "Compared with" };
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("{name} {}", record.path.text)));
    asked_menu::offer(&response, image);
    let closeup = view.closeups[side].as_mut()?;
    let placed = closeup.show(ui, &response, record, cx.thumbs.get(image));
    let problem = cx.session.opened.inside.beside_problem.as_ref().filter(|_| side == 1);
    if let Some(problem) = problem {
        caption::tag(ui, room.min + Vec2::splat(6.0), &problem.reason(), room.width() - 12.0);
    }
    Some(Drawn { side, room, response, placed: placed? })
}

/// Lays a channel over one of them, and says what of it is under the pointer, and where its caption stands.
fn lay_over<'a>(
    ui: &Ui,
    drawn: &Drawn,
    activation: &'a ActivationView,
    view: &mut InsideView,
    scene: &Scene<'_>,
    channel: Option<usize>,
    cx: &mut ViewContext<'_>,
) -> (Option<Pointed<'a>>, Rect) {
    let mut caption = Rect::NOTHING;
    if !scene.has_planes() {
        return (None, caption);
    }
    let Drawn { side, room, placed: Placed { place, size }, .. } = drawn;
    let painter = ui.painter_at(*room);
    let Some(footprint) = footprint(scene.session, activation.image, Some(vec2(size[0] as f32, size[1] as f32))) else {
        return (None, caption);
    };
    let input = input_rect(&footprint, *place);
    let seen = place.intersect(input).intersect(*room);
    veil_around(&painter, place.intersect(*room), input);
    if let Some(channel) = channel.filter(|_| seen.is_positive()) {
        let cells = vec![HeatMapCell { rect: input, channel, range: scene.range(channel) }];
        let slot = Id::unique("inside: channel over the picture").with(side);
        painter.rect_filled(seen, 0.0, shade(scene.style));
        painter.add(heat_maps(slot, seen, &activation.values, cells, scene.style));
        let laid = ui.interact(seen, Id::unique("inside: laid over").with(side), Sense::hover());
        let which = if *side == 0 { "" } else { ", second picture" };
        laid.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Channel {channel} laid over{which}")));
        caption = show_caption(ui, *room, scene, activation, channel, *side);
    }
    (pointed_at(ui, drawn, activation, seen, &footprint, view, scene, cx), caption)
}

/// What of the channels is under the pointer, which is framed; a click looks at the channel that gives most there.
#[expect(clippy::too_many_arguments, reason = "what is pointed at is of all that was drawn")]
fn pointed_at<'a>(
    ui: &Ui,
    drawn: &Drawn,
    activation: &'a ActivationView,
    seen: Rect,
    footprint: &Footprint,
    view: &mut InsideView,
    scene: &Scene<'_>,
    cx: &mut ViewContext<'_>,
) -> Option<Pointed<'a>> {
    let Drawn { room, response, placed: Placed { place, .. }, .. } = drawn;
    let painter = ui.painter_at(*room);
    let pointer = response.hover_pos().filter(|pointer| !response.dragged() && seen.contains(*pointer))?;
    let share = (pointer - place.min) / place.size().max(Vec2::splat(1e-3));
    let cells = scene.cells();
    let cell = footprint.cell_at([share.x, share.y], cells)?;
    if let Some(part) = footprint.cells(cell[0]..cell[0] + 1, cell[1]..cell[1] + 1, cells) {
        let rect = part_rect(part, *place).intersect(*room);
        for (width, colour) in [(2.5, Color32::from_black_alpha(140)), (1.0, Color32::WHITE)] {
            painter.rect_stroke(rect, 1.0, Stroke::new(width, colour), StrokeKind::Middle);
        }
    }
    ui.ctx().set_cursor_icon(CursorIcon::Crosshair);
    let pointed = Pointed { activation, cell, pointer };
    if response.clicked() {
        let strongest = view.ranking.strongest(&pointed, scene.session, cx.actions).first().copied();
        cx.actions.extend(strongest.map(|first| Choose::Channel(Some(first.channel)).into()));
    }
    Some(pointed)
}

/// Says which channel lies over the picture and how strong it is, in the corner; says where.
fn show_caption(
    ui: &Ui,
    room: Rect,
    scene: &Scene<'_>,
    activation: &ActivationView,
    channel: usize,
    side: usize,
) -> Rect {
    let heading = scene.session.opened.channel_heading(activation.layer, channel);
    let largest = activation.maxima.get(channel).copied().map_or_else(String::new, short);
    let share = scene.share_of_most(channel).filter(|_| side == 0).map(|share| (share * 100.0).round());
    let of_most = share.map_or_else(String::new, |share| format!(", {share:.0} % of its most"));
    let is_at_border = activation.fires_along_border(channel);
    let border = if is_at_border { " · along the border" } else { "" };
    let words = format!("{heading} · up to {largest}{of_most}{border}");
    let back = caption::tag(ui, room.min + Vec2::splat(6.0), &words, room.width() - 12.0);
    let response = ui.interact(back, Id::unique("inside: caption").with(side), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &words));
    response.on_hover_ui(|ui| {
        ui.label(&words);
        if share.is_some() {
            ui.label("Its most is its largest value in any picture of the collection.");
        }
        if is_at_border {
            ui.label(cards::ALONG_BORDER);
        }
    });
    back
}

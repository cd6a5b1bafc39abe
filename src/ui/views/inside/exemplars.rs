//! The pictures that excite a channel most, cut to where it fires.

use eframe::egui::{Id, Rect, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::scene::Scene;
use super::{InsideView, caption, channel_name};
use crate::domain::{Exemplar, ImageRef, Region};
use crate::engine::CropWish;
use crate::ui::command::command_key;
use crate::ui::theme::{self, palette};
use crate::ui::views::ViewContext;
use crate::ui::views::activations::short;
use crate::ui::widgets::asked_menu;
use crate::ui::widgets::on_picture::{paint_part, part_around};
use crate::ui::widgets::text::paint_name_and_number;
use crate::ui::widgets::tile::{self, TileMarks, paint_broken, paint_marks, paint_waiting};

/// How many of each channel.
pub(super) const COUNT: usize = 3;

/// Why there are no exemplars at this layer; `None` if there may be some.
pub(super) fn why_none(scene: &Scene<'_>) -> Option<&'static str> {
    if !scene.session.opened.has_exemplars() {
        return Some("Store this layer (Network, Stored layers…) to see which pictures excite its channels most.");
    }
    let is_empty = scene.session.opened.committed.is_none_or(|(images, _)| images == 0);
    is_empty.then_some("The pictures that excite each channel most appear here once features are extracted.")
}

/// Draws the exemplars of a channel in a row that fills `row`.
pub(super) fn show(
    ui: &Ui,
    row: Rect,
    gap: f32,
    view: &mut InsideView,
    scene: &Scene<'_>,
    channel: usize,
    cx: &mut ViewContext<'_>,
) {
    let side = row.height();
    let Some(list) = scene.exemplars() else { return };
    let found = list.lists.iter().find(|(of, _)| *of == channel).map_or(&[][..], |(_, found)| found);
    if found.is_empty() {
        let words = if list.is_current { "no picture on record excites it" } else { "" };
        paint_name_and_number(ui, Rect::from_min_size(row.min, vec2(row.width(), 16.0)), words, "", false);
    }
    for (rank, exemplar) in found.iter().take(COUNT).enumerate() {
        let at = row.min + vec2(rank as f32 * (side + gap), 0.0);
        let rect = Rect::from_min_size(at, Vec2::splat(side)).intersect(row);
        let Some(image) = scene.session.image(exemplar.image) else { continue };
        if ui.is_rect_visible(rect) {
            picture(ui, rect, view, scene, channel, (rank, exemplar, image), cx);
        }
    }
}

fn picture(
    ui: &Ui,
    rect: Rect,
    view: &mut InsideView,
    scene: &Scene<'_>,
    channel: usize,
    (rank, exemplar, image): (usize, &Exemplar, ImageRef<'_>),
    cx: &mut ViewContext<'_>,
) {
    let id = Id::unique("inside: exemplar").with((channel, rank));
    let response = ui.interact(rect, id, Sense::click());
    let name = channel_name(scene.session, scene.activation.layer, channel);
    let name = format!("Exemplar {} of {name}: {}", rank + 1, image.path.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let thumbnail = cx.thumbs.get(image.id);
    let part = part(scene, exemplar, image, thumbnail.map(|(_, size)| size));
    let sharp = part.and_then(|part| view.crops.get(CropWish { image: image.id, part }));
    let whole = Region { left: 0.0, top: 0.0, right: 1.0, bottom: 1.0 };
    match (sharp, thumbnail) {
        (Some(texture), _) => paint_part(ui.painter(), rect, texture, whole),
        (None, Some((texture, _))) if part.is_some() => paint_part(ui.painter(), rect, texture, part.unwrap_or(whole)),
        (None, Some((texture, size))) => tile::paint_picture(ui.painter(), rect, texture, size),
        (None, None) if image.problem.is_some() => paint_broken(ui.painter(), rect),
        (None, None) => paint_waiting(ui.painter(), rect),
    }
    if rect.width() >= 44.0 {
        caption::value(ui, rect, exemplar.value);
    }
    paint_marks(ui.painter(), rect, TileMarks::of(scene.session, image));
    asked_menu::offer(&response, image.id);
    if response.clicked() {
        cx.actions.push(tile::click(image.id, ui.input(|input| input.modifiers)).into());
    }
    if response.hovered() {
        view.under = Some(image.id);
        ui.painter().rect_stroke(
            rect,
            4.0,
            eframe::egui::Stroke::new(1.5, theme::hovered()),
            eframe::egui::StrokeKind::Inside,
        );
    }
    response.on_hover_ui(|ui| {
        ui.label(eframe::egui::RichText::new(image.path.text).color(palette().strong));
        let value = format!("{} at most in this picture", short(exemplar.value));
        ui.label(value);
        ui.label(
            eframe::egui::RichText::new(format!(
                "Click to look inside it; with {}, to select it and compare the two",
                command_key()
            ))
            .small()
            .color(palette().weak),
        );
    });
}

/// The part of the picture around the place where the channel fires; `None` where that is not known, or has no place.
fn part(scene: &Scene<'_>, exemplar: &Exemplar, image: ImageRef<'_>, thumbnail_px: Option<Vec2>) -> Option<Region> {
    let place = exemplar.place.filter(|_| scene.has_planes())?;
    part_around(scene.session, image, place, scene.cells(), thumbnail_px)
}

//! The channels of a layer that has no planes: one number each, as sorted bars with their names.

use eframe::egui::{CursorIcon, Id, Label, Panel, Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::scene::Scene;
use super::{InsideView, caption, cards, channel_name, exemplars};
use crate::session::Choose;
use crate::ui::theme::{self, palette};
use crate::ui::views::ViewContext;
use crate::ui::widgets::text::counted;

/// Height of a bar, in points.
const ROW: f32 = 24.0;
/// Side of an exemplar.
const EXEMPLAR: f32 = 84.0;

/// Draws those that are in sight, and the pictures that excite the one looked at most.
pub(super) fn show(ui: &mut Ui, view: &mut InsideView, scene: &Scene<'_>, order: &[usize], cx: &mut ViewContext<'_>) {
    let words = format!(
        "{}, one number each: this layer has no place on the picture.",
        counted(scene.count(), "channel", "channels")
    );
    ui.add(Label::new(RichText::new(words).small().color(palette().weak)).wrap());
    ui.add_space(2.0);
    if ui.available_height() > EXEMPLAR * 2.5 {
        Panel::bottom("inside: exemplars of a bar")
            .resizable(false)
            .show(ui, |ui| show_exemplars(ui, view, scene, order, cx));
    }
    // The longest is of the largest amount, whatever its sign.
    let most = scene.views().flat_map(|view| &view.maxima).copied().filter(|value| value.is_finite());
    let most = most.fold(0.0f32, |most, value| most.max(value.abs()));
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("inside: bars").auto_shrink([false, false]).show_rows(
        ui,
        ROW,
        order.len(),
        |ui, rows| {
            for &channel in order.get(rows).unwrap_or_default() {
                bar(ui, view, scene, channel, most, cx);
            }
        },
    );
}

fn bar(ui: &mut Ui, view: &mut InsideView, scene: &Scene<'_>, channel: usize, most: f32, cx: &mut ViewContext<'_>) {
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    let response = ui.interact(rect, Id::unique("inside: bar").with(channel), Sense::click());
    let is_kept = scene.session.opened.chosen.channel == Some(channel);
    let (name, numbers) =
        (channel_name(scene.session, scene.activation.layer, channel), cards::numbers(scene, channel));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_kept, format!("{name}: {numbers}")));
    let inner = rect.shrink2(vec2(0.0, 2.0));
    let ground = palette().raised.gamma_multiply(if response.hovered() { 1.0 } else { 0.6 });
    ui.painter().rect_filled(inner, 3.0, ground);
    let count = scene.views().count() as f32;
    for (side, value) in scene.largest(channel).enumerate() {
        let share = if most > 0.0 && value.is_finite() { (value.abs() / most).clamp(0.0, 1.0) } else { 0.0 };
        let height = inner.height() / count;
        let corner = pos2(inner.left(), inner.top() + side as f32 * height);
        let filled = Rect::from_min_size(corner, vec2(inner.width() * share, height));
        // Below zero it speaks against.
        let colour = if value < 0.0 { palette().problem.gamma_multiply(0.35) } else { palette().accent_fill };
        ui.painter().rect_filled(filled, 3.0, if side == 0 { colour } else { colour.gamma_multiply(0.6) });
    }
    if is_kept {
        ui.painter().rect_stroke(
            inner,
            3.0,
            eframe::egui::Stroke::new(1.5, theme::selected()),
            eframe::egui::StrokeKind::Inside,
        );
    }
    // The synonyms after the first comma only cost room.
    let short =
        scene.session.opened.class_of(scene.activation.layer, channel).and_then(|class| class.split(',').next());
    let heading = short.map_or_else(|| format!("Channel {channel}"), |class| class.trim().to_owned());
    caption::line(ui, inner.shrink2(vec2(7.0, 0.0)), &heading, &numbers, is_kept);
    if response.hovered() {
        view.pointed = Some((scene.activation.layer, channel));
    }
    if response.clicked() {
        cx.actions.push(Choose::Channel((!is_kept).then_some(channel)).into());
    }
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(name);
}

/// Of the channel under the pointer, or the one that is kept, or the first.
fn show_exemplars(ui: &mut Ui, view: &mut InsideView, scene: &Scene<'_>, order: &[usize], cx: &mut ViewContext<'_>) {
    if let Some(why) = exemplars::why_none(scene) {
        ui.add(Label::new(RichText::new(why).small().color(palette().weak)).wrap());
        return;
    }
    let kept = scene.session.opened.chosen.channel.filter(|&channel| channel < scene.count());
    let Some(channel) = kept.or_else(|| order.first().copied()) else { return };
    let name = scene.session.opened.channel_heading(scene.activation.layer, channel);
    let words = RichText::new(format!("{name}: the pictures that excite it most")).small().color(palette().weak);
    ui.add(Label::new(words).truncate());
    let (row, _) = ui.allocate_exact_size(vec2(ui.available_width(), EXEMPLAR), Sense::hover());
    exemplars::show(ui, row, 6.0, view, scene, channel, cx);
}

//! The channels of a layer that has no planes: one number each, as sorted bars with their names.

use eframe::egui::{Id, Label, Panel, RichText, ScrollArea, Sense, Ui, vec2};

use super::scene::Scene;
use super::{InsideView, cards, channel_name, exemplars};
use crate::session::Choose;
use crate::ui::theme::palette;
use crate::ui::views::ViewContext;
use crate::ui::widgets::channel_bar::{ChannelBar, heading_of, largest_amount};
use crate::ui::widgets::text::counted;

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
    let most = largest_amount(scene.views().flat_map(|view| &view.maxima).copied());
    ui.spacing_mut().item_spacing.y = 0.0;
    ScrollArea::vertical().id_salt("inside: bars").auto_shrink([false, false]).show_rows(
        ui,
        ChannelBar::HEIGHT,
        order.len(),
        |ui, rows| {
            for &channel in order.get(rows).unwrap_or_default() {
                bar(ui, view, scene, channel, most, cx);
            }
        },
    );
}

fn bar(ui: &mut Ui, view: &mut InsideView, scene: &Scene<'_>, channel: usize, most: f32, cx: &mut ViewContext<'_>) {
    let is_kept = scene.session.opened.chosen.channel == Some(channel);
    let (name, numbers) =
        (channel_name(scene.session, scene.activation.layer, channel), cards::numbers(scene, channel));
    let values: Vec<f32> = scene.largest(channel).collect();
    let bar = ChannelBar {
        name: &format!("{name}: {numbers}"),
        heading: &heading_of(scene.session, scene.activation.layer, channel),
        numbers: &numbers,
        values: &values,
        most,
        is_kept,
    };
    let response = bar.show(ui, Id::unique("inside: bar").with(channel));
    if response.hovered() {
        view.pointed = Some((scene.activation.layer, channel));
    }
    if response.clicked() {
        cx.actions.push(Choose::Channel((!is_kept).then_some(channel)).into());
    }
    response.on_hover_text(name);
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

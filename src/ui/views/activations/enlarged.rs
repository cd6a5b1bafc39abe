//! One channel, large: alone, and over the image.

use eframe::egui::{Button, Color32, Id, Rect, RichText, Sense, Slider, Ui, pos2, vec2};

use super::{ActivationsView, cell, controls, exemplars, order::short};
use crate::engine::ActivationView;
use crate::session::{Action, Session};
use crate::ui::paint::{HeatMapCell, HeatMapStyle, heat_maps};
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;

/// Draws the channel, its numbers and its place in the image.
pub fn show(
    ui: &mut Ui,
    view: &mut ActivationsView,
    activation: &ActivationView,
    channel: usize,
    session: &Session,
    thumbs: &mut Thumbnails,
    actions: &mut Vec<Action>,
) {
    let palette = theme::palette();
    let [count, h, w] = activation.values.shape();
    let heading = session.channel_heading(activation.layer, channel);
    ui.horizontal(|ui| {
        let step = |ui: &mut Ui, sign: &str, name: &str, to: Option<usize>, actions: &mut Vec<Action>| {
            let response = ui.add_enabled(to.is_some(), Button::new(sign)).on_hover_text(name).accessible_name(name);
            if let (true, Some(to)) = (response.clicked(), to) {
                actions.push(Action::SetChannel(Some(to)));
            }
        };
        let order = view.order_cache.channels(activation, view.order, view.unusual.as_ref());
        let place = order.iter().position(|&other| other == channel);
        let before = place.and_then(|place| place.checked_sub(1)).and_then(|place| order.get(place)).copied();
        let after = place.and_then(|place| order.get(place + 1)).copied();
        step(ui, "‹", "Previous channel", before, actions);
        step(ui, "›", "Next channel", after, actions);
        ui.label(RichText::new(&heading).size(15.0).color(palette.strong));
        ui.label(RichText::new(format!("of {count}")).color(palette.weak));
        let back = ui.button("All channels").on_hover_text("Back to the wall of channels (Esc)");
        if back.clicked() {
            actions.push(Action::SetChannel(None));
        }
    });
    ui.horizontal_wrapped(|ui| {
        for (word, value) in cell::stats(activation, channel) {
            ui.label(RichText::new(word).color(palette.weak));
            ui.label(RichText::new(value).color(palette.text));
            ui.add_space(6.0);
        }
        let found = view.unusual.iter().flat_map(|list| &list.channels).find(|found| found.channel == channel);
        if let Some(found) = found {
            let hint = "How many standard deviations the image lies above what is usual in the collection";
            ui.label(RichText::new("unusual").color(palette.weak)).on_hover_text(hint);
            ui.label(RichText::new(format!("{:+.1} σ", found.z)).color(palette.text)).on_hover_text(hint);
        }
    });
    ui.add_space(4.0);
    let strip = exemplars::Strip::new(ui.available_height());
    let range = view.scale.range(activation, channel, view.style.colours);
    let picture = (h * w > 1).then(|| thumbs.get(activation.image)).flatten();
    let has_scale = strip.is_none_or(|strip| strip.beside_scale);
    let below = if has_scale { 62.0 } else { 12.0 };
    let room = ui.available_size() - vec2(0.0, below + strip.map_or(0.0, exemplars::Strip::height));
    let ratio = picture.map_or(w as f32 / h.max(1) as f32, |(_, size)| size.x / size.y.max(1.0)).clamp(0.25, 4.0);
    let is_wide = room.x > room.y * ratio;
    let parts = if picture.is_some() { 2.0 } else { 1.0 };
    let gap = 10.0;
    let (most_wide, most_high) = match is_wide {
        true => ((room.x - gap * (parts - 1.0)) / parts, room.y),
        false => (room.x, (room.y - gap * (parts - 1.0)) / parts),
    };
    let width = most_wide.min(most_high * ratio).max(24.0);
    let size = vec2(width, width / ratio);

    let (area, _) = ui.allocate_exact_size(
        if is_wide {
            vec2(size.x * parts + gap * (parts - 1.0), size.y)
        } else {
            vec2(size.x, size.y * parts + gap * (parts - 1.0))
        },
        Sense::hover(),
    );
    let alone = Rect::from_min_size(area.min, size);
    let maps = |name: &str, rect: Rect, style: HeatMapStyle| {
        let cells = vec![HeatMapCell { rect, channel, range }];
        heat_maps(
            Id::unique("enlarged channel").with(name),
            rect.intersect(ui.clip_rect()),
            &activation.values,
            cells,
            style,
        )
    };
    ui.painter().add(maps("alone", alone, view.style));
    hover(ui, &heading, activation, channel, alone, "enlarged");
    if let Some((texture, _)) = picture {
        let step = if is_wide { vec2(size.x + gap, 0.0) } else { vec2(0.0, size.y + gap) };
        let over = alone.translate(step);
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture, over, whole, Color32::WHITE);
        // Smooth, because the squares of a deep layer would hide the image's own edges.
        let style = HeatMapStyle { opacity: view.overlay_opacity, is_overlay: true, is_smooth: true, ..view.style };
        ui.painter().add(maps("over the image", over, style));
        hover(ui, &heading, activation, channel, over, "overlay");
    }
    ui.add_space(4.0);
    if has_scale {
        show_scale(ui, view, range, picture.is_some());
    }
    if let Some(strip) = strip {
        exemplars::show(strip, ui, view, activation, channel, session, thumbs, actions);
    }
}

/// The colours with the values at their ends, and how strongly they cover the image.
fn show_scale(ui: &mut Ui, view: &mut ActivationsView, range: [f32; 2], is_over_image: bool) {
    let palette = theme::palette();
    ui.horizontal(|ui| {
        let [low, high] = range.map(short);
        ui.label(RichText::new(low).size(11.5).color(palette.weak));
        controls::gradient(ui, view.style.colours, 120.0);
        ui.label(RichText::new(high).size(11.5).color(palette.weak));
        if is_over_image {
            ui.add_space(8.0);
            ui.add(Slider::new(&mut view.overlay_opacity, 0.0..=1.0).show_value(false))
                .on_hover_text("How strongly the channel covers the image")
                .accessible_name("Overlay opacity");
        }
    });
}

fn hover(ui: &Ui, heading: &str, activation: &ActivationView, channel: usize, rect: Rect, name: &str) {
    let response = ui.interact(rect, Id::unique("enlarged channel hover").with(name), Sense::hover());
    let pointer = response.hover_pos();
    response.on_hover_ui_at_pointer(|ui| cell::hint(ui, heading, activation, channel, rect, pointer));
}

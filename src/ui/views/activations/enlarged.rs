//! One channel, large: alone, and over the image.

use eframe::egui::{Color32, Id, Pos2, Rect, RichText, Role, Sense, Slider, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::{ActivationsView, cell, controls, exemplars, order::short};
use crate::engine::ActivationView;
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::paint::{HeatMapCell, HeatMapStyle, heat_maps};
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::on_picture::{footprint, input_rect, map_ratio, veil_around};

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
    let heading = session.opened.channel_heading(activation.layer, channel);
    ui.horizontal(|ui| {
        let step = |ui: &mut Ui, sign: Icon, name: &str, to: Option<usize>, actions: &mut Vec<Action>| {
            let response = sign.button_if(ui, to.is_some(), name).on_disabled_hover_text("There is none in this order");
            if let (true, Some(to)) = (response.clicked(), to) {
                actions.push(Choose::Channel(Some(to)).into());
            }
        };
        let order = view.order_cache.channels(activation, view.order, view.unusual.as_ref());
        let place = order.iter().position(|&other| other == channel);
        let before = place.and_then(|place| place.checked_sub(1)).and_then(|place| order.get(place)).copied();
        let after = place.and_then(|place| order.get(place + 1)).copied();
        step(ui, Icon::Previous, "Previous channel", before, actions);
        step(ui, Icon::Next, "Next channel", after, actions);
        ui.label(RichText::new(&heading).size(15.0).color(palette.strong));
        ui.label(RichText::new(format!("of {count}")).color(palette.weak));
        let back = ui.button("All channels").on_hover_text("Back to the wall of channels (Esc)");
        if back.clicked() {
            actions.push(Choose::Channel(None).into());
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
            let hint = "How many standard deviations this image is above the collection's mean";
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
    let ratio = picture.map(|(_, size)| (size.x / size.y.max(1.0)).clamp(0.25, 4.0));
    let (alone, over) = places(map_ratio([h, w]), ratio, room);
    let all = over.map_or(alone, |over| alone.union(over));
    let (area, _) = ui.allocate_exact_size(all.size(), Sense::hover());
    let alone = alone.translate(area.min.to_vec2());
    let over = over.map(|over| over.translate(area.min.to_vec2()));
    let maps = |name: &str, seen: Rect, rect: Rect, style: HeatMapStyle| {
        let cells = vec![HeatMapCell { rect, channel, range }];
        let slot = Id::unique("enlarged channel").with(name);
        let seen = seen.intersect(ui.clip_rect());
        if seen.is_positive() {
            ui.painter().add(heat_maps(slot, seen, &activation.values, cells, style));
        }
    };
    maps("alone", alone, alone, view.style);
    hover(ui, &heading, activation, channel, alone, alone, "enlarged");
    if let (Some((texture, size)), Some(over)) = (picture, over) {
        let whole = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
        ui.painter().image(texture, over, whole, Color32::WHITE);
        let footprint = footprint(session, activation.image, Some(size));
        let input = footprint.map_or(over, |footprint| input_rect(&footprint, over));
        veil_around(ui.painter(), over, input);
        // Smooth, because the squares of a deep layer would hide the image's own edges.
        let style = HeatMapStyle { opacity: view.overlay_opacity, is_overlay: true, is_smooth: true, ..view.style };
        maps("over the image", over.intersect(input), input, style);
        hover(ui, &heading, activation, channel, over.intersect(input), input, "overlay");
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

/// Says what lies under the pointer in `seen`, a part of the channel that fills `whole`.
fn hover(ui: &Ui, heading: &str, activation: &ActivationView, channel: usize, seen: Rect, whole: Rect, name: &str) {
    let response = ui.interact(seen, Id::unique("enlarged channel hover").with(name), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Channel {channel}, {name}")));
    let pointer = response.hover_pos();
    response.on_hover_ui_at_pointer(|ui| cell::hint(ui, heading, activation, channel, whole, pointer));
}

/// Where the channel alone and the picture with the channel over it lie in so much `room`, from its corner: beside or
/// below each other, whichever makes them larger. `map` and `picture` are their proportions, width to height.
fn places(map: f32, picture: Option<f32>, room: Vec2) -> (Rect, Option<Rect>) {
    const GAP: f32 = 10.0;
    let least = 24.0;
    let Some(picture) = picture else {
        let width = room.x.min(room.y * map).max(least);
        return (Rect::from_min_size(Pos2::ZERO, vec2(width, width / map)), None);
    };
    let high = room.y.min((room.x - GAP) / (map + picture)).max(least);
    let wide = room.x.min((room.y - GAP) / (1.0 / map + 1.0 / picture)).max(least);
    let beside = [vec2(high * map, high), vec2(high * picture, high)];
    let below = [vec2(wide, wide / map), vec2(wide, wide / picture)];
    let area = |[map, picture]: [Vec2; 2]| map.x * map.y + picture.x * picture.y;
    if area(beside) >= area(below) {
        let over = pos2(beside[0].x + GAP, 0.0);
        (Rect::from_min_size(Pos2::ZERO, beside[0]), Some(Rect::from_min_size(over, beside[1])))
    } else {
        let over = pos2(0.0, below[0].y + GAP);
        (Rect::from_min_size(Pos2::ZERO, below[0]), Some(Rect::from_min_size(over, below[1])))
    }
}

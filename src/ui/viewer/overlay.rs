//! The channel that is chosen, over the part of the picture that the network saw.

use eframe::egui::{Id, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use super::ChannelLooks;
use crate::domain::ImageId;
use crate::session::Session;
use crate::ui::paint::{HeatMapCell, heat_maps};
use crate::ui::widgets::on_picture::{footprint, input_rect};

/// Draws the channel over a picture of `size` in `place`, of which `room` is seen.
pub(super) fn show(
    ui: &Ui,
    session: &Session,
    image: ImageId,
    size: [u32; 2],
    place: Rect,
    room: Rect,
    looks: ChannelLooks,
) {
    let (Some(activation), Some(channel)) = (&session.opened.activation, session.opened.chosen.channel) else { return };
    if activation.image != image {
        return;
    }
    let size_px = vec2(size[0] as f32, size[1] as f32);
    let input = footprint(session, image, Some(size_px)).map_or(place, |footprint| input_rect(&footprint, place));
    let seen = place.intersect(input).intersect(room);
    if !seen.is_positive() {
        return;
    }
    let cells = vec![HeatMapCell { rect: input, channel, range: looks.range }];
    ui.painter_at(room).add(heat_maps(
        Id::unique("channel over the picture"),
        seen,
        &activation.values,
        cells,
        looks.style,
    ));
    let response = ui.interact(seen, Id::unique("channel over the picture, place"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Channel {channel} over the picture")));
}

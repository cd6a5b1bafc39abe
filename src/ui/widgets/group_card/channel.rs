//! A distinguishing channel on a card: a crop, and beside it what it is called.

use eframe::egui::{Rect, Ui, Vec2, pos2};

use super::CardState;
use crate::domain::{DistinguishingChannel, ImageId};
use crate::session::Session;
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::channel_crop::{self, ChannelOf};
use crate::ui::widgets::text::first_words;

/// Size of the words beside a crop.
const WORDS: f32 = 10.5;

/// Draws a channel as a crop with its name beside it.
#[expect(clippy::too_many_arguments, reason = "a crop is drawn from all that is known of channel and group")]
pub fn show_channel(
    ui: &Ui,
    room: Rect,
    channel: &DistinguishingChannel,
    what: &str,
    state: &mut CardState,
    is_member: &dyn Fn(ImageId) -> bool,
    session: &Session,
    thumbs: &mut Thumbnails,
) {
    let known = session.collection().and_then(|open| open.layers.iter().position(|layer| layer.name == channel.layer));
    let Some(layer) = known else { return };
    let of = ChannelOf { layer, channel: channel.channel };
    state.channels.push((layer, channel.channel));
    let crop = Rect::from_min_size(room.min, Vec2::splat(room.height()));
    let words = format!("{:.1} standard deviations above the mean", channel.mean_z);
    let name = format!("Channel of {what}: {}", of.title(session));
    if channel_crop::show(ui, crop, of, session, thumbs, is_member, &mut state.maps, &name, &words) {
        state.looks_into = Some(of);
    }
    let left = crop.right() + 5.0;
    let width = (room.right() - left - 4.0).max(1.0);
    let number = session.opened.channel_title(&channel.layer, channel.channel);
    let above = format!("+{:.1} σ", channel.mean_z);
    // The block stands first, then which part of it the layer is, as far as whole words fit: the pointer tells the rest.
    let (block, whole) = session.opened.layer_titles.block_and_part(layer);
    // Layers that are looked at are nearly all what comes out of an activation: which one says nothing here.
    let (part, _) = session.opened.layer_titles.part_and_kind(layer);
    let is_short = whole.is_empty();
    let lines = match is_short {
        true => [(block.to_owned(), palette().weak), (number, palette().text), (above, palette().weak)],
        false => [
            (block.to_owned(), palette().weak),
            (part.to_owned(), palette().weak),
            (format!("{number}  {above}"), palette().text),
        ],
    };
    let mut top = room.top() + 1.0;
    for (text, colour) in lines {
        let galley = first_words(ui.painter(), &text, WORDS, colour, width);
        let height = galley.size().y;
        ui.painter().galley(pos2(left, top), galley, colour);
        top += height + 1.0;
    }
}

//! A distinguishing channel on a card: a crop, and beside it what it is called.

use eframe::egui::text::LayoutJob;
use eframe::egui::{FontId, Rect, Ui, Vec2, pos2};

use super::CardState;
use crate::domain::{DistinguishingChannel, ImageId};
use crate::session::Session;
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::channel_crop::{self, ChannelOf};
use crate::ui::widgets::text::single_line;

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
    let (title, above) = (session.opened.layer_titles.name(layer), format!("+{:.1} σ", channel.mean_z));
    // A name that is too long for a line takes two, and the numbers stand in the third one together.
    let font = FontId::proportional(WORDS);
    let mut job = LayoutJob::simple(title.to_owned(), font, palette().weak, width);
    job.wrap.max_rows = 2;
    let name = ui.painter().layout_job(job);
    let takes_two = name.rows.len() > 1;
    let mut top = room.top() + 1.0;
    ui.painter().galley(pos2(left, top), name.clone(), palette().weak);
    top += name.size().y + 1.0;
    let lines = match takes_two {
        true => vec![(format!("{number}  {above}"), palette().text)],
        false => vec![(number, palette().text), (above, palette().weak)],
    };
    for (text, colour) in lines {
        let galley = single_line(ui.painter(), text, WORDS, colour, width);
        let height = galley.size().y;
        ui.painter().galley(pos2(left, top), galley, colour);
        top += height + 1.0;
    }
}

//! Why the probe and a neighbour are alike: the channels that contribute most, in both images.

use eframe::egui::{
    Align, Id, Label, Layout, Pos2, Rect, Response, RichText, Role, ScrollArea, Sense, Ui, UiBuilder, Vec2, WidgetInfo,
    Window, pos2, vec2,
};

use super::region;
use crate::domain::{ChannelShare, ImageId, Metric, Pooling};
use crate::engine::{ActivationView, Problem, WhySimilar};
use crate::session::{Action, Ask, Choose, Place, Session, Unexplained, Why};
use crate::ui::icons::Icon;
use crate::ui::paint::{HeatMapCell, heat_maps};
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::activations::short;
use crate::ui::widgets::asked_menu::{self, ComparedWith};
use crate::ui::widgets::channel_crop::{self, ChannelOf};
use crate::ui::widgets::on_picture::{footprint, input_rect, overlay_style, part_rect, shade, veil_around};
use crate::ui::widgets::text::{counted, single_line};
use crate::ui::widgets::tile::{fit, paint_waiting};

/// Side of a picture in points.
const PICTURE: f32 = 216.0;
/// The window's size at first: all channels are seen without scrolling.
const SIZE: Vec2 = vec2(2.0 * PICTURE + 24.0, 640.0);
/// Room for a channel's name in points.
const NAME: f32 = 132.0;
/// Room for the two values in points.
const VALUES: f32 = 124.0;
/// Height of a line of heads in points.
const HEAD: f32 = 16.0;
/// Height of a channel's line in points.
const LINE: f32 = 30.0;
/// Side of the crop before a channel's name in points.
const CROP: f32 = LINE - 4.0;
/// How strongly a channel covers the pictures.
const STRENGTH: f32 = 0.8;

/// Draws the window if somebody wants to know.
pub fn show(ui: &Ui, session: &Session, thumbs: &mut Thumbnails, actions: &mut Vec<Action>) {
    let Some(why) = &session.opened.why else { return };
    let mut is_open = true;
    Window::new("Why similar")
        // In each place it stays where it was put there.
        .id(Id::unique(("why similar", session.lasting.place)))
        .title_bar(false)
        .default_size(SIZE)
        .default_pos(beside_the_views(session.lasting.place, ui.ctx().content_rect()))
        .show(ui.ctx(), |ui| {
            is_open = !show_title(ui);
            let channel = shown_channel(ui, session, why);
            show_pictures(ui, session, why, channel, thumbs);
            show_laid(ui, session, why, channel);
            show_compared(ui, session, why);
            show_about(ui, session, why);
            match (&why.similarity, &why.problem) {
                (Some(similarity), _) => show_channels(ui, session, why, similarity, thumbs, actions),
                (None, Some(problem)) => say_problem(ui, problem),
                (None, None) => {
                    ui.spinner();
                }
            }
        });
    if !is_open {
        actions.push(Ask::CloseWhySimilar.into());
    }
}

/// Where it covers least of what one goes on looking at: in Look inside the inspector rather than the picture, elsewhere the
/// gallery rather than the neighbours.
fn beside_the_views(place: Place, room: Rect) -> Pos2 {
    match place {
        Place::LookInside => room.right_top() + vec2(-SIZE.x - 32.0, 70.0),
        Place::Explore | Place::Groups | Place::Check => room.left_top() + vec2(90.0, 70.0),
    }
}

/// What it is, and a way to close it; whether that was taken.
fn show_title(ui: &mut Ui) -> bool {
    let mut is_closed = false;
    ui.horizontal(|ui| {
        ui.label(RichText::new("Why similar").heading().color(palette().strong));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            is_closed = Icon::Close.small_button(ui, "Close").accessible_name("Close why similar").clicked();
        });
    });
    is_closed
}

/// Why there is nothing to show.
fn say_problem(ui: &mut Ui, problem: &Problem) {
    ui.add(Label::new(RichText::new(&problem.what).color(palette().strong)).wrap());
    ui.add(Label::new(RichText::new(problem.reason()).color(palette().weak)).wrap());
}

/// Where the channel under the pointer or the focus is remembered from one frame to the next.
fn pointed_id() -> Id {
    Id::unique("why similar: channel pointed at")
}

/// The channel that lies over the pictures: the one that is pointed at, else the enlarged one, else the one that adds most.
fn shown_channel(ui: &Ui, session: &Session, why: &Why) -> Option<usize> {
    let channels = &why.similarity.as_ref()?.channels;
    let is_listed = |channel: &usize| channels.iter().any(|share| share.channel == *channel);
    let pointed = ui.data(|data| data.get_temp::<usize>(pointed_id()));
    let enlarged = session.opened.chosen.channel.filter(|_| session.opened.chosen.layer == why.layer);
    let known = pointed.filter(is_listed).or(enlarged.filter(is_listed));
    known.or_else(|| channels.first().map(|share| share.channel))
}

/// The two pictures, with a channel over both in the same colours for the same values.
fn show_pictures(ui: &mut Ui, session: &Session, why: &Why, channel: Option<usize>, thumbs: &mut Thumbnails) {
    let side = ((ui.available_width() - 8.0) / 2.0).clamp(80.0, 1.6 * PICTURE);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        for (id, which) in [(why.a, "Left"), (why.b, "Right")] {
            let Some(image) = session.image(id) else { continue };
            let name = RichText::new(format!("{which}: {}", image.path.in_folder())).small().color(palette().strong);
            ui.add_sized([side, HEAD], Label::new(name).truncate()).on_hover_text(image.path.text);
        }
    });
    // No higher than the higher one: beside wide pictures there would be bands of nothing.
    let height_of = |id: ImageId, thumbs: &mut Thumbnails| {
        let fitted = |(_, size)| fit(Rect::from_min_size(Pos2::ZERO, Vec2::splat(side)), size).height();
        thumbs.get(id).map_or(side, fitted)
    };
    let height = height_of(why.a, thumbs).max(height_of(why.b, thumbs));
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        for (place, id) in [why.a, why.b].into_iter().enumerate() {
            let (rect, response) = ui.allocate_exact_size(vec2(side, height), Sense::CLICK);
            show_menu(&response, session, why, place);
            let Some((texture, size)) = thumbs.get(id) else {
                paint_waiting(ui.painter(), rect);
                continue;
            };
            let picture = fit(rect, size);
            eframe::egui::Image::new((texture, size)).corner_radius(3.0).paint_at(ui, picture);
            if let (Some(pair), Some(channel)) = (&why.pair, channel) {
                lay_over(ui, session, why, pair, channel, (place, picture, size));
            }
            if let Some(part) = why.parts[place] {
                region::paint(ui.painter(), part_rect(part, picture));
            }
            if let Some(image) = session.image(id) {
                response.on_hover_text(image.path.text);
            }
        }
    });
}

/// The menu of one of the pictures, which asks why of the other.
fn show_menu(response: &Response, session: &Session, why: &Why, place: usize) {
    let (image, other, which) = if place == 0 { (why.a, why.b, "left") } else { (why.b, why.a, "right") };
    let path = session.image(image).map_or("", |image| image.path.text);
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Why: the {which} picture, {path}")));
    asked_menu::offer(response, image);
    let (source, metric) = (why.source.clone(), why.metric);
    asked_menu::compared_with(response, || ComparedWith { image: other, source, metric, is_asked_with: false });
}

/// What the colours over the pictures are of.
fn show_laid(ui: &mut Ui, session: &Session, why: &Why, channel: Option<usize>) {
    let Some(channel) = channel.filter(|_| why.pair.is_some()) else { return };
    let name = session.opened.channel_heading(why.layer, channel);
    let words = format!("Bright: where {name} is strong, on one scale left and right");
    let hint = "Point at a channel below to see that instead";
    ui.add(Label::new(RichText::new(words).small().color(palette().weak)).truncate()).on_hover_text(hint);
}

/// Lays a channel over one of the pictures, where the network saw it.
fn lay_over(
    ui: &Ui,
    session: &Session,
    why: &Why,
    pair: &[ActivationView; 2],
    channel: usize,
    (place, picture, size): (usize, Rect, Vec2),
) {
    let view = &pair[place];
    let [_, h, w] = view.values.shape();
    let input = footprint(session, view.image, Some(size)).map_or(picture, |seen| input_rect(&seen, picture));
    let seen = picture.intersect(input).intersect(ui.clip_rect());
    if h * w == 1 || !seen.is_positive() {
        return;
    }
    let end = |values: fn(&ActivationView) -> &[f32], better: fn(f32, f32) -> f32| {
        let finite = pair.iter().filter_map(|view| values(view).get(channel).copied()).filter(|v| v.is_finite());
        finite.reduce(better).unwrap_or(0.0)
    };
    let ends = [end(|view| &view.minima, f32::min), end(|view| &view.maxima, f32::max)];
    let style = overlay_style(ends, STRENGTH);
    let range = style.colours.range(ends[0], ends[1]);
    veil_around(ui.painter(), picture, input);
    ui.painter().rect_filled(seen, 0.0, shade(style));
    let cells = vec![HeatMapCell { rect: input, channel, range }];
    ui.painter().add(heat_maps(Id::unique("why similar maps").with(place), seen, &view.values, cells, style));
    let laid = ui.interact(seen, Id::unique("why similar: laid over").with(place), Sense::hover());
    let name = session.opened.channel_title(&why.source.layer, channel);
    let which = if place == 0 { "the first picture" } else { "the second picture" };
    laid.widget_info(|| WidgetInfo::labeled(Role::Image, true, format!("Why: {name} over {which}")));
}

/// Which parts of the two are compared, where that is not all of both, and what of the question they say nothing of.
fn show_compared(ui: &mut Ui, session: &Session, why: &Why) {
    let compared = match why.parts {
        [None, None] => None,
        [Some(_), Some(_)] => {
            Some("The region on the left is compared with the part of the right picture that is most like it.")
        }
        [Some(_), None] => Some("The region on the left is compared with all of the right picture."),
        [None, Some(_)] => Some("All of the left picture is compared with the region on the right."),
    };
    let of = session.image(why.a).map_or("the left picture", |image| image.path.in_folder());
    let unexplained = why.unexplained.map(|unexplained| match unexplained {
        Unexplained::Further(further) => {
            let more = counted(further, "example", "examples");
            format!("Neighbours are asked with {more} beside {of}; of these nothing is explained here.")
        }
        Unexplained::Box => {
            "Both pictures are compared as wholes, not the region: the whole network knows no places.".into()
        }
    });
    for words in compared.map(str::to_owned).into_iter().chain(unexplained) {
        ui.add(Label::new(RichText::new(words).size(11.5).color(palette().text)).wrap());
    }
}

/// At which layer, by what, and how alike they are.
fn show_about(ui: &mut Ui, session: &Session, why: &Why) {
    ui.add_space(2.0);
    ui.horizontal(|ui| {
        let (what, scale) = match why.metric {
            Metric::Cosine => ("Cosine", "1 is the same, 0 has nothing in common"),
            Metric::Euclidean => ("Distance", "0 is the same"),
            Metric::Dot => ("Product", "the larger, the more alike"),
        };
        if let Some(similarity) = &why.similarity {
            let score = RichText::new(format!("{what} {:.3}", similarity.score)).size(15.0).color(palette().text);
            ui.label(score).on_hover_text(why.metric.hint());
        }
        let layer = session.opened.layer_titles.of_name(&why.source.layer);
        ui.add(Label::new(RichText::new(format!("at {layer}")).color(palette().strong)).truncate());
        ui.add(Label::new(RichText::new(scale).small().color(palette().weak)).truncate());
    });
}

fn show_channels(
    ui: &mut Ui,
    session: &Session,
    why: &Why,
    similarity: &WhySimilar,
    thumbs: &mut Thumbnails,
    actions: &mut Vec<Action>,
) {
    let named: f64 = similarity.channels.iter().map(|channel| channel.share).sum();
    let what = match why.metric {
        Metric::Cosine => "of the cosine",
        Metric::Dot => "of the product",
        Metric::Euclidean => "of what they have in common",
    };
    let count = session.collection().and_then(|collection| collection.layers.get(why.layer)).map_or(0, |l| l.shape[0]);
    let words = format!(
        "{} of {} {} {:.0} % {what}",
        similarity.channels.len(),
        counted(count, "channel", "channels"),
        if similarity.channels.len() == 1 { "makes" } else { "make" },
        named * 100.0
    );
    ui.add(Label::new(RichText::new(words).size(11.5).color(palette().weak)).wrap());
    ui.add_space(2.0);
    show_heads(ui, why, what);
    let largest = similarity.channels.iter().map(|channel| channel.share.abs()).fold(0.0, f64::max);
    let (mut pointed, mut maps) = (None, Vec::new());
    ScrollArea::vertical().id_salt("shares").auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for channel in &similarity.channels {
            let response = show_channel(ui, session, why, channel, largest);
            let corner = response.rect.min + vec2(4.0, (LINE - CROP) / 2.0);
            let of = ChannelOf { layer: why.layer, channel: channel.channel };
            channel_crop::paint(ui, Rect::from_min_size(corner, Vec2::splat(CROP)), of, session, thumbs, &mut maps);
            if response.clicked() {
                actions.push(Choose::Layer(why.layer).into());
                actions.push(Choose::Channel(Some(channel.channel)).into());
            }
            if response.hovered() || response.has_focus() {
                pointed = Some(channel.channel);
            }
        }
    });
    let channels: Vec<(usize, usize)> = similarity.channels.iter().map(|share| (why.layer, share.channel)).collect();
    // Asked in every frame that shows them; the session asks for what is missing, once.
    if channels.iter().any(|of| session.opened.groups.exemplars(of.0, of.1).is_none()) {
        actions.push(Ask::ExemplarsOfSome(channels).into());
    }
    if !maps.is_empty() && !session.is_busy() {
        actions.push(Ask::ChannelMaps(maps).into());
    }
    ui.data_mut(|data| {
        data.remove::<usize>(pointed_id());
        if let Some(channel) = pointed {
            data.insert_temp(pointed_id(), channel);
        }
    });
}

/// What stands in the columns of the channels' lines.
fn show_heads(ui: &mut Ui, why: &Why, of_what: &str) {
    let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEAD), Sense::hover());
    let values = match why.source.pooling {
        Pooling::Average => "Average left · right",
        Pooling::Maximum => "Largest left · right",
    };
    let hint = format!(
        "What the channel is in the left and in the right picture, {} over all places: the numbers that are compared",
        why.source.pooling.word()
    );
    let heads = [
        (line.left() + 4.0, NAME - 8.0, "Channel", "The channels that make the two alike, those first that add most"),
        (line.left() + NAME, line.width() - NAME - VALUES, "Its share", "The longest bar is the largest share"),
        (line.right() - VALUES + 8.0, VALUES - 8.0, values, &hint),
    ];
    for (left, width, head, hint) in heads {
        let place = Rect::from_min_size(pos2(left, line.top()), vec2(width, HEAD));
        let head = if head == "Its share" { format!("{head} {of_what}") } else { head.to_owned() };
        let words = Label::new(RichText::new(head).size(10.5).color(palette().strong)).truncate();
        let mut column = ui.new_child(UiBuilder::new().id_salt(hint).max_rect(place));
        column.add(words).on_hover_text(hint);
    }
}

/// A channel's line: its name, a bar as long as its share is of the largest, and its value in both pictures.
fn show_channel(ui: &mut Ui, session: &Session, why: &Why, channel: &ChannelShare, largest: f64) -> Response {
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    let title = session.opened.channel_title(&why.source.layer, channel.channel);
    let name = match session.opened.class_of(why.layer, channel.channel) {
        Some(class) => format!("Why: {class} (channel {})", channel.channel),
        None => format!("Why: channel {}", channel.channel),
    };
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name.as_str()));
    let painter = ui.painter();
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 3.0, palette().lifted);
    }
    let line = |text: String, width: f32, colour| single_line(painter, text, 11.5, colour, width);
    let middle = |height: f32| rect.center().y - height / 2.0;
    let before = CROP + 10.0;
    let words = line(title.clone(), NAME - before - 4.0, palette().text);
    painter.galley(pos2(rect.left() + before, middle(words.size().y)), words, palette().text);
    let bar = rect.with_min_x(rect.left() + NAME).with_max_x(rect.right() - VALUES).shrink2(vec2(0.0, 7.0));
    painter.rect_filled(bar, 3.0, palette().raised.gamma_multiply(0.6));
    // Scaled to the largest: of hundreds of channels each has a few percent, and bars of the whole would all be stubs.
    let length = if largest > 0.0 { (channel.share.max(0.0) / largest) as f32 * bar.width() } else { 0.0 };
    painter.rect_filled(bar.with_max_x(bar.left() + length), 3.0, palette().accent_fill);
    let share = line(format!("{:.1} %", channel.share * 100.0), bar.width(), palette().strong);
    painter.galley(pos2(bar.left() + 5.0, middle(share.size().y)), share, palette().strong);
    let values = line(format!("{}  ·  {}", short(channel.a), short(channel.b)), VALUES - 8.0, palette().weak);
    painter.galley(pos2(bar.right() + 8.0, middle(values.size().y)), values, palette().weak);
    let hint = format!("{title}: {:.4} and {:.4}. Click to look at this channel", channel.a, channel.b);
    response.on_hover_text(hint)
}

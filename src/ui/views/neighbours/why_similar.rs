//! Why the probe and a neighbour are alike: the channels that contribute most, in both images.

use eframe::egui::{
    Align2, Button, FontId, Grid, Id, Label, Rect, Response, RichText, ScrollArea, Sense, Ui, Vec2, Window, vec2,
};

use crate::domain::{ChannelShare, Metric};
use crate::engine::{ActivationView, Problem, WhySimilar};
use crate::session::{Action, Ask, Choose, Session, Why};
use crate::ui::paint::{ColourMap, HeatMapCell, HeatMapStyle, heat_maps};
use crate::ui::theme::{self, palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::on_picture::map_ratio;
use crate::ui::widgets::text::counted;
use crate::ui::widgets::tile::{fit, paint_waiting};

/// Longer side of a heat map in points.
const MAP: f32 = 56.0;
/// Side of a picture in points.
const PICTURE: f32 = 72.0;
/// The window's size at first.
const SIZE: Vec2 = vec2(330.0, 400.0);
/// Room for a channel's name in points.
const NAME: f32 = 92.0;
/// Length of the bar of a whole.
const BAR: f32 = 84.0;

/// Draws the window if somebody wants to know.
pub fn show(ui: &Ui, session: &Session, thumbs: &mut Thumbnails, actions: &mut Vec<Action>) {
    let Some(why) = &session.opened.why else { return };
    let mut is_open = true;
    Window::new("Why similar")
        .id(Id::unique("why similar"))
        .open(&mut is_open)
        .default_size(SIZE)
        // Over the channels it tells of; the images stay in sight.
        .default_pos(ui.ctx().content_rect().right_top() + vec2(-SIZE.x - 40.0, 70.0))
        .show(ui.ctx(), |ui| {
            show_pictures(ui, session, why, thumbs);
            match (&why.similarity, &why.problem) {
                (Some(similarity), _) => show_channels(ui, session, why, similarity, actions),
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

/// Why there is nothing to show.
fn say_problem(ui: &mut Ui, problem: &Problem) {
    ui.add(Label::new(RichText::new(&problem.what).color(palette().strong)).wrap());
    ui.add(Label::new(RichText::new(problem.reason()).color(palette().weak)).wrap());
}

fn show_pictures(ui: &mut Ui, session: &Session, why: &Why, thumbs: &mut Thumbnails) {
    ui.horizontal(|ui| {
        for id in [why.a, why.b] {
            let (rect, response) = ui.allocate_exact_size(Vec2::splat(PICTURE), Sense::hover());
            match thumbs.get(id) {
                Some((texture, size)) => {
                    eframe::egui::Image::new((texture, size)).corner_radius(3.0).paint_at(ui, fit(rect, size));
                }
                None => paint_waiting(ui.painter(), rect),
            }
            if let Some(image) = session.image(id) {
                response.on_hover_text(image.path.text);
            }
        }
        ui.vertical(|ui| {
            ui.add_space(6.0);
            ui.add(
                Label::new(
                    RichText::new(session.opened.layer_titles.of_name(&why.source.layer)).color(palette().strong),
                )
                .truncate(),
            );
            let of = format!("{}, {}", why.metric.word(), why.source.pooling.word());
            ui.label(RichText::new(of).color(palette().weak));
            if let Some(similarity) = &why.similarity {
                ui.label(RichText::new(format!("{:.3}", similarity.score)).size(15.0).color(palette().text));
            }
        });
    });
    ui.add_space(4.0);
}

fn show_channels(ui: &mut Ui, session: &Session, why: &Why, similarity: &WhySimilar, actions: &mut Vec<Action>) {
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
    ScrollArea::vertical().id_salt("shares").auto_shrink([false, false]).show(ui, |ui| {
        Grid::new("channels that both have").num_columns(4).spacing(vec2(10.0, 6.0)).show(ui, |ui| {
            for channel in &similarity.channels {
                show_bar(ui, channel.share);
                let hint = format!("{:.4} and {:.4}: click to look at this channel", channel.a, channel.b);
                let button = show_name(ui, session.opened.channel_title(&why.source.layer, channel.channel), hint);
                let name = match session.opened.class_of(why.layer, channel.channel) {
                    Some(class) => format!("Why: {class} (channel {})", channel.channel),
                    None => format!("Why: channel {}", channel.channel),
                };
                if button.accessible_name(name).clicked() {
                    actions.push(Choose::Layer(why.layer).into());
                    actions.push(Choose::Channel(Some(channel.channel)).into());
                }
                show_maps(ui, why, channel);
                ui.end_row();
            }
        });
    });
}

/// A button that is no wider than there is room beside bar and maps: names of classes may be long.
fn show_name(ui: &mut Ui, name: String, hint: String) -> Response {
    let hint = format!("{name}: {hint}");
    let size = vec2(NAME, ui.spacing().interact_size.y);
    let button = ui.allocate_ui(size, |ui| {
        ui.set_max_width(NAME);
        ui.add(Button::new(name).truncate())
    });
    button.inner.on_hover_text(hint)
}

fn show_bar(ui: &mut Ui, share: f64) {
    let (rect, _) = ui.allocate_exact_size(vec2(BAR, 18.0), Sense::hover());
    ui.painter().rect_filled(rect, 3.0, palette().raised.gamma_multiply(0.6));
    let length = BAR * share.clamp(0.0, 1.0) as f32;
    ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(length, rect.height())), 3.0, palette().accent_fill);
    let (at, font) = (rect.left_center() + vec2(5.0, 0.0), FontId::proportional(11.5));
    ui.painter().text(at, Align2::LEFT_CENTER, format!("{:.1} %", share * 100.0), font, palette().strong);
}

/// The channel in both images, in the same colours for the same values.
fn show_maps(ui: &mut Ui, why: &Why, channel: &ChannelShare) {
    let Some(pair) = &why.pair else {
        for _ in 0..2 {
            let (rect, _) = ui.allocate_exact_size(Vec2::splat(MAP), Sense::hover());
            paint_waiting(ui.painter(), rect);
        }
        return;
    };
    let [_, h, w] = pair[0].values.shape();
    if h * w == 1 {
        for value in [channel.a, channel.b] {
            ui.label(RichText::new(format!("{value:.3}")).color(palette().text));
        }
        return;
    }
    let style = HeatMapStyle::default();
    let of = |values: fn(&ActivationView) -> &[f32], better: fn(f32, f32) -> f32| {
        let finite =
            pair.iter().filter_map(|view| values(view).get(channel.channel).copied()).filter(|v| v.is_finite());
        finite.reduce(better).unwrap_or(0.0)
    };
    let colours: ColourMap = style.colours;
    let range = colours.range(of(|view| &view.minima, f32::min), of(|view| &view.maxima, f32::max));
    let ratio = map_ratio([h, w]);
    let size = if ratio >= 1.0 { vec2(MAP, MAP / ratio) } else { vec2(MAP * ratio, MAP) };
    for (side, view) in pair.iter().enumerate() {
        let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
        let drawn = rect.intersect(ui.clip_rect());
        if drawn.is_positive() {
            let cells = vec![HeatMapCell { rect, channel: channel.channel, range }];
            let slot = Id::unique("why similar maps").with((side, channel.channel));
            ui.painter().add(heat_maps(slot, drawn, &view.values, cells, style));
        }
        if response.hovered() {
            ui.painter().rect_stroke(
                rect,
                2.0,
                eframe::egui::Stroke::new(1.0, theme::hovered()),
                eframe::egui::StrokeKind::Outside,
            );
        }
    }
}

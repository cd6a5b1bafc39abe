//! The row above the picture.

use eframe::egui::{Align, Button, Frame, Label, Layout, Margin, RichText, Slider, Ui};

use super::{PictureCamera, boxes};
use crate::domain::ImageRef;
use crate::engine::ActivationView;
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, show_buttons_on_ground, thousands};
use crate::ui::widgets::tile;

/// Narrower than this, what is known of the file goes in favour of its name.
const NARROW: f32 = 760.0;

/// What the row shows and changes.
pub(super) struct Bar<'a> {
    pub(super) session: &'a Session,
    pub(super) image: ImageRef<'a>,
    pub(super) size: Option<[u32; 2]>,
    pub(super) camera: &'a mut PictureCamera,
    pub(super) is_open: &'a mut bool,
    pub(super) has_overlay: &'a mut bool,
    pub(super) opacity: &'a mut f32,
    /// Whether there is a channel to be laid over the picture.
    pub(super) has_channel: bool,
    pub(super) has_boxes: &'a mut bool,
}

pub(super) fn show(ui: &mut Ui, bar: &mut Bar<'_>, actions: &mut Vec<Action>) {
    Frame::new().inner_margin(Margin::symmetric(8, 5)).show(ui, |ui| {
        show_buttons_on_ground(ui);
        let is_narrow = ui.available_width() < NARROW;
        ui.horizontal(|ui| {
            let close = Button::new((Icon::Back.atom(), "Back"));
            if ui.add(close).on_hover_text("Back to the views (Esc)").accessible_name("Close the picture").clicked() {
                *bar.is_open = false;
            }
            show_steps(ui, bar, actions);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                show_zoom(ui, bar);
                boxes::show_switch(ui, bar.session, bar.image.id, bar.has_boxes);
                show_overlay(ui, bar, is_narrow, actions);
                // The name takes what is left.
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| show_name(ui, bar, is_narrow));
            });
        });
    });
}

/// To the pictures before and after this one, as the gallery shows them.
fn show_steps(ui: &mut Ui, bar: &Bar<'_>, actions: &mut Vec<Action>) {
    let has_others = bar.session.opened.shown.len() > 1;
    for (sign, name, by) in [(Icon::Previous, "Previous picture", -1), (Icon::Next, "Next picture", 1)] {
        let button = sign.button_if(ui, has_others, name).on_disabled_hover_text("No other picture is shown");
        if button.clicked() {
            actions.push(Choose::Step(by).into());
        }
    }
}

fn show_name(ui: &mut Ui, bar: &Bar<'_>, is_narrow: bool) {
    let name = RichText::new(tile::name_beside_label(bar.image)).color(palette().strong);
    ui.add(Label::new(name).truncate()).on_hover_text(bar.image.path.text);
    if is_narrow {
        return;
    }
    if let Some(label) = bar.image.label {
        ui.add(Label::new(RichText::new(label).color(palette().text)).truncate());
    }
    let mut facts = bytes(bar.image.file_bytes);
    if let Some([width, height]) = bar.size {
        facts = format!("{width} × {height}  ·  {facts}");
    }
    let shown = &bar.session.opened.shown;
    if let Some(place) = shown.place_of(bar.image.id) {
        facts += &format!("  ·  {} of {}", thousands(place + 1), thousands(shown.len()));
    }
    ui.add(Label::new(RichText::new(facts).small().color(palette().weak)).truncate());
}

fn show_zoom(ui: &mut Ui, bar: &mut Bar<'_>) {
    let pixels_per_point = ui.ctx().pixels_per_point();
    let pixels = Button::new("100 %");
    let hint = "A pixel of the picture for each of the screen (1)";
    if ui.add(pixels).on_hover_text(hint).accessible_name("Actual pixels").clicked() {
        bar.camera.wish_pixels();
    }
    let fit = Button::selectable(bar.camera.is_fitted(), "Fit").frame_when_inactive(true);
    if ui.add(fit).on_hover_text("The whole picture (0)").accessible_name("Fit the picture").clicked() {
        bar.camera.fit();
    }
    let percent = bar.camera.screen_px(pixels_per_point) * 100.0;
    let digits = if percent < 10.0 { 1 } else { 0 };
    ui.label(RichText::new(format!("{percent:.digits$} %")).small().color(palette().weak));
}

/// The channel that responds most to the picture, of a layer that has places.
fn strongest(bar: &Bar<'_>) -> Option<usize> {
    let opened = &bar.session.opened;
    // What was asked at the depth before is shown until the new answer is there.
    let is_it =
        |activation: &&ActivationView| activation.image == bar.image.id && activation.layer == opened.chosen.layer;
    let activation = opened.activation.as_ref().filter(is_it)?;
    let [_, h, w] = activation.values.shape();
    let most = |(_, a): &(usize, &f32), (_, b): &(usize, &f32)| a.total_cmp(b);
    (h * w > 1).then(|| activation.maxima.iter().enumerate().max_by(most).map(|(channel, _)| channel))?
}

fn show_overlay(ui: &mut Ui, bar: &mut Bar<'_>, is_narrow: bool, actions: &mut Vec<Action>) {
    if !bar.has_channel {
        let strongest = strongest(bar);
        let hint = "Lay over the picture what excites the network most in it, at the depth of the slider";
        let why_not = "This layer has no places to show: move the depth slider, or wait until the picture went through the network";
        let button = ui.add_enabled(strongest.is_some(), Button::new("Channel"));
        let button = button.on_hover_text(hint).on_disabled_hover_text(why_not);
        if button.accessible_name("Channel over the picture").clicked() {
            *bar.has_overlay = true;
            actions.push(Choose::Channel(strongest).into());
        }
        return;
    }
    if *bar.has_overlay && !is_narrow {
        ui.spacing_mut().slider_width = 70.0;
        ui.add(Slider::new(bar.opacity, 0.0..=1.0).show_value(false))
            .on_hover_text("How strongly the channel covers the picture")
            .accessible_name("Opacity of the channel");
    }
    let toggle = Button::selectable(*bar.has_overlay, "Channel").frame_when_inactive(true);
    let layer = bar.session.opened.chosen.layer;
    let name = bar
        .session
        .opened
        .chosen
        .channel
        .map_or(String::new(), |channel| bar.session.opened.channel_heading(layer, channel));
    let hint = format!("Lay this channel over the picture: {name}");
    if ui.add(toggle).on_hover_text(hint).accessible_name("Channel over the picture").clicked() {
        *bar.has_overlay = !*bar.has_overlay;
    }
}

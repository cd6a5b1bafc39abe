//! The row above the picture.

use eframe::egui::{Align, Button, Frame, Label, Layout, Margin, RichText, Slider, Ui};

use super::PictureCamera;
use crate::domain::ImageRef;
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{bytes, show_buttons_on_ground};

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
                show_overlay(ui, bar, is_narrow);
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
        let button = sign.button_if(ui, has_others, name);
        if button.clicked() {
            actions.push(Choose::Step(by).into());
        }
    }
}

fn show_name(ui: &mut Ui, bar: &Bar<'_>, is_narrow: bool) {
    let name = RichText::new(bar.image.path.file_name()).color(palette().strong);
    ui.add(Label::new(name).truncate()).on_hover_text(bar.image.path.text);
    if is_narrow {
        return;
    }
    let mut facts = bytes(bar.image.file_bytes);
    if let Some([width, height]) = bar.size {
        facts = format!("{width} × {height}  ·  {facts}");
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

fn show_overlay(ui: &mut Ui, bar: &mut Bar<'_>, is_narrow: bool) {
    if !bar.has_channel {
        let hint = "Enlarge a channel in the activations, and it can be laid over the picture here";
        ui.add_enabled(false, Button::new("Channel")).on_disabled_hover_text(hint);
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

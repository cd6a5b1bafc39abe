//! Above the views, in every place: the way back, what is searched for, the network, and how deep one looks into it.

mod depth;
mod network;
mod signs;

use eframe::egui::{Align, Frame, Layout, Margin, Panel, Ui, vec2};

use super::command::Command;
use super::theme::palette;
use super::views::gallery::GalleryView;
use super::widgets::text::show_buttons_on_ground;
use crate::session::{Action, Session};

pub use depth::DepthSlider;

/// In fewer points the depth slider has a row of its own.
const ONE_ROW_FROM: f32 = 1080.0;

/// A window of less height has no room for that row: keys and the layer's own arrows lead through the depths.
const DEPTH_FROM: f32 = 360.0;

/// Room for the depth slider beside a query, at least: the slider, and the name of the layer.
const LEAST_DEPTH: f32 = 220.0;
/// Width of what the network is called, in points: in a row with the slider, and in one with less room.
const NETWORK: [f32; 2] = [190.0, 96.0];
/// Room for the button of the inspector and what is between all of them, in points.
const BESIDE: f32 = 46.0;

/// Heights of a row in points: alone, and one of two.
const ROWS: [f32; 2] = [44.0, 36.0];
/// Height of the line that says what is wrong with a query, in points: it would lie over the tabs below.
const LINE: f32 = 16.0;

/// The bar, and what it keeps.
#[derive(Default)]
pub struct TopBar {
    depth: DepthSlider,
}

impl TopBar {
    /// Draws it above all that is in `ui`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        gallery: &mut GalleryView,
        has_inspector: bool,
        actions: &mut Vec<Action>,
        commands: &mut Vec<Command>,
    ) {
        let is_one_row = ui.available_width() >= ONE_ROW_FROM;
        let [alone, of_two] = ROWS;
        let frame = Frame::new().fill(palette().ground).inner_margin(Margin { left: 8, right: 8, top: 0, bottom: 4 });
        let has_depth = ui.ctx().content_rect().height() >= DEPTH_FROM;
        let height = match (is_one_row, has_depth) {
            (true, _) => alone,
            (false, true) => of_two * 2.0,
            (false, false) => of_two,
        };
        let has_line = gallery.has_query_line(session);
        let height = height + if has_line { LINE } else { 0.0 };
        let panel = Panel::top("search and depth").exact_size(height + 4.0).frame(frame).show_separator_line(false);
        panel.show(ui, |ui| {
            show_buttons_on_ground(ui);
            ui.spacing_mut().item_spacing = vec2(6.0, 0.0);
            let row = |ui: &mut Ui, height: f32, add: &mut dyn FnMut(&mut Ui)| {
                let size = vec2(ui.available_width(), height);
                ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                    ui.set_min_size(size);
                    add(ui);
                });
            };
            if is_one_row {
                row(ui, alone, &mut |ui| {
                    signs::ways(ui, session, commands);
                    let room = ui.available_width() - NETWORK[0] - BESIDE;
                    // What is written wants to be read: the slider gives way as far as it can be used.
                    let usual = (ui.available_width() * 0.28).clamp(250.0, 460.0);
                    let width = usual.max(gallery.widths_of_search()[0]).min((room - LEAST_DEPTH).max(usual));
                    search(ui, width, session, gallery, actions);
                    network::show(ui, session, NETWORK[0], commands);
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        signs::inspector_toggle(ui, has_inspector, commands);
                        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                            self.depth.show(ui, session, actions)
                        });
                    });
                });
                if has_line {
                    row(ui, LINE, &mut |ui| gallery.show_query_line(ui));
                }
                return;
            }
            row(ui, of_two, &mut |ui| {
                signs::ways(ui, session, commands);
                let [usual, least] = NETWORK;
                let room = ui.available_width() - BESIDE;
                let [wanted, needed] = gallery.widths_of_search();
                let for_network = (room * 0.3).clamp(least, usual).min((room - wanted).max(least));
                // Beside a query there may be no room for it: the bar at the bottom says what is used, too.
                let has_network = room - for_network >= needed || !gallery.asks_a_query();
                let width = if has_network { room - for_network } else { room };
                search(ui, width, session, gallery, actions);
                if has_network {
                    network::show(ui, session, for_network, commands);
                }
                signs::inspector_toggle(ui, has_inspector, commands);
            });
            if has_line {
                row(ui, LINE, &mut |ui| gallery.show_query_line(ui));
            }
            if has_depth {
                row(ui, of_two, &mut |ui| self.depth.show(ui, session, actions));
            }
        });
        if gallery.has_query_line(session) != has_line {
            ui.ctx().request_repaint();
        }
    }
}

/// What is searched for, in so many points.
fn search(ui: &mut Ui, width: f32, session: &Session, gallery: &mut GalleryView, actions: &mut Vec<Action>) {
    let size = vec2(width, ui.available_height());
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        gallery.show_search(ui, session, actions);
    });
}

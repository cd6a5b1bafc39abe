//! A picture that is dropped on the neighbours: what is like it is looked for, and the folder stays open.

use std::path::PathBuf;

use eframe::egui::{self, Event, Pos2};

use super::App;
use crate::domain::{Example, is_picture_name};
use crate::session::Choose;
use crate::ui::theme::palette;

/// While something is dragged from elsewhere, systems do not tell where the pointer is; they do soon after it was dropped.
/// After so many seconds what is known is taken.
const PATIENCE_SECS: f64 = 0.5;

/// A picture of which it is not known yet where it fell.
pub(super) struct Fallen {
    path: PathBuf,
    /// Seconds of the window's clock.
    at_secs: f64,
}

impl App {
    /// Takes what was dropped: a picture waits until it is known whether it fell on the neighbours.
    pub(super) fn take_drop(&mut self, ctx: &egui::Context, path: PathBuf) {
        let can_be_asked_with = self.session.collection().is_some() && self.views.neighbours.place(ctx).is_some();
        match can_be_asked_with && is_picture_name(&path) {
            true => self.fallen = Some(Fallen { path, at_secs: ctx.input(|input| input.time) }),
            false => self.take_dropped(path),
        }
    }

    /// Decides about a picture that fell, as soon as it is known where.
    pub(super) fn settle_drop(&mut self, ctx: &egui::Context) {
        let Some(Fallen { path, at_secs }) = self.fallen.take() else { return };
        let has_moved = |event: &Event| matches!(event, Event::PointerMoved(_));
        let (is_known, at) = ctx.input(|input| {
            let is_known = input.events.iter().any(has_moved) || input.time - at_secs > PATIENCE_SECS;
            (is_known, input.pointer.latest_pos())
        });
        if !is_known {
            self.fallen = Some(Fallen { path, at_secs });
            ctx.request_repaint();
            return;
        }
        let place = self.views.neighbours.place(ctx);
        let is_in = |at: Pos2| place.is_some_and(|place| place.contains(at));
        match at.is_some_and(is_in) {
            true => self.act(Choose::Like(Some(Example::File { path, region: None }))),
            false => self.take_dropped(path),
        }
    }
}

/// While something is dragged over the window: what dropping it will do.
pub(super) fn show_drop_hint(ctx: &egui::Context, has_neighbours: bool) {
    if ctx.input(|input| input.raw.hovered_files.is_empty()) {
        return;
    }
    let layer = egui::LayerId::new(egui::Order::Foreground, egui::Id::unique("drop hint"));
    let painter = ctx.layer_painter(layer);
    let rect = ctx.content_rect();
    painter.rect_filled(rect, 0.0, palette().ground.gamma_multiply(0.85));
    let inside = rect.shrink(16.0);
    let stroke = egui::Stroke::new(2.0, palette().accent);
    painter.rect_stroke(inside, 12.0, stroke, egui::StrokeKind::Inside);
    let text = match has_neighbours {
        true => "Drop a folder of pictures, a network's file, or a picture on the neighbours",
        false => "Drop a folder of pictures, or a network's file",
    };
    let font = egui::FontId::proportional(24.0);
    painter.text(rect.center(), egui::Align2::CENTER_CENTER, text, font, palette().strong);
}

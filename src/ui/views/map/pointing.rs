//! Hover, click and lasso on the map.

use eframe::egui::{self, PointerButton, Pos2, Rect, Response, Tooltip, Ui, pos2};

use super::MapView;
use super::lasso::images_inside;
use super::plane::Plane;
use crate::domain::ImageId;
use crate::session::{Action, Choose, Pick, Session};
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;

/// How far from a point the pointer may be, in points of the screen, beyond the point's radius.
const REACH: f32 = 7.0;

/// Corners of a loop are at least so far apart, in points of the screen.
const CORNER_SPACING: f32 = 3.0;

impl MapView {
    /// Turns what the pointer does into wishes.
    #[expect(clippy::too_many_arguments, reason = "everything a pointer can meet on the map")]
    pub(super) fn point_at(
        &mut self,
        ui: &Ui,
        response: &Response,
        view: Rect,
        plane: &Plane,
        session: &Session,
        radius: f32,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let passes =
            |row: usize| session.opened.chosen.filter.is_empty() || is_shown(session, plane.projection.ids[row]);
        self.draw_loop(ui, response, view, plane, &passes, actions);

        let pointer = response.hover_pos().filter(|pos| !self.legend.is_some_and(|legend| legend.contains(*pos)));
        let under = match pointer {
            Some(pointer) if self.lasso.is_empty() && !response.dragged() => {
                self.image_at(view, plane, pointer, radius, &passes)
            }
            _ => None,
        };
        self.hover.settle(under, session, actions);
        if response.clicked() && !response.double_clicked() {
            let modifiers = ui.input(|input| input.modifiers);
            match under {
                Some(id) if modifiers.command => actions.push(Choose::Click(id, Pick::Toggle).into()),
                Some(id) if modifiers.shift => actions.push(Choose::Click(id, Pick::Add).into()),
                Some(id) => actions.push(Choose::Click(id, Pick::Replace).into()),
                None if !session.opened.chosen.selection.is_empty() && !modifiers.any() => {
                    actions.push(Choose::ClearSelection.into());
                }
                None => {}
            }
        }
        if let Some(id) = under {
            response.clone().on_hover_cursor(egui::CursorIcon::PointingHand);
            let is_thumbnail = self.thumbnails.iter().any(|(_, shown)| *shown == id);
            // At once: one wanders over a map, one does not wait on each point.
            Tooltip::for_widget(response).at_pointer().gap(14.0).show(|ui| {
                caption(ui, session, id, is_thumbnail, thumbs);
            });
        } else if self.is_lasso && pointer.is_some() {
            response.clone().on_hover_cursor(egui::CursorIcon::Crosshair);
        }
    }

    /// The image drawn at `pointer`: a thumbnail, or the nearest point within reach.
    fn image_at(
        &self,
        view: Rect,
        plane: &Plane,
        pointer: Pos2,
        radius: f32,
        passes: &impl Fn(usize) -> bool,
    ) -> Option<ImageId> {
        if let Some((_, id)) = self.thumbnails.iter().rev().find(|(rect, _)| rect.contains(pointer)) {
            return Some(*id);
        }
        let to = self.camera.map_from_screen(view, pointer);
        let reach = f64::from(radius + REACH) / self.camera.zoom;
        let row = plane.grid.nearest(&plane.positions, to, reach as f32, passes)?;
        plane.projection.ids.get(row).copied()
    }

    fn draw_loop(
        &mut self,
        ui: &Ui,
        response: &Response,
        view: Rect,
        plane: &Plane,
        passes: &impl Fn(usize) -> bool,
        actions: &mut Vec<Action>,
    ) {
        let modifiers = ui.input(|input| input.modifiers);
        if response.drag_started_by(PointerButton::Primary) && (self.is_lasso || modifiers.shift) {
            let from = ui.input(|input| input.pointer.press_origin()).or(response.interact_pointer_pos());
            self.lasso = from.map(|pos| self.camera.map_from_screen(view, pos)).into_iter().collect();
        }
        if self.lasso.is_empty() {
            return;
        }
        if let Some(pos) = response.interact_pointer_pos() {
            let last = self.lasso.last().map(|&corner| self.camera.screen_from_map(view, corner));
            if last.is_none_or(|last: Pos2| last.distance(pos) >= CORNER_SPACING) {
                let inside = pos2(pos.x.clamp(view.left(), view.right()), pos.y.clamp(view.top(), view.bottom()));
                self.lasso.push(self.camera.map_from_screen(view, inside));
            }
        }
        if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            self.lasso.clear();
        } else if response.drag_stopped() || !ui.input(|input| input.pointer.any_down()) {
            let ids = images_inside(plane, &self.lasso, passes);
            self.lasso.clear();
            let is_adding = modifiers.command || (self.is_lasso && modifiers.shift);
            if !ids.is_empty() || !is_adding {
                actions.push(Choose::PickMany(ids, if is_adding { Pick::Add } else { Pick::Replace }).into());
            }
        }
    }
}

fn is_shown(session: &Session, id: ImageId) -> bool {
    session.image(id).is_some_and(|image| session.opened.passes(image))
}

/// The thumbnail with name, label and score.
fn caption(ui: &mut Ui, session: &Session, id: ImageId, is_thumbnail: bool, thumbs: &mut Thumbnails) {
    ui.set_max_width(220.0);
    let palette = theme::palette();
    if !is_thumbnail && let Some((texture, size)) = thumbs.get(id) {
        let scale = (180.0 / size.x.max(size.y).max(1.0)).min(2.0);
        ui.add(
            egui::Image::new((texture, size)).fit_to_exact_size(size * scale).corner_radius(3.0).alt_text("picture"),
        );
    }
    let Some(image) = session.image(id) else { return };
    ui.label(egui::RichText::new(image.path.file_name()).color(palette.strong));
    if let Some(label) = image.label {
        ui.label(egui::RichText::new(label).color(palette.weak));
    }
    let score = session.opened.neighbours.as_ref().and_then(|list| {
        let neighbour = list.neighbours.iter().find(|neighbour| neighbour.image == id)?;
        Some(format!("{} {:.3} to the probe", list.wish.measure(), neighbour.score))
    });
    if let Some(score) = score {
        ui.label(egui::RichText::new(score).color(palette.weak));
    }
    if session.opened.projection.as_ref().is_some_and(|map| map.was_placed(id)) {
        ui.label(egui::RichText::new("Placed after the map was made").color(palette.weak));
    }
}

//! Hover, click and what is drawn on the map.

use std::sync::Arc;

use eframe::egui::{self, PointerButton, Pos2, Rect, Response, Ui, Vec2, pos2, vec2};

use super::OneMap;
use super::common::Common;
use super::plane::Plane;
use super::tool::{Drawing, Tool};
use crate::domain::{ImageId, ImageSet};
use crate::session::{Action, Choose, Colouring, Pick, Session};
use crate::ui::command::Command;
use crate::ui::later::{Asked, Later};
use crate::ui::theme;
use crate::ui::thumbnails::{SmallThumbnail, Thumbnails};
use crate::ui::widgets::{asked_menu, bubble, tile};

/// How far from a point the pointer may be, in points of the screen, beyond the point's radius.
const REACH: f32 = 7.0;

/// The same of the middle of the view, where the keyboard is the map's.
const KEY_REACH: f32 = 24.0;

/// How far a stroke reaches from its middle, in points of the screen.
const BRUSH_REACH: f32 = 24.0;

/// Of so many points those that are taken in are found within a frame.
const AT_ONCE: usize = 20_000;

/// Longer side of the picture that is told of, in points.
const CAPTION_SIDE: f32 = 180.0;

/// Height of what is said below it, in points, as a rule.
const CAPTION_WORDS: f32 = 84.0;

/// Corners of a loop are at least so far apart, in points of the screen.
const CORNER_SPACING: f32 = 3.0;

impl OneMap {
    /// Turns what the pointer does into wishes; says which image it is over.
    pub(super) fn point_at(
        &mut self,
        ui: &Ui,
        response: &Response,
        view: Rect,
        plane: &Arc<Plane>,
        radius: f32,
        common: &mut Common<'_>,
    ) -> Option<ImageId> {
        self.draw(ui, response, view, plane, common.handling.tool);
        self.take_picks(ui, common.actions);

        let pointer = response.hover_pos().filter(|pos| !self.legend_rect.is_some_and(|legend| legend.contains(*pos)));
        let is_by_keys = self.is_by_keys(response);
        let (at, reach) = if is_by_keys { (Some(view.center()), KEY_REACH) } else { (pointer, REACH) };
        let under = match at {
            // What is on its way is nowhere to be pointed at.
            Some(at) if self.drawing.is_none() && !response.dragged() && !self.morphing.is_on_its_way() => {
                self.image_at(view, plane, at, radius + reach)
            }
            _ => None,
        };
        self.is_over_image = under.is_some();
        self.in_middle = under.filter(|_| is_by_keys);
        if let Some(id) = under {
            asked_menu::offer(response, id);
        }
        if response.double_clicked() && under.is_some() {
            common.commands.push(Command::LookInside);
        }
        let Common { session, thumbs, actions, handling, .. } = common;
        if response.clicked() && !response.double_clicked() {
            let modifiers = ui.input(|input| input.modifiers);
            match under {
                Some(id) if modifiers.command => actions.push(Choose::Click(id, Pick::Toggle).into()),
                // Keys select, as everywhere; but there is no order here in which pictures could lie between two others.
                Some(id) if modifiers.alt => actions.push(Choose::AddToSelection(id, Pick::Remove).into()),
                Some(id) if modifiers.shift => actions.push(Choose::AddToSelection(id, Pick::Add).into()),
                Some(id) => actions.push(Choose::Click(id, Pick::Replace).into()),
                // No key clears it by the way: there is one for that.
                None if !session.opened.chosen.selection.is_empty() && !modifiers.any() && !is_by_keys => {
                    actions.push(Choose::ClearSelection.into());
                }
                None => {}
            }
        }
        if let Some(id) = under.filter(|_| !is_by_keys) {
            response.clone().on_hover_cursor(egui::CursorIcon::PointingHand);
            // At once: one wanders over a map, one does not wait on each point. What one points at is not to be covered.
            let at_pointer = pointer.map(|pos| Rect::from_center_size(pos, Vec2::splat(2.0 * (radius + REACH))));
            let about = self.pictures.rect_of(id).or(at_pointer).unwrap_or(view);
            bubble::show_beside(response, about, vec2(CAPTION_SIDE, CAPTION_SIDE + CAPTION_WORDS), |ui| {
                caption(ui, session, plane, id, thumbs);
            });
        } else if handling.tool != Tool::Move && pointer.is_some() {
            response.clone().on_hover_cursor(egui::CursorIcon::Crosshair);
        }
        under
    }

    /// The image drawn at `pointer`: a thumbnail, or the nearest point within reach.
    fn image_at(&self, view: Rect, plane: &Plane, pointer: Pos2, reach: f32) -> Option<ImageId> {
        self.pictures.under(pointer).or_else(|| {
            let to = self.camera.map_from_screen(view, pointer);
            let reach = f64::from(reach) / self.camera.zoom;
            plane.tiles.nearest(to, reach as f32, |id| self.colours.passes(id))
        })
    }

    /// Follows a drag that draws, and asks what it takes in when it ends.
    fn draw(&mut self, ui: &Ui, response: &Response, view: Rect, plane: &Arc<Plane>, chosen: Tool) {
        let modifiers = ui.input(|input| input.modifiers);
        let tool = match chosen {
            Tool::Move if modifiers.shift || modifiers.alt => Tool::Lasso,
            tool @ (Tool::Move | Tool::Lasso | Tool::Rectangle | Tool::Brush) => tool,
        };
        let can_draw = tool != Tool::Move && !self.morphing.is_on_its_way();
        if can_draw && response.drag_started_by(PointerButton::Primary) {
            let from = ui.input(|input| input.pointer.press_origin()).or(response.interact_pointer_pos());
            let reach = (f64::from(BRUSH_REACH) / self.camera.zoom) as f32;
            self.drawing = from.map(|pos| Drawing::begin(tool, self.camera.map_from_screen(view, pos), reach));
        }
        let Some(drawing) = &mut self.drawing else { return };
        if let Some(pos) = response.interact_pointer_pos() {
            let last = self.camera.screen_from_map(view, drawing.last());
            if last.distance(pos) >= CORNER_SPACING {
                let inside = pos2(pos.x.clamp(view.left(), view.right()), pos.y.clamp(view.top(), view.bottom()));
                drawing.lead_to(self.camera.map_from_screen(view, inside));
            }
        }
        if ui.input(|input| input.key_pressed(egui::Key::Escape)) {
            self.drawing = None;
        } else if response.drag_stopped() || !ui.input(|input| input.pointer.any_down()) {
            let shape = drawing.shape();
            self.drawing = None;
            let pick = match chosen {
                // Without a tool shift alone only begins the loop.
                Tool::Move if !modifiers.alt && !modifiers.command => Pick::Replace,
                Tool::Move | Tool::Lasso | Tool::Rectangle | Tool::Brush => tile::pick_of_set(modifiers),
            };
            let (plane, passing) = (plane.clone(), self.colours.passing().cloned());
            self.pick_later(ui, pick, plane.tiles.len(), move || {
                let images = shape.images(&plane);
                passing.map_or(images.clone(), |passing| images.intersection(&passing))
            });
        }
    }

    /// Selects all images of a class.
    pub(super) fn pick_class(
        &mut self,
        ui: &Ui,
        session: &Session,
        colouring: Colouring,
        tags: &[String],
        class: u16,
        pick: Pick,
    ) {
        let opened = &session.opened;
        let (classes, count) = (self.colours.classes().clone(), opened.images.len());
        if colouring == Colouring::Tag {
            // An image with several tags has the colour of one of them only.
            let name = tags.get(usize::from(class).wrapping_sub(1)).cloned();
            let (tags, name) = (opened.tags.clone(), name.unwrap_or_default());
            let bearers = move || tags.set_of(&name);
            return self.pick_later(ui, pick, count, bearers);
        }
        if colouring == Colouring::Label && !self.colours.is_complete(session) {
            // A large collection is still being looked through: its records know already.
            let place = usize::from(class).checked_sub(1);
            let label = place.and_then(|place| opened.images.label_places().label(place)).map(str::to_owned);
            let images = opened.images.clone();
            return self.pick_later(ui, pick, count, move || images.with_label(label.as_deref()).collect());
        }
        self.pick_later(ui, pick, count, move || classes.images_of(class, count).collect());
    }

    fn pick_later(&mut self, ui: &Ui, pick: Pick, among: usize, find: impl FnOnce() -> ImageSet + Send + 'static) {
        self.picks.push_back((pick, Later::begin(ui.ctx(), among <= AT_ONCE, find)));
    }

    /// Takes up what was found of what was drawn, in the order in which it was.
    fn take_picks(&mut self, ui: &Ui, actions: &mut Vec<Action>) {
        while let Some((pick, later)) = self.picks.pop_front() {
            match later.ask() {
                Asked::Here(images) => actions.push(Choose::PickSet(images, pick).into()),
                Asked::NotYet(later) => {
                    self.picks.push_front((pick, later));
                    break;
                }
                Asked::Never => ui.ctx().request_repaint(),
            }
        }
    }
}

/// The thumbnail with name, label and score.
fn caption(ui: &mut Ui, session: &Session, plane: &Plane, id: ImageId, thumbs: &mut Thumbnails) {
    ui.set_max_width(220.0);
    let palette = theme::palette();
    // What the map shows of it stands here until there is more.
    let found = thumbs.look_up_small(id, CAPTION_SIDE * ui.pixels_per_point());
    if let SmallThumbnail::Ready { texture, uv, size_px: size } = found {
        let scale = (CAPTION_SIDE / size.x.max(size.y).max(1.0)).min(2.0);
        let image = egui::Image::new((texture, size)).uv(uv).fit_to_exact_size(size * scale);
        ui.add(image.corner_radius(3.0).alt_text("picture"));
    }
    let Some(image) = session.image(id) else { return };
    ui.label(egui::RichText::new(tile::name_beside_label(image)).color(palette.strong));
    if let Some(label) = image.label {
        ui.label(egui::RichText::new(label).color(palette.weak));
    }
    let score = session.opened.neighbours.as_ref().and_then(|list| {
        let neighbour = list.neighbours.iter().find(|neighbour| neighbour.image == id)?;
        Some(format!("{} {:.3} to the picture looked at", list.wish.measure(), neighbour.score))
    });
    if let Some(score) = score {
        ui.label(egui::RichText::new(score).color(palette.weak));
    }
    if image.problem.is_none() {
        let (more, less) = (Command::MoreLike.with_keys("More like it"), Command::LessLike.with_keys("less like it"));
        ui.label(egui::RichText::new(format!("{more}, {less}")).small().color(palette.weak));
    }
    if plane.projection.was_placed(id) {
        ui.label(egui::RichText::new("Placed after the map was made").color(palette.weak));
    }
}

//! All images on a plane: near each other where the network finds them alike.

mod camera;
mod colours;
mod empty;
mod later;
mod legend;
mod morphing;
mod overlay;
mod pictures;
mod plane;
mod planning;
mod pointing;
mod quantiles;
mod scale;
mod shape;
mod tool;
mod toolbar;
mod unplaced;

use std::collections::VecDeque;
use std::sync::Arc;

use eframe::egui::{self, Pos2, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::domain::{ImageId, ImageSet};
use crate::engine::{AnalysisKind, Collection};
use crate::session::{Action, Ask, Colouring, Pick, Session};
use crate::ui::command::Command;
use crate::ui::paint::{self, Drawn, Morph, PointCloud, points};
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::Hover;
use crate::ui::widgets::choice::with_choice;
use crate::ui::widgets::text::counted;

pub use camera::Camera;
use colours::Colours;
use later::Later;
use legend::Legend;
use morphing::Morphing;
use pictures::Pictures;
use plane::DRAWN_MAX;
pub use plane::Plane;
use planning::{Planning, Replaced};
pub use shape::{Shape, is_inside};
use tool::{Drawing, Tool};

/// What one notch of the mouse wheel magnifies by.
const NOTCH_ZOOM: f32 = 1.2;

/// Points drawn of a map that moves, where a program draws it.
const DRAWN_MOVING: usize = 100_000;

/// What has not moved for so long is at rest.
const REST_SECS: f64 = 0.25;

/// How the map is looked at; what is chosen on it is in the session.
#[derive(Default)]
pub struct MapView {
    planning: Planning,
    colours: Colours,
    /// Whose images they are: a number means another image in another collection.
    collection: Option<Arc<Collection>>,
    camera: Camera,
    /// Whether the person moved the map; until then it always fits the view.
    is_moved: bool,
    /// What a plain drag does.
    tool: Tool,
    /// What is being drawn.
    drawing: Option<Drawing>,
    /// What was drawn, while it is found out which images it takes in.
    picks: VecDeque<(Pick, Later<ImageSet>)>,
    /// The class under the pointer in the legend.
    highlighted: Option<u16>,
    hover: Hover,
    /// Whether the picture that was clicked is to be looked inside of.
    looks_inside: bool,
    pictures: Pictures,
    morphing: Morphing,
    /// Whether it is all points, without pictures.
    is_bare: bool,
    /// Whether lines lead from the image under the pointer to those most like it.
    is_lined: bool,
    /// The image of which those were asked.
    lined: Option<ImageId>,
    /// Where the map was drawn in the last frame.
    view: Option<Rect>,
    legend: Legend,
    /// What the legend covered in the last frame.
    legend_rect: Option<Rect>,
    /// How much of the map the captions covered at the bottom in the last frame, in points.
    below: f32,
    /// What was looked at in the last frame, and since when it has been that.
    seen: Option<(Camera, Option<f32>)>,
    moved_at_secs: f64,
    /// Width all of the toolbar takes in one row, in points, as far as it is known.
    toolbar_width: f32,
}

impl View for MapView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, commands, .. } = cx;
        self.take_projection(ui.ctx(), session);
        let Some(plane) = self.planning.plane.clone() else {
            empty::show(ui, session);
            return;
        };
        if let Some(why) = empty::why_stale(session) {
            empty::show_why(ui, session, why);
        } else {
            toolbar::show(ui, self, &plane, session, actions);
            unplaced::show(ui, session, actions);
            self.show_plane(ui, &plane, session, thumbs, actions);
        }
        if std::mem::take(&mut self.looks_inside) {
            commands.push(Command::LookInside);
        }
    }
}

impl MapView {
    /// Where an image was drawn in the last frame, if it is on the map.
    pub fn screen_pos_of(&self, id: ImageId) -> Option<Pos2> {
        let place = self.morphing.place_of(self.planning.plane.as_ref()?, id)?;
        Some(self.camera.screen_from_map(self.view?, place))
    }

    fn take_projection(&mut self, ctx: &egui::Context, session: &Session) {
        let is_same_collection = match (&self.collection, session.collection()) {
            (Some(known), Some(open)) => Arc::ptr_eq(known, open),
            (None, None) => true,
            _ => false,
        };
        if !is_same_collection {
            let Self { tool, is_bare, is_lined, .. } = *self;
            *self = Self { collection: session.collection().cloned(), tool, is_bare, is_lined, ..Self::default() };
        }
        // Where one looks and what one draws stay while a map settles, and when images are added to it.
        let replaced = self.planning.refresh(ctx, session.opened.projection.as_ref());
        if let Some(Replaced { before, is_same_map: false }) = replaced {
            self.is_moved = false;
            self.drawing = None;
            if let Some(before) = before {
                self.morphing.note(before);
            }
        }
    }

    fn show_plane(
        &mut self,
        ui: &mut Ui,
        plane: &Arc<Plane>,
        session: &Session,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let view = ui.available_rect_before_wrap();
        if !(view.width() >= 16.0 && view.height() >= 16.0) {
            return;
        }
        self.view = Some(view);
        let response = ui.allocate_rect(view, Sense::click_and_drag());
        let about = counted(plane.len(), "image", "images");
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Canvas, true, "Map");
            info.current_text_value = Some(about.clone());
            info
        });
        let covered = vec2(self.legend_rect.map_or(0.0, |legend| view.right() - legend.left()), self.below);
        let fitted = Camera::fitted(plane.half_extent, view.size(), covered);
        self.navigate(ui, &response, view, fitted, plane.half_extent);

        let looks = self.colours.refresh(ui.ctx(), plane, session, self.highlighted);
        let painter = ui.painter_at(view);
        painter.rect_filled(view, 0.0, theme::palette().ground);
        overlay::axes(&painter, &self.camera, view);
        let radius = self.radius(plane.len());
        let morph = self.morphing.refresh(ui.ctx(), plane);
        let most = self.drawn_at_most(ui, session, plane, morph.as_ref());
        let drawn = match &morph {
            Some(_) => plane.tiles.drawn_in([f32::NEG_INFINITY; 2], [f32::INFINITY; 2], most),
            None => self.drawn(plane, view, radius, most),
        };
        let passing = self.colours.drawn();
        painter.add(points(
            ui.scope_id().with("points of the map"),
            view,
            PointCloud {
                tiles: plane.tiles.clone(),
                drawn: drawn.clone(),
                morph,
                looks,
                camera_on_map: self.camera.centre_on_map.map(|x| x as f32),
                zoom: self.camera.zoom as f32,
                radius,
            },
        ));
        let place_of = |id: ImageId| self.morphing.place_of(plane, id);
        overlay::neighbour_lines(&painter, &self.camera, view, place_of, session);
        if self.is_lined {
            overlay::hover_lines(&painter, &self.camera, view, place_of, session);
        }
        if self.is_bare || self.morphing.is_on_its_way() {
            self.pictures.hide();
        } else {
            let has_frames =
                matches!(session.opened.chosen.colouring, Colouring::Label | Colouring::Cluster | Colouring::Tag);
            let (pictures, colours) = (&mut self.pictures, &self.colours);
            pictures.show(&painter, &self.camera, view, plane, session, colours, has_frames, thumbs);
        }
        let place_of = |id: ImageId| self.morphing.place_of(plane, id);
        overlay::rings(&painter, &self.camera, view, place_of, session, radius);
        if let Some(drawing) = &self.drawing {
            overlay::drawing(&painter, &self.camera, view, &drawing.shape());
        }
        let [caption, count] = overlay::captions(&painter, view, plane, session, passing, &drawn);
        let below = (view.bottom() - caption.top().min(count.top())).ceil();
        if below != self.below {
            self.below = below;
            ui.ctx().request_repaint();
        }
        if session.opened.findings.choice(AnalysisKind::Map).is_some() {
            let response = ui.interact(caption, ui.scope_id().with("caption of the map"), Sense::hover());
            with_choice(response, session, AnalysisKind::Map);
        }
        let legend = self.legend.show(ui, view, session, &self.colours, self.highlighted);
        if legend.rect != self.legend_rect || legend.under != self.highlighted {
            ui.ctx().request_repaint();
        }
        (self.legend_rect, self.highlighted) = (legend.rect, legend.under);
        if let Some((class, pick)) = legend.picked {
            self.pick_class(ui, session, class, pick);
        }
        self.point_at(ui, &response, view, plane, session, radius, thumbs, actions);
        let lined = session.opened.hovered.filter(|_| self.is_lined);
        if self.lined != lined {
            self.lined = lined;
            actions.push(Ask::HoverNeighbours(lined).into());
        }
    }

    /// Pans and zooms, as far as there is a map.
    fn navigate(&mut self, ui: &Ui, response: &egui::Response, view: Rect, fitted: Camera, half_extent: [f32; 2]) {
        if !self.is_moved {
            self.camera = fitted;
        }
        let is_panning = response.dragged_by(egui::PointerButton::Middle)
            || response.dragged_by(egui::PointerButton::Secondary)
            || (response.dragged_by(egui::PointerButton::Primary) && self.drawing.is_none() && self.tool == Tool::Move);
        let is_looping = ui.input(|input| input.modifiers.shift || input.modifiers.alt)
            && response.dragged_by(egui::PointerButton::Primary);
        if is_panning && !is_looping && response.drag_delta() != egui::Vec2::ZERO {
            self.camera.pan(response.drag_delta());
            self.camera.keep_over(half_extent, fitted);
            self.is_moved = true;
        }
        if let Some(pointer) = response.hover_pos() {
            let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta.y, input.zoom_delta()));
            let notch = ui.ctx().options(|options| options.input_options.line_scroll_speed).max(1.0);
            let factor = f64::from(NOTCH_ZOOM.powf(scroll / notch) * pinch);
            if (factor - 1.0).abs() > 1e-6 {
                self.camera.zoom_about(view, pointer, factor, fitted.zoom);
                self.camera.keep_over(half_extent, fitted);
                self.is_moved = true;
            }
        }
        // On a picture it looks inside of that.
        if response.double_clicked() && !self.hover.is_over_one() {
            self.is_moved = false;
            self.camera = fitted;
        }
    }

    /// How many points are drawn: what moves, by a sample where a program draws it, since that takes a second for a million.
    fn drawn_at_most(&mut self, ui: &Ui, session: &Session, plane: &Plane, morph: Option<&Morph>) -> usize {
        let seen = (self.camera, morph.map(|morph| morph.share));
        let now_secs = ui.input(|input| input.time);
        if self.seen.replace(seen) != Some(seen) {
            self.moved_at_secs = now_secs;
        }
        let is_moving = now_secs - self.moved_at_secs < REST_SECS;
        let is_settling = !plane.projection.is_finished() && session.is_analysing();
        if !paint::is_software() || !(is_moving || is_settling) {
            return DRAWN_MAX;
        }
        if is_moving {
            ui.ctx().request_repaint_after_secs(REST_SECS as f32);
        }
        DRAWN_MOVING
    }

    /// Which points the view shows, those that only reach into it among them.
    fn drawn(&self, plane: &Plane, view: Rect, radius: f32, most: usize) -> Drawn {
        let (lower, upper) = self.camera.seen_on_map(view.expand(radius * 2.0 + 2.0));
        plane.tiles.drawn_in(lower, upper, most)
    }

    /// Radius of a plain point, in points: about a quarter of the space there is for each if they were spread evenly.
    fn radius(&self, count: usize) -> f32 {
        let spacing = 2.0 * self.camera.zoom / (count.max(1) as f64).sqrt();
        ((0.22 * spacing) as f32).clamp(1.0, 6.0)
    }
}

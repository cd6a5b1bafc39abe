//! All images on a plane: near each other where the network finds them alike.

mod camera;
mod empty;
mod grid_index;
mod lasso;
mod legend;
mod overlay;
mod plane;
mod pointing;
mod states;
mod toolbar;
mod unplaced;

use std::sync::Arc;

use eframe::egui::{self, Pos2, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::domain::ImageId;
use crate::engine::{AnalysisKind, Collection};
use crate::session::{Action, Colouring, Session};
use crate::ui::paint::{PointCloud, points};
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::Hover;
use crate::ui::widgets::choice::with_choice;
use crate::ui::widgets::text::counted;

pub use camera::Camera;
pub use grid_index::GridIndex;
pub use lasso::is_inside;
use plane::Plane;
use states::States;

/// What one notch of the mouse wheel magnifies by.
const NOTCH_ZOOM: f32 = 1.2;

/// How the map is looked at; what is chosen on it is in the session.
#[derive(Default)]
pub struct MapView {
    plane: Option<Plane>,
    states: States,
    /// Whose images they are: a number means another image in another collection.
    collection: Option<Arc<Collection>>,
    camera: Camera,
    /// Whether the person moved the map; until then it always fits the view.
    is_moved: bool,
    /// Whether a plain drag draws a loop.
    is_lasso: bool,
    /// The loop being drawn, on the map.
    lasso: Vec<[f32; 2]>,
    /// The label under the pointer in the legend.
    highlighted: Option<u32>,
    hover: Hover,
    /// Thumbnails of the last frame, topmost last.
    thumbnails: Vec<(Rect, ImageId)>,
    /// Where the map was drawn in the last frame.
    view: Option<Rect>,
    /// What the legend covered in the last frame.
    legend: Option<Rect>,
    /// How much of the map the captions covered at the bottom in the last frame, in points.
    below: f32,
    /// Width all of the toolbar takes in one row, in points, as far as it is known.
    toolbar_width: f32,
}

impl View for MapView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, thumbs, actions, .. } = cx;
        self.take_projection(session);
        let Some(mut plane) = self.plane.take() else {
            empty::show(ui, session);
            return;
        };
        if let Some(why) = empty::why_stale(session) {
            empty::show_why(ui, session, why);
        } else {
            toolbar::show(ui, self, session, actions);
            unplaced::show(ui, session, actions);
            self.show_plane(ui, &mut plane, session, thumbs, actions);
        }
        self.plane = Some(plane);
    }
}

impl MapView {
    /// Where an image was drawn in the last frame, if it is on the map.
    pub fn screen_pos_of(&self, id: ImageId) -> Option<Pos2> {
        Some(self.camera.screen_from_map(self.view?, self.plane.as_ref()?.position_of(id)?))
    }

    fn take_projection(&mut self, session: &Session) {
        let is_same_collection = match (&self.collection, session.collection()) {
            (Some(known), Some(open)) => Arc::ptr_eq(known, open),
            (None, None) => true,
            _ => false,
        };
        if !is_same_collection {
            *self = Self { collection: session.collection().cloned(), is_lasso: self.is_lasso, ..Self::default() };
        }
        let Some(projection) = &session.opened.projection else {
            self.plane = None;
            return;
        };
        let known = self.plane.as_ref().map(|plane| &plane.projection);
        if known.is_some_and(|known| Arc::ptr_eq(known, projection)) {
            return;
        }
        // A map that settles, or to which images are added, is the same map: where one looks and what one draws stay.
        let is_same_map = known.is_some_and(|known| known.wish == projection.wish);
        self.plane = Some(Plane::new(projection.clone()));
        if !is_same_map {
            self.is_moved = false;
            self.lasso.clear();
        }
    }

    fn show_plane(
        &mut self,
        ui: &mut Ui,
        plane: &mut Plane,
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
        let about = counted(plane.positions.len(), "image", "images");
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Canvas, true, "Map");
            info.current_text_value = Some(about.clone());
            info
        });
        let covered = vec2(self.legend.map_or(0.0, |legend| view.right() - legend.left()), self.below);
        let fitted = Camera::fitted(plane.half_extent, view.size(), covered);
        self.navigate(ui, &response, view, fitted, plane.half_extent);

        let states = self.states.refresh(plane, session, self.highlighted);
        let painter = ui.painter_at(view);
        painter.rect_filled(view, 0.0, theme::palette().ground);
        overlay::axes(&painter, &self.camera, view);
        let radius = self.radius(plane.positions.len());
        let is_dark = theme::palette().is_dark;
        painter.add(points(
            view,
            PointCloud {
                positions: plane.positions.clone(),
                states,
                camera_on_map: self.camera.centre_on_map.map(|x| x as f32),
                zoom: self.camera.zoom as f32,
                radius,
                rim: theme::palette().strong,
                opacity: if is_dark { [0.10, 0.30, 0.88, 1.0] } else { [0.14, 0.38, 0.88, 1.0] },
            },
        ));
        overlay::neighbour_lines(&painter, &self.camera, view, plane, session);
        let by_label = session.opened.chosen.colouring == Colouring::Label;
        let frame_colour = |id| by_label.then(|| self.states.label_colour(id)).flatten();
        let thumbnails = overlay::thumbnails(&painter, &self.camera, view, plane, session, frame_colour, thumbs);
        self.thumbnails = thumbnails;
        overlay::rings(&painter, &self.camera, view, plane, session, radius);
        overlay::lasso(&painter, &self.camera, view, &self.lasso);
        let [caption, count] = overlay::captions(&painter, view, plane, session, self.states.drawn());
        let below = (view.bottom() - caption.top().min(count.top())).ceil();
        if below != self.below {
            self.below = below;
            ui.ctx().request_repaint();
        }
        if session.opened.findings.choice(AnalysisKind::Map).is_some() {
            let response = ui.interact(caption, ui.scope_id().with("caption of the map"), Sense::hover());
            with_choice(response, session, AnalysisKind::Map);
        }
        let legend = legend::show(ui, view, session, &mut self.highlighted, actions);
        if legend != self.legend {
            self.legend = legend;
            ui.ctx().request_repaint();
        }
        self.point_at(ui, &response, view, plane, session, radius, thumbs, actions);
    }

    /// Pans and zooms, as far as there is a map.
    fn navigate(&mut self, ui: &Ui, response: &egui::Response, view: Rect, fitted: Camera, half_extent: [f32; 2]) {
        if !self.is_moved {
            self.camera = fitted;
        }
        let is_panning = response.dragged_by(egui::PointerButton::Middle)
            || response.dragged_by(egui::PointerButton::Secondary)
            || (response.dragged_by(egui::PointerButton::Primary) && self.lasso.is_empty() && !self.is_lasso);
        let is_looping = ui.input(|input| input.modifiers.shift) && response.dragged_by(egui::PointerButton::Primary);
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
        if response.double_clicked() {
            self.is_moved = false;
            self.camera = fitted;
        }
    }

    /// Radius of a plain point, in points: about a quarter of the space there is for each if they were spread evenly.
    fn radius(&self, count: usize) -> f32 {
        let spacing = 2.0 * self.camera.zoom / (count.max(1) as f64).sqrt();
        ((0.22 * spacing) as f32).clamp(1.0, 6.0)
    }
}

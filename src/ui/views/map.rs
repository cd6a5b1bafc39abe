//! All images on a plane: near each other where the network finds them alike. There may be several such maps beside each other, of
//! one selection; this is one of them: where it is looked at, what is drawn on it and what the pointer does there.

mod beginning;
mod beside;
mod camera;
mod colours;
mod common;
mod density;
mod empty;
mod fit;
mod keys;
mod layout;
mod legend;
mod morphing;
mod overlay;
mod parts;
mod pictures;
mod plane;
mod planning;
mod pointing;
mod quantiles;
mod scale;
mod shape;
mod tool;
mod tool_row;
mod toolbar;
mod unplaced;

use std::collections::VecDeque;
use std::sync::Arc;

use eframe::egui::{self, Pos2, Rect, Role, Sense, Ui, WidgetInfo};

use crate::domain::{ImageId, ImageSet};
use crate::session::{Colouring, MapChoice, Pick, Session};
use crate::ui::landmarks::Landmark;
use crate::ui::later::{Later, let_go};
use crate::ui::paint::{self, Drawn, Morph, PointCloud, points};
use crate::ui::theme;
use crate::ui::widgets::shown_chip;

pub use beside::MapView;
pub use camera::Camera;
use colours::Colours;
use common::{Common, Place, Under};
pub use density::Density;
use fit::Fit;
pub use fit::{Room, around};
use keys::Moved;
use legend::Legend;
use morphing::Morphing;
use pictures::Pictures;
use plane::DRAWN_MAX;
pub use plane::Plane;
use planning::{Planning, Replaced};
pub use shape::{Shape, is_inside};
use tool::{Drawing, Tool};
use tool_row::RowForms;

/// What one notch of the mouse wheel magnifies by.
const NOTCH_ZOOM: f32 = 1.2;

/// The share of their opacity that points keep at least where they crowd: paler, they show where most lie, and one alone is still
/// seen.
const PALEST: f32 = 0.4;
/// Points drawn of a map that moves, where a program draws it.
const DRAWN_MOVING: usize = 100_000;

/// What has not moved for so long is at rest.
const REST_SECS: f64 = 0.25;

/// How one of the maps is looked at; what is chosen on it is in the session.
#[derive(Default)]
struct OneMap {
    planning: Planning,
    colours: Colours,
    camera: Camera,
    fit: Fit,
    /// Whether the person moved the map; until then it always fits the view.
    is_moved: bool,
    /// What is being drawn.
    drawing: Option<Drawing>,
    /// What was drawn, while it is found out which images it takes in.
    picks: VecDeque<(Pick, Later<ImageSet>)>,
    pictures: Pictures,
    morphing: Morphing,
    /// Where the map was drawn in the last frame.
    view: Option<Rect>,
    legend: Legend,
    /// What the legend covered in the last frame, and with what is beside it.
    legend_rect: Option<Rect>,
    legend_covers: [Option<Rect>; 2],
    /// What lay over the map in the last frame: legend and captions. No picture shows itself beneath.
    covered: Vec<Rect>,
    /// How much of the map the captions covered at the bottom in the last frame, in points.
    below: f32,
    /// What was looked at in the last frame, and since when it has been that.
    seen: Option<(Camera, Option<f32>)>,
    moved_at_secs: f64,
    /// Whether the pointer was over an image in the last frame.
    is_over_image: bool,
    /// Whether a key was pressed since the pointer moved last.
    keys_lead: bool,
    /// The image in the middle, where the keyboard is the map's.
    in_middle: Option<ImageId>,
    /// What its own row takes.
    row: RowForms,
}

impl OneMap {
    /// One that is drawn as `plane`, and in these colours, from the first moment on, as far as that is known.
    fn beginning_with(plane: Option<Arc<Plane>>, colours: Colours) -> Self {
        Self { planning: Planning::beginning_with(plane), colours, ..Self::default() }
    }

    /// Where an image was drawn in the last frame, if it is on the map.
    fn screen_pos_of(&self, id: ImageId) -> Option<Pos2> {
        let place = self.morphing.place_of(self.planning.plane.as_ref()?, id)?;
        Some(self.camera.screen_from_map(self.view?, place))
    }

    /// Takes up what is known of the map.
    fn take_projection(&mut self, ctx: &egui::Context, session: &Session, map: &MapChoice) {
        // Where one looks and what one draws stay while a map settles, and when images are added to it.
        let replaced = self.planning.refresh(ctx, session.opened.projection_of(map.number));
        let Some(Replaced { before, is_same_map }) = replaced else { return };
        if is_same_map {
            // What nobody needs any more: some tens of megabytes, five times a second.
            return let_go(before);
        }
        self.is_moved = false;
        self.drawing = None;
        if let Some(before) = before {
            self.morphing.note(before);
        }
    }

    /// Draws it, or says why there is nothing to draw.
    fn show(&mut self, ui: &mut Ui, map: &MapChoice, place: Place, common: &mut Common<'_>) -> Under {
        let session = common.session;
        let plane = self.planning.plane.clone();
        let why = empty::why_not(session, map, plane.is_some());
        if why.as_ref().is_none_or(|why| why.is_by_method) || !place.is_alone() || map.layer.is_some() {
            toolbar::show(ui, self, map, place, common, plane.as_deref().filter(|_| why.is_none()));
        }
        match (plane, why) {
            (Some(plane), None) => {
                unplaced::show(ui, session, map.number, common.actions);
                self.show_plane(ui, &plane, map, place, common)
            }
            (_, why) => {
                self.pictures.hide();
                if let Some(why) = why {
                    empty::show_why(ui, session, why, common.actions);
                }
                Under::default()
            }
        }
    }

    fn show_plane(
        &mut self,
        ui: &mut Ui,
        plane: &Arc<Plane>,
        map: &MapChoice,
        place: Place,
        common: &mut Common<'_>,
    ) -> Under {
        let (session, handling) = (common.session, *common.handling);
        let view = ui.available_rect_before_wrap().intersect(common.room);
        if !(view.width() >= 16.0 && view.height() >= 16.0) {
            return Under::default();
        }
        self.view = Some(view);
        Landmark::Map.mark(ui, view);
        let response = ui.allocate_rect(view, Sense::click_and_drag());
        let (name, about) = (place.name(), keys::in_words(plane.len(), self.in_middle, session));
        response.widget_info(|| WidgetInfo {
            current_text_value: Some(about.clone()),
            ..WidgetInfo::labeled(Role::Canvas, true, &name)
        });
        let fitted = self.fitted(plane, view);
        self.navigate(ui, &response, view, fitted, plane.half_extent, handling.tool);

        let mut looks = self.colours.refresh(ui.ctx(), plane, session, map.colouring, common.tags, common.highlighted);
        // What is drawn is what is explained: other colours may be on their way.
        let colouring = self.colours.by().unwrap_or(map.colouring);
        let highlighted = common.highlighted.filter(|(by, _)| *by == colouring).map(|(_, class)| class);
        let [_, _, plain, _] = &mut looks.opacity;
        *plain *= self.room_for_each(plane.len()).clamp(PALEST, 1.0);
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
            ui.ctx(),
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
        if handling.is_lined {
            overlay::hover_lines(&painter, &self.camera, view, place_of, session);
        }
        if handling.is_bare || self.morphing.is_on_its_way() {
            self.pictures.hide();
        } else {
            let has_frames =
                matches!(colouring, Colouring::Label | Colouring::Cluster | Colouring::Tag | Colouring::Split);
            let (pictures, colours, thumbs) = (&mut self.pictures, &self.colours, &mut *common.thumbs);
            let (camera, covered) = (&self.camera, &self.covered);
            pictures.show(&painter, camera, view, covered, plane, session, colours, has_frames, highlighted, thumbs);
        }
        overlay::rings(&painter, &self.camera, view, place_of, |id| self.pictures.rect_of(id), session, radius);
        if let Some(drawing) = &self.drawing {
            overlay::drawing(&painter, &self.camera, view, &drawing.shape());
        }
        let ([caption, count], whole) = overlay::captions(&painter, view, plane, session, passing, &drawn);
        let below = (view.bottom() - caption.top().min(count.top())).ceil();
        if below != self.below {
            self.below = below;
            ui.ctx().request_repaint();
        }
        if handling.is_lined {
            overlay::why_no_lines(&painter, view, place_of, session);
        }
        let choice = session.opened.maps.get(&map.number).and_then(|state| state.choice.as_ref());
        let is_judged = plane.projection.faithfulness.is_some();
        let hovered = ui.interact(caption, ui.scope_id().with("caption of the map"), Sense::hover());
        hovered.on_hover_ui(|ui| {
            ui.label(&whole);
            if is_judged {
                ui.label(overlay::ABOUT_TRUST);
            }
            if let Some(choice) = choice {
                ui.label(&choice.reason);
            }
        });
        // Colours that two maps have in common are explained once.
        let legend = match common.explained.contains(&colouring) {
            true => legend::Shown::default(),
            false => self.legend.show(ui, view, plane, session, colouring, &self.colours, common.tags, highlighted),
        };
        if legend.rect.is_some() && self.legend.is_open {
            common.explained.push(colouring);
        }
        let beside_legend = view.shrink(10.0).with_max_x(legend.covers[1].or(legend.rect).unwrap_or(view).left() - 6.0);
        let free = if legend.rect.is_some() { beside_legend } else { view.shrink(10.0) };
        let is_first = (place.index == 0).then_some(free);
        let chip = is_first.and_then(|room| shown_chip::show_over(ui, room, session, "Map", common.actions));
        let over = [caption, count].into_iter().chain(legend.covers.into_iter().flatten()).chain(chip);
        if !self.covered.iter().copied().eq(over.clone()) {
            self.covered = over.collect();
            ui.ctx().request_repaint();
        }
        if legend.rect != self.legend_rect || (legend.rect.is_some() && legend.under != highlighted) {
            ui.ctx().request_repaint();
        }
        (self.legend_rect, self.legend_covers) = (legend.rect, legend.covers);
        if let Some((class, pick)) = legend.picked {
            self.pick_class(ui, session, colouring, common.tags, class, pick);
        }
        self.note_who_leads(&response);
        if self.is_by_keys(&response) {
            keys::mark(&painter, view);
        }
        let image = self.point_at(ui, &response, view, plane, radius, common);
        Under { image, class: legend.under.map(|class| (colouring, class)) }
    }

    /// Pans and zooms, as far as there is a map.
    fn navigate(
        &mut self,
        ui: &Ui,
        response: &egui::Response,
        view: Rect,
        fitted: Camera,
        half_extent: [f32; 2],
        tool: Tool,
    ) {
        if !self.is_moved {
            self.camera = fitted;
        }
        let is_panning = response.dragged_by(egui::PointerButton::Middle)
            || response.dragged_by(egui::PointerButton::Secondary)
            || (response.dragged_by(egui::PointerButton::Primary) && self.drawing.is_none() && tool == Tool::Move);
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
        match keys::pressed(ui.ctx(), response.id, view) {
            Some(Moved::By(by)) => {
                self.camera.pan(by);
                self.camera.keep_over(half_extent, fitted);
                self.is_moved = true;
            }
            Some(Moved::Magnified(factor)) => {
                self.camera.zoom_about(view, view.center(), factor, fitted.zoom);
                self.camera.keep_over(half_extent, fitted);
                self.is_moved = true;
            }
            Some(Moved::Fitted) => {
                self.is_moved = false;
                self.camera = fitted;
            }
            None => {}
        }
        // On a picture it looks inside of that.
        if response.double_clicked() && !self.is_over_image {
            self.is_moved = false;
            self.camera = fitted;
        }
    }

    /// A pointer that rests on the map does not speak when keys do.
    fn note_who_leads(&mut self, response: &egui::Response) {
        let (is_pointed, is_typed) = response.ctx.input(|input| {
            let is_pressed = |event: &egui::Event| matches!(event, egui::Event::Key { pressed: true, .. });
            let pointer = &input.pointer;
            (pointer.delta() != egui::Vec2::ZERO || pointer.any_down(), input.events.iter().any(is_pressed))
        });
        if is_pointed {
            self.keys_lead = false;
        } else if is_typed && response.has_focus() {
            self.keys_lead = true;
        }
    }

    /// Whether the keyboard is the map's, and no pointer is at work on it.
    fn is_by_keys(&self, response: &egui::Response) -> bool {
        response.has_focus() && (self.keys_lead || response.hover_pos().is_none())
    }

    /// How many points are drawn: what moves, by a sample where a program draws it, since that takes a second for a million.
    fn drawn_at_most(&mut self, ui: &Ui, session: &Session, plane: &Plane, morph: Option<&Morph>) -> usize {
        let seen = (self.camera, morph.map(|morph| morph.share));
        let now_secs = ui.input(|input| input.time);
        if self.seen.replace(seen) != Some(seen) {
            self.moved_at_secs = now_secs;
        }
        let is_moving = now_secs - self.moved_at_secs < REST_SECS;
        let is_settling = !plane.projection.is_finished() && session.opened.is_at_map();
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

    /// Radius of a plain point, in points.
    fn radius(&self, count: usize) -> f32 {
        self.room_for_each(count).clamp(1.0, 6.0)
    }

    /// About a quarter of the space there is for each point if they were spread evenly, in points.
    fn room_for_each(&self, count: usize) -> f32 {
        let spacing = 2.0 * self.camera.zoom / (count.max(1) as f64).sqrt();
        (0.22 * spacing) as f32
    }
}

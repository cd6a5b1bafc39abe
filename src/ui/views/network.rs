//! The network itself: every layer a box, every value a line.

mod boxes;
mod camera;
mod family;
mod hint;
mod keys;
pub mod layout;
mod legend;
mod lines;
mod toolbar;

use std::collections::HashSet;
use std::sync::Arc;

use eframe::egui::{
    self, CursorIcon, Id, Pos2, Rect, Response, Role, Sense, Tooltip, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use crate::domain::{Layer, LayerTitles};
use crate::engine::Collection;
use crate::session::{Action, Choose, Session};
use crate::ui::theme::{self, palette};
use crate::ui::views::{View, ViewContext};
use crate::ui::widgets::empty::empty_state;
use crate::ui::widgets::text::{counted, shape_text};

use boxes::Marks;
use camera::Camera;
pub use family::Family;
use layout::{BOX_HEIGHT, BOX_WIDTH, Layout, Rows};

/// What one notch of the mouse wheel magnifies by.
const NOTCH_ZOOM: f32 = 1.2;

/// How quickly the drawing glides to a layer that was chosen elsewhere, per second.
const GLIDE_RATE: f32 = 14.0;

/// How the network is looked at; which layer is in the session.
#[derive(Default)]
pub struct NetworkView {
    drawing: Option<Drawing>,
    camera: Camera,
    /// Whether the person moved the drawing; until then it always fits the view.
    is_moved: bool,
    /// The size of the view the drawing was folded for.
    folded_for: Vec2,
    /// Words the names of layers that stand out must contain.
    search: String,
    /// The current layer of the last frame, and the size of the view.
    current: Option<(usize, Vec2)>,
    /// Where the middle of the view is on its way to.
    glide: Option<[f32; 2]>,
}

/// The drawing of one network.
struct Drawing {
    collection: Arc<Collection>,
    rows: Rows,
    layout: Layout,
    families: Vec<Family>,
    stored: HashSet<String>,
}

impl Drawing {
    fn new(collection: &Arc<Collection>) -> Self {
        Self {
            rows: Rows::new(collection.layers.iter().map(|layer| &layer.inputs[..])),
            layout: Layout::default(),
            families: legend::families_of(&collection.layers),
            stored: collection.stored.iter().map(|stored| stored.layer.clone()).collect(),
            collection: collection.clone(),
        }
    }

    fn rect(&self, camera: &Camera, view: Rect, index: usize) -> Rect {
        box_rect(camera, view, self.layout.boxes[index])
    }
}

impl View for NetworkView {
    fn show(&mut self, ui: &mut Ui, cx: ViewContext<'_>) {
        let ViewContext { session, actions, .. } = cx;
        let Some(collection) = session.collection() else {
            empty_state(
                ui,
                "No network yet",
                "Open a folder: the network it is looked at through appears here.",
                |_| {},
            );
            return;
        };
        let mut drawing = match self.drawing.take() {
            Some(drawing) if Arc::ptr_eq(&drawing.collection, collection) => drawing,
            _ => {
                *self = Self::default();
                Drawing::new(collection)
            }
        };
        toolbar::show(ui, self, collection, session, actions);
        self.show_drawing(ui, &mut drawing, session, actions);
        self.drawing = Some(drawing);
    }
}

impl NetworkView {
    /// Shows the whole network from now on.
    fn fit(&mut self) {
        self.is_moved = false;
        self.glide = None;
    }

    /// The layers searched for.
    fn found(&self, collection: &Collection, titles: &LayerTitles) -> Vec<usize> {
        let wanted = self.search.trim().to_lowercase();
        let fits = |index: &usize| fits(&collection.layers[*index], titles.name(*index), &wanted);
        (0..collection.layers.len()).filter(fits).collect()
    }

    fn show_drawing(&mut self, ui: &mut Ui, drawing: &mut Drawing, session: &Session, actions: &mut Vec<Action>) {
        let all = ui.available_rect_before_wrap();
        let view = Rect::from_min_max(all.min, all.max - vec2(0.0, legend::HEIGHT));
        if !(view.width() >= 16.0 && view.height() >= 16.0) {
            return;
        }
        let response = ui.allocate_rect(view, Sense::click_and_drag());
        let about = counted(drawing.collection.layers.len(), "layer", "layers");
        response.widget_info(|| {
            let mut info = WidgetInfo::labeled(Role::Canvas, true, "Layers of the network");
            info.current_text_value = Some(about.clone());
            info
        });
        if !self.is_moved && self.folded_for != view.size() {
            drawing.layout = drawing.rows.folded(view.size().into());
            self.folded_for = view.size();
        }
        self.navigate(ui, &response, view, drawing);
        self.follow(ui, view, drawing, session.opened.chosen.layer);
        if response.clicked() {
            response.request_focus();
        }
        let next = keys::step(ui.ctx(), response.id, &drawing.collection, &drawing.layout, session.opened.chosen.layer);
        actions.extend(next.map(|layer| Choose::Layer(layer).into()));

        let strip = Rect::from_min_max(pos2(all.left(), view.bottom()), all.max);
        let has_dots = boxes::has_dot(BOX_HEIGHT * self.camera.zoom);
        legend::draw(&ui.painter().with_clip_rect(strip), strip, &drawing.families, has_dots);
        ui.painter_at(view).rect_filled(view, 4.0, palette().ground);
        let mut ui = ui.new_child(egui::UiBuilder::new().max_rect(view));
        ui.set_clip_rect(view.intersect(ui.clip_rect()));
        let hovered = self.show_layers(&mut ui, view, drawing, session, actions);
        if hovered.is_none() && response.dragged() {
            ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
        }
    }

    /// Draws lines and boxes; says which box is under the pointer.
    fn show_layers(
        &self,
        ui: &mut Ui,
        view: Rect,
        drawing: &Drawing,
        session: &Session,
        actions: &mut Vec<Action>,
    ) -> Option<usize> {
        let Drawing { collection, layout, stored, .. } = drawing;
        let seen = self.camera.seen(view).expand2(vec2(BOX_WIDTH, BOX_HEIGHT) / 2.0);
        let is_seen = |&[x, y]: &[f32; 2]| seen.contains(pos2(x, y));
        let visible: Vec<(usize, Response)> = (0..collection.layers.len())
            .filter(|&index| layout.boxes.get(index).is_some_and(is_seen))
            .map(|index| {
                let rect = drawing.rect(&self.camera, view, index);
                // No stop of the tab key each: arrows lead from one to the next.
                (index, ui.interact(rect, Id::unique("layer of the network").with(index), Sense::CLICK))
            })
            .collect();
        let current = session.opened.chosen.layer;
        let hovered = visible.iter().find(|(_, response)| response.hovered()).map(|(index, _)| *index);
        let mut marked = vec![(current, theme::accent())];
        marked.extend(hovered.filter(|&index| index != current).map(|index| (index, theme::hovered())));
        lines::draw(ui.painter(), &self.camera, view, &layout.wires, &marked);
        if let Some(picture) = layout.picture.filter(is_seen) {
            boxes::draw_picture(ui.painter(), box_rect(&self.camera, view, picture));
        }
        let wanted = self.search.trim().to_lowercase();
        let secs = session.opened.layer_secs.as_deref();
        let slowest = secs.map_or(0.0, |secs| secs.iter().copied().fold(0.0, f64::max));
        for (index, response) in visible {
            let layer = &collection.layers[index];
            let marks = Marks {
                is_current: index == current,
                is_hovered: hovered == Some(index),
                is_stored: stored.contains(&layer.name),
                is_dimmed: !fits(layer, session.opened.layer_titles.name(index), &wanted),
                secs: secs.and_then(|secs| secs.get(index).copied()),
                slowest,
            };
            let title = session.opened.layer_titles.name(index);
            let (_, part) = session.opened.layer_titles.block_and_part(index);
            let (_, kind) = session.opened.layer_titles.part_and_kind(index);
            let names = [title, part, kind];
            boxes::draw(ui.painter(), drawing.rect(&self.camera, view, index), layer, names, marks);
            response.widget_info(|| {
                let mut info = WidgetInfo::selected(Role::Button, true, marks.is_current, title);
                info.current_text_value = Some(format!("{}, {}, {}", layer.name, layer.kind, shape_text(layer.shape)));
                info
            });
            if response.clicked() {
                actions.push(Choose::Layer(index).into());
            }
            if marks.is_hovered {
                ui.ctx().set_cursor_icon(CursorIcon::PointingHand);
                // At once: one wanders over a drawing, one does not wait on each box.
                Tooltip::for_widget(&response).at_pointer().gap(14.0).show(|ui| {
                    hint::show(ui, collection, &session.opened.layer_titles, index, marks.is_stored, marks.secs);
                });
            }
        }
        hovered
    }

    /// Pans and zooms, as far as there is a drawing.
    fn navigate(&mut self, ui: &Ui, response: &Response, view: Rect, drawing: &Drawing) {
        let size = drawing.layout.size;
        let fitted = Camera::fitted(size, view.size());
        if !self.is_moved {
            self.camera = fitted;
        }
        if response.dragged() && response.drag_delta() != Vec2::ZERO {
            self.camera.pan(response.drag_delta());
            self.stay(size);
        }
        // Asked of the pointer and not of the response: over a box that is the box's.
        let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|pos| is_over(ui, response, view, *pos));
        if let Some(pointer) = pointer {
            let (scroll, pinch) = ui.input(|input| (input.smooth_scroll_delta, input.zoom_delta()));
            let notch = ui.ctx().options(|options| options.input_options.line_scroll_speed).max(1.0);
            let factor = NOTCH_ZOOM.powf(scroll.y / notch) * pinch;
            if (factor - 1.0).abs() > 1e-5 {
                self.camera.zoom_about(view, pointer, factor, fitted.zoom);
                self.stay(size);
            }
            if scroll.x != 0.0 {
                self.camera.pan(vec2(scroll.x, 0.0));
                self.stay(size);
            }
            if ui.input(|input| input.pointer.button_double_clicked(egui::PointerButton::Primary)) {
                self.fit();
                self.camera = fitted;
            }
        }
    }

    /// The person has moved the drawing.
    fn stay(&mut self, size: [f32; 2]) {
        self.camera.keep_over(size);
        self.is_moved = true;
        self.glide = None;
    }

    /// Brings the current layer into view if it lies outside since it was chosen elsewhere or since the view was resized.
    fn follow(&mut self, ui: &Ui, view: Rect, drawing: &Drawing, current: usize) {
        let Some(&place) = drawing.layout.boxes.get(current) else { return };
        let was = self.current.replace((current, view.size()));
        let is_inside = view.shrink(8.0).contains_rect(box_rect(&self.camera, view, place));
        if was.is_some_and(|was| was != (current, view.size())) && self.is_moved && !is_inside {
            self.glide = Some(place);
        }
        let Some(target) = self.glide else { return };
        let step = 1.0 - (-GLIDE_RATE * ui.input(|input| input.stable_dt).min(0.1)).exp();
        let mut left: f32 = 0.0;
        for (centre, target) in self.camera.centre.iter_mut().zip(target) {
            *centre += (target - *centre) * step;
            left = left.max((target - *centre).abs() * self.camera.zoom);
        }
        if left < 0.5 {
            self.glide = None;
        } else {
            ui.ctx().request_repaint();
        }
    }
}

/// Whether the pointer is over the drawing and not over a menu or dialog that covers it.
fn is_over(ui: &Ui, response: &Response, view: Rect, pointer: Pos2) -> bool {
    view.contains(pointer) && ui.ctx().layer_id_at(pointer).is_none_or(|layer| layer == response.layer_id)
}

fn box_rect(camera: &Camera, view: Rect, place: [f32; 2]) -> Rect {
    let size = vec2(BOX_WIDTH, BOX_HEIGHT) * camera.zoom;
    Rect::from_center_size(camera.screen_from_drawing(view, place), size)
}

fn fits(layer: &Layer, title: &str, wanted: &str) -> bool {
    wanted.is_empty() || [&layer.name, title].into_iter().any(|name| name.to_lowercase().contains(wanted))
}

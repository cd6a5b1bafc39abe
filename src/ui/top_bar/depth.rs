//! How deep one looks into the network: a slider over its layers, from the picture to the answer.

use std::sync::Arc;

use eframe::egui::accesskit;
use eframe::egui::{
    Align2, CursorIcon, EventFilter, FontId, Key, Modifiers, PointerButton, Rect, Response, Role, Sense, Stroke, Ui,
    WidgetInfo, pos2, vec2,
};

use crate::engine::Collection;
use crate::session::{Action, Choose, Session};
use crate::ui::landmarks::Landmark;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{layer_in_room, shape_text, single_line};

/// Radius of the handle in points.
const HANDLE: f32 = 7.5;

/// A slider of fewer points has no words at its ends.
const WORDS_FROM: f32 = 200.0;

/// The slider. It keeps which layers it stops at.
#[derive(Default)]
pub struct DepthSlider {
    of: Option<Arc<Collection>>,
    /// Layers, by index: those with vectors, since neighbours and maps are there; all, if none has.
    stops: Vec<usize>,
}

impl DepthSlider {
    /// Draws it in all the room that is left, with the name of the layer behind it.
    pub fn show(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let Some(collection) = session.collection().filter(|collection| !collection.layers.is_empty()) else { return };
        if self.of.as_ref().is_none_or(|known| !Arc::ptr_eq(known, collection)) {
            self.stops = stops(collection);
            self.of = Some(collection.clone());
        }
        let room = ui.available_size();
        let words = (room.x * 0.38).clamp(90.0, 230.0);
        let (rect, response) =
            ui.allocate_exact_size(vec2((room.x - words - 8.0).max(60.0), room.y), Sense::click_and_drag());
        Landmark::Depth.mark(ui, rect);
        let track = rect.shrink2(vec2(HANDLE + 2.0, 0.0));
        let now = session.opened.chosen.layer.min(collection.layers.len() - 1);
        tell(&response, session, now, collection.layers.len());
        ui.ctx().accesskit_node_builder(response.id, |node| {
            node.set_min_numeric_value(1.0);
            node.set_max_numeric_value(collection.layers.len() as f64);
            node.add_action(accesskit::Action::Increment);
            node.add_action(accesskit::Action::Decrement);
        });
        let wished = self.pointed(ui, &response, track, collection).or_else(|| self.keyed(ui, &response, now));
        if let Some(layer) = wished.filter(|layer| *layer != now) {
            actions.push(Choose::Scrub(layer).into());
        }
        self.paint(ui, &response, track, collection, wished.unwrap_or(now));
        show_name(ui, session, now, words);
        self.show_hint(response, track, session, collection);
    }

    /// The layer that the pointer is at while it is down.
    fn pointed(&self, ui: &Ui, response: &Response, track: Rect, collection: &Collection) -> Option<usize> {
        let is_down = response.is_pointer_button_down_on() && ui.input(|input| input.pointer.primary_down());
        if !(is_down || response.dragged_by(PointerButton::Primary) || response.clicked()) {
            return None;
        }
        self.nearest(response.interact_pointer_pos()?.x, track, collection)
    }

    /// The stop that is nearest to a place on the screen.
    fn nearest(&self, x: f32, track: Rect, collection: &Collection) -> Option<usize> {
        let distance = |layer: &usize| (place_of(*layer, track, collection) - x).abs();
        self.stops.iter().copied().min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }

    /// The layer that a key or a screen reader leads to.
    fn keyed(&self, ui: &Ui, response: &Response, now: usize) -> Option<usize> {
        let next = || self.stops.iter().copied().find(|&stop| stop > now);
        let previous = || self.stops.iter().copied().rfind(|&stop| stop < now);
        let asked = |action| ui.input(|input| input.num_accesskit_action_requests(response.id, action)) > 0;
        if asked(accesskit::Action::Increment) {
            return next();
        }
        if asked(accesskit::Action::Decrement) {
            return previous();
        }
        if !response.has_focus() {
            return None;
        }
        // Otherwise an arrow would move the focus to the next button.
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
        let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
        if pressed(Key::ArrowRight) || pressed(Key::ArrowUp) {
            return next();
        }
        if pressed(Key::ArrowLeft) || pressed(Key::ArrowDown) {
            return previous();
        }
        if pressed(Key::Home) {
            return self.stops.first().copied();
        }
        if pressed(Key::End) { self.stops.last().copied() } else { None }
    }

    fn paint(&self, ui: &Ui, response: &Response, track: Rect, collection: &Collection, now: usize) {
        let (palette, painter) = (palette(), ui.painter());
        let has_words = track.width() >= WORDS_FROM && track.height() >= 34.0;
        let y = track.center().y - if has_words { 5.0 } else { 0.0 };
        let x = place_of(now, track, collection);
        let line = |from: f32, to: f32| Rect::from_min_max(pos2(from, y - 2.0), pos2(to, y + 2.0));
        let rest = if palette.is_dark { palette.lifted } else { palette.line };
        painter.rect_filled(line(track.left() - 2.0, track.right() + 2.0), 2.0, rest);
        painter.rect_filled(line(track.left() - 2.0, x), 2.0, palette.accent);
        // Where they would be a line of their own the stops are left out.
        let is_sparse = self.stops.len() > 1 && track.width() / self.stops.len() as f32 >= 7.0;
        for stop in self.stops.iter().filter(|_| is_sparse) {
            let at = place_of(*stop, track, collection);
            let colour = if at <= x { palette.on_accent } else { palette.weak };
            painter.circle_filled(pos2(at, y), 1.4, colour);
        }
        let is_held = response.dragged() || response.hovered();
        if response.has_focus() {
            painter.circle_stroke(pos2(x, y), HANDLE + 2.0, Stroke::new(1.5, palette.strong));
        }
        painter.circle_filled(pos2(x, y), if is_held { HANDLE } else { HANDLE - 1.0 }, palette.accent);
        painter.circle_filled(pos2(x, y), 2.5, palette.on_accent);
        if has_words {
            let font = FontId::proportional(10.0);
            let below = y + 8.0;
            painter.text(
                pos2(track.left() - 2.0, below),
                Align2::LEFT_TOP,
                "colours, edges",
                font.clone(),
                palette.weak,
            );
            painter.text(pos2(track.right() + 2.0, below), Align2::RIGHT_TOP, "parts, things", font, palette.weak);
        }
    }

    fn show_hint(&self, response: Response, track: Rect, session: &Session, collection: &Collection) {
        let pointer = response.hover_pos();
        let under = pointer.and_then(|pointer| self.nearest(pointer.x, track, collection));
        let Some(layer) = under else { return };
        response.on_hover_cursor(CursorIcon::PointingHand).on_hover_ui_at_pointer(|ui| {
            ui.strong(session.opened.layer_titles.title(layer));
            ui.weak(format!("{} ({})", collection.layers[layer].name, collection.layers[layer].kind));
            ui.weak("Drag from what is seen first, colours and edges, to what is seen last, parts and things");
        });
    }
}

/// Says to screen readers which layer it is, and how many there are.
fn tell(response: &Response, session: &Session, now: usize, count: usize) {
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::Slider, true, "Depth");
        info.value = Some((now + 1) as f64);
        info.current_text_value =
            Some(format!("{}, layer {} of {count}", session.opened.layer_titles.title(now), now + 1));
        info
    });
}

/// What is looked at, in so many points.
fn show_name(ui: &mut Ui, session: &Session, now: usize, width: f32) {
    let Some(layer) = session.collection().and_then(|collection| collection.layers.get(now)) else { return };
    let palette = palette();
    let (rect, response) = ui.allocate_exact_size(vec2(width, ui.available_height()), Sense::hover());
    let painter = ui.painter();
    let titles = &session.opened.layer_titles;
    let title = titles.title(now);
    let name = layer_in_room(painter, titles, now, 13.0, palette.strong, rect.width());
    let about = format!("{} · {}", layer.kind, shape_text(layer.shape));
    let about = single_line(painter, about, 10.5, palette.weak, rect.width());
    let both = name.size().y + about.size().y;
    let place = Align2::LEFT_CENTER.align_size_within_rect(vec2(rect.width(), both), rect);
    let below = vec2(0.0, name.size().y);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Looking at {title}")));
    painter.galley(place.min, name, palette.strong);
    painter.galley(place.min + below, about, palette.weak);
    response.on_hover_text(format!("{title}\n{}", layer.name));
}

/// Where on the screen a layer is.
fn place_of(layer: usize, track: Rect, collection: &Collection) -> f32 {
    let share = layer as f32 / (collection.layers.len() - 1).max(1) as f32;
    track.left() + track.width() * share
}

/// The layers that it stops at.
fn stops(collection: &Collection) -> Vec<usize> {
    let stored: std::collections::HashSet<&str> =
        collection.stored.iter().map(|stored| stored.layer.as_str()).collect();
    let is_stored = |index: &usize| stored.contains(collection.layers[*index].name.as_str());
    let stops: Vec<usize> = (0..collection.layers.len()).filter(is_stored).collect();
    if stops.is_empty() { (0..collection.layers.len()).collect() } else { stops }
}

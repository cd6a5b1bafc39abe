//! The layers of the network, from the picture to the answer.

use eframe::egui::style::ScrollAnimation;
use eframe::egui::{CursorIcon, Id, Rect, Response, Role, ScrollArea, Sense, TextEdit, Ui, WidgetInfo, pos2, vec2};

use super::ActivationsView;
use crate::domain::Layer;
use crate::engine::Collection;
use crate::session::{Action, Choose, Session};
use crate::ui::theme;
use crate::ui::widgets::text::{shape_text, single_line};

/// With more layers than this the list can be filtered.
const FILTER_FROM: usize = 14;

const ROW: f32 = 22.0;

/// What the list was last scrolled for: when any of it changes, the current layer is brought into sight again.
#[derive(Clone, Copy, Debug)]
pub struct ScrolledTo {
    layer: usize,
    /// How many layers were listed.
    rows: usize,
    /// Of the list, in points.
    height: f32,
}

/// Draws the list.
pub fn show(
    ui: &mut Ui,
    view: &mut ActivationsView,
    collection: &Collection,
    session: &Session,
    actions: &mut Vec<Action>,
) {
    if collection.layers.len() > FILTER_FROM {
        // As wide as the rows, which leave room for the bar.
        let width = ui.available_width() - ui.spacing().scroll.allocated_width();
        let field = TextEdit::singleline(&mut view.layer_filter).hint_text("Find a layer").desired_width(width);
        ui.add(field).accessible_name("Find a layer in the list");
        ui.add_space(2.0);
    }
    let wanted = view.layer_filter.to_lowercase();
    let titles = &session.opened.layer_titles;
    let listed: Vec<usize> =
        (0..collection.layers.len()).filter(|&i| fits(&collection.layers[i], titles.name(i), wanted.trim())).collect();
    if listed.is_empty() {
        ui.weak("No layer of that name.");
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    // It would spring back from where the current layer is: how far a longer list goes it knows a frame later.
    ui.spacing_mut().scroll.kinetic.rubber_band = false;
    let mut area = ScrollArea::vertical().id_salt("layers").auto_shrink([false, false]);
    let chosen = session.opened.chosen.layer;
    let place = listed.iter().position(|&index| index == chosen);
    let (is_chosen_elsewhere, is_resized) = match view.scrolled_to {
        Some(before) => (before.layer != chosen, before.rows != listed.len() || before.height != ui.available_height()),
        None => (true, false),
    };
    if let (Some(place), true) = (place, is_chosen_elsewhere) {
        // Bring it to the middle.
        area = area.vertical_scroll_offset((place as f32 * ROW - ui.available_height() / 2.0).max(0.0));
    }
    view.scrolled_to = Some(ScrolledTo { layer: chosen, rows: listed.len(), height: ui.available_height() });
    area.show_rows(ui, ROW, listed.len(), |ui, rows| {
        if let (Some(place), true) = (place, is_resized && !is_chosen_elsewhere) {
            // What was in sight may lie below the edge now; as little as is needed.
            let top = ui.min_rect().top() + (place as f32 - rows.start as f32) * ROW;
            let row = Rect::from_min_size(pos2(ui.min_rect().left(), top), vec2(1.0, ROW));
            ui.scroll_to_rect_animation(row, None, ScrollAnimation::none());
        }
        for &index in &listed[rows] {
            let layer = &collection.layers[index];
            let is_stored = collection.stored.iter().any(|stored| stored.layer == layer.name);
            if row(ui, (index, titles.name(index)), layer, is_stored, index == chosen).clicked() {
                view.scrolled_to = view.scrolled_to.map(|scrolled| ScrolledTo { layer: index, ..scrolled });
                actions.push(Choose::Layer(index).into());
            }
        }
    });
}

fn fits(layer: &Layer, title: &str, wanted: &str) -> bool {
    let has = |text: &str| text.to_lowercase().contains(wanted);
    wanted.is_empty() || has(&layer.name) || has(title) || has(&layer.kind)
}

/// Name on the left, shape on the right if there is room for both, a dot where vectors are stored.
fn row(ui: &mut Ui, (index, title): (usize, &str), layer: &Layer, is_stored: bool, is_chosen: bool) -> Response {
    let palette = theme::palette();
    let (_, rect) = ui.allocate_space(vec2(ui.available_width(), ROW));
    let response = ui.interact(rect, Id::unique("layer row").with(index), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, title));
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    if is_chosen {
        painter.rect_filled(rect, 4.0, palette.accent_fill);
    } else if response.hovered() {
        painter.rect_filled(rect, 4.0, palette.lifted.gamma_multiply(0.6));
    }
    let middle = rect.center().y;
    if is_stored {
        painter.circle_filled(pos2(rect.left() + 7.0, middle), 2.5, palette.accent);
    }
    let text = if is_chosen { palette.strong } else { palette.text };
    let (left, right) = (rect.left() + 15.0, rect.right() - 10.0);
    let shape = single_line(&painter, shape_text(layer.shape), 11.0, palette.weak, right - left);
    let beside = single_line(&painter, title.to_owned(), 12.5, text, right - shape.size().x - 6.0 - left);
    // Where one of the two must go it is the shape: the line above the channels says it, too.
    let has_shape = !beside.elided;
    let name = if has_shape { beside } else { single_line(&painter, title.to_owned(), 12.5, text, right - left) };
    if has_shape {
        painter.galley(pos2(right - shape.size().x, middle - shape.size().y / 2.0), shape, palette.weak);
    }
    painter.galley(pos2(left, middle - name.size().y / 2.0), name, text);
    let stored = if is_stored { "its vectors are stored" } else { "its vectors are not stored" };
    let about = format!("{}, {}, {stored}", layer.kind, shape_text(layer.shape));
    let hint = format!("{}\n{about}", layer.name);
    response.on_hover_cursor(CursorIcon::PointingHand).on_hover_text(hint)
}

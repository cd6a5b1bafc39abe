//! The names above the columns: a click puts the rows in the order of one, its right edge makes it wider.

use eframe::egui::{
    self, Align, Button, CursorIcon, EventFilter, Key, Modifiers, Rangef, Rect, Response, Role, Sense, Shape, Stroke,
    TextStyle, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::across::Across;
use super::layout::{Columns, Placed};
use super::rows::{PADDING, align_of};
use crate::domain::{ColumnKind, ColumnOrder, Sort, TableColumn};
use crate::session::{Action, Choose, Session};
use crate::ui::table_look::{ColumnLook, TableLook};
use crate::ui::theme::palette;
use crate::ui::widgets::text::single_line;

/// Width of the edge that can be taken hold of, in points.
const EDGE: f32 = 9.0;
/// By so much an arrow key widens a column.
const KEY_STEP: f32 = 8.0;

/// Shows the names in a strip above the columns. Says whether the width of one is being chosen.
pub(super) fn show(
    ui: &mut Ui,
    strip: Rect,
    columns: &Columns,
    session: &Session,
    look: &mut TableLook,
    across: &mut Across,
    actions: &mut Vec<Action>,
) -> bool {
    let order = session.opened.chosen.sort.column_order();
    let mut is_any_held = false;
    for placed in columns.all.iter().copied() {
        let clip = columns.clip(placed, strip);
        let mut part = ui.new_child(UiBuilder::new().max_rect(strip).id_salt(("name", placed.column)));
        part.set_clip_rect(clip.intersect(ui.clip_rect()));
        let rect = Rect::from_x_y_ranges(placed.across, strip.y_range());
        let now = order.filter(|order| order.column == placed.column);
        let name = show_name(&part, rect, placed, now);
        if name.clicked() {
            actions.push(Choose::Sort(Sort::by(next(placed.column, now))).into());
        }
        name.context_menu(|ui| {
            if let Some(order) = show_menu(ui, placed, now, look) {
                actions.push(Choose::Sort(Sort::by(order)).into());
            }
        });
        if name.gained_focus() && !placed.is_fixed {
            across.reveal(columns, placed.across);
        }
        let (wished, is_held) = show_edge(&part, rect, placed);
        is_any_held |= is_held;
        if let (Some(wished), Some(look)) = (wished, look.column_mut(placed.column)) {
            look.set_width(wished.unwrap_or(ColumnLook::of(placed.column).width));
        }
    }
    is_any_held
}

/// A hairline below something.
pub(super) fn rule(ui: &Ui, across: Rangef, y: f32) {
    ui.painter().hline(across, y, Stroke::new(1.0, palette().line));
}

/// The order that a click on a column means.
fn next(column: TableColumn, now: Option<ColumnOrder>) -> ColumnOrder {
    let is_descending = now.map_or(column.begins_descending(), |now| !now.is_descending);
    ColumnOrder { column, is_descending }
}

/// What can be done with a column, for who asks its name for more; says in which order the rows are to be.
fn show_menu(ui: &mut Ui, placed: Placed, now: Option<ColumnOrder>, look: &mut TableLook) -> Option<ColumnOrder> {
    let (column, mut wished) = (placed.column, None);
    let [rising, falling] = match column.kind() {
        ColumnKind::Text | ColumnKind::Name => ["From A to Z", "From Z to A"],
        ColumnKind::Whole | ColumnKind::Decimal => ["Smallest first", "Largest first"],
        ColumnKind::Date => ["Oldest first", "Newest first"],
    };
    for (words, is_descending) in [(rising, false), (falling, true)] {
        let order = ColumnOrder { column, is_descending };
        let entry = ui.selectable_label(now == Some(order), words);
        if entry.clicked() {
            wished = Some(order);
            ui.close();
        }
    }
    ui.separator();
    let Some(look) = look.column_mut(column) else { return wished };
    let widen = ui.add_enabled(!look.is_own(), Button::new("As wide as the room allows"));
    if widen.on_disabled_hover_text("It is").clicked() {
        look.set_width(ColumnLook::of(column).width);
        ui.close();
    }
    if !placed.is_fixed && ui.button("Hide this column").on_hover_text("Columns, above, brings it back").clicked() {
        look.is_shown = false;
        ui.close();
    }
    wished
}

fn show_name(ui: &Ui, rect: Rect, Placed { column, .. }: Placed, now: Option<ColumnOrder>) -> Response {
    let response = ui.interact(rect, ui.scope_id().with("sort"), Sense::click());
    let state = match now {
        Some(ColumnOrder { is_descending: true, .. }) => "descending",
        Some(ColumnOrder { is_descending: false, .. }) => "ascending",
        None => "not sorted",
    };
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(state.to_owned()),
        ..WidgetInfo::labeled(Role::ColumnHeader, true, format!("Sort by {}", column.title()))
    });
    let (painter, palette) = (ui.painter(), palette());
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect.shrink2(vec2(1.0, 3.0)), 4.0, palette.raised);
    }
    let arrow_room = if now.is_some() { 12.0 } else { 0.0 };
    let room = Rect::from_min_max(rect.min + vec2(PADDING, 0.0), rect.max - vec2(PADDING, 0.0));
    let colour = if now.is_some() { palette.strong } else { palette.weak };
    let size = TextStyle::Small.resolve(ui.style()).size + 0.5;
    let text = single_line(painter, column.title().to_owned(), size, colour, room.width() - arrow_room);
    let left = match align_of(column) {
        Align::Max => room.right() - text.size().x,
        Align::Min | Align::Center => room.left(),
    };
    let (width, height) = (text.size().x, text.size().y);
    painter.galley(pos2(left, rect.center().y - height / 2.0), text, colour);
    if let Some(now) = now {
        let x = match align_of(column) {
            Align::Max => left - 8.0,
            Align::Min | Align::Center => left + width + 8.0,
        };
        let tip = if now.is_descending { 2.5 } else { -2.5 };
        let at = |dx: f32, dy: f32| pos2(x + dx, rect.center().y + dy);
        let corners = vec![at(-3.5, -tip), at(3.5, -tip), at(0.0, tip)];
        painter.add(Shape::convex_polygon(corners, palette.accent, Stroke::NONE));
    }
    response.on_hover_ui(|ui| {
        ui.label(column.about());
        ui.weak("Click to sort by it, once more for the other way round; right click for more");
    })
}

/// The edge of a column; says how wide it is to be, if it was moved: as the room allows, if no width is named. And whether somebody
/// chooses it, with the pointer or the keyboard.
fn show_edge(ui: &Ui, rect: Rect, Placed { column, .. }: Placed) -> (Option<Option<f32>>, bool) {
    let edge = Rect::from_min_max(pos2(rect.right() - EDGE, rect.top()), rect.max);
    let id = ui.scope_id().with("width");
    let response = ui.interact(edge, id, Sense::click_and_drag()).on_hover_cursor(CursorIcon::ResizeHorizontal);
    response.widget_info(|| WidgetInfo {
        value: Some(f64::from(rect.width())),
        ..WidgetInfo::labeled(Role::Splitter, true, format!("Width of {}", column.title()))
    });
    let is_held = response.dragged() || response.has_focus();
    let stroke = match () {
        () if is_held => Stroke::new(2.0, palette().accent),
        () if response.hovered() => Stroke::new(2.0, palette().lifted),
        () => Stroke::new(1.0, palette().line),
    };
    let inset = if is_held || response.hovered() { 0.0 } else { 7.0 };
    ui.painter().vline(rect.right() - 1.0, rect.y_range().shrink(inset), stroke);
    if response.double_clicked() {
        return (Some(None), false);
    }
    if let Some(pointer) = response.interact_pointer_pos().filter(|_| response.dragged()) {
        return (Some(Some(pointer.x - rect.left())), true);
    }
    if !response.has_focus() {
        return (None, false);
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
    let pressed = |key| ui.input_mut(|input: &mut egui::InputState| input.consume_key(Modifiers::NONE, key));
    let steps = [(Key::ArrowLeft, -KEY_STEP), (Key::ArrowRight, KEY_STEP)];
    let wished = steps.into_iter().find(|(key, _)| pressed(*key)).map(|(_, by)| Some(rect.width() + by));
    (wished, wished.is_some())
}

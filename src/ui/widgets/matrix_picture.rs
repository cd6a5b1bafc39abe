//! A matrix as a picture: one texture with a texel a cell, made when something changes and not in every frame. The pointer and
//! the arrow keys tell single cells.

use eframe::egui::{
    Color32, ColorImage, EventFilter, FontId, Key, Modifiers, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, WidgetInfo, pos2, vec2,
};

use super::text::single_line;
use crate::ui::theme::palette;

/// A cell, in points, at least and at most: of few groups each is large enough to be hit and read.
const CELL: [f32; 2] = [3.0, 84.0];
/// Cells that are so large have their numbers in them.
const NUMBERED: f32 = 26.0;
/// Names stand at rows and columns that are so high, in points.
const NAMED: f32 = 11.0;
/// So few rows and columns keep their names where there is no room for all of them at once.
const FEW: usize = 40;
/// Room for names at the left, and above.
const LEFT: f32 = 150.0;
const ABOVE: f32 = 110.0;
/// Names of columns lie where cells are so wide, in points; else they stand upright.
const LYING: f32 = 60.0;
/// Room for them then: two lines, and what rows and columns are.
const ABOVE_LYING: f32 = 40.0;

/// What a matrix is drawn from.
pub struct Matrix<'a> {
    /// What screen readers and tests call it.
    pub name: &'a str,
    /// Names of the rows.
    pub rows: &'a [String],
    /// Names of the columns.
    pub columns: &'a [String],
    /// What rows and columns are: `clusters`, `labels`.
    pub axes: [&'static str; 2],
    /// What changes when the picture is another.
    pub revision: u64,
    /// The colour of a cell.
    pub colour: &'a dyn Fn(usize, usize) -> Color32,
    /// What a cell says.
    pub words: &'a dyn Fn(usize, usize) -> String,
    /// The number that stands in a cell; none where it says nothing.
    pub number: &'a dyn Fn(usize, usize) -> Option<String>,
}

/// What a person did with a matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatrixClick {
    /// A cell was clicked.
    Cell(usize, usize),
    /// The name of a row was.
    Row(usize),
}

/// How a matrix is looked at.
#[derive(Default)]
pub struct MatrixPicture {
    texture: Option<(u64, bool, TextureHandle)>,
    /// The cell that the keys have come to.
    cursor: [usize; 2],
    /// What the cell says that is told.
    said: Option<String>,
    /// Whether cells had room for their numbers in the last frame.
    has_numbers: bool,
}

impl MatrixPicture {
    /// What the cell under the pointer said in the last frame, or the one that the keys have come to.
    pub fn said(&self) -> &str {
        self.said.as_deref().unwrap_or("Point at a cell to read it, click it to select its images.")
    }

    /// Whether numbers stand in the cells.
    pub fn has_numbers(&self) -> bool {
        self.has_numbers
    }

    /// Draws the matrix and says what was clicked.
    pub fn show(&mut self, ui: &mut Ui, of: &Matrix<'_>) -> Option<MatrixClick> {
        let (rows, columns) = (of.rows.len(), of.columns.len());
        if rows == 0 || columns == 0 {
            return None;
        }
        let room = ui.available_size() - vec2(LEFT, ABOVE + 26.0);
        let least = if rows.max(columns) <= FEW { NAMED } else { CELL[0] };
        let cell = (room.x / columns as f32).min(room.y / rows as f32).clamp(least, CELL[1]);
        let has_names = cell >= NAMED;
        let above = if cell >= LYING { ABOVE_LYING } else { ABOVE };
        let (left, above) = if has_names { (LEFT, above) } else { (0.0, 0.0) };
        let size = vec2(cell * columns as f32, cell * rows as f32);
        let (whole, _) = ui.allocate_exact_size(size + vec2(left, above), Sense::hover());
        let rect = Rect::from_min_size(whole.min + vec2(left, above), size);
        let response = ui.interact(rect, ui.make_persistent_id(of.name), Sense::click());
        self.cursor = [self.cursor[0].min(rows - 1), self.cursor[1].min(columns - 1)];
        if response.has_focus() {
            let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
            ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
            self.step(ui, rows, columns);
        }
        let at = |pos: eframe::egui::Pos2| {
            let place = (pos - rect.min) / cell;
            [(place.y.max(0.0) as usize).min(rows - 1), (place.x.max(0.0) as usize).min(columns - 1)]
        };
        let under = response.hover_pos().map(at);
        let told = under.or(response.has_focus().then_some(self.cursor));
        let words = told.map(|[row, column]| (of.words)(row, column));
        let name = of.name;
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
        self.paint(ui, rect, of);
        if has_names {
            paint_axes(ui, rect, above, of);
            show_column_names(ui, rect, cell, above, of);
        }
        if cell >= NUMBERED {
            paint_numbers(ui, rect, cell, of);
        }
        if self.has_numbers != (cell >= NUMBERED) {
            self.has_numbers = cell >= NUMBERED;
            ui.ctx().request_repaint();
        }
        if let Some([row, column]) = told {
            let corner = rect.min + vec2(column as f32 * cell, row as f32 * cell);
            let stroke = Stroke::new(1.5, palette().strong);
            ui.painter().rect_stroke(Rect::from_min_size(corner, vec2(cell, cell)), 1.0, stroke, StrokeKind::Outside);
        }
        let mut click = self.show_row_names(ui, rect, cell, has_names, of);
        if response.clicked() {
            // By the keys it is clicked without a place.
            let [row, column] = response.interact_pointer_pos().map_or(self.cursor, at);
            self.cursor = [row, column];
            click = Some(MatrixClick::Cell(row, column));
        }
        if let Some(words) = under.and(words.as_ref()) {
            // Beside the pointer: where one looks.
            response.on_hover_text_at_pointer(words);
        }
        if words != self.said {
            self.said = words;
            ui.ctx().request_repaint();
        }
        click
    }

    fn step(&mut self, ui: &Ui, rows: usize, columns: usize) {
        let [row, column] = &mut self.cursor;
        ui.input_mut(|input| {
            let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
            if pressed(Key::ArrowUp) {
                *row = row.saturating_sub(1);
            }
            if pressed(Key::ArrowDown) {
                *row = (*row + 1).min(rows - 1);
            }
            if pressed(Key::ArrowLeft) {
                *column = column.saturating_sub(1);
            }
            if pressed(Key::ArrowRight) {
                *column = (*column + 1).min(columns - 1);
            }
        });
    }

    fn paint(&mut self, ui: &Ui, rect: Rect, of: &Matrix<'_>) {
        let (rows, columns, is_dark) = (of.rows.len(), of.columns.len(), palette().is_dark);
        let is_current = |(revision, dark, texture): &(u64, bool, TextureHandle)| {
            *revision == of.revision && *dark == is_dark && texture.size() == [columns, rows]
        };
        if !self.texture.as_ref().is_some_and(is_current) {
            let pixels = (0..rows * columns).map(|place| (of.colour)(place / columns, place % columns)).collect();
            let image = ColorImage::new([columns, rows], pixels);
            let texture = ui.ctx().load_texture(of.name, image, TextureOptions::NEAREST);
            self.texture = Some((of.revision, is_dark, texture));
        }
        if let Some((_, _, texture)) = &self.texture {
            let uv = Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0));
            ui.painter().image(texture.id(), rect, uv, Color32::WHITE);
        }
    }

    /// The names of rows can be clicked: to sort by that row.
    fn show_row_names(&self, ui: &Ui, rect: Rect, cell: f32, has_names: bool, of: &Matrix<'_>) -> Option<MatrixClick> {
        if !has_names {
            return None;
        }
        let mut clicked = None;
        for (row, name) in of.rows.iter().enumerate() {
            let top = rect.top() + row as f32 * cell;
            let room = Rect::from_min_max(pos2(rect.left() - LEFT, top), pos2(rect.left() - 4.0, top + cell));
            if !ui.is_rect_visible(room) {
                continue;
            }
            let response = ui.interact(room, ui.make_persistent_id((of.name, "row", row)), Sense::CLICK);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{}: row {name}", of.name)));
            if response.hovered() {
                ui.painter().rect_filled(room, 2.0, palette().raised.gamma_multiply(0.5));
            }
            let size = name_size(cell);
            let galley = single_line(ui.painter(), name.clone(), size, palette().text, room.width());
            let corner = pos2(room.right() - galley.size().x, room.center().y - galley.size().y / 2.0);
            ui.painter().galley(corner, galley, palette().text);
            if response.on_hover_text(name).clicked() {
                clicked = Some(MatrixClick::Row(row));
            }
        }
        clicked
    }
}

/// The size of names beside cells so large, in points.
fn name_size(cell: f32) -> f32 {
    (cell * 0.7).clamp(8.0, 13.0)
}

/// What rows and columns are, in the corner between their names.
fn paint_axes(ui: &Ui, rect: Rect, above: f32, of: &Matrix<'_>) {
    let [rows, columns] = of.axes;
    let lines = [(format!("{columns}, across"), above - 2.0), (format!("{rows}, down"), 16.0)];
    for (text, height) in lines {
        let galley = single_line(ui.painter(), text, 10.5, palette().weak, LEFT - 8.0);
        let corner = pos2(rect.left() - 4.0 - galley.size().x, rect.top() - height);
        ui.painter().galley(corner, galley, palette().weak);
    }
}

/// The names of columns, each with all of it under the pointer: upright so that many have room, lying where cells are wide.
fn show_column_names(ui: &Ui, rect: Rect, cell: f32, above: f32, of: &Matrix<'_>) {
    let size = name_size(cell);
    for (column, name) in of.columns.iter().enumerate() {
        let left = rect.left() + column as f32 * cell;
        let room = Rect::from_min_max(pos2(left, rect.top() - above), pos2(left + cell, rect.top() - 2.0));
        if !ui.is_rect_visible(room) {
            continue;
        }
        let painter = ui.painter();
        if cell >= LYING {
            let galley = single_line(painter, name.clone(), size, palette().text, cell - 4.0);
            let corner = pos2(room.center().x - galley.size().x / 2.0, room.bottom() - galley.size().y - 2.0);
            painter.galley(corner, galley, palette().text);
        } else {
            let galley = single_line(painter, name.clone(), size, palette().text, above - 6.0);
            let corner = pos2(room.center().x - galley.size().y / 2.0, rect.top() - 4.0);
            let text = eframe::egui::epaint::TextShape::new(corner, galley, palette().text);
            painter.add(text.with_angle(-std::f32::consts::FRAC_PI_2));
        }
        let response = ui.interact(room, ui.make_persistent_id((of.name, "column", column)), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{}: column {name}", of.name)));
        response.on_hover_text(name);
    }
}

/// The numbers of the cells in sight, dark on bright ones.
fn paint_numbers(ui: &Ui, rect: Rect, cell: f32, of: &Matrix<'_>) {
    let seen = rect.intersect(ui.clip_rect());
    if !seen.is_positive() {
        return;
    }
    let range = |from: f32, to: f32, count: usize| {
        ((from / cell).max(0.0) as usize)..(((to / cell).max(0.0).ceil()) as usize).min(count)
    };
    let rows = range(seen.top() - rect.top(), seen.bottom() - rect.top(), of.rows.len());
    let columns = range(seen.left() - rect.left(), seen.right() - rect.left(), of.columns.len());
    let painter = ui.painter();
    for (row, column) in rows.flat_map(|row| columns.clone().map(move |column| (row, column))) {
        let Some(number) = (of.number)(row, column) else { continue };
        let ground = (of.colour)(row, column);
        let colour = if ground.intensity() > 0.5 { Color32::from_gray(20) } else { Color32::from_gray(235) };
        let galley = painter.layout_no_wrap(number, FontId::proportional((cell * 0.3).clamp(10.5, 15.0)), colour);
        let middle = rect.min + vec2((column as f32 + 0.5) * cell, (row as f32 + 0.5) * cell);
        painter.galley(middle - galley.size() / 2.0, galley, colour);
    }
}

//! A matrix as a picture: one texture with a texel a cell, made when something changes and not in every frame. The pointer and
//! the arrow keys tell single cells.

use eframe::egui::{
    Color32, ColorImage, EventFilter, FontId, Key, Modifiers, Rect, Role, Sense, Stroke, StrokeKind, TextureHandle,
    TextureOptions, Ui, Vec2, WidgetInfo, pos2, vec2,
};

use super::text::single_line;
use crate::ui::theme::palette;

/// A cell, in points, at least and at most: of few groups each is large enough to be hit and read.
const CELL: [f32; 2] = [3.0, 84.0];
/// Cells that are so large have their numbers in them.
const NUMBERED: f32 = 26.0;
/// Names stand at rows and columns that are so high, in points.
const NAMED: f32 = 11.0;
/// So few rows and columns keep their names, large enough to be read, where there is no room for all of them at once: then one scrolls.
const FEW: usize = 40;
const READABLE: f32 = 16.0;
/// Room for names at the left and above, in points, at least and at most: as much as the longest one needs. One that is longer still is
/// cut, and the pointer shows all of it.
const LEFT: [f32; 2] = [104.0, 300.0];
const ABOVE: [f32; 2] = [40.0, 200.0];
/// The share of the view's width and height that names take at most.
const SHARE: f32 = 0.4;
/// Size of names at most, in points, and room around them.
const NAME: f32 = 13.0;
const AROUND: f32 = 12.0;
/// Names of columns lie where cells are so wide, in points, and they fit; else they stand upright.
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
    /// Of which picture the longest names of rows and columns are so long, in points.
    longest: Option<(u64, [f32; 2])>,
    /// How wide all of it was in the last frame, in points.
    width: f32,
}

/// Where names stand: beside the cells, and at the edge of what is seen of them where those are scrolled.
#[derive(Clone, Copy)]
struct Names {
    /// All cells.
    cells: Rect,
    /// Side of a cell.
    cell: f32,
    /// Those of rows.
    left: Rect,
    /// Those of columns.
    above: Rect,
    /// The row and the column of the cell that is told.
    told: Option<[usize; 2]>,
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

    /// How wide all of it was in the last frame, in points; 0 before.
    pub fn width(&self) -> f32 {
        self.width
    }

    /// Draws the matrix and says what was clicked.
    pub fn show(&mut self, ui: &mut Ui, of: &Matrix<'_>) -> Option<MatrixClick> {
        let (rows, columns) = (of.rows.len(), of.columns.len());
        if rows == 0 || columns == 0 {
            return None;
        }
        let [row_names, column_names] = self.longest(ui, of);
        let available = ui.available_size();
        let room_for = |longest: f32, [least, most]: [f32; 2], side: f32| {
            (longest + AROUND).clamp(least, most.min(side * SHARE).max(least))
        };
        let for_names = vec2(room_for(row_names, LEFT, available.x), room_for(column_names, ABOVE, available.y));
        let room = available - for_names - vec2(0.0, 26.0);
        let least = if rows.max(columns) <= FEW { READABLE } else { CELL[0] };
        let cell = (room.x / columns as f32).min(room.y / rows as f32).clamp(least, CELL[1]);
        let has_names = cell >= NAMED;
        let lies = cell >= LYING && column_names + 4.0 <= cell;
        let above = if lies { ABOVE_LYING } else { for_names.y };
        let (left, above) = if has_names { (for_names.x, above) } else { (0.0, 0.0) };
        let size = vec2(cell * columns as f32, cell * rows as f32);
        let (whole, _) = ui.allocate_exact_size(size + vec2(left, above), Sense::hover());
        let rect = Rect::from_min_size(whole.min + vec2(left, above), size);
        if self.width != whole.width() {
            self.width = whole.width();
            // What stands beside it was put where the one of before ended, or nowhere yet.
            ui.ctx().request_discard("the matrix has another width");
        }
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
        if cell >= NUMBERED {
            paint_numbers(ui, rect, cell, of);
        }
        if self.has_numbers != (cell >= NUMBERED) {
            self.has_numbers = cell >= NUMBERED;
            ui.ctx().request_discard("what is said of the matrix is of its numbers");
        }
        if let Some([row, column]) = told {
            let corner = rect.min + vec2(column as f32 * cell, row as f32 * cell);
            let stroke = Stroke::new(1.5, palette().strong);
            ui.painter().rect_stroke(Rect::from_min_size(corner, vec2(cell, cell)), 1.0, stroke, StrokeKind::Outside);
        }
        let mut click = None;
        if has_names {
            let names = Names::beside(ui, rect, cell, vec2(left, above), told);
            names.paint_ground(ui, whole);
            show_column_names(ui, names, lies, of);
            click = show_row_names(ui, names, of);
            paint_axes(ui, names, of);
        }
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

    /// How long the longest names of rows and columns are, in points, as large as names are at most.
    fn longest(&mut self, ui: &Ui, of: &Matrix<'_>) -> [f32; 2] {
        if let Some((_, longest)) = self.longest.filter(|(revision, _)| *revision == of.revision) {
            return longest;
        }
        let width = |name: &String| {
            ui.painter().layout_no_wrap(name.clone(), FontId::proportional(NAME), Color32::WHITE).size().x
        };
        let longest = [of.rows, of.columns].map(|names| names.iter().map(width).fold(0.0, f32::max));
        self.longest = Some((of.revision, longest));
        longest
    }
}

impl Names {
    fn beside(ui: &Ui, cells: Rect, cell: f32, room: Vec2, told: Option<[usize; 2]>) -> Self {
        let seen = ui.clip_rect();
        let corner = (cells.min - room).max(seen.min);
        let left = Rect::from_min_max(pos2(corner.x, corner.y + room.y), pos2(corner.x + room.x, seen.bottom()));
        let above = Rect::from_min_max(pos2(corner.x + room.x, corner.y), pos2(seen.right(), corner.y + room.y));
        Self { cells, cell, left, above, told }
    }

    /// Covers the cells that names stand over, where those are scrolled.
    fn paint_ground(&self, ui: &Ui, whole: Rect) {
        let room = vec2(self.left.width(), self.above.height());
        let ground = |rect: Rect| ui.painter().rect_filled(rect, 0.0, palette().panel);
        if self.left.left() > whole.left() {
            ground(self.left.with_min_y(self.above.top()));
        }
        if self.above.top() > whole.top() {
            ground(Rect::from_min_max(self.above.min - vec2(room.x, 0.0), self.above.max));
        }
    }

    /// The colour of a name of a row (`side` 0) or a column: those of the cell that is told stand out.
    fn colour(&self, side: usize, place: usize) -> Color32 {
        let is_told = self.told.is_some_and(|told| told[side] == place);
        if is_told { palette().accent } else { palette().text }
    }
}

/// The names of rows can be clicked: to sort by that row.
fn show_row_names(ui: &Ui, names: Names, of: &Matrix<'_>) -> Option<MatrixClick> {
    let mut clicked = None;
    let painter = ui.painter_at(names.left);
    for (row, name) in of.rows.iter().enumerate() {
        let top = names.cells.top() + row as f32 * names.cell;
        let line = Rect::from_x_y_ranges(names.left.left()..=names.left.right() - 4.0, top..=top + names.cell);
        let room = line.intersect(names.left);
        if !room.is_positive() || !ui.is_rect_visible(room) {
            continue;
        }
        let response = ui.interact(room, ui.make_persistent_id((of.name, "row", row)), Sense::CLICK);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{}: row {name}", of.name)));
        if response.hovered() {
            painter.rect_filled(room, 2.0, palette().raised.gamma_multiply(0.5));
        }
        let colour = names.colour(0, row);
        let galley = single_line(&painter, name.clone(), name_size(names.cell), colour, line.width());
        let corner = pos2(line.right() - galley.size().x, line.center().y - galley.size().y / 2.0);
        painter.galley(corner, galley, colour);
        if response.on_hover_text(name).clicked() {
            clicked = Some(MatrixClick::Row(row));
        }
    }
    clicked
}

/// The size of names beside cells so large, in points.
fn name_size(cell: f32) -> f32 {
    (cell * 0.75).clamp(8.0, NAME)
}

/// What rows and columns are, in the corner between their names.
fn paint_axes(ui: &Ui, names: Names, of: &Matrix<'_>) {
    let [rows, columns] = of.axes;
    let lines = [(format!("{columns}, across"), names.above.height() - 2.0), (format!("{rows}, down"), 16.0)];
    for (text, height) in lines {
        let galley = single_line(ui.painter(), text, 10.5, palette().weak, names.left.width() - 8.0);
        let corner = pos2(names.left.right() - 4.0 - galley.size().x, names.above.bottom() - height);
        ui.painter().galley(corner, galley, palette().weak);
    }
}

/// The names of columns, each with all of it under the pointer: upright so that many have room, lying where cells are wide.
fn show_column_names(ui: &Ui, names: Names, lies: bool, of: &Matrix<'_>) {
    let size = name_size(names.cell);
    let painter = ui.painter_at(names.above);
    for (column, name) in of.columns.iter().enumerate() {
        let left = names.cells.left() + column as f32 * names.cell;
        let place = Rect::from_x_y_ranges(left..=left + names.cell, names.above.top()..=names.above.bottom() - 2.0);
        let room = place.intersect(names.above);
        if !room.is_positive() || !ui.is_rect_visible(room) {
            continue;
        }
        let colour = names.colour(1, column);
        if lies {
            let galley = single_line(&painter, name.clone(), size, colour, names.cell - 4.0);
            let corner = pos2(place.center().x - galley.size().x / 2.0, place.bottom() - galley.size().y - 2.0);
            painter.galley(corner, galley, colour);
        } else {
            let galley = single_line(&painter, name.clone(), size, colour, names.above.height() - 6.0);
            let corner = pos2(place.center().x - galley.size().y / 2.0, names.above.bottom() - 4.0);
            let text = eframe::egui::epaint::TextShape::new(corner, galley, colour);
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

//! The rows: a small picture, its name, and what else is known of it.

use eframe::egui::{Align, Color32, Id, Painter, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use super::layout::{Columns, Placed};
use crate::domain::{ColumnKind, ImageFacts, ImageId, ImageRef, TableColumn};
use crate::session::{Action, Session};
use crate::ui::theme::{self, palette};
use crate::ui::thumbnails::{SmallThumbnail, Thumbnails};
use crate::ui::widgets::tags_seen::tags_of;
use crate::ui::widgets::text::{single_line, thousands};
use crate::ui::widgets::tile::{self, TileMarks};
use crate::ui::widgets::{Beneath, GridLayout, asked_menu, tag_dot};

/// Height of a row in points.
pub(super) const ROW_HEIGHT: f32 = 36.0;
/// Between a column's edge and what stands in it.
pub(super) const PADDING: f32 = 8.0;
/// Side of the small pictures.
const PICTURE: f32 = 30.0;
/// Dots that stand before an image's tags at most.
const DOTS: usize = 4;
/// Size of the text.
const TEXT: f32 = 12.5;
/// Size of what stands above a name.
const FOLDER_TEXT: f32 = 10.0;

/// At which side of a column things stand: numbers end below each other.
pub(super) fn align_of(column: TableColumn) -> Align {
    match column.kind() {
        ColumnKind::Whole | ColumnKind::Decimal => Align::Max,
        ColumnKind::Text | ColumnKind::Name | ColumnKind::Date => Align::Min,
    }
}

/// What was done with the rows.
#[derive(Default)]
pub(super) struct Done {
    /// The image under the pointer.
    pub(super) under: Option<ImageId>,
    /// Whether one was double clicked.
    pub(super) opens: bool,
}

/// What rows are made of.
pub(super) struct Rows<'a> {
    pub(super) session: &'a Session,
    pub(super) facts: &'a ImageFacts,
    pub(super) columns: &'a Columns,
}

/// A row that is seen.
struct Row<'a> {
    rect: Rect,
    image: ImageRef<'a>,
    marks: TileMarks,
}

impl Rows<'_> {
    /// Draws the rows that are seen in `body`, of which `top` is the first.
    pub(super) fn show(
        &self,
        ui: &Ui,
        (body, table_id): (Rect, Id),
        (layout, top): (GridLayout, f64),
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) -> Done {
        let shown = &self.session.opened.shown;
        let seen = layout.rows_below(top, body.height());
        let (mut done, mut rows) = (Done::default(), Vec::with_capacity(seen.len()));
        for row in seen.clone() {
            let Some(image) = shown.get(row).and_then(|id| self.session.image(id)) else { continue };
            let rect = layout.rect_below(row, top).translate(body.min.to_vec2());
            let rect = Rect::from_x_y_ranges(self.columns.view, rect.y_range());
            let marks = TileMarks::of(self.session, image);
            let response = ui.interact(rect, table_id.with(image.id.0), Sense::CLICK);
            response.widget_info(|| self.info(row, image, marks));
            if response.clicked() {
                ui.memory_mut(|memory| memory.request_focus(table_id));
                actions.push(tile::click(image.id, ui.input(|input| input.modifiers)).into());
            }
            done.opens |= response.double_clicked();
            asked_menu::offer(&response, image.id);
            if response.hovered() {
                done.under = Some(image.id);
            }
            paint_ground(ui.painter(), rect, marks);
            rows.push(Row { rect, image, marks });
        }
        // Column by column: each is seen within bounds of its own, and each change of these ends a draw.
        for placed in self.columns.all.iter().copied() {
            let clip = self.columns.clip(placed, body);
            let painter = ui.painter().with_clip_rect(clip.intersect(ui.clip_rect()));
            let mut beneath = Beneath::begin(&painter);
            for row in &rows {
                let cell = Rect::from_x_y_ranges(placed.across, row.rect.y_range());
                if clip.intersects(cell) {
                    self.paint_cell(&painter, cell, placed, row, thumbs, &mut beneath);
                }
            }
            beneath.end(&painter);
        }
        for row in rows.iter().filter(|row| row.marks.probe) {
            let mark = Rect::from_min_size(row.rect.min, vec2(3.0, row.rect.height()));
            ui.painter().rect_filled(mark, 1.0, theme::probe());
        }
        // The next page is asked for too, after what is visible.
        let next = seen.end..(seen.end + seen.len()).min(layout.rows());
        for id in shown.range(next) {
            thumbs.look_up_small(id, PICTURE * ui.pixels_per_point());
        }
        done
    }

    /// What a screen reader says of a row: which it is, and all that stands in it.
    fn info(&self, row: usize, image: ImageRef<'_>, marks: TileMarks) -> WidgetInfo {
        let cells = self.columns.all.iter().filter(|placed| !placed.is_fixed).filter_map(|placed| {
            // Of every row in every frame: they are found once.
            let words = if placed.column == TableColumn::Tags {
                tags_of(&self.session.opened.tags, image.id).join(", ")
            } else {
                self.facts.in_words(placed.column, &image)
            };
            (!words.is_empty()).then(|| format!("{}: {words}", placed.column.title()))
        });
        let name = format!("Row {}: {}", thousands(row + 1), image.path.text);
        WidgetInfo {
            current_text_value: Some(cells.collect::<Vec<_>>().join("; ")),
            ..WidgetInfo::selected(Role::Row, true, marks.selected, name)
        }
    }

    fn paint_cell(
        &self,
        painter: &Painter,
        cell: Rect,
        Placed { column, .. }: Placed,
        Row { image, marks, .. }: &Row<'_>,
        thumbs: &mut Thumbnails,
        beneath: &mut Beneath,
    ) {
        let (image, marks) = (*image, *marks);
        let palette = palette();
        let mut room = cell.shrink2(vec2(PADDING, 0.0));
        let mut colour = if marks.selected || marks.hovered { palette.strong } else { palette.text };
        let words = match column {
            TableColumn::Path => {
                let corner = pos2(room.left(), cell.center().y - PICTURE / 2.0);
                paint_thumbnail(painter, Rect::from_min_size(corner, Vec2::splat(PICTURE)), image, thumbs, beneath);
                room.min.x += PICTURE + PADDING;
                if image.problem.is_some() {
                    colour = palette.problem;
                }
                return paint_path(painter, room, image, colour);
            }
            TableColumn::Label => {
                if let Some(dot) = theme::colour_of_label(self.session.opened.images.label_places(), image.label) {
                    painter.circle_filled(pos2(room.left() + 3.5, room.center().y), 3.5, dot);
                }
                room.min.x += 12.0;
                self.facts.in_words(column, &image)
            }
            TableColumn::Problem => {
                colour = palette.problem;
                self.facts.in_words(column, &image)
            }
            TableColumn::Tags => {
                let tags = tags_of(&self.session.opened.tags, image.id);
                for tag in tags.iter().take(DOTS) {
                    let at = pos2(room.left() + 3.5, room.center().y);
                    painter.circle_filled(at, 3.5, tag_dot::colour_of(self.session, tag));
                    room.min.x += 10.0;
                }
                tags.join(", ")
            }
            TableColumn::Modified => {
                return paint_date(painter, room, self.facts.in_words(column, &image), colour);
            }
            TableColumn::Split
            | TableColumn::Cluster
            | TableColumn::Pixels
            | TableColumn::Width
            | TableColumn::Height
            | TableColumn::Shape
            | TableColumn::FileBytes
            | TableColumn::Kept
            | TableColumn::Typicality
            | TableColumn::InDegree
            | TableColumn::Betweenness => self.facts.in_words(column, &image),
        };
        paint_words(painter, room, words, colour, align_of(column));
    }
}

/// The folder of a file, by which it is sorted first, and below it its name: the same names lie in many.
fn paint_path(painter: &Painter, room: Rect, image: ImageRef<'_>, colour: Color32) {
    let name = single_line(painter, image.path.file_name().to_owned(), TEXT, colour, room.width());
    let folder = image.path.text.rsplit_once('/').map(|(folder, _)| folder);
    let weak = palette().weak;
    let folder = folder.map(|folder| single_line(painter, folder.to_owned(), FOLDER_TEXT, weak, room.width()));
    let height = name.size().y + folder.as_ref().map_or(0.0, |folder| folder.size().y);
    let at = pos2(room.left(), room.center().y - height / 2.0);
    painter.galley(at + vec2(0.0, height - name.size().y), name, colour);
    if let Some(folder) = folder {
        painter.galley(at, folder, weak);
    }
}

/// A date and a time or, where only that has room, the date.
fn paint_date(painter: &Painter, room: Rect, words: String, colour: Color32) {
    let whole = single_line(painter, words.clone(), TEXT, colour, room.width());
    let text = match (whole.elided, words.split_once(' ')) {
        (true, Some((date, _))) => single_line(painter, date.to_owned(), TEXT, colour, room.width()),
        (false, _) | (true, None) => whole,
    };
    painter.galley(pos2(room.left(), room.center().y - text.size().y / 2.0), text, colour);
}

fn paint_words(painter: &Painter, room: Rect, words: String, colour: Color32, align: Align) {
    if words.is_empty() {
        return;
    }
    let text = single_line(painter, words, TEXT, colour, room.width());
    let left = match align {
        Align::Max => room.right() - text.size().x,
        Align::Min | Align::Center => room.left(),
    };
    painter.galley(pos2(left, room.center().y - text.size().y / 2.0), text, colour);
}

fn paint_thumbnail(painter: &Painter, rect: Rect, image: ImageRef<'_>, thumbs: &mut Thumbnails, beneath: &mut Beneath) {
    match image.problem {
        Some(_) => tile::paint_broken(painter, rect),
        None => match thumbs.look_up_small(image.id, PICTURE * painter.pixels_per_point()) {
            SmallThumbnail::Ready { texture, uv, size_px } => beneath.add(tile::part(rect, (texture, uv), size_px)),
            SmallThumbnail::Waiting => tile::paint_waiting(painter, rect),
            SmallThumbnail::Broken => tile::paint_broken(painter, rect),
        },
    }
}

/// What is behind a row: whether it is selected or under the pointer, and a hairline to the next.
fn paint_ground(painter: &Painter, rect: Rect, marks: TileMarks) {
    let fill = match marks {
        TileMarks { selected: true, .. } => Some(palette().accent_fill),
        TileMarks { hovered: true, .. } => Some(palette().raised),
        TileMarks { .. } => None,
    };
    if let Some(fill) = fill {
        painter.rect_filled(rect, 0.0, fill);
    }
    painter.hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, palette().line.gamma_multiply(0.6)));
}

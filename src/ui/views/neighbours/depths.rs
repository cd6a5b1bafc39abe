//! The neighbours at every depth, a row for each layer.

use eframe::egui::{Button, Color32, FontId, Rect, RichText, ScrollArea, Sense, Spinner, Ui, Vec2, pos2, vec2};

use super::NeighboursView;
use crate::domain::ImageRef;
use crate::engine::NeighbourList;
use crate::session::{Action, Choose, Session};
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::ask_with;
use crate::ui::widgets::tile::{self, Tile, TileMarks};

/// Width of a picture in points, at least and at most.
const TILE: [f32; 2] = [58.0, 92.0];
/// So many are shown at least, if there is any room.
const LEAST_SHOWN: usize = 6;
/// Room for the title of a row in points.
const TITLE: f32 = 128.0;
/// Space between pictures in points.
const GAP: f32 = 4.0;

impl NeighboursView {
    /// Draws the rows in what is left of `ui`.
    pub(super) fn show_depths(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let depths = &session.opened.depths;
        ui.horizontal(|ui| {
            let hint = "A row for each layer whose vectors are stored, instead of some from the first to the last";
            ui.checkbox(&mut self.wants_all_layers, "All layers").on_hover_text(hint);
            let (done, all) = (depths.answered(), depths.layers.len());
            if done < all && depths.problem.is_none() {
                ui.add(Spinner::new().size(12.0));
                ui.label(RichText::new(format!("{done} of {all} layers")).small().color(palette().weak));
            }
            super::tray::begin_line(ui, session, true, actions);
        });
        if let Some(problem) = &depths.problem {
            ui.label(RichText::new(format!("{}: {}", problem.what, problem.reason())).color(palette().problem));
        }
        self.answer = Some(ui.available_rect_before_wrap());
        let width = ui.available_width() - ui.spacing().scroll.allocated_width();
        let title = TITLE.min(width * 0.4);
        let side = ((width - title) / LEAST_SHOWN as f32 - GAP).floor().clamp(TILE[0], TILE[1]);
        ui.spacing_mut().item_spacing.y = 6.0;
        let rows = ScrollArea::vertical().id_salt("depths").auto_shrink(false);
        rows.show_rows(ui, side, depths.layers.len(), |ui, seen| {
            for &layer in &depths.layers[seen] {
                let (rect, _) = ui.allocate_exact_size(vec2(width, side), Sense::hover());
                let (left, right) = rect.split_left_right_at_x(rect.left() + title);
                show_title(ui, session, layer, left, actions);
                match depths.rows.get(&layer) {
                    Some(list) => self.show_row(ui, session, layer, list, right, thumbs, actions),
                    None => tile::paint_waiting(ui.painter(), right.shrink2(vec2(0.0, 2.0))),
                }
            }
        });
    }

    #[expect(clippy::too_many_arguments, reason = "a row is drawn from all that the view knows")]
    fn show_row(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        layer: usize,
        list: &NeighbourList,
        room: Rect,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let name = session.opened.layer_titles.name(layer);
        let side = room.height();
        let count = (((room.width() + GAP) / (side + GAP)) as usize).max(1);
        for (rank, neighbour) in list.neighbours.iter().take(count).enumerate() {
            let Some(image) = session.image(neighbour.image) else { continue };
            let at = pos2(room.left() + rank as f32 * (side + GAP), room.top());
            let picture = Rect::from_min_size(at, Vec2::splat(side));
            self.show_tile(ui, session, layer, image, &format!("{name}, {}", rank + 1), picture, thumbs, actions);
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a tile is drawn from all that the view knows")]
    fn show_tile(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        layer: usize,
        image: ImageRef<'_>,
        place: &str,
        picture: Rect,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let name = format!("At {place}: {}", image.path.text);
        let id = ui.make_persistent_id(("depth", layer, image.id.0));
        let response = Tile { image, marks: TileMarks::of(session, image), name: &name }.show(ui, picture, id, thumbs);
        self.follow(ui, &response, image.id, actions);
        let rows = session.opened.depths.row_count(image.id);
        if rows > 1 {
            mark_repeated(ui, picture, rows);
            response.clone().on_hover_text(format!("Among the nearest at {rows} of these layers"));
        }
        ask_with::on_picture(ui, picture, image, actions);
    }
}

/// What the row is of; a click looks at that depth everywhere.
fn show_title(ui: &mut Ui, session: &Session, layer: usize, room: Rect, actions: &mut Vec<Action>) {
    let titles = &session.opened.layer_titles;
    let is_now = session.opened.chosen.layer == layer;
    let colour = if is_now { palette().accent } else { palette().text };
    let button = Button::new(RichText::new(titles.name(layer)).color(colour)).frame(false).truncate();
    let mut left = ui.new_child(
        eframe::egui::UiBuilder::new()
            .id_salt(("title", layer))
            .max_rect(room.with_max_x(room.right() - 6.0))
            .layout(eframe::egui::Layout::left_to_right(eframe::egui::Align::Center)),
    );
    let hint = format!("{}. Click to look at this depth in all views", titles.title(layer));
    let response = left.add(button).on_hover_text(hint).accessible_name(format!("Row: {}", titles.title(layer)));
    if response.clicked() && !is_now {
        actions.push(Choose::Layer(layer).into());
    }
}

/// A small number in the upper right corner: in so many rows it is.
fn mark_repeated(ui: &Ui, picture: Rect, rows: usize) {
    let painter = ui.painter_at(picture);
    let words = painter.layout_no_wrap(format!("{rows}×"), FontId::proportional(10.0), Color32::WHITE);
    let back = Rect::from_min_size(
        pos2(picture.right() - words.size().x - 7.0, picture.top() + 2.0),
        words.size() + vec2(5.0, 1.0),
    );
    painter.rect_filled(back, 3.0, Color32::from_black_alpha(120));
    painter.galley(back.min + vec2(2.5, 0.5), words, Color32::WHITE);
}

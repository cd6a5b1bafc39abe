//! The neighbours at every depth, a row for each layer.

use eframe::egui::{
    Align, Align2, Button, Color32, FontId, Label, Layout, Rect, RichText, ScrollArea, Sense, Spinner, Ui, UiBuilder,
    pos2, vec2,
};

use super::facts::show_left_out;
use super::{NeighboursView, shared_label, tray};
use crate::domain::{ImageRef, Representation};
use crate::engine::NeighbourList;
use crate::session::{Action, Ask, Choose, Session};
use crate::ui::theme::palette;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::ask_with;
use crate::ui::widgets::asked_menu::{self, ComparedWith};
use crate::ui::widgets::tile::{self, Tile, TileMarks};

/// Height of a picture in points, at least and at most.
const HEIGHT: [f32; 2] = [34.0, 92.0];
/// As long as pictures are no lower than this, there are as many rows in sight as there is room for.
const CLEAR: f32 = 44.0;
/// So many rows are in sight at least, if pictures are not too low then: a part of the last, so that one sees that there is one.
const LEAST_ROWS: f32 = 4.3;
/// On a lower picture the number of its rows would cover it.
const NUMBERED: f32 = 56.0;
/// Room for the head of a row in points; height of the name of its layer, and of how many share the label below it.
const HEAD: f32 = 132.0;
const NAME: f32 = 18.0;
const SHARED: f32 = 15.0;
/// Space between pictures in points, and between rows: with the line that says that the label is shared.
const GAP: f32 = 4.0;
const BETWEEN: f32 = 6.0;

/// How high pictures are where so many rows have so much room.
fn row_height(room: f32, rows: usize) -> f32 {
    let clear = (room + BETWEEN) / (CLEAR + BETWEEN);
    let in_sight = clear.max(LEAST_ROWS).min(rows.max(1) as f32);
    ((room + BETWEEN) / in_sight - BETWEEN).floor().clamp(HEIGHT[0], HEIGHT[1])
}

/// How many pictures of such a width have room beside each other.
fn in_a_row(room: Rect, width: f32) -> usize {
    (((room.width() + GAP) / (width + GAP)) as usize).max(1)
}

impl NeighboursView {
    /// Draws what the rows are of, and how many are there, at the end of the line of controls.
    pub(super) fn show_depth_controls(&mut self, ui: &mut Ui, session: &Session, actions: &mut Vec<Action>) {
        let depths = &session.opened.depths;
        let hint = "A row for each layer whose vectors are stored, instead of some from the first to the last";
        ui.checkbox(&mut self.wants_all_layers, "All layers").on_hover_text(hint);
        tray::show_ways(ui, session, true, actions);
        show_left_out(ui, depths.left_out());
        let (done, all) = (depths.answered(), depths.layers.len());
        if done < all && depths.problem.is_none() {
            ui.add(Spinner::new().size(12.0));
            ui.label(RichText::new(format!("{done} of {all} layers")).small().color(palette().weak));
        }
    }

    /// Draws the rows in what is left of `ui`.
    pub(super) fn show_depths(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        probe: Option<ImageRef<'_>>,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let depths = &session.opened.depths;
        if let Some(problem) = &depths.problem {
            ui.label(RichText::new(format!("{}: {}", problem.what, problem.reason())).color(palette().problem));
        }
        self.answer = Some(ui.available_rect_before_wrap());
        let width = ui.available_width() - ui.spacing().scroll.allocated_width();
        let head = HEAD.min(width * 0.34);
        let height = row_height(ui.available_height(), depths.layers.len());
        let cell = (height / self.shape.refresh(session)).floor().min(width - head).max(1.0);
        ui.spacing_mut().item_spacing.y = BETWEEN;
        let rows = ScrollArea::vertical().id_salt("depths").auto_shrink(false);
        rows.show_rows(ui, height, depths.layers.len(), |ui, seen| {
            for &layer in &depths.layers[seen] {
                let (rect, _) = ui.allocate_exact_size(vec2(width, height), Sense::hover());
                let (left, right) = rect.split_left_right_at_x(rect.left() + head);
                let list = depths.rows.get(&layer);
                // Of those that are seen, so that the lines below them can be counted.
                let shared = list.and_then(|list| shared_label(session, probe, list, in_a_row(right, cell)));
                show_head(ui, session, layer, shared, left, actions);
                match list {
                    Some(list) => self.show_row(ui, session, (layer, probe), list, (right, cell), thumbs, actions),
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
        (layer, probe): (usize, Option<ImageRef<'_>>),
        list: &NeighbourList,
        (room, width): (Rect, f32),
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let name = session.opened.layer_titles.name(layer);
        let label = super::label_of(session, probe);
        for (rank, neighbour) in list.neighbours.iter().take(in_a_row(room, width)).enumerate() {
            let Some(image) = session.image(neighbour.image) else { continue };
            let at = pos2(room.left() + rank as f32 * (width + GAP), room.top());
            let picture = Rect::from_min_size(at, vec2(width, room.height()));
            let place = format!("{name}, {}", rank + 1);
            self.show_tile(ui, session, (layer, probe, list), image, &place, picture, thumbs, actions);
            if label.is_some() && image.label == label {
                let line =
                    Rect::from_min_max(picture.left_bottom() + vec2(0.0, 1.0), picture.right_bottom() + vec2(0.0, 3.0));
                ui.painter().rect_filled(line, 1.0, palette().good);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a tile is drawn from all that the view knows")]
    fn show_tile(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        (layer, probe, list): (usize, Option<ImageRef<'_>>, &NeighbourList),
        image: ImageRef<'_>,
        place: &str,
        picture: Rect,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let name = format!("At {place}: {}", image.path.text);
        let id = ui.make_persistent_id(("depth", layer, image.id.0));
        let rows = session.opened.depths.row_count(image.id);
        let among = |ui: &mut Ui| drop(ui.label(format!("Among the nearest at {rows} of these layers")));
        let more: Option<&dyn Fn(&mut Ui)> = if rows > 1 { Some(&among) } else { None };
        let tile = Tile { image, marks: TileMarks::of(session, image), name: &name, more };
        let response = tile.show(ui, picture, id, thumbs);
        self.follow(ui, &response, image.id, actions);
        // The menu asks why at the depth of the row.
        if let (Some(probe), Representation::Layer(source)) = (probe, &list.wish.at) {
            let (image, source, metric) = (probe.id, source.clone(), list.wish.metric);
            asked_menu::compared_with(&response, || ComparedWith { image, source, metric, is_asked_with: true });
        }
        if rows > 1 && picture.height() >= NUMBERED {
            mark_repeated(ui, picture, rows);
        }
        ask_with::on_picture(ui, picture, image, actions);
        // At the depth of the row, as the menu.
        if let (Some(probe), Representation::Layer(source)) = (probe, &list.wish.at)
            && ui.rect_contains_pointer(picture)
            && ask_with::why(ui, picture, probe.path.in_folder(), &format!("Why at {place}?"))
        {
            actions.push(Ask::WhyAt(image.id, source.clone(), list.wish.metric).into());
        }
    }
}

/// What the row is of, and how many of the nearest share the label; a click looks at that depth everywhere.
fn show_head(
    ui: &mut Ui,
    session: &Session,
    layer: usize,
    shared: Option<(usize, usize)>,
    room: Rect,
    actions: &mut Vec<Action>,
) {
    let titles = &session.opened.layer_titles;
    let is_now = session.opened.chosen.layer == layer;
    let colour = if is_now { palette().accent } else { palette().text };
    let size = vec2(room.width() - 6.0, NAME + if shared.is_some() { SHARED } else { 0.0 });
    let inner = Align2::LEFT_CENTER.align_size_within_rect(size, room);
    let layout = Layout::top_down(Align::Min);
    let mut left = ui.new_child(UiBuilder::new().id_salt(("head", layer)).max_rect(inner).layout(layout));
    left.spacing_mut().item_spacing.y = 0.0;
    left.spacing_mut().button_padding = vec2(0.0, 0.0);
    let button = Button::new(RichText::new(titles.name(layer)).color(colour)).small().frame(false).truncate();
    let hint = format!("{}. Click to look at this depth in all views", titles.title(layer));
    let response = left.add(button).on_hover_text(hint).accessible_name(format!("Row: {}", titles.title(layer)));
    if response.clicked() && !is_now {
        actions.push(Choose::Layer(layer).into());
    }
    if let Some((same, near)) = shared {
        let words = RichText::new(format!("{same} of {near} share its label")).size(10.5).color(palette().weak);
        let hint = "Of the nearest at this depth so many have the label of the picture; a line below each marks them";
        left.add(Label::new(words).truncate()).on_hover_text(hint);
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

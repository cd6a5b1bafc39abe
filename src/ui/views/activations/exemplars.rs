//! The images that excite the enlarged channel most, in rows below it.

use eframe::egui::{Color32, FontId, Label, Rect, RichText, ScrollArea, Sense, Stroke, Ui, Vec2, vec2};

use super::{ActivationsView, order::short};
use crate::domain::{Exemplar, Region};
use crate::engine::{ActivationView, ExemplarList};
use crate::session::{Action, Session};
use crate::ui::theme;
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::on_picture::{footprint, part_rect};
use crate::ui::widgets::tile::{self, fit};
use crate::ui::widgets::{GridLayout, Tile, TileMarks};

/// What is between, in points.
const GAP: f32 = 6.0;
/// Height of the line of words.
const WORDS: f32 = 20.0;
/// With less room than this the channel itself comes first.
const ROOM_MIN: f32 = 150.0;
/// With less room than this the exemplars take the place of the colours' scale.
const SCALE_ROOM_MIN: f32 = 250.0;
/// With less room than this pictures come without words.
const WORDS_ROOM_MIN: f32 = 260.0;
/// With so much room there are two rows in sight.
const ROWS_ROOM_MIN: f32 = 430.0;

/// How large the parts of the rows are.
#[derive(Clone, Copy, Debug)]
pub struct Strip {
    /// Side of a picture in points, at least.
    tile: f32,
    /// Rows in sight.
    rows: usize,
    has_words: bool,
    /// Whether there is room for the scale of the colours, too.
    pub beside_scale: bool,
}

impl Strip {
    /// For a channel with so much room, in points; `None` where there is too little.
    pub fn new(room: f32) -> Option<Self> {
        let (tile, rows) = match room >= ROWS_ROOM_MIN {
            true => ((room * 0.19).clamp(72.0, 120.0), 2),
            false => ((room * 0.3).clamp(60.0, 104.0), 1),
        };
        let (has_words, beside_scale) = (room >= WORDS_ROOM_MIN, room >= SCALE_ROOM_MIN);
        (room >= ROOM_MIN).then_some(Self { tile, rows, has_words, beside_scale })
    }

    /// How high it is.
    pub fn height(self) -> f32 {
        self.rows as f32 * (self.tile + GAP) + GAP + if self.has_words { WORDS } else { 0.0 }
    }
}

/// Draws the strip, or says why there is none.
#[expect(clippy::too_many_arguments, reason = "pictures are drawn from all that the view knows")]
pub fn show(
    strip: Strip,
    ui: &mut Ui,
    view: &mut ActivationsView,
    activation: &ActivationView,
    channel: usize,
    session: &Session,
    thumbs: &mut Thumbnails,
    actions: &mut Vec<Action>,
) {
    let is_it = |list: &&ExemplarList| list.layer == activation.layer && list.channel == Some(channel);
    let list = session.opened.exemplars.as_deref().filter(is_it);
    let exemplars = list.and_then(|list| list.lists.first()).map_or(&[][..], |(_, exemplars)| exemplars);
    let words = match list {
        _ if !session.opened.has_exemplars() => "No exemplars: this layer is not stored",
        _ if session.opened.committed.is_none_or(|(images, _)| images == 0) => {
            "The images that excite it most appear here once features are stored"
        }
        None => "Looking for the images that excite it most",
        Some(list) if exemplars.is_empty() && list.is_current => "No image excites this channel",
        Some(list) if list.is_current => "Images that excite it most",
        Some(_) => "Images that excite it most so far",
    };
    if strip.has_words || exemplars.is_empty() {
        ui.add(Label::new(RichText::new(words).size(11.5).color(theme::palette().weak)).truncate());
    }
    if exemplars.is_empty() {
        return;
    }
    let [_, h, w] = activation.values.shape();
    let area = ScrollArea::vertical().id_salt("exemplars").auto_shrink([false, false]);
    area.max_height(strip.rows as f32 * (strip.tile + GAP)).show_viewport(ui, |ui, seen| {
        // As many as fit into a row, none larger than was reckoned with.
        let columns = (((ui.available_width() + GAP) / (strip.tile + GAP)) as usize).max(1);
        let grid = GridLayout { columns, cell: Vec2::splat(strip.tile), gap: GAP, count: exemplars.len() };
        let (all, _) = ui.allocate_exact_size(vec2(ui.available_width(), grid.height()), Sense::hover());
        for rank in grid.cells_of(grid.rows_in(seen.y_range())) {
            let exemplar = &exemplars[rank];
            let Some(image) = session.image(exemplar.image) else { continue };
            let picture = grid.rect_of(rank).translate(all.min.to_vec2());
            let name = format!("Exemplar {}: {}", rank + 1, image.path.text);
            let id = ui.scope_id().with(("exemplar", rank));
            let size = thumbs.get(image.id).map(|(_, size)| size);
            let place = exemplar.place.filter(|_| h * w > 1);
            let footprint = footprint(session, image.id, size);
            let cell = place.zip(footprint).map(|([row, column], footprint)| {
                let (row, column) = (row as usize, column as usize);
                footprint.cells(row..row + 1, column..column + 1, [h, w])
            });
            let told = |ui: &mut Ui| drop(ui.label(where_it_is(exemplar, cell)));
            let tile = Tile { image, marks: TileMarks::of(session, image), name: &name, more: Some(&told) };
            let response = tile.show(ui, picture, id, thumbs);
            if let (Some(Some(cell)), Some(size)) = (cell, size) {
                mark_place(ui, fit(picture, size), cell);
            }
            if response.clicked() {
                actions.push(tile::click(image.id, ui.input(|input| input.modifiers)).into());
            }
            if response.hovered() {
                view.under = Some(image.id);
            }
            paint_value(ui, picture, &short(exemplar.value));
        }
    });
}

/// Writes the value into the lower corner of a picture.
fn paint_value(ui: &Ui, picture: Rect, value: &str) {
    let galley = ui.painter().layout_no_wrap(value.to_owned(), FontId::proportional(10.5), Color32::WHITE);
    let corner = picture.left_bottom() - vec2(0.0, galley.size().y + 1.0);
    let back = Rect::from_min_size(corner, galley.size() + vec2(6.0, 1.0));
    ui.painter().rect_filled(back, 2.0, Color32::from_black_alpha(140));
    ui.painter().galley(corner + vec2(3.0, 0.0), galley, Color32::WHITE);
}

/// The value, and where in the picture it was; `cell` is what the place covers of it, `None` within if that is nothing.
fn where_it_is(exemplar: &Exemplar, cell: Option<Option<Region>>) -> String {
    let value = short(exemplar.value);
    match (exemplar.place, cell) {
        (Some([row, column]), Some(None)) => {
            format!("{value} at column {column}, row {row}: in the border added around the picture")
        }
        (Some([row, column]), _) => format!("{value} at column {column}, row {row}"),
        (None, _) => format!("{value}; where in the image is not known"),
    }
}

/// Draws a ring about the middle of the part of the picture where the value was.
fn mark_place(ui: &Ui, picture: Rect, cell: Region) {
    let centre = part_rect(cell, picture).center();
    ui.painter().circle_stroke(centre, 5.0, Stroke::new(2.5, Color32::from_black_alpha(150)));
    ui.painter().circle_stroke(centre, 5.0, Stroke::new(1.2, Color32::WHITE));
}

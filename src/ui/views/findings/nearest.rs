//! Beside a picture of a list, those most like it: what its label or its place is judged by, to be seen instead of believed.

use eframe::egui::{Rect, Sense, Ui, Vec2, pos2, vec2};

use super::Drawing;
use crate::domain::{ImageRef, Neighbour, StoredLayer};
use crate::session::Choose;
use crate::ui::theme::palette;
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT, paint_waiting};
use crate::ui::widgets::{Tile, TileMarks};

/// Side of a picture in points.
const SIDE: f32 = 56.0;
/// Between two of them.
const GAP: f32 = 4.0;
/// So many at most.
const MOST: usize = 6;
/// Before any of these, the words of the row have as much room as they need.
const WORDS: f32 = 330.0;

/// What stands below each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Caption {
    /// Its label: in the colour of agreement where it is that of the picture.
    Label,
    /// How alike the two are.
    Similarity,
}

/// By which vectors images of a list are compared, and what is told of those that are near.
pub(super) struct Beside<'a> {
    pub source: &'a StoredLayer,
    pub caption: Caption,
}

/// How many there is room for in a row that has so much left beside its picture.
fn places(room: f32) -> usize {
    (((room - WORDS) / (SIDE + GAP)).max(0.0) as usize).min(MOST)
}

/// Draws the pictures most like `image`, as many as there is room for; says whether they are still to be asked for.
pub(super) fn show(ui: &mut Ui, image: ImageRef<'_>, beside: &Beside<'_>, drawing: &mut Drawing) -> bool {
    let places = places(ui.available_width());
    if places == 0 {
        return false;
    }
    let size = vec2(places as f32 * (SIDE + GAP), SIDE + CAPTION_HEIGHT);
    let (room, _) = ui.allocate_exact_size(size, Sense::hover());
    let picture = |place: usize| {
        Rect::from_min_size(pos2(room.left() + place as f32 * (SIDE + GAP), room.top()), Vec2::splat(SIDE))
    };
    let session = drawing.session;
    let Some(known) = session.opened.nearest.of(beside.source, image.id).cloned() else {
        (0..places).for_each(|place| paint_waiting(ui.painter(), picture(place)));
        return true;
    };
    for (place, near) in known.iter().take(places).enumerate() {
        show_one(ui, picture(place), place, *near, image, beside.caption, drawing);
    }
    false
}

fn show_one(
    ui: &Ui,
    picture: Rect,
    place: usize,
    near: Neighbour,
    of: ImageRef<'_>,
    caption: Caption,
    drawing: &mut Drawing,
) {
    let session = drawing.session;
    let Some(image) = session.image(near.image) else { return };
    let agrees = image.label.is_some() && image.label == of.label;
    let label = image.label.unwrap_or("no label");
    let name = format!("Near {} {}: {}, {label}", of.path.text, place + 1, image.path.text);
    let tile = Tile { image, marks: TileMarks::of(session, image), name: &name };
    let response = tile.show(ui, picture, ui.scope_id().with(("near", place)), drawing.thumbs);
    if response.clicked() {
        let pick = tile::pick(ui.input(|input| input.modifiers));
        drawing.actions.push(Choose::Click(image.id, pick).into());
    }
    if response.hovered() {
        drawing.under = Some(image.id);
    }
    let alike = format!("{label}  ·  {:.3} alike", near.score);
    response.on_hover_text(alike);
    let line = Rect::from_min_size(picture.left_bottom(), vec2(SIDE, CAPTION_HEIGHT));
    match caption {
        Caption::Label => {
            let colour = if agrees { palette().good } else { palette().text };
            tile::paint_caption(ui, line, drawing.ranks.colour(image.label), label, colour);
        }
        Caption::Similarity => tile::paint_caption(ui, line, None, &format!("{:.2}", near.score), palette().weak),
    }
}

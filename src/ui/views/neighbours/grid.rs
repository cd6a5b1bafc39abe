//! The neighbours at one depth, as a grid.

use eframe::egui::{Rect, Response, ScrollArea, Ui, Vec2, vec2};

use super::{NeighboursView, label_of, region};
use crate::domain::{Example, ImageId, ImageRef, Representation};
use crate::engine::NeighbourList;
use crate::session::{Action, Ask, Choose, Session};
use crate::ui::theme::{colour_of_label, palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::on_picture::part_rect;
use crate::ui::widgets::text::ordinal;
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT};
use crate::ui::widgets::{Beneath, GridLayout, Tile, TileMarks, ask_with, innermost};

/// Width of a neighbour's tile in points, at least.
const TILE: f32 = 84.0;
/// A tile is no wider than this, however much room there is.
const LARGEST: f32 = 196.0;
/// From one width to the next that is tried.
const STEP: f32 = 8.0;
/// Height of what stands below a picture.
const WORDS: f32 = 2.0 * CAPTION_HEIGHT - 3.0;
/// Space between tiles.
const GAP: f32 = 6.0;

/// Tiles as large as lets all of them be seen at once; where the least is too large for that, one scrolls.
fn layout(room: Vec2, count: usize, height: f32) -> GridLayout {
    let of = |tile: f32| GridLayout::fill(room.x, tile, WORDS, GAP, count).with_height(height);
    let steps = ((LARGEST - TILE) / STEP) as usize;
    let larger = (1..=steps).rev().map(|step| of(TILE + step as f32 * STEP));
    larger.filter(|layout| layout.height() <= room.y).find(|layout| layout.columns > 1).unwrap_or_else(|| of(TILE))
}

impl NeighboursView {
    pub(super) fn show_grid(
        &mut self,
        ui: &mut Ui,
        session: &Session,
        probe: Option<ImageRef<'_>>,
        list: &NeighbourList,
        thumbs: &mut Thumbnails,
        actions: &mut Vec<Action>,
    ) {
        let label_wanted = label_of(session, probe);
        let width = ui.available_width() - ui.spacing().scroll.allocated_width();
        let layout = layout(vec2(width, ui.available_height()), list.neighbours.len(), self.shape.refresh(session));
        let id = ui.make_persistent_id("neighbour grid");
        ScrollArea::vertical().id_salt("neighbours").auto_shrink(false).show_viewport(ui, |ui, view| {
            ui.set_width(width);
            ui.set_height(layout.height());
            let origin = ui.min_rect().min.to_vec2();
            let mut beneath = Beneath::begin(ui.painter());
            for cell in layout.cells_of(layout.rows_in(view.y_range())) {
                let neighbour = list.neighbours[cell];
                let Some(image) = session.image(neighbour.image) else { continue };
                let rect = layout.rect_of(cell).translate(origin);
                let picture = Rect::from_min_size(rect.min, layout.cell - vec2(0.0, WORDS));
                let marks = TileMarks::of(session, image);
                let name = format!("Neighbour {}: {}", cell + 1, image.path.text);
                let tile = Tile { image, marks, name: &name };
                let response = tile.show_standing(ui, picture, id.with(image.id.0), thumbs, &mut beneath);
                self.follow(ui, &response, image.id, actions);
                if let Some(part) = list.parts.get(cell) {
                    let seen = thumbs.get(image.id).map_or(picture, |(_, size_px)| tile::stand(picture, size_px));
                    region::paint(ui.painter(), part_rect(*part, seen));
                }
                let is_under = ui.rect_contains_pointer(picture);
                ask_with::on_picture(ui, picture, image, actions);
                if let (Some(probe), true) = (probe, is_under)
                    && ask_with::why(ui, picture, probe.path.file_name(), &format!("Why neighbour {}?", cell + 1))
                {
                    actions.push(Ask::Why(image.id).into());
                }
                let first = Rect::from_min_size(picture.left_bottom(), vec2(rect.width(), CAPTION_HEIGHT - 1.0));
                let second = first.translate(vec2(0.0, CAPTION_HEIGHT - 3.0));
                let same = label_wanted.is_some() && image.label == label_wanted;
                let score = match list.wish.at {
                    Representation::Embedding => format!("{}  ·  {:.0}", cell + 1, neighbour.score),
                    Representation::Layer(_) | Representation::Mix(_) => {
                        format!("{}  ·  {:.3}", cell + 1, neighbour.score)
                    }
                };
                tile::paint_caption(ui, first, None, &score, palette().text);
                // The tooltip lies over that line.
                innermost::on_hover_text(&response, format!("{} nearest: {:.3}", ordinal(cell + 1), neighbour.score));
                let label = image.label.unwrap_or_else(|| image.path.file_name());
                let dot = colour_of_label(session.opened.images.label_places(), image.label);
                let colour = if same { palette().good } else { palette().weak };
                if same {
                    tile::paint_tick(ui.painter(), first.right_center() - vec2(7.0, 0.0), palette().good);
                }
                tile::paint_caption(ui, second, dot, label, colour);
            }
            beneath.end(ui.painter());
        });
    }

    /// Does what the pointer asks for on a neighbour.
    pub(super) fn follow(&mut self, ui: &Ui, response: &Response, image: ImageId, actions: &mut Vec<Action>) {
        if response.double_clicked() {
            // The first click made it the probe, and what lies here now is another one.
            self.looks_inside = true;
        } else if response.clicked() {
            actions.push(Choose::Click(image, tile::pick(ui.input(|input| input.modifiers))).into());
        }
        if response.hovered() {
            self.under = Some(image);
        }
        ask_with::can_be_dragged(response, || Example::Image(image));
    }
}

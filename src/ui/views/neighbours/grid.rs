//! The neighbours at one depth, as a grid.

use eframe::egui::{Rect, Response, ScrollArea, Ui, Vec2, vec2};

use super::{NeighboursView, label_of, region};
use crate::domain::{Example, ImageId, ImageRef, Representation};
use crate::engine::NeighbourList;
use crate::session::{Action, Ask, Session};
use crate::ui::theme::{colour_of_label, palette};
use crate::ui::thumbnails::Thumbnails;
use crate::ui::widgets::on_picture::part_rect;
use crate::ui::widgets::text::ordinal;
use crate::ui::widgets::tile::{self, CAPTION_HEIGHT};
use crate::ui::widgets::{Beneath, GridLayout, Tile, TileMarks, ask_with};

/// Width of a neighbour's tile in points, at least where there is height enough for two rows of such.
const TILE: f32 = 84.0;
/// A tile is no wider than this, however much room there is.
const LARGEST: f32 = 196.0;
/// The least width of one that has its name below it, in a low view, and of one without.
const NAMED: f32 = 64.0;
const BARE: f32 = 40.0;
/// From one width to the next that is tried, up and down.
const STEPS: [f32; 2] = [8.0, 2.0];
/// Height of a line below a picture.
const LINE: f32 = CAPTION_HEIGHT - 1.0;
/// Space between tiles.
const GAP: f32 = 6.0;
/// So many rows are in sight, if pictures are not too small then.
const ROWS: usize = 2;

/// What stands below a picture: the lower a view, the less. What does not is told by the pointer, and the score lies on the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Below {
    /// Which it is and its score, and its name.
    Two,
    /// Its name.
    Name,
    /// A line if it shares the label, as at every depth.
    Nothing,
}

impl Below {
    /// In points.
    fn height(self) -> f32 {
        match self {
            Self::Two => 2.0 * CAPTION_HEIGHT - 3.0,
            Self::Name => LINE,
            Self::Nothing => 0.0,
        }
    }
}

/// Where tiles lie, and what stands below each.
fn layout(room: Vec2, count: usize, height: f32) -> (GridLayout, Below) {
    let of = |tile: f32, below: Below| GridLayout::fill(room.x, tile, below.height(), GAP, count).with_height(height);
    let [up, down] = STEPS;
    // As large as lets all of them be seen at once.
    let larger = (1..=((LARGEST - TILE) / up) as usize).rev().map(|step| of(TILE + step as f32 * up, Below::Two));
    let whole = larger.filter(|layout| layout.height() <= room.y).find(|layout| layout.columns > 1);
    if let Some(layout) = whole {
        return (layout, Below::Two);
    }
    let has_rows = |layout: &GridLayout| layout.rows_per_page(room.y + GAP) >= ROWS.min(layout.rows());
    let usual = of(TILE, Below::Two);
    if has_rows(&usual) {
        return (usual, Below::Two);
    }
    let largest = |least: f32, below: Below| {
        let steps = 0..=((TILE - least) / down) as usize;
        steps.map(|step| of(TILE - step as f32 * down, below)).find(has_rows)
    };
    if let Some(layout) = largest(NAMED, Below::Name) {
        return (layout, Below::Name);
    }
    (largest(BARE, Below::Nothing).unwrap_or_else(|| of(BARE, Below::Nothing)), Below::Nothing)
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
        let room = vec2(width, ui.available_height());
        let (layout, below) = layout(room, list.neighbours.len(), self.shape.refresh(session));
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
                let picture = Rect::from_min_size(rect.min, layout.cell - vec2(0.0, below.height()));
                let marks = TileMarks::of(session, image);
                let name = format!("Neighbour {}: {}", cell + 1, image.path.text);
                let score = match list.wish.at {
                    Representation::Embedding => format!("{:.0}", neighbour.score),
                    Representation::Layer(_) | Representation::Mix(_) => format!("{:.3}", neighbour.score),
                };
                // The bubble lies over the line that says so.
                let rank = |ui: &mut Ui| drop(ui.label(format!("{} nearest: {score}", ordinal(cell + 1))));
                let tile = Tile { image, marks, name: &name, more: Some(&rank) };
                let response = tile.show_standing(ui, picture, id.with(image.id.0), thumbs, &mut beneath);
                let called = tile::name_among_others(image);
                ui.ctx().accesskit_node_builder(response.id, |node| node.set_description(&*called));
                self.follow(ui, &response, image.id, actions);
                let seen = thumbs.get(image.id).map_or(picture, |(_, size_px)| tile::stand(picture, size_px));
                if let Some(part) = list.parts.get(cell) {
                    region::paint(ui.painter(), part_rect(*part, seen));
                }
                let is_under = ui.rect_contains_pointer(picture);
                ask_with::on_picture(ui, picture, image, actions);
                if let (Some(probe), true) = (probe, is_under)
                    && ask_with::why(ui, picture, probe.path.in_folder(), &format!("Why neighbour {}?", cell + 1))
                {
                    actions.push(Ask::Why(image.id).into());
                }
                let dot = colour_of_label(session.opened.images.label_places(), image.label);
                let same = label_wanted.is_some() && image.label == label_wanted;
                let colour = if same { palette().good } else { palette().weak };
                let line = Rect::from_min_size(picture.left_bottom(), vec2(rect.width(), CAPTION_HEIGHT - 1.0));
                match below {
                    Below::Two => {
                        tile::paint_caption(ui, line, None, &format!("{}  ·  {score}", cell + 1), palette().text);
                        if same {
                            tile::paint_tick(ui.painter(), line.right_center() - vec2(7.0, 0.0), palette().good);
                        }
                        let second = line.translate(vec2(0.0, CAPTION_HEIGHT - 3.0));
                        tile::paint_name(ui, second, dot, &called, colour);
                    }
                    Below::Name => {
                        tile::paint_number(&ui.painter_at(seen), seen, None, &score);
                        tile::paint_name(ui, line, dot, &called, colour);
                    }
                    Below::Nothing => {
                        tile::paint_number(&ui.painter_at(seen), seen, dot, &score);
                        if same {
                            let line =
                                Rect::from_min_size(seen.left_bottom() + vec2(0.0, 1.0), vec2(seen.width(), 2.0));
                            ui.painter().rect_filled(line, 1.0, palette().good);
                        }
                    }
                }
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
            actions.push(tile::click(image, ui.input(|input| input.modifiers)).into());
        }
        if response.hovered() {
            self.under = Some(image);
        }
        ask_with::can_be_dragged(response, || Example::Image(image));
    }
}

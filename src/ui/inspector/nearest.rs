//! What the current picture is most like, at the depth looked at.

use eframe::egui::{RichText, Ui, Vec2, vec2};

use super::heading;
use crate::domain::{Example, ImageId, Representation};
use crate::engine::NeighbourList;
use crate::session::{Ask, Session};
use crate::ui::command::Command;
use crate::ui::question_words;
use crate::ui::theme::palette;
use crate::ui::views::ViewContext;
use crate::ui::widgets::{GridLayout, Tile, TileMarks};
use crate::ui::widgets::{ask_with, tile};

/// How many there are at most in a low window.
const COUNT: usize = 12;
/// What else stands in the inspector takes so much of the window's height, in points.
const ABOVE: f32 = 460.0;
/// Pictures beside each other.
const COLUMNS: usize = 3;

/// Width of a picture in points.
const SIDE: f32 = 54.0;

/// Shows them; says which one is under the pointer.
pub(super) fn show(ui: &mut Ui, cx: &mut ViewContext<'_>) -> Option<ImageId> {
    let session = cx.session;
    let Some(list) = &session.opened.neighbours else {
        heading(ui, "Most like it");
        ui.label(RichText::new(why_not(session)).small().color(palette().weak));
        return None;
    };
    heading(ui, &title(session, list));
    // In a high window as many more as there are, down to its end.
    let rows = ((ui.ctx().content_rect().height() - ABOVE) / (SIDE + 4.0)).max(0.0) as usize;
    let count = list.neighbours.len().min(COUNT.max(rows * COLUMNS));
    let layout = GridLayout::fill(ui.available_width(), SIDE, 0.0, 4.0, count);
    let height = layout.rows() as f32 * (layout.cell.y + 4.0);
    let (_, room) = ui.allocate_space(vec2(ui.available_width(), height));
    let probe = session.opened.chosen.asked_probe().and_then(|probe| session.image(probe));
    let mut under = None;
    for (cell, neighbour) in list.neighbours.iter().take(count).enumerate() {
        let Some(image) = session.image(neighbour.image) else { continue };
        let rect = layout.rect_of(cell).translate(room.min.to_vec2());
        let picture = eframe::egui::Rect::from_min_size(rect.min, Vec2::splat(layout.cell.x));
        let name = format!("Near {}: {}", cell + 1, image.path.text);
        let tile = Tile { image, marks: TileMarks::of(session, image), name: &name, more: None };
        let response = tile.show_filling(ui, picture, ui.scope_id().with(("near", image.id.0)), cx.thumbs);
        if response.clicked() {
            cx.actions.push(tile::click(image.id, ui.input(|input| input.modifiers)).into());
        }
        if response.double_clicked() {
            cx.commands.push(Command::LookInside);
        }
        if response.hovered() {
            under = Some(image.id);
        }
        ask_with::can_be_dragged(&response, || Example::Image(image.id));
        ask_with::on_picture(ui, picture, image, cx.actions);
        if let (Some(probe), true) = (probe, ui.rect_contains_pointer(picture))
            && ask_with::why(ui, picture, probe.path.in_folder(), &format!("Why near {}?", cell + 1))
        {
            cx.actions.push(Ask::Why(image.id).into());
        }
    }
    under
}

/// `Most like it at block 12`.
fn title(session: &Session, list: &NeighbourList) -> String {
    let chosen = &session.opened.chosen;
    if !chosen.examples.is_empty() || chosen.first_weight != 1.0 {
        return question_words::question(session, false).unwrap_or_else(|| "Most like nothing".to_owned());
    }
    let what = match &chosen.like {
        Some(like) => question_words::example(session, like),
        None if chosen.region.is_some() => "the region in it".to_owned(),
        None => "it".to_owned(),
    };
    let at = match &list.wish.at {
        Representation::Layer(source) => session.opened.layer_titles.of_name(&source.layer).to_owned(),
        Representation::Mix(_) => "several layers".to_owned(),
        Representation::Embedding => "the whole network".to_owned(),
    };
    format!("Most like {what} at {at}")
}

fn why_not(session: &Session) -> &'static str {
    if session.opened.neighbours_problem.is_some() {
        return "They could not be found. The view of neighbours says why.";
    }
    match (session.source(), session.opened.committed) {
        (None, _) => "The vectors of this layer are not stored. Move the depth slider to another one.",
        (Some(_), Some((1.., _))) => "Searching. A picture that was not extracted yet has none.",
        (Some(_), _) => "They are found once the first pictures went through the network.",
    }
}

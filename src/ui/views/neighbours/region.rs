//! A region drawn on the probe: only what it holds is compared. (A box is what was imported; it can be asked with as a region, too.)

use eframe::egui::{Painter, Pos2, Rect, Sense, Stroke, StrokeKind, Ui};

use crate::domain::Region;
use crate::session::{Action, Choose, Comparison, Session};
use crate::ui::theme;
use crate::ui::widgets::on_picture::part_rect;

/// A region of fewer points is a slip of the hand.
const LEAST_SIDE: f32 = 6.0;

/// Whether a region can be asked with: the whole network is compared by codes, which belong to no place.
pub fn can_be_drawn(session: &Session) -> bool {
    session.opened.chosen.comparison != Comparison::Network
}

/// Draws the region, and takes one in that is drawn on `picture`, of which what lies in `room` is seen; a click takes it away.
pub fn show(
    ui: &mut Ui,
    session: &Session,
    [picture, room]: [Rect; 2],
    from: &mut Option<Pos2>,
    actions: &mut Vec<Action>,
) {
    if !can_be_drawn(session) {
        *from = None;
        return;
    }
    let painter = ui.painter_at(room);
    let seen = picture.intersect(room);
    let response = ui.interact(seen, ui.make_persistent_id("region"), Sense::click_and_drag());
    let hint = "Draw a region to search with a part of the picture. Each position of the layer counts by how much of it \
                the region covers. Click to remove the region";
    let response = response.on_hover_text(hint);
    if response.drag_started() {
        // Where the button went down: the pointer is some way off until it is sure that this is no click.
        *from = ui.input(|input| input.pointer.press_origin()).or(response.interact_pointer_pos());
    } else if !response.dragged() && !response.drag_stopped() {
        // Whatever took the pointer away, no region is being drawn.
        *from = None;
    }
    let now = response.interact_pointer_pos().map(|now| now.clamp(seen.min, seen.max));
    if let (Some(start), Some(now)) = (*from, now) {
        let drawn = Rect::from_two_pos(start.clamp(seen.min, seen.max), now);
        if response.drag_stopped() {
            *from = None;
            if drawn.width() >= LEAST_SIDE && drawn.height() >= LEAST_SIDE {
                actions.push(Choose::Region(Some(region_in(picture, drawn))).into());
            }
        } else {
            paint(&painter, drawn);
        }
    }
    if response.clicked() && session.opened.chosen.region.is_some() {
        actions.push(Choose::Region(None).into());
    }
    if let (Some(region), None) = (session.opened.chosen.region, *from) {
        paint(&painter, part_rect(region, picture));
    }
}

fn region_in(picture: Rect, drawn: Rect) -> Region {
    let of = |at: Pos2| {
        let place = (at - picture.min) / picture.size();
        (place.x, place.y)
    };
    Region::between(of(drawn.min), of(drawn.max))
}

/// Draws the edge of a part.
pub fn paint(painter: &Painter, drawn: Rect) {
    if !drawn.is_positive() {
        return;
    }
    painter.rect_stroke(drawn, 1.0, Stroke::new(2.0, theme::probe()), StrokeKind::Inside);
}

//! What narrows the pictures that are seen, in words, and a way to see all again: where a filter is at work nobody is to look for it.

use eframe::egui::{Align2, Button, Rect, RichText, Ui, UiBuilder, Vec2, vec2};

use crate::domain::Filter;
use crate::session::{Action, Choose, Session};
use crate::ui::icons::Icon;
use crate::ui::theme::palette;
use crate::ui::widgets::text::thousands;

/// Height of a chip in points.
pub const HEIGHT: f32 = 24.0;

/// Shows the chip in a line of its own above what `view` shows, if there is a filter.
pub fn show_line(ui: &mut Ui, session: &Session, view: &str, actions: &mut Vec<Action>) {
    if !session.opened.chosen.filter.is_empty() {
        ui.horizontal(|ui| show(ui, session, view, actions));
        ui.add_space(2.0);
    }
}

/// Says above a view that the filter, if there is one, narrows nothing in it.
pub fn show_all_the_same(ui: &mut Ui, session: &Session) {
    if !session.opened.chosen.filter.is_empty() {
        ui.label(
            RichText::new("The filter narrows Explore and exports, but not this view.").small().color(palette().weak),
        );
    }
}

/// Shows it in the upper left corner of `room`, over what is drawn there; says where.
pub fn show_over(ui: &mut Ui, room: Rect, session: &Session, view: &str, actions: &mut Vec<Action>) -> Option<Rect> {
    if session.opened.chosen.filter.is_empty() || room.width() < LEAST {
        return None;
    }
    let line = Align2::LEFT_TOP.align_size_within_rect(vec2(room.width(), HEIGHT), room);
    let mut over = ui.new_child(UiBuilder::new().max_rect(line).id_salt("chip of the filter"));
    Some(show(&mut over, session, view, actions))
}

/// In less room it is not shown over anything, in points.
const LEAST: f32 = 80.0;

fn show(ui: &mut Ui, session: &Session, view: &str, actions: &mut Vec<Action>) -> Rect {
    let opened = &session.opened;
    let words = opened.chosen.filter.in_words();
    let counts = format!("{} of {}", thousands(opened.shown.len()), thousands(opened.images.len()));
    let text = RichText::new(format!("Shown: {words}")).small().color(palette().strong);
    let chip = Button::new((text, Icon::Close.small())).truncate().corner_radius(HEIGHT / 2.0);
    let chip = chip.min_size(Vec2::new(0.0, HEIGHT)).fill(palette().raised);
    let response = ui.add(chip).on_hover_text(format!("{words}: {counts} pictures. Click to show all again"));
    let rect = response.rect;
    if response.accessible_name(format!("{view}: show all again, not only {words}")).clicked() {
        actions.push(Choose::Filter(Filter::default()).into());
    }
    rect
}

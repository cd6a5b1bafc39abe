//! How the answer was found, in words, and a way to ask exactly where it was not. It stands at the end of a line that others begin.

use eframe::egui::{Label, RichText, Ui};

use super::shared_label;
use crate::domain::ImageRef;
use crate::engine::NeighbourList;
use crate::session::{Action, Choose, Session};
use crate::ui::command::Command;
use crate::ui::network_words;
use crate::ui::theme::palette;
use crate::ui::widgets::text::{counted, elapsed, single_line, small, thousands};

/// In fewer points the words would say nothing.
const LEAST: f32 = 170.0;
/// Room for the button before them, and for how many are left out, in points.
const BUTTON: f32 = 100.0;
const LEFT_OUT: f32 = 130.0;

/// Whether there is room for them in what is left of the line.
pub(super) fn have_room(ui: &Ui, session: &Session, list: &NeighbourList) -> bool {
    let button = if !list.is_exact || session.opened.chosen.exactly { BUTTON } else { 0.0 };
    let left_out = if session.opened.neighbours_left_out() > 0 { LEFT_OUT } else { 0.0 };
    ui.available_size_before_wrap().x >= LEAST + button + left_out
}

/// Shows them in what is left of the line; the pointer shows the rest.
pub(super) fn show(
    ui: &mut Ui,
    session: &Session,
    probe: Option<ImageRef<'_>>,
    list: &NeighbourList,
    actions: &mut Vec<Action>,
) {
    if !list.is_exact {
        let hint = Command::AskExactly.with_keys("Compare every image, without the index");
        if ui.add(small("Search exactly")).on_hover_text(hint).clicked() {
            actions.push(Choose::Exactly(true).into());
        }
    } else if session.opened.chosen.exactly {
        let hint = Command::AskExactly.with_keys("Use an index again where that is quicker");
        if ui.add(small("Search by index")).on_hover_text(hint).clicked() {
            actions.push(Choose::Exactly(false).into());
        }
    }
    show_left_out(ui, session.opened.neighbours_left_out());
    if ui.available_size_before_wrap().x < LEAST {
        ui.end_row();
    }
    let facts = in_words(session, probe, list);
    let cut = single_line(ui.painter(), facts.clone(), 11.0, palette().weak, ui.available_size_before_wrap().x - 4.0);
    let more = format!("{facts}\n{}; scores: {}", list.how, list.wish.measure());
    ui.add(Label::new(cut)).on_hover_text(more);
}

/// How many that would be among the nearest are left out, if any are.
pub(super) fn show_left_out(ui: &mut Ui, count: usize) {
    if count > 0 {
        let words = RichText::new(format!("{} to remove left out", thousands(count))).small().color(palette().weak);
        let hint = "They would be among the nearest, and you decided to remove them. \"Show pictures to remove\" above the gallery \
                    brings them back";
        ui.label(words).on_hover_text(hint);
    }
}

/// `exact over 1,000 images, 3.2 ms at fire9/concat`, and how many share the label.
fn in_words(session: &Session, probe: Option<ImageRef<'_>>, list: &NeighbourList) -> String {
    let time = elapsed(list.elapsed_secs);
    let sure = match list.recall {
        None => "exact".to_owned(),
        Some(recall) => format!("by index (finds {:.1} %)", recall * 100.0),
    };
    let at = network_words::representation(&list.wish.at, session);
    let facts = format!("{sure} over {}, {time} at {at}", counted(list.searched, "image", "images"));
    match shared_label(session, probe, list, 10) {
        None => facts,
        Some((1, 1)) => format!("the nearest shares the label  ·  {facts}"),
        Some((_, 1)) => format!("the nearest has another label  ·  {facts}"),
        Some((same, near)) => format!("{same} of the nearest {near} share the label  ·  {facts}"),
    }
}

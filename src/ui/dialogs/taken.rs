//! The first line of a dialog that takes pictures away: how many and which, and what could be taken instead.

use eframe::egui::{RichText, Ui};

use crate::session::{Session, Taken};
use crate::ui::theme::palette;
use crate::ui::widgets::text::capital;

/// Shows what is `taken`, and lets another set be chosen where there is one.
pub(super) fn show(ui: &mut Ui, session: &Session, taken: &mut Taken) {
    let opened = &session.opened;
    let all: Vec<Taken> = opened.takable().collect();
    // Neighbours may be others by now, or the filter: what is not there any more cannot be taken.
    if let (false, Some(first)) = (all.contains(taken), opened.usually_taken().or_else(|| all.first().copied())) {
        *taken = first;
    }
    let words = |of: Taken| capital(&opened.taken_in_words(of));
    if all.len() < 2 {
        ui.label(RichText::new(words(*taken)).strong().color(palette().strong));
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for of in all {
            let text = RichText::new(words(of));
            let text = if of == *taken { text.strong().color(palette().strong) } else { text };
            ui.radio_value(taken, of, text).on_hover_text(about(of));
        }
    });
}

/// What it is, in a sentence.
fn about(taken: Taken) -> &'static str {
    match taken {
        Taken::Selected => "What is selected, also where the filter hides it",
        Taken::Shown => "What passes the filter and the query",
        Taken::All => "All pictures of this folder, also what the filter hides or what is to be removed",
        Taken::Neighbours => "All that the view of neighbours lists, with how near they are",
    }
}

//! The first line of a dialog that takes pictures away: how many and which, and what could be taken instead.

use eframe::egui::{RichText, Ui};

use crate::session::{Session, Taken};
use crate::ui::theme::palette;
use crate::ui::widgets::text::capital;

/// Shows what is `taken`, and lets another set be chosen where there is one. Says whether there is anything of it: what went while the
/// dialog was open is never replaced by something else unless the person says so.
pub(super) fn show(ui: &mut Ui, session: &Session, taken: &mut Taken) -> bool {
    let opened = &session.opened;
    let all: Vec<Taken> = opened.takable().collect();
    let words = |of: Taken| capital(&opened.taken_in_words(of));
    let is_there = opened.has_taken(*taken);
    if !is_there {
        ui.label(RichText::new(gone(*taken)).color(palette().warning));
    }
    if is_there && all.len() < 2 {
        ui.label(RichText::new(words(*taken)).strong().color(palette().strong));
        return true;
    }
    ui.horizontal_wrapped(|ui| {
        for of in all {
            let text = RichText::new(words(of));
            let text = if of == *taken { text.strong().color(palette().strong) } else { text };
            ui.radio_value(taken, of, text).on_hover_text(about(of));
        }
    });
    opened.has_taken(*taken)
}

/// The same where nothing but the selection can be taken.
pub(super) fn show_selected(ui: &mut Ui, session: &Session) -> bool {
    let words = session.opened.selection_in_words();
    match &words {
        Some(words) => ui.label(RichText::new(words).strong().color(palette().strong)),
        None => ui.label(RichText::new(gone(Taken::Selected)).color(palette().warning)),
    };
    words.is_some()
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

/// That there is nothing of it any more.
fn gone(taken: Taken) -> &'static str {
    match taken {
        Taken::Selected => "Nothing is selected any more",
        Taken::Shown => "What is shown has changed",
        Taken::All => "There are no pictures any more",
        Taken::Neighbours => "No neighbours are listed any more",
    }
}

//! The keyboard in the table: arrows, Home, End, Page up, Page down, Enter; with Shift they select what lies between.

use eframe::egui::{EventFilter, Id, InputState, Key, Modifiers, Ui};

use super::across::Across;
use crate::session::{Action, Choose, Pick, Session};

/// By so many points an arrow key moves the columns across.
const ACROSS: f32 = 48.0;

/// Moves the probe by the keys pressed, unless they belong to another widget; says whether its picture is to be opened.
pub(super) fn step(
    ui: &Ui,
    table_id: Id,
    rows_per_page: usize,
    session: &Session,
    across: &mut Across,
    actions: &mut Vec<Action>,
) -> bool {
    let focused = ui.memory(|memory| memory.focused());
    if focused.is_some_and(|id| id != table_id) || ui.ctx().any_popup_open() {
        return false;
    }
    if focused == Some(table_id) {
        // Otherwise an arrow would move the focus to the next button.
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(table_id, filter));
    }
    let pressed = |modifiers: Modifiers, key: Key| {
        ui.input_mut(|input: &mut InputState| {
            input.modifiers.matches_exact(modifiers) && input.consume_key(modifiers, key)
        })
    };
    for (key, points) in [(Key::ArrowLeft, -ACROSS), (Key::ArrowRight, ACROSS)] {
        if pressed(Modifiers::NONE, key) {
            across.push(points);
        }
    }
    let (page, all) = (rows_per_page as isize, session.opened.shown.len() as isize);
    let keys = [
        (Key::ArrowUp, -1),
        (Key::ArrowDown, 1),
        (Key::PageUp, -page),
        (Key::PageDown, page),
        (Key::Home, -all),
        (Key::End, all),
    ];
    for (key, by) in keys {
        if pressed(Modifiers::NONE, key) {
            actions.push(Choose::Step(by).into());
        } else if pressed(Modifiers::SHIFT, key) {
            actions.extend(reach(session, by));
        }
    }
    focused == Some(table_id) && pressed(Modifiers::NONE, Key::Enter)
}

/// Selects from where the selection began to the row that lies so far from where one is.
fn reach(session: &Session, by: isize) -> Option<Action> {
    let to = session.opened.after(by)?;
    Some(Choose::Reach { to, pick: Pick::Replace, looks: true }.into())
}

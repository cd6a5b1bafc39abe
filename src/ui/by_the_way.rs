//! What is found without being asked for, while something else is looked at.

use crate::session::{Action, Choose, Session};

/// Whether it can begin now: after the map, which is being waited for, and after what the views ask for in this frame. What is kept of
/// before has been told, and is not found again.
pub fn can_begin(session: &Session, actions: &[Action]) -> bool {
    let opened = &session.opened;
    let is_first = opened.stored_is_told && opened.is_walked && opened.projection_asked().is_none();
    let begins = |action: &Action| matches!(action, Action::Analyse(_) | Action::Choose(Choose::Map(_)));
    // What cannot be kept would be complained of, which nobody asked for.
    let can_be_kept = !session.lasting.only_looks;
    is_first && can_be_kept && !actions.iter().any(begins)
}

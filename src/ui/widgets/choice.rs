//! Why an engine did the work, where its result is told of.

use eframe::egui::Response;

use crate::engine::ChosenFor;
use crate::session::Session;

/// Explains on hovering which engine did it, if that is known.
pub fn with_choice(response: Response, session: &Session, of: ChosenFor) -> Response {
    match session.opened.choices.get(&of) {
        Some(choice) => response.on_hover_text(&choice.reason),
        None => response,
    }
}

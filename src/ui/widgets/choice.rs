//! Why an engine did the work, where its result is told of.

use eframe::egui::Response;

use crate::engine::AnalysisKind;
use crate::session::Session;

/// Explains on hovering which engine did it, if that is known.
pub fn with_choice(response: Response, session: &Session, of: AnalysisKind) -> Response {
    match session.opened.findings.choice(of) {
        Some(choice) => response.on_hover_text(&choice.reason),
        None => response,
    }
}

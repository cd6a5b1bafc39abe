//! What is told of a list above it: how much was found in a line that is read once, and how it was found for who points at that.

use eframe::egui::{Label, RichText, Ui};

use crate::engine::AnalysisKind;
use crate::session::Session;
use crate::ui::theme::palette;

/// What is said of a list that was read back.
const EARLIER: &str = "Found when this folder was open before: what changed since is not in it until it is found anew.";

/// Draws the line, which also says whether it was found when the folder was open before; `how` it was found stands in its tooltip, with
/// the reason for the engine that found it, if that is known.
pub(super) fn show(ui: &mut Ui, facts: &str, how: &str, session: &Session, of: AnalysisKind) {
    let findings = &session.opened.findings;
    let is_earlier = findings.is_from_before(of);
    let line = if is_earlier { format!("{facts}  ·  found earlier") } else { facts.to_owned() };
    let response = ui.add(Label::new(RichText::new(&line).small().color(palette().weak)).truncate());
    // A line that is cut is told in full by itself.
    response.on_hover_ui(|ui| {
        let choice = findings.choice(of).map(|choice| choice.reason.as_str());
        for more in is_earlier.then_some(EARLIER).into_iter().chain([how]).chain(choice) {
            ui.label(RichText::new(more).small().color(palette().weak));
        }
    });
}
